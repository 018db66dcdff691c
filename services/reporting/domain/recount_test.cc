#include "services/reporting/domain/recount.h"

#include <gtest/gtest.h>

namespace lianfang::reporting {
namespace {

// Counters is held against the recount by counters_property_test; here is what no sequence of
// allowed changes makes.
TEST(RecountTest, ARecordWithoutItsFieldsIsCountedInNoBucket) {
  Records records;
  const std::string name = "units/u/riskPoints/r";
  records.points[name].set_state(risk::v1::RISK_POINT_STATE_REGISTERED);
  auto& strange = records.points["units/u/riskPoints/s"];
  strange.set_state(risk::v1::RISK_POINT_STATE_REGISTERED);
  strange.set_category(static_cast<common::v1::RiskCategory>(99));
  strange.set_owner("units/u/departments/d");
  auto& measure = records.measures["units/u/riskPoints/r/measures/m"];
  measure.set_risk_point(name);
  measure.set_state(risk::v1::MEASURE_STATE_FILED);

  const Recounted recounted = records.Recount(/*year=*/0);
  EXPECT_EQ(recounted.unit.risk_point_count(), 2);
  EXPECT_EQ(recounted.unit.risk_points_without_measure(), 1);
  EXPECT_EQ(recounted.unit.measure_count(), 1);
  const std::string department = "units/u/departments/d";
  EXPECT_EQ(recounted.Of(&department).risk_point_count(), 1);
  for (const auto& bucket : recounted.unit.risk_points_by_category()) EXPECT_EQ(bucket.count(), 0);
  for (const auto& bucket : recounted.unit.measures_by_stage()) EXPECT_EQ(bucket.count(), 0);
}

TEST(RecountTest, ADepartmentWithoutRecordsHasZeros) {
  const std::string department = "units/u/departments/none";
  const v1::Statistics none = Records().Recount(/*year=*/0).Of(&department);
  EXPECT_EQ(none.DebugString(), Complete(v1::Statistics()).DebugString());
}

}  // namespace
}  // namespace lianfang::reporting
