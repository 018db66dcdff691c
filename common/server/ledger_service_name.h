// The service that several handlers beside it carry out parts of.
#pragma once

#include "absl/strings/string_view.h"

namespace lianfang::server {

inline constexpr absl::string_view kLedgerService = "lianfang.ledger.v1.LedgerService";

}  // namespace lianfang::server
