#include "common/server/ledger_key.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "common/ledger/key_handover.h"
#include "common/testing/test_server.h"
#include "gtest/gtest.h"

namespace lianfang::server {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1778630400);

class LedgerKeyTest : public ::testing::Test {
 protected:
  LedgerKey Load() {
    auto key = LoadLedgerKey(path_);
    EXPECT_TRUE(key.ok()) << key.status();
    return *std::move(key);
  }
  LedgerKey Rotate() {
    auto key = RotateLedgerKey(path_, kNow, crypto::SystemRandom());
    EXPECT_TRUE(key.ok()) << key.status();
    return *std::move(key);
  }
  static std::string Public(const LedgerKey& key) { return key.key.public_key().bytes(); }

  testing::TempFolder folder_;
  const std::string path_ = folder_.path() + "/ledger.pem";
};

TEST_F(LedgerKeyTest, HandsOverAgainAndAgain) {
  EXPECT_EQ(RotateLedgerKey(path_, kNow, crypto::SystemRandom()).status().code(),
            absl::StatusCode::kNotFound);
  const LedgerKey first = Load();
  EXPECT_TRUE(first.handovers.empty());
  const LedgerKey second = Rotate();
  const LedgerKey third = Rotate();
  EXPECT_NE(Public(first), Public(second));
  EXPECT_NE(Public(second), Public(third));
  const LedgerKey loaded = Load();
  EXPECT_EQ(Public(loaded), Public(third));
  EXPECT_EQ(loaded.handovers, third.handovers);
  const auto keys = ledger::FollowHandovers(first.key.public_key(), loaded.handovers);
  ASSERT_TRUE(keys.ok()) << keys.status();
  ASSERT_EQ(keys->size(), 3u);
  EXPECT_EQ(keys->back().bytes(), Public(third));
  // The keys before are kept, readable by their owner only.
  for (const char* old : {".old-1", ".old-2"}) {
    struct stat info {};
    ASSERT_EQ(stat((path_ + old).c_str(), &info), 0) << old;
    EXPECT_EQ(info.st_mode & 0777, 0600u);
  }
  EXPECT_NE(access((path_ + ".next").c_str(), F_OK), 0);
}

// Cut off at each of the steps between which the disk may be seen.
TEST_F(LedgerKeyTest, CompletesWhatWasCutOff) {
  const LedgerKey first = Load();
  // A new key was made, and nothing was handed over: the old one stays, and the new one is used
  // the next time.
  const auto next = crypto::Ed25519PrivateKey::LoadOrCreate(path_ + ".next");
  ASSERT_TRUE(next.ok());
  EXPECT_EQ(Public(Load()), Public(first));
  EXPECT_EQ(Public(Rotate()), next->public_key().bytes());

  // The hand-over was written, and the new key is not in its place yet.
  const LedgerKey second = Load();
  const auto later = crypto::Ed25519PrivateKey::LoadOrCreate(path_ + ".next");
  ASSERT_TRUE(later.ok());
  const auto handover = ledger::SignKeyHandover(second.key, *later, kNow);
  std::ofstream(HandoversPath(path_), std::ios::app) << *handover;
  const LedgerKey third = Load();
  EXPECT_EQ(Public(third), later->public_key().bytes());
  EXPECT_EQ(third.handovers.size(), 2u);
  EXPECT_EQ(Public(Load()), Public(third));
}

TEST_F(LedgerKeyTest, RefusesHandOversOfAnotherKey) {
  Load();
  Rotate();
  unlink(path_.c_str());
  EXPECT_EQ(LoadLedgerKey(path_).status().code(), absl::StatusCode::kFailedPrecondition);
  std::ofstream(HandoversPath(path_)) << "nonsense";
  EXPECT_FALSE(LoadLedgerKey(path_).ok());
}

}  // namespace
}  // namespace lianfang::server
