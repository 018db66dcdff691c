#include "common/store/record_kind.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"

namespace lianfang::store {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

RecordKind::RecordKind(std::string table, std::string collection, const Message& prototype,
                       std::vector<std::string> index, IdOfName id_of_name)
    : table_(std::move(table)),
      collection_(std::move(collection)),
      prototype_(&prototype),
      id_of_name_(id_of_name),
      columns_(std::move(index)),
      all_columns_("unit_id, id, sequence, body") {
  for (const std::string& column : columns_) {
    const FieldDescriptor* field = type()->FindFieldByName(column);
    if (field == nullptr || field->is_repeated()) {
      std::fprintf(stderr, "%s has no single field %s\n", type()->full_name().c_str(),
                   column.c_str());
      std::abort();
    }
    fields_.push_back(field);
    absl::StrAppend(&all_columns_, ", ", column);
  }
  name_ = type()->FindFieldByName("name");
  etag_ = type()->FindFieldByName("etag");
  create_time_ = type()->FindFieldByName("create_time");
  update_time_ = type()->FindFieldByName("update_time");
}

std::vector<IndexValue> RecordKind::IndexOf(const Message& record) const {
  const auto* reflection = record.GetReflection();
  std::vector<IndexValue> values;
  values.reserve(fields_.size());
  for (const FieldDescriptor* field : fields_) {
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        values.emplace_back(int64_t{reflection->GetInt32(record, field)});
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        values.emplace_back(reflection->GetInt64(record, field));
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        values.emplace_back(int64_t{reflection->GetBool(record, field)});
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        values.emplace_back(int64_t{reflection->GetEnumValue(record, field)});
        break;
      default:
        values.emplace_back(reflection->GetString(record, field));
    }
  }
  return values;
}

std::string RecordKind::NameOf(const Message& record) const {
  return name_ == nullptr ? std::string() : record.GetReflection()->GetString(record, name_);
}

std::string RecordKind::IdOf(absl::string_view name) const {
  return id_of_name_ == nullptr ? std::string(IdIn(collection_, name)) : id_of_name_(name);
}

}  // namespace lianfang::store
