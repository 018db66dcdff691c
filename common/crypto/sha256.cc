#include "common/crypto/sha256.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/openssl_pieces.h"

namespace lianfang::crypto {
namespace {

void Require(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "lianfang cannot go on: %s\n", what);
  std::abort();
}

// Fetched once: looking the algorithm up by name for each hash costs more than hashing a short
// message does. Never freed, so that it outlives every thread.
const EVP_MD* Algorithm() {
  static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Require(kAlgorithm != nullptr, "the crypto library offers no SHA-256");
  return kAlgorithm;
}

EVP_MD_CTX* Context() {
  thread_local const DigestContextPtr context(EVP_MD_CTX_new());
  Require(context != nullptr, "no memory for a hash context");
  return context.get();
}

}  // namespace

Digest Sha256(std::initializer_list<absl::string_view> parts) {
  EVP_MD_CTX* context = Context();
  bool ok = EVP_DigestInit_ex2(context, Algorithm(), nullptr) == 1;
  for (absl::string_view part : parts) {
    ok = ok && EVP_DigestUpdate(context, part.data(), part.size()) == 1;
  }
  Digest digest;
  unsigned int length = 0;
  ok = ok && EVP_DigestFinal_ex(context, digest.data(), &length) == 1 && length == digest.size();
  Require(ok, "SHA-256 failed");
  return digest;
}

Digest Sha256(absl::string_view data) { return Sha256({data}); }

std::string ToBytes(const Digest& digest) { return std::string(digest.begin(), digest.end()); }

absl::StatusOr<Digest> DigestFromBytes(absl::string_view bytes) {
  Digest digest;
  if (bytes.size() != digest.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("a SHA-256 value is 32 bytes long, not ", bytes.size()));
  }
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

}  // namespace lianfang::crypto
