#include "common/rpc/admission.h"

#include <grpc/grpc_security_constants.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/rpc/status_grpc.h"
#include "common/status/error.h"
#include "grpcpp/impl/codegen/proto_utils.h"

namespace lianfang::rpc {

using google::protobuf::Message;

absl::Status Parse(const Method& method, const grpc::ByteBuffer& bytes, Message* message) {
  grpc::ByteBuffer copy = bytes;  // shares the slices
  bool parsed = false;
  {
    grpc::ProtoBufferReader reader(&copy);
    parsed = reader.status().ok() && message->ParseFromZeroCopyStream(&reader);
  }
  if (parsed) return absl::OkStatus();
  std::vector<grpc::Slice> slices;
  std::string flat;
  if (bytes.Dump(&slices).ok()) {
    for (const auto& slice : slices) {
      flat.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
  }
  const std::string field = InvalidUtf8Field(method.descriptor->input_type(), flat);
  if (!field.empty()) {
    return FieldError(common::v1::ERROR_REASON_INVALID_UTF8, field, "不是有效的 UTF-8 文字。",
                      "is not valid UTF-8.");
  }
  return MakeError(
      common::v1::ERROR_REASON_MALFORMED_MESSAGE, "请求内容无法解析。",
      absl::StrCat("The request is not a ", method.descriptor->input_type()->full_name(), "."));
}

grpc::Status Serialize(const Message& message, grpc::ByteBuffer* out) {
  // gRPC ends the process when a stream's buffer still holds the message before.
  out->Clear();
  bool own = false;
  return grpc::GenericSerialize<grpc::ProtoBufferWriter, Message>(message, out, &own);
}

std::string AddressOf(const std::string& peer) {
  absl::string_view rest = peer;
  if (!absl::ConsumePrefix(&rest, "ipv4:") && !absl::ConsumePrefix(&rest, "ipv6:")) return "";
  return std::string(rest.substr(0, rest.rfind(':')));
}

namespace {

// A token comes first: it may be a person's, brought by a program that has a certificate too.
absl::StatusOr<std::shared_ptr<const auth::Identity>> Identify(
    const Registry::Environment& environment, absl::string_view authorization,
    const grpc::CallbackServerContext& context) {
  if (authorization.empty()) {
    const auto peer = context.auth_context();
    if (peer != nullptr && peer->IsPeerAuthenticated()) {
      // Not GetPeerIdentity, which is the common name where there is no alternative one.
      std::vector<std::string> names;
      for (const char* property : {GRPC_PEER_URI_PROPERTY_NAME, GRPC_PEER_DNS_PROPERTY_NAME}) {
        for (const grpc::string_ref& name : peer->FindPropertyValues(property)) {
          names.emplace_back(name.data(), name.size());
        }
      }
      return environment.authenticator->AuthenticateMachine(names);
    }
  }
  return environment.authenticator->Authenticate(authorization);
}

}  // namespace

absl::Status Admit(const Registry::Environment& environment, const Method& method,
                   const grpc::CallbackServerContext& context, CallContext* call) {
  absl::string_view authorization;
  const auto& metadata = context.client_metadata();
  if (const auto it = metadata.find("authorization"); it != metadata.end()) {
    authorization = absl::string_view(it->second.data(), it->second.size());
  }
  call->method = &method;
  if (method.open) {
    call->identity = std::make_shared<const auth::Identity>();
    call->address = AddressOf(context.peer());
    if (environment.limiter != nullptr) {
      LF_RETURN_IF_ERROR(environment.limiter->TakeOpen(call->address));
    }
  } else {
    LF_ASSIGN_OR_RETURN(call->identity, Identify(environment, authorization, context));
    if (environment.limiter != nullptr) {
      LF_RETURN_IF_ERROR(environment.limiter->Take(*call->identity));
    }
  }
  if (!method.open && (method.permission >= static_cast<int>(call->identity->granted.size()) ||
                       !call->identity->granted[method.permission])) {
    return ErrorBuilder(common::v1::ERROR_REASON_PERMISSION_DENIED,
                        "您的角色没有执行此操作的权限。",
                        "No role of the caller grants the permission for this method.")
        .Meta("method", method.full_name)
        .Build();
  }
  const auto deadline = context.deadline();
  const absl::Time real_now = absl::Now();
  call->deadline = deadline == std::chrono::system_clock::time_point::max()
                       ? real_now + environment.default_deadline
                       : absl::FromChrono(deadline);
  if (real_now >= call->deadline) {
    return MakeError(common::v1::ERROR_REASON_DEADLINE_EXCEEDED, "等待时间已过。",
                     "The deadline has passed.");
  }
  call->now = environment.clock->Now();
  return absl::OkStatus();
}

absl::Status Check(CallContext* call, const Message& request) {
  LF_RETURN_IF_ERROR(call->method->validator->Check(request));
  LF_ASSIGN_OR_RETURN(call->unit_id, UnitOf(*call->method, request));
  if (call->unit_id.empty() || call->method->open) return absl::OkStatus();
  return CheckCovers(*call->identity, call->unit_id);
}

absl::Status CheckCovers(const auth::Identity& identity, absl::string_view unit_id) {
  if (identity.Covers(unit_id)) return absl::OkStatus();
  return MakeError(common::v1::ERROR_REASON_UNIT_NOT_COVERED, "您的身份不属于该单位。",
                   "The caller's identity does not cover this unit.");
}

void Audit(const Registry::Environment& environment, const CallContext& call,
           const Message* request, const absl::Status& status) {
  const Method* method = call.method;
  if (environment.audit == nullptr || method == nullptr || method->anonymous) return;
  const bool audited =
      method->audited || (method->audited_if != nullptr && request != nullptr &&
                          request->GetReflection()->GetBool(*request, method->audited_if));
  if (status.ok() && !audited && !method->open) return;
  AuditEvent event{.method = method,
                   .identity = call.identity,
                   .unit_id = call.unit_id,
                   .resource = "",
                   .status = status,
                   .audited = audited};
  // What has no unit in it may be any text.
  if (request != nullptr && !call.unit_id.empty()) event.resource = ResourceOf(*method, *request);
  environment.audit->Take(std::move(event));
}

}  // namespace lianfang::rpc
