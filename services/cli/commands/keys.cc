// lianfang keys: the public keys by which others verify a unit's ledgers.
#include "absl/strings/str_cat.h"
#include "common/crypto/ed25519.h"
#include "common/ledger/note.h"
#include "common/server/server.h"
#include "common/status/error.h"
#include "common/store/ledger_store.h"
#include "services/cli/commands/commands.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/files.h"

namespace lianfang::cli {
namespace {

constexpr Flag kFlags[] = {
    {"unit", "UNIT", Flag::kValue, {"单位代码（必填）", "id of the unit (needed)"}},
    {"services",
     "a,b",
     Flag::kValue,
     {"哪些服务的账本；默认 reporting,personnel,risk,grading；汇总单位用 aggregator",
      "whose ledgers; default reporting,personnel,risk,grading; aggregator for an aggregator"}},
};

absl::Status RunKeys(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  LF_ASSIGN_OR_RETURN(const std::string data_dir, session.arguments().Require("data-dir"));
  config::v1::ServerConfig config;
  config.set_data_dir(data_dir);
  const std::string path = server::LedgerKeyPath(config);
  if (!FileExists(path)) {
    return Failure(absl::StrCat("数据文件夹中没有账本密钥：", path),
                   absl::StrCat("The data folder has no ledger key: ", path));
  }
  LF_ASSIGN_OR_RETURN(const auto key, crypto::Ed25519PrivateKey::LoadOrCreate(path));
  std::vector<std::string> services = SplitList(session.arguments().Get("services"));
  if (services.empty()) services = {"reporting", "personnel", "risk", "grading"};
  for (const std::string& service : services) {
    LF_ASSIGN_OR_RETURN(
        const auto verifier,
        ledger::NoteVerifier::Create(store::LedgerOrigin(unit, service), key.public_key()));
    session.Write(absl::StrCat(verifier.ToString(), "\n"));
  }
  return absl::OkStatus();
}

}  // namespace

const Command kKeys = {"keys",
                       {"列出单位各账本的公钥，供上级登记",
                        "prints the public keys of a unit's ledgers, for the layer above"},
                       kFlags,
                       RunKeys};

}  // namespace lianfang::cli
