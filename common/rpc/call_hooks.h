// What the wrapper asks and tells about every call besides the handler: who may take up how much of
// the server's time, and what is kept for auditors.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/auth/identity.h"
#include "common/rpc/method.h"

namespace lianfang::rpc {

// Limits how fast one caller may send. Thread-safe; must not block.
class CallLimiter {
 public:
  virtual ~CallLimiter() = default;
  // RATE_LIMITED with RetryInfo when the identity has used up its share.
  virtual absl::Status Take(const auth::Identity& identity) = 0;
  // The same for calls to open methods, by address.
  virtual absl::Status TakeOpen(absl::string_view address) = 0;
};

// A call that has ended, as an auditor wants to know of it.
struct AuditEvent {
  const Method* method = nullptr;
  std::shared_ptr<const auth::Identity> identity;  // null: nobody known
  std::string unit_id;   // that the request names; empty when it came to no request or names none
  std::string resource;  // that the request names
  absl::Status status;
  bool audited = false;  // the method's option says that it leaves a record
};

// Takes the calls that failed, that are audited, and all to open methods; never one to an anonymous
// method. Thread-safe; must not block.
class AuditSink {
 public:
  virtual ~AuditSink() = default;
  virtual void Take(AuditEvent event) = 0;
};

}  // namespace lianfang::rpc
