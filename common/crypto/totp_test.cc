#include "common/crypto/totp.h"

#include <gtest/gtest.h>

#include <string>

namespace lianfang::crypto {
namespace {

// The key of the RFCs' appendices.
constexpr char kSecret[] = "12345678901234567890";

TEST(Totp, GivesTheCodesOfRfc4226) {
  const char* codes[] = {"755224", "287082", "359152", "969429", "338314",
                         "254676", "287922", "162583", "399871", "520489"};
  for (int64_t counter = 0; counter < 10; ++counter) {
    EXPECT_EQ(TotpCode(kSecret, counter), codes[counter]) << counter;
  }
}

// RFC 6238, appendix B: eight digits there, of which the last six are ours.
TEST(Totp, GivesTheCodesOfRfc6238) {
  const struct {
    int64_t seconds;
    const char* code;
  } vectors[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                 {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
  for (const auto& vector : vectors) {
    EXPECT_EQ(TotpCode(kSecret, TotpStep(absl::FromUnixSeconds(vector.seconds))), vector.code)
        << vector.seconds;
  }
}

TEST(Totp, TakesTheCodesOfTheNeighbouringStepsAndNoOthers) {
  const absl::Time now = absl::FromUnixSeconds(1234567890);
  const int64_t step = TotpStep(now);
  for (int64_t off = -3; off <= 3; ++off) {
    const auto found = TotpStepOf(kSecret, TotpCode(kSecret, step + off), now);
    if (off < -1 || off > 1) {
      EXPECT_FALSE(found.has_value()) << off;
    } else {
      EXPECT_EQ(found, step + off);
    }
  }
}

TEST(Totp, WhatIsNoCodeFitsNothing) {
  const absl::Time now = absl::FromUnixSeconds(59);
  for (const std::string code : {"", "28708", "2870820", "94287082", " 287082", "28708x"}) {
    EXPECT_FALSE(TotpStepOf(kSecret, code, now).has_value()) << code;
  }
  EXPECT_FALSE(TotpStepOf("another secret", "287082", now).has_value());
}

TEST(Totp, SecretsAreSpelledAsRfc4648Says) {
  const struct {
    const char* bytes;
    const char* text;
  } vectors[] = {{"", ""},
                 {"f", "MY"},
                 {"fo", "MZXQ"},
                 {"foo", "MZXW6"},
                 {"foob", "MZXW6YQ"},
                 {"fooba", "MZXW6YTB"},
                 {"foobar", "MZXW6YTBOI"}};
  for (const auto& vector : vectors) EXPECT_EQ(Base32(vector.bytes), vector.text);
  EXPECT_EQ(Base32(kSecret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

}  // namespace
}  // namespace lianfang::crypto
