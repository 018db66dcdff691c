#include "services/reporting/domain/superior_summary.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::reporting {
namespace {

using ::testing::ElementsAre;

TEST(SuperiorSummaryTest, AFormSaysWhatItsPersonFound) {
  risk::v1::SelfCheck form;
  form.set_year(2026);
  form.set_duties("主持学校全面工作\n分管财务");
  form.mutable_conformity()->set_rules("按制度办事");
  auto* finding = form.add_findings();
  finding->set_category(common::v1::RISK_CATEGORY_POST_DUTY);
  finding->set_kind(risk::v1::FINDING_KIND_POTENTIAL);
  finding->set_description("大额支出审批");
  finding->set_manifestation("个人说了算");
  EXPECT_THAT(Describe(form, "校长"),
              ElementsAre("2026年个人廉政风险自查表", "岗位：校长", "岗位职责：主持学校全面工作",
                          "　　分管财务", "执行制度情况：按制度办事",
                          "风险点1（岗位职责，潜在）：大额支出审批", "表现形式：个人说了算"));
}

TEST(SuperiorSummaryTest, AGradeSaysWhy) {
  grading::v1::Grade grade;
  grade.set_year(2026);
  grade.set_post_display_name("采购员");
  grade.set_level(common::v1::RISK_LEVEL_HIGH);
  grade.set_override_reason("经手金额大");
  grade.mutable_proposal()->set_level(common::v1::RISK_LEVEL_MEDIUM);
  auto* reason = grade.mutable_proposal()->add_reasons();
  reason->set_clause("具有一般经济管理职能的岗位");
  reason->set_input("职能：一般经济管理");
  EXPECT_THAT(Describe(grade),
              ElementsAre("2026年岗位廉政风险等级", "岗位：采购员", "等级：一级（高）",
                          "按规则评定的等级：二级（中）", "调整理由：经手金额大",
                          "依据：具有一般经济管理职能的岗位（职能：一般经济管理）"));
}

TEST(SuperiorSummaryTest, MeasuresStandBelowTheirRiskPoint) {
  risk::v1::Submission form;
  form.set_title("2026年学校防控措施（3项）");
  std::vector<MeasureOfPoint> measures(3);
  for (size_t i = 0; i < 3; ++i) {
    measures[i].measure.set_risk_point(i < 2 ? "units/u/riskPoints/a" : "units/u/riskPoints/b");
    measures[i].measure.set_stage(common::v1::MEASURE_STAGE_EARLY_PREVENTION);
    measures[i].measure.set_content(absl::StrCat("措施", i));
    measures[i].point.set_category(common::v1::RISK_CATEGORY_BUSINESS_PROCESS);
    measures[i].point.set_description(i < 2 ? "招生" : "基建");
  }
  measures[2].measure.mutable_due_date()->set_year(2026);
  measures[2].measure.mutable_due_date()->set_month(9);
  measures[2].measure.mutable_due_date()->set_day(20);
  EXPECT_THAT(Describe(form, measures),
              ElementsAre("2026年学校防控措施（3项）", "风险点1（业务流程）：招生",
                          "防控措施（前期预防）：措施0", "防控措施（前期预防）：措施1",
                          "风险点2（业务流程）：基建", "防控措施（前期预防）：措施2",
                          "完成时限：2026年9月20日"));
}

TEST(SuperiorSummaryTest, DutiesAndReports) {
  personnel::v1::PostDuty duty;
  duty.set_year(2026);
  duty.set_post_display_name("校长");
  duty.add_items("主持全面工作");
  EXPECT_THAT(Describe(duty), ElementsAre("2026年岗位职责", "岗位：校长", "职责1：主持全面工作"));
  grading::v1::SelfInspectionReport report;
  report.set_year(2026);
  report.set_implementation("均已落实");
  auto* target = report.add_targets();
  target->set_target("采购全部公开");
  target->set_cause("平台未建成");
  EXPECT_THAT(Describe(report), ElementsAre("2026年自查报告", "措施落实情况：均已落实",
                                            "目标1（未实现）：采购全部公开", "原因：平台未建成"));
}

TEST(SuperiorSummaryTest, WhatIsTooLongSaysSo) {
  const Lines lines = Bounded(Lines(200, std::string(3000, 'x')));
  ASSERT_EQ(lines.size(), (size_t{256} << 10) / 3000 + 1);
  EXPECT_EQ(lines.back(), "（内容过多，其余部分请在学校的系统中查看）");
  EXPECT_THAT(Bounded({"a", "b"}), ElementsAre("a", "b"));
}

TEST(SuperiorSummaryTest, ATaskWaitsSinceTheStepBefore) {
  grading::v1::Review review;
  review.mutable_create_time()->set_seconds(5);
  EXPECT_EQ(WaitsSince(review).seconds(), 5);
  review.add_decisions()->mutable_time()->set_seconds(7);
  EXPECT_EQ(WaitsSince(review).seconds(), 7);
}

}  // namespace
}  // namespace lianfang::reporting
