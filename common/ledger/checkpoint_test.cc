#include "common/ledger/checkpoint.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/ledger/key_test_util.h"

namespace lianfang::ledger {
namespace {

constexpr char kOrigin[] = "lianfang/units/fz-exp/ledgers/risk";
constexpr char kRoot[] = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

TEST(Checkpoint, HasTheThreeLines) {
  const Checkpoint checkpoint{.origin = kOrigin, .size = 20852163, .root = EmptyRoot()};
  EXPECT_EQ(checkpoint.Format(), absl::StrCat(kOrigin, "\n20852163\n", kRoot, "\n"));
  EXPECT_EQ(Checkpoint::Parse(checkpoint.Format()).value(), checkpoint);
}

TEST(Checkpoint, ParsesStrictly) {
  const std::string root = absl::StrCat(kRoot, "\n");
  const struct {
    std::string text;
    bool ok;
  } cases[] = {
      {"o\n0\n" + root, true},
      {"o\n9223372036854775807\n" + root, true},
      {"o\n1\n" + root + "extension\nand another\n", true},
      {"o\n9223372036854775808\n" + root, false},
      {"o\n18446744073709551616\n" + root, false},
      {"o\n01\n" + root, false},
      {"o\n+1\n" + root, false},
      {"o\n-1\n" + root, false},
      {"o\n 1\n" + root, false},
      {"o\n1 \n" + root, false},
      {"o\n0x1\n" + root, false},
      {"o\n\n" + root, false},
      {"\n1\n" + root, false},
      {"o\n1\n", false},
      {"o\n1\n" + std::string(kRoot), false},
      {"o\n1\n\n", false},
      {"o\n1\nAAAA\n", false},
      {"o\n1\n" + root.substr(1), false},
      {"o\n1\n " + root, false},
      // The same bytes, spelled otherwise.
      {"o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n", false},
      {"o\n1\n47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=\n", false},
      {"o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n", false},
      {"o\n1\n" + root + "\n", false},
      {"o\n1\n" + root + "extension", false},
      {"", false},
      {std::string(kMaxNoteBytes, 'a') + "\n1\n" + root, false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Checkpoint::Parse(c.text).status().code(),
              c.ok ? absl::StatusCode::kOk : absl::StatusCode::kInvalidArgument)
        << c.text;
  }
}

TEST(Checkpoint, SurvivesTheNote) {
  const NoteSigner signer = Signer(kOrigin, 1);
  Frontier frontier;
  frontier.Append(HashLeaf("a"));
  const Checkpoint checkpoint{.origin = kOrigin, .size = frontier.size(), .root = frontier.Root()};
  const std::string note = SignCheckpoint(checkpoint, signer).value();
  EXPECT_EQ(OpenCheckpoint(note, signer.verifier()).value(), checkpoint);
}

TEST(Checkpoint, WillNotSignWhatCannotBeReadBack) {
  const NoteSigner signer = Signer(kOrigin, 1);
  const struct {
    std::string origin;
    uint64_t size;
  } cases[] = {{"", 1},
               {"two\nlines", 1},
               {"o\n7\n" + std::string(kRoot), 1},
               {"tab\t", 1},
               {kOrigin, kMaxTreeSize + 1}};
  for (const auto& c : cases) {
    EXPECT_EQ(SignCheckpoint({.origin = c.origin, .size = c.size}, signer).status().code(),
              absl::StatusCode::kInvalidArgument)
        << c.origin;
  }
}

TEST(Checkpoint, OfAnotherLedgerIsRefused) {
  const NoteSigner signer = Signer(kOrigin, 1);
  const std::string note = SignCheckpoint({.origin = "elsewhere", .size = 3}, signer).value();
  EXPECT_EQ(OpenCheckpoint(note, signer.verifier()).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(OpenCheckpoint(note, signer.verifier(), "elsewhere").ok());
  EXPECT_EQ(OpenCheckpoint(note, signer.verifier(), kOrigin).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(Checkpoint, OfAnotherKeyIsRefused) {
  const std::string note =
      SignCheckpoint({.origin = kOrigin, .size = 3}, Signer(kOrigin, 1)).value();
  EXPECT_EQ(OpenCheckpoint(note, Signer(kOrigin, 2).verifier()).status().code(),
            absl::StatusCode::kUnauthenticated);
}

TEST(Checkpoint, ASignedTextThatIsNoCheckpointIsRefused) {
  const NoteSigner signer = Signer(kOrigin, 1);
  const std::string note = signer.Sign(absl::StrCat(kOrigin, "\nmany\n", kRoot, "\n")).value();
  EXPECT_EQ(OpenCheckpoint(note, signer.verifier()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace lianfang::ledger
