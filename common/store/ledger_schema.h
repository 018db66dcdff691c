// The migrations behind MigrateLedger, for whoever applies some of them only.
#pragma once

#include <span>

#include "common/base/embedded.h"

namespace lianfang::store {

inline constexpr char kLedgerComponent[] = "ledger";

std::span<const EmbeddedFile> LedgerSchema();

}  // namespace lianfang::store
