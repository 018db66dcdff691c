// Audit records (see common/audit), which are on every service's ledgers.
#pragma once

#include "common/store/record_kind.h"

namespace lianfang::store {

// Records, newest first.
const RecordKind& AuditRecordKind();

// The method of the entries that hold them: nobody's call. They are written by the side, whenever
// somebody is refused or reads what few may read.
inline constexpr char kAuditMethod[] = "audit";

// The unit whose ledgers take what belongs to no unit. No unit of a directory has this id.
inline constexpr char kSystemUnit[] = "system";

}  // namespace lianfang::store
