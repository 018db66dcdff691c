// A kind of record as data: which table keeps it, how its resource names look, which of its fields
// are columns. Every record table has the same shape:
//   unit_id {ID}, id {ID}, sequence {INT}, body {BYTES}, then one column for each indexed field,
//   PRIMARY KEY (unit_id, id)
// `body` is the serialized message, `sequence` the ledger entry that wrote it; 0 for what is
// derived, which no entry of this ledger wrote.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace lianfang::store {

// A column's value: numbers for numeric, boolean and enum fields, text for the rest.
using IndexValue = std::variant<int64_t, std::string>;

class RecordKind {
 public:
  // `collection` is the segment of resource names (`posts` in `units/{unit}/posts/{post}`), empty
  // for units. `index` names fields of the message; column names equal field names. Aborts the
  // program when a field does not exist: kinds are constants of the program.
  //
  // The id of a record is what follows the collection in its name, unless `id_of_name` says another
  // way, for records below records. That must be one to one, gives an empty id for names that are
  // not of this kind, and decides the order of lists.
  using IdOfName = std::string (*)(absl::string_view name);
  RecordKind(std::string table, std::string collection, const google::protobuf::Message& prototype,
             std::vector<std::string> index, IdOfName id_of_name = nullptr);

  const std::string& table() const { return table_; }
  const std::string& collection() const { return collection_; }
  const google::protobuf::Descriptor* type() const { return prototype_->GetDescriptor(); }
  const std::vector<std::string>& columns() const { return columns_; }

  // Column values of a record, in the order of columns().
  std::vector<IndexValue> IndexOf(const google::protobuf::Message& record) const;

  // Whether the messages have `name`, `etag`, `create_time` and `update_time`.
  const google::protobuf::FieldDescriptor* etag_field() const { return etag_; }
  const google::protobuf::FieldDescriptor* name_field() const { return name_; }
  const google::protobuf::FieldDescriptor* create_time_field() const { return create_time_; }
  const google::protobuf::FieldDescriptor* update_time_field() const { return update_time_; }

  // Name of a record (its `name` field).
  std::string NameOf(const google::protobuf::Message& record) const;
  // Id of the record with this resource name; empty when the name is not of this kind.
  std::string IdOf(absl::string_view name) const;

  // SQL pieces, made once: "unit_id, id, sequence, body, …" and how many columns that is.
  const std::string& all_columns() const { return all_columns_; }
  int column_count() const { return static_cast<int>(columns_.size()) + 4; }

 private:
  std::string table_;
  std::string collection_;
  const google::protobuf::Message* prototype_;
  IdOfName id_of_name_;
  std::vector<std::string> columns_;
  std::vector<const google::protobuf::FieldDescriptor*> fields_;
  std::string all_columns_;
  const google::protobuf::FieldDescriptor* name_ = nullptr;
  const google::protobuf::FieldDescriptor* etag_ = nullptr;
  const google::protobuf::FieldDescriptor* create_time_ = nullptr;
  const google::protobuf::FieldDescriptor* update_time_ = nullptr;
};

}  // namespace lianfang::store
