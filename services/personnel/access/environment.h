// What the methods of AccessService work with; one for the life of the server.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/auth/oidc.h"
#include "common/crypto/password.h"
#include "common/crypto/random.h"
#include "common/crypto/secret_box.h"
#include "common/rpc/read_pool.h"
#include "common/server/module.h"
#include "services/personnel/access/domain/role_rules.h"
#include "services/personnel/access/domain/throttle.h"

namespace lianfang::personnel {

struct AccessEnvironment {
  AccessEnvironment(RoleRules role_rules, crypto::SecretBox secret_box)
      : roles(std::move(role_rules)), box(std::move(secret_box)) {}

  rpc::Service* host = nullptr;
  auth::AccessState* access = nullptr;
  const auth::TokenSigner* signer = nullptr;
  const Clock* clock = nullptr;
  IdSource* ids = nullptr;
  crypto::RandomSource* random = nullptr;
  const RoleRules roles;
  const crypto::SecretBox box;
  crypto::PasswordCost cost;
  std::optional<auth::OidcVerifier> oidc;
  bool passwords_refused = false;
  // Bit of the permission to change accounts, in identities.
  int keeps_accounts = 0;
  Throttle accounts{{}};
  // More people share an address than an account.
  Throttle addresses{{.free_attempts = 30}};
  // Hashing takes time and memory: few at once, and never in the threads that serve calls.
  std::unique_ptr<rpc::ReadPool> hashing;

  // Hash of a password that nobody knows: what an unknown name is compared with, so that it takes
  // as long as a known one. Made when it is first asked for, which takes as long as a hash does.
  const std::string& NobodysHash();

  bool KeepsAccounts(const auth::Identity& caller) const {
    return keeps_accounts < static_cast<int>(caller.granted.size()) &&
           caller.granted[static_cast<size_t>(keeps_accounts)];
  }

 private:
  std::once_flag nobody_;
  std::string nobodys_hash_;
};

// Reads the key of secrets, which is made when it is missing, and the configuration of the outside
// issuer.
absl::StatusOr<std::shared_ptr<AccessEnvironment>> MakeAccessEnvironment(
    server::ModuleContext& context, const crypto::PasswordCost& cost);

// A change that a method makes after something that takes long.
store::Mutation MutationOf(const rpc::CallContext& call, const google::protobuf::Message& request);

// SIGN_IN_REFUSED, one wording for whatever was wrong.
absl::Status SignInRefused();
absl::Status SessionEnded();
absl::Status TooManyAttempts(absl::Duration wait);
// NOT_RECORD_OWNER unless the token is of a session of the account.
absl::Status CheckOwn(const auth::Identity& caller, absl::string_view account);

}  // namespace lianfang::personnel
