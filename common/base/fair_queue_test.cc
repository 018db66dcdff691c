#include "common/base/fair_queue.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Drain(FairQueue<std::string>& queue) {
  std::vector<std::string> all;
  while (!queue.empty()) all.push_back(queue.Pop());
  return all;
}

TEST(FairQueue, KeepsTheOrderOfOneCaller) {
  FairQueue<std::string> queue(8);
  for (const char* item : {"1", "2", "3"}) EXPECT_FALSE(queue.Push("a", item));
  EXPECT_THAT(Drain(queue), ElementsAre("1", "2", "3"));
}

TEST(FairQueue, TakesCallersInTurn) {
  FairQueue<std::string> queue(8);
  for (const char* item : {"a1", "a2", "a3", "a4"}) queue.Push("a", item);
  queue.Push("b", "b1");
  queue.Push("c", "c1");
  queue.Push("b", "b2");
  EXPECT_THAT(Drain(queue), ElementsAre("a1", "b1", "c1", "a2", "b2", "a3", "a4"));
}

TEST(FairQueue, OwnWorkHasEverySecondTurn) {
  FairQueue<std::string> queue(16);
  for (const char* item : {"a1", "a2"}) queue.Push("a", item);
  queue.Push("b", "b1");
  for (const char* item : {"1", "2", "3", "4"}) queue.Push("", item);
  EXPECT_THAT(Drain(queue), ElementsAre("1", "a1", "2", "b1", "3", "a2", "4"));
}

TEST(FairQueue, OneCallerMayFillItAlone) {
  FairQueue<std::string> queue(2);
  EXPECT_FALSE(queue.Push("a", "a1"));
  EXPECT_FALSE(queue.Push("a", "a2"));
  EXPECT_EQ(queue.Push("a", "a3"), "a3");
  EXPECT_THAT(Drain(queue), ElementsAre("a1", "a2"));
}

TEST(FairQueue, AFullOneMakesRoomAtTheCostOfWhoeverHasMost) {
  FairQueue<std::string> queue(4);
  for (const char* item : {"a1", "a2", "a3"}) queue.Push("a", item);
  queue.Push("b", "b1");
  EXPECT_EQ(queue.Push("c", "c1"), "a3");
  // Nobody has more than one more than b: the next of b finds no room.
  EXPECT_EQ(queue.Push("b", "b2"), "b2");
  EXPECT_THAT(Drain(queue), ElementsAre("a1", "b1", "c1", "a2"));
}

TEST(FairQueue, OwnWorkIsNeverPutOut) {
  FairQueue<std::string> queue(3);
  for (const char* item : {"1", "2", "3"}) queue.Push("", item);
  EXPECT_EQ(queue.Push("a", "a1"), "a1");
  EXPECT_EQ(queue.Push("", "4"), "4");
  EXPECT_EQ(queue.size(), 3U);
}

TEST(FairQueue, ForgetsCallersWithNothingInIt) {
  FairQueue<std::unique_ptr<int>> queue(2);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_FALSE(queue.Push("caller" + std::to_string(i), std::make_unique<int>(i)));
    EXPECT_EQ(*queue.Pop(), i);
  }
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace lianfang
