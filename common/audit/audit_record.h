// What of a call is kept for auditors: pure rules on what a call was and how it ended.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "common/rpc/call_hooks.h"
#include "common/store/audit_kind.h"
#include "lianfang/ledger/v1/audit.pb.h"

namespace lianfang::audit {

using store::AuditRecordKind;
using store::kSystemUnit;

// Id of a record whose first call came at `time`: later ones sort before it.
std::string RecordId(absl::Time time, absl::string_view random);

// A call as it is to be recorded.
struct Sighting {
  ledger::v1::AuditKind kind = ledger::v1::AUDIT_KIND_UNSPECIFIED;
  std::string service;       // on whose ledger
  std::string unit_id;       // of whose ledger; kSystemUnit where nobody's unit is known
  bool unit_is_sure = true;  // false: only if there is such a unit, else kSystemUnit
  std::string subject;
  std::vector<std::string> roles;
  std::string method;
  common::v1::ErrorReason reason = common::v1::ERROR_REASON_UNSPECIFIED;
  std::string resource;
};

// What is to be recorded of a call; nothing for what is no auditor's business: calls that failed
// for other reasons than who called, tokens whose time is over, and what the suite's own services
// read. `hosted` are the services of this process.
std::optional<Sighting> SightingOf(const rpc::AuditEvent& event,
                                   const std::set<std::string>& hosted);

}  // namespace lianfang::audit
