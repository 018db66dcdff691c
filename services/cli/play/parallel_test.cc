#include "services/cli/play/parallel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>

#include "services/cli/play/positions.h"

namespace lianfang::cli {
namespace {

TEST(InParallel, DoesEveryPieceOnce) {
  std::vector<std::atomic<int>> times(1000);
  ASSERT_TRUE(InParallel(times.size(), 7, [&](size_t i) {
                ++times[i];
                return absl::OkStatus();
              }).ok());
  EXPECT_TRUE(std::all_of(times.begin(), times.end(), [](const auto& n) { return n == 1; }));
}

TEST(InParallel, KeepsTheBound) {
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  ASSERT_TRUE(InParallel(200, 3, [&](size_t) {
                const int now = ++running;
                int seen = most;
                while (now > seen && !most.compare_exchange_weak(seen, now)) {
                }
                --running;
                return absl::OkStatus();
              }).ok());
  EXPECT_LE(most, 3);
}

TEST(InParallel, StopsAtTheFirstErrorAndReturnsIt) {
  std::atomic<int> done = 0;
  const absl::Status status = InParallel(1000, 1, [&](size_t i) {
    ++done;
    return i == 4 ? absl::AbortedError("four") : absl::OkStatus();
  });
  EXPECT_EQ(status, absl::AbortedError("four"));
  EXPECT_EQ(done, 5);
}

TEST(InParallel, NothingToDo) {
  EXPECT_TRUE(InParallel(0, 4, [](size_t) { return absl::AbortedError("never"); }).ok());
}

TEST(Positions, KeepsTheNewestOfEachServiceAndPassesOverEmptyLedgers) {
  Positions positions;
  const auto add = [&](const char* service, int64_t sequence) {
    common::v1::LedgerPosition position;
    position.set_unit("units/a");
    position.set_service(service);
    position.set_sequence(sequence);
    positions.Add(position);
  };
  add("risk", 5);
  add("risk", 3);
  add("grading", 0);
  add("personnel", 9);
  google::protobuf::RepeatedPtrField<common::v1::LedgerPosition> list;
  positions.CopyTo(&list);
  ASSERT_EQ(list.size(), 2);
  EXPECT_EQ(list.Get(0).service(), "personnel");
  EXPECT_EQ(list.Get(0).sequence(), 9);
  EXPECT_EQ(list.Get(1).service(), "risk");
  EXPECT_EQ(list.Get(1).sequence(), 5);
  EXPECT_EQ(positions.Of("grading"), 0);
}

}  // namespace
}  // namespace lianfang::cli
