#include "common/crypto/secret_box.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace lianfang::crypto {
namespace {

class SecretBoxTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "lianfang-secrets-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string Path(const std::string& name = "secrets.key") const { return folder_ + "/" + name; }
  SecretBox Box(const std::string& name = "secrets.key") {
    return SecretBox::LoadOrCreate(Path(name), random_).value();
  }

  std::string folder_;
  DeterministicRandom random_{7};
};

TEST_F(SecretBoxTest, TheKeyIsMadeOnceAndIsItsOwnersOnly) {
  const std::string sealed = Box().Seal("secret", "a", random_).value();
  struct stat info {};
  ASSERT_EQ(stat(Path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  EXPECT_EQ(Box().Open(sealed, "a").value(), "secret");
  EXPECT_EQ(Box().Mac("x"), Box().Mac("x"));
}

TEST_F(SecretBoxTest, OpensOnlyWhatItSealedForThePurpose) {
  const SecretBox box = Box();
  const std::string sealed = box.Seal("secret", "units/u/accounts/a", random_).value();
  EXPECT_EQ(sealed.find("secret"), std::string::npos);
  EXPECT_FALSE(box.Open(sealed, "units/u/accounts/b").ok());
  EXPECT_FALSE(Box("other.key").Open(sealed, "units/u/accounts/a").ok());
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(box.Open(changed, "units/u/accounts/a").ok()) << i;
    EXPECT_FALSE(box.Open(sealed.substr(0, i), "units/u/accounts/a").ok()) << i;
  }
}

TEST_F(SecretBoxTest, TheSameTextIsNeverSealedAlike) {
  const SecretBox box = Box();
  EXPECT_NE(box.Seal("x", "p", random_).value(), box.Seal("x", "p", random_).value());
  EXPECT_NE(box.Mac("x"), box.Mac("y"));
  EXPECT_NE(box.Mac("x"), Box("other.key").Mac("x"));
}

TEST_F(SecretBoxTest, AKeyThatOthersReadOrThatIsNoneIsRefused) {
  Box();
  ASSERT_EQ(chmod(Path().c_str(), 0644), 0);
  EXPECT_EQ(SecretBox::LoadOrCreate(Path(), random_).status().code(),
            absl::StatusCode::kFailedPrecondition);
  std::ofstream(Path("short.key")) << "c2hvcnQ=\n";
  ASSERT_EQ(chmod(Path("short.key").c_str(), 0600), 0);
  EXPECT_EQ(SecretBox::LoadOrCreate(Path("short.key"), random_).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace lianfang::crypto
