// A gRPC service made from a table of methods instead of generated base classes: every method takes
// raw bytes, so that the wrapper parses them itself and can say what is wrong with them.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "common/rpc/serve.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/impl/codegen/rpc_service_method.h"
#include "grpcpp/impl/codegen/server_callback_handlers.h"

namespace lianfang::rpc {

// Uses what generated code uses: RpcServiceMethod and the callback handlers of grpcpp/impl.
class Registry::TableService final : public grpc::Service {
 public:
  explicit TableService(absl::string_view name) : name_(name) {}
  const std::string& name() const { return name_; }

  using Bytes = grpc::ByteBuffer;

  void AddUnary(
      const Method& method,
      std::function<grpc::ServerUnaryReactor*(grpc::CallbackServerContext*, const Bytes*, Bytes*)>
          handler) {
    Add(method, grpc::internal::RpcMethod::NORMAL_RPC);
    MarkMethodRawCallback(
        count_++, new grpc::internal::CallbackUnaryHandler<Bytes, Bytes>(std::move(handler)));
  }
  void AddClientStream(
      const Method& method,
      std::function<grpc::ServerReadReactor<Bytes>*(grpc::CallbackServerContext*, Bytes*)>
          handler) {
    Add(method, grpc::internal::RpcMethod::CLIENT_STREAMING);
    MarkMethodRawCallback(
        count_++,
        new grpc::internal::CallbackClientStreamingHandler<Bytes, Bytes>(std::move(handler)));
  }
  void AddServerStream(
      const Method& method,
      std::function<grpc::ServerWriteReactor<Bytes>*(grpc::CallbackServerContext*, const Bytes*)>
          handler) {
    Add(method, grpc::internal::RpcMethod::SERVER_STREAMING);
    MarkMethodRawCallback(
        count_++,
        new grpc::internal::CallbackServerStreamingHandler<Bytes, Bytes>(std::move(handler)));
  }
  void AddBidi(
      const Method& method,
      std::function<grpc::ServerBidiReactor<Bytes, Bytes>*(grpc::CallbackServerContext*)> handler) {
    Add(method, grpc::internal::RpcMethod::BIDI_STREAMING);
    MarkMethodRawCallback(
        count_++, new grpc::internal::CallbackBidiHandler<Bytes, Bytes>(std::move(handler)));
  }

 private:
  void Add(const Method& method, grpc::internal::RpcMethod::RpcType type) {
    // The path's characters must live as long as the service; the registry's Method does.
    AddMethod(new grpc::internal::RpcServiceMethod(method.path.c_str(), type, nullptr));
  }

  std::string name_;
  int count_ = 0;
};

}  // namespace lianfang::rpc
