// What sets a password: hashed where hashing is done, then one change.
#pragma once

#include <functional>
#include <memory>

#include "services/personnel/access/environment.h"

namespace lianfang::personnel {

void ChangePassword(const std::shared_ptr<AccessEnvironment>& environment,
                    const rpc::CallContext& call,
                    std::shared_ptr<const v1::ChangePasswordRequest> request,
                    std::function<void(absl::StatusOr<v1::ChangePasswordResponse>)> done);

void ResetPassword(const std::shared_ptr<AccessEnvironment>& environment,
                   const rpc::CallContext& call,
                   std::shared_ptr<const v1::ResetPasswordRequest> request,
                   std::function<void(absl::StatusOr<v1::ResetPasswordResponse>)> done);

void CreateAccount(const std::shared_ptr<AccessEnvironment>& environment,
                   const rpc::CallContext& call,
                   std::shared_ptr<const v1::CreateAccountRequest> request,
                   std::function<void(absl::StatusOr<v1::CreateAccountResponse>)> done);

}  // namespace lianfang::personnel
