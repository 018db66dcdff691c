// What a quiet caller notices of one who floods the server.
#pragma once

namespace lianfang::bench {

void Flood();

}  // namespace lianfang::bench
