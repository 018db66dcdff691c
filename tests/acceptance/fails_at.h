// A refusal that says why and where: what a program branches on, and the field that people see
// marked.
#pragma once

#include <map>
#include <string>

#include "common/status/error.h"
#include "common/testing/test_server.h"
#include "google/rpc/error_details.pb.h"

namespace lianfang::acceptance {

// Fields that the error names as being at fault, with what it says of each to people.
inline std::map<std::string, std::string> FieldsAtFault(const absl::Status& status) {
  std::map<std::string, std::string> fields;
  const auto answer = ToRpcStatus(status);
  for (const auto& detail : answer.details()) {
    google::rpc::BadRequest bad;
    if (!detail.Is<google::rpc::BadRequest>() || !detail.UnpackTo(&bad)) continue;
    for (const auto& violation : bad.field_violations()) {
      fields[violation.field()] = violation.description();
    }
  }
  return fields;
}

// EXPECT_THAT(result, FailsAt(ERROR_REASON_…, "risk_point.owner"));
MATCHER_P2(FailsAt, reason, field,
           std::string("fails with ") + common::v1::ErrorReason_Name(reason) + " at " + field) {
  const absl::Status status = testing::StatusOf(arg);
  *result_listener << status.ToString();
  for (const auto& [at, text] : FieldsAtFault(status)) *result_listener << ", at " << at;
  return !status.ok() && ReasonOf(status) == reason && FieldsAtFault(status).contains(field);
}

}  // namespace lianfang::acceptance
