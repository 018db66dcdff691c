// The cryptographic library, as part of a program.
#pragma once

#include <openssl/crypto.h>

namespace lianfang::crypto {

// The first of all in main. The library's cleaning up at the end of the process would come while
// threads of other libraries may still use it; what it holds goes with the process.
inline void LeaveToTheEnd() { OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr); }

}  // namespace lianfang::crypto
