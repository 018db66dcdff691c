#include "services/personnel/access/domain/throttle.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace lianfang::personnel {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'778'630'400);

TEST(Throttle, EachFailureWaitsLongerThanTheOneBefore) {
  Throttle throttle(
      {.free_attempts = 3, .first_wait = absl::Seconds(1), .longest_wait = absl::Seconds(5)});
  absl::Time now = kNow;
  for (int i = 0; i < 4; ++i) EXPECT_EQ(throttle.Begin("a", now), absl::ZeroDuration()) << i;
  for (const int wait : {1, 2, 4, 5, 5}) {
    EXPECT_EQ(throttle.Begin("a", now), absl::Seconds(wait));
    // Asking does not make it longer.
    EXPECT_EQ(throttle.Begin("a", now), absl::Seconds(wait));
    EXPECT_EQ(throttle.Begin("b" + std::to_string(wait), now), absl::ZeroDuration());
    now += absl::Seconds(wait) - absl::Milliseconds(1);
    EXPECT_EQ(throttle.Begin("a", now), absl::Milliseconds(1));
    now += absl::Milliseconds(1);
    EXPECT_EQ(throttle.Begin("a", now), absl::ZeroDuration());
  }
}

TEST(Throttle, ManyAtOnceAreAsSlowAsOneAfterTheOther) {
  Throttle throttle({.free_attempts = 3});
  int let_in = 0;
  for (int i = 0; i < 100; ++i) let_in += throttle.Begin("a", kNow) == absl::ZeroDuration() ? 1 : 0;
  EXPECT_EQ(let_in, 4);
}

TEST(Throttle, SuccessForgetsAndUndoingTakesOneBack) {
  Throttle throttle({.free_attempts = 2});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(throttle.Begin("a", kNow), absl::ZeroDuration());
  EXPECT_GT(throttle.Begin("a", kNow), absl::ZeroDuration());
  throttle.Undo("a");
  EXPECT_EQ(throttle.Begin("a", kNow), absl::ZeroDuration());
  EXPECT_GT(throttle.Begin("a", kNow), absl::ZeroDuration());
  throttle.Succeed("a");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(throttle.Begin("a", kNow), absl::ZeroDuration());
  EXPECT_GT(throttle.Begin("a", kNow), absl::ZeroDuration());
  throttle.Undo("never seen");
  throttle.Succeed("never seen");
}

TEST(Throttle, UndoingForEverKeepsWhatFailed) {
  // A right password without a code says nothing of the codes that were guessed.
  Throttle throttle({.free_attempts = 2});
  int let_in = 0;
  for (int i = 0; i < 50; ++i) {
    if (throttle.Begin("a", kNow) == absl::ZeroDuration()) throttle.Undo("a");
    if (throttle.Begin("a", kNow) == absl::ZeroDuration()) ++let_in;
  }
  EXPECT_EQ(let_in, 3);
}

TEST(Throttle, OldFailuresAreForgotten) {
  Throttle throttle({.free_attempts = 1, .forgets = absl::Hours(1)});
  for (int i = 0; i < 2; ++i) EXPECT_EQ(throttle.Begin("a", kNow), absl::ZeroDuration());
  EXPECT_GT(throttle.Begin("a", kNow), absl::ZeroDuration());
  const absl::Time later = kNow + absl::Hours(1) + absl::Seconds(1);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(throttle.Begin("a", later), absl::ZeroDuration());
  EXPECT_GT(throttle.Begin("a", later), absl::ZeroDuration());
}

TEST(Throttle, RemembersTheNewestNamesOnly) {
  Throttle throttle({.free_attempts = 0, .first_wait = absl::Minutes(1), .capacity = 3});
  for (const char* name : {"a", "b", "c"}) throttle.Begin(name, kNow);
  EXPECT_GT(throttle.Begin("a", kNow), absl::ZeroDuration());  // seen last now
  throttle.Begin("d", kNow);                                   // in place of b
  EXPECT_GT(throttle.Begin("a", kNow), absl::ZeroDuration());
  EXPECT_GT(throttle.Begin("c", kNow), absl::ZeroDuration());
  EXPECT_GT(throttle.Begin("d", kNow), absl::ZeroDuration());
  EXPECT_EQ(throttle.Begin("b", kNow), absl::ZeroDuration());
}

}  // namespace
}  // namespace lianfang::personnel
