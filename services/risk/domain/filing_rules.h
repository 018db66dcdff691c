// The life of powers and workflow charts: DRAFT → SUBMITTED → FILED, or RETURNED and handed in
// again; FILED → COMPILED in a volume; changed, they are drafts of the next revision.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lianfang/risk/v1/power.pb.h"

namespace lianfang::risk {

// State in Chinese, for texts.
absl::string_view Chinese(risk::v1::FilingState state);

// Whether the record is in force: filed, whether or not a volume has taken it up.
bool IsFiled(risk::v1::FilingState state);

// ILLEGAL_TRANSITION for a record that is under review or archived. `name` is its resource name.
absl::Status CheckChangeable(risk::v1::FilingState state, absl::string_view name);

// State of a record after a change that CheckChangeable allows: one that was filed is a draft.
risk::v1::FilingState AfterChange(risk::v1::FilingState state);

// ILLEGAL_TRANSITION for a record that is under review, or archived already.
absl::Status CheckArchivable(risk::v1::FilingState state, absl::string_view name);

}  // namespace lianfang::risk
