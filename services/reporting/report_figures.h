// Reading what a school's report says beside its counts.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/policy/policies.h"
#include "common/store/reader.h"
#include "lianfang/reporting/v1/reporting.pb.h"

namespace lianfang::reporting {

// Adds months, kinds of departments and campaigns to a report that has its counts; all of the same
// state when `reader` reads one. Pieces are overdue as of the day of `now`.
absl::Status AddFigures(store::Reader& reader, absl::string_view unit_id,
                        const policy::Policies& policies, absl::Time now, v1::UnitReport* report);

}  // namespace lianfang::reporting
