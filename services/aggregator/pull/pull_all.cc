#include "services/aggregator/pull/pull_all.h"

#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "common/status/error.h"
#include "services/aggregator/member_store.h"

namespace lianfang::aggregator {
namespace {

using aggregation::v1::Member;
using aggregation::v1::PullAllResponse;
using aggregation::v1::PullMemberResponse;

// One PullAll; shared by its stream and its pulls.
class Run : public std::enable_shared_from_this<Run> {
 public:
  Run(std::shared_ptr<Puller> puller, std::string unit_id, Puller::Caller caller, rpc::Waker waker)
      : puller_(std::move(puller)),
        unit_id_(std::move(unit_id)),
        caller_(std::move(caller)),
        waker_(std::move(waker)) {}

  absl::Status Start() {
    puller_->Run([self = shared_from_this()](const absl::Status& room) {
      if (room.ok()) {
        self->ListMembers();
      } else {
        // Called here, before the stream has begun.
        const std::lock_guard lock(self->mutex_);
        self->failed_ = room;
      }
    });
    const std::lock_guard lock(mutex_);
    return failed_;
  }

  void Drop() {
    const std::lock_guard lock(mutex_);
    dropped_ = true;
  }

  rpc::StreamSource::Step Next(PullAllResponse* message, absl::Status* result) {
    bool filled = false;
    {
      const std::lock_guard lock(mutex_);
      filled = Take(message);
      // The waker must not be called by what is started from here: it would come back here.
      in_next_ = true;
    }
    StartMore();
    const std::lock_guard lock(mutex_);
    in_next_ = false;
    if (filled || Take(message)) return rpc::StreamSource::Step::kMessage;
    if (!failed_.ok() || (listed_ && done_ == static_cast<int>(names_.size()))) {
      *result = failed_;
      return rpc::StreamSource::Step::kDone;
    }
    return rpc::StreamSource::Step::kWait;
  }

 private:
  void ListMembers() {
    std::vector<std::string> names;
    const absl::Status status = ReadNames(&names);
    bool wake = false;
    {
      const std::lock_guard lock(mutex_);
      names_ = std::move(names);
      listed_ = true;
      failed_ = status;
      wake = !in_next_;
    }
    StartMore();
    if (wake) waker_();
  }

  absl::Status ReadNames(std::vector<std::string>* names) {
    LF_ASSIGN_OR_RETURN(auto connection, puller_->host().readers->Borrow());
    store::ConnectionReader reader(connection.get());
    reporting::v1::Statistics total;
    return ReadRows(reader, unit_id_, &total,
                    [&](const Member& member) { names->push_back(member.name()); })
        .status();
  }

  // Starts as many pulls as there is room for.
  void StartMore() {
    std::vector<std::string> starting;
    {
      const std::lock_guard lock(mutex_);
      const auto width = static_cast<size_t>(puller_->threads());
      while (!dropped_ && failed_.ok() && next_ < names_.size() && under_way_ < width &&
             under_way_ + ready_.size() < 2 * width) {
        starting.push_back(names_[next_++]);
        ++under_way_;
      }
    }
    for (std::string& name : starting) {
      puller_->Pull(std::move(name), caller_,
                    [self = shared_from_this()](absl::StatusOr<PullMemberResponse> pulled) {
                      self->Finish(std::move(pulled));
                    });
    }
  }

  void Finish(absl::StatusOr<PullMemberResponse> pulled) {
    bool wake = false;
    {
      const std::lock_guard lock(mutex_);
      --under_way_;
      if (pulled.ok()) {
        PullAllResponse& message = ready_.emplace_back();
        *message.mutable_member() = std::move(*pulled->mutable_member());
        message.set_unchanged(pulled->unchanged());
        message.set_done_count(++done_);
        message.set_total_count(static_cast<int>(names_.size()));
      } else if (failed_.ok()) {
        failed_ = pulled.status();
      }
      wake = !in_next_;
    }
    // With a wake to follow, the stream itself starts more as it takes what is ready.
    if (wake) waker_();
  }

  bool Take(PullAllResponse* message) {
    if (ready_.empty()) return false;
    *message = std::move(ready_.front());
    ready_.pop_front();
    return true;
  }

  const std::shared_ptr<Puller> puller_;
  const std::string unit_id_;
  const Puller::Caller caller_;
  const rpc::Waker waker_;
  std::mutex mutex_;
  std::vector<std::string> names_;     // under mutex_
  std::deque<PullAllResponse> ready_;  // under mutex_
  size_t next_ = 0;                    // under mutex_
  size_t under_way_ = 0;               // under mutex_
  int done_ = 0;                       // under mutex_
  bool listed_ = false;                // under mutex_
  bool in_next_ = false;               // under mutex_
  bool dropped_ = false;               // under mutex_
  absl::Status failed_;                // under mutex_
};

class Source final : public rpc::StreamSource {
 public:
  explicit Source(std::shared_ptr<Run> run) : run_(std::move(run)) {}
  ~Source() override { run_->Drop(); }
  Step Next(google::protobuf::Message* message, absl::Status* result) override {
    return run_->Next(static_cast<PullAllResponse*>(message), result);
  }

 private:
  const std::shared_ptr<Run> run_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<rpc::StreamSource>> PullAll(std::shared_ptr<Puller> puller,
                                                           std::string unit_id,
                                                           Puller::Caller caller,
                                                           rpc::Waker waker) {
  auto run = std::make_shared<Run>(std::move(puller), std::move(unit_id), std::move(caller),
                                   std::move(waker));
  LF_RETURN_IF_ERROR(run->Start());
  return std::shared_ptr<rpc::StreamSource>(std::make_shared<Source>(std::move(run)));
}

}  // namespace lianfang::aggregator
