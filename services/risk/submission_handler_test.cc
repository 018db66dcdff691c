// Forms that are handed in and reviewed as one, through the API.
#include <functional>
#include <string>

#include "common/directory/directory_kinds.h"
#include "services/risk/risk_fixture.h"

namespace lianfang::risk {
namespace {

using common::v1::ErrorReason;
using Stub = v1::RiskService::Stub;

constexpr char kAffairs[] = "departments/affairs";

class SubmissionTest : public RiskFixture {
 protected:
  void MakePoint(const std::string& id, bool draft, const std::string& power = "") {
    auto request = NewPoint(id);
    request.set_draft(draft);
    if (!power.empty()) request.mutable_risk_point()->set_power("units/a/powers/" + power);
    ASSERT_THAT(Call(As("head"), &Stub::CreateRiskPoint, request), IsOk());
  }
  absl::StatusOr<v1::WithdrawSubmissionResponse> TakeBack(const std::string& who,
                                                          const v1::Submission& form,
                                                          const std::string& etag = "") {
    v1::WithdrawSubmissionRequest request;
    request.set_name(form.name());
    request.set_etag(etag);
    request.set_request_id(server_->RequestId());
    return Call(As(who), &Stub::WithdrawSubmission, request);
  }
};

TEST_F(SubmissionTest, AFormTakesTheDraftsOfItsOwnerKindAndYear) {
  ASSERT_THAT(Call(As("head"), &Stub::CreatePower, NewPower("p")), IsOk());
  MakePoint("draft", true);
  MakePoint("registered", false);
  MakePoint("of-power", true, "p");
  auto later = NewPoint("later");
  later.mutable_risk_point()->set_year(2027);
  later.set_draft(true);
  ASSERT_THAT(Call(As("head"), &Stub::CreateRiskPoint, later), IsOk());
  auto of_unit = NewPoint("of-unit");
  of_unit.mutable_risk_point()->set_layer(common::v1::RISK_LAYER_UNIT);
  of_unit.mutable_risk_point()->set_owner("units/a");
  of_unit.set_draft(true);
  ASSERT_THAT(Call(As("principal"), &Stub::CreateRiskPoint, of_unit), IsOk());

  const auto form = HandIn("head", v1::SUBMISSION_KIND_DEPARTMENT_RISKS, kAffairs);
  ASSERT_THAT(form, IsOk());
  EXPECT_EQ(form->state(), v1::SUBMISSION_STATE_SUBMITTED);
  EXPECT_EQ(form->title(), "2026年廉政风险排查登记表：总务处（1项）");
  EXPECT_EQ(form->department(), "units/a/departments/affairs");
  EXPECT_EQ(form->submitter(), "units/a/persons/head");
  ASSERT_EQ(form->owners_size(), 1);
  EXPECT_EQ(form->owners(0), "units/a/persons/head");
  EXPECT_EQ(form->revision(), 1);
  EXPECT_EQ(form->revision_digest().size(), 32u);
  EXPECT_TRUE(form->has_submit_time());
  ASSERT_EQ(form->items_size(), 1);
  EXPECT_EQ(form->items(0).name(), "units/a/riskPoints/draft");
  const v1::RiskPoint point = Point("draft");
  EXPECT_EQ(point.state(), v1::RISK_POINT_STATE_SUBMITTED);
  EXPECT_EQ(point.submission(), form->name());
  EXPECT_EQ(point.review(), form->review());
  EXPECT_EQ(HandedIn(form->name()).SerializeAsString(), form->SerializeAsString());

  const auto powers = HandIn("vp", v1::SUBMISSION_KIND_POWER_RISKS, kAffairs);
  // The leader in charge would review it himself; the principal stands in.
  ASSERT_THAT(powers, IsOk());
  ASSERT_EQ(powers->items_size(), 1);
  EXPECT_EQ(powers->items(0).name(), "units/a/riskPoints/of-power");
  EXPECT_EQ(powers->owners_size(), 2);
  EXPECT_NE(powers->review(), form->review());
  EXPECT_EQ(Point("later").state(), v1::RISK_POINT_STATE_DRAFT);
  EXPECT_EQ(Point("of-unit").state(), v1::RISK_POINT_STATE_DRAFT);
  EXPECT_EQ(Point("registered").state(), v1::RISK_POINT_STATE_REGISTERED);
}

TEST_F(SubmissionTest, ApprovedItemsAreRegistered) {
  MakePoint("a", true);
  MakePoint("b", true);
  const auto form = HandIn("head", v1::SUBMISSION_KIND_DEPARTMENT_RISKS, kAffairs);
  ASSERT_THAT(form, IsOk());
  // A decision on something else changes nothing.
  v1::Submission other = *form;
  other.set_revision_digest(std::string(32, 'x'));
  Decide(other, grading::v1::REVIEW_STATE_RETURNED, "不对");
  EXPECT_EQ(HandedIn(form->name()).state(), v1::SUBMISSION_STATE_SUBMITTED);
  Decide(*form, grading::v1::REVIEW_STATE_OPEN);
  EXPECT_EQ(HandedIn(form->name()).state(), v1::SUBMISSION_STATE_SUBMITTED);
  Decide(*form, grading::v1::REVIEW_STATE_APPROVED, "同意");
  EXPECT_EQ(HandedIn(form->name()).state(), v1::SUBMISSION_STATE_APPROVED);
  EXPECT_EQ(HandedIn(form->name()).review_comment(), "同意");
  for (const char* id : {"a", "b"}) {
    EXPECT_EQ(Point(id).state(), v1::RISK_POINT_STATE_REGISTERED);
    EXPECT_EQ(Point(id).review_comment(), "同意");
  }
  // A second decision comes too late.
  Decide(*form, grading::v1::REVIEW_STATE_RETURNED, "晚了");
  EXPECT_EQ(HandedIn(form->name()).state(), v1::SUBMISSION_STATE_APPROVED);
  EXPECT_EQ(Point("a").state(), v1::RISK_POINT_STATE_REGISTERED);
  EXPECT_THAT(TakeBack("head", *form), FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  EXPECT_THAT(HandIn("head", v1::SUBMISSION_KIND_DEPARTMENT_RISKS, kAffairs),
              FailsWith(common::v1::ERROR_REASON_NOTHING_TO_SUBMIT));
}

TEST_F(SubmissionTest, ReturnedItemsAreCorrectedAndHandedInAgain) {
  MakePoint("a", true);
  const auto form = HandIn("head", v1::SUBMISSION_KIND_DEPARTMENT_RISKS, kAffairs);
  ASSERT_THAT(form, IsOk());
  v1::UpdateRiskPointRequest update;
  update.mutable_risk_point()->set_name("units/a/riskPoints/a");
  update.mutable_risk_point()->set_key_link("验收");
  update.mutable_update_mask()->add_paths("key_link");
  update.set_request_id(server_->RequestId());
  EXPECT_THAT(Call(As("head"), &Stub::UpdateRiskPoint, update),
              FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  Decide(*form, grading::v1::REVIEW_STATE_RETURNED, "请写明环节");
  EXPECT_EQ(HandedIn(form->name()).state(), v1::SUBMISSION_STATE_RETURNED);
  EXPECT_EQ(Point("a").state(), v1::RISK_POINT_STATE_RETURNED);
  EXPECT_EQ(Point("a").review_comment(), "请写明环节");
  update.set_request_id(server_->RequestId());
  ASSERT_THAT(Call(As("head"), &Stub::UpdateRiskPoint, update), IsOk());
  const auto again = HandIn("head", v1::SUBMISSION_KIND_DEPARTMENT_RISKS, kAffairs);
  ASSERT_THAT(again, IsOk());
  EXPECT_NE(again->name(), form->name());
  EXPECT_EQ(again->revision(), 2);
  EXPECT_NE(again->items(0).digest(), form->items(0).digest());
  // The decision on the first form does not reach what is under review with the second.
  Decide(*form, grading::v1::REVIEW_STATE_APPROVED);
  EXPECT_EQ(Point("a").state(), v1::RISK_POINT_STATE_SUBMITTED);
  EXPECT_EQ(Point("a").submission(), again->name());
}

TEST_F(SubmissionTest, AFormIsTakenBackAsLongAsNobodyHasDecided) {
  ASSERT_THAT(Call(As("head"), &Stub::CreatePower, NewPower("p")), IsOk());
  const auto form = HandIn("head", v1::SUBMISSION_KIND_POWER_CATALOGUE, kAffairs);
  ASSERT_THAT(form, IsOk());
  EXPECT_THAT(TakeBack("head", *form, "stale"), FailsWith(common::v1::ERROR_REASON_ETAG_MISMATCH));
  EXPECT_THAT(TakeBack("buyer", *form), FailsWith(common::v1::ERROR_REASON_NOT_RECORD_OWNER));
  const auto back = TakeBack("head", *form, form->etag());
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(back->submission().state(), v1::SUBMISSION_STATE_WITHDRAWN);
  EXPECT_EQ(Power("p").state(), v1::FILING_STATE_DRAFT);
  EXPECT_THAT(TakeBack("head", *form), FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  Decide(*form, grading::v1::REVIEW_STATE_APPROVED);
  EXPECT_EQ(HandedIn(form->name()).state(), v1::SUBMISSION_STATE_WITHDRAWN);
  EXPECT_EQ(Power("p").state(), v1::FILING_STATE_DRAFT);
}

TEST_F(SubmissionTest, FormsThatAreNotInOrderAreRefused) {
  MakePoint("a", true);
  const struct {
    const char* what;
    const char* who;
    v1::SubmissionKind kind;
    const char* owner;
    bool nil;
    ErrorReason reason;
  } cases[] = {
      {"nothing of the kind", "head", v1::SUBMISSION_KIND_POWER_CATALOGUE, kAffairs, false,
       common::v1::ERROR_REASON_NOTHING_TO_SUBMIT},
      {"a form of another layer", "head", v1::SUBMISSION_KIND_POST_MEASURES, kAffairs, false,
       common::v1::ERROR_REASON_INVALID_FIELD},
      {"a nil return of risks", "head", v1::SUBMISSION_KIND_DEPARTMENT_RISKS, kAffairs, true,
       common::v1::ERROR_REASON_INVALID_FIELD},
      {"no kind", "head", v1::SUBMISSION_KIND_UNSPECIFIED, kAffairs, false,
       common::v1::ERROR_REASON_REQUIRED_FIELD},
      {"unknown department", "office", v1::SUBMISSION_KIND_DEPARTMENT_RISKS, "departments/none",
       false, common::v1::ERROR_REASON_REFERENCE_NOT_FOUND},
      {"archived department", "office", v1::SUBMISSION_KIND_DEPARTMENT_RISKS, "departments/old",
       false, common::v1::ERROR_REASON_REFERENCE_NOT_FOUND},
      {"archived post", "office", v1::SUBMISSION_KIND_POST_MEASURES, "posts/gone", false,
       common::v1::ERROR_REASON_REFERENCE_NOT_FOUND},
      {"somebody else's department", "buyer", v1::SUBMISSION_KIND_DEPARTMENT_RISKS, kAffairs, false,
       common::v1::ERROR_REASON_NOT_RECORD_OWNER},
      {"somebody else's post", "clerk", v1::SUBMISSION_KIND_POST_MEASURES, "posts/buyer", false,
       common::v1::ERROR_REASON_NOT_RECORD_OWNER},
      {"the unit's, by a head", "head", v1::SUBMISSION_KIND_UNIT_MEASURES, "", false,
       common::v1::ERROR_REASON_NOT_RECORD_OWNER},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    EXPECT_THAT(HandIn(c.who, c.kind, c.owner, c.nil), FailsWith(c.reason));
  }
  ASSERT_THAT(Call(As("head"), &Stub::CreatePower, NewPower("p")), IsOk());
  EXPECT_THAT(HandIn("head", v1::SUBMISSION_KIND_POWER_CATALOGUE, kAffairs, true),
              FailsWith(common::v1::ERROR_REASON_INVALID_FIELD));
  v1::ListSubmissionsRequest list;
  list.set_parent("units/a");
  const auto listed = Call(As("office"), &Stub::ListSubmissions, list);
  ASSERT_THAT(listed, IsOk());
  EXPECT_EQ(listed->submissions_size(), 0);
}

TEST_F(SubmissionTest, WhereNobodyCouldReviewTheFormIsRefused) {
  MakePoint("a", true);
  for (const char* who : {"officer", "principal", "vp"}) {
    personnel::v1::LeadingGroupMember member;
    member.set_name(std::string("units/a/leadingGroupMembers/") + who);
    member.set_person(std::string("units/a/persons/") + who);
    member.set_state(personnel::v1::RECORD_STATE_ARCHIVED);
    PutPersonnel(directory::LeadingGroupMemberKind(), member);
  }
  AwaitArrival();
  EXPECT_THAT(HandIn("head", v1::SUBMISSION_KIND_DEPARTMENT_RISKS, kAffairs),
              FailsWith(common::v1::ERROR_REASON_NO_REVIEWER));
  EXPECT_EQ(Point("a").state(), v1::RISK_POINT_STATE_DRAFT);
}

TEST_F(SubmissionTest, ARequestSentAgainIsOneForm) {
  MakePoint("a", true);
  v1::CreateSubmissionRequest request;
  request.set_parent("units/a");
  request.set_submission_id("s");
  request.set_request_id(server_->RequestId());
  request.mutable_submission()->set_kind(v1::SUBMISSION_KIND_DEPARTMENT_RISKS);
  request.mutable_submission()->set_owner("units/a/departments/affairs");
  request.mutable_submission()->set_year(2026);
  const auto first = Call(As("head"), &Stub::CreateSubmission, request);
  const auto again = Call(As("head"), &Stub::CreateSubmission, request);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_EQ(first->submission().review(), "units/a/reviews/s-s1");
  request.mutable_submission()->set_note("另有说明");
  EXPECT_THAT(Call(As("head"), &Stub::CreateSubmission, request),
              FailsWith(common::v1::ERROR_REASON_REQUEST_ID_REUSED));
}

TEST_F(SubmissionTest, APostsMeasuresAreHandedInByItsHolder) {
  ASSERT_THAT(Create("buyer", "sc", 1), IsOk());
  const auto self_check = Submit("buyer", "sc");
  ASSERT_THAT(self_check, IsOk());
  Decide(*self_check, grading::v1::REVIEW_STATE_APPROVED);
  ASSERT_EQ(Form("sc").state(), v1::SELF_CHECK_STATE_APPROVED);
  ASSERT_THAT(Call(As("buyer"), &Stub::CreateMeasure, NewMeasure("m", "sc-1")), IsOk());
  // A measure against a risk that is not recognised yet waits.
  MakePoint("draft", true);
  ASSERT_THAT(Call(As("head"), &Stub::CreateMeasure, NewMeasure("waits", "draft")), IsOk());
  EXPECT_THAT(HandIn("head", v1::SUBMISSION_KIND_DEPARTMENT_MEASURES, kAffairs),
              FailsWith(common::v1::ERROR_REASON_NOTHING_TO_SUBMIT));

  const auto form = HandIn("buyer", v1::SUBMISSION_KIND_POST_MEASURES, "posts/buyer");
  ASSERT_THAT(form, IsOk());
  ASSERT_EQ(form->owners_size(), 1);
  EXPECT_EQ(form->owners(0), "units/a/persons/buyer");
  EXPECT_EQ(form->items(0).revision(), 1);
  EXPECT_EQ(Measure("m").state(), v1::MEASURE_STATE_IN_REVIEW);
  // His department looks at it together; others do not see it.
  const auto sees = [&](client::Client& who) {
    v1::GetSubmissionRequest get;
    get.set_name(form->name());
    const auto read = Call(who, &Stub::GetSubmission, get);
    v1::GetMeasureRequest measure;
    measure.set_name("units/a/measures/m");
    EXPECT_EQ(Call(who, &Stub::GetMeasure, measure).ok(), read.ok());
    v1::GetRiskPointRequest point;
    point.set_name("units/a/riskPoints/sc-1");
    EXPECT_EQ(Call(who, &Stub::GetRiskPoint, point).ok(), read.ok());
    return read.ok();
  };
  EXPECT_TRUE(sees(As("buyer")));
  EXPECT_TRUE(sees(As("clerk")));
  EXPECT_FALSE(sees(server_->As("units/a/persons/principal", {"staff"}, {"a"})));
  // Where somebody stands in the directory counts, whatever his token says.
  EXPECT_TRUE(sees(server_->As("units/a/persons/vp", {"staff"}, {"a"})));
  EXPECT_TRUE(sees(As("head")));
  const auto listed = [&](const std::string& who) {
    v1::ListSubmissionsRequest list;
    list.set_parent("units/a");
    return Call(As(who), &Stub::ListSubmissions, list)->submissions_size();
  };
  EXPECT_EQ(listed("buyer"), 1);
  // What he may read, he is shown.
  EXPECT_EQ(listed("clerk"), 1);
  EXPECT_EQ(listed("office"), 1);

  Decide(*form, grading::v1::REVIEW_STATE_APPROVED);
  EXPECT_EQ(Measure("m").state(), v1::MEASURE_STATE_FILED);
}

TEST_F(SubmissionTest, AFiledMeasureIsAssessedConfirmedAndRevised) {
  MakePoint("rp", false);
  ASSERT_THAT(Call(As("head"), &Stub::CreateMeasure, NewMeasure("m", "rp")), IsOk());
  const auto assess = [&](const std::string& who) {
    v1::AssessMeasureRequest request;
    request.set_name("units/a/measures/m");
    request.set_request_id(server_->RequestId());
    request.set_effect(v1::MEASURE_EFFECT_PARTLY);
    request.set_outcome_before("一人签字。");
    request.set_outcome_after("多数有两人签字。");
    return Call(As(who), &Stub::AssessMeasure, request);
  };
  const auto revise = [&](const std::string& who) {
    v1::ReviseMeasureRequest request;
    request.set_name("units/a/measures/m");
    request.set_request_id(server_->RequestId());
    return Call(As(who), &Stub::ReviseMeasure, request);
  };
  const auto confirm = [&](const std::string& who) {
    v1::ConfirmMeasureRequest request;
    request.set_name("units/a/measures/m");
    request.set_request_id(server_->RequestId());
    return Call(As(who), &Stub::ConfirmMeasure, request);
  };
  EXPECT_THAT(assess("head"), FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  EXPECT_THAT(revise("head"), FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  EXPECT_THAT(confirm("head"), FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  HandInAndApprove(v1::SUBMISSION_KIND_DEPARTMENT_MEASURES);
  ASSERT_EQ(Measure("m").state(), v1::MEASURE_STATE_FILED);

  EXPECT_THAT(assess("buyer"), FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(revise("buyer"), FailsWith(common::v1::ERROR_REASON_NOT_RECORD_OWNER));
  EXPECT_THAT(confirm("buyer"), FailsWith(common::v1::ERROR_REASON_NOT_RECORD_OWNER));
  const auto assessed = assess("head");
  ASSERT_THAT(assessed, IsOk());
  EXPECT_EQ(assessed->measure().effect(), v1::MEASURE_EFFECT_PARTLY);
  EXPECT_EQ(assessed->measure().assessor(), "units/a/persons/head");
  EXPECT_EQ(assessed->measure().state(), v1::MEASURE_STATE_FILED);
  v1::AssessMeasureRequest group;
  group.set_name("units/a/measures/m");
  group.set_request_id(server_->RequestId());
  group.set_effect(v1::MEASURE_EFFECT_EFFECTIVE);
  group.set_outcome_after("均有两人签字。");
  const auto examined = Call(server_->As("units/a/persons/vp", {"leading_group"}, {"a"}),
                             &Stub::AssessMeasure, group);
  ASSERT_THAT(examined, IsOk());
  EXPECT_EQ(examined->measure().outcome_before(), "一人签字。");
  EXPECT_THAT(confirm("head"), IsOk());

  const auto revised = revise("head");
  ASSERT_THAT(revised, IsOk());
  EXPECT_EQ(revised->measure().state(), v1::MEASURE_STATE_PROPOSED);
  HandInAndApprove(v1::SUBMISSION_KIND_DEPARTMENT_MEASURES);
  EXPECT_EQ(Measure("m").state(), v1::MEASURE_STATE_FILED);
  EXPECT_EQ(Measure("m").revision(), 2);
}

TEST_F(SubmissionTest, TheSchoolsMeasuresAreHandedInByThePrincipal) {
  auto point = NewPoint("unit");
  point.mutable_risk_point()->set_layer(common::v1::RISK_LAYER_UNIT);
  point.mutable_risk_point()->set_owner("units/a");
  ASSERT_THAT(Call(As("principal"), &Stub::CreateRiskPoint, point), IsOk());
  ASSERT_THAT(Call(As("principal"), &Stub::CreateMeasure, NewMeasure("m", "unit")), IsOk());
  const auto form = HandIn("principal", v1::SUBMISSION_KIND_UNIT_MEASURES, "");
  ASSERT_THAT(form, IsOk());
  EXPECT_EQ(form->title(), "2026年学校风险防控措施：实验小学（1项）");
  EXPECT_EQ(form->department(), "");
  ASSERT_EQ(form->owners_size(), 1);
  EXPECT_EQ(form->owners(0), "units/a/persons/principal");
  Decide(*form, grading::v1::REVIEW_STATE_APPROVED);
  EXPECT_EQ(Measure("m").state(), v1::MEASURE_STATE_FILED);
}

TEST_F(SubmissionTest, AFormHasAnEndAndTheRestWaits) {
  for (int i = 0; i < 205; ++i) MakePoint("rp-" + std::to_string(i), true);
  const auto form = HandIn("head", v1::SUBMISSION_KIND_DEPARTMENT_RISKS, kAffairs);
  ASSERT_THAT(form, IsOk());
  EXPECT_EQ(form->items_size(), 200);
  const auto rest = HandIn("head", v1::SUBMISSION_KIND_DEPARTMENT_RISKS, kAffairs);
  ASSERT_THAT(rest, IsOk());
  EXPECT_EQ(rest->items_size(), 5);
}

}  // namespace
}  // namespace lianfang::risk
