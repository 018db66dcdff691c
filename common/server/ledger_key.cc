#include "common/server/ledger_key.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "common/crypto/new_file.h"
#include "common/ledger/key_handover.h"
#include "common/status/error.h"

namespace lianfang::server {
namespace {

using crypto::Ed25519PrivateKey;

std::string NextPath(const std::string& path) { return path + ".next"; }

bool Exists(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0;
}

absl::StatusOr<std::vector<std::string>> ReadHandovers(const std::string& path) {
  std::ifstream file(HandoversPath(path), std::ios::binary);
  if (!file) {
    if (Exists(HandoversPath(path))) return crypto::FileError("cannot read", HandoversPath(path));
    return std::vector<std::string>();
  }
  std::stringstream text;
  text << file.rdbuf();
  return ledger::SplitHandovers(text.str());
}

// A key made by root for a service of another user is that user's.
absl::Status GiveToOwnerOf(const std::string& path, const std::string& file) {
  struct stat info {};
  if (geteuid() != 0) return absl::OkStatus();
  if (stat(path.c_str(), &info) != 0 || lchown(file.c_str(), info.st_uid, info.st_gid) != 0) {
    return crypto::FileError("cannot give away", file);
  }
  return absl::OkStatus();
}

absl::Status Rename(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) return crypto::FileError("cannot rename", from);
  return crypto::SyncDirectoryOf(to);
}

absl::Status WriteHandovers(const std::string& path, const std::vector<std::string>& handovers) {
  const std::string partial = HandoversPath(path) + ".partial";
  unlink(partial.c_str());
  LF_RETURN_IF_ERROR(crypto::WriteNewFile(partial, ledger::JoinHandovers(handovers), 0600));
  LF_RETURN_IF_ERROR(GiveToOwnerOf(path, partial));
  return Rename(partial, HandoversPath(path));
}

// The second half of a rotation: the hand-over is on the disk, so the new key takes its place.
absl::Status TakeOver(const std::string& path, size_t number) {
  const std::string old = absl::StrCat(path, ".old-", number);
  if (link(path.c_str(), old.c_str()) != 0 && errno != EEXIST) {
    return crypto::FileError("cannot keep", path);
  }
  return Rename(NextPath(path), path);
}

}  // namespace

std::string HandoversPath(const std::string& path) { return path + ".handovers"; }

absl::StatusOr<LedgerKey> LoadLedgerKey(const std::string& path) {
  LF_ASSIGN_OR_RETURN(auto handovers, ReadHandovers(path));
  LF_ASSIGN_OR_RETURN(auto key, Ed25519PrivateKey::LoadOrCreate(path));
  if (handovers.empty()) return LedgerKey{std::move(key), {}};
  LF_ASSIGN_OR_RETURN(const auto last, ledger::OpenKeyHandover(handovers.back()));
  if (last.from.bytes() == key.public_key().bytes() && Exists(NextPath(path))) {
    LF_RETURN_IF_ERROR(TakeOver(path, handovers.size()));
    LF_ASSIGN_OR_RETURN(key, Ed25519PrivateKey::LoadOrCreate(path));
  }
  if (last.to.bytes() != key.public_key().bytes()) {
    return absl::FailedPreconditionError(
        absl::StrCat(HandoversPath(path), " does not lead to the key in ", path,
                     ": one of them is of another installation or of an older backup"));
  }
  return LedgerKey{std::move(key), std::move(handovers)};
}

absl::StatusOr<LedgerKey> RotateLedgerKey(const std::string& path, absl::Time now,
                                          crypto::RandomSource& random) {
  if (!Exists(path)) return absl::NotFoundError(absl::StrCat("there is no key ", path));
  LF_ASSIGN_OR_RETURN(LedgerKey current, LoadLedgerKey(path));
  if (current.handovers.size() >= ledger::kMaxHandovers) {
    return absl::FailedPreconditionError(absl::StrCat("the key ", path, " was rotated ",
                                                      current.handovers.size(),
                                                      " times; verifiers follow no further"));
  }
  // One that an earlier attempt has left was never handed over to.
  LF_ASSIGN_OR_RETURN(auto next, Ed25519PrivateKey::LoadOrCreate(NextPath(path), random));
  LF_RETURN_IF_ERROR(GiveToOwnerOf(path, NextPath(path)));
  LF_ASSIGN_OR_RETURN(std::string handover, ledger::SignKeyHandover(current.key, next, now));
  current.handovers.push_back(std::move(handover));
  LF_RETURN_IF_ERROR(WriteHandovers(path, current.handovers));
  LF_RETURN_IF_ERROR(TakeOver(path, current.handovers.size()));
  return LedgerKey{std::move(next), std::move(current.handovers)};
}

}  // namespace lianfang::server
