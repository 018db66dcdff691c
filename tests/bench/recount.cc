#include "tests/bench/recount.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "services/reporting/recount_check.h"
#include "tests/bench/school.h"

namespace lianfang::bench {
namespace {

// A unit's posts, and as many risk points with a measure each.
double MicrosOfARecord(int points) {
  constexpr int kDepartments = 20;
  reporting::AnswerRecount recount("u");
  verify::CheckedEntry entry;
  const auto take = [&](const google::protobuf::Message& record) {
    entry.content.clear_resources();
    entry.content.add_resources()->PackFrom(record);
    recount.Take(entry);
  };
  const auto department = [](int i) { return absl::StrCat("units/u/departments/d", i); };
  const absl::Time start = absl::Now();
  for (int i = 0; i < points; ++i) {
    personnel::v1::Post post;
    post.set_name(absl::StrCat("units/u/posts/p", i));
    post.set_department(department(i % kDepartments));
    post.set_state(personnel::v1::RECORD_STATE_ACTIVE);
    take(post);
    risk::v1::RiskPoint point;
    point.set_name(absl::StrCat("units/u/riskPoints/r", i));
    point.set_owner(post.name());
    point.set_layer(common::v1::RISK_LAYER_POST);
    point.set_category(common::v1::RISK_CATEGORY_POST_DUTY);
    point.set_method(common::v1::FINDING_METHOD_SELF);
    point.set_state(risk::v1::RISK_POINT_STATE_REGISTERED);
    take(point);
    risk::v1::Measure measure;
    measure.set_name(absl::StrCat("units/u/measures/m", i));
    measure.set_risk_point(point.name());
    measure.set_stage(common::v1::MEASURE_STAGE_EARLY_PREVENTION);
    measure.set_state(risk::v1::MEASURE_STATE_FILED);
    take(measure);
  }
  reporting::v1::GetStatisticsResponse answer;
  for (int i = 0; i < kDepartments; ++i) answer.add_departments()->set_department(department(i));
  if (recount.Compare(answer).empty()) std::printf("failed: nothing was counted\n");
  return absl::ToDoubleMicroseconds(absl::Now() - start) / points;
}

}  // namespace

void Recount() {
  constexpr int kSmall = 2'000;
  constexpr int kLarge = 20'000;
  std::vector<double> ratios;
  for (int round = 0; round < kRounds; ++round) {
    const double small = MicrosOfARecord(kSmall);
    const double large = MicrosOfARecord(kLarge);
    ratios.push_back(large / small);
    std::printf("  %.1f us a risk point of %d, %.1f us of %d, ratio %.2f\n", small, kSmall, large,
                kLarge, ratios.back());
  }
  std::printf("Counting again, a risk point of %d / of %d, median ratio %.2f\n", kLarge, kSmall,
              Median(ratios));
}

}  // namespace lianfang::bench
