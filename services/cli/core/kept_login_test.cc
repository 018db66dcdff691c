#include "services/cli/core/kept_login.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "common/crypto/random.h"
#include "common/status/error.h"

namespace lianfang::cli {
namespace {

class SetClock final : public Clock {
 public:
  absl::Time Now() const override { return now; }
  absl::Time now = absl::FromUnixSeconds(1'780'000'000);
};

class KeptLoginTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "lianfang-login-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    environment_.clock = &clock_;
    environment_.random = &random_;
    environment_.variable = [this](const std::string& name) {
      return name == "XDG_STATE_HOME" ? folder_ + "/state" : std::string();
    };
    path_ = LoginFile(environment_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static mode_t ModeOf(const std::string& path) {
    struct stat info {};
    EXPECT_EQ(stat(path.c_str(), &info), 0) << path;
    return info.st_mode & 0777;
  }
  KeptLogin Login(const std::string& token, absl::Duration lasts) const {
    KeptLogin login;
    login.address = "127.0.0.1:7100";
    login.tokens.set_access_token(token);
    login.tokens.set_refresh_token("r-" + token);
    login.tokens.set_session("units/u/accounts/a/sessions/s");
    login.tokens.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(clock_.now + lasts));
    return login;
  }
  // The token that is used, with a server that gives "fresh".
  absl::StatusOr<std::string> Token(const std::string& stale = "") {
    return FreshToken(
        path_, environment_, stale,
        [this](const personnel::v1::Tokens& tokens) -> absl::StatusOr<personnel::v1::Tokens> {
          ++refreshed_;
          EXPECT_EQ(tokens.refresh_token(), "r-old");
          return Login("fresh", absl::Minutes(10)).tokens;
        });
  }

  std::string folder_;
  std::string path_;
  SetClock clock_;
  crypto::DeterministicRandom random_{1};
  Environment environment_;
  int refreshed_ = 0;
};

TEST_F(KeptLoginTest, StandsWhereStateBelongs) {
  EXPECT_EQ(path_, folder_ + "/state/lianfang/login");
  environment_.variable = [](const std::string& name) {
    return name == "HOME" ? std::string("/home/somebody") : std::string();
  };
  EXPECT_EQ(LoginFile(environment_), "/home/somebody/.local/state/lianfang/login");
  environment_.variable = [](const std::string&) { return std::string(); };
  EXPECT_EQ(LoginFile(environment_), "");
  EXPECT_FALSE(ReadLogin("").value().has_value());
}

TEST_F(KeptLoginTest, OnlyItsOwnerReadsIt) {
  ASSERT_TRUE(WriteLogin(path_, Login("old", absl::Minutes(10)), random_).ok());
  EXPECT_EQ(ModeOf(path_), 0600U);
  EXPECT_EQ(ModeOf(folder_ + "/state/lianfang"), 0700U);
  const auto login = ReadLogin(path_).value();
  ASSERT_TRUE(login.has_value());
  EXPECT_EQ(login->address, "127.0.0.1:7100");
  EXPECT_EQ(login->tokens.access_token(), "old");
  ASSERT_EQ(chmod(path_.c_str(), 0644), 0);
  EXPECT_FALSE(ReadLogin(path_).ok());
  ASSERT_TRUE(RemoveLogin(path_).ok());
  EXPECT_FALSE(ReadLogin(path_).value().has_value());
  EXPECT_TRUE(RemoveLogin(path_).ok());
  EXPECT_EQ(Token().value(), "");
}

TEST_F(KeptLoginTest, IsRefreshedWhenItIsNearlyOverOrRefused) {
  ASSERT_TRUE(WriteLogin(path_, Login("old", absl::Minutes(10)), random_).ok());
  EXPECT_EQ(Token().value(), "old");
  EXPECT_EQ(refreshed_, 0);
  clock_.now += absl::Minutes(9) + absl::Seconds(30);
  EXPECT_EQ(Token().value(), "fresh");
  EXPECT_EQ(Token().value(), "fresh");
  EXPECT_EQ(refreshed_, 1);
  ASSERT_TRUE(WriteLogin(path_, Login("old", absl::Minutes(10)), random_).ok());
  EXPECT_EQ(Token("old").value(), "fresh");
  // Another run was faster.
  EXPECT_EQ(Token("old").value(), "fresh");
  EXPECT_EQ(refreshed_, 2);
  EXPECT_EQ(ModeOf(path_), 0600U);
}

TEST_F(KeptLoginTest, ADamagedOneSaysSo) {
  ASSERT_TRUE(WriteLogin(path_, Login("old", absl::Minutes(10)), random_).ok());
  std::ofstream(path_) << "127.0.0.1:7100\n{";
  EXPECT_FALSE(ReadLogin(path_).ok());
  EXPECT_FALSE(Token().ok());
}

}  // namespace
}  // namespace lianfang::cli
