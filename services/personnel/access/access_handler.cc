#include "services/personnel/access/access_handler.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/crypto/totp.h"
#include "common/rpc/standard.h"
#include "common/status/error.h"
#include "services/personnel/access/account_changes.h"
#include "services/personnel/access/account_kinds.h"
#include "services/personnel/access/accounts.h"
#include "services/personnel/access/passwords.h"
#include "services/personnel/access/sign_in.h"

namespace lianfang::personnel {
namespace {

constexpr char kAccessService[] = "lianfang.personnel.v1.AccessService";

absl::Status Illegal(absl::string_view zh, absl::string_view en) {
  return MakeError(common::v1::ERROR_REASON_ILLEGAL_TRANSITION, zh, en);
}

// The own account, or any for whoever keeps accounts.
absl::Status CheckOwnOrKeeper(const AccessEnvironment& environment, const auth::Identity& caller,
                              const std::string& account) {
  return environment.KeepsAccounts(caller) ? absl::OkStatus() : CheckOwn(caller, account);
}

absl::Status Logout(const AccessEnvironment& environment, store::WriteTx& tx,
                    const v1::LogoutRequest& request) {
  if (tx.actor().session.empty()) return SessionEnded();
  LF_RETURN_IF_ERROR(CheckOwn(tx.actor(), request.account()));
  LF_ASSIGN_OR_RETURN(auto session, tx.Find<v1::Session>(SessionKind(), tx.actor().session));
  if (!session || session->state() != v1::SESSION_STATE_OPEN) return SessionEnded();
  session->set_state(v1::SESSION_STATE_ENDED);
  return PutSession(tx, environment.access, *session);
}

absl::Status EndSession(const AccessEnvironment& environment, store::WriteTx& tx,
                        const v1::EndSessionRequest& request) {
  LF_RETURN_IF_ERROR(CheckOwnOrKeeper(environment, tx.actor(), AccountOfSession(request.name())));
  LF_ASSIGN_OR_RETURN(auto session, tx.Get<v1::Session>(SessionKind(), request.name()));
  // One that is over stays as it ended.
  if (session.state() == v1::SESSION_STATE_OPEN) session.set_state(v1::SESSION_STATE_ENDED);
  return PutSession(tx, environment.access, session);
}

absl::Status EnrolTotp(const AccessEnvironment& environment, store::WriteTx& tx,
                       const v1::EnrolTotpRequest& request) {
  LF_RETURN_IF_ERROR(CheckOwn(tx.actor(), request.account()));
  LF_ASSIGN_OR_RETURN(auto account, tx.Get<v1::Account>(AccountKind(), request.account()));
  if (account.totp_active()) {
    return Illegal("已启用动态验证码；更换须由管理员重置。",
                   "An authenticator is in use; whoever keeps accounts takes it away.");
  }
  LF_ASSIGN_OR_RETURN(internal::v1::AccountSecret secret, SecretOf(tx, account));
  std::string key(crypto::kTotpSecretBytes, '\0');
  LF_RETURN_IF_ERROR(
      environment.random->Fill(std::span(reinterpret_cast<uint8_t*>(key.data()), key.size())));
  LF_ASSIGN_OR_RETURN(*secret.mutable_totp_sealed(),
                      environment.box.Seal(key, account.name(), *environment.random));
  secret.clear_totp_step();
  LF_RETURN_IF_ERROR(KeepSecret(tx, secret, &account));
  LF_RETURN_IF_ERROR(PutAccount(tx, environment.access, account));
  v1::EnrolTotpResponse once;
  once.set_secret(crypto::Base32(key));
  // The label's parts are resource ids: nothing in them needs escaping.
  once.set_uri(absl::StrCat("otpauth://totp/lianfang:", AccountId(account.name()), "@",
                            tx.unit_id(), "?secret=", once.secret(),
                            "&issuer=lianfang&algorithm=SHA1&digits=6&period=30"));
  tx.SetResultOnce(once);
  return absl::OkStatus();
}

absl::Status ConfirmTotp(const AccessEnvironment& environment, store::WriteTx& tx,
                         const v1::ConfirmTotpRequest& request) {
  LF_RETURN_IF_ERROR(CheckOwn(tx.actor(), request.account()));
  LF_ASSIGN_OR_RETURN(auto account, tx.Get<v1::Account>(AccountKind(), request.account()));
  LF_ASSIGN_OR_RETURN(internal::v1::AccountSecret secret, SecretOf(tx, account));
  if (account.totp_active() || secret.totp_sealed().empty()) {
    return Illegal("没有待确认的动态验证码。", "No authenticator waits for its first code.");
  }
  LF_ASSIGN_OR_RETURN(const std::string key,
                      environment.box.Open(secret.totp_sealed(), account.name()));
  const auto step = crypto::TotpStepOf(key, request.code(), tx.now());
  if (!step) return SignInRefused();
  secret.set_totp_step(*step);
  account.set_totp_active(true);
  LF_RETURN_IF_ERROR(KeepSecret(tx, secret, &account));
  return PutAccount(tx, environment.access, account);
}

absl::Status ListSessions(const AccessEnvironment& environment, const rpc::CallContext& call,
                          store::Reader& reader, const v1::ListSessionsRequest& request,
                          v1::ListSessionsResponse* response) {
  LF_RETURN_IF_ERROR(CheckOwnOrKeeper(environment, *call.identity, request.parent()));
  const std::string prefix = absl::StrCat(AccountId(request.parent()), "/");
  const int size = rpc::PageSize(request.page_size());
  store::Query query;
  LF_ASSIGN_OR_RETURN(query.after, rpc::ReadPageToken(request));
  if (query.after.empty()) query.after = prefix;
  query.limit = size + 1;
  std::string last;
  return reader.Scan(SessionKind(), call.unit_id, query,
                     [&](absl::string_view id, absl::string_view body) -> absl::Status {
                       if (!absl::StartsWith(id, prefix)) return absl::OkStatus();
                       if (response->sessions_size() == size) {
                         response->set_next_page_token(rpc::MakePageToken(request, last));
                         return absl::OkStatus();
                       }
                       last = std::string(id);
                       v1::Session* session = response->add_sessions();
                       if (!session->ParseFromArray(body.data(), static_cast<int>(body.size()))) {
                         return store::CorruptRecord(SessionKind(), id);
                       }
                       session->clear_refresh_digest();
                       session->clear_previous_digest();
                       return absl::OkStatus();
                     });
}

void RegisterOwn(rpc::Registry& registry, const std::shared_ptr<AccessEnvironment>& environment) {
  rpc::Service& host = *environment->host;
  registry.Async<v1::LoginRequest, v1::LoginResponse>(
      kAccessService, "Login",
      [environment](const rpc::CallContext& call, std::shared_ptr<const v1::LoginRequest> request,
                    std::function<void(absl::StatusOr<v1::LoginResponse>)> done) {
        SignIn(environment, call, std::move(request), std::move(done));
      });
  registry.Async<v1::RefreshTokenRequest, v1::RefreshTokenResponse>(
      kAccessService, "RefreshToken",
      [environment](const rpc::CallContext& call,
                    const std::shared_ptr<const v1::RefreshTokenRequest>& request,
                    std::function<void(absl::StatusOr<v1::RefreshTokenResponse>)> done) {
        Refresh(environment, call, request, std::move(done));
      });
  registry.Async<v1::ChangePasswordRequest, v1::ChangePasswordResponse>(
      kAccessService, "ChangePassword",
      [environment](const rpc::CallContext& call,
                    std::shared_ptr<const v1::ChangePasswordRequest> request,
                    std::function<void(absl::StatusOr<v1::ChangePasswordResponse>)> done) {
        ChangePassword(environment, call, std::move(request), std::move(done));
      });
  registry.Write<v1::LogoutRequest, v1::LogoutResponse>(
      kAccessService, "Logout", host,
      [environment](store::WriteTx& tx, const v1::LogoutRequest& request) {
        return Logout(*environment, tx, request);
      });
  registry.Write<v1::EnrolTotpRequest, v1::EnrolTotpResponse>(
      kAccessService, "EnrolTotp", host,
      [environment](store::WriteTx& tx, const v1::EnrolTotpRequest& request) {
        return EnrolTotp(*environment, tx, request);
      });
  registry.Write<v1::ConfirmTotpRequest, v1::ConfirmTotpResponse>(
      kAccessService, "ConfirmTotp", host,
      [environment](store::WriteTx& tx, const v1::ConfirmTotpRequest& request) {
        return ConfirmTotp(*environment, tx, request);
      });
  registry.Read<v1::ListSessionsRequest, v1::ListSessionsResponse>(
      kAccessService, "ListSessions", host,
      [environment](const rpc::CallContext& call, store::Reader& reader,
                    const v1::ListSessionsRequest& request, v1::ListSessionsResponse* response) {
        return ListSessions(*environment, call, reader, request, response);
      });
  registry.Write<v1::EndSessionRequest, v1::EndSessionResponse>(
      kAccessService, "EndSession", host,
      [environment](store::WriteTx& tx, const v1::EndSessionRequest& request) {
        return EndSession(*environment, tx, request);
      });
}

}  // namespace

void RegisterAccess(rpc::Registry& registry,
                    const std::shared_ptr<AccessEnvironment>& environment) {
  RegisterOwn(registry, environment);
  rpc::Service& host = *environment->host;
  registry.Async<v1::CreateAccountRequest, v1::CreateAccountResponse>(
      kAccessService, "CreateAccount",
      [environment](const rpc::CallContext& call,
                    std::shared_ptr<const v1::CreateAccountRequest> request,
                    std::function<void(absl::StatusOr<v1::CreateAccountResponse>)> done) {
        CreateAccount(environment, call, std::move(request), std::move(done));
      });
  registry.Async<v1::ResetPasswordRequest, v1::ResetPasswordResponse>(
      kAccessService, "ResetPassword",
      [environment](const rpc::CallContext& call,
                    std::shared_ptr<const v1::ResetPasswordRequest> request,
                    std::function<void(absl::StatusOr<v1::ResetPasswordResponse>)> done) {
        ResetPassword(environment, call, std::move(request), std::move(done));
      });
  registry.Write<v1::UpdateAccountRequest, v1::UpdateAccountResponse>(
      kAccessService, "UpdateAccount", host,
      [environment](store::WriteTx& tx, const v1::UpdateAccountRequest& request) {
        return ChangeAccount(*environment, tx, request);
      });
  rpc::Standard<v1::Account>(&registry, kAccessService, &host, &AccountKind())
      .Get<v1::GetAccountRequest, v1::GetAccountResponse>("GetAccount")
      .List<v1::ListAccountsRequest, v1::ListAccountsResponse>(
          "ListAccounts",
          [](const rpc::CallContext&, const v1::ListAccountsRequest&) { return store::Query(); });
}

}  // namespace lianfang::personnel
