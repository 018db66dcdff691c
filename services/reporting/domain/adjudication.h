// What was decided about a warning, beside what the facts say now (界定). Pure.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "lianfang/reporting/v1/warning.pb.h"

namespace lianfang::reporting {

// The warning as it is shown. `computed`: what the facts bear, if they do; `stored`: the newest
// that was decided, if anything ever was. At least one is there. A decision holds up to the colour
// that it was made on.
v1::Warning Merge(const std::optional<v1::Warning>& computed,
                  const std::optional<v1::Warning>& stored);

// Puts a decision on an open warning. ILLEGAL_TRANSITION, OWN_RECORD, REQUIRED_FIELD,
// INVALID_FIELD.
absl::Status Adjudicate(const v1::AdjudicateWarningRequest& request, const std::string& actor,
                        absl::Time now, v1::Warning* warning);

// Takes the decision in force back. ILLEGAL_TRANSITION, OWN_RECORD.
absl::Status Revoke(const std::string& reason, const std::string& actor, absl::Time now,
                    v1::Warning* warning);

}  // namespace lianfang::reporting
