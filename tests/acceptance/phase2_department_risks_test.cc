// 「2. 查找科室风险」: who searches, which risks, on which forms, by when.
#include <string>
#include <vector>

#include "tests/acceptance/fails_at.h"
#include "tests/acceptance/school.h"

namespace lianfang::acceptance {
namespace {

using namespace common::v1;  // NOLINT: reasons and categories
using risk::v1::RISK_POINT_STATE_DRAFT;
using risk::v1::RISK_POINT_STATE_REGISTERED;
using risk::v1::RISK_POINT_STATE_RETURNED;
using risk::v1::RISK_POINT_STATE_SUBMITTED;
using risk::v1::RiskPoint;
using risk::v1::Submission;
using risk::v1::SUBMISSION_KIND_DEPARTMENT_RISKS;
using risk::v1::SUBMISSION_KIND_POWER_RISKS;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class DepartmentRisks : public School {
 protected:
  RiskPoint PointNamed(const std::string& id) {
    return Get(&RiskStub::GetRiskPoint, Named("riskPoints", id)).risk_point();
  }
  absl::StatusOr<risk::v1::CreateRiskPointResponse> Create(
      client::Client& client, const risk::v1::CreateRiskPointRequest& request) {
    return Call(client, &RiskStub::CreateRiskPoint, request);
  }
  // Says where in the work the risk lies.
  absl::StatusOr<risk::v1::UpdateRiskPointResponse> Locate(client::Client& client,
                                                           const std::string& id,
                                                           const std::string& key_link) {
    risk::v1::UpdateRiskPointRequest update;
    update.mutable_risk_point()->set_name(Named("riskPoints", id));
    update.mutable_risk_point()->set_key_link(key_link);
    update.mutable_update_mask()->add_paths("key_link");
    return Call(client, &RiskStub::UpdateRiskPoint, update);
  }
  // A form of the supply department: 附件5.
  absl::StatusOr<Submission> HandInSupply(client::Client& client) {
    return HandIn(client, SUBMISSION_KIND_DEPARTMENT_RISKS, Department("supply"));
  }
  Submission FormNamed(const std::string& name) {
    return Get(&RiskStub::GetSubmission, name).submission();
  }
};

std::vector<std::string> ItemsOf(const Submission& form) {
  std::vector<std::string> names;
  for (const auto& item : form.items()) names.push_back(item.name());
  return names;
}

// 「校领导对所分管科室的人、财、物管理和行政权力行使等重要岗位、重点环节、关键部位等职责定位情况，组织科室负责人分别查找」
// RPCs: RiskService.CreateRiskPoint, RiskService.UpdateRiskPoint, RiskService.CreateSubmission,
// ReviewService.GetReview, ReviewService.ListReviewTasks, ReviewService.Decide
TEST_F(DepartmentRisks, HeadsSearchTheirOwnDepartmentsUnderTheLeaderInCharge) {
  On(5, 27);
  // Each in his own house: neither the head next door nor the leader of other departments.
  for (client::Client* other : {&head("finance"), &head("moral"), &leader_of("moral")}) {
    EXPECT_THAT(Create(*other, NewRiskPoint("stock", "supply")),
                FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  }
  EXPECT_THAT(Create(staff("buyer"), NewRiskPoint("stock", "supply")),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(Create(head("supply"), NewRiskPoint("stock", "canteen")),
              FailsAt(ERROR_REASON_REFERENCE_NOT_FOUND, "risk_point.owner"));
  EXPECT_THAT(PointsOf(Department("supply")), IsEmpty());
  for (const std::string department : {"teaching", "moral", "supply", "finance"}) {
    EXPECT_THAT(Create(head(department), NewRiskPoint("of-" + department, department)), IsOk());
    EXPECT_THAT(PointsOf(Department(department)), SizeIs(1)) << department;
  }

  // The leader in charge points to a key link; the head writes down where it lies.
  Must(Create(leader_of("supply"), NewRiskPoint("from-leader", "supply")));
  EXPECT_THAT(Locate(head("finance"), "from-leader", "比价"),
              FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(Locate(leader_of("teaching"), "from-leader", "比价"),
              FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  Must(Locate(head("supply"), "from-leader", "大宗物资比价"));
  EXPECT_EQ(PointNamed("from-leader").key_link(), "大宗物资比价");

  EXPECT_THAT(HandInSupply(head("finance")), FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  EXPECT_THAT(HandInSupply(leader_of("teaching")), FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  EXPECT_THAT(HandInSupply(staff("buyer")), FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  const Submission form = Must(HandInSupply(head("supply")));
  EXPECT_THAT(ItemsOf(form),
              ElementsAre(Named("riskPoints", "from-leader"), Named("riskPoints", "of-supply")));
  EXPECT_EQ(PointNamed("of-finance").state(), RISK_POINT_STATE_DRAFT) << "another department's";

  const auto review = ReviewNamed(form.review());
  ASSERT_THAT(review.steps(), SizeIs(2));
  EXPECT_THAT(review.steps(0).assignees(), ElementsAre(Person("vp-logistics")));
  EXPECT_THAT(Inbox(leader_of("supply")), Contains(form.name()));
  EXPECT_THAT(Inbox(leader_of("teaching")), Not(Contains(form.name())));
  EXPECT_THAT(Approve(head("supply"), form.review()), FailsWith(ERROR_REASON_OWN_RECORD));
  for (client::Client* other : {&leader_of("teaching"), &principal(), &office()}) {
    EXPECT_THAT(Approve(*other, form.review()), FailsWith(ERROR_REASON_NOT_REVIEWER));
  }
  EXPECT_THAT(Approve(leader_of("supply"), form.review()), IsOk());
}

// 「组织科室负责人分别查找」
// RPCs: RiskService.CreateSubmission, ReviewService.GetReview, ReviewService.ListReviewTasks,
// ReviewService.Decide
TEST_F(DepartmentRisks, WhoHandsAFormInForTheHeadDoesNotReviewIt) {
  On(6, 3);
  DraftRiskPoint("stock", "supply");
  const Submission form = Must(HandInSupply(leader_of("supply")));
  EXPECT_EQ(form.submitter(), Person("vp-logistics"));
  EXPECT_THAT(form.owners(), UnorderedElementsAre(Person("supply-head"), Person("vp-logistics")));
  for (client::Client* own : {&leader_of("supply"), &head("supply")}) {
    EXPECT_THAT(Approve(*own, form.review()), FailsWith(ERROR_REASON_OWN_RECORD));
    EXPECT_THAT(Inbox(*own), Not(Contains(form.name())));
  }
  // The principal stands in.
  EXPECT_THAT(ReviewNamed(form.review()).steps(0).assignees(),
              UnorderedElementsAre(Person("secretary"), Person("principal")));
  Must(Approve(principal(), form.review()));
  Must(Approve(office(), form.review()));
  EXPECT_EQ(PointNamed("stock").state(), RISK_POINT_STATE_REGISTERED);

  // The secretary is in charge of the party office, whose head directs the control office: the one
  // who handed in does not look at it, the head does not register it.
  DraftRiskPoint("seal", "party-office");
  const Submission own =
      Must(HandIn(secretary(), SUBMISSION_KIND_DEPARTMENT_RISKS, Department("party-office")));
  EXPECT_THAT(Approve(secretary(), own.review()), FailsWith(ERROR_REASON_OWN_RECORD));
  Must(Approve(principal(), own.review()));
  EXPECT_THAT(Approve(office(), own.review()), FailsWith(ERROR_REASON_OWN_RECORD));
  Must(Approve(staff("office-clerk"), own.review()));
  EXPECT_EQ(PointNamed("seal").state(), RISK_POINT_STATE_REGISTERED);
}

// 「经组织严格审核把关后，将风险点登记汇总」
// RPCs: RiskService.UpdateRiskPoint, RiskService.ArchiveRiskPoint, RiskService.CreateSubmission,
// RiskService.WithdrawSubmission, RiskService.GetSubmission, ReviewService.Decide
TEST_F(DepartmentRisks, WhatIsUnderReviewStaysAsItIsUntilItIsDecided) {
  On(6, 1);
  EXPECT_THAT(HandInSupply(head("supply")), FailsWith(ERROR_REASON_NOTHING_TO_SUBMIT));
  DraftRiskPoint("stock", "supply");
  const Submission form = Must(HandInSupply(head("supply")));
  EXPECT_EQ(PointNamed("stock").state(), RISK_POINT_STATE_SUBMITTED);
  for (client::Client* keeper : {&head("supply"), &leader_of("supply"), &office()}) {
    EXPECT_THAT(Locate(*keeper, "stock", "入库"), FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
  }
  EXPECT_THAT(Do(head("supply"), &RiskStub::ArchiveRiskPoint, Named("riskPoints", "stock")),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
  EXPECT_THAT(HandInSupply(head("supply")), FailsWith(ERROR_REASON_NOTHING_TO_SUBMIT));

  // Taken back it is a draft again, and the review is over.
  EXPECT_THAT(Do(head("finance"), &RiskStub::WithdrawSubmission, form.name()),
              FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  Must(Do(head("supply"), &RiskStub::WithdrawSubmission, form.name()));
  EXPECT_EQ(PointNamed("stock").state(), RISK_POINT_STATE_DRAFT);
  EXPECT_THAT(Approve(leader_of("supply"), form.review()),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));

  // Sent back with a comment it may be corrected, and is another form to decide on.
  const Submission second = Must(HandInSupply(head("supply")));
  EXPECT_THAT(Return(leader_of("supply"), second.review(), ""),
              FailsAt(ERROR_REASON_REASON_REQUIRED, "comment"));
  Must(Return(leader_of("supply"), second.review(), "请写明环节。"));
  EXPECT_EQ(FormNamed(second.name()).state(), risk::v1::SUBMISSION_STATE_RETURNED);
  EXPECT_EQ(PointNamed("stock").state(), RISK_POINT_STATE_RETURNED);
  EXPECT_EQ(PointNamed("stock").review_comment(), "请写明环节。");
  Must(Locate(head("supply"), "stock", "入库验收"));
  const Submission third = Must(HandInSupply(head("supply")));
  EXPECT_EQ(third.revision(), 3) << "the third time this year";
  EXPECT_NE(third.revision_digest(), second.revision_digest());
  Must(Approve(leader_of("supply"), third.review()));
  EXPECT_EQ(PointNamed("stock").state(), RISK_POINT_STATE_SUBMITTED) << "not yet by the office";
  Must(Approve(office(), third.review()));
  EXPECT_EQ(FormNamed(third.name()).state(), risk::v1::SUBMISSION_STATE_APPROVED);
  EXPECT_EQ(PointNamed("stock").state(), RISK_POINT_STATE_REGISTERED);
  EXPECT_EQ(PointNamed("stock").submission(), third.name());
  EXPECT_THAT(Do(head("supply"), &RiskStub::WithdrawSubmission, third.name()),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION))
      << "it is on the register";
}

// 「业务流程、制度机制和外部环境等方面存在或可能存在的廉政风险点及其表现形式」
// RPCs: RiskService.CreateRiskPoint, RiskService.UpdateRiskPoint, RiskService.ListRiskPoints
TEST_F(DepartmentRisks, ADepartmentsRiskIsOfItsCategoriesAndSaysHowItShows) {
  On(6, 1);
  const struct {
    const char* id;
    RiskCategory category;
    risk::v1::FindingKind kind;
    const char* manifestation;
  } found[] = {
      {"process", RISK_CATEGORY_BUSINESS_PROCESS, risk::v1::FINDING_KIND_EXISTING,
       "先采购后补签。"},
      {"rules", RISK_CATEGORY_INSTITUTIONAL_MECHANISM, risk::v1::FINDING_KIND_POTENTIAL,
       "比价起点未作规定。"},
      {"outside", RISK_CATEGORY_EXTERNAL_ENVIRONMENT, risk::v1::FINDING_KIND_POTENTIAL,
       "供应商节前走访。"},
      {"duties", RISK_CATEGORY_POST_DUTY, risk::v1::FINDING_KIND_EXISTING, "验收只有一人到场。"}};
  for (const auto& one : found) {
    auto request = NewRiskPoint(one.id, "supply");
    request.mutable_risk_point()->set_category(one.category);
    request.mutable_risk_point()->set_kind(one.kind);
    request.mutable_risk_point()->set_manifestation(one.manifestation);
    Must(Create(head("supply"), request));
  }
  HandInAndApprove(head("supply"), SUBMISSION_KIND_DEPARTMENT_RISKS, Department("supply"));
  EXPECT_THAT(PointsOf(Department("supply")), SizeIs(4));
  for (const auto& one : found) {
    const RiskPoint registered = PointNamed(one.id);
    EXPECT_EQ(registered.state(), RISK_POINT_STATE_REGISTERED) << one.id;
    EXPECT_EQ(registered.category(), one.category) << one.id;
    EXPECT_EQ(registered.kind(), one.kind) << one.id;
    EXPECT_EQ(registered.manifestation(), one.manifestation) << one.id;
  }

  const auto with = [&](auto change) {
    auto request = NewRiskPoint("other", "supply");
    change(*request.mutable_risk_point());
    return Create(head("supply"), request);
  };
  for (const auto personal : {RISK_CATEGORY_MORALITY, RISK_CATEGORY_RULE_EXECUTION}) {
    EXPECT_THAT(with([&](RiskPoint& point) { point.set_category(personal); }),
                FailsAt(ERROR_REASON_INVALID_FIELD, "risk_point.category"))
        << "of the personal form";
    risk::v1::UpdateRiskPointRequest update;
    update.mutable_risk_point()->set_name(Named("riskPoints", "rules"));
    update.mutable_risk_point()->set_category(personal);
    update.mutable_update_mask()->add_paths("category");
    EXPECT_THAT(Call(head("supply"), &RiskStub::UpdateRiskPoint, update),
                FailsAt(ERROR_REASON_INVALID_FIELD, "risk_point.category"))
        << "nor by the back door";
  }
  EXPECT_THAT(with([](RiskPoint& point) { point.clear_category(); }),
              FailsAt(ERROR_REASON_REQUIRED_FIELD, "risk_point.category"));
  EXPECT_THAT(with([](RiskPoint& point) { point.clear_description(); }),
              FailsAt(ERROR_REASON_REQUIRED_FIELD, "risk_point.description"));
  EXPECT_THAT(with([](RiskPoint& point) { point.clear_manifestation(); }),
              FailsAt(ERROR_REASON_REQUIRED_FIELD, "risk_point.manifestation"));
  EXPECT_THAT(with([](RiskPoint& point) { point.clear_method(); }),
              FailsAt(ERROR_REASON_REQUIRED_FIELD, "risk_point.method"));
  EXPECT_THAT(PointsOf(Department("supply")), SizeIs(4));
}

// 「并填写《处室（单位）廉政风险排查登记表》（附件5）和《处室（单位）职权运行风险排查登记表》（附件6）」
// RPCs: RiskService.CreateRiskPoint, RiskService.CreateSubmission, RiskService.GetSubmission,
// RiskService.ListSubmissions, ReviewService.Decide
TEST_F(DepartmentRisks, RisksOfAPowerGoOntoAFormOfTheirOwn) {
  On(6, 4);
  DraftPower("buying", "supply");
  DraftRiskPoint("stock", "supply");
  DraftRiskPoint("quotes", "supply", "buying");
  EXPECT_THAT(Create(head("finance"), NewRiskPoint("other", "finance", "buying")),
              FailsAt(ERROR_REASON_INVALID_FIELD, "risk_point.power"))
      << "the power is of another department";
  EXPECT_THAT(Create(head("supply"), NewRiskPoint("other", "supply", "letting")),
              FailsAt(ERROR_REASON_REFERENCE_NOT_FOUND, "risk_point.power"));

  const Submission five = Must(HandInSupply(head("supply")));
  const Submission six =
      Must(HandIn(head("supply"), SUBMISSION_KIND_POWER_RISKS, Department("supply")));
  EXPECT_THAT(ItemsOf(five), ElementsAre(Named("riskPoints", "stock")));
  EXPECT_EQ(five.title(), "2013年廉政风险排查登记表：总务处（1项）");
  EXPECT_THAT(ItemsOf(six), ElementsAre(Named("riskPoints", "quotes")));
  EXPECT_EQ(six.title(), "2013年职权运行风险排查登记表：总务处（1项）");
  EXPECT_NE(five.review(), six.review());

  // Each is decided by itself.
  ApproveSteps(six.review());
  EXPECT_EQ(PointNamed("quotes").state(), RISK_POINT_STATE_REGISTERED);
  EXPECT_EQ(PointNamed("stock").state(), RISK_POINT_STATE_SUBMITTED);
  risk::v1::ListSubmissionsRequest list;
  list.set_kind(SUBMISSION_KIND_POWER_RISKS);
  const auto forms = Must(Call(office(), &RiskStub::ListSubmissions, list));
  ASSERT_THAT(forms.submissions(), SizeIs(1));
  EXPECT_EQ(forms.submissions(0).name(), six.name());

  // （单位）: the school's own risks, over the leading group to the office.
  DraftRiskPoint("decisions", "");
  EXPECT_THAT(HandIn(head("supply"), SUBMISSION_KIND_DEPARTMENT_RISKS, kUnit),
              FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  const Submission of_unit = Must(HandIn(office(), SUBMISSION_KIND_DEPARTMENT_RISKS, kUnit));
  EXPECT_THAT(ItemsOf(of_unit), ElementsAre(Named("riskPoints", "decisions")));
  EXPECT_EQ(of_unit.title(), "2013年廉政风险排查登记表：实验小学（1项）");
  EXPECT_THAT(Approve(office(), of_unit.review()), FailsWith(ERROR_REASON_NOT_REVIEWER));
  Must(Approve(leader_of("teaching"), of_unit.review()));
  Must(Approve(office(), of_unit.review()));
  EXPECT_EQ(PointNamed("decisions").state(), RISK_POINT_STATE_REGISTERED);

  // No form of a post; and who found nothing looks again, he does not say so on paper.
  EXPECT_THAT(HandIn(staff("buyer"), SUBMISSION_KIND_DEPARTMENT_RISKS, Post("buyer")),
              FailsAt(ERROR_REASON_INVALID_FIELD, "submission.owner"));
  for (const auto kind : {SUBMISSION_KIND_DEPARTMENT_RISKS, SUBMISSION_KIND_POWER_RISKS}) {
    EXPECT_THAT(HandIn(head("finance"), kind, Department("finance"), /*nil_return=*/true),
                FailsAt(ERROR_REASON_INVALID_FIELD, "submission.nil_return"));
  }
}

// 「6月5日交校防控办」
// RPCs: RiskService.CreateSubmission, ReviewService.GetReview, ReviewService.ListReviewTasks,
// ReviewService.Decide, CampaignService.ListCampaignTasks
TEST_F(DepartmentRisks, BothFormsAreDueAtTheOfficeOnTheFifthOfJune) {
  On(6, 1);
  for (const std::string department : {"supply", "finance"}) {
    DraftPower(department + "-power", department);
    DraftRiskPoint(department, department);
    DraftRiskPoint(department + "-of-power", department, department + "-power");
  }
  const auto hand_in_both = [&](const std::string& department) {
    Must(HandIn(head(department), SUBMISSION_KIND_POWER_RISKS, Department(department)));
    return Must(HandIn(head(department), SUBMISSION_KIND_DEPARTMENT_RISKS, Department(department)));
  };
  On(6, 5, 23);
  const Submission form = hand_in_both("supply");
  EXPECT_FALSE(Piece("department-risks", Department("finance")).overdue()) << "still the day";
  On(6, 6, 0);
  EXPECT_TRUE(Piece("department-risks", Department("finance")).overdue());
  EXPECT_EQ(hand_in_both("finance").state(), risk::v1::SUBMISSION_STATE_SUBMITTED)
      << "late, not blocked";
  for (const std::string task : {"department-risks", "power-risks"}) {
    const auto in_time = Piece(task, Department("supply"));
    EXPECT_EQ(in_time.due_date().month() * 100 + in_time.due_date().day(), 605) << task;
    EXPECT_EQ(in_time.state(), reporting::v1::TASK_STATE_HANDED_IN) << task;
    EXPECT_FALSE(in_time.late()) << task;
    EXPECT_TRUE(Piece(task, Department("finance")).late()) << task;
    EXPECT_FALSE(Piece(task, Department("finance")).overdue()) << task;
  }
  EXPECT_TRUE(Piece("department-risks", Department("moral")).overdue());

  // At the office: after the leader in charge, and by a step of its own.
  const auto review = ReviewNamed(form.review());
  ASSERT_THAT(review.steps(), SizeIs(2));
  EXPECT_EQ(review.steps(1).kind(), grading::v1::STEP_KIND_REVIEW_AND_FILING);
  EXPECT_EQ(review.steps(1).clause(), "6月5日交校防控办");
  EXPECT_THAT(Inbox(office()), Not(Contains(form.name())));
  Must(Approve(leader_of("supply"), form.review()));
  EXPECT_THAT(Inbox(office()), Contains(form.name()));
  // What the office sends back and gets again was handed in on the first day all the same.
  Must(Return(office(), form.review(), "请补充表现形式。"));
  EXPECT_EQ(Piece("department-risks", Department("supply")).state(),
            reporting::v1::TASK_STATE_RETURNED);
  HandInAndApprove(head("supply"), SUBMISSION_KIND_DEPARTMENT_RISKS, Department("supply"));
  const auto done = Piece("department-risks", Department("supply"));
  EXPECT_EQ(done.state(), reporting::v1::TASK_STATE_DONE);
  EXPECT_FALSE(done.late());
}

}  // namespace
}  // namespace lianfang::acceptance
