// lianfang audit list: who was refused, who signed in, and who read what only few may read.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/resource_name.h"
#include "google/protobuf/util/time_util.h"
#include "lianfang/ledger/v1/audit.grpc.pb.h"
#include "services/cli/commands/commands.h"
#include "services/cli/commands/year.h"
#include "services/cli/core/arguments.h"
#include "services/cli/core/pages.h"

namespace lianfang::cli {
namespace {

using ledger::v1::AuditKind;
using ledger::v1::AuditRecord;
using AuditStub = ledger::v1::AuditService::Stub;

constexpr Flag kAuditFlags[] = {
    kUnitFlag,
    {"services",
     "a,b",
     Flag::kValue,
     {"哪些服务的账本；默认 personnel,risk,grading,reporting",
      "whose ledgers; default personnel,risk,grading,reporting"}},
    {"subject",
     "units/…/persons/…",
     Flag::kValue,
     {"只列出此人（或程序）的", "of this person or program only"}},
};

absl::string_view KindWord(AuditKind kind, bool zh) {
  switch (kind) {
    case ledger::v1::AUDIT_KIND_DENIED:
      return zh ? "被拒绝" : "denied";
    case ledger::v1::AUDIT_KIND_SIGN_IN:
      return zh ? "登录" : "sign-in";
    case ledger::v1::AUDIT_KIND_PRIVILEGED:
      return zh ? "特权读取" : "privileged";
    default:
      return "";
  }
}

std::vector<std::string> RowOf(const AuditRecord& record, bool zh) {
  const std::string reason =
      record.reason() == common::v1::ERROR_REASON_UNSPECIFIED
          ? ""
          : std::string(
                absl::StripPrefix(common::v1::ErrorReason_Name(record.reason()), "ERROR_REASON_"));
  return {google::protobuf::util::TimeUtil::ToString(record.first_time()),
          std::string(KindWord(record.kind(), zh)),
          record.subject(),
          record.method(),
          reason,
          record.resource(),
          absl::StrCat(record.count())};
}

absl::Status RunAuditList(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  std::vector<std::string> services = SplitList(session.arguments().Get("services"));
  if (services.empty()) services = {"personnel", "risk", "grading", "reporting"};
  const bool zh = session.zh();
  Table table({{zh ? "时间" : "time"},
               {zh ? "事由" : "kind"},
               {zh ? "身份" : "who"},
               {zh ? "调用" : "method"},
               {zh ? "原因" : "reason"},
               {zh ? "对象" : "resource"},
               {zh ? "次数" : "count", Align::kRight}});
  ledger::v1::ListAuditRecordsResponse all;
  for (const std::string& service : services) {
    LF_ASSIGN_OR_RETURN(const auto client, session.Connect(service, "auditor"));
    AuditStub stub(client->channel());
    ledger::v1::ListAuditRecordsRequest request;
    request.set_parent(absl::StrCat(UnitName(unit), "/ledgers/", service));
    request.set_subject(session.arguments().Get("subject"));
    LF_RETURN_IF_ERROR(EachPage(
        request,
        [&](const auto& page) {
          return client->Call(stub, &AuditStub::ListAuditRecords, page, session.call_options());
        },
        [&](auto& page) {
          for (AuditRecord& record : *page.mutable_records()) {
            table.AddRow(RowOf(record, zh));
            *all.add_records() = std::move(record);
          }
          return absl::OkStatus();
        }));
  }
  if (session.json()) return session.PrintJson(all);
  session.Print(table);
  return absl::OkStatus();
}

}  // namespace

const Command kAuditList = {"audit list",
                            {"谁被拒绝、谁登录过、谁读过少数人才能读的内容",
                             "who was refused, who signed in, who read what only few may read"},
                            kAuditFlags,
                            RunAuditList};

}  // namespace lianfang::cli
