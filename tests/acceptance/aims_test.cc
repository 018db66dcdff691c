// 「一、指导思想和工作原则」 「二、工作目标」 「三、主要内容」: what the whole is for, where
// somebody who uses it can see it.
#include <string>

#include "tests/acceptance/fails_at.h"
#include "tests/acceptance/phase3_steps.h"

namespace lianfang::acceptance {
namespace {

using namespace common::v1;  // NOLINT: reasons
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class AimsTest : public YearTest {
 protected:
  grading::v1::DepartmentLevel LevelOf(const std::string& department) {
    grading::v1::ListDepartmentLevelsRequest request;
    request.set_year(kYear);
    const auto levels = Must(Call(auditor(), &GradingStub::ListDepartmentLevels, request));
    for (const auto& level : levels.department_levels()) {
      if (level.department() == Department(department)) return level;
    }
    throw std::runtime_error(department + " has no level");
  }
  reporting::v1::Statistics RowOf(const std::string& department) {
    const auto statistics = Statistics();
    for (const auto& row : statistics.departments()) {
      if (row.department() == (department.empty() ? "" : Department(department))) {
        return row.statistics();
      }
    }
    throw std::runtime_error(department + " has no row");
  }
  void Weigh(const std::string& point, risk::v1::Likelihood likelihood,
             risk::v1::Consequence consequence) {
    risk::v1::UpdateRiskPointRequest request;
    request.mutable_risk_point()->set_name(point);
    request.mutable_risk_point()->mutable_factors()->set_likelihood(likelihood);
    request.mutable_risk_point()->mutable_factors()->set_consequence(consequence);
    request.mutable_update_mask()->add_paths("factors");
    Must(Call(office(), &RiskStub::UpdateRiskPoint, request));
  }
  // A self-check whose findings have these topics, approved.
  void ApproveSelfCheckOn(const std::string& person, const std::vector<SensitiveTopic>& topics) {
    auto form = NewSelfCheck(person);
    const risk::v1::Finding finding = form.self_check().findings(0);
    form.mutable_self_check()->clear_findings();
    for (const auto topic : topics) {
      *form.mutable_self_check()->add_findings() = finding;
      form.mutable_self_check()->mutable_findings()->rbegin()->set_sensitive_topic(topic);
    }
    const std::string name =
        Must(Call(As(person), &RiskStub::CreateSelfCheck, form)).self_check().name();
    ApproveSteps(Must(Do(As(person), &RiskStub::SubmitSelfCheck, name)).self_check().review());
  }
  // Counts by what they are of, without the noughts. `of` takes the key out of one count.
  template <class Counts, class Key>
  static std::map<int, int64_t> NonZero(const Counts& counts, Key of) {
    std::map<int, int64_t> map;
    for (const auto& count : counts) {
      if (count.count() != 0) map[of(count)] = count.count();
    }
    return map;
  }
};

// 「廉政风险防控管理是指各处室通过廉政风险排查和评估，确定廉政风险点及其风险等级」
// RPCs: RiskService.CreateRiskPoint, RiskService.CreateSubmission, RiskService.UpdateRiskPoint,
// RiskService.ArchiveRiskPoint, GradingService.ListDepartmentLevels, ReportingService.GetStatistics
TEST_F(AimsTest, WhatADepartmentFindsAndWeighsGivesItItsLevel) {
  On(6, 1);
  auto found = NewRiskPoint("trips", "moral");
  found.mutable_risk_point()->mutable_factors()->set_likelihood(risk::v1::LIKELIHOOD_CONSIDERABLE);
  found.mutable_risk_point()->mutable_factors()->set_consequence(risk::v1::CONSEQUENCE_SERIOUS);
  const std::string point =
      Must(Call(head("moral"), &RiskStub::CreateRiskPoint, found)).risk_point().name();
  EXPECT_EQ(LevelOf("moral").level(), RISK_LEVEL_UNSPECIFIED) << "found, and not examined yet";
  EXPECT_EQ(RowOf("moral").risk_point_count(), 0);
  HandInAndApprove(head("moral"), risk::v1::SUBMISSION_KIND_DEPARTMENT_RISKS, Department("moral"));
  EXPECT_EQ(LevelOf("moral").level(), RISK_LEVEL_HIGH);
  EXPECT_EQ(LevelOf("moral").grade_number(), 1);
  EXPECT_THAT(LevelOf("moral").deciding(), ElementsAre(point)) << "it says why";
  EXPECT_EQ(LevelOf("moral").risk_point_count(), 1);
  EXPECT_EQ(RowOf("moral").risk_point_count(), 1);
  EXPECT_EQ(LevelOf("supply").level(), RISK_LEVEL_UNSPECIFIED) << "what others found is theirs";

  // Weighed anew, it is another level; the highest of what there is counts; none is none.
  Weigh(point, risk::v1::LIKELIHOOD_SLIGHT, risk::v1::CONSEQUENCE_MINOR);
  EXPECT_EQ(LevelOf("moral").level(), RISK_LEVEL_LOW);
  ConfirmGradesOf({"moral-head"});
  EXPECT_EQ(LevelOf("moral").level(), RISK_LEVEL_MEDIUM);
  EXPECT_THAT(LevelOf("moral").deciding(), ElementsAre(GradeOf("moral-head").name()));
  Weigh(point, risk::v1::LIKELIHOOD_CERTAIN, risk::v1::CONSEQUENCE_MAJOR);
  EXPECT_EQ(LevelOf("moral").level(), RISK_LEVEL_HIGH);
  Must(Do(head("moral"), &RiskStub::ArchiveRiskPoint, point));
  EXPECT_EQ(LevelOf("moral").level(), RISK_LEVEL_MEDIUM) << "a risk that is no more";
}

// 「着力构建权力运行前期预防、中期监控、后期处置有机结合的廉政风险防控机制」
// RPCs: RiskService.CreatePower, RiskService.CreateWorkflow, RiskService.CreateMeasure,
// RiskService.CreateFeedback, RiskService.HandleFeedback, ReportingService.ListWarnings,
// WarningService.AdjudicateWarning, InspectionService.CreateRectification,
// InspectionService.CloseRectification, RiskService.GetRiskPoint
TEST_F(AimsTest, PreventionMonitoringAndDisposalAreOneChainOfRecords) {
  // Before: the power, its chart with the risk on it, and a measure for each stage.
  On(6, 1);
  FilePower("buying", "supply");
  DraftRiskPoint("one-quote", "supply", "buying");
  HandInAndApprove(head("supply"), risk::v1::SUBMISSION_KIND_POWER_RISKS, Department("supply"));
  const std::string point = Named("riskPoints", "one-quote");
  FileChart("buying", "supply", {"one-quote"});
  On(8, 1);
  for (const auto stage : {MEASURE_STAGE_EARLY_PREVENTION, MEASURE_STAGE_INTERIM_MONITORING,
                           MEASURE_STAGE_LATER_DISPOSAL}) {
    auto measure = NewMeasure(absl::StrCat("m", stage), point, "buyer");
    measure.mutable_measure()->set_stage(stage);
    Must(Call(head("supply"), &RiskStub::CreateMeasure, measure));
  }
  HandInAndApprove(head("supply"), risk::v1::SUBMISSION_KIND_DEPARTMENT_MEASURES,
                   Department("supply"));
  EXPECT_EQ(
      NonZero(RowOf("supply").measures_by_stage(), [](const auto& one) { return one.stage(); }),
      (std::map<int, int64_t>{{MEASURE_STAGE_EARLY_PREVENTION, 1},
                              {MEASURE_STAGE_INTERIM_MONITORING, 1},
                              {MEASURE_STAGE_LATER_DISPOSAL, 1}}));

  // Meanwhile: what people say about the risk comes together as a warning about it.
  On(9, 10);
  std::string feedback;
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(WarningsOf(office(), reporting::v1::WARNING_KIND_REPEATED_FEEDBACK), IsEmpty());
    feedback =
        Must(Call(feedback_box(), &RiskStub::CreateFeedback, NewFeedback(point))).feedback().name();
  }
  const auto warnings = WarningsOf(office(), reporting::v1::WARNING_KIND_REPEATED_FEEDBACK);
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_EQ(warnings[0].subject(), point);
  EXPECT_EQ(warnings[0].department(), Department("supply"));
  EXPECT_THAT(RiskPointOf(point).marks(), IsEmpty()) << "nobody has looked into it";
  Must(Do(office(), &RiskStub::AcceptFeedback, feedback));
  risk::v1::HandleFeedbackRequest handle;
  handle.set_name(feedback);
  handle.set_finding(risk::v1::FEEDBACK_FINDING_CONFIRMED);
  handle.set_result("九月只有一家报价。");
  Must(Call(office(), &RiskStub::HandleFeedback, handle));

  // After: it is adjudicated, put right, and checked by somebody else.
  auto adjudicate = NewAdjudication(warnings[0].name());
  adjudicate.set_disposal(reporting::v1::WARNING_DISPOSAL_RECTIFICATION);
  Must(Call(office(), &WarningStub::AdjudicateWarning, adjudicate));
  grading::v1::CreateRectificationRequest open;
  open.set_rectification_id("r1");
  auto& rectification = *open.mutable_rectification();
  rectification.set_source(grading::v1::RECTIFICATION_SOURCE_WARNING);
  rectification.set_source_record(warnings[0].name());
  rectification.set_department(Department("supply"));
  rectification.set_year(kYear);
  rectification.set_problem("九月只有一家报价。");
  rectification.set_responsible(Person("buyer"));
  *rectification.mutable_due_date() = Day(kYear, 9, 30);
  const std::string name =
      Must(Call(office(), &InspectionStub::CreateRectification, open)).rectification().name();
  grading::v1::StartRectificationRequest start;
  start.set_name(name);
  start.set_measure("补两家报价，重新比价。");
  Must(Call(As("buyer"), &InspectionStub::StartRectification, start));
  grading::v1::SubmitRectificationRequest done;
  done.set_name(name);
  done.set_result("三家报价已存档。");
  Must(Call(As("buyer"), &InspectionStub::SubmitRectification, done));
  EXPECT_THAT(Do(office(), &InspectionStub::CloseRectification, name),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION))
      << "said to be done, and not checked";
  grading::v1::VerifyRectificationRequest verify;
  verify.set_name(name);
  verify.set_passed(true);
  Must(Call(office(), &InspectionStub::VerifyRectification, verify));
  Must(Do(office(), &InspectionStub::CloseRectification, name));
  EXPECT_EQ(RowOf("supply").rectifications_closed(), 1);

  // From the end back to the beginning, record by record; and what happened is on the risk and on
  // each measure, for whoever goes on preventing.
  const auto closed = Get(&InspectionStub::GetRectification, name).rectification();
  const auto warning = Get(&WarningStub::GetWarning, closed.source_record()).warning();
  EXPECT_EQ(warning.adjudication().disposal(), reporting::v1::WARNING_DISPOSAL_RECTIFICATION);
  const auto risk = RiskPointOf(warning.subject());
  ASSERT_THAT(risk.marks(), SizeIs(1));
  EXPECT_EQ(risk.marks(0).source(), feedback);
  const auto power = Get(&RiskStub::GetPower, risk.power()).power();
  EXPECT_EQ(power.department(), closed.department());
  const auto chart = Get(&RiskStub::GetWorkflow, Named("workflows", "buying")).workflow();
  EXPECT_EQ(chart.power(), power.name());
  EXPECT_EQ(chart.risk_marks(0).risk_point(), risk.name());
  risk::v1::ListMeasuresRequest against;
  against.set_risk_point(risk.name());
  const auto measures = Must(Call(auditor(), &RiskStub::ListMeasures, against));
  ASSERT_THAT(measures.measures(), SizeIs(3));
  for (const auto& measure : measures.measures()) {
    ASSERT_THAT(measure.marks(), SizeIs(1)) << measure.name();
    EXPECT_EQ(measure.marks(0).cause(), MARK_CAUSE_FEEDBACK);
  }
}

// 「压缩学校权力部门自由裁量权的空间，形成对权力运行的有效制约机制」
// RPCs: RiskService.CreatePower, RiskService.UpdatePower, RiskService.CreateSubmission,
// ReviewService.Decide, GradingService.GradePost
TEST_F(AimsTest, APowerStandsOnABasisAndNobodyWidensItAlone) {
  On(6, 10);
  const auto without = [&](auto clear) {
    auto request = NewPower("buying", "supply");
    clear(*request.mutable_power());
    return Call(head("supply"), &RiskStub::CreatePower, request);
  };
  EXPECT_THAT(without([](auto& power) { power.clear_legal_basis(); }),
              FailsAt(ERROR_REASON_REQUIRED_FIELD, "power.legal_basis"));
  EXPECT_THAT(without([](auto& power) { power.clear_exercising_body(); }),
              FailsAt(ERROR_REASON_REQUIRED_FIELD, "power.exercising_body"));
  EXPECT_THAT(
      without([](auto& power) { power.mutable_disclosure()->set_scope(PUBLICITY_SCOPE_NONE); }),
      FailsAt(ERROR_REASON_REQUIRED_FIELD, "power.disclosure.withheld_reason"))
      << "kept from the public without a reason";

  const std::string name = FilePower("buying", "supply");
  risk::v1::UpdatePowerRequest wider;
  wider.mutable_power()->set_name(name);
  wider.mutable_power()->set_content("自行决定所有物资的采购。");
  wider.mutable_update_mask()->add_paths("content");
  EXPECT_THAT(Call(head("finance"), &RiskStub::UpdatePower, wider),
              FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  Must(Call(head("supply"), &RiskStub::UpdatePower, wider));
  const auto draft = Get(&RiskStub::GetPower, name).power();
  EXPECT_EQ(draft.state(), risk::v1::FILING_STATE_DRAFT) << "it counts for nothing yet";
  EXPECT_EQ(Statistics().total().power_count(), 0);
  const auto form =
      Must(HandIn(head("supply"), risk::v1::SUBMISSION_KIND_POWER_CATALOGUE, Department("supply")));
  EXPECT_THAT(Approve(head("supply"), form.review()), FailsWith(ERROR_REASON_OWN_RECORD));
  EXPECT_THAT(Call(head("supply"), &RiskStub::UpdatePower, wider),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION))
      << "what is looked at stays what it is";
  Must(Return(leader_of("supply"), form.review(), "请写明限额和集体决定的程序。"));
  EXPECT_EQ(Get(&RiskStub::GetPower, name).power().state(), risk::v1::FILING_STATE_RETURNED);
  EXPECT_EQ(Statistics().total().power_count(), 0);
  wider.mutable_power()->set_content("五千元以下由两人询价，以上由集体决定。");
  wider.clear_request_id();
  Must(Call(head("supply"), &RiskStub::UpdatePower, wider));
  HandInAndApprove(head("supply"), risk::v1::SUBMISSION_KIND_POWER_CATALOGUE, Department("supply"));
  EXPECT_EQ(Get(&RiskStub::GetPower, name).power().revision(), 3);
  EXPECT_EQ(Statistics().total().power_count(), 1);

  // Discretion without a limit is a reason to call a post high, whatever its functions are.
  grading::v1::GradePostRequest post;
  post.set_policy("scheme-2013-count");
  post.mutable_profile()->set_risk_kind_count(1);
  EXPECT_EQ(Must(Call(office(), &GradingStub::GradePost, post)).grade().level(), RISK_LEVEL_LOW);
  post.mutable_profile()->set_unlimited_discretion(true);
  const auto grade = Must(Call(office(), &GradingStub::GradePost, post)).grade();
  EXPECT_EQ(grade.level(), RISK_LEVEL_HIGH);
  EXPECT_EQ(grade.reasons(0).input(), "自由裁量权缺乏合理限制");
}

// 「把学校重要行政审批项目、重要评审项目、重大改革项目、重大发展项目、重大工程项目作为廉政风险防控重点」
// RPCs: RiskService.CreateRiskPoint, RiskService.ListRiskPoints, RiskService.CreateSelfCheck,
// RiskService.CarryForward, GradingService.GetGrade
TEST_F(AimsTest, TheFiveKindsOfProjectsAreNamedOnTheRegisterAndStayInSight) {
  const std::vector<int> kinds = {PROJECT_KIND_ADMINISTRATIVE_APPROVAL, PROJECT_KIND_EVALUATION,
                                  PROJECT_KIND_REFORM, PROJECT_KIND_DEVELOPMENT,
                                  PROJECT_KIND_ENGINEERING};
  On(6, 1);
  for (const int kind : kinds) {
    auto request = NewRiskPoint(absl::StrCat("project", kind), "supply");
    request.mutable_risk_point()->set_project_kind(static_cast<ProjectKind>(kind));
    Must(Call(head("supply"), &RiskStub::CreateRiskPoint, request));
  }
  auto sixth = NewRiskPoint("project6", "supply");
  sixth.mutable_risk_point()->set_project_kind(static_cast<ProjectKind>(6));
  EXPECT_THAT(Call(head("supply"), &RiskStub::CreateRiskPoint, sixth),
              FailsAt(ERROR_REASON_UNKNOWN_ENUM_VALUE, "risk_point.project_kind"));
  HandInAndApprove(head("supply"), risk::v1::SUBMISSION_KIND_DEPARTMENT_RISKS,
                   Department("supply"));
  std::vector<int> registered;
  for (const auto& point : PointsOf(Department("supply"))) {
    if (point.state() == risk::v1::RISK_POINT_STATE_REGISTERED) {
      registered.push_back(point.project_kind());
    }
  }
  EXPECT_THAT(registered, ::testing::UnorderedElementsAreArray(kinds));

  // So on a person's form; and whoever runs such projects is high.
  auto form = NewSelfCheck("principal");
  form.mutable_self_check()->mutable_findings(0)->set_project_kind(PROJECT_KIND_ENGINEERING);
  const std::string name =
      Must(Call(principal(), &RiskStub::CreateSelfCheck, form)).self_check().name();
  ApproveSteps(Must(Do(principal(), &RiskStub::SubmitSelfCheck, name)).self_check().review());
  EXPECT_EQ(RiskPointOf(Named("riskPoints", "sc-principal-1")).project_kind(),
            PROJECT_KIND_ENGINEERING);
  SetFunctions("registrar", {POST_FUNCTION_KEY_PROJECT_MANAGEMENT});
  ConfirmGradesOf({"registrar"});
  EXPECT_EQ(GradeOf("registrar").confirmed_level(), RISK_LEVEL_HIGH);
  EXPECT_EQ(GradeOf("registrar").proposal().reasons(0).input(), "职能：重要项目管理");

  // The next year begins with them.
  OnDay(kYear + 1, 1, 10);
  risk::v1::CarryForwardRequest carry;
  carry.set_from_year(kYear);
  carry.set_to_year(kYear + 1);
  Must(Call(office(), &RiskStub::CarryForward, carry));
  risk::v1::ListRiskPointsRequest list;
  list.set_year(kYear + 1);
  list.set_owner(Department("supply"));
  std::vector<int> next;
  const auto carried = Must(Call(auditor(), &RiskStub::ListRiskPoints, list));
  for (const auto& point : carried.risk_points()) next.push_back(point.project_kind());
  EXPECT_THAT(next, ::testing::UnorderedElementsAreArray(kinds));
}

// 「从单位、科室、岗位三个层次，全面排查并切实找准找全廉政“风险点”」
// RPCs: RiskService.CreateRiskPoint, RiskService.ListRiskPoints, ReportingService.GetStatistics,
// CampaignService.ListCampaignTasks
TEST_F(AimsTest, UnitDepartmentsAndPostsAreEachSearchedAndCounted) {
  On(6, 1);
  const std::string of_unit = RegisterPoint("decisions", "");
  const std::string of_department = RegisterPoint("stock", "supply");
  ApproveSelfCheck("buyer");
  EXPECT_EQ(RiskPointOf(of_unit).layer(), RISK_LAYER_UNIT);
  EXPECT_EQ(RiskPointOf(of_department).layer(), RISK_LAYER_DEPARTMENT);
  const std::map<int, int64_t> by_layer = {
      {RISK_LAYER_UNIT, 1}, {RISK_LAYER_DEPARTMENT, 1}, {RISK_LAYER_POST, 2}};
  const auto layer = [](const auto& one) { return one.layer(); };
  EXPECT_EQ(NonZero(Statistics().total().risk_points_by_layer(), layer), by_layer);
  EXPECT_EQ(NonZero(RowOf("supply").risk_points_by_layer(), layer),
            (std::map<int, int64_t>{{RISK_LAYER_DEPARTMENT, 1}, {RISK_LAYER_POST, 2}}));
  EXPECT_EQ(NonZero(RowOf("").risk_points_by_layer(), layer),
            (std::map<int, int64_t>{{RISK_LAYER_UNIT, 1}}));

  // A risk is its layer's: a department cannot own the unit's, nor the unit a department's.
  auto wrong = NewRiskPoint("wrong", "supply");
  wrong.mutable_risk_point()->set_layer(RISK_LAYER_UNIT);
  EXPECT_THAT(Call(office(), &RiskStub::CreateRiskPoint, wrong),
              FailsAt(ERROR_REASON_INVALID_FIELD, "risk_point.owner"));
  wrong = NewRiskPoint("wrong", "");
  wrong.mutable_risk_point()->set_layer(RISK_LAYER_DEPARTMENT);
  EXPECT_THAT(Call(office(), &RiskStub::CreateRiskPoint, wrong),
              FailsAt(ERROR_REASON_INVALID_FIELD, "risk_point.owner"));

  // Nobody is passed over: the day after, whoever has found nothing yet stands there by name.
  On(6, 6);
  std::set<std::string> departments;
  for (const auto& piece : Pieces("department-risks")) {
    if (piece.overdue()) departments.insert(piece.subject());
  }
  EXPECT_EQ(departments,
            (std::set<std::string>{Department("finance"), Department("moral"),
                                   Department("party-office"), Department("teaching")}));
  std::set<std::string> without_form;
  for (const auto& piece : Pieces("self-checks")) {
    if (piece.overdue()) without_form.insert(piece.person());
  }
  EXPECT_EQ(without_form.size(), persons().size() - 1);
  EXPECT_FALSE(without_form.contains(Person("buyer")));
}

// 「认真查找岗位职责、业务流程、制度机制和外部环境等方面可能发生腐败行为的风险」
// RPCs: RiskService.CreateRiskPoint, RiskService.CreateSubmission, ReportingService.GetStatistics
TEST_F(AimsTest, EveryRiskHasOneOfTheCategoriesOfItsForm) {
  const std::vector<RiskCategory> categories = {
      RISK_CATEGORY_POST_DUTY, RISK_CATEGORY_BUSINESS_PROCESS,
      RISK_CATEGORY_INSTITUTIONAL_MECHANISM, RISK_CATEGORY_EXTERNAL_ENVIRONMENT};
  On(6, 1);
  std::map<int, int64_t> expected;
  for (const auto category : categories) {
    // One more of each than of the one before, so that no count can stand for another.
    for (int i = 0; i <= static_cast<int>(expected.size()); ++i) {
      auto request = NewRiskPoint(absl::StrCat("c", category, "-", i), "supply");
      request.mutable_risk_point()->set_category(category);
      Must(Call(head("supply"), &RiskStub::CreateRiskPoint, request));
    }
    expected[category] = static_cast<int64_t>(expected.size()) + 1;
  }
  const auto with = [&](RiskCategory category) {
    auto request = NewRiskPoint("other", "supply");
    request.mutable_risk_point()->set_category(category);
    return Call(head("supply"), &RiskStub::CreateRiskPoint, request);
  };
  EXPECT_THAT(with(RISK_CATEGORY_UNSPECIFIED),
              FailsAt(ERROR_REASON_REQUIRED_FIELD, "risk_point.category"));
  for (const auto of_persons : {RISK_CATEGORY_MORALITY, RISK_CATEGORY_RULE_EXECUTION}) {
    EXPECT_THAT(with(of_persons), FailsAt(ERROR_REASON_INVALID_FIELD, "risk_point.category"))
        << "that is asked of a person, not of a department";
  }
  HandInAndApprove(head("supply"), risk::v1::SUBMISSION_KIND_DEPARTMENT_RISKS,
                   Department("supply"));
  const auto category = [](const auto& one) { return one.category(); };
  EXPECT_EQ(NonZero(RowOf("supply").risk_points_by_category(), category), expected);
  // A correction moves the risk from one column to the other.
  risk::v1::UpdateRiskPointRequest correct;
  correct.mutable_risk_point()->set_name(
      Named("riskPoints", absl::StrCat("c", RISK_CATEGORY_EXTERNAL_ENVIRONMENT, "-0")));
  correct.mutable_risk_point()->set_category(RISK_CATEGORY_POST_DUTY);
  correct.mutable_update_mask()->add_paths("category");
  Must(Call(head("supply"), &RiskStub::UpdateRiskPoint, correct));
  --expected[RISK_CATEGORY_EXTERNAL_ENVIRONMENT];
  ++expected[RISK_CATEGORY_POST_DUTY];
  EXPECT_EQ(NonZero(Statistics().total().risk_points_by_category(), category), expected);
}

// 「解决有偿补课、教辅用书征订、招生、重大项目招投标等敏感问题」
// RPCs: RiskService.CreateSelfCheck, ReportingService.GetStatistics, RiskService.CreateMeasure,
// RiskService.AssessMeasure, RiskService.ArchiveMeasure, RiskService.ArchiveRiskPoint
TEST_F(AimsTest, ASensitiveTopicIsCountedUntilItIsSolved) {
  On(5, 20);
  ApproveSelfCheckOn("teacher-a", {SENSITIVE_TOPIC_PAID_TUTORING});
  ApproveSelfCheckOn("teaching-head",
                     {SENSITIVE_TOPIC_TEACHING_AID_ORDERING, SENSITIVE_TOPIC_ADMISSIONS});
  ApproveSelfCheckOn("vp-logistics", {SENSITIVE_TOPIC_MAJOR_PROJECT_BIDDING,
                                      SENSITIVE_TOPIC_MAJOR_PROJECT_BIDDING});
  const auto topic = [](const auto& one) { return one.topic(); };
  const std::map<int, int64_t> found = {{SENSITIVE_TOPIC_PAID_TUTORING, 1},
                                        {SENSITIVE_TOPIC_TEACHING_AID_ORDERING, 1},
                                        {SENSITIVE_TOPIC_ADMISSIONS, 1},
                                        {SENSITIVE_TOPIC_MAJOR_PROJECT_BIDDING, 2}};
  EXPECT_EQ(NonZero(Statistics().total().risk_points_by_topic(), topic), found);
  EXPECT_EQ(NonZero(RowOf("teaching").risk_points_by_topic(), topic),
            (std::map<int, int64_t>{{SENSITIVE_TOPIC_PAID_TUTORING, 1},
                                    {SENSITIVE_TOPIC_TEACHING_AID_ORDERING, 1},
                                    {SENSITIVE_TOPIC_ADMISSIONS, 1}}));
  auto form = NewSelfCheck("teacher-b");
  form.mutable_self_check()->mutable_findings(1)->set_sensitive_topic(
      static_cast<SensitiveTopic>(99));
  EXPECT_THAT(Call(As("teacher-b"), &RiskStub::CreateSelfCheck, form),
              FailsAt(ERROR_REASON_UNKNOWN_ENUM_VALUE, "self_check.findings[1].sensitive_topic"));

  // Treated, tried, and then no risk any more.
  On(9, 1);
  const std::string point = Named("riskPoints", "sc-teaching-head-1");
  EXPECT_EQ(RowOf("teaching").risk_points_without_measure(), 3);
  const std::string measure = FilePostMeasure("m", "teaching-head", point);
  EXPECT_EQ(RowOf("teaching").risk_points_without_measure(), 2);
  EXPECT_THAT(Do(office(), &RiskStub::ArchiveRiskPoint, point),
              FailsWith(ERROR_REASON_STILL_IN_USE))
      << "it is being treated";
  On(11, 10);
  Must(Assess(head("teaching"), measure, risk::v1::MEASURE_EFFECT_EFFECTIVE, "由年级统一征订。",
              "改由家长自愿购买，学校不再经手。"));
  Must(Do(office(), &RiskStub::ArchiveMeasure, measure));
  Must(Do(office(), &RiskStub::ArchiveRiskPoint, point));
  auto left = found;
  left.erase(SENSITIVE_TOPIC_TEACHING_AID_ORDERING);
  EXPECT_EQ(NonZero(Statistics().total().risk_points_by_topic(), topic), left);
  EXPECT_EQ(RiskPointOf(point).sensitive_topic(), SENSITIVE_TOPIC_TEACHING_AID_ORDERING);
  EXPECT_EQ(MeasureOf(measure).outcome_after(), "改由家长自愿购买，学校不再经手。")
      << "how it was solved stays to be read";
}

// 「通过建立健全制度、贯彻执行、检查考核、调整修正等环节，对预防腐败工作进行科学化、系统化管理」
// RPCs: RiskService.CreateMeasure, RiskService.AssessMeasure, ReportingService.ListWarnings,
// InspectionService.CreateSelfInspectionReport, InspectionService.ConcludeExamination,
// RiskService.ReviseMeasure, RiskService.UpdateMeasure, ReportingService.GetStatistics
TEST_F(AimsTest, TheYearIsACycleOfRuleTrialExaminationAndRevision) {
  // 建立健全制度.
  On(6, 1);
  const std::string point = RegisterPoint("stock", "supply");
  On(9, 1);
  const std::string measure = FileDepartmentMeasure("two-signatures", "supply", point);
  // 贯彻执行: tried, it does not do.
  constexpr auto kKind = reporting::v1::WARNING_KIND_MEASURE_WITHOUT_EFFECT;
  On(11, 5);
  Must(Assess(head("supply"), measure, risk::v1::MEASURE_EFFECT_NONE, "差三件。", "仍差三件。"));
  const auto warnings = WarningsOf(head("supply"), kKind);
  ASSERT_THAT(warnings, SizeIs(1)) << "whose measure it is learns of it";
  EXPECT_EQ(warnings[0].subject(), measure);
  // 检查考核: by the department itself, and by the group.
  Must(Call(head("supply"), &InspectionStub::CreateSelfInspectionReport,
            NewReport("r1", Department("supply"), false)));
  const std::string first = Named("selfInspectionReports", "r1");
  ApproveSteps(Must(SubmitReport(head("supply"), first)).review());
  On(11, 25);
  const auto examination = Must(Call(As("vp-teaching"), &InspectionStub::CreateExamination,
                                     NewExamination("e1", "supply", "storekeeper")))
                               .examination();
  Must(Do(As("vp-teaching"), &InspectionStub::ConcludeExamination, examination.name()));
  EXPECT_EQ(ReportOf(first).state(), grading::v1::SELF_INSPECTION_STATE_IMPROVING);
  EXPECT_EQ(RowOf("supply").targets_unmet(), 1);
  EXPECT_EQ(RowOf("supply").rectification_count(), 1);
  // 调整修正: the measure is written anew, reviewed anew, and tried anew.
  On(12, 1);
  Must(Do(head("supply"), &RiskStub::ReviseMeasure, measure));
  EXPECT_THAT(
      Assess(head("supply"), measure, risk::v1::MEASURE_EFFECT_EFFECTIVE, "差三件。", "账实相符。"),
      FailsWith(ERROR_REASON_ILLEGAL_TRANSITION))
      << "not in force before it is filed again";
  risk::v1::UpdateMeasureRequest rewrite;
  rewrite.mutable_measure()->set_name(measure);
  rewrite.mutable_measure()->set_content("验收须两人签字，每月盘点一次。");
  rewrite.mutable_update_mask()->add_paths("content");
  Must(Call(head("supply"), &RiskStub::UpdateMeasure, rewrite));
  HandInAndApprove(head("supply"), risk::v1::SUBMISSION_KIND_DEPARTMENT_MEASURES,
                   Department("supply"));
  On(12, 20);
  Must(Assess(head("supply"), measure, risk::v1::MEASURE_EFFECT_EFFECTIVE, "差三件。",
              "账实相符。"));
  EXPECT_THAT(WarningsOf(head("supply"), kKind), IsEmpty());
  Must(Call(head("supply"), &InspectionStub::CreateSelfInspectionReport,
            NewReport("r2", Department("supply"), true)));
  const std::string second = Named("selfInspectionReports", "r2");
  ApproveSteps(Must(SubmitReport(head("supply"), second)).review());
  // Round, closed, and each turn of it to be read.
  EXPECT_EQ(ReportOf(first).met_by(), second);
  EXPECT_EQ(ReportOf(second).previous(), first);
  EXPECT_EQ(RowOf("supply").targets_unmet(), 0);
  EXPECT_EQ(MeasureOf(measure).revision(), 2);
  EXPECT_EQ(MeasureOf(measure).effect(), risk::v1::MEASURE_EFFECT_EFFECTIVE);
  EXPECT_EQ(RowOf("supply").rectifications_closed(), 0)
      << "what the group found stays open until the group has checked it";
}

}  // namespace
}  // namespace lianfang::acceptance
