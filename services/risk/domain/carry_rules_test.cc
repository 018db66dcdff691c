#include "services/risk/domain/carry_rules.h"

#include <string>

#include "common/base/id.h"
#include "gtest/gtest.h"

namespace lianfang::risk {
namespace {

v1::RiskPoint Point() {
  v1::RiskPoint point;
  point.set_name("units/a/riskPoints/r");
  point.set_layer(common::v1::RISK_LAYER_DEPARTMENT);
  point.set_owner("units/a/departments/affairs");
  point.set_year(2026);
  point.set_category(common::v1::RISK_CATEGORY_BUSINESS_PROCESS);
  point.set_key_link("验收");
  point.set_description("验收与采购由同一人经办。");
  point.set_manifestation("未见第二人签字。");
  point.set_method(common::v1::FINDING_METHOD_COLLECTIVE);
  point.set_kind(v1::FINDING_KIND_POTENTIAL);
  point.mutable_factors()->set_likelihood(v1::LIKELIHOOD_MODERATE);
  point.set_sensitive_topic(common::v1::SENSITIVE_TOPIC_MONEY);
  point.set_project_kind(common::v1::PROJECT_KIND_ENGINEERING);
  point.set_department("units/a/departments/affairs");
  point.set_power("units/a/powers/p");
  point.set_state(v1::RISK_POINT_STATE_PUBLICISED);
  point.set_submission("units/a/submissions/s");
  point.set_review_comment("同意");
  point.add_marks()->set_source("units/a/powers/p");
  point.set_etag("e5");
  point.mutable_create_time()->set_seconds(5);
  return point;
}

TEST(CarryRulesTest, CopiesHaveTheSameIdEveryTime) {
  EXPECT_EQ(CarriedId("r", 2027), "r-2027");
  EXPECT_EQ(CarriedId(std::string(63, 'r'), 2027).size(), kMaxResourceIdBytes);
  EXPECT_NE(CarriedId(std::string(63, 'r'), 2027), CarriedId(std::string(63, 'r'), 2028));
}

TEST(CarryRulesTest, WhatIsInForceGoesOn) {
  for (int state = 0; state < v1::RiskPointState_ARRAYSIZE; ++state) {
    v1::RiskPoint point;
    point.set_state(static_cast<v1::RiskPointState>(state));
    EXPECT_EQ(GoesOn(point),
              state == v1::RISK_POINT_STATE_REGISTERED || state == v1::RISK_POINT_STATE_PUBLICISED);
  }
  for (int state = 0; state < v1::MeasureState_ARRAYSIZE; ++state) {
    v1::Measure measure;
    measure.set_state(static_cast<v1::MeasureState>(state));
    EXPECT_EQ(GoesOn(measure),
              state == v1::MEASURE_STATE_FILED || state == v1::MEASURE_STATE_PUBLICISED);
  }
}

TEST(CarryRulesTest, APointIsWrittenAnewWithTheSameContent) {
  const v1::RiskPoint next = Carried(Point(), 2027, "units/a/riskPoints/r-2027");
  v1::RiskPoint expected = Point();
  expected.set_name("units/a/riskPoints/r-2027");
  expected.set_year(2027);
  expected.set_state(v1::RISK_POINT_STATE_DRAFT);
  expected.set_carried_from("units/a/riskPoints/r");
  expected.clear_submission();
  expected.clear_review_comment();
  expected.clear_marks();
  expected.clear_etag();
  expected.clear_create_time();
  EXPECT_EQ(next.DebugString(), expected.DebugString());
}

TEST(CarryRulesTest, ASelfCheckBeginsWithThePointsThatCameFromIt) {
  v1::SelfCheck form;
  form.set_name("units/a/selfChecks/s");
  form.set_person("units/a/persons/p");
  form.set_post("units/a/posts/buyer");
  form.set_year(2026);
  form.set_duties("负责物资采购。");
  form.mutable_conformity()->set_rules("遵守。");
  form.set_state(v1::SELF_CHECK_STATE_APPROVED);
  form.set_revision(2);
  form.add_findings()->set_description("已归档的风险");
  const v1::SelfCheck next = Carried(form, {Point()}, 2027, "units/a/selfChecks/s-2027");
  EXPECT_EQ(next.name(), "units/a/selfChecks/s-2027");
  EXPECT_EQ(next.person(), form.person());
  EXPECT_EQ(next.post(), form.post());
  EXPECT_EQ(next.year(), 2027);
  EXPECT_EQ(next.duties(), form.duties());
  EXPECT_FALSE(next.has_conformity());
  EXPECT_EQ(next.state(), v1::SELF_CHECK_STATE_DRAFT);
  EXPECT_EQ(next.revision(), 0);
  EXPECT_EQ(next.carried_from(), form.name());
  ASSERT_EQ(next.findings_size(), 1);
  const v1::Finding& finding = next.findings(0);
  const v1::RiskPoint point = Point();
  EXPECT_EQ(finding.category(), point.category());
  EXPECT_EQ(finding.description(), point.description());
  EXPECT_EQ(finding.manifestation(), point.manifestation());
  EXPECT_EQ(finding.kind(), point.kind());
  EXPECT_EQ(finding.method(), point.method());
  EXPECT_EQ(finding.sensitive_topic(), point.sensitive_topic());
  EXPECT_EQ(finding.project_kind(), point.project_kind());
  EXPECT_EQ(finding.factors().likelihood(), v1::LIKELIHOOD_MODERATE);
  EXPECT_EQ(finding.carried_from(), point.name());
}

TEST(CarryRulesTest, AMeasureBeginsWhereItEnded) {
  v1::Measure measure;
  measure.set_name("units/a/measures/m");
  measure.set_risk_point("units/a/riskPoints/r");
  measure.set_stage(common::v1::MEASURE_STAGE_INTERIM_MONITORING);
  measure.set_content("验收须两人签字。");
  measure.set_responsible_post("units/a/posts/head");
  measure.mutable_due_date()->set_year(2026);
  measure.set_outcome_before("一人签字。");
  measure.set_outcome_after("均有两人签字。");
  measure.set_state(v1::MEASURE_STATE_FILED);
  measure.set_effect(v1::MEASURE_EFFECT_EFFECTIVE);
  measure.set_revision(1);
  const v1::Measure next = Carried(measure, "units/a/riskPoints/r-2027", "units/a/measures/m-2027");
  v1::Measure expected;
  expected.set_name("units/a/measures/m-2027");
  expected.set_risk_point("units/a/riskPoints/r-2027");
  expected.set_stage(measure.stage());
  expected.set_content(measure.content());
  expected.set_responsible_post(measure.responsible_post());
  expected.set_outcome_before("均有两人签字。");
  expected.set_state(v1::MEASURE_STATE_DRAFT);
  expected.set_carried_from(measure.name());
  EXPECT_EQ(next.DebugString(), expected.DebugString());
}

TEST(CarryRulesTest, PointsKnowTheirForm) {
  v1::RiskPoint point;
  EXPECT_EQ(SelfCheckOf(point), "");
  point.set_source("units/a/selfChecks/s/revisions/2");
  EXPECT_EQ(SelfCheckOf(point), "units/a/selfChecks/s");
}

}  // namespace
}  // namespace lianfang::risk
