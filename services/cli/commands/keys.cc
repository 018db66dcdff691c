// lianfang keys, keys rotate: the public keys by which others verify a unit's ledgers, and handing
// over to another one.
#include "absl/strings/str_cat.h"
#include "common/crypto/ed25519.h"
#include "common/ledger/cosignature.h"
#include "common/ledger/note.h"
#include "common/server/ledger_key.h"
#include "common/server/server.h"
#include "common/status/error.h"
#include "common/store/ledger_store.h"
#include "services/cli/commands/commands.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/files.h"

namespace lianfang::cli {
namespace {

constexpr Flag kKeysFlags[] = {
    {"unit", "UNIT", Flag::kValue, {"单位代码（必填）", "id of the unit (needed)"}},
    {"services",
     "a,b",
     Flag::kValue,
     {"哪些服务的账本；默认 reporting,personnel,risk,grading；汇总单位用 aggregator，其见证公钥用 "
      "witness",
      "whose ledgers; default reporting,personnel,risk,grading; aggregator for an aggregator, "
      "witness for"
      " its cosignatures"}},
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
  LF_ASSIGN_OR_RETURN(const auto loaded, server::LoadLedgerKey(path));
  const crypto::Ed25519PrivateKey& key = loaded.key;
  std::vector<std::string> services = SplitList(session.arguments().Get("services"));
  if (services.empty()) services = {"reporting", "personnel", "risk", "grading"};
  for (const std::string& service : services) {
    if (service == "witness") {
      LF_ASSIGN_OR_RETURN(const auto witness,
                          ledger::WitnessKey::Create(ledger::WitnessName(unit), key.public_key()));
      session.Write(absl::StrCat(witness.ToString(), "\n"));
      continue;
    }
    LF_ASSIGN_OR_RETURN(
        const auto verifier,
        ledger::NoteVerifier::Create(store::LedgerOrigin(unit, service), key.public_key()));
    session.Write(absl::StrCat(verifier.ToString(), "\n"));
  }
  return absl::OkStatus();
}

constexpr Flag kRotateFlags[] = {
    {"ledger-key",
     "FILE",
     Flag::kValue,
     {"签名密钥文件；默认数据文件夹中的 keys/ledger.pem",
      "the key that signs; default keys/ledger.pem in the data folder"}},
};

absl::Status RunKeysRotate(Session& session) {
  std::string path = session.arguments().Get("ledger-key");
  if (path.empty()) {
    LF_ASSIGN_OR_RETURN(const std::string data_dir, session.arguments().Require("data-dir"));
    config::v1::ServerConfig config;
    config.set_data_dir(data_dir);
    path = server::LedgerKeyPath(config);
  }
  const auto rotated = server::RotateLedgerKey(path, session.environment().clock->Now(),
                                               *session.environment().random);
  if (!rotated.ok()) {
    return Failure(absl::StrCat("没有更换密钥：", rotated.status().message()),
                   absl::StrCat("The key was not rotated: ", rotated.status().message()));
  }
  session.Say(
      absl::StrCat("已更换签名密钥 ", path, "（第 ", rotated->handovers.size(),
                   " 次），旧密钥存为 ", path, ".old-", rotated->handovers.size(),
                   "。重新启动服务后生效；上级凭交接记录继续核验，无需重新登记。"),
      absl::StrCat("Rotated the signing key ", path, " (number ", rotated->handovers.size(),
                   "); the old one is kept as ", path, ".old-", rotated->handovers.size(),
                   ". It takes effect when the server starts again; those who verify follow "
                   "the hand-over."));
  return absl::OkStatus();
}

}  // namespace

const Command kKeysRotate = {
    "keys rotate",
    {"更换账本签名密钥，由旧密钥签名交接给新密钥",
     "rotates the key that signs the ledgers; the old one hands over to the new one"},
    kRotateFlags,
    RunKeysRotate};

const Command kKeys = {"keys",
                       {"列出单位各账本的公钥，供上级登记",
                        "prints the public keys of a unit's ledgers, for the layer above"},
                       kKeysFlags,
                       RunKeys};

}  // namespace lianfang::cli
