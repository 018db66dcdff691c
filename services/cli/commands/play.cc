// lianfang play: a sample year through the public API.
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "lianfang/reporting/v1/reporting.grpc.pb.h"
#include "services/cli/commands/commands.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/play/player.h"
#include "services/cli/render/tables.h"

namespace lianfang::cli {
namespace {

constexpr int kDefaultConcurrency = 8;
constexpr int kMaxConcurrency = 64;

constexpr Flag kPlayFlags[] = {
    {"sample",
     "FOLDER",
     Flag::kValue,
     {"样例文件夹，含 year.txtpb 和 directory/（必填）",
      "the sample: year.txtpb and directory/ (needed)"}},
    {"concurrency", "N", Flag::kValue, {"同时进行的调用数；默认 8", "calls at a time; default 8"}},
};

absl::Status RunPlay(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string folder, session.arguments().Require("sample"));
  int concurrency = kDefaultConcurrency;
  if (session.arguments().Has("concurrency") &&
      (!absl::SimpleAtoi(session.arguments().Get("concurrency"), &concurrency) || concurrency < 1 ||
       concurrency > kMaxConcurrency)) {
    return UsageError("选项 --concurrency 须为 1 至 64 的整数。",
                      "The option --concurrency is a number from 1 to 64.");
  }
  LF_ASSIGN_OR_RETURN(const Sample sample, ReadSample(folder));
  LF_ASSIGN_OR_RETURN(auto mint, session.Mint());
  Player::Channels channels;
  for (const char* service : Player::kServices) {
    LF_ASSIGN_OR_RETURN(channels[service], session.ChannelTo(session.AddressOf(service)));
  }
  Player player(&session, &sample, std::move(mint), concurrency, channels);
  LF_RETURN_IF_ERROR(player.Play());

  const client::Client& office = player.actors().AsRole("control_office");
  using Stub = reporting::v1::ReportingService::Stub;
  Stub stub(channels.at("reporting"));
  reporting::v1::GetUnitReportRequest request;
  request.set_unit(player.unit());
  player.positions().CopyTo(request.mutable_not_before());
  const absl::Time start = session.environment().clock->Now();
  LF_ASSIGN_OR_RETURN(const auto response,
                      office.Call(stub, &Stub::GetUnitReport, request, session.call_options()));
  const absl::Duration report_time = session.environment().clock->Now() - start;
  if (session.json()) return session.PrintJson(response);

  Table table({{session.zh() ? "阶段" : "stage"},
               {session.zh() ? "新办" : "new", Align::kRight},
               {session.zh() ? "已有" : "found", Align::kRight},
               {session.zh() ? "用时" : "time", Align::kRight}});
  int64_t done = 0;
  for (const StageRecord& stage : player.stages()) {
    done += stage.result.done;
    table.AddRow({session.zh() ? stage.title_zh : stage.title_en, absl::StrCat(stage.result.done),
                  absl::StrCat(stage.result.found), FormatSeconds(stage.time)});
  }
  table.AddRow({absl::StrCat(session.zh() ? "出具报告，第 " : "report number ",
                             response.report().number(), session.zh() ? " 号" : ""),
                "", "", FormatSeconds(report_time)});
  session.Print(table);
  if (done == 0) {
    session.Say("样例年度已在其中，未作任何改动。",
                "The sample year is there already; nothing was changed.");
  } else {
    session.Say(absl::StrCat("样例年度已就绪：", response.report().display_name()),
                absl::StrCat("The sample year is ready: ", response.report().display_name()));
  }
  return absl::OkStatus();
}

}  // namespace

const Command kPlay = {"play",
                       {"按样例演示一年：自查、审核、定级、措施、报告",
                        "plays a sample year: self-checks, reviews, grades, measures, report"},
                       kPlayFlags,
                       RunPlay};

}  // namespace lianfang::cli
