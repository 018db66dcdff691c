// The one place where our errors become gRPC's and back.
#pragma once

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace lianfang::rpc {

grpc::Status ToGrpc(const absl::Status& status);
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace lianfang::rpc
