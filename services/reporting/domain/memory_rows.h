// CountRows in memory, for tests of the counting.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "services/reporting/domain/counters.h"

namespace lianfang::reporting {

class MemoryRows final : public CountRows {
 public:
  absl::StatusOr<state::v1::Scope*> UnitScope() override { return &unit; }
  absl::StatusOr<state::v1::Scope*> ScopeOf(absl::string_view department) override {
    return &scopes[std::string(department)];
  }
  absl::StatusOr<state::v1::Owner*> OwnerOf(absl::string_view name) override {
    return &owners[std::string(name)];
  }
  absl::StatusOr<state::v1::Holder*> HolderOf(absl::string_view person) override {
    return &holders[std::string(person)];
  }
  absl::StatusOr<state::v1::Point*> PointOf(absl::string_view risk_point) override {
    return &points[std::string(risk_point)];
  }
  absl::StatusOr<state::v1::PointMeasure*> MeasureOf(absl::string_view measure) override {
    return &measures[std::string(measure)];
  }
  absl::StatusOr<state::v1::Cube*> CubeOf(int32_t year, absl::string_view department) override {
    return &cubes[{year, std::string(department)}];
  }
  absl::StatusOr<state::v1::Known*> KnownOf(absl::string_view record) override {
    return &known[std::string(record)];
  }
  absl::StatusOr<state::v1::KnownFeedback*> FeedbackOf(const risk::v1::Feedback& record) override {
    return &feedback[record.name()];
  }
  absl::StatusOr<state::v1::Attention*> AttentionOf(v1::WarningKind kind,
                                                    absl::string_view record) override {
    return &attentions[{kind, std::string(record)}];
  }
  absl::StatusOr<state::v1::CountedAppointment*> AppointmentOf(
      absl::string_view appointment) override {
    return &appointments[std::string(appointment)];
  }
  absl::StatusOr<state::v1::SummaryPost*> SummaryPostOf(absl::string_view department,
                                                        absl::string_view post) override {
    return &summary[{std::string(department), std::string(post)}];
  }

  state::v1::Scope unit;
  std::map<std::string, state::v1::Scope> scopes;
  std::map<std::string, state::v1::Owner> owners;
  std::map<std::string, state::v1::Holder> holders;
  std::map<std::string, state::v1::Point> points;
  std::map<std::string, state::v1::PointMeasure> measures;
  std::map<std::pair<int32_t, std::string>, state::v1::Cube> cubes;
  std::map<std::string, state::v1::Known> known;
  std::map<std::string, state::v1::KnownFeedback> feedback;
  std::map<std::pair<v1::WarningKind, std::string>, state::v1::Attention> attentions;
  std::map<std::string, state::v1::CountedAppointment> appointments;
  std::map<std::pair<std::string, std::string>, state::v1::SummaryPost> summary;
};

}  // namespace lianfang::reporting
