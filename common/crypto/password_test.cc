#include "common/crypto/password.h"

#include <gtest/gtest.h>

#include <string>

namespace lianfang::crypto {
namespace {

TEST(Password, OnlyThePasswordFitsItsHash) {
  const std::string hash = HashPassword("a long password", LowestPasswordCost()).value();
  EXPECT_EQ(hash.rfind("$argon2id$v=19$", 0), 0U) << hash;
  EXPECT_EQ(hash.find("password"), std::string::npos);
  EXPECT_TRUE(VerifyPassword(hash, "a long password"));
  for (const std::string other :
       {"", "a long passwore", "a long password ", "A long password", "a long passwor"}) {
    EXPECT_FALSE(VerifyPassword(hash, other)) << other;
  }
  EXPECT_FALSE(VerifyPassword(hash, std::string("a long password\0x", 17)));
}

TEST(Password, EveryHashHasASaltOfItsOwn) {
  EXPECT_NE(HashPassword("same", LowestPasswordCost()).value(),
            HashPassword("same", LowestPasswordCost()).value());
}

TEST(Password, WhatIsNoHashFitsNothing) {
  for (const std::string hash :
       {"", "x", "$argon2id$", "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA"}) {
    EXPECT_FALSE(VerifyPassword(hash, "")) << hash;
    EXPECT_FALSE(VerifyPassword(hash, hash)) << hash;
  }
  EXPECT_FALSE(VerifyPassword(std::string(4096, '$'), "a"));
}

TEST(Password, TheCostIsThatOfAServerUnlessATestSaysOtherwise) {
  EXPECT_GE(PasswordCost().passes, 3U);
  EXPECT_GE(PasswordCost().memory_bytes, uint64_t{19} << 20);
}

}  // namespace
}  // namespace lianfang::crypto
