#include "common/crypto/sha256_stream.h"

#include <openssl/evp.h>

#include <cstdio>
#include <cstdlib>

namespace lianfang::crypto {
namespace {

void Require(bool ok) {
  if (ok) return;
  std::fprintf(stderr, "lianfang cannot go on: SHA-256 failed\n");
  std::abort();
}

}  // namespace

struct Sha256Stream::State {
  State() : context(EVP_MD_CTX_new()) { Begin(); }
  ~State() { EVP_MD_CTX_free(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  void Begin() const {
    Require(context != nullptr && EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1);
  }

  EVP_MD_CTX* const context;
};

Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) {}
Sha256Stream::~Sha256Stream() = default;

void Sha256Stream::Update(absl::string_view data) {
  Require(EVP_DigestUpdate(state_->context, data.data(), data.size()) == 1);
}

Digest Sha256Stream::Finish() {
  Digest digest;
  unsigned int length = 0;
  Require(EVP_DigestFinal_ex(state_->context, digest.data(), &length) == 1 &&
          length == digest.size());
  state_->Begin();
  return digest;
}

}  // namespace lianfang::crypto
