#include "common/server/reflection.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.pb.h"
#include "grpc/reflection/v1/reflection.pb.h"

namespace lianfang::server {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using grpc::reflection::v1::ServerReflectionRequest;
using grpc::reflection::v1::ServerReflectionResponse;

void AddFile(const FileDescriptor* file, std::set<const FileDescriptor*>* seen,
             grpc::reflection::v1::FileDescriptorResponse* out) {
  if (!seen->insert(file).second) return;
  google::protobuf::FileDescriptorProto proto;
  file->CopyTo(&proto);
  out->add_file_descriptor_proto(proto.SerializeAsString());
  for (int i = 0; i < file->dependency_count(); ++i) AddFile(file->dependency(i), seen, out);
}

void Answer(const ServerReflectionRequest& request, const std::vector<std::string>& services,
            ServerReflectionResponse* response) {
  response->set_valid_host(request.host());
  *response->mutable_original_request() = request;
  const DescriptorPool* pool = DescriptorPool::generated_pool();
  const auto file_or_error = [&](const FileDescriptor* file) {
    if (file == nullptr) {
      response->mutable_error_response()->set_error_code(grpc::StatusCode::NOT_FOUND);
      response->mutable_error_response()->set_error_message("not found");
      return;
    }
    std::set<const FileDescriptor*> seen;
    AddFile(file, &seen, response->mutable_file_descriptor_response());
  };
  switch (request.message_request_case()) {
    case ServerReflectionRequest::kListServices:
      for (const std::string& name : services) {
        response->mutable_list_services_response()->add_service()->set_name(name);
      }
      return;
    case ServerReflectionRequest::kFileByFilename:
      return file_or_error(pool->FindFileByName(request.file_by_filename()));
    case ServerReflectionRequest::kFileContainingSymbol:
      return file_or_error(pool->FindFileContainingSymbol(request.file_containing_symbol()));
    case ServerReflectionRequest::kFileContainingExtension: {
      const auto& wanted = request.file_containing_extension();
      const auto* type = pool->FindMessageTypeByName(wanted.containing_type());
      const auto* field =
          type == nullptr ? nullptr : pool->FindExtensionByNumber(type, wanted.extension_number());
      return file_or_error(field == nullptr ? nullptr : field->file());
    }
    case ServerReflectionRequest::kAllExtensionNumbersOfType: {
      const auto* type = pool->FindMessageTypeByName(request.all_extension_numbers_of_type());
      if (type == nullptr) return file_or_error(nullptr);
      std::vector<const google::protobuf::FieldDescriptor*> extensions;
      pool->FindAllExtensions(type, &extensions);
      auto* numbers = response->mutable_all_extension_numbers_response();
      numbers->set_base_type_name(type->full_name());
      for (const auto* extension : extensions) numbers->add_extension_number(extension->number());
      return;
    }
    default:
      response->mutable_error_response()->set_error_code(grpc::StatusCode::INVALID_ARGUMENT);
      response->mutable_error_response()->set_error_message("nothing asked");
  }
}

}  // namespace

void RegisterReflection(rpc::Registry& registry) {
  registry.BidiInline<ServerReflectionRequest, ServerReflectionResponse>(
      "grpc.reflection.v1.ServerReflection", "ServerReflectionInfo",
      [&registry](const rpc::CallContext&, const ServerReflectionRequest& request,
                  ServerReflectionResponse* response) {
        Answer(request, registry.ServiceNames(), response);
        return absl::OkStatus();
      });
}

}  // namespace lianfang::server
