#include "services/reporting/report_rows.h"

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "lianfang/reporting/v1/warning.pb.h"
#include "services/reporting/reporting_kinds.h"

namespace lianfang::reporting {

template <class T>
absl::StatusOr<T*> ReportRows::Load(const store::RecordKind& kind, absl::string_view id) {
  if (id.empty()) return absl::DataLossError(absl::StrCat(kind.table(), ": a name has no id"));
  const auto [it, added] = rows_.try_emplace({&kind, std::string(id)});
  Row& row = it->second;
  if (added) {
    row.message = std::make_unique<T>();
    LF_ASSIGN_OR_RETURN(const auto body, tx_->FindBody(kind, tx_->unit_id(), id));
    if (body) row.stored = *body;
    if (!row.message->ParseFromString(row.stored)) return store::CorruptRecord(kind, id);
  }
  return static_cast<T*>(row.message.get());
}

absl::StatusOr<state::v1::Scope*> ReportRows::UnitScope() {
  return Load<state::v1::Scope>(ScopeKind(), kUnitScope);
}

absl::StatusOr<state::v1::Scope*> ReportRows::ScopeOf(absl::string_view department) {
  return Load<state::v1::Scope>(ScopeKind(), ScopeKey(department));
}

absl::StatusOr<state::v1::Owner*> ReportRows::OwnerOf(absl::string_view name) {
  return Load<state::v1::Owner>(OwnerKind(), OwnerKey(name));
}

absl::StatusOr<state::v1::Holder*> ReportRows::HolderOf(absl::string_view person) {
  return Load<state::v1::Holder>(HolderKind(), IdIn("persons", person));
}

absl::StatusOr<state::v1::Point*> ReportRows::PointOf(absl::string_view risk_point) {
  return Load<state::v1::Point>(PointKind(), IdIn("riskPoints", risk_point));
}

absl::StatusOr<state::v1::PointMeasure*> ReportRows::MeasureOf(absl::string_view measure) {
  return Load<state::v1::PointMeasure>(PointMeasureKind(), IdIn("measures", measure));
}

absl::StatusOr<state::v1::Cube*> ReportRows::CubeOf(int32_t year, absl::string_view department) {
  return Load<state::v1::Cube>(CubeKind(), CubeKey(year, department));
}

absl::StatusOr<state::v1::Known*> ReportRows::KnownOf(absl::string_view record) {
  return Load<state::v1::Known>(KnownKind(), KnownKey(record));
}

absl::StatusOr<state::v1::KnownFeedback*> ReportRows::FeedbackOf(
    const risk::v1::Feedback& feedback) {
  return Load<state::v1::KnownFeedback>(FeedbackKind(),
                                        FeedbackKey(feedback.name(), feedback.create_time()));
}

absl::StatusOr<state::v1::Attention*> ReportRows::AttentionOf(v1::WarningKind kind,
                                                              absl::string_view record) {
  return Load<state::v1::Attention>(AttentionKind(), AttentionKey(kind, record));
}

absl::StatusOr<state::v1::CountedAppointment*> ReportRows::AppointmentOf(
    absl::string_view appointment) {
  return Load<state::v1::CountedAppointment>(CountedAppointmentKind(),
                                             IdIn("appointments", appointment));
}

absl::StatusOr<state::v1::SummaryPost*> ReportRows::SummaryPostOf(absl::string_view department,
                                                                  absl::string_view post) {
  return Load<state::v1::SummaryPost>(SummaryPostKind(), SummaryKey(department, post));
}

absl::Status ReportRows::Store() {
  for (const auto& [key, row] : rows_) {
    if (row.message->SerializeAsString() == row.stored) continue;
    LF_RETURN_IF_ERROR(tx_->Derive(*key.first, key.second, *row.message));
  }
  return absl::OkStatus();
}

}  // namespace lianfang::reporting
