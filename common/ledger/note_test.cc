#include "common/ledger/note.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/sha256.h"
#include "common/ledger/key_test_util.h"

namespace lianfang::ledger {
namespace {

constexpr char kName[] = "lianfang/units/fz-exp/ledgers/risk";
constexpr char kDash[] = "\xE2\x80\x94 ";

absl::StatusCode CodeOf(absl::string_view note, const std::vector<NoteVerifier>& known) {
  return OpenNote(note, known).status().code();
}

constexpr auto kMalformed = absl::StatusCode::kInvalidArgument;
constexpr auto kUntrusted = absl::StatusCode::kUnauthenticated;

// The last line of a note with one signature.
std::string SignatureOf(const std::string& note) { return note.substr(note.rfind("\n\n") + 2); }

TEST(Note, IsWhatOtherToolsMake) {
  // Made with Python's hashlib and the openssl command from the first seed of RFC 8032,
  // section 7.1.
  const auto key = crypto::Ed25519PrivateKey::FromSeed(
      absl::HexStringToBytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
  const NoteSigner signer = NoteSigner::Create(kName, key.value()).value();
  EXPECT_EQ(signer.verifier().ToString(),
            absl::StrCat(kName, "+a9f382d1+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"));
  const std::string text =
      absl::StrCat(kName, "\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
  const std::string note = absl::StrCat(text, "\n", kDash, kName,
                                        " qfOC0b4qClXX4ggsS1p1/WrJRPX0643/maT+JHNOZ9y1nWg+"
                                        "XuUwBHiljF9O9cQsYZFc5nBD81wX+btECh1fzkt18g0=\n");
  EXPECT_EQ(signer.Sign(text).value(), note);
  EXPECT_EQ(OpenNote(note, std::vector<NoteVerifier>{signer.verifier()})->text, text);
}

TEST(Note, SignsAndOpens) {
  const NoteSigner signer = Signer(kName, 1);
  for (const std::string text : {"one\n", "廉政风险\n\nmore\n", "\n", "a\n\n\n"}) {
    const std::string note = signer.Sign(text).value();
    const auto opened = OpenNote(note, std::vector<NoteVerifier>{signer.verifier()});
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(opened->text, text);
    EXPECT_EQ(opened->verified_names, std::vector<std::string>{kName});
  }
}

TEST(Note, WillNotSignWhatCannotBeOpened) {
  const NoteSigner signer = Signer(kName, 1);
  for (const std::string& text :
       {std::string(), std::string("no newline"), std::string("tab\t\n"), std::string("nul\0\n", 5),
        std::string("return\r\n"), std::string("\xff\n"),
        std::string(kMaxNoteBytes - 1, 'a') + "\n"}) {
    EXPECT_EQ(signer.Sign(text).status().code(), kMalformed);
  }
}

TEST(Note, TheKeyIdIsTheDigestOfNameAndKey) {
  const NoteVerifier verifier = Signer(kName, 1).verifier();
  const std::string digest = crypto::ToBytes(crypto::Sha256(
      absl::StrCat(kName, "\n", absl::string_view("\x01", 1), verifier.key().bytes())));
  EXPECT_EQ(absl::StrCat(absl::Hex(verifier.key_id(), absl::kZeroPad8)),
            absl::BytesToHexString(digest.substr(0, 4)));
}

TEST(NoteVerifier, SurvivesItsText) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const NoteVerifier verifier = Signer(kName, seed).verifier();
    const auto parsed = NoteVerifier::Parse(verifier.ToString());
    ASSERT_TRUE(parsed.ok()) << verifier.ToString();
    EXPECT_EQ(parsed->ToString(), verifier.ToString());
    EXPECT_EQ(parsed->key().bytes(), verifier.key().bytes());
  }
}

TEST(NoteVerifier, EveryChangedCharacterOfItsTextIsRefused) {
  const std::string good = Signer(kName, 3).verifier().ToString();
  for (size_t i = 0; i < good.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string text = good;
      text[i] = static_cast<char>(text[i] ^ (1 << bit));
      EXPECT_EQ(NoteVerifier::Parse(text).status().code(), kMalformed) << text;
    }
    EXPECT_FALSE(NoteVerifier::Parse(good.substr(0, i)).ok());
  }
  EXPECT_FALSE(NoteVerifier::Parse(good + "=").ok());
  EXPECT_FALSE(NoteVerifier::Parse(good + "\n").ok());
  EXPECT_FALSE(NoteVerifier::Parse("++").ok());
}

TEST(NoteVerifier, RefusesNamesThatWouldNotReadBack) {
  crypto::DeterministicRandom random(1);
  const auto key = crypto::Ed25519PrivateKey::Generate(random).value();
  for (const std::string& name :
       {std::string(), std::string("a b"), std::string("a+b"), std::string("a\nb"),
        std::string("a\xC2\xA0"), std::string("a\xE3\x80\x80"), std::string("a\xC2\x85"),
        std::string("\xff"), std::string("\xC0\xAF"), std::string("\xED\xA0\x80"),
        std::string("a\0", 2), std::string(1025, 'a')}) {
    EXPECT_EQ(NoteVerifier::Create(name, key.public_key()).status().code(), kMalformed);
    EXPECT_EQ(NoteSigner::Create(name, key).status().code(), kMalformed);
  }
  EXPECT_TRUE(NoteVerifier::Create("账本", key.public_key()).ok());
}

TEST(OpenNote, EveryFlippedBitAndTruncationIsRefused) {
  const NoteSigner signer = Signer(kName, 1);
  const std::vector<NoteVerifier> known = {signer.verifier()};
  const std::string note = signer.Sign("lianfang\n42\n\nmore\n").value();
  ASSERT_EQ(CodeOf(note, known), absl::StatusCode::kOk);
  for (size_t i = 0; i < note.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = note;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      EXPECT_NE(CodeOf(changed, known), absl::StatusCode::kOk) << "byte " << i << " bit " << bit;
    }
    EXPECT_NE(CodeOf(note.substr(0, i), known), absl::StatusCode::kOk) << i;
    std::string without = note;
    without.erase(i, 1);
    EXPECT_NE(CodeOf(without, known), absl::StatusCode::kOk) << i;
  }
  EXPECT_NE(CodeOf(note + "\n", known), absl::StatusCode::kOk);
  EXPECT_NE(CodeOf("\n" + note, known), absl::StatusCode::kOk);
}

TEST(OpenNote, WeighsTheSignatures) {
  const NoteSigner a = Signer("a", 1);
  const NoteSigner b = Signer("b", 2);
  const NoteSigner false_a = Signer("a", 3);
  const std::string text = "text\n";
  const std::string head = text + "\n";
  const std::string sig_a = SignatureOf(a.Sign(text).value());
  const std::string sig_b = SignatureOf(b.Sign(text).value());
  const std::string other_a = SignatureOf(a.Sign("other\n").value());
  const std::string sig_false_a = SignatureOf(false_a.Sign(text).value());
  const std::string short_a =
      absl::StrCat(kDash, "a ",
                   absl::Base64Escape(absl::HexStringToBytes(
                       absl::StrCat(absl::Hex(a.verifier().key_id(), absl::kZeroPad8), "00"))),
                   "\n");
  const struct {
    const char* what;
    std::string note;
    std::vector<NoteVerifier> known;
    absl::StatusCode code;
    std::vector<std::string> names;
  } cases[] = {
      {"both known",
       head + sig_a + sig_b,
       {a.verifier(), b.verifier()},
       absl::StatusCode::kOk,
       {"a", "b"}},
      {"one known, first", head + sig_a + sig_b, {a.verifier()}, absl::StatusCode::kOk, {"a"}},
      {"one known, last", head + sig_a + sig_b, {b.verifier()}, absl::StatusCode::kOk, {"b"}},
      {"twice the same", head + sig_a + sig_a, {a.verifier()}, absl::StatusCode::kOk, {"a"}},
      {"same name, unknown key",
       head + sig_false_a + sig_a,
       {a.verifier()},
       absl::StatusCode::kOk,
       {"a"}},
      {"only an unknown key of that name", head + sig_false_a, {a.verifier()}, kUntrusted, {}},
      {"none known", head + sig_a, {b.verifier()}, kUntrusted, {}},
      {"no verifier", head + sig_a, {}, kUntrusted, {}},
      {"bad after good", head + sig_a + other_a, {a.verifier()}, kUntrusted, {}},
      {"bad before good", head + other_a + sig_b, {a.verifier(), b.verifier()}, kUntrusted, {}},
      {"bad but unknown", head + other_a + sig_b, {b.verifier()}, absl::StatusCode::kOk, {"b"}},
      {"short signature", head + short_a + sig_b, {a.verifier(), b.verifier()}, kUntrusted, {}},
  };
  for (const auto& c : cases) {
    const auto opened = OpenNote(c.note, c.known);
    EXPECT_EQ(opened.status().code(), c.code) << c.what;
    if (opened.ok()) {
      EXPECT_EQ(opened->verified_names, c.names) << c.what;
    }
  }
}

TEST(OpenNote, RefusesMalformedLinesEvenOfUnknownKeys) {
  const NoteSigner signer = Signer("a", 1);
  const std::vector<NoteVerifier> known = {signer.verifier()};
  const std::string note = signer.Sign("text\n").value();
  const std::string lines[] = {
      "- b AAAAAAA=\n",
      absl::StrCat("\xE2\x80\x94", "b AAAAAAA=\n"),
      absl::StrCat(kDash, "b\n"),
      absl::StrCat(kDash, "b \n"),
      absl::StrCat(kDash, " AAAAAAA=\n"),
      absl::StrCat(kDash, "b+c AAAAAAA=\n"),
      absl::StrCat(kDash, "b  AAAAAAA=\n"),
      absl::StrCat(kDash, "b AAAAAAA= \n"),
      absl::StrCat(kDash, "b AAAAAAA\n"),
      absl::StrCat(kDash, "b AAAAAAB=\n"),
      absl::StrCat(kDash, "b AAAAAA==\n"),
      absl::StrCat(kDash, "b AAAA_AA=\n"),
      absl::StrCat(kDash, "b !!!!!!!!\n"),
      absl::StrCat(kDash, "b AAAAAAA="),
  };
  for (const std::string& line : lines) EXPECT_EQ(CodeOf(note + line, known), kMalformed) << line;
  EXPECT_EQ(CodeOf(absl::StrCat(note, kDash, "b AAAAAAA=\n"), known), absl::StatusCode::kOk);
}

TEST(OpenNote, RefusesWhatIsNoNote) {
  const NoteSigner signer = Signer("a", 1);
  const std::vector<NoteVerifier> known = {signer.verifier()};
  const std::string line = SignatureOf(signer.Sign("text\n").value());
  for (const std::string& note :
       {std::string(), std::string("\n"), std::string("\n\n"), std::string("text\n"),
        std::string("text\n\n"), "text\n" + line, "\n" + line, line, "te\x01xt\n\n" + line,
        "te\xffxt\n\n" + line, "text\r\n\r\n" + line, "te\xE2\x80\n\n" + line,
        "te\xF5\x80\x80\x80\n\n" + line}) {
    EXPECT_EQ(CodeOf(note, known), kMalformed) << note;
  }
}

TEST(OpenNote, IsBounded) {
  const NoteSigner signer = Signer("a", 1);
  const std::vector<NoteVerifier> known = {signer.verifier()};
  std::string note = signer.Sign("text\n").value();
  const std::string unknown = SignatureOf(Signer("b", 2).Sign("text\n").value());
  for (size_t i = 1; i < kMaxNoteSignatures; ++i) note += unknown;
  EXPECT_EQ(CodeOf(note, known), absl::StatusCode::kOk);
  EXPECT_EQ(CodeOf(note + unknown, known), kMalformed);

  const size_t overhead = signer.Sign("\n").value().size();
  const std::string most(kMaxNoteBytes - overhead, 'a');
  const std::string largest = signer.Sign(most + "\n").value();
  EXPECT_EQ(largest.size(), kMaxNoteBytes);
  EXPECT_EQ(CodeOf(largest, known), absl::StatusCode::kOk);
  EXPECT_EQ(CodeOf("a" + largest, known), kMalformed);
}

TEST(StrictBase64, HasOneSpelling) {
  EXPECT_EQ(StrictBase64Decode("AQI=").value(), "\x01\x02");
  EXPECT_EQ(StrictBase64Decode("").value(), "");
  for (const char* text : {"AQI", "AQJ=", "AQI= ", " AQI=", "AQ\nI=", "AQI==", "A-I=", "AQ.="}) {
    EXPECT_FALSE(StrictBase64Decode(text).ok()) << text;
  }
}

}  // namespace
}  // namespace lianfang::ledger
