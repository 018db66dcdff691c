// 「（二）排查廉政风险」: what holds for all risks, and 「1.查找个人岗位风险」.
#include "tests/acceptance/school.h"

namespace lianfang::acceptance {
namespace {

using risk::v1::RISK_POINT_STATE_PUBLICISED;
using risk::v1::RISK_POINT_STATE_REGISTERED;
using risk::v1::SELF_CHECK_STATE_APPROVED;
using risk::v1::SELF_CHECK_STATE_RETURNED;
using risk::v1::SELF_CHECK_STATE_SUBMITTED;
using risk::v1::SelfCheck;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class PhaseTwo : public School {
 protected:
  absl::StatusOr<reporting::v1::CreatePublicationResponse> Publish(
      reporting::v1::PublicationKind kind, const std::string& subject,
      common::v1::PublicityScope scope) {
    return Call(office(), &PublicityStub::CreatePublication,
                NewPublication(kind, {subject}, scope));
  }
};

// 「（二）排查廉政风险（5月16至7月15日）」
// RPCs: CampaignService.GetCampaign
TEST_F(PhaseTwo, RunsFromTheSixteenthOfMayToTheFifteenthOfJuly) {
  const auto campaign = Get(&CampaignStub::GetCampaign, Named("campaigns", "2013")).campaign();
  const auto& phase = campaign.phases(1);
  EXPECT_EQ(phase.clause(), "（二）排查廉政风险（5月16至7月15日）");
  EXPECT_EQ(phase.start_date().month() * 100 + phase.start_date().day(), 516);
  EXPECT_EQ(phase.end_date().month() * 100 + phase.end_date().day(), 715);
  std::map<std::string, int> due;
  for (const auto& task : campaign.tasks()) {
    if (task.phase() != phase.id()) continue;
    due[task.id()] = task.due_date().month() * 100 + task.due_date().day();
  }
  const std::map<std::string, int> days = {
      {"self-checks", 525},          {"department-risks", 605},     {"power-risks", 605},
      {"power-catalogue", 615},      {"workflow-charts", 620},      {"grades", 625},
      {"unit-power-catalogue", 715}, {"unit-workflow-charts", 715}, {"risk-publication", 715}};
  EXPECT_EQ(due, days);
}

// 「采取自上而下和自下而上相结合的方式」
// RPCs: RiskService.CreateSelfCheck, RiskService.CreateRiskPoint, RiskService.ListRiskPoints
TEST_F(PhaseTwo, RisksComeFromBelowAndFromAbove) {
  On(5, 20);
  ApproveSelfCheck("buyer");
  auto of_department = NewRiskPoint("from-leader", "supply");
  Must(Call(leader_of("supply"), &RiskStub::CreateRiskPoint, of_department));
  auto of_unit = NewRiskPoint("from-principal", "");
  of_unit.set_draft(false);
  Must(Call(principal(), &RiskStub::CreateRiskPoint, of_unit));
  EXPECT_THAT(Call(staff("buyer"), &RiskStub::CreateRiskPoint, NewRiskPoint("other", "supply")),
              FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));

  EXPECT_THAT(PointsOf(Post("buyer")), SizeIs(2)) << "found by the holder";
  EXPECT_THAT(PointsOf(Department("supply")), SizeIs(1)) << "put forward by the leader in charge";
  EXPECT_THAT(PointsOf(kUnit), SizeIs(1)) << "put forward by the principal";
}

// 「从涉及到用人、用权、用钱、招生、收费、评优、职评等重要内容和关键环节，特别是涉及到一些容易发生问题、反映较多的微观环节和具体的重要岗位」
// RPCs: RiskService.CreateSelfCheck, RiskService.CreateRiskPoint, RiskService.GetRiskPoint
TEST_F(PhaseTwo, ARiskNamesItsTopicAndTheLinkInTheWork) {
  On(5, 20);
  auto form = NewSelfCheck("teaching-head");
  const risk::v1::Finding finding = form.self_check().findings(0);
  form.mutable_self_check()->clear_findings();
  std::vector<int> topics = {common::v1::SENSITIVE_TOPIC_PERSONNEL,
                             common::v1::SENSITIVE_TOPIC_POWER,
                             common::v1::SENSITIVE_TOPIC_MONEY,
                             common::v1::SENSITIVE_TOPIC_ADMISSIONS,
                             common::v1::SENSITIVE_TOPIC_FEES,
                             common::v1::SENSITIVE_TOPIC_MERIT_SELECTION,
                             common::v1::SENSITIVE_TOPIC_TITLE_EVALUATION};
  for (const int topic : topics) {
    *form.mutable_self_check()->add_findings() = finding;
    form.mutable_self_check()->mutable_findings()->rbegin()->set_sensitive_topic(
        static_cast<common::v1::SensitiveTopic>(topic));
  }
  const std::string name =
      Must(Call(head("teaching"), &RiskStub::CreateSelfCheck, form)).self_check().name();
  ApproveSteps(Must(Do(head("teaching"), &RiskStub::SubmitSelfCheck, name)).self_check().review());
  std::vector<int> registered;
  for (const auto& point : PointsOf(Post("teaching-head"))) {
    registered.push_back(point.sensitive_topic());
  }
  EXPECT_THAT(registered, ::testing::UnorderedElementsAreArray(topics));

  DraftRiskPoint("acceptance-of-goods", "supply");
  EXPECT_EQ(Get(&RiskStub::GetRiskPoint, Named("riskPoints", "acceptance-of-goods"))
                .risk_point()
                .key_link(),
            "验收");
}

// 「通过自己找、群众帮、领导提、集体定等方式，逐一排查廉政“风险点”」
// RPCs: RiskService.CreateSelfCheck, RiskService.SubmitSelfCheck, RiskService.ListRiskPoints
TEST_F(PhaseTwo, EachFindingSaysHowItWasFound) {
  On(5, 20);
  auto form = NewSelfCheck("buyer");
  form.mutable_self_check()->mutable_findings(0)->clear_method();
  EXPECT_THAT(Call(staff("buyer"), &RiskStub::CreateSelfCheck, form),
              FailsWith(common::v1::ERROR_REASON_REQUIRED_FIELD));
  form = NewSelfCheck("buyer");
  for (int i = 0; i < 2; ++i) {
    *form.mutable_self_check()->add_findings() = form.self_check().findings(i);
  }
  std::vector<int> methods = {common::v1::FINDING_METHOD_SELF, common::v1::FINDING_METHOD_PEERS,
                              common::v1::FINDING_METHOD_LEADERS,
                              common::v1::FINDING_METHOD_COLLECTIVE};
  for (int i = 0; i < 4; ++i) {
    form.mutable_self_check()->mutable_findings(i)->set_method(
        static_cast<common::v1::FindingMethod>(methods[i]));
  }
  Must(Call(staff("buyer"), &RiskStub::CreateSelfCheck, form));
  ApproveSteps(Must(Do(staff("buyer"), &RiskStub::SubmitSelfCheck, Named("selfChecks", "sc-buyer")))
                   .self_check()
                   .review());
  std::vector<int> registered;
  for (const auto& point : PointsOf(Post("buyer"))) registered.push_back(point.method());
  EXPECT_THAT(registered, ::testing::UnorderedElementsAreArray(methods));
}

// 「经组织严格审核把关后，将风险点登记汇总」
// RPCs: RiskService.SubmitSelfCheck, ReviewService.Decide, RiskService.ListRiskPoints,
// RiskService.CreateRiskPoint
TEST_F(PhaseTwo, OnlyApprovedFindingsComeOnTheRegister) {
  On(5, 20);
  const SelfCheck form = HandInSelfCheck("buyer");
  EXPECT_THAT(PointsOf(Post("buyer")), IsEmpty()) << "under review";
  Must(Return(principal(), form.review(), "请补充供应商管理方面的风险。"));
  EXPECT_THAT(PointsOf(Post("buyer")), IsEmpty()) << "sent back";
  const SelfCheck again =
      Must(Do(staff("buyer"), &RiskStub::SubmitSelfCheck, form.name())).self_check();
  Must(Approve(principal(), again.review()));
  const auto points = PointsOf(Post("buyer"));
  ASSERT_THAT(points, SizeIs(2));
  for (const auto& point : points) {
    EXPECT_EQ(point.state(), RISK_POINT_STATE_REGISTERED);
    EXPECT_EQ(point.source(), form.name() + "/revisions/2");
  }
  // Nobody gets round the review.
  auto request = NewRiskPoint("by-hand", "supply");
  request.mutable_risk_point()->set_layer(common::v1::RISK_LAYER_POST);
  request.mutable_risk_point()->set_owner(Post("buyer"));
  EXPECT_THAT(Call(office(), &RiskStub::CreateRiskPoint, request),
              FailsWith(common::v1::ERROR_REASON_INVALID_FIELD));
}

// 「在一定范围内公示」
// RPCs: PublicityService.CreatePublication, PublicityService.WithdrawPublication,
// RiskService.GetRiskPoint
TEST_F(PhaseTwo, RegisteredRisksArePublishedInALimitedCircle) {
  On(7, 1);
  const SelfCheck form = ApproveSelfCheck("buyer");
  const std::string point = PointsOf(Post("buyer"))[0].name();
  const std::string draft = DraftRiskPoint("draft", "supply").name();
  EXPECT_THAT(Publish(reporting::v1::PUBLICATION_KIND_RISK_POINTS, draft,
                      common::v1::PUBLICITY_SCOPE_LIMITED),
              FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION))
      << "not on the register";
  for (const auto scope :
       {common::v1::PUBLICITY_SCOPE_WITHIN_SCHOOL, common::v1::PUBLICITY_SCOPE_PUBLIC}) {
    EXPECT_THAT(Publish(reporting::v1::PUBLICATION_KIND_PERSONAL_FORMS, form.name(), scope),
                FailsWith(common::v1::ERROR_REASON_INVALID_FIELD))
        << "a personal form goes no further than a limited circle";
  }
  const auto notice = Must(Publish(reporting::v1::PUBLICATION_KIND_RISK_POINTS, point,
                                   common::v1::PUBLICITY_SCOPE_LIMITED))
                          .publication();
  EXPECT_EQ(Get(&RiskStub::GetRiskPoint, point).risk_point().state(), RISK_POINT_STATE_PUBLICISED);
  reporting::v1::WithdrawPublicationRequest down;
  down.set_name(notice.name());
  down.set_reason("公示内容有误。");
  Must(Call(office(), &PublicityStub::WithdrawPublication, down));
  EXPECT_EQ(Get(&RiskStub::GetRiskPoint, point).risk_point().state(), RISK_POINT_STATE_REGISTERED);
}

// 「从学校领导至每位教职员工，都要依据目前的岗位职责」
// RPCs: CampaignService.ListCampaignTasks, RiskService.CreateSelfCheck
TEST_F(PhaseTwo, EverybodyFillsInAFormForHisPostOfToday) {
  On(5, 16);
  std::vector<std::string> expected;
  for (const auto& piece : Pieces("self-checks")) expected.push_back(piece.person());
  std::vector<std::string> everybody;
  for (const std::string& person : persons()) everybody.push_back(Person(person));
  EXPECT_THAT(expected, ::testing::UnorderedElementsAreArray(everybody))
      << "from the secretary to each of the two teachers";

  auto elsewhere = NewSelfCheck("buyer");
  elsewhere.mutable_self_check()->set_post(Post("cashier"));
  EXPECT_THAT(Call(staff("buyer"), &RiskStub::CreateSelfCheck, elsewhere),
              FailsWith(common::v1::ERROR_REASON_REFERENCE_NOT_FOUND))
      << "not his post";
  EXPECT_THAT(Call(head("supply"), &RiskStub::CreateSelfCheck, NewSelfCheck("buyer")),
              FailsWith(common::v1::ERROR_REASON_NOT_RECORD_OWNER))
      << "nobody fills it in for another";
  Must(Call(staff("buyer"), &RiskStub::CreateSelfCheck, NewSelfCheck("buyer")));
  auto second = NewSelfCheck("buyer");
  second.set_self_check_id("second");
  EXPECT_THAT(Call(staff("buyer"), &RiskStub::CreateSelfCheck, second),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_EXISTS));
}

// 「结合履行职责、执行制度、遵守《廉政准则》等情况」
// RPCs: RiskService.SubmitSelfCheck, RiskService.UpdateSelfCheck, RiskService.GetSelfCheckRevision
TEST_F(PhaseTwo, TheFormAnswersForConductAndARevisionKeepsTheAnswers) {
  On(5, 20);
  const SelfCheck form = HandInSelfCheck("cashier");
  risk::v1::UpdateSelfCheckRequest change;
  *change.mutable_self_check() = form;
  change.mutable_self_check()->mutable_conformity()->set_rules("现金日清月结，偶有延误。");
  change.mutable_update_mask()->add_paths("conformity");
  EXPECT_THAT(Call(staff("cashier"), &RiskStub::UpdateSelfCheck, change),
              FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION))
      << "under review";
  Must(Return(secretary(), form.review(), "执行制度情况请据实填写。"));
  change.mutable_self_check()->clear_etag();
  Must(Call(staff("cashier"), &RiskStub::UpdateSelfCheck, change));
  Must(Do(staff("cashier"), &RiskStub::SubmitSelfCheck, form.name()));
  const auto first =
      Get(&RiskStub::GetSelfCheckRevision, form.name() + "/revisions/1").self_check_revision();
  EXPECT_EQ(first.conformity().duties(), "认真履行岗位职责。");
  EXPECT_EQ(first.conformity().rules(), "执行财务、采购等制度。");
  EXPECT_EQ(first.conformity().integrity_code(), "遵守《廉政准则》。");
  const auto second =
      Get(&RiskStub::GetSelfCheckRevision, form.name() + "/revisions/2").self_check_revision();
  EXPECT_EQ(second.conformity().rules(), "现金日清月结，偶有延误。");
}

// 「认真分析查找个人在思想道德、岗位职责、执行制度等方面存在或潜在的岗位风险及其表现形式」
// RPCs: RiskService.CreateSelfCheck, RiskService.SubmitSelfCheck
TEST_F(PhaseTwo, AFindingHasACategoryAKindAndAManifestation) {
  On(5, 20);
  const auto with = [&](auto change) {
    auto form = NewSelfCheck("buyer");
    change(*form.mutable_self_check()->mutable_findings(0));
    return Call(staff("buyer"), &RiskStub::CreateSelfCheck, form);
  };
  EXPECT_THAT(with([](auto& finding) {
                finding.set_category(common::v1::RISK_CATEGORY_EXTERNAL_ENVIRONMENT);
              }),
              FailsWith(common::v1::ERROR_REASON_INVALID_FIELD))
      << "外部环境 is of the departments' form";
  EXPECT_THAT(with([](auto& finding) { finding.clear_manifestation(); }),
              FailsWith(common::v1::ERROR_REASON_REQUIRED_FIELD));
  EXPECT_THAT(with([](auto& finding) { finding.clear_kind(); }),
              FailsWith(common::v1::ERROR_REASON_REQUIRED_FIELD));

  auto empty = NewSelfCheck("buyer");
  empty.mutable_self_check()->clear_findings();
  const std::string name =
      Must(Call(staff("buyer"), &RiskStub::CreateSelfCheck, empty)).self_check().name();
  EXPECT_THAT(Do(staff("buyer"), &RiskStub::SubmitSelfCheck, name),
              FailsWith(common::v1::ERROR_REASON_REQUIRED_FIELD))
      << "no finding";

  auto full = NewSelfCheck("cashier");
  full.mutable_self_check()->mutable_findings(0)->set_kind(risk::v1::FINDING_KIND_EXISTING);
  *full.mutable_self_check()->add_findings() = full.self_check().findings(1);
  full.mutable_self_check()->mutable_findings(2)->set_category(common::v1::RISK_CATEGORY_MORALITY);
  Must(Call(staff("cashier"), &RiskStub::CreateSelfCheck, full));
  EXPECT_THAT(Do(staff("cashier"), &RiskStub::SubmitSelfCheck, Named("selfChecks", "sc-cashier")),
              IsOk());
}

// 「填写《个人廉政风险自查表》（附件2），5月25日交校防控办」
// RPCs: RiskService.SubmitSelfCheck, RiskService.ListSelfChecks, CampaignService.ListCampaignTasks
TEST_F(PhaseTwo, TheFormIsDueAtTheOfficeOnTheTwentyFifthOfMay) {
  On(5, 25, 23);
  HandInSelfCheck("buyer");
  On(5, 26, 0);
  EXPECT_EQ(HandInSelfCheck("cashier").state(), SELF_CHECK_STATE_SUBMITTED) << "not blocked";
  EXPECT_FALSE(Piece("self-checks", Person("buyer")).late());
  EXPECT_TRUE(Piece("self-checks", Person("cashier")).late());
  EXPECT_TRUE(Piece("self-checks", Person("teacher-b")).overdue());
  EXPECT_FALSE(Piece("self-checks", Person("cashier")).overdue());

  std::vector<std::string> at_office;
  const auto forms = Must(Call(office(), &RiskStub::ListSelfChecks, {}));
  for (const auto& form : forms.self_checks()) {
    at_office.push_back(form.person());
  }
  EXPECT_THAT(at_office, UnorderedElementsAre(Person("buyer"), Person("cashier")));
  EXPECT_THAT(Do(staff("teacher-a"), &RiskStub::GetSelfCheck, Named("selfChecks", "sc-buyer")),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND))
      << "colleagues do not read each other's forms";
}

// 「校主要负责人的岗位风险由分管厅领导审核」
// RPCs: RiskService.SubmitSelfCheck, ReviewService.GetReview, ReviewService.ListReviewTasks,
// ReviewService.Decide
TEST_F(PhaseTwo, BothPrincipalResponsiblePersonsAreReviewedByTheSuperior) {
  On(5, 25);
  const std::pair<std::string, std::string> each_and_other[] = {{"secretary", "principal"},
                                                                {"principal", "secretary"}};
  for (const auto& [self, other] : each_and_other) {
    const SelfCheck form = HandInSelfCheck(self);
    const auto review = ReviewNamed(form.review());
    ASSERT_THAT(review.steps(), SizeIs(1)) << self;
    EXPECT_EQ(review.steps(0).role(), grading::v1::REVIEWER_ROLE_SUPERIOR_LEADER);
    EXPECT_EQ(review.steps(0).clause(), "校主要负责人的岗位风险由分管厅领导审核");
    EXPECT_THAT(Approve(As(self), form.review()), FailsWith(common::v1::ERROR_REASON_OWN_RECORD));
    for (client::Client* somebody :
         {&As(other), &As("vp-teaching"), &superior_office(), &office()}) {
      EXPECT_THAT(Approve(*somebody, form.review()),
                  FailsWith(common::v1::ERROR_REASON_NOT_REVIEWER));
    }
    EXPECT_THAT(Inbox(As(other)), Not(Contains(form.name())));
    EXPECT_THAT(Inbox(superior_leader()), Contains(form.name()));
    Must(Approve(superior_leader(), form.review()));
    EXPECT_EQ(SelfCheckOf(self).state(), SELF_CHECK_STATE_APPROVED);
    EXPECT_THAT(PointsOf(Post(self)), SizeIs(2));
  }
}

// 「其余人员岗位风险由校主要负责审核」
// RPCs: RiskService.SubmitSelfCheck, ReviewService.GetReview, ReviewService.Decide
TEST_F(PhaseTwo, AllOthersAreReviewedByOneOfThem) {
  On(5, 25);
  for (const std::string person : {"vp-logistics", "supply-head", "buyer"}) {
    const SelfCheck form = HandInSelfCheck(person);
    const auto review = ReviewNamed(form.review());
    ASSERT_THAT(review.steps(), SizeIs(1)) << person;
    EXPECT_THAT(review.steps(0).assignees(),
                UnorderedElementsAre(Person("secretary"), Person("principal")));
    EXPECT_THAT(Approve(superior_leader(), form.review()),
                FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
    EXPECT_THAT(Approve(As("vp-teaching"), form.review()),
                FailsWith(common::v1::ERROR_REASON_NOT_REVIEWER));
  }
  EXPECT_THAT(Approve(As("vp-logistics"), SelfCheckOf("vp-logistics").review()),
              FailsWith(common::v1::ERROR_REASON_OWN_RECORD));
  Must(Approve(secretary(), SelfCheckOf("vp-logistics").review()));
  Must(Approve(principal(), SelfCheckOf("supply-head").review()));
  EXPECT_THAT(Approve(secretary(), SelfCheckOf("supply-head").review()),
              FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION))
      << "one decision is enough, and final";
  EXPECT_EQ(SelfCheckOf("vp-logistics").state(), SELF_CHECK_STATE_APPROVED);
  EXPECT_EQ(SelfCheckOf("supply-head").state(), SELF_CHECK_STATE_APPROVED);

  // A decision is one on the revision that was looked at.
  const SelfCheck first = SelfCheckOf("buyer");
  Must(Return(secretary(), first.review(), "请补充。"));
  EXPECT_EQ(SelfCheckOf("buyer").state(), SELF_CHECK_STATE_RETURNED);
  const SelfCheck second =
      Must(Do(staff("buyer"), &RiskStub::SubmitSelfCheck, first.name())).self_check();
  grading::v1::DecideRequest stale;
  stale.set_name(second.review());
  stale.set_decision(grading::v1::DECISION_APPROVE);
  stale.set_revision_digest(first.revision_digest());
  EXPECT_THAT(Call(secretary(), &ReviewStub::Decide, stale),
              FailsWith(common::v1::ERROR_REASON_REVISION_CHANGED));
  Must(Approve(secretary(), second.review()));
}

}  // namespace
}  // namespace lianfang::acceptance
