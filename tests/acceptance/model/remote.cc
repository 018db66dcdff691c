#include "tests/acceptance/model/remote.h"

#include <chrono>
#include <stdexcept>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/client/client.h"
#include "common/rpc/status_grpc.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/grading/v1/inspection.pb.h"
#include "lianfang/grading/v1/responsibility.pb.h"
#include "lianfang/ledger/v1/ledger.pb.h"
#include "lianfang/personnel/v1/duty.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "lianfang/reporting/v1/publicity.pb.h"
#include "lianfang/reporting/v1/reporting.pb.h"
#include "lianfang/risk/v1/risk.pb.h"

namespace lianfang::model {
namespace {

using google::protobuf::FileDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

using Methods = std::map<std::string, const MethodDescriptor*>;  // by type of the request

Methods AllMethods() {
  Methods methods;
  const FileDescriptor* files[] = {
      personnel::v1::CreateUnitRequest::descriptor()->file(),
      personnel::v1::CreatePostDutyRequest::descriptor()->file(),
      risk::v1::CreateSelfCheckRequest::descriptor()->file(),
      grading::v1::DecideRequest::descriptor()->file(),
      grading::v1::SignLetterRequest::descriptor()->file(),
      grading::v1::CreateExaminationRequest::descriptor()->file(),
      reporting::v1::GetStatisticsRequest::descriptor()->file(),
      reporting::v1::CreatePublicationRequest::descriptor()->file(),
      ledger::v1::ListEntriesRequest::descriptor()->file(),
  };
  for (const FileDescriptor* file : files) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        const MethodDescriptor* method = file->service(s)->method(m);
        methods[method->input_type()->full_name()] = method;
      }
    }
  }
  return methods;
}

}  // namespace

Remote::Remote(testing::TestServer* server)
    : server_(server), channel_(client::MakeChannel(server->address())), stub_(channel_) {}

const MethodDescriptor& Remote::MethodOf(const Message& request) {
  static const auto& methods = *new Methods(AllMethods());
  const auto found = methods.find(request.GetDescriptor()->full_name());
  if (found == methods.end()) {
    throw std::invalid_argument(absl::StrCat("no method takes ", request.GetTypeName()));
  }
  return *found->second;
}

const std::string& Remote::TokenOf(const Actor& actor) {
  const std::string key =
      absl::StrCat(actor.subject, " ", actor.unit, " ", absl::StrJoin(actor.roles, ","));
  auto found = tokens_.find(key);
  if (found == tokens_.end()) {
    found = tokens_.emplace(key, server_->Token(actor.subject, actor.roles, {actor.unit})).first;
  }
  return found->second;
}

absl::StatusOr<std::string> Remote::Call(const Actor& actor, const Message& request) {
  const MethodDescriptor& method = MethodOf(request);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  context.AddMetadata("authorization", absl::StrCat("Bearer ", TokenOf(actor)));
  const grpc::Slice slice(request.SerializeAsString());
  const grpc::ByteBuffer sent(&slice, 1);
  grpc::CompletionQueue queue;
  auto call = stub_.PrepareUnaryCall(
      &context, absl::StrCat("/", method.service()->full_name(), "/", method.name()), sent, &queue);
  call->StartCall();
  grpc::ByteBuffer received;
  grpc::Status status;
  call->Finish(&received, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  if (!status.ok()) return rpc::FromGrpc(status);
  std::vector<grpc::Slice> slices;
  received.Dump(&slices);
  std::string bytes;
  for (const grpc::Slice& piece : slices) {
    bytes.append(reinterpret_cast<const char*>(piece.begin()), piece.size());
  }
  return bytes;
}

}  // namespace lianfang::model
