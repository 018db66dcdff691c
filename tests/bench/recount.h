// What `lianfang verify` needs to count a unit's statistics again.
#pragma once

namespace lianfang::bench {

void Recount();

}  // namespace lianfang::bench
