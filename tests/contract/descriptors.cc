#include "tests/contract/descriptors.h"

#include <algorithm>
#include <filesystem>

namespace lianfang::contract {

using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

std::vector<const MethodDescriptor*> AllMethods() {
  const auto root = std::filesystem::path(LIANFANG_SOURCE_DIR) / "proto";
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "lianfang")) {
    if (entry.path().extension() == ".proto") {
      files.push_back(std::filesystem::relative(entry.path(), root).generic_string());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<const MethodDescriptor*> methods;
  for (const std::string& file : files) {
    const auto* descriptor = DescriptorPool::generated_pool()->FindFileByName(file);
    for (int s = 0; descriptor != nullptr && s < descriptor->service_count(); ++s) {
      for (int m = 0; m < descriptor->service(s)->method_count(); ++m) {
        methods.push_back(descriptor->service(s)->method(m));
      }
    }
  }
  return methods;
}

bool HasBehavior(const FieldDescriptor* field, google::api::FieldBehavior wanted) {
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == wanted) return true;
  }
  return false;
}

std::string CollectionOf(const std::string& pattern) {
  return pattern.size() > 8 ? pattern.substr(8) : "";
}

const FieldDescriptor* RecordsOf(const MethodDescriptor* method) {
  const auto* type = method->output_type();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (!field->is_repeated() || field->message_type() == nullptr) continue;
    return field->message_type()->FindFieldByName("name") == nullptr ? nullptr : field;
  }
  return nullptr;
}

}  // namespace lianfang::contract
