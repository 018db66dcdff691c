// The key files of an installation, for its backup.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/internal/v1/backup.pb.h"

namespace lianfang::backup {

// All private keys; an error that names the file that cannot be read.
absl::StatusOr<internal::v1::BackupKeys> ReadKeys(const config::v1::ServerConfig& config);

// Public half of the ledger key; empty when there is no key that can be read.
std::string LedgerPublicKey(const config::v1::ServerConfig& config);
// Whether the ledger key has taken over from the one with this public half.
bool WasLedgerKey(const config::v1::ServerConfig& config, absl::string_view public_key);

// Whether there is a file at all.
bool HasLedgerKey(const config::v1::ServerConfig& config);

// An error when WriteKeys would have to replace a key by another one.
absl::Status CheckKeys(const config::v1::ServerConfig& config,
                       const internal::v1::BackupKeys& keys);

// Puts the keys where the configuration says, with mode 0600; those that are there stay. Adds the
// files that it made to `made`, also when it fails.
absl::Status WriteKeys(const config::v1::ServerConfig& config, const internal::v1::BackupKeys& keys,
                       std::vector<std::string>* made);

// Run by root for another account, what is made must be that account's, or its services cannot
// open it: the account that the folder belongs to. Nothing otherwise.
absl::Status GiveToOwnerOf(const std::string& folder, const std::string& path);

// Makes the folder, mode 0700, unless it is there.
absl::Status MakeFolder(const std::string& path);

}  // namespace lianfang::backup
