#include "common/store/audit_kind.h"

#include "lianfang/ledger/v1/audit.pb.h"

namespace lianfang::store {

const RecordKind& AuditRecordKind() {
  static const auto* kind =
      new RecordKind("audit_records", "auditRecords", ledger::v1::AuditRecord::default_instance(),
                     {"kind", "subject"});
  return *kind;
}

}  // namespace lianfang::store
