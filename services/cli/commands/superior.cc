// lianfang superior list, superior decide: what waits for the superior, at his own aggregator.
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/base/utf8.h"
#include "common/status/error.h"
#include "lianfang/aggregation/v1/aggregation.grpc.pb.h"
#include "services/cli/commands/commands.h"
#include "services/cli/commands/year.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/pages.h"
#include "services/cli/render/words.h"

namespace lianfang::cli {
namespace {

using AggregationStub = aggregation::v1::AggregationService::Stub;
using aggregation::v1::SuperiorTask;
constexpr char kSuperiorRole[] = "superior_leader";

constexpr Flag kDistrictFlag = {"unit",
                                "DISTRICT",
                                Flag::kValue,
                                {"汇总单位代码（必填）", "id of the aggregator's unit (needed)"}};
constexpr Flag kSuperiorListFlags[] = {
    kDistrictFlag,
    {"state",
     "STATE",
     Flag::kValue,
     {"只列该状态：waiting、decided、delivered、refused、gone；默认 waiting",
      "only this state: waiting, decided, delivered, refused, gone; default waiting"}},
    {"refresh", "", Flag::kSwitch, {"先向各下级单位查询", "asks the members first"}},
};
constexpr Flag kSuperiorDecideFlags[] = {
    kDistrictFlag,
    {"task", "TASK", Flag::kValue, {"事项代码（必填）", "id of the task (needed)"}},
    {"decision",
     "approve|return",
     Flag::kValue,
     {"同意或退回；不给出时只显示待审核的内容",
      "approve or return; without it what is to be decided is shown"}},
    {"comment", "TEXT", Flag::kValue, {"意见；退回时必填", "comment; needed to return"}},
    {"etag",
     "ETAG",
     Flag::kValue,
     {"显示内容时给出的版本；事项此后有变时不作决定（作决定时必填）",
      "version that was shown with it; nothing is decided when it has changed since (needed to "
      "decide)"}},
};

std::string TaskStateWord(aggregation::v1::SuperiorTaskState state, Lang lang) {
  switch (state) {
    case aggregation::v1::SUPERIOR_TASK_STATE_WAITING:
      return Text("待审核", "waiting").In(lang);
    case aggregation::v1::SUPERIOR_TASK_STATE_DECIDED:
      return Text("已决定，待送达", "decided, on its way").In(lang);
    case aggregation::v1::SUPERIOR_TASK_STATE_DELIVERED:
      return Text("已送达", "delivered").In(lang);
    case aggregation::v1::SUPERIOR_TASK_STATE_REFUSED:
      return Text("未被接受", "refused").In(lang);
    case aggregation::v1::SUPERIOR_TASK_STATE_GONE:
      return Text("已不待审核", "gone").In(lang);
    default:
      return Text("未知", "unknown").In(lang);
  }
}

absl::StatusOr<aggregation::v1::SuperiorTaskState> StateOf(const std::string& given) {
  for (int value = 1; value <= aggregation::v1::SuperiorTaskState_MAX; ++value) {
    const auto state = static_cast<aggregation::v1::SuperiorTaskState>(value);
    const std::string name = aggregation::v1::SuperiorTaskState_Name(state);
    if (absl::EqualsIgnoreCase(absl::StrCat("SUPERIOR_TASK_STATE_", given), name)) return state;
  }
  if (given.empty()) return aggregation::v1::SUPERIOR_TASK_STATE_UNSPECIFIED;
  return UsageError("选项 --state 只能是 waiting、decided、delivered、refused、gone。",
                    "The option --state is waiting, decided, delivered, refused or gone.");
}

std::string IdOf(const SuperiorTask& task) {
  return task.name().substr(task.name().rfind('/') + 1);
}

absl::Status RunSuperiorList(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  aggregation::v1::ListSuperiorTasksRequest request;
  request.set_parent(UnitName(unit));
  request.set_refresh(session.arguments().Has("refresh"));
  LF_ASSIGN_OR_RETURN(const auto state, StateOf(session.arguments().Get("state")));
  request.set_state(state);
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("aggregator", kSuperiorRole));
  AggregationStub stub(client->channel());
  aggregation::v1::ListSuperiorTasksResponse all;
  LF_RETURN_IF_ERROR(EachPage(
      request,
      [&](const auto& page) {
        return client->Call(stub, &AggregationStub::ListSuperiorTasks, page,
                            session.call_options());
      },
      [&](auto& page) {
        for (auto& task : *page.mutable_superior_tasks()) {
          *all.add_superior_tasks() = std::move(task);
        }
        all.mutable_unreachable()->MergeFrom(page.unreachable());
        return absl::OkStatus();
      }));
  if (session.json()) return session.PrintJson(all);
  const Lang lang = session.lang();
  Table table({{Text("事项", "task").In(lang)},
               {Text("单位", "unit").In(lang)},
               {Text("内容", "what").In(lang)},
               {Text("自", "since").In(lang)},
               {Text("状态", "state").In(lang)}});
  for (const SuperiorTask& task : all.superior_tasks()) {
    table.AddRow({IdOf(task), task.member().substr(task.member().rfind('/') + 1),
                  task.task().review().title(), DayOf(task.task().wait_time()),
                  TaskStateWord(task.state(), lang)});
  }
  session.Print(table);
  session.Say(absl::StrCat("共 ", all.superior_tasks_size(), " 项，", all.unreachable_size(),
                           " 个下级单位无法连接"),
              absl::StrCat(all.superior_tasks_size(), " in all, ", all.unreachable_size(),
                           " members could not be reached"));
  return absl::OkStatus();
}

absl::Status RunSuperiorDecide(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  LF_ASSIGN_OR_RETURN(const std::string id, session.arguments().Require("task"));
  const std::string decision = session.arguments().Get("decision");
  if (!decision.empty() && decision != "approve" && decision != "return") {
    return UsageError("选项 --decision 只能是 approve 或 return。",
                      "The option --decision is approve or return.");
  }
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("aggregator", kSuperiorRole));
  AggregationStub stub(client->channel());
  aggregation::v1::GetSuperiorTaskRequest get;
  get.set_name(absl::StartsWith(id, "units/") ? id : RecordName(unit, "superiorTasks", id));
  LF_ASSIGN_OR_RETURN(const auto found, client->Call(stub, &AggregationStub::GetSuperiorTask, get,
                                                     session.call_options()));
  const SuperiorTask& task = found.superior_task();
  const Lang lang = session.lang();
  if (decision.empty()) {
    if (session.json()) return session.PrintJson(found);
    for (const std::string& line : task.task().summary()) {
      session.Write(absl::StrCat(Printable(line), "\n"));
    }
    session.Say(absl::StrCat(TaskStateWord(task.state(), lang), "，版本 ", task.etag()),
                absl::StrCat(TaskStateWord(task.state(), lang), ", etag ", task.etag()));
    return absl::OkStatus();
  }
  aggregation::v1::DecideSuperiorTaskRequest request;
  request.set_name(task.name());
  LF_ASSIGN_OR_RETURN(*request.mutable_etag(), session.arguments().Require("etag"));
  request.set_decision(decision == "approve" ? grading::v1::DECISION_APPROVE
                                             : grading::v1::DECISION_RETURN);
  request.set_comment(session.arguments().Get("comment"));
  // The etag says that it is the same that was shown.
  request.set_revision_digest(task.task().review().revision_digest());
  request.set_request_id(UuidOf(absl::StrCat("superior ", request.SerializeAsString())));
  LF_ASSIGN_OR_RETURN(const auto decided, client->Call(stub, &AggregationStub::DecideSuperiorTask,
                                                       request, session.call_options()));
  if (session.json()) return session.PrintJson(decided);
  const std::string problem = Printable(decided.superior_task().problem());
  session.Say(absl::StrCat(TaskStateWord(decided.superior_task().state(), lang),
                           problem.empty() ? "" : "：", problem),
              absl::StrCat(TaskStateWord(decided.superior_task().state(), lang),
                           problem.empty() ? "" : ": ", problem));
  return absl::OkStatus();
}

}  // namespace

const Command kSuperiorList = {
    "superior list",
    {"待上级审核的事项，按本人的角色", "what waits for the superior, by the caller's role"},
    kSuperiorListFlags,
    RunSuperiorList};
const Command kSuperiorDecide = {
    "superior decide",
    {"查看待上级审核的事项并作决定", "shows what waits for the superior, and decides"},
    kSuperiorDecideFlags,
    RunSuperiorDecide};

}  // namespace lianfang::cli
