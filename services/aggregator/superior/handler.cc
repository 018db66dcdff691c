#include "services/aggregator/superior/handler.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/resource_name.h"
#include "common/client/limits.h"
#include "common/crypto/uuid.h"
#include "common/message/canonical.h"
#include "common/rpc/standard.h"
#include "common/status/error.h"
#include "services/aggregator/aggregation_service.h"
#include "services/aggregator/domain/superior_rules.h"
#include "services/aggregator/superior/store.h"

namespace lianfang::aggregator {
namespace {

// Left of a call's time for answering after members were asked.
constexpr absl::Duration kReserve = absl::Seconds(1);
constexpr absl::Duration kSendTimeout = absl::Seconds(10);

using aggregation::v1::DecideSuperiorTaskRequest;
using aggregation::v1::DecideSuperiorTaskResponse;
using aggregation::v1::GetSuperiorTaskRequest;
using aggregation::v1::GetSuperiorTaskResponse;
using aggregation::v1::ListSuperiorTasksRequest;
using aggregation::v1::ListSuperiorTasksResponse;
using aggregation::v1::SuperiorTask;
using ListDone = std::function<void(absl::StatusOr<ListSuperiorTasksResponse>)>;
using DecideDone = std::function<void(absl::StatusOr<DecideSuperiorTaskResponse>)>;

// Tasks of the caller's roles in the state, in the order of their ids.
absl::Status ListTasks(rpc::Service& host, const rpc::CallContext& call,
                       const ListSuperiorTasksRequest& request,
                       ListSuperiorTasksResponse* response) {
  LF_ASSIGN_OR_RETURN(std::string after, rpc::ReadPageToken(request));
  const auto state = request.state() == aggregation::v1::SUPERIOR_TASK_STATE_UNSPECIFIED
                         ? aggregation::v1::SUPERIOR_TASK_STATE_WAITING
                         : request.state();
  const std::vector<grading::v1::ReviewerRole> roles = RolesOf(*call.identity);
  const int size = rpc::PageSize(request.page_size());
  LF_ASSIGN_OR_RETURN(auto connection, host.readers->Borrow());
  store::ConnectionReader reader(connection.get());
  std::string last;
  size_t bytes = 0;
  while (true) {
    LF_ASSIGN_OR_RETURN(const auto tasks,
                        TasksIn(reader, call.unit_id, state, after, rpc::kDefaultPage));
    for (const SuperiorTask& task : tasks) {
      after = SuperiorTaskKind().IdOf(task.name());
      if (std::find(roles.begin(), roles.end(), task.role()) == roles.end()) continue;
      bytes += task.ByteSizeLong();
      const int count = response->superior_tasks_size();
      if (count == size || (count > 0 && bytes > kMaxPageBytes)) {
        response->set_next_page_token(rpc::MakePageToken(request, last));
        return absl::OkStatus();
      }
      last = after;
      *response->add_superior_tasks() = task;
    }
    if (tasks.size() < static_cast<size_t>(rpc::kDefaultPage)) return absl::OkStatus();
  }
}

void StartList(Puller& puller, SuperiorRefresh& refresh, const rpc::CallContext& call,
               const std::shared_ptr<const ListSuperiorTasksRequest>& request, ListDone done) {
  const auto answer = [&host = puller.host(), call, request, done = std::move(done)](
                          const absl::StatusOr<std::vector<std::string>>& unreachable) {
    ListSuperiorTasksResponse response;
    absl::Status status = unreachable.status();
    if (status.ok()) {
      *response.mutable_unreachable() = {unreachable->begin(), unreachable->end()};
      status = ListTasks(host, call, *request, &response);
    }
    done(status.ok() ? absl::StatusOr<ListSuperiorTasksResponse>(std::move(response)) : status);
  };
  // Later pages show what was seen with the first.
  if (request->refresh() && request->page_token().empty()) {
    refresh.RefreshAll(call.unit_id, {call.identity, call.method->full_name},
                       call.deadline - kReserve, answer);
    return;
  }
  puller.Run([answer](const absl::Status& room) {
    if (room.ok()) {
      answer(std::vector<std::string>());
    } else {
      answer(room);
    }
  });
}

absl::Status Decide(store::WriteTx& tx, const DecideSuperiorTaskRequest& request) {
  LF_ASSIGN_OR_RETURN(const auto task, tx.Get<SuperiorTask>(SuperiorTaskKind(), request.name()));
  LF_RETURN_IF_ERROR(store::CheckEtag(task.etag(), request.etag()));
  // Of this entry and no other: a decision taken anew after a refusal is another request there.
  const std::string relay = crypto::UuidOf(absl::StrCat(task.name(), " ", tx.sequence()));
  LF_ASSIGN_OR_RETURN(auto next, DecideTask(task, tx.actor(), request, relay, tx.now()));
  return tx.Put(SuperiorTaskKind(), next);
}

void StartDecide(rpc::Service& host, SuperiorSender& sender, const rpc::CallContext& call,
                 const std::shared_ptr<const DecideSuperiorTaskRequest>& request, DecideDone done) {
  store::Mutation mutation;
  mutation.unit_id = call.unit_id;
  mutation.actor = call.identity;
  mutation.method = call.method->full_name;
  mutation.request_id = request->request_id();
  mutation.request_digest = crypto::Sha256(message::CanonicalRequest(*request));
  mutation.deadline = call.deadline;
  mutation.apply = [request](store::WriteTx& tx) { return Decide(tx, *request); };
  mutation.done = [&host, &sender, unit_id = call.unit_id, deadline = call.deadline,
                   done = std::move(done)](const absl::StatusOr<store::Committed>& outcome) {
    if (!outcome.ok()) {
      done(outcome.status());
      return;
    }
    const auto decided = WrittenTask(*outcome);
    if (!decided) {
      done(absl::InternalError("a decision stored no task"));
      return;
    }
    common::v1::LedgerPosition position;
    position.set_unit(UnitName(unit_id));
    position.set_service(host.name);
    position.set_sequence(outcome->sequence);
    // Half of the time that is left: the caller shall hear that it is decided.
    const absl::Duration timeout = std::min(kSendTimeout, (deadline - absl::Now()) / 2);
    sender.Send(*decided, timeout,
                [decided = *decided, position, done](const absl::StatusOr<SuperiorTask>& sent) {
                  DecideSuperiorTaskResponse response;
                  // However sending went: what was decided stays so, and will be sent again.
                  *response.mutable_superior_task() = sent.ok() ? *sent : decided;
                  *response.mutable_position() = position;
                  done(std::move(response));
                });
  };
  rpc::Transact(host, std::move(mutation));
}

}  // namespace

void RegisterSuperiorTasks(rpc::Registry& registry, rpc::Service& service,
                           const std::shared_ptr<Puller>& puller,
                           const std::shared_ptr<SuperiorRefresh>& refresh,
                           const std::shared_ptr<SuperiorSender>& sender) {
  registry.Async<ListSuperiorTasksRequest, ListSuperiorTasksResponse>(
      kAggregationService, "ListSuperiorTasks",
      [puller, refresh](const rpc::CallContext& call,
                        const std::shared_ptr<const ListSuperiorTasksRequest>& request,
                        ListDone done) {
        StartList(*puller, *refresh, call, request, std::move(done));
      });
  registry.Read<GetSuperiorTaskRequest, GetSuperiorTaskResponse>(
      kAggregationService, "GetSuperiorTask", service,
      [](const rpc::CallContext& call, store::Reader& reader, const GetSuperiorTaskRequest& request,
         GetSuperiorTaskResponse* response) -> absl::Status {
        LF_ASSIGN_OR_RETURN(*response->mutable_superior_task(),
                            reader.Get<SuperiorTask>(SuperiorTaskKind(), request.name()));
        return CheckSees(*call.identity, response->superior_task());
      });
  registry.Async<DecideSuperiorTaskRequest, DecideSuperiorTaskResponse>(
      kAggregationService, "DecideSuperiorTask",
      [&service, sender](const rpc::CallContext& call,
                         const std::shared_ptr<const DecideSuperiorTaskRequest>& request,
                         DecideDone done) {
        StartDecide(service, *sender, call, request, std::move(done));
      });
}

}  // namespace lianfang::aggregator
