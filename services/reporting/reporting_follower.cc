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

// Records that counting takes as they are; of the others it needs only what known.h sees.
template <class T>
inline constexpr bool kCountedWhole =
    std::is_same_v<T, personnel::v1::Department> || std::is_same_v<T, personnel::v1::Post> ||
    std::is_same_v<T, risk::v1::RiskPoint> || std::is_same_v<T, risk::v1::Measure> ||
    std::is_same_v<T, risk::v1::Feedback> || std::is_same_v<T, grading::v1::Grade>;

template <class T>
absl::Status CountRecord(const Counting& counting, const T& record) {
  if constexpr (std::is_same_v<T, personnel::v1::Appointment>) {
    return counting.counters->Apply(record, counting.today);
  } else if constexpr (kCountedWhole<T>) {
    return counting.counters->Apply(record);
  } else {
    return counting.counters->Apply(KnownOf(record));
  }
}

// Unpacks a record of a type and counts it. Whether it was of the type.
template <class T>
absl::StatusOr<bool> CountAs(const Counting& counting, const Any& any) {
  if (!any.Is<T>()) return false;
  T record;
  if (!any.UnpackTo(&record)) return absl::DataLossError("a record cannot be read");
  if (UnitName(UnitIdOf(record.name())) != counting.unit) {
    return absl::DataLossError(absl::StrCat("'", record.name(), "' is not of ", counting.unit));
  }
  LF_RETURN_IF_ERROR(CountRecord(counting, record));
  return true;
}

// Counts it as the first of the types that it is of; records of other types do not count.
template <class First, class... Rest>
absl::Status CountAnyOf(const Counting& counting, const Any& any) {
  LF_ASSIGN_OR_RETURN(const bool counted, CountAs<First>(counting, any));
  if constexpr (sizeof...(Rest) == 0) {
    (void)counted;
    return absl::OkStatus();
  } else {
    return counted ? absl::OkStatus() : CountAnyOf<Rest...>(counting, any);
  }
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
