// What keepers of accounts do with them, as changes; whoever is asked for is checked here.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/store/write_tx.h"
#include "services/personnel/access/environment.h"

namespace lianfang::personnel {

// A new account with the hash of its first password; empty: it has none.
absl::Status NewAccount(const AccessEnvironment& environment, store::WriteTx& tx,
                        const v1::CreateAccountRequest& request, const std::string& hash);

absl::Status ChangeAccount(const AccessEnvironment& environment, store::WriteTx& tx,
                           const v1::UpdateAccountRequest& request);

// Sets a first password again, takes the authenticator away, ends all sessions.
absl::Status SetFirstPassword(const AccessEnvironment& environment, store::WriteTx& tx,
                              const v1::ResetPasswordRequest& request, const std::string& hash);

// OWN_RECORD when the account is the caller's.
absl::Status CheckNotOwn(const auth::Identity& caller, const v1::Account& account);

// Whether an account of this kind signs in with a password.
bool HasPassword(const v1::Account& account);

}  // namespace lianfang::personnel
