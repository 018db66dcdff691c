// The rows that counting reads and changes, over a change: each is read once, changed in memory,
// and written at the end if it differs.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "common/store/write_tx.h"
#include "services/reporting/domain/counters.h"

namespace lianfang::reporting {

class ReportRows final : public CountRows {
 public:
  explicit ReportRows(store::WriteTx* tx) : tx_(tx) {}

  absl::StatusOr<state::v1::Scope*> UnitScope() override;
  absl::StatusOr<state::v1::Scope*> ScopeOf(absl::string_view department) override;
  absl::StatusOr<state::v1::Owner*> OwnerOf(absl::string_view name) override;
  absl::StatusOr<state::v1::Holder*> HolderOf(absl::string_view person) override;
  absl::StatusOr<state::v1::Point*> PointOf(absl::string_view risk_point) override;
  absl::StatusOr<state::v1::PointMeasure*> MeasureOf(absl::string_view measure) override;
  absl::StatusOr<state::v1::Cube*> CubeOf(int32_t year, absl::string_view department) override;
  absl::StatusOr<state::v1::Known*> KnownOf(absl::string_view record) override;
  absl::StatusOr<state::v1::KnownFeedback*> FeedbackOf(const risk::v1::Feedback& feedback) override;
  absl::StatusOr<state::v1::Attention*> AttentionOf(v1::WarningKind kind,
                                                    absl::string_view record) override;
  absl::StatusOr<state::v1::CountedAppointment*> AppointmentOf(
      absl::string_view appointment) override;
  absl::StatusOr<state::v1::SummaryPost*> SummaryPostOf(absl::string_view department,
                                                        absl::string_view post) override;

  // Writes what differs.
  absl::Status Store();

 private:
  struct Row {
    std::unique_ptr<google::protobuf::Message> message;
    std::string stored;  // empty for a row that does not exist: so is an empty message
  };

  template <class T>
  absl::StatusOr<T*> Load(const store::RecordKind& kind, absl::string_view id);

  store::WriteTx* tx_;
  std::map<std::pair<const store::RecordKind*, std::string>, Row> rows_;
};

}  // namespace lianfang::reporting
