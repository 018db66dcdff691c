// What the wrapper knows of a method before a call comes: from its descriptor and options.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/auth/permissions.h"
#include "common/rpc/validate.h"
#include "google/protobuf/descriptor.h"

namespace lianfang::rpc {

struct MethodMetrics;

struct Method {
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  std::string path;       // "/lianfang.risk.v1.RiskService/CreateRiskPoint", as on the wire
  std::string full_name;  // the same without the leading slash, for ledger headers
  int permission = -1;    // index in PermissionTable
  bool open = false;      // for whoever has no token yet
  bool audited = false;   // each call leaves an audit record
  // The same where this field of the request is true; null: none.
  const google::protobuf::FieldDescriptor* audited_if = nullptr;
  bool anonymous = false;  // nothing may tell who called
  // Field path to the resource name whose unit the caller must cover; empty: none.
  std::vector<const google::protobuf::FieldDescriptor*> unit_field;
  const google::protobuf::FieldDescriptor* request_id = nullptr;
  const google::protobuf::FieldDescriptor* not_before = nullptr;
  const Validator* validator = nullptr;
  std::shared_ptr<const MethodMetrics> metrics;  // of a registered method
};

// Aborts the program when the method does not exist, has no permission option, or names a field
// that it lacks: an API without a permission must not start.
Method DescribeMethod(absl::string_view service, absl::string_view method,
                      auth::PermissionTable& permissions);

// Resource name, or a new unit's id, in the request's unit field; empty when the method has none.
std::string ResourceOf(const Method& method, const google::protobuf::Message& request);

// Id of the unit that a request is about; empty when the method has none. INVALID_FIELD when the
// name has none.
absl::StatusOr<std::string> UnitOf(const Method& method, const google::protobuf::Message& request);

}  // namespace lianfang::rpc
