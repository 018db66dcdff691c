// Tokens that a process gives its own services for calling others.
#pragma once

#include <mutex>
#include <string>

#include "common/auth/token.h"
#include "common/base/clock.h"
#include "common/base/id_source.h"
#include "common/client/client.h"

namespace lianfang::server {

// A source of short-lived tokens for one subject and one role, all units; a token is kept until it
// is nearly over.
client::TokenSource ServiceTokens(const auth::TokenSigner& signer, const Clock* clock,
                                  IdSource* ids, std::string subject, std::string role);

}  // namespace lianfang::server
