#include "common/store/writer.h"

#include <condition_variable>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/base/thread_name.h"
#include "common/ledger/merkle.h"
#include "common/obs/log.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"

namespace lianfang::store {
namespace {

using google::protobuf::util::TimeUtil;
using sql::Param;

absl::Status Overloaded() {
  return ErrorBuilder(common::v1::ERROR_REASON_OVERLOADED, "服务器正忙，请稍后重试。",
                      "The server is busy; try again later.")
      .RetryAfter(absl::Milliseconds(200));
}

absl::Status TooLate() {
  return MakeError(common::v1::ERROR_REASON_DEADLINE_EXCEEDED, "等待时间已过，本次更改没有执行。",
                   "The deadline passed before the change was made; nothing was changed.");
}

// An entry that waits to be written.
struct PendingEntry {
  std::string unit_id;
  int64_t sequence;
  std::string request_id;
  std::string header;
  std::string hashes;
  std::string content;
};

struct Head {
  ledger::Frontier frontier;
  bool changed = false;
};

// One database transaction over many changes.
class Transaction final : public Batch {
 public:
  Transaction(const Writer::Environment& environment, sql::Connection* connection)
      : environment_(environment), connection_(connection) {}

  const RowBuffer& rows() const override { return rows_; }
  sql::Connection& connection() override { return *connection_; }

  absl::StatusOr<int64_t> LedgerSize(absl::string_view unit_id) override {
    LF_ASSIGN_OR_RETURN(const Head* head, HeadOf(std::string(unit_id)));
    return static_cast<int64_t>(head->frontier.size());
  }

  absl::StatusOr<Committed> Run(const Mutation& mutation) {
    LF_ASSIGN_OR_RETURN(Head * head, HeadOf(mutation.unit_id));
    if (!mutation.request_id.empty()) {
      LF_ASSIGN_OR_RETURN(std::optional<Committed> earlier, Earlier(mutation));
      if (earlier) return *std::move(earlier);
    }
    const int64_t sequence = static_cast<int64_t>(head->frontier.size()) + 1;
    WriteTx tx(this, mutation.actor.get(), mutation.unit_id, sequence, environment_.clock->Now(),
               environment_.ids);
    LF_RETURN_IF_ERROR(mutation.apply(tx));
    Committed committed;
    if (tx.has_entry()) {
      committed.sequence = sequence;
      AppendEntry(mutation, tx, head);
    }
    committed.content = std::move(tx.content());
    committed.content.MergeFrom(tx.once());
    rows_.Merge(tx.rows());
    return committed;
  }

  absl::Status Flush() override {
    LF_RETURN_IF_ERROR(FlushRows());
    return FlushEntries();
  }

  absl::Status FlushHeads() {
    for (const auto& [unit_id, head] : heads_) {
      if (!head.changed) continue;
      const std::string frontier = head.frontier.Serialize();
      LF_RETURN_IF_ERROR(
          connection_
              ->Execute(
                  "REPLACE INTO ledger_heads (unit_id, size, frontier) VALUES (?, ?, ?)",
                  {Param::Text(unit_id), Param::Int(static_cast<int64_t>(head.frontier.size())),
                   Param::Bytes(frontier)})
              .status());
    }
    return absl::OkStatus();
  }

  void AnnounceGrowth() const {
    if (!environment_.on_growth) return;
    for (const auto& [unit_id, head] : heads_) {
      if (head.changed) {
        environment_.on_growth(unit_id, static_cast<int64_t>(head.frontier.size()));
      }
    }
  }

 private:
  // Locks the unit's head where the engine has row locks; in SQLite the transaction has the whole
  // file.
  absl::StatusOr<Head*> HeadOf(const std::string& unit_id) {
    if (const auto it = heads_.find(unit_id); it != heads_.end()) return &it->second;
    std::string stored;
    LF_RETURN_IF_ERROR(connection_->Query("SELECT frontier FROM ledger_heads WHERE unit_id = ?",
                                          {Param::Text(unit_id)}, [&](const sql::Row& row) {
                                            stored = std::string(row.Data(0));
                                            return absl::OkStatus();
                                          }));
    Head head;
    if (!stored.empty()) {
      auto frontier = ledger::Frontier::Parse(stored);
      if (!frontier.ok()) {
        return absl::DataLossError(absl::StrCat("ledger head of unit ", unit_id, " is damaged"));
      }
      head.frontier = *std::move(frontier);
    }
    return &heads_.emplace(unit_id, std::move(head)).first->second;
  }

  // The answer that this request_id got before, if it did.
  absl::StatusOr<std::optional<Committed>> Earlier(const Mutation& mutation) {
    std::optional<Committed> earlier;
    ledger::v1::EntryHeader header;
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
      LF_RETURN_IF_ERROR(read(it->second.sequence, it->second.header, it->second.content));
    } else {
      LF_RETURN_IF_ERROR(connection_->Query(
          "SELECT sequence, header, content FROM ledger_entries WHERE unit_id = ? AND request_id "
          "= ?",
          {Param::Text(mutation.unit_id), Param::Text(mutation.request_id)},
          [&](const sql::Row& row) { return read(row.Int(0), row.Data(1), row.Data(2)); }));
    }
    if (earlier && (header.request_digest() != crypto::ToBytes(mutation.request_digest) ||
                    header.method() != mutation.method)) {
      return FieldError(common::v1::ERROR_REASON_REQUEST_ID_REUSED, "request_id",
                        "该请求编号已用于另一个不同的请求，请换一个新的编号。",
                        "this id was used for another request; take a new one.");
    }
    return earlier;
  }

  void AppendEntry(const Mutation& mutation, WriteTx& tx, Head* head) {
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
    head->changed = true;
    entries_.push_back(entry);
    by_request_[{entry.unit_id, entry.request_id}] = std::move(entry);
  }

  // Writes n rows of k columns in statements whose row counts are powers of two, so that few texts
  // are prepared.
  template <class Bind>
  absl::Status WriteMany(absl::string_view verb, absl::string_view table, absl::string_view columns,
                         int column_count, size_t rows, Bind bind) {
    std::string one = "(?";
    for (int i = 1; i < column_count; ++i) one.append(", ?");
    one.push_back(')');
    size_t at = 0;
    while (at < rows) {
      size_t count = 64;
      while (count > rows - at) count /= 2;
      std::string sql = absl::StrCat(verb, " INTO ", table, " (", columns, ") VALUES ", one);
      for (size_t i = 1; i < count; ++i) absl::StrAppend(&sql, ", ", one);
      params_.clear();
      for (size_t i = 0; i < count; ++i) bind(at + i, &params_);
      LF_RETURN_IF_ERROR(connection_->Execute(sql, params_).status());
      at += count;
    }
    return absl::OkStatus();
  }

  absl::Status FlushRows() {
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
    rows_.Clear();
    return absl::OkStatus();
  }

  absl::Status FlushEntries() {
    const absl::Status status = WriteMany(
        "INSERT", "ledger_entries", "unit_id, sequence, request_id, header, hashes, content", 6,
        entries_.size(), [&](size_t i, std::vector<Param>* params) {
          const PendingEntry& entry = entries_[i];
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

  const Writer::Environment& environment_;
  sql::Connection* connection_;
  RowBuffer rows_;
  std::map<std::string, Head> heads_;
  std::vector<PendingEntry> entries_;
  std::map<std::pair<std::string, std::string>, PendingEntry> by_request_;
  std::vector<Param> params_;
};

}  // namespace

// One writing thread with its connection and queue, and one that answers what is committed while
// the first is at the next batch. A unit always goes to the same lane.
class Writer::Lane {
 public:
  Lane(const Environment& environment, const Options& options)
      : environment_(environment), options_(options) {}

  absl::Status Start() {
    LF_ASSIGN_OR_RETURN(connection_, environment_.database->Connect());
    thread_ = std::thread([this] { Loop(); });
    answer_thread_ = std::thread([this] { AnswerLoop(); });
    return absl::OkStatus();
  }

  void Stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    work_.notify_all();
    if (thread_.joinable()) thread_.join();
    {
      const std::lock_guard lock(answer_mutex_);
      no_more_answers_ = true;
    }
    answers_to_give_.notify_all();
    if (answer_thread_.joinable()) answer_thread_.join();
  }

  void Submit(Mutation mutation) {
    {
      const std::lock_guard lock(mutex_);
      if (!stopping_ && static_cast<int>(queue_.size()) < options_.queue) {
        queue_.push_back(std::move(mutation));
        work_.notify_one();
        return;
      }
    }
    mutation.done(Overloaded());
  }

 private:
  // A batch whose outcomes stand.
  struct Answers {
    std::vector<Mutation> batch;
    std::vector<absl::StatusOr<Committed>> outcomes;
  };

  void Loop() {
    NameThread("write-" + environment_.service);
    while (true) {
      std::vector<Mutation> batch;
      {
        std::unique_lock lock(mutex_);
        work_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        while (!queue_.empty() && static_cast<int>(batch.size()) < options_.batch) {
          batch.push_back(std::move(queue_.front()));
          queue_.pop_front();
        }
      }
      std::vector<absl::StatusOr<Committed>> outcomes = Attempt(batch);
      const std::lock_guard lock(answer_mutex_);
      answers_.push_back({std::move(batch), std::move(outcomes)});
      answers_to_give_.notify_one();
    }
  }

  // Answering makes responses and network calls: it must not hold up the next commit.
  void AnswerLoop() {
    NameThread("answer-" + environment_.service);
    while (true) {
      Answers answers;
      {
        std::unique_lock lock(answer_mutex_);
        answers_to_give_.wait(lock, [this] { return no_more_answers_ || !answers_.empty(); });
        if (answers_.empty()) return;
        answers = std::move(answers_.front());
        answers_.pop_front();
      }
      for (size_t i = 0; i < answers.batch.size(); ++i) {
        answers.batch[i].done(std::move(answers.outcomes[i]));
      }
    }
  }

  std::vector<absl::StatusOr<Committed>> Attempt(std::vector<Mutation>& batch) {
    std::vector<absl::StatusOr<Committed>> outcomes(batch.size(), absl::UnknownError("not run"));
    absl::Status status = EnsureConnection();
    if (status.ok()) {
      status = connection_->Begin();
    }
    if (status.ok()) {
      Transaction transaction(environment_, connection_.get());
      for (size_t i = 0; i < batch.size(); ++i) outcomes[i] = RunOne(transaction, batch[i]);
      status = transaction.Flush();
      if (status.ok()) status = transaction.FlushHeads();
      if (status.ok()) status = connection_->Commit();
      if (status.ok()) {
        transaction.AnnounceGrowth();
        return outcomes;
      }
    }
    obs::Log(obs::Level::kError, "write_failed",
             {{"service", environment_.service}, {"error", status.ToString()}});
    if (connection_ && !connection_->Rollback().ok()) connection_.reset();
    if (batch.size() > 1 && ReasonOf(status) == common::v1::ERROR_REASON_INTERNAL) {
      // Data that the engine refuses: one bad request must not fail the others.
      for (size_t i = 0; i < batch.size(); ++i) {
        std::vector<Mutation> single;
        single.push_back(std::move(batch[i]));
        outcomes[i] = std::move(Attempt(single)[0]);
        batch[i] = std::move(single[0]);
      }
      return outcomes;
    }
    for (auto& outcome : outcomes) outcome = status;
    return outcomes;
  }

  absl::StatusOr<Committed> RunOne(Transaction& transaction, const Mutation& mutation) {
    // Deadlines are of the real world, whatever clock the records get their times from.
    if (absl::Now() >= mutation.deadline) return TooLate();
    if (mutation.cancelled && mutation.cancelled()) {
      return MakeError(common::v1::ERROR_REASON_CANCELLED, "请求已取消。",
                       "The call was cancelled.");
    }
    return transaction.Run(mutation);
  }

  absl::Status EnsureConnection() {
    if (connection_) return absl::OkStatus();
    LF_ASSIGN_OR_RETURN(connection_, environment_.database->Connect());
    return absl::OkStatus();
  }

  const Environment& environment_;
  const Options& options_;
  std::unique_ptr<sql::Connection> connection_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<Mutation> queue_;  // under mutex_
  bool stopping_ = false;       // under mutex_
  std::thread answer_thread_;
  std::mutex answer_mutex_;
  std::condition_variable answers_to_give_;
  std::deque<Answers> answers_;   // under answer_mutex_
  bool no_more_answers_ = false;  // under answer_mutex_
};

Writer::Writer(Environment environment, Options options)
    : environment_(std::move(environment)), options_(options) {
  for (int i = 0; i < environment_.database->writers(); ++i) {
    lanes_.push_back(std::make_unique<Lane>(environment_, options_));
  }
}

Writer::~Writer() { Stop(); }

absl::Status Writer::Start() {
  for (auto& lane : lanes_) LF_RETURN_IF_ERROR(lane->Start());
  return absl::OkStatus();
}

void Writer::Stop() {
  for (auto& lane : lanes_) lane->Stop();
}

void Writer::Submit(Mutation mutation) {
  const size_t lane = std::hash<std::string>()(mutation.unit_id) % lanes_.size();
  lanes_[lane]->Submit(std::move(mutation));
}

}  // namespace lianfang::store
