#include "common/rpc/method.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "lianfang/common/v1/options.pb.h"

namespace lianfang::rpc {
namespace {

[[noreturn]] void Die(absl::string_view what) {
  std::fprintf(stderr, "%s\n", std::string(what).c_str());
  std::abort();
}

}  // namespace

Method DescribeMethod(absl::string_view service, absl::string_view method,
                      auth::PermissionTable& permissions) {
  const std::string dotted = absl::StrCat(service, ".", method);
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(dotted);
  if (descriptor == nullptr) Die(absl::StrCat("no method ", dotted));
  const auto& policy = descriptor->options().GetExtension(common::v1::rpc);
  if (policy.permission().empty()) Die(absl::StrCat("no permission option on ", dotted));
  Method result;
  result.descriptor = descriptor;
  result.full_name = absl::StrCat(service, "/", method);
  result.path = absl::StrCat("/", result.full_name);
  result.permission = permissions.Register(policy.permission());
  result.open = policy.open();
  result.audited = policy.audited();
  result.anonymous = policy.anonymous();
  const auto* type = descriptor->input_type();
  if (!policy.audited_if().empty()) {
    result.audited_if = type->FindFieldByName(policy.audited_if());
    if (result.audited_if == nullptr ||
        result.audited_if->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_BOOL) {
      Die(absl::StrCat(dotted, " has no bool ", policy.audited_if()));
    }
  }
  result.request_id = type->FindFieldByName("request_id");
  result.not_before = type->FindFieldByName("not_before");
  result.validator = &Validator::For(type);
  if (!policy.unit_field().empty()) {
    for (absl::string_view name : absl::StrSplit(policy.unit_field(), '.')) {
      const auto* field = type == nullptr ? nullptr : type->FindFieldByName(std::string(name));
      if (field == nullptr) Die(absl::StrCat(dotted, " has no field ", policy.unit_field()));
      result.unit_field.push_back(field);
      type = field->message_type();
    }
  }
  return result;
}

std::string ResourceOf(const Method& method, const google::protobuf::Message& request) {
  if (method.unit_field.empty()) return "";
  const google::protobuf::Message* message = &request;
  for (size_t i = 0; i + 1 < method.unit_field.size(); ++i) {
    message = &message->GetReflection()->GetMessage(*message, method.unit_field[i]);
  }
  return message->GetReflection()->GetString(*message, method.unit_field.back());
}

absl::StatusOr<std::string> UnitOf(const Method& method, const google::protobuf::Message& request) {
  if (method.unit_field.empty()) return std::string();
  const std::string value = ResourceOf(method, request);
  // Only a unit that is to be made is named by its bare id.
  if (method.unit_field.back()->name() == "unit_id") return value;
  const absl::string_view unit = UnitIdOf(value);
  if (unit.empty()) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD,
                      method.descriptor->options().GetExtension(common::v1::rpc).unit_field(),
                      "不是 units/ 开头的资源名称。",
                      "is not a resource name that starts with units/.");
  }
  return std::string(unit);
}

}  // namespace lianfang::rpc
