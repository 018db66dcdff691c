#include "common/crypto/ed25519.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/escaping.h"
#include "common/crypto/ec_key.h"
#include "common/crypto/key_test_util.h"

namespace lianfang::crypto {
namespace {

TEST(Ed25519, GivesThePublishedSignatures) {
  // RFC 8032, section 7.1, tests 1 to 3.
  const struct {
    const char* seed;
    const char* public_key;
    const char* message;
    const char* signature;
  } cases[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf"
       "9b4"
       "6bd25bf5f0595bbe24655141438e7a100b"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f"
       "11d"
       "8c387b2eaeb4302aeeb00d291612bb0c00"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
       "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984"
       "dc6"
       "594a7c15e9716ed28dc027beceea1ec40a"},
  };
  for (const auto& c : cases) {
    const auto key = Ed25519PrivateKey::FromSeed(absl::HexStringToBytes(c.seed));
    ASSERT_TRUE(key.ok());
    const std::string message = absl::HexStringToBytes(c.message);
    EXPECT_EQ(absl::BytesToHexString(key->public_key().bytes()), c.public_key);
    const std::string signature = key->Sign(message).value();
    EXPECT_EQ(absl::BytesToHexString(signature), c.signature);
    EXPECT_TRUE(key->public_key().Verify(message, signature));
  }
}

TEST(Ed25519, RefusesEveryChangedBit) {
  DeterministicRandom random(1);
  const auto key = Ed25519PrivateKey::Generate(random).value();
  const std::string message = "fz-exp";
  const std::string signature = key.Sign(message).value();
  const auto flip = [](std::string bytes, size_t bit) {
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    return bytes;
  };
  for (size_t bit = 0; bit < signature.size() * 8; ++bit) {
    EXPECT_FALSE(key.public_key().Verify(message, flip(signature, bit))) << bit;
  }
  for (size_t bit = 0; bit < message.size() * 8; ++bit) {
    EXPECT_FALSE(key.public_key().Verify(flip(message, bit), signature)) << bit;
  }
  for (size_t length = 0; length < signature.size(); ++length) {
    EXPECT_FALSE(key.public_key().Verify(message, signature.substr(0, length)));
  }
  EXPECT_FALSE(key.public_key().Verify(message, signature + "x"));
  const auto other = Ed25519PrivateKey::Generate(random).value();
  EXPECT_FALSE(other.public_key().Verify(message, signature));
}

TEST(Ed25519, KeysHaveOneLength) {
  for (const size_t length : {0, 31, 33}) {
    EXPECT_FALSE(Ed25519PrivateKey::FromSeed(std::string(length, 'x')).ok());
    EXPECT_FALSE(Ed25519PublicKey::FromBytes(std::string(length, 'x')).ok());
  }
}

TEST(Ed25519, ACopyAndAReloadedKeySignAlike) {
  const KeyDirectory dir;
  const auto created = Ed25519PrivateKey::LoadOrCreate(dir.File("k"));
  ASSERT_TRUE(created.ok()) << created.status();
  const auto loaded = Ed25519PrivateKey::LoadOrCreate(dir.File("k"));
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(created->Sign("m").value(), loaded->Sign("m").value());
  EXPECT_EQ(created->public_key().bytes(), loaded->public_key().bytes());
}

TEST(Ed25519, RefusesAFileWithAnotherKindOfKey) {
  const KeyDirectory dir;
  ASSERT_TRUE(EcPrivateKey::LoadOrCreate(dir.File("k")).ok());
  EXPECT_EQ(Ed25519PrivateKey::LoadOrCreate(dir.File("k")).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace lianfang::crypto
