// Whether the time of an answer tells what the answer does not say.
#pragma once

namespace lianfang::bench {

void Timing();

}  // namespace lianfang::bench
