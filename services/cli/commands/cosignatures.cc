// lianfang cosignatures: who has verified a unit's ledgers, and up to where.
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"
#include "services/cli/commands/commands.h"
#include "services/cli/commands/year.h"
#include "services/cli/core/arguments.h"
#include "services/cli/core/pages.h"

namespace lianfang::cli {
namespace {

using LedgerStub = ledger::v1::LedgerService::Stub;

constexpr Flag kCosignaturesFlags[] = {
    kUnitFlag,
    {"services",
     "a,b",
     Flag::kValue,
     {"哪些服务的账本；默认 reporting,personnel,risk,grading",
      "whose ledgers; default reporting,personnel,risk,grading"}},
};

absl::Status RunCosignatures(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  std::vector<std::string> services = SplitList(session.arguments().Get("services"));
  if (services.empty()) services = {"reporting", "personnel", "risk", "grading"};
  const bool zh = session.zh();
  Table table({{zh ? "账本" : "ledger"},
               {zh ? "见证人" : "witness"},
               {zh ? "条目" : "entries", Align::kRight},
               {zh ? "时间" : "time"}});
  ledger::v1::ListCosignaturesResponse all;
  for (const std::string& service : services) {
    LF_ASSIGN_OR_RETURN(const auto client, session.Connect(service, "auditor"));
    LedgerStub stub(client->channel());
    ledger::v1::ListCosignaturesRequest request;
    request.set_parent(absl::StrCat(UnitName(unit), "/ledgers/", service));
    LF_RETURN_IF_ERROR(EachPage(
        request,
        [&](const auto& page) {
          return client->Call(stub, &LedgerStub::ListCosignatures, page, session.call_options());
        },
        [&](auto& page) {
          for (auto& one : *page.mutable_cosignatures()) {
            table.AddRow({service, one.witness(), absl::StrCat(one.size()),
                          google::protobuf::util::TimeUtil::ToString(one.time())});
            *all.add_cosignatures() = std::move(one);
          }
          return absl::OkStatus();
        }));
  }
  if (session.json()) return session.PrintJson(all);
  session.Print(table);
  return absl::OkStatus();
}

}  // namespace

const Command kCosignatures = {
    "cosignatures",
    {"上级对单位各账本的见证签名", "which superiors have verified and signed a unit's ledgers"},
    kCosignaturesFlags,
    RunCosignatures};

}  // namespace lianfang::cli
