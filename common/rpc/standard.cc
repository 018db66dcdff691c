#include "common/rpc/standard.h"

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/crypto/sha256.h"
#include "common/rpc/field_behavior.h"
#include "common/status/error.h"
#include "google/protobuf/field_mask.pb.h"
#include "lianfang/internal/v1/state.pb.h"

namespace lianfang::rpc {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace {

bool Writable(const FieldDescriptor* field) {
  return field->name() != "name" && field->name() != "etag" &&
         !HasBehavior(field, google::api::OUTPUT_ONLY) &&
         !HasBehavior(field, google::api::IMMUTABLE);
}

const FieldDescriptor* RecordField(const Descriptor* request, const Descriptor* type) {
  for (int i = 0; i < request->field_count(); ++i) {
    if (request->field(i)->message_type() == type) return request->field(i);
  }
  return nullptr;
}

// What a Create request of a type has to be looked through for.
struct Creation {
  const FieldDescriptor* record;
  const FieldDescriptor* id = nullptr;         // of the new record; null: always made here
  std::vector<const FieldDescriptor*> output;  // of the record: what no caller sets
};

Creation CreationOf(const Descriptor* request, const Descriptor* record) {
  Creation creation{.record = RecordField(request, record)};
  for (int i = 0; i < request->field_count(); ++i) {
    const FieldDescriptor* field = request->field(i);
    if (field->type() == FieldDescriptor::TYPE_STRING && absl::EndsWith(field->name(), "_id") &&
        field->name() != "request_id") {
      creation.id = field;
    }
  }
  for (int i = 0; i < record->field_count(); ++i) {
    if (HasBehavior(record->field(i), google::api::OUTPUT_ONLY)) {
      creation.output.push_back(record->field(i));
    }
  }
  return creation;
}

// The same, worked out once for each type; the writer asks for it at every change.
const Creation& KnownCreationOf(const Descriptor* request, const Descriptor* record) {
  static auto* const mutex = new std::shared_mutex;
  static auto* const known =
      new absl::flat_hash_map<std::pair<const Descriptor*, const Descriptor*>,
                              std::unique_ptr<const Creation>>;  // under mutex
  {
    const std::shared_lock lock(*mutex);
    if (const auto it = known->find({request, record}); it != known->end()) return *it->second;
  }
  auto creation = std::make_unique<const Creation>(CreationOf(request, record));
  const std::unique_lock lock(*mutex);
  return *known->try_emplace({request, record}, std::move(creation)).first->second;
}

// The field that takes the records of a page.
const FieldDescriptor* RepeatedMessages(const Descriptor* response) {
  for (int i = response->field_count() - 1; i >= 0; --i) {
    if (response->field(i)->is_repeated()) return response->field(i);
  }
  return nullptr;
}

std::string QueryDigest(const Message& request) {
  std::unique_ptr<Message> query(request.New());
  query->CopyFrom(request);
  for (const char* name : {"page_size", "page_token", "not_before"}) {
    if (const auto* field = query->GetDescriptor()->FindFieldByName(name)) {
      query->GetReflection()->ClearField(query.get(), field);
    }
  }
  return crypto::ToBytes(crypto::Sha256({query->GetDescriptor()->full_name(), "\n",
                                         query->SerializeAsString()}))
      .substr(0, 12);
}

}  // namespace

absl::Status PrepareCreate(store::WriteTx& tx, const store::RecordKind& kind,
                           const Message& request, Message* record) {
  const Creation& creation = KnownCreationOf(request.GetDescriptor(), record->GetDescriptor());
  const auto* reflection = request.GetReflection();
  record->Clear();
  record->MergeFrom(reflection->GetMessage(request, creation.record));
  for (const FieldDescriptor* field : creation.output) {
    record->GetReflection()->ClearField(record, field);
  }
  std::string id;
  if (creation.id != nullptr) id = reflection->GetString(request, creation.id);
  const bool chosen = !id.empty();
  if (!chosen) id = tx.NewId();
  const std::string name = RecordName(tx.unit_id(), kind.collection(), id);
  record->GetReflection()->SetString(record, kind.name_field(), name);
  // An id made here begins with this change's number and ends at random: nobody has it.
  if (!chosen) return absl::OkStatus();
  LF_ASSIGN_OR_RETURN(const auto existing, tx.FindBody(kind, tx.unit_id(), id));
  if (existing) {
    return ErrorBuilder(common::v1::ERROR_REASON_RESOURCE_EXISTS, absl::StrCat(name, " 已存在。"),
                        absl::StrCat(name, " exists already."))
        .Meta("resource", name);
  }
  return absl::OkStatus();
}

absl::Status MergeUpdate(const Message& request, Message* stored) {
  const Descriptor* type = stored->GetDescriptor();
  const FieldDescriptor* given_field = RecordField(request.GetDescriptor(), type);
  const Message& given = request.GetReflection()->GetMessage(request, given_field);
  const auto* from = given.GetReflection();
  const auto* to = stored->GetReflection();
  if (const FieldDescriptor* etag = type->FindFieldByName("etag")) {
    LF_RETURN_IF_ERROR(
        store::CheckEtag(to->GetString(*stored, etag), from->GetString(given, etag)));
  }
  google::protobuf::FieldMask mask;
  if (const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName("update_mask")) {
    mask.CopyFrom(request.GetReflection()->GetMessage(request, field));
  }
  std::vector<const FieldDescriptor*> fields;
  if (mask.paths().empty() || (mask.paths_size() == 1 && mask.paths(0) == "*")) {
    for (int i = 0; i < type->field_count(); ++i) {
      if (Writable(type->field(i))) fields.push_back(type->field(i));
    }
  }
  for (const std::string& path : mask.paths()) {
    if (path == "*" && mask.paths_size() == 1) break;
    const FieldDescriptor* field = type->FindFieldByName(path);
    if (field == nullptr || !Writable(field)) {
      return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "update_mask",
                        absl::StrCat("“", path, "”不是可以修改的字段。"),
                        absl::StrCat("'", path, "' is not a field that may be changed."));
    }
    fields.push_back(field);
  }
  for (const FieldDescriptor* field : fields) {
    to->ClearField(stored, field);
    // Copies the one field through a message that holds nothing else.
    std::unique_ptr<Message> only(given.New());
    only->CopyFrom(given);
    for (int i = 0; i < type->field_count(); ++i) {
      if (type->field(i) != field) only->GetReflection()->ClearField(only.get(), type->field(i));
    }
    stored->MergeFrom(*only);
  }
  return absl::OkStatus();
}

int PageSize(int requested) {
  if (requested <= 0) return kDefaultPage;
  return std::min(requested, kMaxPage);
}

std::string MakePageToken(const Message& request, absl::string_view after) {
  internal::v1::PageToken token;
  token.set_query_digest(QueryDigest(request));
  token.set_after(std::string(after));
  return absl::WebSafeBase64Escape(token.SerializeAsString());
}

absl::StatusOr<std::string> ReadPageToken(const Message& request) {
  const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName("page_token");
  const std::string text = request.GetReflection()->GetString(request, field);
  if (text.empty()) return std::string();
  std::string bytes;
  internal::v1::PageToken token;
  if (!absl::WebSafeBase64Unescape(text, &bytes) || !token.ParseFromString(bytes) ||
      token.query_digest() != QueryDigest(request)) {
    return FieldError(common::v1::ERROR_REASON_INVALID_PAGE_TOKEN, "page_token",
                      "不是本次查询的翻页标记；请从第一页重新开始。",
                      "is not a token of this query; start again from the first page.");
  }
  return token.after();
}

absl::Status Foremost(absl::Status rule, absl::Status request) {
  const bool not_for_him = absl::IsNotFound(rule) || absl::IsPermissionDenied(rule);
  return request.ok() || not_for_him ? std::move(rule) : std::move(request);
}

absl::Status ListPage(const CallContext& call, store::Reader& reader, const store::RecordKind& kind,
                      const Message& request, store::Query query, Message* response) {
  const auto* reflection = request.GetReflection();
  const FieldDescriptor* size_field = request.GetDescriptor()->FindFieldByName("page_size");
  const int size = PageSize(reflection->GetInt32(request, size_field));
  LF_ASSIGN_OR_RETURN(query.after, ReadPageToken(request));
  query.limit = size + 1;
  const FieldDescriptor* records = RepeatedMessages(response->GetDescriptor());
  int count = 0;
  std::string last;
  bool more = false;
  LF_RETURN_IF_ERROR(
      reader.Scan(kind, call.unit_id, query, [&](absl::string_view id, absl::string_view body) {
        if (count == size) {
          more = true;
          return absl::OkStatus();
        }
        ++count;
        last = std::string(id);
        Message* record = response->GetReflection()->AddMessage(response, records);
        if (!record->ParseFromArray(body.data(), static_cast<int>(body.size()))) {
          return store::CorruptRecord(kind, id);
        }
        return absl::OkStatus();
      }));
  if (more) {
    const FieldDescriptor* next = response->GetDescriptor()->FindFieldByName("next_page_token");
    response->GetReflection()->SetString(response, next, MakePageToken(request, last));
  }
  return absl::OkStatus();
}

absl::Status ListKept(const CallContext& call, store::Reader& reader, const store::RecordKind& kind,
                      const Message& request, store::Query query,
                      absl::FunctionRef<absl::StatusOr<bool>(Message& record)> keep,
                      Message* response) {
  const auto* reflection = response->GetReflection();
  const int size = PageSize(request.GetReflection()->GetInt32(
      request, request.GetDescriptor()->FindFieldByName("page_size")));
  LF_ASSIGN_OR_RETURN(query.after, ReadPageToken(request));
  query.limit = kMaxPage;
  const FieldDescriptor* records = RepeatedMessages(response->GetDescriptor());
  std::string last;
  for (bool full = false; !full;) {
    int found = 0;
    LF_RETURN_IF_ERROR(
        reader.Scan(kind, call.unit_id, query, [&](absl::string_view id, absl::string_view body) {
          ++found;
          query.after = std::string(id);
          if (full) return absl::OkStatus();
          Message* record = reflection->AddMessage(response, records);
          if (!record->ParseFromArray(body.data(), static_cast<int>(body.size()))) {
            return store::CorruptRecord(kind, id);
          }
          const absl::StatusOr<bool> kept = keep(*record);
          if (!kept.ok()) return kept.status();
          full = *kept && reflection->FieldSize(*response, records) > size;
          if (!*kept || full) {
            reflection->RemoveLast(response, records);
          } else {
            last = std::string(id);
          }
          return absl::OkStatus();
        }));
    if (full) {
      reflection->SetString(response, response->GetDescriptor()->FindFieldByName("next_page_token"),
                            MakePageToken(request, last));
    }
    if (found < query.limit) break;
  }
  return absl::OkStatus();
}

}  // namespace lianfang::rpc
