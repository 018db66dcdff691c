// Accounts, their secrets and their sessions in a change: whatever changes one of them, the process
// and all that follow personnel's ledger learn of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/auth/access_state.h"
#include "common/store/write_tx.h"
#include "google/type/date.pb.h"
#include "lianfang/internal/v1/access.pb.h"
#include "lianfang/personnel/v1/access.pb.h"
#include "services/personnel/access/domain/role_rules.h"

namespace lianfang::personnel {

// Open sessions that an account may have; one more ends the oldest.
inline constexpr int kOpenSessions = 20;

absl::Status PutAccount(store::WriteTx& tx, auth::AccessState* access, v1::Account& account);
absl::Status PutSession(store::WriteTx& tx, auth::AccessState* access, v1::Session& session);
// Keeps the secret and its digest in the account, which is still to be put.
absl::Status KeepSecret(store::WriteTx& tx, const internal::v1::AccountSecret& secret,
                        v1::Account* account);

// The account's secret. DATA_LOSS when it is not what the account's record vouches for: somebody
// has changed it behind the service's back.
absl::StatusOr<internal::v1::AccountSecret> SecretOf(store::Reader& reader,
                                                     const v1::Account& account);

// The account's open sessions, newest first. Before the first write to sessions.
absl::StatusOr<std::vector<v1::Session>> OpenSessions(store::Reader& reader,
                                                      const std::string& account);
// Ends those of `sessions` from the one numbered `from` on, but not the one called `except`.
absl::Status EndSessions(store::WriteTx& tx, auth::AccessState* access,
                         std::vector<v1::Session> sessions, size_t from,
                         const std::string& except = "");

// The account of a person, if he has one.
absl::StatusOr<std::optional<v1::Account>> AccountOfPerson(store::Reader& reader,
                                                           absl::string_view unit_id,
                                                           const std::string& person);

// Tokens of these persons' accounts say no longer what holds. After all questions to accounts.
absl::Status TokensChanged(store::WriteTx& tx, auth::AccessState* access,
                           const std::vector<std::string>& persons);

// Where a person stands in the directory on a day; of nobody: nowhere.
absl::StatusOr<Place> PlaceOf(store::Reader& reader, const std::string& person,
                              const google::type::Date& date);

}  // namespace lianfang::personnel
