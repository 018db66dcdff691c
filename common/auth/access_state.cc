#include "common/auth/access_state.h"

#include <mutex>

#include "common/status/error.h"

namespace lianfang::auth {

void AccessState::SetAccount(const std::string& account, int64_t epoch, bool suspended) {
  const std::unique_lock lock(mutex_);
  AccountState& state = accounts_[account];
  // Several followers tell of the same change, each in its own time: an older one changes nothing.
  if (epoch < state.epoch) return;
  state = {epoch, suspended};
}

void AccessState::EndSession(const std::string& session, absl::Time until, absl::Time now) {
  const std::unique_lock lock(mutex_);
  absl::erase_if(ended_, [now](const auto& entry) { return entry.second < now; });
  if (until >= now) ended_[session] = until;
}

void AccessState::SetMachines(const std::string& source,
                              const std::vector<std::pair<std::string, Machine>>& machines) {
  const std::unique_lock lock(mutex_);
  for (auto& entry : machines_) {
    std::erase_if(entry.second, [&](const Named& named) { return named.source == source; });
  }
  absl::erase_if(machines_, [](const auto& entry) { return entry.second.empty(); });
  for (const auto& [name, machine] : machines) {
    machines_[name].push_back({source, std::make_shared<const Machine>(machine)});
  }
}

absl::Status AccessState::Check(const Identity& identity) const {
  if (identity.account.empty()) return absl::OkStatus();
  const std::shared_lock lock(mutex_);
  const auto account = accounts_.find(identity.account);
  if ((account != accounts_.end() && account->second.suspended) ||
      ended_.contains(identity.session)) {
    return MakeError(common::v1::ERROR_REASON_SESSION_ENDED, "登录已结束，请重新登录。",
                     "The session is over; sign in again.");
  }
  if (account != accounts_.end() && identity.epoch < account->second.epoch) {
    return MakeError(common::v1::ERROR_REASON_TOKEN_EXPIRED, "权限已变更，请刷新登录凭证。",
                     "What the token rests on has changed; refresh it.");
  }
  return absl::OkStatus();
}

std::shared_ptr<const Machine> AccessState::MachineOf(
    const std::vector<std::string>& certificate_names) const {
  const std::shared_lock lock(mutex_);
  std::shared_ptr<const Machine> found;
  for (const std::string& name : certificate_names) {
    const auto it = machines_.find(name);
    if (it == machines_.end()) continue;
    for (const Named& named : it->second) {
      if (found != nullptr && *found != *named.machine) return nullptr;
      found = named.machine;
    }
  }
  return found;
}

}  // namespace lianfang::auth
