#include "common/store/batch_transaction.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "common/store/head_writes.h"
#include "google/protobuf/util/time_util.h"

namespace lianfang::store {
namespace {

using google::protobuf::util::TimeUtil;
using sql::Param;

// Rows of one statement at most. For every number up to it there is a text that is prepared once: a
// second statement for the rest would cost a network database another round trip in each batch.
constexpr size_t kMostRows = 64;

size_t RowsOfNext(size_t rows) { return std::min(rows, kMostRows); }

absl::Status DamagedHead(absl::string_view unit_id) {
  return absl::DataLossError(absl::StrCat("ledger head of unit ", unit_id, " is damaged"));
}

// The change was made, and stands; what would be its answer is no more.
absl::Status AnswerErased(absl::string_view erasure) {
  return ErrorBuilder(common::v1::ERROR_REASON_ILLEGAL_TRANSITION,
                      "该请求早已办理，所涉内容后来已依法删除；请读取记录的现状。",
                      "The request was carried out before, and what it was about has been erased "
                      "since; read the record as it is now.")
      .Meta("erasure", erasure);
}

}  // namespace

absl::Status BatchTransaction::LockHeads(const std::set<std::string>& unit_ids) {
  const std::vector<std::string> wanted(unit_ids.begin(), unit_ids.end());
  for (size_t at = 0; at < wanted.size();) {
    const size_t count = RowsOfNext(wanted.size() - at);
    std::string sql = "SELECT unit_id, frontier, writes FROM ledger_heads WHERE unit_id IN (?";
    for (size_t i = 1; i < count; ++i) absl::StrAppend(&sql, ", ?");
    absl::StrAppend(&sql, ") ORDER BY unit_id", dialect_->lock_rows);
    params_.clear();
    for (size_t i = 0; i < count; ++i) params_.push_back(Param::Text(wanted[at + i]));
    LF_RETURN_IF_ERROR(connection_->Query(sql, params_, [&](const sql::Row& row) -> absl::Status {
      const std::string unit_id(row.Data(0));
      auto frontier = ledger::Frontier::Parse(row.Data(1));
      if (!frontier.ok()) return DamagedHead(unit_id);
      Head& head = heads_[unit_id];
      head.frontier = *std::move(frontier);
      head.writes = row.Int(2);
      head.stored = true;
      return absl::OkStatus();
    }));
    at += count;
  }
  for (const std::string& unit_id : wanted) cache_->Validate(unit_id, heads_[unit_id].writes);
  return absl::OkStatus();
}

absl::Status BatchTransaction::ReadAhead(const std::vector<Mutation>& batch) {
  std::map<const RecordKind*, std::set<Key>> wanted;
  for (const Mutation& mutation : batch) {
    for (const RecordKey& key : mutation.reads) {
      if (cache_->Find(*key.kind, mutation.unit_id, key.id) != nullptr) continue;
      wanted[key.kind].insert({mutation.unit_id, key.id});
    }
  }
  for (const auto& [kind, keys] : wanted) LF_RETURN_IF_ERROR(ReadAhead(*kind, keys));
  return absl::OkStatus();
}

absl::Status BatchTransaction::ReadAhead(const RecordKind& kind, const std::set<Key>& wanted) {
  std::set<Key>& missing = missing_[&kind];
  missing.insert(wanted.begin(), wanted.end());
  auto next = wanted.begin();
  for (size_t left = wanted.size(); left > 0;) {
    const size_t count = RowsOfNext(left);
    std::string sql = absl::StrCat("SELECT unit_id, id, body FROM ", kind.table(), " WHERE ");
    params_.clear();
    for (size_t i = 0; i < count; ++i, ++next) {
      absl::StrAppend(&sql, i == 0 ? "" : " OR ", "(unit_id = ? AND id = ?)");
      params_.push_back(Param::Text(next->first));
      params_.push_back(Param::Text(next->second));
    }
    LF_RETURN_IF_ERROR(connection_->Query(sql, params_, [&](const sql::Row& row) {
      cache_->Keep(kind, row.Data(0), row.Data(1), row.Data(2));
      missing.erase({std::string(row.Data(0)), std::string(row.Data(1))});
      return absl::OkStatus();
    }));
    left -= count;
  }
  return absl::OkStatus();
}

bool BatchTransaction::KnownMissing(const RecordKind& kind, absl::string_view unit_id,
                                    absl::string_view id) const {
  const auto of_kind = missing_.find(&kind);
  return of_kind != missing_.end() &&
         of_kind->second.contains({std::string(unit_id), std::string(id)});
}

absl::StatusOr<BatchTransaction::Head*> BatchTransaction::HeadOf(const std::string& unit_id) {
  const auto it = heads_.find(unit_id);
  if (it != heads_.end()) return &it->second;
  return absl::InternalError(absl::StrCat("the head of unit ", unit_id, " is not locked"));
}

absl::StatusOr<int64_t> BatchTransaction::LedgerSize(absl::string_view unit_id) {
  LF_ASSIGN_OR_RETURN(const Head* head, HeadOf(std::string(unit_id)));
  return static_cast<int64_t>(head->frontier.size());
}

absl::StatusOr<Committed> BatchTransaction::Run(const Mutation& mutation) {
  LF_ASSIGN_OR_RETURN(Head * head, HeadOf(mutation.unit_id));
  LF_ASSIGN_OR_RETURN(std::optional<Committed> earlier, Earlier(mutation, careful_));
  if (earlier) return *std::move(earlier);
  // Only now: a change that an earlier attempt may have made is not late.
  if (absl::Now() >= mutation.deadline) {
    return MakeError(common::v1::ERROR_REASON_DEADLINE_EXCEEDED, "等待时间已过，本次更改没有执行。",
                     "The deadline passed before the change was made; nothing was changed.");
  }
  if (mutation.cancelled && mutation.cancelled()) {
    return MakeError(common::v1::ERROR_REASON_CANCELLED, "请求已取消。", "The call was cancelled.");
  }
  const int64_t sequence = static_cast<int64_t>(head->frontier.size()) + 1;
  WriteTx tx(this, mutation.actor.get(), mutation.unit_id, sequence, environment_.clock->Now(),
             environment_.ids);
  const absl::Status made = mutation.apply(tx);
  // The transaction is gone: nothing more may be asked in it.
  if (sql::FailureOf(made) != sql::Failure::kNone) return made;
  if ((!made.ok() || !tx.has_entry()) && !careful_) {
    // It may have been made before, and fail for that.
    LF_ASSIGN_OR_RETURN(earlier, Earlier(mutation, true));
    if (earlier) return *std::move(earlier);
  }
  LF_RETURN_IF_ERROR(made);
  Committed committed;
  if (tx.has_entry()) {
    committed.sequence = sequence;
    AppendEntry(mutation, tx, head);
  }
  if (tx.has_entry() || !tx.rows().empty()) head->written = true;
  committed.content = std::move(tx.content());
  committed.content.MergeFrom(tx.once());
  rows_.Merge(tx.rows());
  for (auto& told : tx.on_commit()) on_commit_.push_back(std::move(told));
  scrub_ = scrub_ || tx.scrub();
  if (!tx.emptied().sequences.empty()) {
    LF_RETURN_IF_ERROR(EmptyContents(mutation.unit_id, tx.emptied()));
  }
  return committed;
}

absl::StatusOr<std::optional<Committed>> BatchTransaction::Earlier(const Mutation& mutation,
                                                                   bool ask_database) {
  std::optional<Committed> earlier;
  if (mutation.request_id.empty() || mutation.knows_when_done) return earlier;
  ledger::v1::EntryHeader header;
  std::string erasure;
  const auto read = [&](int64_t sequence, absl::string_view header_bytes,
                        absl::string_view content) -> absl::Status {
    earlier.emplace();
    earlier->sequence = sequence;
    earlier->repeated = true;
    if (!header.ParseFromArray(header_bytes.data(), static_cast<int>(header_bytes.size())) ||
        !earlier->content.ParseFromArray(content.data(), static_cast<int>(content.size()))) {
      return absl::DataLossError("a ledger entry cannot be read");
    }
    return absl::OkStatus();
  };
  if (const auto it = by_request_.find({mutation.unit_id, mutation.request_id});
      it != by_request_.end()) {
    LF_RETURN_IF_ERROR(read(it->second->sequence, it->second->header, it->second->content));
  } else if (ask_database) {
    LF_RETURN_IF_ERROR(connection_->Query(
        "SELECT sequence, header, content, erasure FROM ledger_entries WHERE unit_id = ? AND "
        "request_id = ?",
        {Param::Text(mutation.unit_id), Param::Text(mutation.request_id)},
        [&](const sql::Row& row) {
          erasure = std::string(row.Data(3));
          return read(row.Int(0), row.Data(1), row.Data(2));
        }));
  }
  if (earlier && (header.request_digest() != crypto::ToBytes(mutation.request_digest) ||
                  header.method() != mutation.method)) {
    return FieldError(common::v1::ERROR_REASON_REQUEST_ID_REUSED, "request_id",
                      "该请求编号已用于另一个不同的请求，请换一个新的编号。",
                      "this id was used for another request; take a new one.");
  }
  if (!erasure.empty()) return AnswerErased(erasure);
  return earlier;
}

void BatchTransaction::AppendEntry(const Mutation& mutation, WriteTx& tx, Head* head) {
  PendingEntry entry;
  entry.unit_id = mutation.unit_id;
  entry.sequence = tx.sequence();
  entry.content = tx.content().SerializeAsString();
  ledger::v1::EntryHeader header;
  header.set_unit(UnitName(mutation.unit_id));
  header.set_service(environment_.service);
  header.set_sequence(entry.sequence);
  *header.mutable_time() = TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(tx.now()));
  if (tx.anonymous()) {
    header.set_actor("anonymous");
  } else {
    header.set_actor(mutation.actor->subject);
    for (const std::string& role : mutation.actor->roles) header.add_roles(role);
  }
  header.set_method(mutation.method);
  header.set_resource(tx.first_resource());
  // Every entry has an id of its own, so that the column may be unique.
  entry.request_id =
      mutation.request_id.empty() ? absl::StrCat("entry:", entry.sequence) : mutation.request_id;
  header.set_request_id(entry.request_id);
  header.set_request_digest(crypto::ToBytes(mutation.request_digest));
  header.set_content_digest(crypto::ToBytes(crypto::Sha256(entry.content)));
  entry.header = header.SerializeAsString();
  entry.hashes = head->frontier.Append(ledger::HashLeaf(entry.header));
  head->grown = true;
  auto pending = std::make_shared<const PendingEntry>(std::move(entry));
  by_request_[{pending->unit_id, pending->request_id}] = pending;
  entries_.push_back(std::move(pending));
}

absl::Status BatchTransaction::EmptyContents(const std::string& unit_id,
                                             const WriteTx::Emptied& emptied) {
  // Entries of this batch may be among them.
  LF_RETURN_IF_ERROR(Flush());
  for (const int64_t sequence : emptied.sequences) {
    LF_ASSIGN_OR_RETURN(
        const int64_t changed,
        connection_->Execute("UPDATE ledger_entries SET content = ?, erasure = ? WHERE unit_id = ? "
                             "AND sequence = ? AND erasure = ''",
                             {Param::Bytes(""), Param::Text(emptied.erasure), Param::Text(unit_id),
                              Param::Int(sequence)}));
    if (changed != 1) {
      // What the change has written so far must not stand.
      return sql::WithFailure(
          absl::InternalError(absl::StrCat("entry ", sequence, " cannot be emptied")),
          sql::Failure::kData);
    }
  }
  // A repeated request is answered from the database.
  absl::erase_if(by_request_, [&](const auto& answered) {
    const PendingEntry& entry = *answered.second;
    return entry.unit_id == unit_id &&
           std::binary_search(emptied.sequences.begin(), emptied.sequences.end(), entry.sequence);
  });
  return absl::OkStatus();
}

absl::Status BatchTransaction::Flush() {
  LF_RETURN_IF_ERROR(FlushRows());
  return FlushEntries();
}

absl::Status BatchTransaction::WriteAll() {
  LF_RETURN_IF_ERROR(Flush());
  return FlushHeads();
}

void BatchTransaction::OnCommitted() {
  for (const auto& [unit_id, head] : heads_) {
    if (head.written) cache_->Committed(unit_id, head.next_writes);
    if (head.grown && environment_.on_growth) {
      environment_.on_growth(unit_id, static_cast<int64_t>(head.frontier.size()));
    }
  }
}

void BatchTransaction::TellCommitted() {
  for (const auto& told : on_commit_) told();
}

void BatchTransaction::OnFailed() {
  for (const auto& [unit_id, head] : heads_) cache_->Forget(unit_id);
}

template <class Bind>
absl::Status BatchTransaction::WriteMany(absl::string_view verb, absl::string_view table,
                                         absl::string_view columns, int column_count, size_t rows,
                                         Bind bind) {
  std::string one = "(?";
  for (int i = 1; i < column_count; ++i) one.append(", ?");
  one.push_back(')');
  for (size_t at = 0; at < rows;) {
    const size_t count = RowsOfNext(rows - at);
    std::string sql = absl::StrCat(verb, " INTO ", table, " (", columns, ") VALUES ", one);
    for (size_t i = 1; i < count; ++i) absl::StrAppend(&sql, ", ", one);
    params_.clear();
    for (size_t i = 0; i < count; ++i) bind(at + i, &params_);
    LF_RETURN_IF_ERROR(connection_->Execute(sql, params_).status());
    at += count;
  }
  return absl::OkStatus();
}

absl::Status BatchTransaction::FlushRows() {
  // The buffer is ordered by kind, so the rows of one table stand together.
  std::vector<const PendingRow*> table;
  const auto write = [&]() -> absl::Status {
    if (table.empty()) return absl::OkStatus();
    const RecordKind& kind = *table.front()->kind;
    const absl::Status status =
        WriteMany("REPLACE", kind.table(), kind.all_columns(), kind.column_count(), table.size(),
                  [&](size_t i, std::vector<Param>* params) {
                    const PendingRow& row = *table[i];
                    params->push_back(Param::Text(row.unit_id));
                    params->push_back(Param::Text(row.id));
                    params->push_back(Param::Int(row.sequence));
                    params->push_back(Param::Bytes(row.body));
                    for (const IndexValue& value : row.index) params->push_back(ToParam(value));
                  });
    table.clear();
    return status;
  };
  for (const auto& [key, row] : rows_.rows()) {
    if (!table.empty() && table.front()->kind != row.kind) LF_RETURN_IF_ERROR(write());
    table.push_back(&row);
  }
  LF_RETURN_IF_ERROR(write());
  for (const auto& [key, row] : rows_.rows()) {
    cache_->Wrote(*row.kind, row.unit_id, row.id, row.body);
    if (const auto missing = missing_.find(row.kind); missing != missing_.end()) {
      missing->second.erase({row.unit_id, row.id});
    }
  }
  rows_.Clear();
  return absl::OkStatus();
}

absl::Status BatchTransaction::FlushEntries() {
  const absl::Status status = WriteMany("INSERT", "ledger_entries",
                                        "unit_id, sequence, request_id, header, hashes, content", 6,
                                        entries_.size(), [&](size_t i, std::vector<Param>* params) {
                                          const PendingEntry& entry = *entries_[i];
                                          params->push_back(Param::Text(entry.unit_id));
                                          params->push_back(Param::Int(entry.sequence));
                                          params->push_back(Param::Text(entry.request_id));
                                          params->push_back(Param::Bytes(entry.header));
                                          params->push_back(Param::Bytes(entry.hashes));
                                          params->push_back(Param::Bytes(entry.content));
                                        });
  entries_.clear();
  return status;
}

// A head that was not there could not be locked: it is inserted, so that of two replicas that meet
// at a unit's first change one is refused and begins again with what the other left.
absl::Status BatchTransaction::FlushHeads() {
  LF_RETURN_IF_ERROR(WriteHeads("INSERT", false));
  return WriteHeads("REPLACE", true);
}

absl::Status BatchTransaction::WriteHeads(absl::string_view verb, bool stored) {
  struct Written {
    const std::string* unit_id;
    const Head* head;
    std::string frontier;
  };
  std::vector<Written> written;
  for (auto& [unit_id, head] : heads_) {
    if (!head.written || head.stored != stored) continue;
    written.push_back({&unit_id, &head, head.frontier.Serialize()});
    head.next_writes = NextWrites(head.writes, unit_id, written.back().frontier);
  }
  return WriteMany(verb, "ledger_heads", "unit_id, size, frontier, writes", 4, written.size(),
                   [&](size_t i, std::vector<Param>* params) {
                     const Written& one = written[i];
                     params->push_back(Param::Text(*one.unit_id));
                     params->push_back(Param::Int(static_cast<int64_t>(one.head->frontier.size())));
                     params->push_back(Param::Bytes(one.frontier));
                     params->push_back(Param::Int(one.head->next_writes));
                   });
}

}  // namespace lianfang::store
