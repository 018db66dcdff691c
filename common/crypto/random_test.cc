#include "common/crypto/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace lianfang::crypto {
namespace {

TEST(SystemRandom, FillsTheWholeSpan) {
  // Longer than one request to the library.
  std::vector<uint8_t> bytes((size_t{1} << 20) + 64, 0);
  ASSERT_TRUE(SystemRandom().Fill(bytes).ok());
  EXPECT_TRUE(std::any_of(bytes.begin(), bytes.begin() + 64, [](uint8_t b) { return b != 0; }));
  EXPECT_TRUE(std::any_of(bytes.end() - 64, bytes.end(), [](uint8_t b) { return b != 0; }));
}

TEST(SystemRandom, DoesNotRepeat) {
  std::array<uint8_t, 32> a = {};
  std::array<uint8_t, 32> b = {};
  ASSERT_TRUE(SystemRandom().Fill(a).ok());
  ASSERT_TRUE(SystemRandom().Fill(b).ok());
  EXPECT_NE(a, b);
}

TEST(SystemRandom, TakesAnEmptySpan) { EXPECT_TRUE(SystemRandom().Fill({}).ok()); }

TEST(DeterministicRandom, RepeatsForTheSameSeedOnly) {
  DeterministicRandom one(7);
  DeterministicRandom same(7);
  DeterministicRandom other(8);
  std::array<uint8_t, 80> from_one;
  std::array<uint8_t, 80> from_same;
  std::array<uint8_t, 80> from_other;
  ASSERT_TRUE(one.Fill(from_one).ok());
  // The bytes do not depend on how they are asked for.
  ASSERT_TRUE(same.Fill(std::span(from_same).first(5)).ok());
  ASSERT_TRUE(same.Fill(std::span(from_same).subspan(5)).ok());
  ASSERT_TRUE(other.Fill(from_other).ok());
  EXPECT_EQ(from_one, from_same);
  EXPECT_NE(from_one, from_other);
  ASSERT_TRUE(one.Fill(from_same).ok());
  EXPECT_NE(from_one, from_same);
}

}  // namespace
}  // namespace lianfang::crypto
