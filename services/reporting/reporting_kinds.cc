#include "services/reporting/reporting_kinds.h"

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "lianfang/reporting/v1/campaign.pb.h"
#include "lianfang/reporting/v1/publicity.pb.h"
#include "lianfang/reporting/v1/warning.pb.h"
#include "services/reporting/domain/school_time.h"
#include "services/reporting/state/state.pb.h"

namespace lianfang::reporting::schema {
std::span<const lianfang::EmbeddedFile> Files();
}  // namespace lianfang::reporting::schema

namespace lianfang::reporting {
namespace {

template <class T>
const store::RecordKind* Make(const char* table, std::vector<std::string> index = {}) {
  return new store::RecordKind(table, "", T::default_instance(), std::move(index));
}

}  // namespace

const store::RecordKind& ScopeKind() {
  static const auto* kind = Make<state::v1::Scope>("report_scopes");
  return *kind;
}

const store::RecordKind& OwnerKind() {
  static const auto* kind = Make<state::v1::Owner>("report_owners");
  return *kind;
}

const store::RecordKind& HolderKind() {
  static const auto* kind = Make<state::v1::Holder>("report_holders");
  return *kind;
}

const store::RecordKind& PointKind() {
  static const auto* kind = Make<state::v1::Point>("report_points", {"owner", "registered"});
  return *kind;
}

const store::RecordKind& PointMeasureKind() {
  static const auto* kind =
      Make<state::v1::PointMeasure>("report_measures", {"risk_point", "in_use"});
  return *kind;
}

const store::RecordKind& CubeKind() {
  static const auto* kind = Make<state::v1::Cube>("report_cubes", {"year"});
  return *kind;
}

const store::RecordKind& KnownKind() {
  static const auto* kind = Make<state::v1::Known>("report_known", {"year"});
  return *kind;
}

const store::RecordKind& FeedbackKind() {
  static const auto* kind = Make<state::v1::KnownFeedback>("report_feedback");
  return *kind;
}

const store::RecordKind& AttentionKind() {
  static const auto* kind = Make<state::v1::Attention>("report_attentions", {"open"});
  return *kind;
}

const store::RecordKind& CountedAppointmentKind() {
  static const auto* kind = Make<state::v1::CountedAppointment>("report_appointments");
  return *kind;
}

const store::RecordKind& SummaryPostKind() {
  static const auto* kind = Make<state::v1::SummaryPost>("report_posts", {"level", "listed"});
  return *kind;
}

const store::RecordKind& CampaignKind() {
  static const auto* kind =
      new store::RecordKind("campaigns", "campaigns", v1::Campaign::default_instance(), {});
  return *kind;
}

const store::RecordKind& WarningKind() {
  static const auto* kind =
      new store::RecordKind("warnings", "warnings", v1::Warning::default_instance(), {});
  return *kind;
}

const store::RecordKind& PublicationKind() {
  static const auto* kind =
      new store::RecordKind("publications", "publications", v1::Publication::default_instance(),
                            {"kind", "year", "state"});
  return *kind;
}

std::string ScopeKey(absl::string_view department) {
  if (department.empty()) return kLeadershipScope;
  return std::string(IdIn("departments", department));
}

std::string KnownKey(absl::string_view name) {
  const std::string unit = UnitName(UnitIdOf(name));
  return std::string(name.substr(std::min(name.size(), unit.size() + 1)));
}

std::string OwnerKey(absl::string_view name) {
  return name == UnitName(UnitIdOf(name)) ? "unit" : KnownKey(name);
}

std::string CubeKey(int32_t year, absl::string_view department) {
  return absl::StrCat(year, "/", ScopeKey(department));
}

std::string FeedbackKey(absl::string_view feedback, const google::protobuf::Timestamp& time) {
  return absl::StrCat(directory::FormatDate(ToDate(DayOf(time))), "/", IdIn("feedback", feedback));
}

std::string AttentionKey(int kind, absl::string_view record) {
  return absl::StrCat(kind, "/", KnownKey(record));
}

std::string SummaryKey(absl::string_view department, absl::string_view post) {
  return absl::StrCat(ScopeKey(department), "/", IdIn("posts", post));
}

std::span<const EmbeddedFile> Schema() { return schema::Files(); }

}  // namespace lianfang::reporting
