// lianfang backup: what all databases of an installation hold at one moment, in one file.
#include "common/backup/backup.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/time_util.h"
#include "services/cli/commands/commands.h"
#include "services/cli/commands/modules.h"
#include "services/cli/core/installation.h"

namespace lianfang::cli {
namespace {

constexpr Flag kBackupFlags[] = {
    kConfigFlag,
    {"output",
     "FILE",
     Flag::kValue,
     {"备份文件（必填），须尚不存在", "the backup (needed); there must be no such file yet"}},
    {"include-keys",
     "",
     Flag::kSwitch,
     {"连同私钥 token.pem、ledger.pem、secrets.key：此文件便要像私钥一样保管",
      "with the private keys token.pem, ledger.pem and secrets.key: guard the file as you guard "
      "them"}},
};

struct Count {
  int64_t tables = 0;
  int64_t rows = 0;
};

google::protobuf::Struct Document(const backup::BackupSummary& made, const std::string& file,
                                  bool keys) {
  google::protobuf::Struct document;
  auto& fields = *document.mutable_fields();
  fields["file"].set_string_value(file);
  fields["bytes"].set_number_value(static_cast<double>(made.bytes));
  fields["id"].set_string_value(made.header.id());
  fields["createTime"].set_string_value(
      google::protobuf::util::TimeUtil::ToString(made.header.create_time()));
  fields["engine"].set_string_value(made.header.engine());
  fields["keysIncluded"].set_bool_value(keys);
  auto& services = *fields["services"].mutable_struct_value()->mutable_fields();
  for (const auto& count : made.counts) {
    auto& tables = *services[count.service()].mutable_struct_value()->mutable_fields();
    tables[count.table()].set_number_value(static_cast<double>(count.rows()));
  }
  return document;
}

absl::Status RunBackup(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string output, session.arguments().Require("output"));
  LF_ASSIGN_OR_RETURN(const config::v1::ServerConfig config, InstallationOf(session));
  const bool keys = session.arguments().Has("include-keys");
  backup::BackupOptions options;
  options.output = output;
  options.include_keys = keys;
  for (const auto& module : AllModules()) options.services.push_back(module.name);
  options.clock = session.environment().clock;
  options.random = session.environment().random;
  const absl::Time start = options.clock->Now();
  std::unique_ptr<Progress> progress;
  options.advance = [&](int64_t rows, int64_t total) {
    if (progress == nullptr) progress = session.StartProgress("备份（行）", "backup (rows)", total);
    progress->Advance(rows);
  };
  const auto backed_up = backup::MakeBackup(config, options);
  if (!backed_up.ok()) return EndOf(backed_up.status());
  const backup::BackupSummary& made = *backed_up;
  if (progress != nullptr) progress->Finish(session.zh() ? "完成" : "done");
  if (session.json()) return session.PrintJson(Document(made, output, keys));
  std::map<std::string, Count> services;
  for (const auto& count : made.counts) {
    ++services[count.service()].tables;
    services[count.service()].rows += count.rows();
  }
  Table table({{session.zh() ? "服务" : "service"},
               {session.zh() ? "表" : "tables", Align::kRight},
               {session.zh() ? "行" : "rows", Align::kRight}});
  for (const auto& [service, count] : services) {
    table.AddRow({service, absl::StrCat(count.tables), absl::StrCat(count.rows)});
  }
  session.Print(table);
  const std::string took = FormatSeconds(options.clock->Now() - start);
  const std::string time = google::protobuf::util::TimeUtil::ToString(made.header.create_time());
  session.Say(
      absl::StrCat("已备份 ", time, " 的状态到 ", output, "：", made.bytes, " 字节，", took),
      absl::StrCat("backed up the state of ", time, " to ", output, ": ", made.bytes, " bytes, ",
                   took));
  if (keys) {
    session.Note("注意：该文件含有私钥，得到它的人可以冒充本单位签名；请加密存放，只交给可信的人。",
                 "Note: the file holds the private keys. Whoever has it can sign in the school's "
                 "name: store "
                 "it encrypted, give it to nobody who need not have it.");
  } else {
    session.Note(
        "注意：密钥不在备份中。请另行妥善保存 token.pem、ledger.pem 与 secrets.key：丢失 "
        "ledger.pem，上级就不再信任恢复后的账本。",
        "Note: the keys are not in it. Keep token.pem, ledger.pem and secrets.key safe elsewhere: "
        "without "
        "ledger.pem the layer above does not trust the restored ledgers.");
  }
  session.Note("配置、policies 与 credentials 文件夹也不在其中。",
               "Configuration and the folders of policies and credentials are not in it either.");
  return absl::OkStatus();
}

}  // namespace

const Command kBackup = {
    "backup",
    {"把全部数据库同一时刻的内容备份到一个文件，服务可照常运行",
     "writes what all databases hold at one moment to a file; services may run"},
    kBackupFlags,
    RunBackup};

}  // namespace lianfang::cli
