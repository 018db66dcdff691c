// What several of our sources that use OpenSSL need of it; for them only.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>

#include <memory>

#include "absl/strings/string_view.h"

namespace lianfang::crypto {

struct BioDeleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioPtr = std::unique_ptr<BIO, BioDeleter>;

// Reads `text`, which must outlive it.
inline BioPtr ReadOnlyBio(absl::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// An encrypted PEM must fail instead of asking for a passphrase on the terminal.
inline int NoPassphrase(char*, int, int, void*) { return -1; }

struct DigestContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using DigestContextPtr = std::unique_ptr<EVP_MD_CTX, DigestContextDeleter>;

}  // namespace lianfang::crypto
