// Audit records (see common/audit), which are on every service's ledgers.
#pragma once

#include "common/store/record_kind.h"

namespace lianfang::store {

// Records, newest first.
const RecordKind& AuditRecordKind();

// The unit whose ledgers take what belongs to no unit. No unit of a directory has this id.
inline constexpr char kSystemUnit[] = "system";

}  // namespace lianfang::store
