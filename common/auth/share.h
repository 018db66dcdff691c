// Under which name callers share what the server has.
#pragma once

#include <string>

#include "common/auth/identity.h"

namespace lianfang::auth {

// The suite's own services: they follow each other's ledgers, and whoever held them up would hold
// up everybody.
inline bool IsOwnService(const Identity& identity) { return identity.HasRole("service"); }

// Empty for the suite's own work, which stands apart (see FairQueue); whoever is not to be known,
// or not known yet, shares one name.
inline std::string ShareOf(const Identity* identity) {
  if (identity == nullptr || identity->subject.empty()) return "nobody";
  return IsOwnService(*identity) ? "" : identity->subject;
}

}  // namespace lianfang::auth
