// Accounts and sessions as tables.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "common/store/record_kind.h"

namespace lianfang::personnel {

const store::RecordKind& AccountKind();
// Sessions of an account stand together, the newest first: their ids count downwards.
const store::RecordKind& SessionKind();
// What accounts prove themselves with (internal.v1.AccountSecret), under the accounts' ids; on no
// ledger.
const store::RecordKind& AccountSecretKind();

// Id of an account's record; empty for other names.
std::string AccountId(absl::string_view name);
// `{account}/{session}`; empty for other names.
std::string SessionId(absl::string_view name);
// `units/{unit}/accounts/{account}` of a session's name.
std::string AccountOfSession(absl::string_view session);

}  // namespace lianfang::personnel
