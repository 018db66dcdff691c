// The life of a warning sign as pure functions: generated from the facts, produced, displayed,
// revised when the facts change, removed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lianfang/grading/v1/responsibility.pb.h"
#include "services/grading/domain/cause.h"

namespace lianfang::grading {

// Most risk points that a sign names.
inline constexpr int kMaxSignPoints = 500;

// The sign after the facts are what `drafted` says (subject, level, risk points, who answers); none
// when it says the same already. `earlier` is null for a subject without a sign. A sign that was
// made must be made again, and is marked with the causes. Without a risk point there is nothing to
// warn of: no sign begins, and one that stands is removed. One that was removed comes back only
// when `revive` says so.
std::optional<v1::WarningSign> NextSign(const v1::WarningSign* earlier,
                                        const v1::WarningSign& drafted,
                                        const std::vector<Cause>& causes, bool revive,
                                        absl::Time now);

// The sign after it was made. ILLEGAL_TRANSITION unless GENERATED or REVISED.
absl::StatusOr<v1::WarningSign> Produce(const v1::WarningSign& sign, v1::SignPlacement placement,
                                        const std::string& phone, absl::Time now);

// The sign on its place; clears its marks. ILLEGAL_TRANSITION unless PRODUCED.
absl::StatusOr<v1::WarningSign> Display(const v1::WarningSign& sign, const std::string& place,
                                        absl::Time now);

// The sign after it was taken away; clears its marks. ILLEGAL_TRANSITION when it is REMOVED,
// REASON_REQUIRED.
absl::StatusOr<v1::WarningSign> Remove(const v1::WarningSign& sign, const std::string& reason);

}  // namespace lianfang::grading
