#include "common/backup/key_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/ed25519.h"
#include "common/crypto/key_file.h"
#include "common/ledger/key_handover.h"
#include "common/server/ledger_key.h"
#include "common/server/server.h"
#include "common/status/error.h"

namespace lianfang::backup {
namespace {

absl::Status CannotWrite(const std::string& path) {
  const std::string why = std::strerror(errno);
  return MakeError(common::v1::ERROR_REASON_STORAGE_FULL, absl::StrCat("无法写 ", path, "：", why),
                   absl::StrCat("Cannot write ", path, ": ", why));
}

absl::StatusOr<std::string> ReadKey(const std::string& path) {
  auto text = crypto::ReadKeyFile(path, /*secret=*/true);
  if (text.ok()) return text;
  return MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                   absl::StrCat("无法读取密钥文件 ", path, "：", text.status().message()),
                   absl::StrCat("Cannot read the key file ", path, ": ", text.status().message()));
}

absl::Status CheckKey(const std::string& path, absl::string_view key) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0 && errno == ENOENT) return absl::OkStatus();
  LF_ASSIGN_OR_RETURN(const std::string there, ReadKey(path));
  if (absl::StripAsciiWhitespace(there) == absl::StripAsciiWhitespace(key)) return absl::OkStatus();
  return MakeError(
      common::v1::ERROR_REASON_RESOURCE_EXISTS,
      absl::StrCat("密钥文件 ", path, " 已存在，且与备份中的不同；请先把它移开。"),
      absl::StrCat("The key file ", path,
                   " exists and is another key than that of the backup; move it away first."));
}

absl::Status WriteKey(const std::string& path, absl::string_view key) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  if (!folder.empty()) {
    LF_RETURN_IF_ERROR(MakeFolder(folder));
    LF_RETURN_IF_ERROR(GiveToOwnerOf(std::filesystem::path(folder).parent_path().string(), folder));
  }
  // Beside it first: a key that was cut off in the writing must not stand in its place.
  const std::string partial = path + ".partial";
  unlink(partial.c_str());
  const int fd = open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return CannotWrite(path);
  size_t written = 0;
  while (written < key.size()) {
    const ssize_t n = write(fd, key.data() + written, key.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;
    written += static_cast<size_t>(n);
  }
  const bool done = written == key.size() && fsync(fd) == 0;
  absl::Status status = done ? absl::OkStatus() : CannotWrite(path);
  close(fd);
  if (status.ok() && !folder.empty()) status = GiveToOwnerOf(folder, partial);
  // A link and no renaming: it does not replace what has come there meanwhile.
  if (status.ok() && link(partial.c_str(), path.c_str()) != 0) status = CannotWrite(path);
  unlink(partial.c_str());
  return status;
}

}  // namespace

absl::StatusOr<internal::v1::BackupKeys> ReadKeys(const config::v1::ServerConfig& config) {
  internal::v1::BackupKeys keys;
  LF_ASSIGN_OR_RETURN(*keys.mutable_token_key(), ReadKey(server::TokenKeyPath(config)));
  const std::string path = server::LedgerKeyPath(config);
  LF_ASSIGN_OR_RETURN(*keys.mutable_ledger_key(), ReadKey(path));
  // Both of one moment: a rotation that was cut off is completed, and then the key is another one.
  LF_ASSIGN_OR_RETURN(const auto ledger_key, server::LoadLedgerKey(path));
  keys.set_ledger_key_handovers(ledger::JoinHandovers(ledger_key.handovers));
  LF_ASSIGN_OR_RETURN(*keys.mutable_ledger_key(), ReadKey(path));
  // Only where personnel is, or was.
  const std::string secrets = server::SecretsKeyPath(config);
  struct stat info {};
  if (stat(secrets.c_str(), &info) == 0) {
    LF_ASSIGN_OR_RETURN(*keys.mutable_secrets_key(), ReadKey(secrets));
  }
  return keys;
}

bool HasLedgerKey(const config::v1::ServerConfig& config) {
  struct stat info {};
  return stat(server::LedgerKeyPath(config).c_str(), &info) == 0;
}

std::string LedgerPublicKey(const config::v1::ServerConfig& config) {
  // Opening it would make it.
  if (!HasLedgerKey(config)) return "";
  const auto key = crypto::Ed25519PrivateKey::LoadOrCreate(server::LedgerKeyPath(config));
  return key.ok() ? key->public_key().bytes() : "";
}

bool WasLedgerKey(const config::v1::ServerConfig& config, absl::string_view public_key) {
  if (!HasLedgerKey(config)) return false;
  const auto key = server::LoadLedgerKey(server::LedgerKeyPath(config));
  if (!key.ok()) return false;
  return std::any_of(key->handovers.begin(), key->handovers.end(), [&](const std::string& note) {
    const auto handover = ledger::OpenKeyHandover(note);
    return handover.ok() && handover->from.bytes() == public_key;
  });
}

absl::Status CheckKeys(const config::v1::ServerConfig& config,
                       const internal::v1::BackupKeys& keys) {
  LF_RETURN_IF_ERROR(CheckKey(server::TokenKeyPath(config), keys.token_key()));
  const std::string path = server::LedgerKeyPath(config);
  LF_RETURN_IF_ERROR(CheckKey(server::HandoversPath(path), keys.ledger_key_handovers()));
  LF_RETURN_IF_ERROR(CheckKey(path, keys.ledger_key()));
  if (keys.secrets_key().empty()) return absl::OkStatus();
  return CheckKey(server::SecretsKeyPath(config), keys.secrets_key());
}

absl::Status WriteKeys(const config::v1::ServerConfig& config, const internal::v1::BackupKeys& keys,
                       std::vector<std::string>* made) {
  const std::string ledger = server::LedgerKeyPath(config);
  for (const auto& [path, key] :
       {std::pair(server::TokenKeyPath(config), keys.token_key()),
        std::pair(server::HandoversPath(ledger), keys.ledger_key_handovers()),
        std::pair(ledger, keys.ledger_key()),
        std::pair(server::SecretsKeyPath(config), keys.secrets_key())}) {
    // A backup of before there was one says nothing of it.
    if (key.empty() && path == server::SecretsKeyPath(config)) continue;
    LF_RETURN_IF_ERROR(CheckKey(path, key));
    if (key.empty()) continue;
    struct stat info {};
    if (stat(path.c_str(), &info) == 0) continue;
    LF_RETURN_IF_ERROR(WriteKey(path, key));
    made->push_back(path);
  }
  return absl::OkStatus();
}

absl::Status GiveToOwnerOf(const std::string& folder, const std::string& path) {
  struct stat info {};
  if (geteuid() != 0 || folder.empty()) return absl::OkStatus();
  if (stat(folder.c_str(), &info) != 0 || lchown(path.c_str(), info.st_uid, info.st_gid) != 0) {
    return CannotWrite(path);
  }
  return absl::OkStatus();
}

absl::Status MakeFolder(const std::string& path) {
  if (mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return absl::OkStatus();
  return CannotWrite(path);
}

}  // namespace lianfang::backup
