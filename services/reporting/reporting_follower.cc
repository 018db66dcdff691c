#include "services/reporting/reporting_follower.h"

#include <string>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/directory/directory_apply.h"
#include "services/reporting/domain/counters.h"
#include "services/reporting/domain/known.h"
#include "services/reporting/domain/school_time.h"
#include "services/reporting/report_rows.h"

namespace lianfang::reporting {
namespace {

using google::protobuf::Any;

// What counting an entry's records needs.
struct Counting {
  Counters* counters;
  std::string unit;
  absl::CivilDay today;
};

// Unpacks a record of a type and counts it as `count` says. Whether it was of the type.
template <class T, class Count>
absl::StatusOr<bool> CountAs(const Counting& counting, const Any& any, Count count) {
  if (!any.Is<T>()) return false;
  T record;
  if (!any.UnpackTo(&record)) return absl::DataLossError("a record cannot be read");
  if (UnitName(UnitIdOf(record.name())) != counting.unit) {
    return absl::DataLossError(absl::StrCat("'", record.name(), "' is not of ", counting.unit));
  }
  LF_RETURN_IF_ERROR(count(record));
  return true;
}

// The first of the types that fits.
template <class... Types>
absl::Status CountAnyOf(const Counting& counting, const Any& any) {
  absl::Status status;
  const auto count_one = [&](auto type) {
    using T = typename decltype(type)::type;
    const auto counted = CountAs<T>(counting, any, [&](const T& record) -> absl::Status {
      if constexpr (std::is_same_v<T, personnel::v1::Appointment>) {
        return counting.counters->Apply(record, counting.today);
      } else if constexpr (requires { KnownOf(record); } &&
                           !std::is_same_v<T, risk::v1::RiskPoint> &&
                           !std::is_same_v<T, grading::v1::Grade>) {
        return counting.counters->Apply(KnownOf(record));
      } else {
        return counting.counters->Apply(record);
      }
    });
    if (!counted.ok()) status = counted.status();
    return !counted.ok() || *counted;
  };
  (void)(count_one(std::type_identity<Types>{}) || ...);
  return status;
}

}  // namespace

absl::Status ApplyEntry(store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                        const ledger::v1::EntryContent& content) {
  if (header.service() == "personnel") {
    LF_RETURN_IF_ERROR(directory::ApplyDirectory(tx, header, content));
  }
  ReportRows rows(&tx);
  const std::string unit = UnitName(tx.unit_id());
  Counters counters(&rows, unit);
  const Counting counting = {&counters, unit, DayOf(header.time())};
  for (const Any& any : content.resources()) {
    LF_RETURN_IF_ERROR(
        (CountAnyOf<personnel::v1::Department, personnel::v1::Post, personnel::v1::Appointment,
                    personnel::v1::PostDuty, personnel::v1::DutyVolume, risk::v1::SelfCheck,
                    risk::v1::RiskPoint, risk::v1::Measure, risk::v1::Power, risk::v1::Workflow,
                    risk::v1::Submission, risk::v1::Volume, risk::v1::Feedback, grading::v1::Grade,
                    grading::v1::WarningSign, grading::v1::ResponsibilityLetter,
                    grading::v1::SelfInspectionReport, grading::v1::Examination,
                    grading::v1::Rectification>(counting, any)));
  }
  LF_RETURN_IF_ERROR(counters.SetPosition(header.service(), header.sequence()));
  return rows.Store();
}

}  // namespace lianfang::reporting
