#include "common/rpc/status_grpc.h"

#include "common/obs/log.h"
#include "common/status/error.h"

namespace lianfang::rpc {

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status wire = ToRpcStatus(status);
  if (ReasonOf(status) == common::v1::ERROR_REASON_INTERNAL) {
    obs::Log(obs::Level::kError, "internal_error", {{"error", status.ToString()}});
  }
  return {static_cast<grpc::StatusCode>(wire.code()), wire.message(), wire.SerializeAsString()};
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status wire;
  if (!status.error_details().empty() && wire.ParseFromString(status.error_details())) {
    return FromRpcStatus(wire);
  }
  // From gRPC itself: no route, no answer in time, message too large, …
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
      return ErrorBuilder(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE, "对方服务无法连接。",
                          absl::StrCat("The service does not answer: ", status.error_message()))
          .RetryAfter(absl::Milliseconds(500));
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return MakeError(common::v1::ERROR_REASON_DEADLINE_EXCEEDED, "对方服务没有在限定时间内回答。",
                       "The service did not answer in time.");
    default:
      return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                          status.error_message());
  }
}

}  // namespace lianfang::rpc
