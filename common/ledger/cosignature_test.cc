#include "common/ledger/cosignature.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/sha256.h"
#include "common/ledger/checkpoint.h"
#include "common/ledger/key_test_util.h"
#include "gtest/gtest.h"

namespace lianfang::ledger {
namespace {

const absl::Time kCosignTime = absl::FromUnixSeconds(1679315147);

std::string Checkpoint() {
  const auto signer = NoteSigner::Create("lianfang/units/u/ledgers/risk", Key('l'));
  return *SignCheckpoint({signer->verifier().name(), 7, crypto::Sha256("root")}, *signer);
}

WitnessKey Witness(const std::string& unit = "d", char seed = 'w') {
  return *WitnessKey::Create(WitnessName(unit), Key(seed).public_key());
}

TEST(CosignatureTest, SaysWhenTheWitnessSigned) {
  const auto cosigned = Cosign(Checkpoint(), WitnessName("d"), Key('w'), kCosignTime);
  ASSERT_TRUE(cosigned.ok()) << cosigned.status();
  const auto time = OpenCosignature(*cosigned, Witness());
  ASSERT_TRUE(time.ok()) << time.status();
  EXPECT_EQ(*time, kCosignTime);
  // The ledger's own signature holds as before; the witness's line is passed over.
  const auto ledger = NoteVerifier::Create("lianfang/units/u/ledgers/risk", Key('l').public_key());
  const auto checkpoint = OpenCheckpoint(*cosigned, *ledger);
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  EXPECT_EQ(checkpoint->size, 7u);
}

// Byte for byte what C2SP tlog-cosignature prescribes.
TEST(CosignatureTest, IsOfThePrescribedForm) {
  const std::string note = Checkpoint();
  const std::string text = note.substr(0, note.find("\n\n") + 1);
  const std::string cosigned = *Cosign(note, "witness.example/w1", Key('w'), kCosignTime);
  ASSERT_EQ(cosigned.substr(0, note.size()), note);
  const std::string line = cosigned.substr(note.size());
  const std::string prefix = "\xE2\x80\x94 witness.example/w1 ";
  ASSERT_EQ(line.substr(0, prefix.size()), prefix);
  std::string bytes;
  ASSERT_TRUE(
      absl::Base64Unescape(line.substr(prefix.size(), line.size() - prefix.size() - 1), &bytes));
  ASSERT_EQ(bytes.size(), 76u);
  const std::string typed = "\x04" + Key('w').public_key().bytes();
  EXPECT_EQ(bytes.substr(0, 4),
            crypto::ToBytes(crypto::Sha256({"witness.example/w1", "\n", typed})).substr(0, 4));
  EXPECT_EQ(absl::BytesToHexString(bytes.substr(4, 8)), "00000000641850cb");
  EXPECT_TRUE(
      Key('w').public_key().Verify("cosignature/v1\ntime 1679315147\n" + text, bytes.substr(12)));
}

TEST(CosignatureTest, FindsWhatIsNotTheWitnesss) {
  const std::string good = *Cosign(Checkpoint(), WitnessName("d"), Key('w'), kCosignTime);
  EXPECT_EQ(OpenCosignature(Checkpoint(), Witness()).status().code(),
            absl::StatusCode::kUnauthenticated);
  EXPECT_FALSE(OpenCosignature(good, Witness("d", 'x')).ok()) << "another key";
  EXPECT_FALSE(OpenCosignature(good, Witness("e")).ok()) << "another name";
  for (size_t i = 0; i < good.size(); ++i) {
    // The ledger's own signature is another verifier's concern.
    const size_t own = good.find("\xE2\x80\x94");
    const size_t witness = good.rfind("\xE2\x80\x94");
    if (i >= own && i < witness) continue;
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(OpenCosignature(bad, Witness()).ok()) << i;
  }
  EXPECT_FALSE(OpenCosignature("", Witness()).ok());
  EXPECT_FALSE(OpenCosignature("\n\n", Witness()).ok());
}

TEST(CosignatureTest, TwoWitnessesSignOneCheckpoint) {
  const std::string once = *Cosign(Checkpoint(), WitnessName("d"), Key('w'), kCosignTime);
  const std::string twice =
      *Cosign(once, WitnessName("e"), Key('v'), kCosignTime + absl::Seconds(1));
  EXPECT_EQ(*OpenCosignature(twice, Witness()), kCosignTime);
  EXPECT_EQ(*OpenCosignature(twice, Witness("e", 'v')), kCosignTime + absl::Seconds(1));
}

TEST(CosignatureTest, KeysReadBack) {
  const std::string text = Witness().ToString();
  const auto read = WitnessKey::Parse(text);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->ToString(), text);
  EXPECT_EQ(read->name(), "lianfang/units/d/witness");
  // A ledger's key is no witness's: the type is part of it.
  EXPECT_FALSE(
      WitnessKey::Parse(NoteVerifier::Create("n", Key('w').public_key())->ToString()).ok());
  for (size_t i = 0; i < text.size(); ++i) {
    std::string bad = text;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(WitnessKey::Parse(bad).ok()) << i;
  }
  EXPECT_FALSE(WitnessKey::Parse("").ok());
  EXPECT_FALSE(WitnessKey::Create("two words", Key('w').public_key()).ok());
  EXPECT_FALSE(Cosign("no note", WitnessName("d"), Key('w'), kCosignTime).ok());
}

}  // namespace
}  // namespace lianfang::ledger
