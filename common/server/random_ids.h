// Ids for new records from a source of random bytes.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/id_source.h"
#include "common/crypto/random.h"

namespace lianfang::server {

class RandomIds final : public IdSource {
 public:
  explicit RandomIds(crypto::RandomSource* random) : random_(random) {}
  // 20 characters of 32 kinds: 100 random bits.
  std::string NewId() override;

 private:
  crypto::RandomSource* random_;
};

// A UUID, version 4, e.g. for request ids.
std::string NewUuid(crypto::RandomSource& random);

}  // namespace lianfang::server
