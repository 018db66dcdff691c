#include "services/reporting/reporting_kinds.h"

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
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

const store::RecordKind& CountedSelfCheckKind() {
  static const auto* kind = Make<state::v1::CountedSelfCheck>("report_self_checks");
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

std::string ScopeKey(absl::string_view department) {
  if (department.empty()) return kLeadershipScope;
  return std::string(IdIn("departments", department));
}

std::string OwnerKey(absl::string_view name) {
  const std::string unit = UnitName(UnitIdOf(name));
  if (name == unit) return "unit";
  return std::string(name.substr(std::min(name.size(), unit.size() + 1)));
}

std::string SummaryKey(absl::string_view department, absl::string_view post) {
  return absl::StrCat(ScopeKey(department), "/", IdIn("posts", post));
}

std::span<const EmbeddedFile> Schema() { return schema::Files(); }

}  // namespace lianfang::reporting
