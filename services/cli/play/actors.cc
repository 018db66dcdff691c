#include "services/cli/play/actors.h"

#include "absl/strings/str_cat.h"

namespace lianfang::cli {

const client::Client& Actors::As(const std::string& subject, const std::string& role) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<client::Client>& client = clients_[{subject, role}];
  if (client == nullptr) {
    client = std::make_unique<client::Client>(
        channel_,
        TokenMint::Source(mint_, {.subject = subject, .roles = {role}, .units = {unit_id_}}));
  }
  return *client;
}

const client::Client& Actors::AsRole(const std::string& role) {
  return As(absl::StrCat("cli/", role), role);
}

}  // namespace lianfang::cli
