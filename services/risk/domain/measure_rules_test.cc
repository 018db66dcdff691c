#include "services/risk/domain/measure_rules.h"

#include <functional>
#include <string>

#include "common/status/error.h"
#include "gtest/gtest.h"

namespace lianfang::risk {
namespace {

using common::v1::ERROR_REASON_ILLEGAL_TRANSITION;
using common::v1::ERROR_REASON_INVALID_FIELD;
using common::v1::ERROR_REASON_UNSPECIFIED;

v1::Measure Good() {
  v1::Measure measure;
  measure.set_name("units/a/measures/m");
  measure.set_risk_point("units/a/riskPoints/r");
  measure.set_responsible_post("units/a/posts/buyer");
  measure.set_state(v1::MEASURE_STATE_PROPOSED);
  return measure;
}

void SetDay(v1::Measure& measure, int year, int month, int day) {
  measure.mutable_due_date()->set_year(year);
  measure.mutable_due_date()->set_month(month);
  measure.mutable_due_date()->set_day(day);
}

TEST(MeasureRulesTest, ReferencesAndDaysMakeSense) {
  const struct {
    const char* field;
    std::function<void(v1::Measure&)> change;
    bool ok;
  } cases[] = {
      {"", [](v1::Measure&) {}, true},
      {"", [](v1::Measure& m) { SetDay(m, 2028, 2, 29); }, true},
      {"measure.due_date", [](v1::Measure& m) { SetDay(m, 2026, 2, 29); }, false},
      {"measure.due_date", [](v1::Measure& m) { SetDay(m, 2026, 13, 1); }, false},
      {"measure.due_date", [](v1::Measure& m) { SetDay(m, 2026, 9, 0); }, false},
      {"measure.risk_point", [](v1::Measure& m) { m.set_risk_point("units/b/riskPoints/r"); },
       false},
      {"measure.responsible_post",
       [](v1::Measure& m) { m.set_responsible_post("units/b/posts/buyer"); }, false},
  };
  for (const auto& c : cases) {
    v1::Measure measure = Good();
    c.change(measure);
    SCOPED_TRACE(measure.DebugString());
    const absl::Status status = CheckMeasure(measure, "a");
    EXPECT_EQ(ReasonOf(status), c.ok ? ERROR_REASON_UNSPECIFIED : ERROR_REASON_INVALID_FIELD);
    EXPECT_NE(ToRpcStatus(status).DebugString().find(c.field), std::string::npos);
  }
}

TEST(MeasureRulesTest, ARuleHasATitleAndATitleIsOfARule) {
  v1::Measure measure = Good();
  measure.set_rule_change(v1::RULE_CHANGE_REVISED);
  EXPECT_NE(ToRpcStatus(CheckMeasure(measure, "a")).DebugString().find("measure.rule_title"),
            std::string::npos);
  measure.set_rule_title("《物资采购管理办法》");
  EXPECT_TRUE(CheckMeasure(measure, "a").ok());
  measure.clear_rule_change();
  EXPECT_NE(ToRpcStatus(CheckMeasure(measure, "a")).DebugString().find("measure.rule_change"),
            std::string::npos);
}

TEST(MeasureRulesTest, OnlyRisksAreTreated) {
  v1::RiskPoint point;
  point.set_state(v1::RISK_POINT_STATE_REGISTERED);
  EXPECT_TRUE(CheckTreatable(point).ok());
  point.set_state(v1::RISK_POINT_STATE_PUBLICISED);
  EXPECT_TRUE(CheckTreatable(point).ok());
  point.set_state(v1::RISK_POINT_STATE_ARCHIVED);
  EXPECT_EQ(ReasonOf(CheckTreatable(point)), ERROR_REASON_ILLEGAL_TRANSITION);
}

TEST(MeasureRulesTest, WhichStepsEachStateAllows) {
  const struct {
    v1::MeasureState state;
    bool change;
    bool archive;
  } cases[] = {
      {v1::MEASURE_STATE_DRAFT, true, true},       {v1::MEASURE_STATE_PROPOSED, true, true},
      {v1::MEASURE_STATE_IN_REVIEW, false, false}, {v1::MEASURE_STATE_RETURNED, true, true},
      {v1::MEASURE_STATE_FILED, false, true},      {v1::MEASURE_STATE_PUBLICISED, false, true},
      {v1::MEASURE_STATE_ARCHIVED, false, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(v1::MeasureState_Name(c.state));
    v1::Measure measure = Good();
    measure.set_state(c.state);
    EXPECT_EQ(ReasonOf(CheckEditable(measure)),
              c.change ? ERROR_REASON_UNSPECIFIED : ERROR_REASON_ILLEGAL_TRANSITION);
    EXPECT_EQ(ReasonOf(Archive(&measure)),
              c.archive ? ERROR_REASON_UNSPECIFIED : ERROR_REASON_ILLEGAL_TRANSITION);
    EXPECT_EQ(measure.state(), c.archive ? v1::MEASURE_STATE_ARCHIVED : c.state);
  }
}

TEST(MeasureRulesTest, FiledMeasuresAreRevisedAssessedAndConfirmed) {
  google::protobuf::Timestamp now;
  now.set_seconds(9);
  for (int state = 1; state < v1::MeasureState_ARRAYSIZE; ++state) {
    v1::Measure old = Good();
    old.set_state(static_cast<v1::MeasureState>(state));
    old.set_outcome_before("一人签字。");
    old.add_marks()->set_source("units/a/posts/buyer");
    SCOPED_TRACE(v1::MeasureState_Name(old.state()));
    const bool filed = state == v1::MEASURE_STATE_FILED || state == v1::MEASURE_STATE_PUBLICISED;
    const auto reason = filed ? ERROR_REASON_UNSPECIFIED : ERROR_REASON_ILLEGAL_TRANSITION;
    EXPECT_EQ(IsFiled(old), filed);
    v1::Measure measure = old;
    EXPECT_EQ(ReasonOf(Revise(&measure)), reason);
    EXPECT_EQ(measure.state(), filed ? v1::MEASURE_STATE_PROPOSED : old.state());
    EXPECT_EQ(measure.marks_size(), filed ? 0 : 1);
    measure = old;
    EXPECT_EQ(ReasonOf(Confirm(&measure)), reason);
    EXPECT_EQ(measure.state(), old.state());
    EXPECT_EQ(measure.marks_size(), filed ? 0 : 1);
    measure = old;
    EXPECT_EQ(ReasonOf(Assess({.assessor = "units/a/persons/o",
                               .effect = v1::MEASURE_EFFECT_PARTLY,
                               .after = "多数有两人签字。"},
                              now, &measure)),
              reason);
    EXPECT_EQ(measure.effect(), filed ? v1::MEASURE_EFFECT_PARTLY : v1::MEASURE_EFFECT_UNSPECIFIED);
    if (!filed) continue;
    EXPECT_EQ(measure.state(), old.state());
    EXPECT_EQ(measure.marks_size(), 1);
    EXPECT_EQ(measure.outcome_before(), "一人签字。");
    EXPECT_EQ(measure.outcome_after(), "多数有两人签字。");
    EXPECT_EQ(measure.assessor(), "units/a/persons/o");
    EXPECT_EQ(measure.assess_time().seconds(), 9);
  }
}

TEST(MeasureRulesTest, AnAssessmentComparesBeforeAndAfter) {
  google::protobuf::Timestamp now;
  v1::Measure measure = Good();
  measure.set_state(v1::MEASURE_STATE_FILED);
  Assessment assessment;
  assessment.effect = v1::MEASURE_EFFECT_EFFECTIVE;
  assessment.after = "均有两人签字。";
  EXPECT_EQ(ReasonOf(Assess(assessment, now, &measure)), common::v1::ERROR_REASON_REQUIRED_FIELD);
  assessment.before = "一人签字。";
  EXPECT_TRUE(Assess(assessment, now, &measure).ok());
  EXPECT_EQ(measure.outcome_before(), "一人签字。");
}

TEST(MeasureRulesTest, PublicationsShowInTheState) {
  for (int state = 1; state < v1::MeasureState_ARRAYSIZE; ++state) {
    v1::Measure measure = Good();
    measure.set_state(static_cast<v1::MeasureState>(state));
    SCOPED_TRACE(v1::MeasureState_Name(measure.state()));
    v1::Measure other = measure;
    EXPECT_EQ(SetPublicised(true, "units/a/publications/p", &measure),
              state == v1::MEASURE_STATE_FILED || state == v1::MEASURE_STATE_PUBLICISED);
    EXPECT_EQ(measure.state(),
              state == v1::MEASURE_STATE_FILED ? v1::MEASURE_STATE_PUBLICISED : other.state());
    EXPECT_EQ(SetPublicised(false, "units/a/publications/p", &other),
              state == v1::MEASURE_STATE_PUBLICISED);
    EXPECT_EQ(other.state(), state == v1::MEASURE_STATE_PUBLICISED
                                 ? v1::MEASURE_STATE_FILED
                                 : static_cast<v1::MeasureState>(state));
  }
  // A revision is not what was published.
  v1::Measure measure = Good();
  measure.set_state(v1::MEASURE_STATE_FILED);
  EXPECT_TRUE(SetPublicised(true, "units/a/publications/p", &measure));
  EXPECT_TRUE(Revise(&measure).ok());
  EXPECT_EQ(measure.publications_size(), 0);
}

}  // namespace
}  // namespace lianfang::risk
