// The login that `lianfang login` keeps: a session's tokens in a file that only its owner reads.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/client/client.h"
#include "lianfang/personnel/v1/access.pb.h"
#include "services/cli/core/environment.h"

namespace lianfang::cli {

// What the file holds.
struct KeptLogin {
  std::string address;  // of the server that gave the tokens; they are sent to no other
  personnel::v1::Tokens tokens;
};

// `login` in the folder lianfang below $XDG_STATE_HOME or ~/.local/state; empty: there is no home.
std::string LoginFile(const Environment& environment);

// The kept login, if there is one. An error when others can read the file.
absl::StatusOr<std::optional<KeptLogin>> ReadLogin(const std::string& path);
// Writes it whole, with mode 0600, and its folder with mode 0700.
absl::Status WriteLogin(const std::string& path, const KeptLogin& login,
                        crypto::RandomSource& random);
absl::Status RemoveLogin(const std::string& path);

// Asks the server for new tokens.
using RefreshLogin =
    std::function<absl::StatusOr<personnel::v1::Tokens>(const personnel::v1::Tokens&)>;

// The access token of the kept login, refreshed when it is nearly over or `stale` is what the file
// still holds: refused, although its time was not over. Of several programs at once, one refreshes.
absl::StatusOr<std::string> FreshToken(const std::string& path, const Environment& environment,
                                       const std::string& stale, const RefreshLogin& refresh);

}  // namespace lianfang::cli
