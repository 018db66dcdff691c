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

// Every byte of the source is given once, in its order, however many are asked for.
TEST(DrawnAhead, GivesTheSourcesBytesOnce) {
  DeterministicRandom source(7);
  DeterministicRandom same(7);
  DrawnAhead ahead(&source);
  std::array<uint8_t, 1024> expected;
  ASSERT_TRUE(same.Fill(expected).ok());
  std::vector<uint8_t> given;
  for (const size_t size : {16, 0, 20, 476, 512}) {
    std::vector<uint8_t> part(size);
    ASSERT_TRUE(ahead.Fill(part).ok());
    given.insert(given.end(), part.begin(), part.end());
  }
  EXPECT_TRUE(std::equal(given.begin(), given.end(), expected.begin(), expected.end()));
  // The next ones are new, also more than it draws at a time.
  std::vector<uint8_t> next(2000);
  ASSERT_TRUE(ahead.Fill(next).ok());
  EXPECT_FALSE(std::equal(next.begin(), next.begin() + 1024, expected.begin()));
}

// A source that has no bytes after the first request.
class Exhausted final : public RandomSource {
 public:
  absl::Status Fill(std::span<uint8_t> out) override {
    if (asked_++ > 0) return absl::UnavailableError("no more");
    std::fill(out.begin(), out.end(), uint8_t{1});
    return absl::OkStatus();
  }

 private:
  int asked_ = 0;
};

TEST(DrawnAhead, SaysWhenTheSourceHasNoMore) {
  Exhausted source;
  DrawnAhead ahead(&source);
  std::array<uint8_t, 600> bytes;
  EXPECT_TRUE(ahead.Fill(bytes).ok());
  EXPECT_FALSE(ahead.Fill(bytes).ok());
  EXPECT_FALSE(ahead.Fill(std::span(bytes).first(1)).ok()) << "gives what an error left";
}

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
