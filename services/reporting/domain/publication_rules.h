// Rules of publications (公示): what may be shown how far, for how long, and what objections do.
// Pure.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "lianfang/reporting/v1/publicity.pb.h"

namespace lianfang::reporting {

// Objections that one publication takes.
inline constexpr int kMaxObjections = 100;
// Days that a publication hangs out when nobody says how many.
inline constexpr int kDefaultPeriodDays = 5;

// Completes a new publication: first day, days, last day, state. INVALID_FIELD for a scope that is
// too wide or none, a department that does not fit it, a day that is none or long past, subjects of
// another kind, another unit, or twice.
absl::Status Begin(absl::Time now, v1::Publication* publication);

// PERIOD_NOT_OVER, ILLEGAL_TRANSITION (not open, an objection not handled).
absl::Status Close(const std::string& note, absl::Time now, v1::Publication* publication);
// ILLEGAL_TRANSITION.
absl::Status Withdraw(const std::string& reason, absl::Time now, v1::Publication* publication);

// ILLEGAL_TRANSITION, INVALID_FIELD (too many).
absl::Status Object(const std::string& content, const std::string& objector, absl::Time now,
                    v1::Publication* publication);
// ILLEGAL_TRANSITION (no such open objection), OWN_RECORD.
absl::Status HandleObjection(const v1::HandleObjectionRequest& request, const std::string& handler,
                             absl::Time now, v1::Publication* publication);

}  // namespace lianfang::reporting
