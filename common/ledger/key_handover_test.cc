#include "common/ledger/key_handover.h"

#include <algorithm>

#include "common/ledger/key_test_util.h"
#include "gtest/gtest.h"

namespace lianfang::ledger {
namespace {

const absl::Time kHandoverTime = absl::FromUnixSeconds(1778630400);

std::string HandOver(char from, char to) {
  return *SignKeyHandover(Key(from), Key(to), kHandoverTime);
}

std::string Last(char trusted, const std::vector<std::string>& handovers) {
  const auto keys = FollowHandovers(Key(trusted).public_key(), handovers);
  if (!keys.ok()) return std::string(keys.status().message());
  for (char seed = 'a'; seed <= 'z'; ++seed) {
    if (Key(seed).public_key().bytes() == keys->back().bytes()) return std::string(1, seed);
  }
  return "?";
}

bool Refused(char trusted, const std::vector<std::string>& handovers) {
  return !FollowHandovers(Key(trusted).public_key(), handovers).ok();
}

TEST(KeyHandoverTest, SaysWhoHandsOverToWhomAndWhen) {
  const auto opened = OpenKeyHandover(HandOver('a', 'b'));
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->from.bytes(), Key('a').public_key().bytes());
  EXPECT_EQ(opened->to.bytes(), Key('b').public_key().bytes());
  EXPECT_EQ(opened->time, kHandoverTime);
  EXPECT_FALSE(SignKeyHandover(Key('a'), Key('a'), kHandoverTime).ok());
}

TEST(KeyHandoverTest, NeedsBothSignatures) {
  const std::string good = HandOver('a', 'b');
  const size_t second = good.rfind("\xE2\x80\x94");
  const size_t first = good.find("\xE2\x80\x94");
  EXPECT_FALSE(OpenKeyHandover(good.substr(0, second)).ok());
  EXPECT_FALSE(OpenKeyHandover(good.substr(0, first) + good.substr(second)).ok());
  // The signatures of another hand-over.
  const std::string other = HandOver('a', 'c');
  EXPECT_FALSE(OpenKeyHandover(good.substr(0, first) + other.substr(first)).ok());
  std::string late = good;
  late.replace(late.find("1778630400"), 10, "1778630401");
  EXPECT_EQ(OpenKeyHandover(late).status().code(), absl::StatusCode::kUnauthenticated);
}

TEST(KeyHandoverTest, RefusesEveryChangedByte) {
  const std::string good = HandOver('a', 'b');
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(OpenKeyHandover(bad).ok()) << i;
  }
  for (const char* bad : {"", "\n", "lianfang/key-handover/v1\n", "lianfang/key-handover/v1\n\n"}) {
    EXPECT_FALSE(OpenKeyHandover(bad).ok());
  }
}

TEST(KeyHandoverTest, FollowsFromAnyKeyToTheNewest) {
  const std::vector<std::string> chain = {HandOver('a', 'b'), HandOver('b', 'c'),
                                          HandOver('c', 'd')};
  EXPECT_EQ(Last('a', chain), "d");
  EXPECT_EQ(Last('b', chain), "d");
  EXPECT_EQ(Last('d', chain), "d");
  EXPECT_EQ(Last('x', chain), "x") << "a stranger's history says nothing of it";
  EXPECT_EQ(Last('a', {}), "a");
  const auto keys = FollowHandovers(Key('a').public_key(), chain);
  EXPECT_EQ(keys->size(), 4u);
  // Two servers' histories in one list.
  const std::vector<std::string> both = {HandOver('a', 'b'), HandOver('k', 'l'),
                                         HandOver('b', 'c')};
  EXPECT_EQ(Last('a', both), "c");
  EXPECT_EQ(Last('k', both), "l");
  const auto verifier =
      NoteVerifier::Create("lianfang/units/u/ledgers/risk", Key('a').public_key());
  const auto verifiers = FollowHandovers(*verifier, chain);
  ASSERT_TRUE(verifiers.ok());
  EXPECT_EQ(verifiers->back().name(), verifier->name());
  EXPECT_EQ(verifiers->back().key().bytes(), Key('d').public_key().bytes());
}

TEST(KeyHandoverTest, RefusesWhatIsNoHistory) {
  const std::string ab = HandOver('a', 'b');
  const std::string bc = HandOver('b', 'c');
  const std::string cd = HandOver('c', 'd');
  // Truncated: from the key that is trusted there is no way on.
  EXPECT_EQ(Last('a', {bc, cd}), "a");
  EXPECT_EQ(Last('a', {ab, cd}), "b");
  EXPECT_TRUE(Refused('a', {bc, ab, cd})) << "another order";
  EXPECT_TRUE(Refused('a', {cd, ab, bc}));
  EXPECT_TRUE(Refused('a', {ab, HandOver('a', 'c')})) << "handed over twice";
  EXPECT_TRUE(Refused('a', {ab, ab}));
  EXPECT_TRUE(Refused('a', {ab, bc, HandOver('c', 'a')})) << "an old key comes back";
  EXPECT_TRUE(Refused('a', {ab, HandOver('x', 'b')})) << "two hand over to one key";
  EXPECT_TRUE(Refused('a', {ab, "nonsense"}));
  EXPECT_TRUE(Refused('a', std::vector<std::string>(kMaxHandovers + 1, ab)));
}

TEST(KeyHandoverTest, SurvivesItsFile) {
  const std::vector<std::string> chain = {HandOver('a', 'b'), HandOver('b', 'c')};
  const auto read = SplitHandovers(JoinHandovers(chain));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, chain);
  EXPECT_TRUE(SplitHandovers("")->empty());
  EXPECT_FALSE(SplitHandovers("x").ok());
}

}  // namespace
}  // namespace lianfang::ledger
