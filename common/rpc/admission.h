// The steps that every kind of call shares: parsing, identity and permission, validation and unit.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/serve.h"
#include "google/protobuf/message.h"
#include "grpcpp/grpcpp.h"

namespace lianfang::rpc {

// Bytes → message; MALFORMED_MESSAGE, or INVALID_UTF8 with the field.
absl::Status Parse(const Method& method, const grpc::ByteBuffer& bytes,
                   google::protobuf::Message* message);

grpc::Status Serialize(const google::protobuf::Message& message, grpc::ByteBuffer* out);

// Address of a gRPC peer (`ipv4:127.0.0.1:41000`), without the port; empty for sockets of this
// machine.
std::string AddressOf(const std::string& peer);

// Identity, permission and deadline; needs nothing of the request. `call` says what is known also
// when the caller is refused.
absl::Status Admit(const Registry::Environment& environment, const Method& method,
                   const grpc::CallbackServerContext& context, CallContext* call);

// Validation and unit; needs the parsed request.
absl::Status Check(CallContext* call, const google::protobuf::Message& request);

// UNIT_NOT_COVERED unless the caller's identity covers the unit.
absl::Status CheckCovers(const auth::Identity& identity, absl::string_view unit_id);

// Tells the audit sink of a call that has ended. `request` is null when it came to none.
void Audit(const Registry::Environment& environment, const CallContext& call,
           const google::protobuf::Message* request, const absl::Status& status);

}  // namespace lianfang::rpc
