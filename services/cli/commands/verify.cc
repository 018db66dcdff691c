// lianfang verify: whether ledgers are what their checkpoints say, checked from outside through a
// server; or, without one, whether all that the databases hold is what the ledgers say.
#include <algorithm>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/resource_name.h"
#include "common/base/utf8.h"
#include "common/status/error.h"
#include "common/store/ledger_store.h"
#include "google/protobuf/struct.pb.h"
#include "services/cli/commands/commands.h"
#include "services/cli/commands/verify_offline.h"
#include "services/cli/core/erasures.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/files.h"
#include "services/cli/core/verify_ledger.h"

namespace lianfang::cli {
namespace {

constexpr char kRole[] = "auditor";
constexpr size_t kMaxKeysBytes = 65536;

constexpr Flag kFlags[] = {
    {"data",
     "FOLDER",
     Flag::kList,
     {"不经服务器：核验该数据文件夹中的全部数据库；各服务分开存放时可多次给出",
      "without a server: all databases in the data folder; several times where services keep "
      "theirs apart"}},
    {"config",
     "FILE",
     Flag::kList,
     {"不经服务器：按服务的配置文件找到数据库，用于数据库服务器",
      "without a server: the databases that a server's configuration names"}},
    {"known",
     "FILE",
     Flag::kList,
     {"存放在别处的签名检查点（如上级所存）：账本必须由其增长而来",
      "signed checkpoints kept elsewhere, such as the district's: ledgers must have grown from "
      "them"}},
    {"unit",
     "UNIT",
     Flag::kValue,
     {"经服务器核验时的单位代码（必填）", "id of the unit, with a server (needed)"}},
    {"services",
     "a,b",
     Flag::kValue,
     {"只核验这些服务的账本；默认该服务器上的全部",
      "only these services' ledgers; default all on the server"}},
    {"keys-file",
     "FILE",
     Flag::kValue,
     {"公钥文件（lianfang keys 的输出）；不给则用服务器自报的公钥",
      "keys as `lianfang keys` prints them; without it the server's own word is taken"}},
};

absl::Status RunVerify(Session& session) {
  if (session.arguments().Has("data") || session.arguments().Has("config")) {
    return VerifyOffline(session);
  }
  if (session.arguments().Has("known")) {
    return UsageError("--known 只与 --data 或 --config 一起使用。",
                      "--known goes with --data or --config.");
  }
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  std::vector<std::string> keys;
  if (session.arguments().Has("keys-file")) {
    LF_ASSIGN_OR_RETURN(const std::string text,
                        ReadFile(session.arguments().Get("keys-file"), kMaxKeysBytes));
    keys = absl::StrSplit(text, absl::ByAnyChar("\r\n"), absl::SkipWhitespace());
  }
  std::vector<std::string> services = SplitList(session.arguments().Get("services"));
  const bool all = services.empty();
  if (all) services = {"personnel", "risk", "grading", "reporting", "aggregator"};
  Table table({{session.zh() ? "账本" : "ledger"},
               {session.zh() ? "条目" : "entries", Align::kRight},
               {session.zh() ? "根" : "root"},
               {session.zh() ? "结果" : "result"}});
  google::protobuf::Struct document;
  google::protobuf::RepeatedPtrField<ledger::v1::Erasure> erasures;
  int different = 0;
  int checked = 0;
  for (const std::string& service : services) {
    if (all && session.AddressOf(service).empty()) continue;
    LF_ASSIGN_OR_RETURN(const auto client, session.Connect(service, kRole));
    std::unique_ptr<Progress> progress;
    const auto result = VerifyLedger(
        *client, unit, service, keys, session.timeout(), [&](int64_t done, int64_t size) {
          if (progress == nullptr) {
            progress = session.StartProgress(absl::StrCat("核验 ", service),
                                             absl::StrCat("verify ", service), size);
          }
          progress->Advance(done);
        });
    if (!result.ok()) {
      // Without --services a ledger that this server does not keep is simply not asked for.
      if (all && ReasonOf(result.status()) == common::v1::ERROR_REASON_RESOURCE_NOT_FOUND) continue;
      return result.status();
    }
    // An empty ledger is nothing to look at, unless there is a key that says there is one.
    const std::string key_start = absl::StrCat(store::LedgerOrigin(unit, service), "+");
    const bool named = std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
      return absl::StartsWith(key, key_start);
    });
    if (all && result->size == 0 && !named) continue;
    if (progress != nullptr) progress->Finish(session.zh() ? "完成" : "done");
    ++checked;
    const bool ok = result->problem_zh.empty();
    if (!ok) ++different;
    const std::string& problem = session.zh() ? result->problem_zh : result->problem_en;
    const std::string root = ok ? absl::Base64Escape(crypto::ToBytes(result->root)) : "";
    table.AddRow({service, absl::StrCat(result->size), root,
                  ok ? (session.zh() ? "一致 OK" : "OK") : problem});
    auto& fields = *(*document.mutable_fields())[service].mutable_struct_value()->mutable_fields();
    fields["size"].set_number_value(static_cast<double>(result->size));
    fields["root"].set_string_value(root);
    fields["ok"].set_bool_value(ok);
    fields["contentsChecked"].set_number_value(static_cast<double>(result->contents));
    fields["contentsErased"].set_number_value(static_cast<double>(result->erased));
    for (const auto& erasure : result->erasures) *erasures.Add() = erasure;
    if (!ok) fields["problem"].set_string_value(problem);
  }
  if (session.json()) {
    LF_RETURN_IF_ERROR(session.PrintJson(document));
  } else {
    session.Print(table);
    if (!erasures.empty()) {
      session.Say("依法删除的内容：", "What was erased:");
      session.Print(ErasuresTable(erasures, session.lang()));
    }
    if (keys.empty()) {
      session.Note("注意：未给 --keys-file，公钥取自服务器本身，只能证明账本前后一致。",
                   "Note: without --keys-file the keys are the server's own word; this shows only "
                   "that the ledgers agree with themselves.");
    }
  }
  if (different > 0) {
    return VerificationError(absl::StrCat(different, " 个账本核验不通过。"),
                             absl::StrCat(different, " of the ledgers failed verification."));
  }
  if (checked == 0) {
    return Failure("该服务器没有这个单位的账本。", "This server has no ledger of this unit.");
  }
  return absl::OkStatus();
}

}  // namespace

const Command kVerify = {
    "verify",
    {"由账本条目重算一切并与存储的逐项比较；不一致时退出码为 4",
     "recomputes everything from the ledgers' entries and compares; exit code 4 when it differs"},
    kFlags,
    RunVerify};

}  // namespace lianfang::cli
