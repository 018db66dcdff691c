#include "services/personnel/access/sign_in.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/crypto/totp.h"
#include "common/directory/directory_kinds.h"
#include "common/obs/log.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "services/personnel/access/account_kinds.h"
#include "services/personnel/access/accounts.h"
#include "services/personnel/access/domain/password_rules.h"
#include "services/personnel/access/timestamps.h"
#include "services/personnel/access/tokens.h"

namespace lianfang::personnel {
namespace {

using google::protobuf::util::TimeUtil;
using internal::v1::AccountSecret;

// For a minute the refresh token before is taken again: the answer that replaced it may have got
// lost.
constexpr absl::Duration kForgiven = absl::Minutes(1);
// Ids of sessions count down from here, so that the newest stand first.
constexpr int64_t kLastId = (int64_t{1} << 35) - 1;

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixNanos(TimeUtil::TimestampToNanoseconds(time));
}

// Who makes an entry that a call without a token brings about.
std::shared_ptr<const auth::Identity> ActorOf(const v1::Account& account,
                                              std::vector<std::string> roles) {
  return std::make_shared<const auth::Identity>(
      auth::Identity{.subject = SubjectOf(account),
                     .units = {std::string(UnitIdOf(account.name()))},
                     .roles = std::move(roles)});
}

// An attempt to sign in, from the queue to the answer.
class Attempt : public std::enable_shared_from_this<Attempt> {
 public:
  using Done = std::function<void(absl::StatusOr<v1::LoginResponse>)>;

  Attempt(std::shared_ptr<AccessEnvironment> environment, const rpc::CallContext& call,
          std::shared_ptr<const v1::LoginRequest> request, Done done)
      : environment_(std::move(environment)),
        call_(call),
        request_(std::move(request)),
        done_(std::move(done)) {}

  void Start() {
    if (request_->proof_case() == v1::LoginRequest::PROOF_NOT_SET) {
      done_(FieldError(common::v1::ERROR_REASON_REQUIRED_FIELD, "password",
                       "请填写密码，或带上外部身份凭证。", "send a password or an ID token."));
      return;
    }
    // Sockets of this machine have no address: whoever reaches them is let in by the machine.
    const absl::Duration by_address = call_.address.empty()
                                          ? absl::ZeroDuration()
                                          : environment_->addresses.Begin(call_.address, call_.now);
    if (by_address > absl::ZeroDuration()) {
      done_(TooManyAttempts(by_address));
      return;
    }
    const absl::Duration by_account = environment_->accounts.Begin(request_->account(), call_.now);
    if (by_account > absl::ZeroDuration()) {
      environment_->addresses.Undo(call_.address);
      done_(TooManyAttempts(by_account));
      return;
    }
    environment_->hashing->Submit(
        absl::StrCat("open:", call_.address), call_.deadline,
        [self = shared_from_this()](const absl::Status& status) { self->Run(status); });
  }

 private:
  // What the account's holder could not know of, whether he guesses or not.
  void Fail(const absl::Status& status) {
    environment_->accounts.Undo(request_->account());
    environment_->addresses.Undo(call_.address);
    done_(status);
  }

  // The attempt stays counted.
  void Refuse() { done_(SignInRefused()); }

  void Run(absl::Status status) {
    if (status.ok()) {
      status = environment_->host->readers->Read(
          [&](sql::Connection& connection) { return Look(connection); });
    }
    if (!status.ok()) {
      Fail(status);
      return;
    }
    if (!IsProven()) {
      Refuse();
      return;
    }
    status = CheckFactors();
    if (status.ok()) status = TakeNewPassword();
    if (status.ok()) {
      Begin();
    } else if (ReasonOf(status) == common::v1::ERROR_REASON_SIGN_IN_REFUSED) {
      Refuse();
    } else {
      Fail(status);
    }
  }

  absl::Status Look(sql::Connection& connection) {
    account_.reset();
    store::ConnectionReader reader(&connection);
    LF_ASSIGN_OR_RETURN(auto found, reader.Find<v1::Account>(AccountKind(), request_->account()));
    if (!found) return absl::OkStatus();
    LF_ASSIGN_OR_RETURN(secret_, SecretOf(reader, *found));
    const auto roles = RolesNow(*environment_, reader, *found, call_.now);
    if (!roles.ok() && !absl::IsNotFound(roles.status())) return roles.status();
    if (roles.ok()) roles_ = *roles;
    may_ = roles.ok() && found->state() == v1::ACCOUNT_STATE_ACTIVE &&
           found->kind() != v1::ACCOUNT_KIND_SERVICE;
    account_ = std::move(found);
    return absl::OkStatus();
  }

  bool IsProven() {
    bool right = false;
    if (request_->has_password()) {
      // Always, so that the first to need it takes no longer than the first who does not.
      const std::string& nobodys = environment_->NobodysHash();
      const bool has_password = account_ && account_->external_subject().empty() &&
                                !secret_.password_hash().empty() &&
                                !environment_->passwords_refused;
      // The same work for everybody.
      right = crypto::VerifyPassword(has_password ? secret_.password_hash() : nobodys,
                                     request_->password()) &&
              has_password;
    } else if (environment_->oidc) {
      const auto subject = environment_->oidc->Verify(request_->id_token(), call_.now);
      right = subject.ok() && account_ && !account_->external_subject().empty() &&
              *subject == account_->external_subject();
    }
    return right && may_;
  }

  // From here on the caller is known to hold the account, but for the second factor.
  absl::Status CheckFactors() {
    if (!account_->totp_active()) return absl::OkStatus();
    if (request_->totp_code().empty()) {
      return MakeError(common::v1::ERROR_REASON_SECOND_FACTOR_REQUIRED, "请输入动态验证码。",
                       "The authenticator's code is missing.");
    }
    LF_ASSIGN_OR_RETURN(const std::string key,
                        environment_->box.Open(secret_.totp_sealed(), account_->name()));
    step_ = crypto::TotpStepOf(key, request_->totp_code(), call_.now);
    if (!step_ || *step_ <= secret_.totp_step()) return SignInRefused();
    return absl::OkStatus();
  }

  absl::Status TakeNewPassword() {
    const bool given = !request_->new_password().empty();
    if (!account_->password_change_required() || !request_->has_password()) {
      if (!given) return absl::OkStatus();
      return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "new_password",
                        "只用于更换初始密码；请用“修改密码”。",
                        "is only for replacing a first password; use ChangePassword.");
    }
    if (!given) {
      return MakeError(common::v1::ERROR_REASON_PASSWORD_CHANGE_REQUIRED,
                       "初始密码须先更换，请同时填写新密码。",
                       "A first password must be changed: send the new one too.");
    }
    if (request_->new_password() == request_->password()) return SamePassword("new_password");
    LF_RETURN_IF_ERROR(CheckPassword("new_password", request_->new_password(), names_of()));
    LF_ASSIGN_OR_RETURN(new_hash_,
                        crypto::HashPassword(request_->new_password(), environment_->cost));
    return absl::OkStatus();
  }

  std::vector<std::string> names_of() const { return {AccountId(account_->name())}; }

  void Begin() {
    store::Mutation mutation = MutationOf(call_, *request_);
    mutation.actor = ActorOf(*account_, roles_);
    mutation.apply = [self = shared_from_this()](store::WriteTx& tx) { return self->Apply(tx); };
    mutation.done = [self = shared_from_this()](const absl::StatusOr<store::Committed>& outcome) {
      self->Answer(outcome.status());
    };
    rpc::Transact(*environment_->host, std::move(mutation));
  }

  absl::Status Apply(store::WriteTx& tx) {
    ground_ = {};
    LF_ASSIGN_OR_RETURN(auto found, tx.Find<v1::Account>(AccountKind(), request_->account()));
    // What the proof was checked against must still hold.
    if (!found || found->state() != v1::ACCOUNT_STATE_ACTIVE ||
        found->secret_digest() != account_->secret_digest()) {
      return SignInRefused();
    }
    auto roles = RolesNow(*environment_, tx, *found, tx.now());
    if (absl::IsNotFound(roles.status())) return SignInRefused();
    LF_RETURN_IF_ERROR(roles.status());
    LF_ASSIGN_OR_RETURN(std::vector<v1::Session> open, OpenSessions(tx, found->name()));
    v1::Session session;
    session.set_name(absl::StrCat(found->name(), "/sessions/",
                                  OrderedId(kLastId - tx.sequence(), environment_->ids->NewId())));
    session.set_state(v1::SESSION_STATE_OPEN);
    *session.mutable_refresh_time() = TimestampOf(tx.now());
    *session.mutable_expire_time() = TimestampOf(tx.now() + kSessionLifetime);
    session.set_address(call_.address);
    LF_ASSIGN_OR_RETURN(ground_.refresh_token, NewRefreshToken(*environment_, session.name()));
    session.set_refresh_digest(RefreshDigest(ground_.refresh_token));
    LF_RETURN_IF_ERROR(PutSession(tx, environment_->access, session));
    LF_RETURN_IF_ERROR(EndSessions(tx, environment_->access, std::move(open), kOpenSessions - 1));
    if (step_ || !new_hash_.empty()) {
      AccountSecret secret = secret_;
      if (step_) secret.set_totp_step(*step_);
      if (!new_hash_.empty()) {
        secret.set_password_hash(new_hash_);
        found->set_password_change_required(false);
        *found->mutable_password_time() = TimestampOf(tx.now());
      }
      LF_RETURN_IF_ERROR(KeepSecret(tx, secret, &*found));
      LF_RETURN_IF_ERROR(PutAccount(tx, environment_->access, *found));
    }
    ground_.account = *std::move(found);
    ground_.session = std::move(session);
    ground_.roles = *std::move(roles);
    return absl::OkStatus();
  }

  void Answer(const absl::Status& status) {
    if (ReasonOf(status) == common::v1::ERROR_REASON_SIGN_IN_REFUSED && !status.ok()) {
      Refuse();
      return;
    }
    if (!status.ok()) {
      Fail(status);
      return;
    }
    environment_->accounts.Succeed(request_->account());
    environment_->addresses.Undo(call_.address);
    auto tokens = MintTokens(*environment_, ground_, environment_->clock->Now());
    if (!tokens.ok()) {
      done_(tokens.status());
      return;
    }
    v1::LoginResponse response;
    *response.mutable_tokens() = *std::move(tokens);
    done_(std::move(response));
  }

  const std::shared_ptr<AccessEnvironment> environment_;
  const rpc::CallContext call_;
  const std::shared_ptr<const v1::LoginRequest> request_;
  const Done done_;
  std::optional<v1::Account> account_;
  AccountSecret secret_;
  std::vector<std::string> roles_;
  bool may_ = false;             // the account opens something
  std::optional<int64_t> step_;  // of the code that was taken
  std::string new_hash_;
  TokenGround ground_;
};

// What a refresh came to.
struct Refreshed {
  TokenGround ground;
  bool abused = false;
};

absl::Status ApplyRefresh(const AccessEnvironment& environment,
                          const v1::RefreshTokenRequest& request, store::WriteTx& tx,
                          Refreshed* refreshed) {
  *refreshed = {};
  LF_ASSIGN_OR_RETURN(auto session, tx.Find<v1::Session>(SessionKind(), request.session()));
  if (!session || session->state() != v1::SESSION_STATE_OPEN ||
      tx.now() >= TimeOf(session->expire_time()) ||
      !IsRefreshToken(environment, request.session(), request.refresh_token())) {
    return SessionEnded();
  }
  const std::string digest = RefreshDigest(request.refresh_token());
  const bool current = digest == session->refresh_digest();
  const bool forgiven = digest == session->previous_digest() &&
                        tx.now() - TimeOf(session->refresh_time()) <= kForgiven;
  if (!current && !forgiven) {
    // It was this session's once: two hold it, and one of them should not.
    session->set_state(v1::SESSION_STATE_ABUSED);
    refreshed->abused = true;
    return PutSession(tx, environment.access, *session);
  }
  LF_ASSIGN_OR_RETURN(auto account,
                      tx.Find<v1::Account>(AccountKind(), AccountOfSession(session->name())));
  if (!account || account->state() != v1::ACCOUNT_STATE_ACTIVE ||
      account->password_change_required()) {
    return SessionEnded();
  }
  auto roles = RolesNow(environment, tx, *account, tx.now());
  if (absl::IsNotFound(roles.status())) return SessionEnded();
  LF_RETURN_IF_ERROR(roles.status());
  LF_ASSIGN_OR_RETURN(refreshed->ground.refresh_token,
                      NewRefreshToken(environment, session->name()));
  session->set_refresh_digest(RefreshDigest(refreshed->ground.refresh_token));
  if (current) {
    session->set_previous_digest(digest);
    *session->mutable_refresh_time() = TimestampOf(tx.now());
  }
  LF_RETURN_IF_ERROR(PutSession(tx, environment.access, *session));
  refreshed->ground.account = *std::move(account);
  refreshed->ground.session = *std::move(session);
  refreshed->ground.roles = *std::move(roles);
  return absl::OkStatus();
}

}  // namespace

void SignIn(const std::shared_ptr<AccessEnvironment>& environment, const rpc::CallContext& call,
            std::shared_ptr<const v1::LoginRequest> request,
            std::function<void(absl::StatusOr<v1::LoginResponse>)> done) {
  std::make_shared<Attempt>(environment, call, std::move(request), std::move(done))->Start();
}

void Refresh(const std::shared_ptr<AccessEnvironment>& environment, const rpc::CallContext& call,
             const std::shared_ptr<const v1::RefreshTokenRequest>& request,
             std::function<void(absl::StatusOr<v1::RefreshTokenResponse>)> done) {
  store::Mutation mutation = MutationOf(call, *request);
  // The entry is the session's: its holder shows himself by what he has, not by a name.
  mutation.actor = std::make_shared<const auth::Identity>(
      auth::Identity{.subject = AccountOfSession(request->session()), .units = {call.unit_id}});
  auto refreshed = std::make_shared<Refreshed>();
  mutation.apply = [environment, request, refreshed](store::WriteTx& tx) {
    return ApplyRefresh(*environment, *request, tx, refreshed.get());
  };
  mutation.done = [environment, refreshed,
                   done = std::move(done)](const absl::StatusOr<store::Committed>& outcome) {
    if (!outcome.ok() || refreshed->abused) {
      done(outcome.ok() ? SessionEnded() : outcome.status());
      return;
    }
    auto tokens = MintTokens(*environment, refreshed->ground, environment->clock->Now());
    if (!tokens.ok()) {
      done(tokens.status());
      return;
    }
    v1::RefreshTokenResponse response;
    *response.mutable_tokens() = *std::move(tokens);
    done(std::move(response));
  };
  rpc::Transact(*environment->host, std::move(mutation));
}

}  // namespace lianfang::personnel
