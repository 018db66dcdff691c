// lianfang warnings: what needs somebody's eye.
#include <climits>
#include <initializer_list>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "lianfang/reporting/v1/reporting.grpc.pb.h"
#include "services/cli/commands/commands.h"
#include "services/cli/commands/year.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/pages.h"
#include "services/cli/render/year_tables.h"

namespace lianfang::cli {
namespace {

constexpr Flag kWarningsFlags[] = {
    kUnitFlag,
    kDepartmentFlag,
    {"colour",
     "COLOUR",
     Flag::kValue,
     {"只列该颜色：yellow、orange、red", "only this colour: yellow, orange, red"}},
    {"state",
     "STATE",
     Flag::kValue,
     {"只列该状态：open、adjudicated、gone；默认前两种",
      "only this state: open, adjudicated, gone; default the first two"}},
    {"limit", "N", Flag::kValue, {"只显示前 N 行；默认全部", "only the first N rows; default all"}},
};

// The value that the option names; 0 when it was not given.
template <class Enum>
absl::StatusOr<Enum> Choice(const Session& session, const char* option,
                            std::initializer_list<std::pair<const char*, Enum>> choices) {
  const std::string given = session.arguments().Get(option);
  if (given.empty()) return static_cast<Enum>(0);
  std::string names;
  for (const auto& [name, value] : choices) {
    if (given == name) return value;
    absl::StrAppend(&names, names.empty() ? "" : ", ", name);
  }
  return UsageError(absl::StrCat("选项 --", option, " 只能是其中之一：", names, "。"),
                    absl::StrCat("The option --", option, " is one of ", names, "."));
}

absl::Status RunWarnings(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  LF_ASSIGN_OR_RETURN(const int limit, NumberOf(session, "limit", 1, INT_MAX, 0));
  reporting::v1::ListWarningsRequest request;
  request.set_parent(UnitName(unit));
  request.set_department(DepartmentOf(session, unit));
  LF_ASSIGN_OR_RETURN(const auto colour, Choice<reporting::v1::WarningColour>(
                                             session, "colour",
                                             {{"yellow", reporting::v1::WARNING_COLOUR_YELLOW},
                                              {"orange", reporting::v1::WARNING_COLOUR_ORANGE},
                                              {"red", reporting::v1::WARNING_COLOUR_RED}}));
  LF_ASSIGN_OR_RETURN(const auto state,
                      Choice<reporting::v1::WarningState>(
                          session, "state",
                          {{"open", reporting::v1::WARNING_STATE_OPEN},
                           {"adjudicated", reporting::v1::WARNING_STATE_ADJUDICATED},
                           {"gone", reporting::v1::WARNING_STATE_GONE}}));
  request.set_colour(colour);
  request.set_state(state);
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("reporting", kOfficeRole));
  using Stub = reporting::v1::ReportingService::Stub;
  Stub stub(client->channel());
  reporting::v1::ListWarningsResponse all;
  LF_RETURN_IF_ERROR(EachPage(
      request,
      [&](const auto& page) {
        return client->Call(stub, &Stub::ListWarnings, page, session.call_options());
      },
      [&](auto& page) {
        for (auto& warning : *page.mutable_warnings()) *all.add_warnings() = std::move(warning);
        return absl::OkStatus();
      }));
  const int total = all.warnings_size();
  if (limit > 0 && total > limit) all.mutable_warnings()->DeleteSubrange(limit, total - limit);
  if (session.json()) return session.PrintJson(all);
  session.Print(WarningsTable(all.warnings(), session.lang(), LayoutOf(session)));
  session.Say(absl::StrCat("共 ", total, " 条预警，显示 ", all.warnings_size(), " 条"),
              absl::StrCat(total, " warnings in all, ", all.warnings_size(), " shown"));
  return absl::OkStatus();
}

}  // namespace

const Command kWarnings = {
    "warnings",
    {"预警：逾期、措施无效果、任职过久、不相容职权等",
     "warnings: overdue, measures without effect, long holders, conflicting powers, …"},
    kWarningsFlags,
    RunWarnings};

}  // namespace lianfang::cli
