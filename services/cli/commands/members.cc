// lianfang member list, update, settle, compare: what a district knows of its members, and what a
// person decides about them.
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/resource_name.h"
#include "common/base/utf8.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "lianfang/aggregation/v1/aggregation.grpc.pb.h"
#include "services/cli/commands/commands.h"
#include "services/cli/commands/district_role.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/files.h"
#include "services/cli/core/pages.h"
#include "services/cli/render/words.h"

namespace lianfang::cli {
namespace {

using AggregationStub = aggregation::v1::AggregationService::Stub;
using aggregation::v1::Member;

constexpr Flag kUnit = {"unit",
                        "DISTRICT",
                        Flag::kValue,
                        {"汇总单位代码（必填）", "id of the aggregator's unit (needed)"}};
constexpr Flag kMember = {
    "member", "MEMBER", Flag::kValue, {"下级单位（必填）", "the member (needed)"}};
constexpr Flag kMemberListFlags[] = {kUnit};
constexpr Flag kMemberUpdateFlags[] = {
    kUnit,
    kMember,
    {"endpoint",
     "HOST:PORT",
     Flag::kValue,
     {"新的服务地址；不给则不变", "where it serves now; default as before"}},
    {"credential",
     "NAME",
     Flag::kValue,
     {"新的凭证名；不给则不变", "its credential now; default as before"}},
};
constexpr Flag kMemberSettleFlags[] = {
    kUnit,
    kMember,
    {"kind",
     "keep|anew|keys",
     Flag::kValue,
     {"处理方式（必填）：keep 此前所知保留，下次须接续；anew 从头开始；keys 从头开始并更换公钥",
      "how (needed): keep what is known, which the next pull must continue; anew; keys: anew with "
      "other keys"}},
    {"reason", "TEXT", Flag::kValue, {"理由，记录在案（必填）", "why; stays on record (needed)"}},
    {"keys-file",
     "FILE",
     Flag::kValue,
     {"kind 为 keys 时的新公钥文件，即其 lianfang keys 的输出",
      "with keys: the new ones, as the member's `lianfang keys` prints them"}},
};
constexpr Flag kMemberCompareFlags[] = {
    kUnit,
    {"endpoint",
     "HOST:PORT",
     Flag::kValue,
     {"另一汇总服务的地址（必填）", "where the other aggregator serves (needed)"}},
    {"other-unit",
     "UNIT",
     Flag::kValue,
     {"另一汇总单位代码（必填）", "id of the other aggregator's unit (needed)"}},
    {"credential",
     "NAME",
     Flag::kValue,
     {"调用它的凭证名（必填）", "credential to call it with (needed)"}},
};

// `--member` as a resource name; the short form is an id.
absl::StatusOr<std::string> MemberName(const Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  LF_ASSIGN_OR_RETURN(const std::string member, session.arguments().Require("member"));
  return absl::StartsWith(member, "units/") ? member : RecordName(unit, "members", member);
}

absl::StatusOr<Member> Read(const Session& session, const client::Client& client,
                            AggregationStub& stub) {
  aggregation::v1::GetMemberRequest request;
  LF_ASSIGN_OR_RETURN(*request.mutable_name(), MemberName(session));
  LF_ASSIGN_OR_RETURN(auto response, client.Call(stub, &AggregationStub::GetMember, request,
                                                 session.call_options()));
  return std::move(*response.mutable_member());
}

std::string LagOf(const Member& member) {
  if (!member.has_lag()) return "—";
  return FormatSeconds(absl::Seconds(member.lag().seconds()));
}

absl::Status RunMemberList(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("aggregator", kDistrictRole));
  AggregationStub stub(client->channel());
  const bool zh = session.zh();
  Table table({{zh ? "单位" : "unit"},
               {zh ? "状态" : "state"},
               {zh ? "报告" : "report", Align::kRight},
               {zh ? "距上次核验" : "lag", Align::kRight},
               {zh ? "连续失败" : "failures", Align::kRight},
               {zh ? "问题" : "problem"}});
  aggregation::v1::ListMembersResponse all;
  aggregation::v1::ListMembersRequest request;
  request.set_parent(UnitName(unit));
  LF_RETURN_IF_ERROR(EachPage(
      request,
      [&](const auto& page) {
        return client->Call(stub, &AggregationStub::ListMembers, page, session.call_options());
      },
      [&](auto& page) {
        for (Member& member : *page.mutable_members()) {
          const std::string& problem = member.state() == aggregation::v1::MEMBER_STATE_UNTRUSTED
                                           ? member.evidence().problem()
                                           : member.problem();
          table.AddRow({member.display_name().empty() ? member.unit() : member.display_name(),
                        MemberStateWord(member.state(), session.lang()),
                        member.has_report() ? absl::StrCat(member.report().number()) : "—",
                        LagOf(member), absl::StrCat(member.failure_count()), Printable(problem)});
          *all.add_members() = std::move(member);
        }
        return absl::OkStatus();
      }));
  if (session.json()) return session.PrintJson(all);
  session.Print(table);
  return absl::OkStatus();
}

absl::Status RunMemberUpdate(Session& session) {
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("aggregator", kDistrictRole));
  AggregationStub stub(client->channel());
  aggregation::v1::UpdateMemberRequest request;
  LF_ASSIGN_OR_RETURN(*request.mutable_member(), Read(session, *client, stub));
  if (session.arguments().Has("endpoint")) {
    request.mutable_member()->set_endpoint(session.arguments().Get("endpoint"));
  }
  if (session.arguments().Has("credential")) {
    request.mutable_member()->set_credential(session.arguments().Get("credential"));
  }
  request.set_request_id(UuidOf(absl::StrCat("update ", request.SerializeAsString())));
  LF_ASSIGN_OR_RETURN(const auto response, client->Call(stub, &AggregationStub::UpdateMember,
                                                        request, session.call_options()));
  if (session.json()) return session.PrintJson(response);
  session.Say(absl::StrCat(response.member().name(), "：地址 ", response.member().endpoint(),
                           "，凭证 ", response.member().credential()),
              absl::StrCat(response.member().name(), ": at ", response.member().endpoint(),
                           " with the credential ", response.member().credential()));
  return absl::OkStatus();
}

absl::Status RunMemberSettle(Session& session) {
  aggregation::v1::SettleMemberRequest request;
  LF_ASSIGN_OR_RETURN(const std::string kind, session.arguments().Require("kind"));
  if (kind == "keep") {
    request.set_kind(aggregation::v1::SETTLEMENT_KIND_KEEP_KNOWN);
  } else if (kind == "anew") {
    request.set_kind(aggregation::v1::SETTLEMENT_KIND_BEGIN_ANEW);
  } else if (kind == "keys") {
    request.set_kind(aggregation::v1::SETTLEMENT_KIND_REPLACE_KEYS);
    LF_ASSIGN_OR_RETURN(const std::string file, session.arguments().Require("keys-file"));
    LF_ASSIGN_OR_RETURN(const std::string keys, ReadFile(file, kMaxKeysFileBytes));
    for (absl::string_view line : absl::StrSplit(keys, '\n')) {
      line = absl::StripAsciiWhitespace(line);
      if (!line.empty()) request.add_verifier_keys(std::string(line));
    }
  } else {
    return UsageError("选项 --kind 只能是 keep、anew 或 keys。",
                      "The option --kind is keep, anew or keys.");
  }
  LF_ASSIGN_OR_RETURN(*request.mutable_reason(), session.arguments().Require("reason"));
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("aggregator", kDistrictRole));
  AggregationStub stub(client->channel());
  // With its etag: what is settled is what was looked at.
  LF_ASSIGN_OR_RETURN(const Member member, Read(session, *client, stub));
  request.set_name(member.name());
  request.set_etag(member.etag());
  request.set_request_id(UuidOf(absl::StrCat("settle ", request.SerializeAsString())));
  LF_ASSIGN_OR_RETURN(const auto response, client->Call(stub, &AggregationStub::SettleMember,
                                                        request, session.call_options()));
  if (session.json()) return session.PrintJson(response);
  const std::string state = MemberStateWord(response.member().state(), session.lang());
  session.Say(absl::StrCat("已处理 ", response.member().name(), "：", state),
              absl::StrCat("settled ", response.member().name(), ": ", state));
  return absl::OkStatus();
}

absl::Status RunMemberCompare(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  LF_ASSIGN_OR_RETURN(const std::string other, session.UnitId("other-unit"));
  aggregation::v1::CompareCheckpointsRequest request;
  request.set_parent(UnitName(unit));
  request.set_unit(UnitName(other));
  LF_ASSIGN_OR_RETURN(*request.mutable_endpoint(), session.arguments().Require("endpoint"));
  LF_ASSIGN_OR_RETURN(*request.mutable_credential(), session.arguments().Require("credential"));
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("aggregator", kDistrictRole));
  AggregationStub stub(client->channel());
  LF_ASSIGN_OR_RETURN(const auto response, client->Call(stub, &AggregationStub::CompareCheckpoints,
                                                        request, session.call_options()));
  if (session.json()) LF_RETURN_IF_ERROR(session.PrintJson(response));
  session.Say(absl::StrCat("比对账本 ", response.compared_count(), "，不一致 ",
                           response.split_views_size(), "，无法比对 ", response.unreachable_size()),
              absl::StrCat("compared ", response.compared_count(), " ledgers, differing ",
                           response.split_views_size(), ", not to be compared ",
                           response.unreachable_size()));
  for (const auto& split : response.split_views()) {
    session.Say(absl::StrCat(split.member(), "：", Printable(split.evidence().problem())),
                absl::StrCat(split.member(), ": ", Printable(split.evidence().problem())));
  }
  if (response.split_views().empty()) return absl::OkStatus();
  return VerificationError(
      absl::StrCat(response.split_views_size(), " 个下级单位对两个上级给出了不同的历史。"),
      absl::StrCat(response.split_views_size(), " of the members tell two histories."));
}

}  // namespace

const Command kMemberList = {
    "member list",
    {"下级单位的状态、滞后和问题", "members, their states, lags and problems"},
    kMemberListFlags,
    RunMemberList};
const Command kMemberUpdate = {
    "member update",
    {"修改下级单位的地址或凭证", "changes where a member serves or how it is called"},
    kMemberUpdateFlags,
    RunMemberUpdate};
const Command kMemberSettle = {"member settle",
                               {"处理被判为不可信的下级单位，理由记录在案",
                                "settles what made a member untrusted, for a reason"},
                               kMemberSettleFlags,
                               RunMemberSettle};
const Command kMemberCompare = {
    "member compare",
    {"与另一汇总服务比对检查点，找出对两个上级给出不同历史的单位；有则退出码为 4",
     "compares checkpoints with another aggregator; exit code 4 when a member tells two histories"},
    kMemberCompareFlags,
    RunMemberCompare};

}  // namespace lianfang::cli
