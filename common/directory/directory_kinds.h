// The records of the directory as tables: kept by personnel, followed by the others, in the same
// tables everywhere.
#pragma once

#include <span>

#include "common/base/embedded.h"
#include "common/store/record_kind.h"

namespace lianfang::directory {

// Kind of each record. A unit is a record of itself: its name is `units/{unit}`, its id the unit's
// id.
const store::RecordKind& UnitKind();
const store::RecordKind& DepartmentKind();
const store::RecordKind& PostKind();
const store::RecordKind& PersonKind();
const store::RecordKind& AppointmentKind();
const store::RecordKind& LeadingGroupMemberKind();

// All of them.
std::span<const store::RecordKind* const> Kinds();

// What every process has to know of accounts (internal.v1.AccountAccess); derived, also by
// personnel.
const store::RecordKind& AccountAccessKind();

// Migrations that make the tables; their component is `directory`.
std::span<const EmbeddedFile> Schema();

}  // namespace lianfang::directory
