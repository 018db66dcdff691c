#include "common/crypto/key_file.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "common/crypto/ed25519.h"
#include "common/crypto/key_test_util.h"

namespace lianfang::crypto {
namespace {

absl::StatusOr<SharedKey> NewKey() {
  return AdoptKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
}

TEST(KeyFile, ACreatedKeyIsItsOwnersOnlyAndLeavesNothingBehind) {
  const KeyDirectory dir;
  const mode_t before = umask(0);
  const absl::StatusOr<SharedKey> key = LoadOrCreateKeyFile(dir.File("k"), NewKey, SystemRandom());
  umask(before);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(ModeOf(dir.File("k")), 0600u);
  EXPECT_EQ(dir.CountFiles(), 1u);
}

TEST(KeyFile, ASecondCallReturnsTheFirstKey) {
  const KeyDirectory dir;
  const auto first = LoadOrCreateKeyFile(dir.File("k"), NewKey, SystemRandom());
  const auto second = LoadOrCreateKeyFile(dir.File("k"), NewKey, SystemRandom());
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(PrivateKeyToPem(*first).value(), PrivateKeyToPem(*second).value());
}

TEST(KeyFile, RacingCreatorsAgreeOnOneKey) {
  const KeyDirectory dir;
  std::vector<std::string> pems(8);
  std::vector<std::thread> threads;
  for (std::string& pem : pems) {
    threads.emplace_back([&pem, &dir] {
      const auto key = LoadOrCreateKeyFile(dir.File("k"), NewKey, SystemRandom());
      if (key.ok()) pem = PrivateKeyToPem(*key).value_or("");
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(pems[0].empty());
  EXPECT_EQ(pems, std::vector<std::string>(8, pems[0]));
  EXPECT_EQ(dir.CountFiles(), 1u);
}

TEST(KeyFile, RefusesAKeyThatOthersMayOpen) {
  const KeyDirectory dir;
  ASSERT_TRUE(LoadOrCreateKeyFile(dir.File("k"), NewKey, SystemRandom()).ok());
  for (const mode_t mode : {0640, 0604, 0620, 0602, 0644, 0660, 0777}) {
    ASSERT_EQ(chmod(dir.File("k").c_str(), mode), 0);
    const auto key = LoadOrCreateKeyFile(dir.File("k"), NewKey, SystemRandom());
    EXPECT_EQ(key.status().code(), absl::StatusCode::kFailedPrecondition) << mode;
    EXPECT_NE(key.status().message().find("0600"), absl::string_view::npos);
  }
  for (const mode_t mode : {0600, 0400}) {
    ASSERT_EQ(chmod(dir.File("k").c_str(), mode), 0);
    EXPECT_TRUE(LoadOrCreateKeyFile(dir.File("k"), NewKey, SystemRandom()).ok()) << mode;
  }
}

TEST(KeyFile, ASecretOfRootMayBeReadByTheGroupOfAProcessThatIsNotRoot) {
  constexpr uid_t kRoot = 0;
  constexpr uid_t kService = 10001;
  for (const mode_t mode : {0400, 0440, 0600, 0640}) {
    EXPECT_FALSE(IsOpenToOthers(mode, kRoot, kService)) << mode;
  }
  for (const mode_t mode : {0660, 0650, 0444, 0641, 0604}) {
    EXPECT_TRUE(IsOpenToOthers(mode, kRoot, kService)) << mode;
  }
  // Root's own process, and the service's own file: the owner alone.
  EXPECT_TRUE(IsOpenToOthers(0440, kRoot, kRoot));
  EXPECT_TRUE(IsOpenToOthers(0440, kService, kService));
  EXPECT_FALSE(IsOpenToOthers(0400, kService, kService));
}

TEST(KeyFile, NeverReplacesAFileItCannotRead) {
  const KeyDirectory dir;
  const std::string pem = PrivateKeyToPem(NewKey().value()).value();
  const struct {
    std::string text;
  } cases[] = {{""}, {"no key"}, {pem.substr(0, pem.size() / 2)}, {std::string(17000, 'x')}};
  for (const auto& c : cases) {
    WriteFile(dir.File("k"), c.text, 0600);
    EXPECT_EQ(LoadOrCreateKeyFile(dir.File("k"), NewKey, SystemRandom()).status().code(),
              absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(std::filesystem::file_size(dir.File("k")), c.text.size());
  }
}

TEST(KeyFile, RefusesWhatIsNoRegularFile) {
  const KeyDirectory dir;
  ASSERT_EQ(mkfifo(dir.File("pipe").c_str(), 0600), 0);
  std::filesystem::create_directory(dir.File("folder"));
  for (const char* name : {"pipe", "folder"}) {
    EXPECT_EQ(LoadOrCreateKeyFile(dir.File(name), NewKey, SystemRandom()).status().code(),
              absl::StatusCode::kInvalidArgument)
        << name;
  }
}

TEST(KeyFile, FailsWhereTheFolderIsMissing) {
  const KeyDirectory dir;
  EXPECT_EQ(LoadOrCreateKeyFile(dir.File("none/k"), NewKey, SystemRandom()).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(KeyFile, HandsOnTheErrorsOfItsSources) {
  class Broken final : public RandomSource {
    absl::Status Fill(std::span<uint8_t>) override { return absl::UnavailableError("dry"); }
  };
  const KeyDirectory dir;
  Broken broken;
  EXPECT_EQ(LoadOrCreateKeyFile(dir.File("k"), NewKey, broken).status().message(), "dry");
  EXPECT_EQ(Ed25519PrivateKey::Generate(broken).status().message(), "dry");
  const auto no_key = []() -> absl::StatusOr<SharedKey> { return absl::UnavailableError("none"); };
  EXPECT_EQ(LoadOrCreateKeyFile(dir.File("k"), no_key, SystemRandom()).status().message(), "none");
  EXPECT_EQ(dir.CountFiles(), 0u);
}

}  // namespace
}  // namespace lianfang::crypto
