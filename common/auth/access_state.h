// What a process knows of tokens that hold no longer and of programs' certificates, kept up to date
// from personnel's ledger. Asked on every call, so it is in memory; thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/auth/identity.h"

namespace lianfang::auth {

// Longest life of a token that a session gives.
inline constexpr absl::Duration kSessionTokenLifetime = absl::Minutes(10);

// A program, as its certificate says.
struct Machine {
  std::string subject;
  std::vector<std::string> units;
  std::vector<std::string> roles;

  bool operator==(const Machine&) const = default;
};

class AccessState {
 public:
  // Tokens of the account that say a lower epoch are refused from now on; all of them when it is
  // suspended. `account` is its resource name.
  void SetAccount(const std::string& account, int64_t epoch, bool suspended);

  // Tokens of the session are refused from now on. Forgotten after `until`, when they all have
  // expired.
  void EndSession(const std::string& session, absl::Time until, absl::Time now);

  // Programs by certificate name, of one account or of the configuration (`source`); what the
  // source said before is gone.
  void SetMachines(const std::string& source,
                   const std::vector<std::pair<std::string, Machine>>& machines);

  // TOKEN_EXPIRED when what the token rests on has changed since, SESSION_ENDED when its session is
  // over or its account suspended. OK for tokens of no account.
  absl::Status Check(const Identity& identity) const;

  // The program with one of the names; null when nobody knows them, or two programs do.
  std::shared_ptr<const Machine> MachineOf(const std::vector<std::string>& certificate_names) const;

 private:
  struct AccountState {
    int64_t epoch = 0;
    bool suspended = false;
  };
  struct Named {
    std::string source;
    std::shared_ptr<const Machine> machine;
  };

  mutable std::shared_mutex mutex_;
  absl::flat_hash_map<std::string, AccountState> accounts_;  // under mutex_
  absl::flat_hash_map<std::string, absl::Time> ended_;       // under mutex_
  // By certificate name; more than one where several claim it, and then nobody has it.
  absl::flat_hash_map<std::string, std::vector<Named>> machines_;  // under mutex_
};

}  // namespace lianfang::auth
