// lianfang register, pull, rollup: a district over its schools.
#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/resource_name.h"
#include "common/base/utf8.h"
#include "common/rpc/status_grpc.h"
#include "common/status/error.h"
#include "lianfang/aggregation/v1/aggregation.grpc.pb.h"
#include "services/cli/commands/commands.h"
#include "services/cli/commands/district_role.h"
#include "services/cli/commands/rollup_plot.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/files.h"
#include "services/cli/render/tables.h"
#include "services/cli/render/tower_tables.h"
#include "services/cli/render/words.h"

namespace lianfang::cli {
namespace {

using AggregationStub = aggregation::v1::AggregationService::Stub;
using aggregation::v1::Member;

constexpr Flag kRegisterFlags[] = {
    {"unit",
     "DISTRICT",
     Flag::kValue,
     {"汇总单位代码（必填）", "id of the aggregator's unit (needed)"}},
    {"member-unit",
     "UNIT",
     Flag::kValue,
     {"下级单位代码（必填）", "id of the member's unit (needed)"}},
    {"endpoint",
     "HOST:PORT",
     Flag::kValue,
     {"下级单位的服务地址（必填）", "where the member serves (needed)"}},
    {"keys-file",
     "FILE",
     Flag::kValue,
     {"下级单位账本公钥的文件，即其 lianfang keys 的输出（必填）",
      "the member's ledger keys, as its `lianfang keys` prints them (needed)"}},
    {"credential",
     "NAME",
     Flag::kValue,
     {"凭证名：汇总服务凭证文件夹中的 NAME.token（必填）",
      "credential: NAME.token in the aggregator's credentials folder (needed)"}},
    {"kind",
     "school|aggregator",
     Flag::kValue,
     {"下级单位类别；默认 school", "kind of the member; default school"}},
};
constexpr Flag kPullFlags[] = {
    {"unit",
     "DISTRICT",
     Flag::kValue,
     {"汇总单位代码（必填）", "id of the aggregator's unit (needed)"}},
    {"member",
     "MEMBER",
     Flag::kValue,
     {"只抽取该下级单位；默认全部", "only this member; default all"}},
};
constexpr Flag kRollupFlags[] = {
    {"unit",
     "DISTRICT",
     Flag::kValue,
     {"汇总单位代码（必填）", "id of the aggregator's unit (needed)"}},
    {"member", "MEMBER", Flag::kValue, {"只看该下级单位的报告", "only this member's report"}},
    {"plot",
     "FILE.svg",
     Flag::kValue,
     {"另存为图：各下级单位的风险点按等级对比；文件名以 .svg、.png 或 .pdf 结尾",
      "also as a plot: the members' risk points by level; the name ends in .svg, .png or .pdf"}},
};

bool SameMember(const Member& a, const Member& b) {
  return a.unit() == b.unit() && a.kind() == b.kind() && a.endpoint() == b.endpoint() &&
         a.credential() == b.credential() &&
         std::is_permutation(a.verifier_keys().begin(), a.verifier_keys().end(),
                             b.verifier_keys().begin(), b.verifier_keys().end());
}

absl::Status RunRegister(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  LF_ASSIGN_OR_RETURN(const std::string member_unit, session.UnitId("member-unit"));
  LF_ASSIGN_OR_RETURN(const std::string keys_file, session.arguments().Require("keys-file"));
  aggregation::v1::RegisterMemberRequest request;
  Member& member = *request.mutable_member();
  LF_ASSIGN_OR_RETURN(*member.mutable_endpoint(), session.arguments().Require("endpoint"));
  LF_ASSIGN_OR_RETURN(*member.mutable_credential(), session.arguments().Require("credential"));
  const std::string kind = session.arguments().Get("kind");
  if (!kind.empty() && kind != "school" && kind != "aggregator") {
    return UsageError("选项 --kind 只能是 school 或 aggregator。",
                      "The option --kind is school or aggregator.");
  }
  member.set_kind(kind == "aggregator" ? aggregation::v1::MEMBER_KIND_AGGREGATOR
                                       : aggregation::v1::MEMBER_KIND_SCHOOL);
  member.set_unit(UnitName(member_unit));
  LF_ASSIGN_OR_RETURN(const std::string keys, ReadFile(keys_file, kMaxKeysFileBytes));
  for (absl::string_view line : absl::StrSplit(keys, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (!line.empty()) member.add_verifier_keys(std::string(line));
  }
  request.set_parent(UnitName(unit));
  request.set_member_id(member_unit);
  request.set_request_id(UuidOf(absl::StrCat("register ", request.SerializeAsString())));
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("aggregator", kDistrictRole));
  AggregationStub stub(client->channel());
  // Looked at first: an earlier answer to the same request would read as if it had been made now.
  aggregation::v1::GetMemberRequest get;
  get.set_name(RecordName(unit, "members", member_unit));
  const auto found = client->Call(stub, &AggregationStub::GetMember, get, session.call_options());
  if (found.ok() && SameMember(found->member(), member)) {
    if (session.json()) return session.PrintJson(*found);
    session.Say(absl::StrCat("已登记过 ", found->member().name(), "，未改动"),
                absl::StrCat(found->member().name(), " is registered already, nothing changed"));
    return absl::OkStatus();
  }
  LF_ASSIGN_OR_RETURN(const auto response, client->Call(stub, &AggregationStub::RegisterMember,
                                                        request, session.call_options()));
  if (session.json()) return session.PrintJson(response);
  session.Say(absl::StrCat("已登记 ", response.member().name()),
              absl::StrCat("registered ", response.member().name()));
  return absl::OkStatus();
}

// One line on a member after a pull.
void SayMember(const Session& session, const Member& member, bool unchanged) {
  const std::string name = member.display_name().empty() ? member.unit() : member.display_name();
  const std::string state = MemberStateWord(member.state(), session.lang());
  const std::string& problem = member.state() == aggregation::v1::MEMBER_STATE_UNTRUSTED
                                   ? member.evidence().problem()
                                   : member.problem();
  session.Say(absl::StrCat(name, "：", state, unchanged ? "，报告与上次相同" : "",
                           problem.empty() ? "" : "，", Printable(problem)),
              absl::StrCat(name, ": ", state, unchanged ? ", the same report as before" : "",
                           problem.empty() ? "" : ", ", Printable(problem)));
}

// What the states of pulled members mean for whoever branches on the exit code.
class Outcome {
 public:
  void Add(const Member& member) {
    if (member.state() == aggregation::v1::MEMBER_STATE_UNTRUSTED) ++untrusted_;
    if (member.state() == aggregation::v1::MEMBER_STATE_UNREACHABLE) ++unreachable_;
  }
  absl::Status ToStatus() const {
    if (untrusted_ > 0) {
      return VerificationError(absl::StrCat(untrusted_, " 个下级单位核验不通过。"),
                               absl::StrCat(untrusted_, " of the members failed verification."));
    }
    if (unreachable_ > 0) {
      return Failure(absl::StrCat(unreachable_, " 个下级单位无法连接。"),
                     absl::StrCat(unreachable_, " of the members could not be reached."));
    }
    return absl::OkStatus();
  }

 private:
  int untrusted_ = 0;
  int unreachable_ = 0;
};

absl::Status RunPull(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("aggregator", kDistrictRole));
  AggregationStub stub(client->channel());
  Outcome outcome;
  if (session.arguments().Has("member")) {
    const std::string member = session.arguments().Get("member");
    aggregation::v1::PullMemberRequest request;
    request.set_name(absl::StartsWith(member, "units/") ? member
                                                        : RecordName(unit, "members", member));
    LF_ASSIGN_OR_RETURN(const auto response, client->Call(stub, &AggregationStub::PullMember,
                                                          request, session.call_options()));
    outcome.Add(response.member());
    if (session.json()) LF_RETURN_IF_ERROR(session.PrintJson(response));
    SayMember(session, response.member(), response.unchanged());
    return outcome.ToStatus();
  }
  aggregation::v1::PullAllRequest request;
  request.set_parent(UnitName(unit));
  grpc::ClientContext context;
  LF_RETURN_IF_ERROR(client->Prepare(context, session.timeout()));
  const auto reader = stub.PullAll(&context, request);
  aggregation::v1::PullAllResponse response;
  std::unique_ptr<Progress> progress;
  std::vector<std::pair<Member, bool>> done;
  // One document: the last state of each member in a roll-up's shape is `rollup`; here the members.
  while (reader->Read(&response)) {
    if (progress == nullptr) {
      progress = session.StartProgress("抽取", "pull", response.total_count());
    }
    progress->Advance();
    outcome.Add(response.member());
    done.emplace_back(response.member(), response.unchanged());
  }
  LF_RETURN_IF_ERROR(rpc::FromGrpc(reader->Finish()));
  if (progress != nullptr) progress->Finish(session.zh() ? "完成" : "done");
  if (session.json()) {
    aggregation::v1::ListMembersResponse members;
    for (auto& [member, unchanged] : done) *members.add_members() = std::move(member);
    LF_RETURN_IF_ERROR(session.PrintJson(members));
    return outcome.ToStatus();
  }
  for (const auto& [member, unchanged] : done) SayMember(session, member, unchanged);
  if (done.empty()) session.Say("还没有下级单位", "there are no members yet");
  return outcome.ToStatus();
}

// What one member has published: its verified report, by department.
absl::Status ShowMember(Session& session, const client::Client& client, AggregationStub& stub,
                        const std::string& unit) {
  const std::string member = session.arguments().Get("member");
  aggregation::v1::GetMemberRequest get;
  get.set_name(absl::StartsWith(member, "units/") ? member : RecordName(unit, "members", member));
  LF_ASSIGN_OR_RETURN(const auto found,
                      client.Call(stub, &AggregationStub::GetMember, get, session.call_options()));
  const reporting::v1::UnitReport& report = found.member().report();
  if (session.json()) return session.PrintJson(found);
  session.Print(StatisticsTable(report.departments(), report.total(), session.lang(),
                                session.narrow() ? Layout::kCompact : Layout::kWide));
  if (!report.campaigns().empty()) {
    session.Print(CampaignsTable(report.campaigns(), session.lang()));
  }
  SayMember(session, found.member(), false);
  return absl::OkStatus();
}

absl::Status RunRollup(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("aggregator", kDistrictRole));
  AggregationStub stub(client->channel());
  if (session.arguments().Has("member")) {
    return ShowMember(session, *client, stub, unit);
  }
  aggregation::v1::GetRollupRequest request;
  request.set_parent(UnitName(unit));
  LF_ASSIGN_OR_RETURN(const auto response, client->Call(stub, &AggregationStub::GetRollup, request,
                                                        session.call_options()));
  if (session.arguments().Has("plot")) {
    LF_RETURN_IF_ERROR(PlotRollup(response, unit, session.arguments().Get("plot")));
  }
  if (session.json()) return session.PrintJson(response);
  std::map<std::string, std::string> unit_of;
  for (const std::string& name : response.unreachable()) {
    aggregation::v1::GetMemberRequest get;
    get.set_name(name);
    LF_ASSIGN_OR_RETURN(const auto found, client->Call(stub, &AggregationStub::GetMember, get,
                                                       session.call_options()));
    unit_of[name] = found.member().unit();
  }
  session.Print(RollupTable(response, unit_of, session.lang(),
                            session.narrow() ? Layout::kCompact : Layout::kWide));
  if (!response.departments_by_kind().empty()) {
    session.Print(KindsTable(response.departments_by_kind(), session.lang()));
  }
  if (!response.risk_points_by_month().empty()) {
    session.Print(MonthsTable(response.risk_points_by_month(), session.lang()));
  }
  if (!response.campaigns().empty()) {
    session.Print(CampaignsTable(response.campaigns(), session.lang()));
  }
  session.Say(
      absl::StrCat("已核验 ", response.members_size(), "，无法连接 ", response.unreachable_size(),
                   "，不可信 ", response.untrusted_size(), "，未抽取 ", response.pending_size()),
      absl::StrCat("verified ", response.members_size(), ", unreachable ",
                   response.unreachable_size(), ", untrusted ", response.untrusted_size(),
                   ", never pulled ", response.pending_size()));
  return absl::OkStatus();
}

}  // namespace

const Command kRegister = {
    "register", {"登记下级单位", "registers a member of a district"}, kRegisterFlags, RunRegister};
const Command kPull = {"pull",
                       {"抽取并核验下级单位的报告", "pulls and verifies the reports of members"},
                       kPullFlags,
                       RunPull};
const Command kRollup = {
    "rollup",
    {"各下级单位汇总，只计已核验的", "totals over all members with a verified report"},
    kRollupFlags,
    RunRollup};

}  // namespace lianfang::cli
