#include "common/store/writer.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "common/auth/share.h"
#include "common/base/fair_queue.h"
#include "common/base/thread_name.h"
#include "common/obs/log.h"
#include "common/status/error.h"
#include "common/store/batch_transaction.h"
#include "common/store/unit_cache.h"

namespace lianfang::store {
namespace {

// Attempts at a batch that the engine gives up or that meets another process's work.
constexpr int kAttempts = 12;
constexpr absl::Duration kShortestRest = absl::Milliseconds(2);
constexpr absl::Duration kLongestRest = absl::Milliseconds(500);
// Bytes of records that a lane remembers.
constexpr size_t kCacheBytes = 16 << 20;

absl::Status Overloaded() {
  return ErrorBuilder(common::v1::ERROR_REASON_OVERLOADED, "服务器正忙，请稍后重试。",
                      "The server is busy; try again later.")
      .RetryAfter(absl::Milliseconds(200));
}

}  // namespace

// One writing thread with its connection and queue, and one that answers what is committed while
// the first is at the next batch. A unit always goes to the same lane.
class Writer::Lane {
 public:
  Lane(const Environment& environment, const Options& options)
      : environment_(environment), options_(options), queue_(options.queue) {}

  absl::Status Start() {
    LF_RETURN_IF_ERROR(EnsureConnection());
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
    stop_.notify_all();
    if (thread_.joinable()) thread_.join();
    {
      const std::lock_guard lock(answer_mutex_);
      no_more_answers_ = true;
    }
    answers_to_give_.notify_all();
    if (answer_thread_.joinable()) answer_thread_.join();
  }

  void Submit(Mutation mutation) {
    const std::string caller = auth::ShareOf(mutation.actor.get());
    std::optional<Mutation> refused(std::move(mutation));
    {
      const std::lock_guard lock(mutex_);
      if (!stopping_) {
        refused = queue_.Push(caller, *std::move(refused));
        if (!refused) environment_.metrics.Queued(1);
        work_.notify_one();
      }
    }
    if (!refused) return;
    environment_.metrics.Refused();
    refused->done(Overloaded());
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
          batch.push_back(queue_.Pop());
        }
        environment_.metrics.Queued(-static_cast<int64_t>(batch.size()));
      }
      Outcomes outcomes = Complete(batch);
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

  using Outcomes = std::vector<absl::StatusOr<Committed>>;

  // Runs the batch until it is committed or cannot be. An attempt whose outcome is unknown is
  // followed by one that looks every request_id up before it does anything.
  Outcomes Complete(std::vector<Mutation>& batch) {
    Outcomes outcomes(batch.size(), absl::UnknownError("not run"));
    for (Mutation& mutation : batch) {
      if (mutation.request_id.empty()) {
        mutation.request_id = absl::StrCat("once:", environment_.ids->NewId());
      }
    }
    const absl::Time give_up = absl::Now() + options_.patience;
    bool careful = false;
    for (int attempt = 1;; ++attempt) {
      const absl::Status status = Attempt(batch, careful, &outcomes);
      if (status.ok()) return outcomes;
      const sql::Failure failure = sql::FailureOf(status);
      if (connection_ && (!connection_->usable() || !connection_->Rollback().ok())) {
        connection_.reset();
      }
      const bool refused_data =
          failure == sql::Failure::kData ||
          (failure == sql::Failure::kNone && ReasonOf(status) == common::v1::ERROR_REASON_INTERNAL);
      if (refused_data && batch.size() > 1) {
        environment_.metrics.Retried(obs::RetryCause::kData);
        return CompleteSingly(batch);
      }
      const bool reachable =
          failure != sql::Failure::kLost && failure != sql::Failure::kUnavailable;
      const bool may_help =
          !reachable || failure == sql::Failure::kRetry || failure == sql::Failure::kDuplicate;
      const bool last = !may_help || (reachable && attempt >= kAttempts) || absl::Now() > give_up;
      obs::Log(last ? obs::Level::kError : obs::Level::kInfo, last ? "write_failed" : "write_again",
               {{"service", environment_.service},
                {"failure", sql::FailureWord(failure)},
                {"error", status.message()}});
      if (last || !Rest(attempt)) {
        environment_.metrics.Failed();
        for (auto& outcome : outcomes) outcome = status;
        return outcomes;
      }
      environment_.metrics.Retried(CauseOf(failure));
      if (failure != sql::Failure::kRetry) careful = true;
    }
  }

  obs::RetryCause CauseOf(sql::Failure failure) const {
    if (failure == sql::Failure::kRetry) return obs::RetryCause::kDeadlock;
    if (failure == sql::Failure::kDuplicate) return obs::RetryCause::kDuplicate;
    return committing_ ? obs::RetryCause::kUnknownCommit : obs::RetryCause::kLost;
  }

  // Data that the engine refuses: one bad request must not fail the others.
  Outcomes CompleteSingly(std::vector<Mutation>& batch) {
    Outcomes outcomes;
    for (Mutation& mutation : batch) {
      std::vector<Mutation> single;
      single.push_back(std::move(mutation));
      outcomes.push_back(std::move(Complete(single)[0]));
      mutation = std::move(single[0]);
    }
    return outcomes;
  }

  // One transaction; not OK: nothing of it stands, or after kLost that is unknown.
  absl::Status Attempt(const std::vector<Mutation>& batch, bool careful, Outcomes* outcomes) {
    committing_ = false;
    LF_RETURN_IF_ERROR(EnsureConnection());
    const absl::Time begin = absl::Now();
    BatchTransaction transaction(environment_, connection_.get(), &environment_.database->dialect(),
                                 &cache_, careful);
    const absl::Status status = [&]() -> absl::Status {
      LF_RETURN_IF_ERROR(connection_->Begin());
      std::set<std::string> unit_ids;
      for (const Mutation& mutation : batch) unit_ids.insert(mutation.unit_id);
      LF_RETURN_IF_ERROR(transaction.LockHeads(unit_ids));
      LF_RETURN_IF_ERROR(transaction.ReadAhead(batch));
      for (size_t i = 0; i < batch.size(); ++i) {
        (*outcomes)[i] = transaction.Run(batch[i]);
        // An error of the database is not one change's: the transaction is gone.
        if (sql::FailureOf((*outcomes)[i].status()) != sql::Failure::kNone) {
          return (*outcomes)[i].status();
        }
      }
      LF_RETURN_IF_ERROR(transaction.WriteAll());
      committing_ = true;
      return connection_->Commit();
    }();
    if (status.ok()) {
      transaction.OnCommitted();
      transaction.TellCommitted();
      scrub_ = scrub_ || transaction.scrub();
      if (scrub_) scrub_ = !connection_->Scrub().ok();
      environment_.metrics.Committed(static_cast<int64_t>(batch.size()), absl::Now() - begin);
    } else {
      transaction.OnFailed();
      // It may stand all the same, and the attempt that finds it there does not make it again.
      if (committing_) transaction.TellCommitted();
    }
    return status;
  }

  // Longer from attempt to attempt, and not the same for two that met. False: the writer stops.
  bool Rest(int attempt) {
    absl::Duration rest = kShortestRest * (1 << std::min(attempt, 10));
    rest = std::min(rest, kLongestRest) * absl::Uniform(random_, 0.5, 1.0);
    std::unique_lock lock(mutex_);
    return !stop_.wait_for(lock, absl::ToChronoNanoseconds(rest), [this] { return stopping_; });
  }

  absl::Status EnsureConnection() {
    if (connection_) return absl::OkStatus();
    LF_ASSIGN_OR_RETURN(connection_, environment_.database->Connect());
    return connection_->PrepareToWrite();
  }

  const Environment& environment_;
  const Options& options_;
  std::unique_ptr<sql::Connection> connection_;
  UnitCache cache_{kCacheBytes};
  bool committing_ = false;  // the last attempt came to its COMMIT
  bool scrub_ = false;       // what was erased may still be in the engine's files
  absl::BitGen random_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable stop_;
  FairQueue<Mutation> queue_;  // under mutex_
  bool stopping_ = false;      // under mutex_
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
  environment_.metrics.QueueCapacity(static_cast<int64_t>(lanes_.size()) * options_.queue);
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
