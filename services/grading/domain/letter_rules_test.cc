#include "services/grading/domain/letter_rules.h"

#include "common/policy/policies.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::grading {
namespace {

using namespace common::v1;  // NOLINT: reasons and levels
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

const absl::Time kLetterTime = absl::FromUnixSeconds(1800000000);

const config::v1::LettersPolicy& Policy() {
  static const auto* const policy = new config::v1::LettersPolicy(policy::Load("")->letters);
  return *policy;
}

// The school of the tests: secretary and principal; vice in charge of supply; supply with its head
// and the posts of buyer (two holders) and desk (vacant); vice's own post; a post in no department.
Chain School() {
  Chain chain;
  chain.unit_id = "u";
  chain.year = 2026;
  chain.principals = {"secretary", "principal"};
  chain.departments = {{"supply", "总务处", "head", "vice", RISK_LEVEL_HIGH}};
  chain.posts = {
      {"post-principal", "校长", "", {"principal"}, RISK_LEVEL_HIGH},
      {"post-vice", "副校长", "", {"vice"}, RISK_LEVEL_MEDIUM},
      {"post-head", "总务处主任", "supply", {"head"}, RISK_LEVEL_HIGH},
      {"post-buyer", "采购员", "supply", {"ann", "bob"}, RISK_LEVEL_HIGH},
      {"post-desk", "文员", "supply", {}, RISK_LEVEL_LOW},
      {"post-union", "工会干事", "", {"una"}, RISK_LEVEL_LOW},
  };
  return chain;
}

// Each letter as `a+a>b: subjects`.
std::vector<std::string> Shown(const ChainLetters& letters) {
  std::vector<std::string> lines;
  for (const auto& letter : letters.letters) {
    std::string line;
    for (const auto& person : letter.party_a()) line += (line.empty() ? "" : "+") + person;
    line += ">" + letter.party_b() + ":";
    for (const auto& scope : letter.scope()) line += " " + scope.subject();
    lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> Letterless(const ChainLetters& letters) {
  std::vector<std::string> lines;
  for (const auto& one : letters.letterless) {
    lines.push_back(one.subject() + " " +
                    v1::LetterlessSubject::Reason_Name(one.reason()).substr(7));
  }
  return lines;
}

TEST(LetterChainTest, FromThePrincipalsToEveryPost) {
  const ChainLetters letters = DraftChain(School(), Policy());
  EXPECT_THAT(Shown(letters),
              UnorderedElementsAre("principal+secretary>vice: supply post-vice",
                                   "vice>head: supply post-head", "head>ann: post-buyer",
                                   "head>bob: post-buyer", "principal+secretary>una: post-union"));
  EXPECT_THAT(Letterless(letters), ElementsAre("post-desk VACANT"));
  std::set<std::string> names;
  for (const auto& letter : letters.letters) names.insert(letter.name());
  EXPECT_EQ(names.size(), letters.letters.size());
}

TEST(LetterChainTest, WhereAPlaceIsVacantTheNextAboveSigns) {
  const struct {
    const char* what;
    std::function<void(Chain&)> change;
    std::vector<std::string> has;
    std::vector<std::string> letterless;
  } cases[] = {
      {"no leader in charge",
       [](Chain& c) { c.departments[0].vice_principal = ""; },
       {"principal+secretary>head: supply post-head", "principal+secretary>vice: post-vice"},
       {}},
      {"no head",
       [](Chain& c) { c.departments[0].head = ""; },
       {"vice>ann: post-buyer", "vice>head: post-head"},
       {"supply VACANT"}},
      {"neither",
       [](Chain& c) {
         c.departments[0].head = "";
         c.departments[0].vice_principal = "";
       },
       {"principal+secretary>ann: post-buyer"},
       {"supply VACANT"}},
      {"the secretary is in charge",
       [](Chain& c) { c.departments[0].vice_principal = "secretary"; },
       {"secretary>head: supply post-head"},
       {}},
      {"the leader in charge heads it himself",
       [](Chain& c) { c.departments[0].head = "vice"; },
       {"principal+secretary>vice: supply", "vice>ann: post-buyer"},
       {}},
      {"not graded",
       [](Chain& c) {
         c.departments[0].level = RISK_LEVEL_UNSPECIFIED;
         c.posts[3].level = RISK_LEVEL_UNSPECIFIED;
       },
       {"principal+secretary>vice: supply post-vice"},
       {"supply NOT_GRADED", "post-buyer NOT_GRADED"}},
      {"nobody above",
       [](Chain& c) { c.principals = {}; },
       {"vice>head: supply post-head"},
       {"supply NO_PARTY_A", "post-union NO_PARTY_A"}},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.what);
    Chain chain = School();
    test.change(chain);
    const ChainLetters letters = DraftChain(chain, Policy());
    for (const auto& line : test.has) EXPECT_THAT(Shown(letters), Contains(line));
    for (const auto& line : test.letterless) EXPECT_THAT(Letterless(letters), Contains(line));
  }
}

std::vector<std::string> Sources(const v1::ResponsibilityLetter& letter) {
  std::vector<std::string> sources;
  for (const auto& clause : letter.clauses()) sources.push_back(clause.source());
  return sources;
}

TEST(LetterTest, ClausesFollowTierAndLevels) {
  const ChainLetters letters = DraftChain(School(), Policy());
  const auto& vice = letters.letters[0];
  EXPECT_EQ(vice.level(), RISK_LEVEL_HIGH);
  EXPECT_EQ(vice.grade_number(), 1);
  EXPECT_EQ(vice.policy_version(), "letters-2013@1");
  EXPECT_THAT(Sources(vice),
              Contains("各分管副校长按照分工对所分管的科室廉政风险防控管理工作负主要领导责任"));
  // High is the department, medium his own post: what holds for both is said.
  EXPECT_THAT(Sources(vice),
              Contains("对廉政风险等级高的行政权力，在科室负责人和分管领导直接管理的基础上"
                       "，由主要领导负责"));
  EXPECT_THAT(
      Sources(vice),
      Contains("对廉政风险等级较高的行政权力，在科室负责人直接管理的基础上，由分管领导负责"));
  EXPECT_THAT(Sources(vice),
              Not(Contains("对廉政风险等级较低的权力项目，由科室负责人直接管理和负责")));
  EXPECT_THAT(Sources(letters.letters[1]),
              Contains("各科室主要负责同志按照“一岗双责”负责本科室廉政风险防控管理工作"));
}

v1::ResponsibilityLetter HeadsLetter() {
  return *Redraft(nullptr, DraftChain(School(), Policy()).letters[1]);
}

TEST(LetterTest, PartyASignsFirst) {
  v1::ResponsibilityLetter letter = HeadsLetter();
  EXPECT_EQ(letter.state(), v1::LETTER_STATE_DRAFT);
  EXPECT_EQ(letter.revision(), 1);
  const std::string digest = letter.revision_digest();
  EXPECT_EQ(digest.size(), 32U);
  EXPECT_EQ(ReasonOf(Sign(letter, "ann", digest, kLetterTime).status()),
            ERROR_REASON_NOT_RECORD_OWNER);
  EXPECT_EQ(ReasonOf(Sign(letter, "head", digest, kLetterTime).status()),
            ERROR_REASON_SIGNING_ORDER);
  EXPECT_EQ(ReasonOf(Sign(letter, "vice", "other", kLetterTime).status()),
            ERROR_REASON_REVISION_CHANGED);
  letter = *Sign(letter, "vice", digest, kLetterTime);
  EXPECT_EQ(letter.state(), v1::LETTER_STATE_SIGNED_BY_PARTY_A);
  EXPECT_EQ(ReasonOf(Sign(letter, "vice", digest, kLetterTime).status()),
            ERROR_REASON_ALREADY_SIGNED);
  letter = *Sign(letter, "head", digest, kLetterTime);
  EXPECT_EQ(letter.state(), v1::LETTER_STATE_IN_FORCE);
  EXPECT_EQ(letter.signature_b().signer(), "head");
  EXPECT_EQ(letter.signature_b().revision_digest(), digest);
  EXPECT_EQ(letter.signature_b().time().seconds(), 1800000000);
  EXPECT_EQ(ReasonOf(Sign(letter, "head", digest, kLetterTime).status()),
            ERROR_REASON_ALREADY_SIGNED);
  const auto expired = Expire(letter);
  ASSERT_TRUE(expired.has_value());
  EXPECT_EQ(ReasonOf(Sign(*expired, "head", digest, kLetterTime).status()),
            ERROR_REASON_ILLEGAL_TRANSITION);
  EXPECT_FALSE(Expire(*expired).has_value());
}

TEST(LetterTest, AnotherLevelVoidsTheSignatures) {
  v1::ResponsibilityLetter letter = HeadsLetter();
  const std::string digest = letter.revision_digest();
  letter = *Sign(*Sign(letter, "vice", digest, kLetterTime), "head", digest, kLetterTime);
  const std::vector<Cause> causes = {{MARK_CAUSE_LEVEL, "units/u/grades/g", "等级已调整"}};
  const auto reopened =
      Reopen(letter, {{"supply", RISK_LEVEL_MEDIUM}, {"post-head", RISK_LEVEL_LOW}}, causes,
             Policy(), kLetterTime);
  ASSERT_TRUE(reopened.has_value());
  EXPECT_EQ(reopened->state(), v1::LETTER_STATE_REOPENED);
  EXPECT_EQ(reopened->revision(), 2);
  EXPECT_NE(reopened->revision_digest(), digest);
  EXPECT_EQ(reopened->level(), RISK_LEVEL_MEDIUM);
  EXPECT_FALSE(reopened->has_signature_a());
  EXPECT_FALSE(reopened->has_signature_b());
  ASSERT_EQ(reopened->marks_size(), 1);
  EXPECT_THAT(Sources(*reopened),
              Contains("对廉政风险等级较低的权力项目，由科室负责人直接管理和负责"));
  // The old text cannot be signed any more, the new one can; the marks go with both signatures.
  EXPECT_EQ(ReasonOf(Sign(*reopened, "vice", digest, kLetterTime).status()),
            ERROR_REASON_REVISION_CHANGED);
  const std::string next = reopened->revision_digest();
  EXPECT_TRUE(Sign(*Sign(*reopened, "vice", next, kLetterTime), "head", next, kLetterTime)
                  ->marks()
                  .empty());
  EXPECT_FALSE(Reopen(*Expire(letter), {}, causes, Policy(), kLetterTime).has_value());
}

TEST(LetterTest, DraftingAgain) {
  const v1::ResponsibilityLetter drafted = DraftChain(School(), Policy()).letters[1];
  v1::ResponsibilityLetter letter = HeadsLetter();
  EXPECT_FALSE(Redraft(&letter, drafted).has_value());
  letter = *Sign(letter, "vice", letter.revision_digest(), kLetterTime);
  EXPECT_FALSE(Redraft(&letter, drafted).has_value());
  Chain chain = School();
  chain.departments[0].vice_principal = "secretary";
  const auto moved = Redraft(&letter, DraftChain(chain, Policy()).letters[1]);
  ASSERT_TRUE(moved.has_value());
  EXPECT_EQ(moved->state(), v1::LETTER_STATE_REOPENED);
  EXPECT_FALSE(moved->has_signature_a());
  const auto expired = Expire(letter);
  const auto back = Redraft(&*expired, drafted);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->state(), v1::LETTER_STATE_DRAFT);
  EXPECT_EQ(back->revision(), 2);
}

}  // namespace
}  // namespace lianfang::grading
