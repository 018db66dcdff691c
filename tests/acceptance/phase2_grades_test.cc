// 「5、评定风险等级」: what a level rests on, who looks at it, and the table of what was confirmed.
#include <string>

#include "tests/acceptance/fails_at.h"
#include "tests/acceptance/phase3_steps.h"

namespace lianfang::acceptance {
namespace {

using namespace common::v1;  // NOLINT: reasons
using grading::v1::Grade;
using grading::v1::GRADE_STATE_CONFIRMED;
using grading::v1::GRADE_STATE_RETURNED;
using grading::v1::GRADE_STATE_SCHOOL_REVIEW;
using grading::v1::GRADE_STATE_SUPERIOR_REVIEW;
using grading::v1::PostGrade;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kHigh[] =
    "与教职工教育教学生活密切相关的岗位，具有执法权、投资决策权、以及从事财务、物资采购、基建维修、"
    "工程招投标、重要项目管理、工程建设基建、招生、招聘等管理岗位，应确定为一级廉政风险";
constexpr char kHighHead[] = "高级风险岗位设定为：单位领导班子正职岗位";
constexpr char kMedium[] =
    "具有一般经济管理、社会事务管理、公共服务等职能的岗位应确定为二级廉政风险";
constexpr char kLow[] = "低级风险岗位设定为：除高、中级以外的其它岗位";

class GradeTest : public YearTest {
 protected:
  // A post with these functions, graded as a program of the school asks for it.
  PostGrade GradeBy(const std::vector<PostFunction>& functions, bool unit_head = false) {
    grading::v1::GradePostRequest request;
    request.mutable_profile()->set_post("某岗位");
    request.mutable_profile()->set_is_unit_head(unit_head);
    for (const auto function : functions) request.mutable_profile()->add_functions(function);
    auto& program = With("integrations/office-automation", {"integration"});
    return Must(Call(program, &GradingStub::GradePost, request)).grade();
  }
  absl::StatusOr<grading::v1::AssessRiskResponse> AssessFactors(int likelihood, int consequence) {
    grading::v1::AssessRiskRequest request;
    request.mutable_factors()->set_likelihood(static_cast<risk::v1::Likelihood>(likelihood));
    request.mutable_factors()->set_consequence(static_cast<risk::v1::Consequence>(consequence));
    return Call(office(), &GradingStub::AssessRisk, request);
  }
  Grade ProposeBy(const std::string& policy, const std::string& post) {
    grading::v1::ProposeGradesRequest request;
    request.set_year(kYear);
    request.set_policy(policy);
    Must(Call(office(), &GradingStub::ProposeGrades, request));
    return GradeOf(post);
  }
  absl::StatusOr<grading::v1::OverrideGradeResponse> OverrideAs(client::Client& client,
                                                                const std::string& post,
                                                                RiskLevel level,
                                                                const std::string& reason) {
    grading::v1::OverrideGradeRequest request;
    request.set_name(GradeOf(post).name());
    request.set_level(level);
    request.set_reason(reason);
    return Call(client, &GradingStub::OverrideGrade, request);
  }
  // Proposes the grades of these persons' posts, once their forms are approved.
  void ProposeFor(const std::vector<std::string>& persons) {
    for (const std::string& person : persons) ApproveSelfCheck(person);
    Must(ProposeGrades());
  }
  absl::StatusOr<grading::v1::Review> ApproveGrade(client::Client& client,
                                                   const std::string& post) {
    return Approve(client, GradeOf(post).review());
  }
  reporting::v1::GetRiskSummaryRequest OfSummary(const std::string& department = "") {
    reporting::v1::GetRiskSummaryRequest request;
    request.set_unit(kUnit);
    request.set_year(kYear);
    if (!department.empty()) request.set_department(Department(department));
    return request;
  }
  std::vector<reporting::v1::RiskSummaryRow> Summary(const std::string& department = "") {
    const auto table = Must(Call(office(), &ReportingStub::GetRiskSummary, OfSummary(department)));
    return {table.rows().begin(), table.rows().end()};
  }
};

// 「依据廉政风险点的多少和权力行使的频率、风险发生的几率、腐败现象发生的概率或危害损失程度等内容，将各岗位廉政风险分为高、中、低三个类别」
// RPCs: RiskService.CreateSelfCheck, GradingService.AssessRisk, GradingService.ProposeGrades,
// GradingService.GetGrade, RiskService.UpdateRiskPoint
TEST_F(GradeTest, TheLevelRestsOnHowManyHowOftenHowLikelyAndHowBad) {
  // How likely and how bad: more of either never means less, and all three levels come out.
  std::set<int> levels;
  for (int likelihood = 1; likelihood <= 4; ++likelihood) {
    for (int consequence = 1; consequence <= 4; ++consequence) {
      const auto assessed = Must(AssessFactors(likelihood, consequence));
      levels.insert(assessed.level());
      EXPECT_FALSE(assessed.reason().input().empty());
      if (likelihood > 1) {
        EXPECT_LT(Must(AssessFactors(likelihood - 1, consequence)).score(), assessed.score());
        EXPECT_GE(Must(AssessFactors(likelihood - 1, consequence)).level(), assessed.level());
      }
      if (consequence > 1) {
        EXPECT_LT(Must(AssessFactors(likelihood, consequence - 1)).score(), assessed.score());
        EXPECT_GE(Must(AssessFactors(likelihood, consequence - 1)).level(), assessed.level());
      }
    }
  }
  EXPECT_EQ(levels, (std::set<int>{RISK_LEVEL_HIGH, RISK_LEVEL_MEDIUM, RISK_LEVEL_LOW}));
  EXPECT_THAT(AssessFactors(0, 4), FailsAt(ERROR_REASON_REQUIRED_FIELD, "factors.likelihood"));
  EXPECT_THAT(AssessFactors(4, 0), FailsAt(ERROR_REASON_REQUIRED_FIELD, "factors.consequence"));

  // A post that is low by what it does, with three kinds of risk, of which one is grave.
  On(6, 20);
  auto form = NewSelfCheck("counsellor");
  auto& findings = *form.mutable_self_check()->mutable_findings();
  *findings.Add() = findings[0];
  findings[2].set_category(RISK_CATEGORY_MORALITY);
  findings[0].mutable_factors()->set_exercise_frequency(risk::v1::EXERCISE_FREQUENCY_FREQUENT);
  findings[0].mutable_factors()->set_likelihood(risk::v1::LIKELIHOOD_CONSIDERABLE);
  findings[0].mutable_factors()->set_consequence(risk::v1::CONSEQUENCE_SERIOUS);
  const std::string name =
      Must(Call(As("counsellor"), &RiskStub::CreateSelfCheck, form)).self_check().name();
  ApproveSteps(Must(Do(As("counsellor"), &RiskStub::SubmitSelfCheck, name)).self_check().review());

  // Whoever reviews the grade has before him all that it was made from.
  const Grade by_rule = ProposeBy("", "counsellor");
  EXPECT_EQ(by_rule.level(), RISK_LEVEL_LOW);
  EXPECT_EQ(by_rule.profile().risk_kind_count(), 3);
  ASSERT_THAT(by_rule.profile().risks(), SizeIs(1));
  EXPECT_EQ(by_rule.profile().risks(0).exercise_frequency(), risk::v1::EXERCISE_FREQUENCY_FREQUENT);

  const Grade by_count = ProposeBy("scheme-2013-count", "counsellor");
  EXPECT_EQ(by_count.level(), RISK_LEVEL_MEDIUM);
  EXPECT_THAT(by_count.proposal().reasons(0).input(), HasSubstr("3"));
  const Grade by_matrix = ProposeBy("scheme-2013-matrix", "counsellor");
  EXPECT_EQ(by_matrix.level(), RISK_LEVEL_HIGH);
  EXPECT_EQ(by_matrix.proposal().score(), Must(AssessFactors(3, 3)).score());
  EXPECT_EQ(by_matrix.proposal().rule_floor(), RISK_LEVEL_LOW);
  EXPECT_EQ(by_matrix.revision(), 3);

  // Weighed otherwise, the same post is proposed otherwise.
  risk::v1::UpdateRiskPointRequest milder;
  milder.mutable_risk_point()->set_name(Named("riskPoints", "sc-counsellor-1"));
  milder.mutable_risk_point()->mutable_factors()->set_likelihood(risk::v1::LIKELIHOOD_MODERATE);
  milder.mutable_risk_point()->mutable_factors()->set_consequence(risk::v1::CONSEQUENCE_SERIOUS);
  milder.mutable_update_mask()->add_paths("factors");
  Must(Call(office(), &RiskStub::UpdateRiskPoint, milder));
  EXPECT_EQ(ProposeBy("scheme-2013-matrix", "counsellor").level(), RISK_LEVEL_MEDIUM);
}

// 「高级风险岗位设定为：单位领导班子正职岗位，与教职工教育教学生活密切相关的岗位，具有执法权、投资决策权、以及从事财务、物资采购、基建维修、工程招投标、重要项目管理、工程建设基建、招生、招聘等管理岗位，应确定为一级廉政风险」
// RPCs: GradingService.GradePost, GradingService.ProposeGrades, GradingService.OverrideGrade
TEST_F(GradeTest, HighIsWhoeverLeadsAndWhoeverHoldsOneOfTheElevenFunctions) {
  const std::pair<PostFunction, const char*> functions[] = {
      {POST_FUNCTION_STAFF_LIFE, "与教职工教育教学生活密切相关"},
      {POST_FUNCTION_LAW_ENFORCEMENT, "执法权"},
      {POST_FUNCTION_INVESTMENT_DECISION, "投资决策权"},
      {POST_FUNCTION_FINANCE, "财务"},
      {POST_FUNCTION_PROCUREMENT, "物资采购"},
      {POST_FUNCTION_INFRASTRUCTURE_REPAIR, "基建维修"},
      {POST_FUNCTION_PROJECT_BIDDING, "工程招投标"},
      {POST_FUNCTION_KEY_PROJECT_MANAGEMENT, "重要项目管理"},
      {POST_FUNCTION_CONSTRUCTION, "工程建设基建"},
      {POST_FUNCTION_ADMISSIONS, "招生"},
      {POST_FUNCTION_RECRUITMENT, "招聘"}};
  for (const auto& [function, word] : functions) {
    // The higher function decides, whatever stands beside it.
    const PostGrade grade = GradeBy({POST_FUNCTION_PUBLIC_SERVICE, function});
    EXPECT_EQ(grade.level(), RISK_LEVEL_HIGH) << word;
    EXPECT_EQ(grade.rule_floor(), RISK_LEVEL_HIGH) << word;
    EXPECT_EQ(grade.grade_number(), 1) << word;
    ASSERT_THAT(grade.reasons(), SizeIs(2)) << word;
    EXPECT_EQ(grade.reasons(0).clause(), kHigh);
    EXPECT_THAT(grade.reasons(0).input(), HasSubstr(word));
    EXPECT_EQ(grade.reasons(1).clause(), kMedium);
  }
  const PostGrade head = GradeBy({}, true);
  EXPECT_EQ(head.grade_number(), 1);
  ASSERT_THAT(head.reasons(), SizeIs(1));
  EXPECT_EQ(head.reasons(0).clause(), kHighHead);

  // The school's own posts, from its directory.
  On(6, 20);
  ProposeFor({"secretary", "cashier"});
  EXPECT_EQ(GradeOf("secretary").level(), RISK_LEVEL_HIGH);
  EXPECT_EQ(GradeOf("secretary").proposal().reasons(0).clause(), kHighHead);
  EXPECT_EQ(GradeOf("cashier").proposal().reasons(0).clause(), kHigh);
  EXPECT_THAT(GradeOf("cashier").proposal().reasons(0).input(), HasSubstr("财务"));
  for (const auto level : {RISK_LEVEL_MEDIUM, RISK_LEVEL_LOW}) {
    for (const std::string post : {"secretary", "cashier"}) {
      EXPECT_THAT(OverrideAs(As("vp-teaching"), post, level, "防控措施已经落实。"),
                  FailsAt(ERROR_REASON_BELOW_RULE_FLOOR, "level"))
          << "no reason is good enough";
    }
  }
  EXPECT_EQ(GradeOf("cashier").level(), RISK_LEVEL_HIGH);
  EXPECT_EQ(GradeOf("cashier").revision(), 1);
}

// 「中级风险岗位设定为：具有一般经济管理、社会事务管理、公共服务等职能的岗位应确定为二级廉政风险」
// RPCs: GradingService.GradePost, GradingService.ProposeGrades, GradingService.OverrideGrade
TEST_F(GradeTest, MediumMayBeRaisedAndBroughtBackButNotBelowTheRule) {
  const std::pair<PostFunction, const char*> functions[] = {
      {POST_FUNCTION_GENERAL_ECONOMIC_MANAGEMENT, "一般经济管理"},
      {POST_FUNCTION_SOCIAL_AFFAIRS_MANAGEMENT, "社会事务管理"},
      {POST_FUNCTION_PUBLIC_SERVICE, "公共服务"}};
  for (const auto& [function, word] : functions) {
    const PostGrade grade = GradeBy({function});
    EXPECT_EQ(grade.level(), RISK_LEVEL_MEDIUM) << word;
    EXPECT_EQ(grade.grade_number(), 2) << word;
    ASSERT_THAT(grade.reasons(), SizeIs(1)) << word;
    EXPECT_EQ(grade.reasons(0).clause(), kMedium);
    EXPECT_THAT(grade.reasons(0).input(), HasSubstr(word));
  }

  On(6, 20);
  ProposeFor({"storekeeper"});
  EXPECT_EQ(GradeOf("storekeeper").level(), RISK_LEVEL_MEDIUM);
  EXPECT_THAT(OverrideAs(head("supply"), "storekeeper", RISK_LEVEL_HIGH, "保管大宗物资。"),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(OverrideAs(With(Person("storekeeper"), {"leading_group"}), "storekeeper",
                         RISK_LEVEL_HIGH, "保管大宗物资。"),
              FailsWith(ERROR_REASON_OWN_RECORD));
  const std::string review = GradeOf("storekeeper").review();
  ASSERT_THAT(OverrideAs(principal(), "storekeeper", RISK_LEVEL_HIGH, ""), IsOk())
      << "whoever is more careful need not say why";
  EXPECT_EQ(GradeOf("storekeeper").revision(), 2);
  EXPECT_NE(GradeOf("storekeeper").review(), review) << "the review begins again";
  EXPECT_EQ(GradeOf("storekeeper").proposal().level(), RISK_LEVEL_MEDIUM) << "what the rule said";
  EXPECT_THAT(OverrideAs(principal(), "storekeeper", RISK_LEVEL_MEDIUM, " \n"),
              FailsAt(ERROR_REASON_REASON_REQUIRED, "reason"));
  EXPECT_THAT(OverrideAs(principal(), "storekeeper", RISK_LEVEL_LOW, "大宗物资已移交。"),
              FailsAt(ERROR_REASON_BELOW_RULE_FLOOR, "level"));
  ASSERT_THAT(OverrideAs(principal(), "storekeeper", RISK_LEVEL_MEDIUM, "大宗物资已移交。"),
              IsOk());
  EXPECT_EQ(ConfirmGrade("storekeeper").confirmed_level(), RISK_LEVEL_MEDIUM);
}

// 「低级风险岗位设定为：除高、中级以外的其它岗位」
// RPCs: GradingService.GradePost, GradingService.ProposeGrades, GradingService.ListGrades,
// GradingService.OverrideGrade
TEST_F(GradeTest, LowIsEveryOtherPostSoThatNoneIsLeftWithoutALevel) {
  const PostGrade grade = GradeBy({});
  EXPECT_EQ(grade.level(), RISK_LEVEL_LOW);
  EXPECT_EQ(grade.grade_number(), 3);
  ASSERT_THAT(grade.reasons(), SizeIs(1));
  EXPECT_EQ(grade.reasons(0).clause(), kLow);

  On(6, 20);
  ApproveAllSelfChecks();
  EXPECT_THAT(Must(ProposeGrades()).ungraded(), IsEmpty());
  grading::v1::ListGradesRequest all;
  all.set_year(kYear);
  all.set_page_size(500);
  std::map<int, std::set<std::string>> posts;
  const auto grades = Must(Call(principal(), &GradingStub::ListGrades, all));
  for (const Grade& one : grades.grades()) {
    posts[one.level()].insert(one.post().substr(one.post().rfind('/') + 1));
    const bool low = one.level() == RISK_LEVEL_LOW;
    EXPECT_EQ(one.proposal().reasons(0).clause() == kLow, low) << one.post();
  }
  EXPECT_EQ(posts[RISK_LEVEL_LOW],
            (std::set<std::string>{"counsellor", "office-clerk", "teacher"}));
  EXPECT_EQ(posts[RISK_LEVEL_MEDIUM],
            (std::set<std::string>{"moral-head", "party-office-head", "registrar", "storekeeper"}));
  EXPECT_EQ(posts[RISK_LEVEL_HIGH].size(), this->posts().size() - 7);

  // The post of two teachers is the own post of both.
  for (const std::string teacher : {"teacher-a", "teacher-b"}) {
    EXPECT_THAT(OverrideAs(With(Person(teacher), {"leading_group"}), "teacher", RISK_LEVEL_MEDIUM,
                           "经手代办收费。"),
                FailsWith(ERROR_REASON_OWN_RECORD))
        << teacher;
  }
  ASSERT_THAT(OverrideAs(office(), "teacher", RISK_LEVEL_MEDIUM, "经手代办收费。"), IsOk());
  EXPECT_EQ(GradeOf("teacher").override_reason(), "经手代办收费。");
}

// 「6月25日各岗位汇总并经校廉政风险防控管理试点工作领导小组审核」
// RPCs: GradingService.ProposeGrades, ReviewService.GetReview, ReviewService.ListReviewTasks,
// ReviewService.Decide, CampaignService.ListCampaignTasks
TEST_F(GradeTest, TheLeadingGroupReviewsThemByTheTwentyFifthOfJune) {
  On(6, 25);
  ProposeFor({"buyer", "storekeeper", "vp-logistics"});
  grading::v1::ProposeGradesRequest again;
  again.set_year(kYear);
  EXPECT_THAT(Call(head("supply"), &GradingStub::ProposeGrades, again),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  const auto rest = Must(ProposeGrades());
  EXPECT_THAT(rest.grades(), IsEmpty()) << "what lies before the group stays as it is";
  EXPECT_THAT(rest.ungraded(), SizeIs(posts().size() - 3));

  const auto review = ReviewNamed(GradeOf("buyer").review());
  ASSERT_THAT(review.steps(), SizeIs(2));
  EXPECT_EQ(review.steps(0).role(), grading::v1::REVIEWER_ROLE_LEADING_GROUP);
  EXPECT_EQ(review.steps(0).clause(),
            "6月25日各岗位汇总并经校廉政风险防控管理试点工作领导小组审核");
  EXPECT_EQ(Ids(review.steps(0).assignees()),
            (std::set<std::string>{"secretary", "principal", "vp-teaching", "vp-logistics"}));
  EXPECT_THAT(Inbox(As("vp-teaching")), Contains(GradeOf("buyer").name()));
  for (client::Client* somebody : {&office(), &superior_office()}) {
    EXPECT_THAT(Approve(*somebody, review.name()), FailsWith(ERROR_REASON_NOT_REVIEWER));
  }
  EXPECT_THAT(Approve(head("teaching"), review.name()), FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND))
      << "of another department";
  EXPECT_THAT(Approve(staff("storekeeper"), review.name()),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  // A member of the group does not review his own post.
  EXPECT_THAT(Inbox(As("vp-logistics")), Not(Contains(GradeOf("vp-logistics").name())));
  EXPECT_THAT(ApproveGrade(As("vp-logistics"), "vp-logistics"), FailsWith(ERROR_REASON_OWN_RECORD));

  EXPECT_THAT(Return(As("vp-teaching"), review.name(), ""),
              FailsAt(ERROR_REASON_REASON_REQUIRED, "comment"));
  ASSERT_THAT(Return(As("vp-teaching"), review.name(), "请核对岗位职能。"), IsOk());
  EXPECT_EQ(GradeOf("buyer").state(), GRADE_STATE_RETURNED);
  EXPECT_EQ(GradeOf("buyer").review_comment(), "请核对岗位职能。");
  Must(ProposeGrades());
  EXPECT_EQ(GradeOf("buyer").state(), GRADE_STATE_SCHOOL_REVIEW);
  EXPECT_EQ(GradeOf("buyer").revision(), 2);
  // Whoever looked at the first proposal has not looked at this one.
  grading::v1::DecideRequest stale;
  stale.set_name(GradeOf("buyer").review());
  stale.set_decision(grading::v1::DECISION_APPROVE);
  stale.set_revision_digest(review.revision_digest());
  EXPECT_THAT(Call(As("vp-teaching"), &ReviewStub::Decide, stale),
              FailsWith(ERROR_REASON_REVISION_CHANGED));

  On(6, 25, 23);
  ASSERT_THAT(ApproveGrade(As("vp-teaching"), "buyer"), IsOk());
  On(6, 26, 0);
  EXPECT_TRUE(Piece("grades", Post("storekeeper")).overdue());
  ASSERT_THAT(ApproveGrade(principal(), "storekeeper"), IsOk()) << "late is not too late";
  EXPECT_FALSE(Piece("grades", Post("buyer")).late());
  EXPECT_TRUE(Piece("grades", Post("storekeeper")).late());
  EXPECT_FALSE(Piece("grades", Post("storekeeper")).overdue());
  EXPECT_EQ(Piece("grades", Post("buyer")).state(), reporting::v1::TASK_STATE_HANDED_IN)
      << "it is on its way to the superior, and not done";
  EXPECT_EQ(Piece("grades", Post("cashier")).state(), reporting::v1::TASK_STATE_NOT_STARTED);
}

// 「报送厅廉政风险防控管理工作领导小组办公室审核」
// RPCs: ReviewService.ListReviewTasks, ReviewService.Decide, GradingService.GetGrade,
// GradingService.OverrideGrade, CampaignService.ListCampaignTasks
TEST_F(GradeTest, NoLevelHoldsBeforeTheSuperiorsOfficeHasConfirmedIt) {
  On(6, 25);
  ProposeFor({"storekeeper", "principal"});
  EXPECT_THAT(Inbox(superior_office()), IsEmpty()) << "the school comes first";
  ASSERT_THAT(ApproveGrade(secretary(), "storekeeper"), IsOk());
  EXPECT_THAT(Inbox(superior_office()), ElementsAre(GradeOf("storekeeper").name()));
  EXPECT_EQ(GradeOf("storekeeper").state(), GRADE_STATE_SUPERIOR_REVIEW);
  EXPECT_EQ(GradeOf("storekeeper").confirmed_level(), RISK_LEVEL_UNSPECIFIED);
  for (client::Client* somebody : {&secretary(), &office(), &superior_leader()}) {
    EXPECT_THAT(ApproveGrade(*somebody, "storekeeper"), FailsWith(ERROR_REASON_NOT_REVIEWER));
  }
  ASSERT_THAT(Return(superior_office(), GradeOf("storekeeper").review(), "请说明经手金额。"),
              IsOk());
  EXPECT_EQ(GradeOf("storekeeper").state(), GRADE_STATE_RETURNED);
  ASSERT_THAT(OverrideAs(principal(), "storekeeper", RISK_LEVEL_HIGH, "年经手三十万元。"), IsOk());
  EXPECT_THAT(ApproveGrade(superior_office(), "storekeeper"), FailsWith(ERROR_REASON_NOT_REVIEWER))
      << "the school looks at it again before it goes up again";
  ASSERT_THAT(ApproveGrade(secretary(), "storekeeper"), IsOk());
  On(6, 28);
  ASSERT_THAT(ApproveGrade(superior_office(), "storekeeper"), IsOk());
  const Grade confirmed = GradeOf("storekeeper");
  EXPECT_EQ(confirmed.state(), GRADE_STATE_CONFIRMED);
  EXPECT_EQ(confirmed.confirmed_level(), RISK_LEVEL_HIGH);
  EXPECT_EQ(absl::FromUnixSeconds(confirmed.confirm_time().seconds()), server().clock().Now());
  EXPECT_EQ(Piece("grades", Post("storekeeper")).state(), reporting::v1::TASK_STATE_DONE);
  // What was confirmed stays in force while somebody asks for another level.
  ASSERT_THAT(OverrideAs(principal(), "storekeeper", RISK_LEVEL_MEDIUM, "已分为两人保管。"),
              IsOk());
  EXPECT_EQ(GradeOf("storekeeper").state(), GRADE_STATE_SCHOOL_REVIEW);
  EXPECT_EQ(GradeOf("storekeeper").confirmed_level(), RISK_LEVEL_HIGH);

  // Nor does the principal decide on his own level, in neither place.
  EXPECT_THAT(ApproveGrade(principal(), "principal"), FailsWith(ERROR_REASON_OWN_RECORD));
  ASSERT_THAT(ApproveGrade(As("vp-teaching"), "principal"), IsOk());
  EXPECT_THAT(ApproveGrade(With(Person("principal"), {"superior_office"}), "principal"),
              FailsWith(ERROR_REASON_OWN_RECORD));
  ASSERT_THAT(ApproveGrade(superior_office(), "principal"), IsOk());
}

// 「审核后填写《处室（单位）廉政风险识别一览表》（附件8）」
// RPCs: ReportingService.GetRiskSummary, ReviewService.Decide, GradingService.OverrideGrade
TEST_F(GradeTest, TheSummaryHoldsWhatBothHaveReviewedAndNothingElse) {
  On(6, 25);
  ProposeFor({"buyer", "storekeeper", "principal"});
  ASSERT_THAT(ApproveGrade(secretary(), "buyer"), IsOk());
  ASSERT_THAT(ApproveGrade(secretary(), "principal"), IsOk());
  const absl::Time of_school = server().clock().Now();
  EXPECT_THAT(Summary(), IsEmpty()) << "the superior has confirmed nothing";
  On(6, 28);
  ASSERT_THAT(ApproveGrade(superior_office(), "buyer"), IsOk());

  const auto rows = Summary();
  ASSERT_THAT(rows, SizeIs(2)) << "a row for each risk of the one post";
  const auto registered = PointsOf(Post("buyer"));
  for (const auto& row : rows) {
    EXPECT_EQ(row.department(), "总务处");
    EXPECT_EQ(row.post(), "采购员");
    EXPECT_THAT(row.holders(), ElementsAre("采购员")) << "who has the name of his post here";
    EXPECT_EQ(row.level(), RISK_LEVEL_HIGH);
    EXPECT_THAT(row.measures(), IsEmpty()) << "they come in the next phase";
    EXPECT_EQ(absl::FromUnixSeconds(row.school_review_time().seconds()), of_school);
    EXPECT_EQ(absl::FromUnixSeconds(row.superior_review_time().seconds()), server().clock().Now());
    const auto point = std::find_if(registered.begin(), registered.end(), [&](const auto& one) {
      return one.name() == row.risk_point();
    });
    ASSERT_NE(point, registered.end());
    EXPECT_EQ(row.description(), point->description());
    EXPECT_EQ(row.manifestation(), point->manifestation());
    EXPECT_EQ(row.category(), point->category());
  }

  // Of one department, and page by page; for the superior, and not for everybody.
  ConfirmGrade("principal");
  EXPECT_THAT(Summary(), SizeIs(4));
  EXPECT_THAT(Summary("supply"), SizeIs(2));
  EXPECT_THAT(Summary("finance"), IsEmpty());
  auto page = OfSummary();
  page.set_page_size(3);
  const auto first = Must(Call(superior_office(), &ReportingStub::GetRiskSummary, page));
  EXPECT_THAT(first.rows(), SizeIs(3));
  page.set_page_token(first.next_page_token());
  const auto last = Must(Call(superior_office(), &ReportingStub::GetRiskSummary, page));
  EXPECT_THAT(last.rows(), SizeIs(1));
  EXPECT_TRUE(last.next_page_token().empty());
  EXPECT_THAT(Call(staff("buyer"), &ReportingStub::GetRiskSummary, OfSummary()),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));

  // A level that the superior has not seen never stands in the table.
  ConfirmGrade("storekeeper");
  const auto shown = [&] {
    std::set<int> levels;
    for (const auto& row : Summary("supply")) {
      if (row.post() == "保管员") levels.insert(row.level());
    }
    return levels;
  };
  EXPECT_EQ(shown(), (std::set<int>{RISK_LEVEL_MEDIUM}));
  ASSERT_THAT(OverrideAs(principal(), "storekeeper", RISK_LEVEL_HIGH, "保管大宗物资。"), IsOk());
  ASSERT_THAT(ApproveGrade(secretary(), "storekeeper"), IsOk());
  EXPECT_FALSE(shown().contains(RISK_LEVEL_HIGH));
  ASSERT_THAT(ApproveGrade(superior_office(), "storekeeper"), IsOk());
  EXPECT_EQ(shown(), (std::set<int>{RISK_LEVEL_HIGH}));
}

}  // namespace
}  // namespace lianfang::acceptance
