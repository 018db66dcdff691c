// Signing in, and going on being signed in.
#pragma once

#include <functional>
#include <memory>

#include "services/personnel/access/environment.h"

namespace lianfang::personnel {

// Login: the proof is checked where hashing is done, the session is one change.
void SignIn(const std::shared_ptr<AccessEnvironment>& environment, const rpc::CallContext& call,
            std::shared_ptr<const v1::LoginRequest> request,
            std::function<void(absl::StatusOr<v1::LoginResponse>)> done);

// RefreshToken, as one change.
void Refresh(const std::shared_ptr<AccessEnvironment>& environment, const rpc::CallContext& call,
             const std::shared_ptr<const v1::RefreshTokenRequest>& request,
             std::function<void(absl::StatusOr<v1::RefreshTokenResponse>)> done);

}  // namespace lianfang::personnel
