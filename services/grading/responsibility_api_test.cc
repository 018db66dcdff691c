// Levels of departments, warning signs, letters and marks through the API.
#include "lianfang/grading/v1/responsibility.grpc.pb.h"
#include "services/grading/grading_fixture.h"

namespace lianfang::grading {
namespace {

using namespace common::v1;  // NOLINT: reasons and levels
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using testing::IsOk;
using v1::ResponsibilityService;
using ResponsibilityStub = ResponsibilityService::Stub;

class ResponsibilityApiTest : public SchoolFixture {
 protected:
  absl::StatusOr<v1::GetWarningSignResponse> GetSign(const std::string& id,
                                                     const LedgerPosition& at = {}) {
    v1::GetWarningSignRequest request;
    request.set_name("units/a/warningSigns/" + id);
    if (at.sequence() > 0) *request.add_not_before() = at;
    return testing::Call<ResponsibilityService>(As("ann", {"staff"}),
                                                &ResponsibilityStub::GetWarningSign, request);
  }
  // The verbs of signs and letters have the same first fields.
  template <class Request>
  Request Named(const std::string& name, const std::string& etag = "") {
    Request request;
    request.set_name(name);
    request.set_etag(etag);
    request.set_request_id(server_->RequestId());
    return request;
  }
  // Makes a sign and puts it up.
  void PutUp(const std::string& id) {
    ASSERT_THAT(testing::Call<ResponsibilityService>(
                    Office(), &ResponsibilityStub::ProduceWarningSign,
                    Named<v1::ProduceWarningSignRequest>("units/a/warningSigns/" + id)),
                IsOk());
    ASSERT_THAT(testing::Call<ResponsibilityService>(
                    Office(), &ResponsibilityStub::DisplayWarningSign,
                    Named<v1::DisplayWarningSignRequest>("units/a/warningSigns/" + id)),
                IsOk());
  }

  absl::StatusOr<v1::DraftLettersResponse> Draft(const std::string& unit = "units/a") {
    v1::DraftLettersRequest request;
    request.set_parent(unit);
    request.set_year(2026);
    request.set_request_id(server_->RequestId());
    return testing::Call<ResponsibilityService>(
        server_->As(PersonName("office"), {"control_office"}), &ResponsibilityStub::DraftLetters,
        request);
  }
  std::vector<v1::ResponsibilityLetter> Letters(client::Client& client,
                                                const LedgerPosition& at = {}) {
    v1::ListLettersRequest request;
    request.set_parent("units/a");
    request.set_year(2026);
    if (at.sequence() > 0) *request.add_not_before() = at;
    const auto response =
        testing::Call<ResponsibilityService>(client, &ResponsibilityStub::ListLetters, request);
    EXPECT_THAT(response, IsOk());
    if (!response.ok()) return {};
    return {response->responsibility_letters().begin(), response->responsibility_letters().end()};
  }
  v1::ResponsibilityLetter LetterOf(const std::string& who, const LedgerPosition& at = {}) {
    for (const auto& letter : Letters(Office(), at)) {
      if (letter.party_b() == PersonName(who)) return letter;
    }
    ADD_FAILURE() << "no letter of " << who;
    return {};
  }
  absl::StatusOr<v1::SignLetterResponse> Sign(client::Client& client,
                                              const v1::ResponsibilityLetter& letter) {
    auto request = Named<v1::SignLetterRequest>(letter.name());
    request.set_revision_digest(letter.revision_digest());
    return testing::Call<ResponsibilityService>(client, &ResponsibilityStub::SignLetter, request);
  }
};

TEST_F(ResponsibilityApiTest, SignsComeWithTheConfirmationAndFollowTheRegister) {
  Form("ann", risk::v1::SELF_CHECK_STATE_APPROVED);
  Point("r1", "ann");
  ASSERT_THAT(Propose(), IsOk());
  EXPECT_THAT(GetSign("ann-2026"), FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  Confirm("ann-2026-g1");
  const auto sign = GetSign("ann-2026");
  ASSERT_THAT(sign, IsOk());
  EXPECT_EQ(sign->warning_sign().state(), v1::WARNING_SIGN_STATE_GENERATED);
  EXPECT_EQ(sign->warning_sign().level(), RISK_LEVEL_LOW);
  EXPECT_THAT(sign->warning_sign().risk_points(), ElementsAre("units/a/riskPoints/r1"));
  EXPECT_THAT(sign->warning_sign().responsible(), ElementsAre(PersonName("ann")));
  const auto departments = GetSign("supply-2026-d");
  ASSERT_THAT(departments, IsOk());
  EXPECT_EQ(departments->warning_sign().layer(), RISK_LAYER_DEPARTMENT);
  EXPECT_THAT(departments->warning_sign().responsible(), ElementsAre(PersonName("head")));

  const std::string name = sign->warning_sign().name();
  EXPECT_THAT(testing::Call<ResponsibilityService>(As("ann", {"staff"}),
                                                   &ResponsibilityStub::ProduceWarningSign,
                                                   Named<v1::ProduceWarningSignRequest>(name)),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(
      testing::Call<ResponsibilityService>(Office(), &ResponsibilityStub::ProduceWarningSign,
                                           Named<v1::ProduceWarningSignRequest>(name, "e0")),
      FailsWith(ERROR_REASON_ETAG_MISMATCH));
  EXPECT_THAT(
      testing::Call<ResponsibilityService>(Office(), &ResponsibilityStub::DisplayWarningSign,
                                           Named<v1::DisplayWarningSignRequest>(name)),
      FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
  PutUp("ann-2026");
  ASSERT_THAT(testing::Call<ResponsibilityService>(
                  Office(), &ResponsibilityStub::ProduceWarningSign,
                  Named<v1::ProduceWarningSignRequest>("units/a/warningSigns/supply-2026-d")),
              IsOk());
  // Heads put up what is their own department's.
  const auto put_up = [&](const std::string& who) {
    return testing::Call<ResponsibilityService>(
        As(who, {"department_head"}), &ResponsibilityStub::DisplayWarningSign,
        Named<v1::DisplayWarningSignRequest>("units/a/warningSigns/supply-2026-d"));
  };
  EXPECT_THAT(put_up("bob"), FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  EXPECT_THAT(put_up("head"), IsOk());
  EXPECT_EQ(GetSign("supply-2026-d")->warning_sign().placement(), v1::SIGN_PLACEMENT_WALL);

  // A grave point of the department: the department is high now, the post's sign stays.
  auto at = Point("r2", "", /*grave=*/true);
  const auto raised = GetSign("supply-2026-d", at);
  ASSERT_THAT(raised, IsOk());
  EXPECT_EQ(raised->warning_sign().state(), v1::WARNING_SIGN_STATE_REVISED);
  EXPECT_EQ(raised->warning_sign().level(), RISK_LEVEL_HIGH);
  EXPECT_EQ(raised->warning_sign().revision(), 2);
  ASSERT_EQ(raised->warning_sign().marks_size(), 1);
  EXPECT_EQ(raised->warning_sign().marks(0).source(), "units/a/riskPoints/r2");
  EXPECT_EQ(GetSign("ann-2026")->warning_sign().state(), v1::WARNING_SIGN_STATE_DISPLAYED);
  // What says nothing new about the register changes nothing.
  at = Point("r2", "", true, risk::v1::RISK_POINT_STATE_PUBLICISED);
  EXPECT_EQ(GetSign("supply-2026-d", at)->warning_sign().revision(), 2);
  // A second point of the post touches its sign, its department's and its grade.
  at = Point("r3", "ann");
  EXPECT_EQ(GetSign("ann-2026", at)->warning_sign().state(), v1::WARNING_SIGN_STATE_REVISED);
  ASSERT_EQ(GetGrade("ann-2026").marks_size(), 1);
  EXPECT_EQ(GetGrade("ann-2026").marks(0).cause(), MARK_CAUSE_RISK_POINT);
  // The grade stands by the policy in force: proposing again takes the mark off.
  const auto again = Propose();
  ASSERT_THAT(again, IsOk());
  EXPECT_THAT(GetGrade("ann-2026").marks(), IsEmpty());
  EXPECT_EQ(GetGrade("ann-2026").state(), v1::GRADE_STATE_CONFIRMED);

  auto remove = Named<v1::RemoveWarningSignRequest>(name);
  EXPECT_THAT(testing::Call<ResponsibilityService>(Office(), &ResponsibilityStub::RemoveWarningSign,
                                                   remove),
              FailsWith(ERROR_REASON_REQUIRED_FIELD));
  remove.set_reason("岗位撤销");
  EXPECT_THAT(testing::Call<ResponsibilityService>(Office(), &ResponsibilityStub::RemoveWarningSign,
                                                   remove),
              IsOk());
  at = Point("r4", "ann");
  EXPECT_EQ(GetSign("ann-2026", at)->warning_sign().state(), v1::WARNING_SIGN_STATE_REMOVED);
  // Without a point on the register there is nothing to warn of.
  for (const char* id : {"r1", "r3", "r4"}) {
    at = Point(id, "ann", false, risk::v1::RISK_POINT_STATE_ARCHIVED);
  }
  at = Point("r2", "", true, risk::v1::RISK_POINT_STATE_ARCHIVED);
  EXPECT_EQ(GetSign("supply-2026-d", at)->warning_sign().state(), v1::WARNING_SIGN_STATE_REMOVED);

  v1::ListWarningSignsRequest list;
  list.set_parent("units/a");
  list.set_year(2026);
  list.set_subject("units/a/departments/supply");
  const auto listed = testing::Call<ResponsibilityService>(
      As("ann", {"staff"}), &ResponsibilityStub::ListWarningSigns, list);
  ASSERT_THAT(listed, IsOk());
  EXPECT_EQ(listed->warning_signs_size(), 1);
}

TEST_F(ResponsibilityApiTest, LevelsOfDepartments) {
  ConfirmSupply();
  v1::ListDepartmentLevelsRequest request;
  request.set_parent("units/a");
  request.set_year(2026);
  const auto levels = [&] {
    const auto response =
        testing::Call<v1::GradingService>(Office(), &Grading::ListDepartmentLevels, request);
    EXPECT_THAT(response, IsOk());
    return response.ok() && response->department_levels_size() == 1 ? response->department_levels(0)
                                                                    : v1::DepartmentLevel();
  };
  EXPECT_EQ(levels().department(), "units/a/departments/supply");
  EXPECT_EQ(levels().level(), RISK_LEVEL_LOW);
  EXPECT_EQ(levels().deciding_size(), 3);
  EXPECT_EQ(levels().risk_point_count(), 3);
  *request.add_not_before() = Point("grave", "bob", /*grave=*/true);
  EXPECT_EQ(levels().level(), RISK_LEVEL_HIGH);
  EXPECT_THAT(levels().deciding(), ElementsAre("units/a/riskPoints/grave"));
  request.set_parent("units/nowhere");
  request.clear_not_before();
  EXPECT_THAT(testing::Call<v1::GradingService>(server_->As("services/x", {"auditor"}),
                                                &Grading::ListDepartmentLevels, request),
              FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
}

TEST_F(ResponsibilityApiTest, LettersAreSignedDownTheChain) {
  ConfirmSupply();
  EXPECT_THAT(Draft("units/nowhere"), FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  const auto drafted = Draft();
  ASSERT_THAT(drafted, IsOk());
  // vp, head, ann, bob; all other posts are not graded or vacant.
  EXPECT_EQ(drafted->letters_size(), 4);
  bool desk = false;
  for (const auto& one : drafted->letterless()) {
    desk |= one.subject() == "units/a/posts/desk" &&
            one.reason() == v1::LetterlessSubject::REASON_VACANT;
  }
  EXPECT_TRUE(desk);
  const auto again = Draft();
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->letters_size(), 0);
  EXPECT_FALSE(again->has_position());

  const auto letter = LetterOf("ann");
  EXPECT_THAT(letter.party_a(), ElementsAre(PersonName("head")));
  EXPECT_EQ(letter.level(), RISK_LEVEL_LOW);
  auto& ann = As("ann", {"staff"});
  auto& head = As("head", {"department_head"});
  EXPECT_THAT(Sign(As("bob", {"staff"}), letter), FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(Sign(ann, letter), FailsWith(ERROR_REASON_SIGNING_ORDER));
  v1::ResponsibilityLetter other = letter;
  other.set_revision_digest("other");
  EXPECT_THAT(Sign(head, other), FailsWith(ERROR_REASON_REVISION_CHANGED));
  ASSERT_THAT(Sign(head, letter), IsOk());
  EXPECT_THAT(Sign(head, letter), FailsWith(ERROR_REASON_ALREADY_SIGNED));
  const auto in_force = Sign(ann, letter);
  ASSERT_THAT(in_force, IsOk());
  EXPECT_EQ(in_force->responsibility_letter().state(), v1::LETTER_STATE_IN_FORCE);
  EXPECT_EQ(in_force->responsibility_letter().signature_b().post(), "units/a/posts/ann");

  // Staff see their own.
  const auto own = Letters(ann);
  ASSERT_EQ(own.size(), 1U);
  EXPECT_EQ(own[0].party_b(), PersonName("ann"));
  v1::GetLetterRequest get;
  get.set_name(LetterOf("bob").name());
  EXPECT_THAT(testing::Call<ResponsibilityService>(ann, &ResponsibilityStub::GetLetter, get),
              FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(testing::Call<ResponsibilityService>(As("bob", {"staff"}),
                                                   &ResponsibilityStub::GetLetter, get),
              IsOk());
}

TEST_F(ResponsibilityApiTest, AnotherLevelOpensLettersAgain) {
  ConfirmSupply();
  ASSERT_THAT(Draft(), IsOk());
  const auto letter = LetterOf("ann");
  ASSERT_THAT(Sign(As("head", {"department_head"}), letter), IsOk());
  ASSERT_THAT(Sign(As("ann", {"staff"}), letter), IsOk());
  v1::OverrideGradeRequest raise;
  raise.set_name("units/a/grades/ann-2026");
  raise.set_level(RISK_LEVEL_HIGH);
  raise.set_reason("经手大额采购");
  raise.set_request_id(server_->RequestId());
  ASSERT_THAT(testing::Call<v1::GradingService>(Office(), &Grading::OverrideGrade, raise), IsOk());
  // Nothing before the superior has confirmed it.
  EXPECT_EQ(LetterOf("ann").state(), v1::LETTER_STATE_IN_FORCE);
  EXPECT_EQ(GetGrade("ann-2026").confirmed_level(), RISK_LEVEL_LOW);
  Confirm("ann-2026-g2");
  const auto reopened = LetterOf("ann");
  EXPECT_EQ(reopened.state(), v1::LETTER_STATE_REOPENED);
  EXPECT_EQ(reopened.level(), RISK_LEVEL_HIGH);
  EXPECT_FALSE(reopened.has_signature_a());
  ASSERT_EQ(reopened.marks_size(), 1);
  EXPECT_EQ(reopened.marks(0).cause(), MARK_CAUSE_LEVEL);
  // The department's level rose with it, so its head's letter and the leader's say another level
  // too.
  EXPECT_EQ(LetterOf("head").level(), RISK_LEVEL_HIGH);
  EXPECT_EQ(LetterOf("head").revision(), 2);
  EXPECT_EQ(LetterOf("vp").level(), RISK_LEVEL_HIGH);
  EXPECT_EQ(LetterOf("bob").revision(), 1);
  EXPECT_THAT(Sign(As("ann", {"staff"}), letter), FailsWith(ERROR_REASON_REVISION_CHANGED));
}

TEST_F(ResponsibilityApiTest, WhoMovesIsSeenOnGradesSignsAndLetters) {
  ConfirmSupply();
  ASSERT_THAT(Draft(), IsOk());
  PutUp("ann-2026");
  PutUp("supply-2026-d");
  // ann leaves, clerk takes the post.
  Appoint("ann", "ann", "ann", /*ended=*/true);
  auto at = Appoint("clerk-too", "clerk", "ann");
  const auto sign = GetSign("ann-2026", at);
  ASSERT_THAT(sign, IsOk());
  EXPECT_EQ(sign->warning_sign().state(), v1::WARNING_SIGN_STATE_REVISED);
  EXPECT_THAT(sign->warning_sign().responsible(), ElementsAre(PersonName("clerk")));
  ASSERT_EQ(GetGrade("ann-2026").marks_size(), 1);
  EXPECT_EQ(GetGrade("ann-2026").marks(0).cause(), MARK_CAUSE_APPOINTMENT);
  EXPECT_EQ(GetGrade("ann-2026").state(), v1::GRADE_STATE_CONFIRMED);
  EXPECT_EQ(LetterOf("ann", at).revision(), 3);
  EXPECT_EQ(LetterOf("bob").revision(), 1);
  // Drafting anew: ann's expires, clerk has one.
  ASSERT_THAT(Draft(), IsOk());
  EXPECT_EQ(LetterOf("ann").state(), v1::LETTER_STATE_EXPIRED);
  EXPECT_EQ(LetterOf("clerk").state(), v1::LETTER_STATE_DRAFT);

  // Another head: the department's sign, and every letter that the head signs.
  at = Department("bob", "vp");
  EXPECT_THAT(GetSign("supply-2026-d", at)->warning_sign().responsible(),
              ElementsAre(PersonName("bob")));
  EXPECT_EQ(LetterOf("clerk").revision(), 2);
  EXPECT_EQ(LetterOf("clerk").marks(0).cause(), MARK_CAUSE_DEPARTMENT);

  // Another function: the grade is marked, and what is proposed then is another level.
  at = Post("bob", "supply", /*procurement=*/true);
  ASSERT_THAT(GetSign("ann-2026", at), IsOk());
  ASSERT_EQ(GetGrade("bob-2026").marks_size(), 1);
  EXPECT_EQ(GetGrade("bob-2026").marks(0).cause(), MARK_CAUSE_POST_FUNCTIONS);
  ASSERT_THAT(Propose(), IsOk());
  EXPECT_EQ(GetGrade("bob-2026").level(), RISK_LEVEL_HIGH);
  EXPECT_THAT(GetGrade("bob-2026").marks(), IsEmpty());
}

}  // namespace
}  // namespace lianfang::grading
