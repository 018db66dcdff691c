// The personnel service as a server hosts it.
#pragma once

#include "common/crypto/password.h"
#include "common/server/module.h"

namespace lianfang::personnel {

// Keeps the directory, the accounts and the duties of posts; follows grading for the decisions on
// these. `cost` is what a password's hash costs.
server::ModuleSpec PersonnelModule(const crypto::PasswordCost& cost = {});

}  // namespace lianfang::personnel
