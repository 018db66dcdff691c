// The tables of what reporting derives, and their keys. Keys are ids, or what follows the unit in a
// resource name.
#pragma once

#include <span>
#include <string>

#include "common/base/embedded.h"
#include "common/store/record_kind.h"

namespace lianfang::reporting {

const store::RecordKind& ScopeKind();
const store::RecordKind& OwnerKind();
const store::RecordKind& HolderKind();
const store::RecordKind& PointKind();
const store::RecordKind& PointMeasureKind();
const store::RecordKind& CountedSelfCheckKind();
const store::RecordKind& CountedAppointmentKind();
const store::RecordKind& SummaryPostKind();

// Key of the unit's row in ScopeKind(), and of the leadership's. Both come before those of
// departments, which are their ids: `*` and `-` are smaller than what ids begin with.
inline constexpr char kUnitScope[] = "*";
inline constexpr char kLeadershipScope[] = "-";
std::string ScopeKey(absl::string_view department);
// `unit`, `posts/{post}` or `departments/{department}`.
std::string OwnerKey(absl::string_view name);
// `{department or -}/{post}`: the order of 附件8.
std::string SummaryKey(absl::string_view department, absl::string_view post);

// Migrations of the tables; component `reporting`.
std::span<const EmbeddedFile> Schema();

}  // namespace lianfang::reporting
