// Tokens made with the key file of a server: for whoever may read the key, and for nobody else.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/token.h"
#include "common/base/clock.h"
#include "common/client/client.h"
#include "common/crypto/random.h"

namespace lianfang::cli {

// Whom a token names.
struct TokenFor {
  std::string subject;             // e.g. `units/a/persons/b`, `cli/administrator`
  std::vector<std::string> roles;  // names from the roles policy
  std::vector<std::string> units;  // ids of units, or `*`
};

class TokenMint {
 public:
  // Opens the key file, which must exist: a key made here would be no server's. `clock` and
  // `random` must outlive the mint.
  static absl::StatusOr<std::shared_ptr<const TokenMint>> Open(const std::string& key_file,
                                                               const Clock* clock,
                                                               crypto::RandomSource* random);

  absl::StatusOr<std::string> Mint(const TokenFor& whom, absl::Duration lifetime) const;

  // Short-lived tokens, each used until it is nearly over.
  static client::TokenSource Source(std::shared_ptr<const TokenMint> mint, TokenFor whom);

 private:
  TokenMint(auth::TokenSigner signer, const Clock* clock, crypto::RandomSource* random)
      : signer_(std::move(signer)), clock_(clock), random_(random) {}

  auth::TokenSigner signer_;
  const Clock* clock_;
  crypto::RandomSource* random_;
};

// A usage error unless all of `roles` are in the policy, and may meet in one person.
absl::Status CheckRoles(const std::vector<std::string>& roles);

// Where a server keeps its token key below a data folder.
std::string TokenKeyFile(const std::string& data_dir);

}  // namespace lianfang::cli
