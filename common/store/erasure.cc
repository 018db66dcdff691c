#include "common/store/erasure.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "common/store/ledger_store.h"
#include "google/protobuf/any.pb.h"
#include "lianfang/common/v1/options.pb.h"

namespace lianfang::store {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ledger::v1::Erasure;

namespace {

// A page of entries to look through.
constexpr int kPage = 500;
constexpr size_t kPageBytes = 4 << 20;
// Entries that the change itself looks through; the writer waits for it.
constexpr int64_t kMostInChange = 2'000;
// Contents that one erasure empties. More of one record is no record of this suite.
constexpr size_t kMostContents = 2'000;
// What the erasing entry may hold: it must fit into a page of entries.
constexpr size_t kMostBytes = 7 << 20;

absl::Status Refused(const EraseOrder& order, absl::string_view zh, absl::string_view en) {
  return ErrorBuilder(common::v1::ERROR_REASON_ILLEGAL_TRANSITION, zh, en)
      .Meta("resource", order.record);
}

bool IsErasable(const FieldDescriptor* field) {
  return field->cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
         field->options().GetExtension(common::v1::limits).erasable();
}

bool IsText(absl::string_view value) { return !value.empty() && value != kErasedText; }

// Calls `text(owner, field, index, path)` for each text of the message, and of those below it, that
// can be erased and was not. M: Message, or const Message.
template <class M, class Text>
void EachText(M& message, const std::string& prefix, const Text& text) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string path = prefix + field->name();
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
        if (IsErasable(field) &&
            IsText(field->is_repeated() ? reflection->GetRepeatedString(message, field, i)
                                        : reflection->GetString(message, field))) {
          text(message, field, i, path);
        }
      } else if constexpr (std::is_const_v<M>) {
        EachText(field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                      : reflection->GetMessage(message, field),
                 path + ".", text);
      } else {
        EachText(field->is_repeated() ? *reflection->MutableRepeatedMessage(&message, field, i)
                                      : *reflection->MutableMessage(&message, field),
                 path + ".", text);
      }
    }
  }
}

bool HasErasable(const Descriptor* type, std::set<const Descriptor*>* seen) {
  if (!seen->insert(type).second) return false;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (IsErasable(field)) return true;
    if (field->message_type() != nullptr && HasErasable(field->message_type(), seen)) return true;
  }
  return false;
}

// The record, or one below it: `{record}/revisions/{revision}`.
bool IsOf(absl::string_view name, absl::string_view record) {
  return absl::ConsumePrefix(&name, record) && (name.empty() || name.front() == '/');
}

std::string NameIn(const Message& message) {
  const FieldDescriptor* name = message.GetDescriptor()->FindFieldByName("name");
  if (name == nullptr || name->type() != FieldDescriptor::TYPE_STRING || name->is_repeated()) {
    return std::string();
  }
  return message.GetReflection()->GetString(message, name);
}

// Looks for the record, and those below it, in a message and the messages in it: a content also
// holds answers, which may hold records.
void FindIn(const Message& message, absl::string_view record, bool* holds_text,
            std::set<std::string>* names) {
  const std::string name = NameIn(message);
  if (IsOf(name, record)) {
    names->insert(name);
    *holds_text = *holds_text || HoldsText(message);
    return;
  }
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      FindIn(reflection->GetMessage(message, field), record, holds_text, names);
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      FindIn(reflection->GetRepeatedMessage(message, field, i), record, holds_text, names);
    }
  }
}

std::unique_ptr<Message> NewMessage(const Descriptor* type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

absl::string_view TypeIn(const google::protobuf::Any& any) {
  const absl::string_view url = any.type_url();
  return url.substr(url.rfind('/') + 1);  // npos + 1 is 0
}

// What an Any holds; null for a type that this program does not know, or bytes that are none.
std::unique_ptr<Message> Open(const google::protobuf::Any& any) {
  const Descriptor* type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
          std::string(TypeIn(any)));
  if (type == nullptr) return nullptr;
  std::unique_ptr<Message> message = NewMessage(type);
  if (!message->ParseFromString(any.value())) return nullptr;
  return message;
}

absl::Status Damaged(int64_t sequence) {
  return absl::DataLossError(absl::StrCat("ledger entry ", sequence, " cannot be read"));
}

// One change that erases.
class Erasing {
 public:
  Erasing(WriteTx& tx, absl::Span<const RecordKind* const> kinds, const EraseOrder& order,
          HeldText found)
      : tx_(tx), kinds_(kinds.begin(), kinds.end()), order_(order), found_(std::move(found)) {
    kinds_.push_back(&ErasureKind());
  }

  absl::Status Run() {
    LF_ASSIGN_OR_RETURN(connection_, tx_.Ledger());
    LF_RETURN_IF_ERROR(ReadRecord());
    LF_RETURN_IF_ERROR(Check());
    const int64_t size = tx_.sequence() - 1;
    if (size - found_.read_to > kMostInChange) {
      return MakeError(common::v1::ERROR_REASON_OVERLOADED, "台账正在大量增长，请稍后再试。",
                       "The ledger grows too fast at the moment; try again later.");
    }
    LF_RETURN_IF_ERROR(FindText(*connection_, tx_.unit_id(), order_.record, size, &found_));
    if (found_.entries.size() > kMostContents) {
      return Refused(order_,
                     absl::StrCat("涉及的台账条目超过 ", kMostContents, " 条，不能一次删除。"),
                     absl::StrCat("More than ", kMostContents, " entries hold it."));
    }
    LF_RETURN_IF_ERROR(CollectContents());
    if (erasure_.contents().empty() && !HoldsText(*record_)) {
      return Refused(order_, "该记录中没有可以删除的内容。", "The record holds no text to erase.");
    }
    return Write();
  }

 private:
  struct Stated {
    const RecordKind* kind;
    std::unique_ptr<Message> message;
  };

  // The record as it is in its table.
  absl::StatusOr<std::optional<Stated>> Read(absl::string_view name) {
    for (const RecordKind* kind : kinds_) {
      const std::string id = kind->IdOf(name);
      if (id.empty()) continue;
      LF_ASSIGN_OR_RETURN(const auto body, tx_.FindBody(*kind, tx_.unit_id(), id));
      if (!body) continue;
      Stated stated = {kind, NewMessage(kind->type())};
      if (!stated.message->ParseFromString(*body)) return CorruptRecord(*kind, id);
      return std::optional<Stated>(std::move(stated));
    }
    return std::optional<Stated>();
  }

  absl::Status ReadRecord() {
    LF_ASSIGN_OR_RETURN(std::optional<Stated> stated, Read(order_.record));
    if (!stated) return NotFound(order_.record);
    kind_ = stated->kind;
    record_ = std::move(stated->message);
    return absl::OkStatus();
  }

  absl::Status Check() {
    if (!HasErasableFields(kind_->type())) {
      return Refused(order_, "这类记录没有可以依法删除的内容。",
                     "Records of this kind hold no text that is erased.");
    }
    // The record goes as a whole: what is below it would stay in it.
    if (absl::StrContains(IdIn(kind_->collection(), order_.record), '/')) {
      return Refused(order_, "请删除它所属的记录，其各次修订一并删除。",
                     "Erase the record that it belongs to; its revisions go with it.");
    }
    if (IsUnderReview(*record_)) {
      return Refused(order_, "记录正在审核，审核结束或撤回之后才能删除。",
                     "The record is under review; it can be erased once the review has ended.");
    }
    const FieldDescriptor* person = kind_->type()->FindFieldByName("person");
    if (!tx_.actor().subject.empty() && person != nullptr &&
        person->type() == FieldDescriptor::TYPE_STRING && !person->is_repeated() &&
        record_->GetReflection()->GetString(*record_, person) == tx_.actor().subject) {
      return MakeError(common::v1::ERROR_REASON_OWN_RECORD, "不能删除本人的记录。",
                       "Nobody erases his own record.");
    }
    return absl::OkStatus();
  }

  // Digests of the contents that go, and the records whose newest revision is in one of them.
  absl::Status CollectContents() {
    LedgerReader reader(connection_, tx_.unit_id());
    for (const int64_t sequence : found_.entries) {
      LF_ASSIGN_OR_RETURN(const auto entries, reader.Entries(sequence - 1, 1, true, 0));
      ledger::v1::EntryHeader header;
      ledger::v1::EntryContent content;
      if (entries.empty() || entries.front().sequence() != sequence ||
          !header.ParseFromString(entries.front().header()) ||
          !content.ParseFromString(entries.front().content())) {
        return Damaged(sequence);
      }
      // Emptied since it was found, by another erasure.
      if (!entries.front().erasure().empty()) continue;
      ledger::v1::ErasedContent* erased = erasure_.add_contents();
      erased->set_sequence(sequence);
      erased->set_content_digest(header.content_digest());
      for (const auto& any : content.resources()) {
        const std::unique_ptr<Message> message = Open(any);
        if (message == nullptr) continue;
        const std::string name = NameIn(*message);
        if (name.empty() || IsOf(name, order_.record)) continue;
        LF_RETURN_IF_ERROR(CollectNewest(name, message->GetDescriptor(), sequence));
      }
    }
    return absl::OkStatus();
  }

  absl::Status CollectNewest(const std::string& name, const Descriptor* type, int64_t sequence) {
    for (const RecordKind* kind : kinds_) {
      const std::string id = kind->IdOf(name);
      if (kind->type() != type || id.empty()) continue;
      std::string body;
      int64_t newest = 0;
      LF_RETURN_IF_ERROR(connection_->Query(
          absl::StrCat("SELECT sequence, body FROM ", kind->table(),
                       " WHERE unit_id = ? AND id = ?"),
          {sql::Param::Text(tx_.unit_id()), sql::Param::Text(id)}, [&](const sql::Row& row) {
            newest = row.Int(0);
            body = std::string(row.Data(1));
            return absl::OkStatus();
          }));
      if (newest != sequence) return absl::OkStatus();  // a later entry states it
      Stated stated = {kind, NewMessage(type)};
      if (!stated.message->ParseFromString(body)) return CorruptRecord(*kind, id);
      restated_.emplace_back(std::move(stated));
      return absl::OkStatus();
    }
    return absl::OkStatus();
  }

  absl::Status Write() {
    std::set<std::string> fields = Redact(record_.get());
    std::vector<Stated> below;
    for (const std::string& name : found_.names) {
      if (name == order_.record) continue;
      LF_ASSIGN_OR_RETURN(std::optional<Stated> stated, Read(name));
      if (!stated) continue;
      fields.merge(Redact(stated->message.get()));
      below.push_back(*std::move(stated));
    }
    LF_RETURN_IF_ERROR(tx_.Put(*kind_, *record_));
    for (const Stated& stated : below) LF_RETURN_IF_ERROR(tx_.Put(*stated.kind, *stated.message));
    erasure_.set_name(absl::StrCat(RecordName(tx_.unit_id(), "ledgers", order_.service),
                                   "/erasures/", tx_.NewId()));
    erasure_.set_record(order_.record);
    for (const std::string& field : fields) erasure_.add_fields(field);
    erasure_.set_reason(order_.reason);
    erasure_.set_actor(tx_.actor().subject);
    LF_RETURN_IF_ERROR(tx_.Put(ErasureKind(), erasure_));
    for (const Stated& stated : restated_) {
      LF_RETURN_IF_ERROR(tx_.Restate(*stated.kind, *stated.message));
    }
    if (tx_.content().ByteSizeLong() > kMostBytes) {
      return Refused(order_, "同一批条目中的其他记录太多，不能一次删除。",
                     "The entries hold too many other records to be stated again at once.");
    }
    WriteTx::Emptied emptied;
    emptied.erasure = erasure_.name();
    for (const auto& content : erasure_.contents()) {
      emptied.sequences.push_back(content.sequence());
    }
    tx_.EmptyContents(std::move(emptied));
    tx_.Scrub();
    return absl::OkStatus();
  }

  WriteTx& tx_;
  std::vector<const RecordKind*> kinds_;
  const EraseOrder& order_;
  HeldText found_;
  sql::Connection* connection_ = nullptr;
  const RecordKind* kind_ = nullptr;
  std::unique_ptr<Message> record_;
  Erasure erasure_;
  std::vector<Stated> restated_;
};

}  // namespace

const RecordKind& ErasureKind() {
  static const auto* kind = new RecordKind(
      "erasures", "", Erasure::default_instance(), {}, [](absl::string_view name) -> std::string {
        const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
        if (parts.size() != 6 || parts[0] != "units" || parts[2] != "ledgers" ||
            parts[4] != "erasures") {
          return std::string();
        }
        return std::string(parts[5]);
      });
  return *kind;
}

bool HasErasableFields(const Descriptor* type) {
  std::set<const Descriptor*> seen;
  return HasErasable(type, &seen);
}

bool HoldsText(const Message& record) {
  bool holds = false;
  EachText(record, "",
           [&](const Message&, const FieldDescriptor*, int, const std::string&) { holds = true; });
  return holds;
}

std::set<std::string> Redact(Message* record) {
  std::set<std::string> fields;
  EachText(*record, "",
           [&](Message& owner, const FieldDescriptor* field, int index, const std::string& path) {
             fields.insert(path);
             if (field->is_repeated()) {
               owner.GetReflection()->SetRepeatedString(&owner, field, index, kErasedText);
             } else {
               owner.GetReflection()->SetString(&owner, field, kErasedText);
             }
           });
  return fields;
}

bool IsUnderReview(const Message& record) {
  const FieldDescriptor* state = record.GetDescriptor()->FindFieldByName("state");
  if (state == nullptr || state->cpp_type() != FieldDescriptor::CPPTYPE_ENUM) return false;
  const auto* value = record.GetReflection()->GetEnum(record, state);
  return absl::EndsWith(value->name(), "_SUBMITTED") || absl::EndsWith(value->name(), "_REVIEW") ||
         value->name() == "REVIEW_STATE_OPEN" || absl::EndsWith(value->name(), "_WAITING") ||
         // Decided at the superior, and not brought to the school yet: the comment must get there.
         value->name() == "SUPERIOR_TASK_STATE_DECIDED";
}

absl::Status FindText(sql::Connection& connection, absl::string_view unit_id,
                      absl::string_view record, int64_t to, HeldText* found) {
  LedgerReader reader(&connection, std::string(unit_id));
  while (found->read_to < to) {
    LF_ASSIGN_OR_RETURN(const auto entries,
                        reader.Entries(found->read_to, kPage, true, kPageBytes));
    if (entries.empty()) return Damaged(found->read_to + 1);
    for (const auto& entry : entries) {
      if (entry.sequence() > to) return absl::OkStatus();
      found->read_to = entry.sequence();
      // Most hold nothing of it: names stand in a content as they are.
      if (!absl::StrContains(entry.content(), record)) continue;
      ledger::v1::EntryContent content;
      if (!content.ParseFromString(entry.content())) return Damaged(entry.sequence());
      bool holds_text = false;
      for (const auto& any : content.resources()) {
        if (const auto message = Open(any)) FindIn(*message, record, &holds_text, &found->names);
      }
      if (holds_text) found->entries.push_back(entry.sequence());
    }
  }
  return absl::OkStatus();
}

absl::Status Erase(WriteTx& tx, absl::Span<const RecordKind* const> kinds, const EraseOrder& order,
                   HeldText found) {
  return Erasing(tx, kinds, order, std::move(found)).Run();
}

}  // namespace lianfang::store
