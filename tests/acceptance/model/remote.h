// Calls by descriptor: one way to send any request of the API, with the bytes that come back.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/testing/test_server.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"

namespace lianfang::model {

// Who calls: a subject with its roles in units.
struct Actor {
  std::string subject;
  std::vector<std::string> roles;
  std::string unit = "u";
};

class Remote {
 public:
  explicit Remote(testing::TestServer* server);

  // The method that takes a request of this type.
  static const google::protobuf::MethodDescriptor& MethodOf(
      const google::protobuf::Message& request);

  // The response's bytes.
  absl::StatusOr<std::string> Call(const Actor& actor, const google::protobuf::Message& request);

  // Forgets tokens, which last an hour of the server's clock.
  void ForgetTokens() { tokens_.clear(); }

 private:
  const std::string& TokenOf(const Actor& actor);

  testing::TestServer* server_;
  std::shared_ptr<grpc::Channel> channel_;
  grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub_;
  std::map<std::string, std::string> tokens_;
};

}  // namespace lianfang::model
