// Phase 3, 「2、建立廉政风险预警系统」 (the signs) and 「3、实行廉政风险分级管理」 (the letters).
#include <string>

#include "tests/acceptance/phase3_steps.h"

namespace lianfang::acceptance {
namespace {

using namespace common::v1;  // NOLINT: reasons
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class SignTest : public YearTest {};
class LetterTest : public YearTest {
 protected:
  // The clauses of the scheme that a letter quotes.
  static std::vector<std::string> Sources(const grading::v1::ResponsibilityLetter& letter) {
    std::vector<std::string> sources;
    for (const auto& clause : letter.clauses()) sources.push_back(clause.source());
    return sources;
  }
};

constexpr char kHighPower[] =
    "对廉政风险等级高的行政权力，在科室负责人和分管领导直接管理的基础上，由主要领导负责";
constexpr char kMediumPower[] =
    "对廉政风险等级较高的行政权力，在科室负责人直接管理的基础上，由分管领导负责";
constexpr char kLowPower[] = "对廉政风险等级较低的权力项目，由科室负责人直接管理和负责";

// 「根据存在风险点的岗位和科室的最高级别风险」
// RPCs: ResponsibilityService.ListWarningSigns, GradingService.ListDepartmentLevels,
// GradingService.OverrideGrade
TEST_F(SignTest, ShowTheHighestLevelOfThePostAndOfTheDepartment) {
  On(6, 20);
  ApproveSelfCheck("storekeeper");
  Must(ProposeGrades());
  EXPECT_THAT(SignsOf(Post("storekeeper")), IsEmpty()) << "not before the superior has confirmed";
  ConfirmGrade("storekeeper");
  const auto of_post = SignOf(Post("storekeeper"));
  EXPECT_EQ(of_post.level(), RISK_LEVEL_MEDIUM);
  EXPECT_EQ(of_post.grade_number(), 2);
  EXPECT_THAT(of_post.risk_points(), ElementsAre(Named("riskPoints", "sc-storekeeper-1"),
                                                 Named("riskPoints", "sc-storekeeper-2")));
  EXPECT_EQ(SignOf(Department("supply")).level(), RISK_LEVEL_MEDIUM);

  // The buyer's post is high, and so is the department with it; the storekeeper's stays.
  ConfirmGradesOf({"buyer"});
  EXPECT_EQ(SignOf(Post("buyer")).level(), RISK_LEVEL_HIGH);
  const auto of_department = SignOf(Department("supply"));
  EXPECT_EQ(of_department.level(), RISK_LEVEL_HIGH);
  EXPECT_EQ(of_department.risk_points_size(), 4);
  EXPECT_EQ(SignOf(Post("storekeeper")).revision(), of_post.revision());
  EXPECT_THAT(SignsOf(Department("moral")), IsEmpty()) << "nothing is confirmed there";

  grading::v1::ListDepartmentLevelsRequest levels;
  levels.set_year(kYear);
  const auto response = Must(Call(auditor(), &GradingStub::ListDepartmentLevels, levels));
  for (const auto& row : response.department_levels()) {
    EXPECT_EQ(row.level(),
              row.department() == Department("supply") ? RISK_LEVEL_HIGH : RISK_LEVEL_UNSPECIFIED);
  }
}

// 「制作廉政风险警示牌上桌或上墙公示」
// RPCs: ResponsibilityService.ProduceWarningSign, ResponsibilityService.DisplayWarningSign,
// CampaignService.ListCampaignTasks
TEST_F(SignTest, AreMadeAndPutOnDeskOrWall) {
  On(6, 20);
  ConfirmGradesOf({"buyer"});
  On(8, 1);
  const std::string post = SignOf(Post("buyer")).name();
  EXPECT_THAT(Do(As("buyer"), &ResponsibilityStub::ProduceWarningSign, post),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(Do(office(), &ResponsibilityStub::DisplayWarningSign, post),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION))
      << "it is not made yet";
  const auto on_desk = PutUp(post);
  EXPECT_EQ(on_desk.state(), grading::v1::WARNING_SIGN_STATE_DISPLAYED);
  EXPECT_EQ(on_desk.placement(), grading::v1::SIGN_PLACEMENT_DESK);
  EXPECT_EQ(PutUp(SignOf(Department("supply")).name()).placement(),
            grading::v1::SIGN_PLACEMENT_WALL);
  const auto pieces = Pieces("warning-signs");
  ASSERT_EQ(pieces.size(), 2u);
  for (const auto& piece : pieces) {
    EXPECT_EQ(piece.state(), reporting::v1::TASK_STATE_DONE);
    EXPECT_FALSE(piece.late());
  }
  EXPECT_EQ(Statistics().total().signs_displayed(), 2);
}

// 「时刻提醒存在风险点的岗位工作人员和科室负责人注意防范廉政风险，并接受群众监督」
// RPCs: ResponsibilityService.GetWarningSign, ResponsibilityService.ProduceWarningSign,
// GradingService.OverrideGrade
TEST_F(SignTest, NameWhoAnswersAndAreMadeAgainWhenTheyNoLongerHold) {
  On(6, 20);
  ConfirmGradesOf({"storekeeper"});
  const std::string name = SignOf(Post("storekeeper")).name();
  grading::v1::ProduceWarningSignRequest produce;
  produce.set_name(name);
  produce.set_phone("0591-0000000");
  ASSERT_THAT(Call(office(), &ResponsibilityStub::ProduceWarningSign, produce), IsOk());
  ASSERT_THAT(Do(office(), &ResponsibilityStub::DisplayWarningSign, name), IsOk());
  // Everybody of the school reads it.
  const auto seen = Do(As("teacher-a"), &ResponsibilityStub::GetWarningSign, name);
  ASSERT_THAT(seen, IsOk());
  EXPECT_EQ(Ids(seen->warning_sign().responsible()), (std::set<std::string>{"storekeeper"}));
  EXPECT_EQ(seen->warning_sign().phone(), "0591-0000000");
  EXPECT_EQ(Ids(SignOf(Department("supply")).responsible()),
            (std::set<std::string>{"supply-head"}));

  ASSERT_THAT(Override("storekeeper", RISK_LEVEL_HIGH, "新增大宗物资保管"), IsOk());
  EXPECT_EQ(SignOf(Post("storekeeper")).state(), grading::v1::WARNING_SIGN_STATE_DISPLAYED)
      << "until the superior has confirmed the level";
  ConfirmGrade("storekeeper");
  const auto revised = SignOf(Post("storekeeper"));
  EXPECT_EQ(revised.state(), grading::v1::WARNING_SIGN_STATE_REVISED);
  EXPECT_EQ(revised.level(), RISK_LEVEL_HIGH);
  EXPECT_EQ(revised.revision(), 2);
  ASSERT_EQ(revised.marks_size(), 1);
  EXPECT_EQ(revised.marks(0).cause(), MARK_CAUSE_LEVEL);
  const auto again = PutUp(name);
  EXPECT_THAT(again.marks(), IsEmpty());
  EXPECT_EQ(again.phone(), "0591-0000000") << "the number stays on it";
}

// 「建立廉政风险分级管理责任制，组织签订廉政风险分级管理责任书」
// RPCs: ResponsibilityService.DraftLetters, ResponsibilityService.SignLetter,
// ResponsibilityService.GetLetter, CampaignService.ListCampaignTasks
TEST_F(LetterTest, AreSignedByBothPartiesTheSuperiorFirst) {
  On(6, 20);
  ConfirmGradesOf({"buyer"});
  On(10, 8);
  grading::v1::DraftLettersRequest draft;
  draft.set_year(kYear);
  EXPECT_THAT(Call(head("supply"), &ResponsibilityStub::DraftLetters, draft),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  DraftLetters();
  const auto letter = LetterOf("buyer");
  EXPECT_EQ(letter.state(), grading::v1::LETTER_STATE_DRAFT);
  EXPECT_THAT(letter.party_a(), ElementsAre(Person("supply-head")));
  EXPECT_THAT(SignLetter(As("buyer"), letter), FailsWith(ERROR_REASON_SIGNING_ORDER));
  EXPECT_THAT(SignLetter(As("storekeeper"), letter), FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  auto other = letter;
  other.set_revision_digest("another text");
  EXPECT_THAT(SignLetter(head("supply"), other), FailsWith(ERROR_REASON_REVISION_CHANGED));
  ASSERT_THAT(SignLetter(head("supply"), letter), IsOk());
  EXPECT_THAT(SignLetter(head("supply"), letter), FailsWith(ERROR_REASON_ALREADY_SIGNED));
  const auto in_force = SignLetter(As("buyer"), letter);
  ASSERT_THAT(in_force, IsOk());
  EXPECT_EQ(in_force->state(), grading::v1::LETTER_STATE_IN_FORCE);
  EXPECT_EQ(in_force->signature_a().signer(), Person("supply-head"));
  EXPECT_EQ(in_force->signature_b().signer(), Person("buyer"));
  EXPECT_EQ(in_force->signature_b().revision_digest(), letter.revision_digest());

  // A letter is between the two; whoever is only staff reads his own.
  EXPECT_THAT(Do(As("storekeeper"), &ResponsibilityStub::GetLetter, letter.name()),
              FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(Do(As("buyer"), &ResponsibilityStub::GetLetter, letter.name()), IsOk());
  bool found = false;
  for (const auto& piece : Pieces("responsibility-letters")) {
    const bool signed_by_both = piece.record() == letter.name();
    found |= signed_by_both;
    EXPECT_EQ(piece.state() == reporting::v1::TASK_STATE_DONE, signed_by_both);
  }
  EXPECT_TRUE(found);
  EXPECT_EQ(Statistics().total().letters_signed(), 1);
}

// 「校党总支书记、校长对全校廉政风险防控管理工作负总责」
// RPCs: ResponsibilityService.DraftLetters, ResponsibilityService.ListLetters,
// ResponsibilityService.SignLetter
TEST_F(LetterTest, SecretaryAndPrincipalAnswerForAllAndEitherSignsForBoth) {
  On(6, 20);
  ConfirmGradesOf({"buyer", "principal"});
  DraftLetters();
  const auto letter = LetterOf("vp-logistics");
  EXPECT_EQ(Ids(letter.party_a()), (std::set<std::string>{"principal", "secretary"}));
  ASSERT_THAT(SignLetter(secretary(), letter), IsOk());
  EXPECT_THAT(SignLetter(principal(), letter), FailsWith(ERROR_REASON_ALREADY_SIGNED));
  ASSERT_THAT(SignLetter(As("vp-logistics"), letter), IsOk());
  // Nobody of the school is above them.
  EXPECT_ANY_THROW(LetterOf("principal"));
  EXPECT_ANY_THROW(LetterOf("secretary"));
}

// 「各分管副校长按照分工对所分管的科室廉政风险防控管理工作负主要领导责任」
// RPCs: ResponsibilityService.DraftLetters, ResponsibilityService.ListLetters
TEST_F(LetterTest, AVicePrincipalAnswersForTheDepartmentsHeIsInChargeOf) {
  On(6, 20);
  ConfirmGradesOf({"buyer"});
  DraftLetters();
  const auto letter = LetterOf("vp-logistics");
  EXPECT_EQ(letter.tier(), grading::v1::LETTER_TIER_VICE_PRINCIPAL);
  std::set<std::string> departments;
  for (const auto& scope : letter.scope()) {
    if (scope.subject().find("/departments/") != std::string::npos) {
      departments.insert(scope.subject());
    }
  }
  EXPECT_EQ(departments, (std::set<std::string>{Department("finance"), Department("supply")}));
  EXPECT_EQ(letter.level(), RISK_LEVEL_HIGH);
  EXPECT_THAT(
      Sources(letter),
      ::testing::Contains("各分管副校长按照分工对所分管的科室廉政风险防控管理工作负主要领导责任"));
  EXPECT_ANY_THROW(LetterOf("vp-teaching")) << "nothing of his is graded yet";
}

// 「各科室主要负责同志按照“一岗双责”负责本科室廉政风险防控管理工作」
// RPCs: ResponsibilityService.DraftLetters, ResponsibilityService.ListLetters,
// ResponsibilityService.SignLetter
TEST_F(LetterTest, AHeadAnswersForHisDepartmentToTheLeaderInCharge) {
  On(6, 20);
  ConfirmGradesOf({"buyer"});
  DraftLetters();
  const auto letter = LetterOf("supply-head");
  EXPECT_EQ(letter.tier(), grading::v1::LETTER_TIER_DEPARTMENT_HEAD);
  EXPECT_THAT(letter.party_a(), ElementsAre(Person("vp-logistics")));
  EXPECT_EQ(letter.scope(0).subject(), Department("supply"));
  EXPECT_THAT(
      Sources(letter),
      ::testing::Contains("各科室主要负责同志按照“一岗双责”负责本科室廉政风险防控管理工作"));
  EXPECT_THAT(SignLetter(As("vp-teaching"), letter), FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  EXPECT_THAT(SignLetter(As("vp-logistics"), letter), IsOk());
}

// 「根据行政权力廉政风险的不同等级，实行分级负责」
// RPCs: ResponsibilityService.DraftLetters, GradingService.OverrideGrade
TEST_F(LetterTest, AnotherLevelIsAnotherResponsibilityAndIsSignedAnew) {
  On(6, 20);
  ConfirmGradesOf({"storekeeper", "buyer"});
  DraftLetters();
  const auto letter = LetterOf("storekeeper");
  ASSERT_THAT(SignLetter(head("supply"), letter), IsOk());
  ASSERT_THAT(SignLetter(As("storekeeper"), letter), IsOk());
  ASSERT_THAT(Override("storekeeper", RISK_LEVEL_HIGH, "新增大宗物资保管"), IsOk());
  ConfirmGrade("storekeeper");
  const auto reopened = LetterOf("storekeeper");
  EXPECT_EQ(reopened.state(), grading::v1::LETTER_STATE_REOPENED);
  EXPECT_EQ(reopened.level(), RISK_LEVEL_HIGH);
  EXPECT_FALSE(reopened.has_signature_a());
  EXPECT_FALSE(reopened.has_signature_b());
  EXPECT_THAT(SignLetter(head("supply"), letter), FailsWith(ERROR_REASON_REVISION_CHANGED));
  EXPECT_EQ(LetterOf("buyer").revision(), 1) << "his level is what it was";
}

// 「对廉政风险等级高的行政权力，在科室负责人和分管领导直接管理的基础上，由主要领导负责」
// RPCs: ResponsibilityService.DraftLetters, ResponsibilityService.ListLetters
TEST_F(LetterTest, TheHighestLevelIsThePrincipalsToo) {
  On(6, 20);
  ConfirmGradesOf({"buyer"});
  DraftLetters();
  // Down the whole chain: holder, head, leader in charge with the principals as party A.
  for (const std::string person : {"buyer", "supply-head", "vp-logistics"}) {
    const auto letter = LetterOf(person);
    EXPECT_EQ(letter.level(), RISK_LEVEL_HIGH) << person;
    EXPECT_THAT(Sources(letter), ::testing::Contains(kHighPower)) << person;
    EXPECT_THAT(Sources(letter), ::testing::Not(::testing::Contains(kLowPower))) << person;
  }
}

// 「对廉政风险等级较高的行政权力，在科室负责人直接管理的基础上，由分管领导负责」
// RPCs: ResponsibilityService.DraftLetters, ResponsibilityService.ListLetters
TEST_F(LetterTest, TheMiddleLevelIsTheLeaderInChargesOnTopOfTheHead) {
  On(6, 20);
  ConfirmGradesOf({"storekeeper"});
  DraftLetters();
  for (const std::string person : {"storekeeper", "supply-head", "vp-logistics"}) {
    const auto letter = LetterOf(person);
    EXPECT_EQ(letter.level(), RISK_LEVEL_MEDIUM) << person;
    EXPECT_THAT(Sources(letter), ::testing::Contains(kMediumPower)) << person;
    EXPECT_THAT(Sources(letter), ::testing::Not(::testing::Contains(kHighPower))) << person;
  }
}

// 「对廉政风险等级较低的权力项目，由科室负责人直接管理和负责」
// RPCs: ResponsibilityService.DraftLetters, ResponsibilityService.ListLetters
TEST_F(LetterTest, TheLowLevelIsTheHeads) {
  On(6, 20);
  ConfirmGradesOf({"counsellor"});
  DraftLetters();
  const auto letter = LetterOf("counsellor");
  EXPECT_EQ(letter.level(), RISK_LEVEL_LOW);
  EXPECT_THAT(letter.party_a(), ElementsAre(Person("moral-head")));
  EXPECT_THAT(Sources(letter), ::testing::Contains(kLowPower));
  EXPECT_THAT(Sources(letter), ::testing::Not(::testing::Contains(kMediumPower)));
}

}  // namespace
}  // namespace lianfang::acceptance
