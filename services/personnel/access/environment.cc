#include "services/personnel/access/environment.h"

#include <utility>

#include "common/crypto/sha256.h"
#include "common/message/canonical.h"
#include "common/server/server.h"
#include "common/status/error.h"

namespace lianfang::personnel {
namespace {

// At a time, and waiting. A hash takes some tens of milliseconds: who is last waits a few seconds.
constexpr int kHashingThreads = 2;
constexpr int kHashingQueue = 64;

}  // namespace

absl::StatusOr<std::shared_ptr<AccessEnvironment>> MakeAccessEnvironment(
    server::ModuleContext& context, const crypto::PasswordCost& cost) {
  crypto::RandomSource& random = crypto::SystemRandom();
  LF_ASSIGN_OR_RETURN(
      auto box, crypto::SecretBox::LoadOrCreate(server::SecretsKeyPath(context.config()), random));
  auto environment =
      std::make_shared<AccessEnvironment>(RoleRules(context.policies().roles), std::move(box));
  environment->host = &context.service();
  environment->access = &context.access();
  environment->signer = &context.signer();
  environment->clock = &context.clock();
  environment->ids = &context.ids();
  environment->random = &random;
  environment->cost = cost;
  if (context.config().has_oidc()) {
    const auto& oidc = context.config().oidc();
    LF_ASSIGN_OR_RETURN(auto verifier, auth::OidcVerifier::Create({.issuer = oidc.issuer(),
                                                                   .audience = oidc.audience(),
                                                                   .jwks_file = oidc.jwks_file()}));
    environment->oidc.emplace(std::move(verifier));
    environment->passwords_refused = oidc.only();
  }
  environment->keeps_accounts =
      context.registry().environment().permissions->Register("personnel.accounts.update");
  environment->hashing =
      std::make_unique<rpc::ReadPool>(rpc::ReadPool::Options{.threads = kHashingThreads,
                                                             .queue = kHashingQueue,
                                                             .metrics = &context.metrics(),
                                                             .name = "passwords"});
  context.OnShutdown([environment] { environment->hashing->Stop(); });
  return environment;
}

const std::string& AccessEnvironment::NobodysHash() {
  std::call_once(nobody_, [this] {
    auto hash = crypto::HashPassword(ids->NewId(), cost);
    if (hash.ok()) nobodys_hash_ = *std::move(hash);
  });
  return nobodys_hash_;
}

store::Mutation MutationOf(const rpc::CallContext& call, const google::protobuf::Message& request) {
  store::Mutation mutation;
  mutation.unit_id = call.unit_id;
  mutation.actor = call.identity;
  mutation.method = call.method->full_name;
  if (call.method->request_id != nullptr) {
    mutation.request_id = request.GetReflection()->GetString(request, call.method->request_id);
  }
  mutation.request_digest = crypto::Sha256(message::CanonicalRequest(request));
  mutation.deadline = call.deadline;
  return mutation;
}

absl::Status SignInRefused() {
  return MakeError(common::v1::ERROR_REASON_SIGN_IN_REFUSED,
                   "账号、密码或验证码不正确，或账号已停用。",
                   "Name, password or code is wrong, or the account is suspended.");
}

absl::Status SessionEnded() {
  return MakeError(common::v1::ERROR_REASON_SESSION_ENDED, "登录已结束，请重新登录。",
                   "The session is over; sign in again.");
}

absl::Status TooManyAttempts(absl::Duration wait) {
  return ErrorBuilder(common::v1::ERROR_REASON_TOO_MANY_ATTEMPTS, "尝试次数过多，请稍后再试。",
                      "Too many attempts; try again later.")
      .RetryAfter(wait);
}

absl::Status CheckOwn(const auth::Identity& caller, absl::string_view account) {
  if (!caller.account.empty() && caller.account == account) return absl::OkStatus();
  return MakeError(common::v1::ERROR_REASON_NOT_RECORD_OWNER, "只能办理本人账号的事项。",
                   "This is for one's own account alone.");
}

}  // namespace lianfang::personnel
