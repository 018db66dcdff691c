// lianfang restore: a backup into empty databases, of the same engine or the other one.
#include "common/backup/restore.h"

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/time_util.h"
#include "services/cli/commands/commands.h"
#include "services/cli/commands/modules.h"
#include "services/cli/core/installation.h"

namespace lianfang::cli {
namespace {

constexpr Flag kRestoreFlags[] = {
    kConfigFlag,
    {"input", "FILE", Flag::kValue, {"备份文件（必填）", "the backup (needed)"}},
    {"include-keys",
     "",
     Flag::kSwitch,
     {"连同备份中的私钥，写到配置所指的位置",
      "with the private keys in it, to where the configuration has them"}},
};

google::protobuf::Struct Document(const backup::RestoreSummary& restored, int64_t rows) {
  google::protobuf::Struct document;
  auto& fields = *document.mutable_fields();
  fields["id"].set_string_value(restored.header.id());
  fields["createTime"].set_string_value(
      google::protobuf::util::TimeUtil::ToString(restored.header.create_time()));
  fields["rows"].set_number_value(static_cast<double>(rows));
  fields["wasComplete"].set_bool_value(restored.was_complete);
  fields["noLedgerKey"].set_bool_value(restored.ledger_key_missing);
  return document;
}

absl::Status RunRestore(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string input, session.arguments().Require("input"));
  LF_ASSIGN_OR_RETURN(const config::v1::ServerConfig config, InstallationOf(session));
  std::unique_ptr<Progress> checking;
  std::unique_ptr<Progress> inserting;
  const auto advance = [&session](std::unique_ptr<Progress>& progress, const char* zh,
                                  const char* en, int64_t step, int64_t total) {
    if (progress == nullptr) progress = session.StartProgress(zh, en, total);
    progress->Advance(step);
  };
  const char* const done = session.zh() ? "完成" : "done";
  const auto restored = backup::Restore(
      config, AllModules(),
      {.input = input,
       .include_keys = session.arguments().Has("include-keys"),
       .checked =
           [&](int64_t step, int64_t total) {
             advance(checking, "检查备份（字节）", "check the backup (bytes)", step, total);
           },
       .inserted =
           [&](int64_t step, int64_t total) {
             if (inserting == nullptr) checking->Finish(done);
             advance(inserting, "恢复（行）", "restore (rows)", step, total);
           }});
  if (!restored.ok()) return EndOf(restored.status());
  (inserting != nullptr ? inserting : checking)->Finish(done);
  int64_t rows = 0;
  for (const auto& count : restored->counts) rows += count.rows();
  const std::string time =
      google::protobuf::util::TimeUtil::ToString(restored->header.create_time());
  if (restored->was_complete) {
    session.Say(absl::StrCat("此前的恢复已装入 ", time, " 的状态，刚才补完了最后一步。"),
                absl::StrCat("an earlier restore had put the state of ", time,
                             " in place; its last step was made now"));
  } else {
    session.Say(absl::StrCat("已恢复 ", time, " 的状态，共 ", rows, " 行"),
                absl::StrCat("restored the state of ", time, ", ", rows, " rows"));
  }
  if (restored->ledger_key_missing) {
    session.Note(
        "注意：此处没有账本密钥。启动服务之前，请把原来的 ledger.pem 与 token.pem "
        "放回原处；否则服务会生成新的，上级将不再信任这些账本。",
        "Note: there is no ledger key here. Before you start the services put the former "
        "ledger.pem "
        "and token.pem in their place; otherwise new ones are made, and the layer above does not "
        "trust the ledgers.");
  }
  return session.json() ? session.PrintJson(Document(*restored, rows)) : absl::OkStatus();
}

}  // namespace

const Command kRestore = {
    "restore",
    {"把备份恢复到空的数据库（SQLite 或数据库服务器均可），服务须已停止",
     "puts a backup into empty databases, SQLite or a database server; services must be stopped"},
    kRestoreFlags,
    RunRestore};

}  // namespace lianfang::cli
