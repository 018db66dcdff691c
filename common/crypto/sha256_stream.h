#pragma once

#include <memory>

#include "absl/strings/string_view.h"
#include "common/crypto/sha256.h"

namespace lianfang::crypto {

// The SHA-256 of what comes piece by piece. Like Sha256, ends the process where the crypto library
// cannot hash.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;

  void Update(absl::string_view data);
  // Of everything so far; then it begins anew.
  Digest Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lianfang::crypto
