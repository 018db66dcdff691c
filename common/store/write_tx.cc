#include "common/store/write_tx.h"

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/time_util.h"

namespace lianfang::store {

using google::protobuf::Message;
using google::protobuf::util::TimeUtil;

const PendingRow* RowBuffer::Find(const RecordKind& kind, absl::string_view unit_id,
                                  absl::string_view id) const {
  if (rows_.empty()) return nullptr;
  const auto it = rows_.find(Key{&kind, {std::string(unit_id), std::string(id)}});
  return it == rows_.end() ? nullptr : &it->second;
}

void RowBuffer::Put(PendingRow row) {
  ++tables_[row.kind];
  Key key{row.kind, {row.unit_id, row.id}};
  rows_.insert_or_assign(std::move(key), std::move(row));
}

void RowBuffer::Merge(RowBuffer& other) {
  for (auto& [key, row] : other.rows_) Put(std::move(row));
  other.Clear();
}

void RowBuffer::Clear() {
  rows_.clear();
  tables_.clear();
}

std::string EtagOf(int64_t sequence) { return absl::StrCat("e", absl::Hex(sequence)); }

absl::Status CheckEtag(absl::string_view current, absl::string_view given) {
  if (given.empty() || given == current) return absl::OkStatus();
  return MakeError(common::v1::ERROR_REASON_ETAG_MISMATCH, "记录已被他人修改，请重新读取后再改。",
                   "The record has changed since it was read; read it again.");
}

WriteTx::WriteTx(Batch* batch, const auth::Identity* actor, std::string unit_id, int64_t sequence,
                 absl::Time now, IdSource* ids)
    : batch_(batch),
      actor_(actor),
      unit_id_(std::move(unit_id)),
      sequence_(sequence),
      now_(now),
      ids_(ids) {}

absl::Status WriteTx::PutRow(const RecordKind& kind, absl::string_view id, const Message& record,
                             int64_t sequence) {
  PendingRow row{&kind, unit_id_, std::string(id), sequence, {}, kind.IndexOf(record)};
  if (!record.SerializeToString(&row.body)) {
    return absl::InternalError(absl::StrCat(kind.table(), ": record cannot be serialized"));
  }
  rows_.Put(std::move(row));
  return absl::OkStatus();
}

absl::Status WriteTx::Put(const RecordKind& kind, Message& record) {
  const auto* reflection = record.GetReflection();
  const std::string name = kind.NameOf(record);
  const std::string id = kind.IdOf(name);
  if (id.empty() || UnitIdOf(name) != unit_id_) {
    return absl::InternalError(absl::StrCat(kind.table(), ": '", name, "' is not of this unit"));
  }
  if (kind.etag_field()) reflection->SetString(&record, kind.etag_field(), EtagOf(sequence_));
  const auto now = TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now_));
  if (kind.create_time_field() && !reflection->HasField(record, kind.create_time_field())) {
    reflection->MutableMessage(&record, kind.create_time_field())->CopyFrom(now);
  }
  if (kind.update_time_field()) {
    reflection->MutableMessage(&record, kind.update_time_field())->CopyFrom(now);
  }
  return PutWhole(kind, name, id, record);
}

absl::Status WriteTx::Restate(const RecordKind& kind, const Message& record) {
  const std::string name = kind.NameOf(record);
  return PutWhole(kind, name, kind.IdOf(name), record);
}

absl::Status WriteTx::PutWhole(const RecordKind& kind, const std::string& name,
                               absl::string_view id, const Message& record) {
  if (first_resource_.empty()) first_resource_ = name;
  const auto [it, added] = position_in_content_.try_emplace(name, content_.resources_size());
  auto* any = added ? content_.add_resources() : content_.mutable_resources(it->second);
  any->PackFrom(record);
  return PutRow(kind, id, record, sequence_);
}

absl::StatusOr<sql::Connection*> WriteTx::Ledger() {
  LF_RETURN_IF_ERROR(batch_->Flush());
  return &batch_->connection();
}

absl::Status WriteTx::Derive(const RecordKind& kind, absl::string_view id, const Message& record) {
  // Of no entry of this ledger: the row can be made again without knowing when it was written here.
  return PutRow(kind, id, record, 0);
}

void WriteTx::SetResult(const Message& result) { content_.add_resources()->PackFrom(result); }

void WriteTx::SetResultOnce(const Message& result) { once_.add_resources()->PackFrom(result); }

void WriteTx::Anonymise(absl::Time time) {
  anonymous_ = true;
  now_ = time;
}

absl::StatusOr<std::optional<std::string>> WriteTx::FindBody(const RecordKind& kind,
                                                             absl::string_view unit_id,
                                                             absl::string_view id) {
  if (const PendingRow* row = rows_.Find(kind, unit_id, id)) return std::optional(row->body);
  if (const PendingRow* row = batch_->rows().Find(kind, unit_id, id)) {
    return std::optional(row->body);
  }
  if (const std::string* body = batch_->cache().Find(kind, unit_id, id)) {
    return std::optional(*body);
  }
  if (batch_->KnownMissing(kind, unit_id, id)) return std::optional<std::string>();
  LF_ASSIGN_OR_RETURN(std::optional<std::string> body,
                      ConnectionReader(&batch_->connection()).FindBody(kind, unit_id, id));
  if (body) batch_->cache().Keep(kind, unit_id, id, *body);
  return body;
}

absl::Status WriteTx::Scan(
    const RecordKind& kind, absl::string_view unit_id, const Query& query,
    absl::FunctionRef<absl::Status(absl::string_view, absl::string_view)> record) {
  if (rows_.HasTable(kind)) {
    return absl::InternalError(absl::StrCat(kind.table(), ": queried after it was written"));
  }
  if (batch_->rows().HasTable(kind)) LF_RETURN_IF_ERROR(batch_->Flush());
  const std::string key = query.Key();
  if (const UnitCache::Rows* known = batch_->cache().FindRows(kind, unit_id, key)) {
    // A copy: `record` may read, and so change what is known.
    const UnitCache::Rows rows = *known;
    for (const auto& [id, body] : rows) LF_RETURN_IF_ERROR(record(id, body));
    return absl::OkStatus();
  }
  UnitCache::Rows rows;
  LF_RETURN_IF_ERROR(
      ConnectionReader(&batch_->connection())
          .Scan(kind, unit_id, query, [&](absl::string_view id, absl::string_view body) {
            rows.emplace_back(id, body);
            return record(id, body);
          }));
  batch_->cache().KeepRows(kind, unit_id, key, std::move(rows));
  return absl::OkStatus();
}

absl::StatusOr<int64_t> WriteTx::LedgerSize(absl::string_view unit_id) {
  return batch_->LedgerSize(unit_id);
}

}  // namespace lianfang::store
