#include "services/aggregator/superior/store.h"

#include <future>
#include <optional>
#include <utility>

#include "services/aggregator/domain/superior_rules.h"

namespace lianfang::aggregator {

using aggregation::v1::SuperiorTask;

const store::RecordKind& SuperiorTaskKind() {
  static const auto& kind = *new store::RecordKind(
      "superior_tasks", "superiorTasks", SuperiorTask::default_instance(), {"state", "member"});
  return kind;
}

absl::Status TakeTold(store::WriteTx& tx, const std::vector<SuperiorTask>& told) {
  for (const SuperiorTask& task : told) {
    LF_ASSIGN_OR_RETURN(auto stored, tx.Find<SuperiorTask>(SuperiorTaskKind(), task.name()));
    if (!stored) {
      stored = task;
    } else if (!TellAgain(task, &*stored)) {
      continue;
    }
    LF_RETURN_IF_ERROR(tx.Put(SuperiorTaskKind(), *stored));
  }
  return absl::OkStatus();
}

absl::Status EndOthers(store::WriteTx& tx, const std::string& member,
                       const std::set<std::string>& told) {
  // A change queries first.
  LF_ASSIGN_OR_RETURN(
      auto waiting, tx.List<SuperiorTask>(
                        SuperiorTaskKind(), tx.unit_id(),
                        {.equal = {{"state", int64_t{aggregation::v1::SUPERIOR_TASK_STATE_WAITING}},
                                   {"member", member}},
                         .limit = kMaxTasks + 1}));
  for (SuperiorTask& task : waiting) {
    if (told.contains(task.name()) || !TellGone(&task)) continue;
    LF_RETURN_IF_ERROR(tx.Put(SuperiorTaskKind(), task));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<SuperiorTask>> TasksIn(store::Reader& reader, absl::string_view unit_id,
                                                  aggregation::v1::SuperiorTaskState state,
                                                  const std::string& after, int limit) {
  return reader.List<SuperiorTask>(
      SuperiorTaskKind(), unit_id,
      {.equal = {{"state", int64_t{state}}}, .after = after, .limit = limit});
}

absl::StatusOr<store::Committed> Change(rpc::Service& host, const std::string& unit_id,
                                        const Puller::Caller& caller,
                                        std::function<absl::Status(store::WriteTx&)> apply) {
  std::promise<absl::StatusOr<store::Committed>> outcome;
  store::Mutation mutation;
  mutation.unit_id = unit_id;
  mutation.actor = caller.identity;
  mutation.method = caller.method;
  mutation.apply = std::move(apply);
  mutation.done = [&outcome](absl::StatusOr<store::Committed> committed) {
    outcome.set_value(std::move(committed));
  };
  host.writer->Submit(std::move(mutation));
  return outcome.get_future().get();
}

std::optional<SuperiorTask> WrittenTask(const store::Committed& committed) {
  SuperiorTask task;
  for (const auto& any : committed.content.resources()) {
    if (any.Is<SuperiorTask>() && any.UnpackTo(&task)) return task;
  }
  return std::nullopt;
}

}  // namespace lianfang::aggregator
