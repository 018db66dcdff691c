// lianfang verify: whether ledgers are what their checkpoints say and records and statistics are
// what the ledgers say: from outside through a server; or, without one, all that the databases
// hold.
#include "services/cli/commands/commands.h"
#include "services/cli/commands/verify_document.h"
#include "services/cli/commands/verify_offline.h"
#include "services/cli/commands/verify_online.h"
#include "services/cli/core/exit_code.h"

namespace lianfang::cli {
namespace {

constexpr Flag kVerifyFlags[] = {
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
    {"document",
     "NUMBER",
     Flag::kValue,
     {"核对一份文书：纸上的编号，与 --digest 和 --unit 一起给出",
      "checks a paper: its number, together with --digest and --unit"}},
    {"digest",
     "XXXX-XXXX-XXXX-XXXX",
     Flag::kValue,
     {"纸上的校验码", "the check code on the paper"}},
};

absl::Status RunVerify(Session& session) {
  if (session.arguments().Has("document") || session.arguments().Has("digest")) {
    return VerifyDocument(session);
  }
  if (session.arguments().Has("data") || session.arguments().Has("config")) {
    return VerifyOffline(session);
  }
  if (session.arguments().Has("known")) {
    return UsageError("--known 只与 --data 或 --config 一起使用。",
                      "--known goes with --data or --config.");
  }
  return VerifyOnline(session);
}

}  // namespace

const Command kVerify = {
    "verify",
    {"由账本条目重算一切并与存储的逐项比较；不一致时退出码为 4",
     "recomputes everything from the ledgers' entries and compares; exit code 4 when it differs"},
    kVerifyFlags,
    RunVerify};

}  // namespace lianfang::cli
