#include "services/personnel/access/passwords.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/auth/share.h"
#include "common/directory/directory_kinds.h"
#include "common/rpc/respond.h"
#include "common/server/random_ids.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "services/personnel/access/account_changes.h"
#include "services/personnel/access/account_kinds.h"
#include "services/personnel/access/accounts.h"
#include "services/personnel/access/domain/password_rules.h"

namespace lianfang::personnel {
namespace {

template <class Resp>
using Done = std::function<void(absl::StatusOr<Resp>)>;

// A first password that the server makes: 16 characters of 32 kinds, in groups that can be read
// out.
std::string NewPassword(crypto::RandomSource& random) {
  const std::string id = server::RandomIds(&random).NewId();
  return absl::StrCat(id.substr(0, 4), "-", id.substr(4, 4), "-", id.substr(8, 4), "-",
                      id.substr(12, 4));
}

// Runs `change` with a hash, as one change; the answer is made from what it wrote.
template <class Req, class Resp>
void Commit(const std::shared_ptr<AccessEnvironment>& environment, const rpc::CallContext& call,
            const Req& request, std::function<absl::Status(store::WriteTx&)> change,
            Done<Resp> done) {
  store::Mutation mutation = MutationOf(call, request);
  mutation.apply = std::move(change);
  mutation.done = [host = environment->host, unit_id = call.unit_id,
                   done = std::move(done)](const absl::StatusOr<store::Committed>& outcome) {
    if (!outcome.ok()) {
      done(outcome.status());
      return;
    }
    Resp response;
    rpc::FillResponse(*outcome, unit_id, host->name, &response);
    done(std::move(response));
  };
  rpc::Transact(*environment->host, std::move(mutation));
}

// Hashes the first password of the request, or one that is made; then the change. The made one goes
// to this caller once.
template <class Req, class Resp>
void WithFirstPassword(
    const std::shared_ptr<AccessEnvironment>& environment, const rpc::CallContext& call,
    std::shared_ptr<const Req> request,
    std::function<absl::Status(store::WriteTx&, const Req&, const std::string&)> change,
    Done<Resp> done) {
  environment->hashing->Submit(
      auth::ShareOf(call.identity.get()), call.deadline,
      [environment, call, request = std::move(request), change = std::move(change),
       done = std::move(done)](const absl::Status& status) {
        if (!status.ok()) {
          done(status);
          return;
        }
        const bool made = request->first_password().empty();
        const std::string password =
            made ? NewPassword(*environment->random) : request->first_password();
        auto hash = crypto::HashPassword(password, environment->cost);
        if (!hash.ok()) {
          done(hash.status());
          return;
        }
        Commit<Req, Resp>(
            environment, call, *request,
            [request, change, made, password, hash = *hash](store::WriteTx& tx) -> absl::Status {
              LF_RETURN_IF_ERROR(change(tx, *request, hash));
              if (!made) return absl::OkStatus();
              Resp once;
              once.set_first_password(password);
              tx.SetResultOnce(once);
              return absl::OkStatus();
            },
            done);
      });
}

absl::Status CheckFirstPassword(const std::string& password, const std::string& id) {
  return password.empty() ? absl::OkStatus() : CheckPassword("first_password", password, {id});
}

// The old password is checked like a sign-in: whoever has a token only must not guess it faster.
absl::Status CheckOld(AccessEnvironment& environment, const v1::ChangePasswordRequest& request,
                      v1::Account* account, internal::v1::AccountSecret* secret) {
  LF_RETURN_IF_ERROR(environment.host->readers->Read([&](sql::Connection& connection) {
    store::ConnectionReader reader(&connection);
    LF_ASSIGN_OR_RETURN(*account, reader.Get<v1::Account>(AccountKind(), request.account()));
    LF_ASSIGN_OR_RETURN(*secret, SecretOf(reader, *account));
    return absl::OkStatus();
  }));
  if (!HasPassword(*account) || environment.passwords_refused ||
      !crypto::VerifyPassword(secret->password_hash(), request.old_password())) {
    return SignInRefused();
  }
  return absl::OkStatus();
}

absl::Status ApplyChange(const AccessEnvironment& environment, const std::string& checked_digest,
                         const std::string& session, const std::string& hash, store::WriteTx& tx,
                         const v1::ChangePasswordRequest& request) {
  LF_ASSIGN_OR_RETURN(auto account, tx.Get<v1::Account>(AccountKind(), request.account()));
  if (account.secret_digest() != checked_digest) return SignInRefused();
  LF_ASSIGN_OR_RETURN(std::vector<v1::Session> open, OpenSessions(tx, account.name()));
  LF_ASSIGN_OR_RETURN(internal::v1::AccountSecret secret, SecretOf(tx, account));
  secret.set_password_hash(hash);
  account.set_password_change_required(false);
  *account.mutable_password_time() =
      google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(tx.now()));
  LF_RETURN_IF_ERROR(KeepSecret(tx, secret, &account));
  LF_RETURN_IF_ERROR(PutAccount(tx, environment.access, account));
  return EndSessions(tx, environment.access, std::move(open), 0, session);
}

}  // namespace

void ChangePassword(const std::shared_ptr<AccessEnvironment>& environment,
                    const rpc::CallContext& call,
                    std::shared_ptr<const v1::ChangePasswordRequest> request,
                    Done<v1::ChangePasswordResponse> done) {
  if (const absl::Status own = CheckOwn(*call.identity, request->account()); !own.ok()) {
    done(own);
    return;
  }
  const absl::Duration wait = environment->accounts.Begin(request->account(), call.now);
  if (wait > absl::ZeroDuration()) {
    done(TooManyAttempts(wait));
    return;
  }
  environment->hashing->Submit(
      auth::ShareOf(call.identity.get()), call.deadline,
      [environment, call, request = std::move(request),
       done = std::move(done)](absl::Status status) {
        v1::Account account;
        internal::v1::AccountSecret secret;
        if (status.ok()) status = CheckOld(*environment, *request, &account, &secret);
        if (status.ok()) {
          environment->accounts.Succeed(request->account());
        } else if (ReasonOf(status) != common::v1::ERROR_REASON_SIGN_IN_REFUSED) {
          environment->accounts.Undo(request->account());
        }
        if (status.ok() && request->new_password() == request->old_password()) {
          status = SamePassword("new_password");
        }
        if (status.ok()) {
          status =
              CheckPassword("new_password", request->new_password(), {AccountId(account.name())});
        }
        if (!status.ok()) {
          done(status);
          return;
        }
        const auto hash = crypto::HashPassword(request->new_password(), environment->cost);
        if (!hash.ok()) {
          done(hash.status());
          return;
        }
        Commit<v1::ChangePasswordRequest, v1::ChangePasswordResponse>(
            environment, call, *request,
            [environment, digest = account.secret_digest(), session = call.identity->session,
             hash = *hash, request](store::WriteTx& tx) {
              return ApplyChange(*environment, digest, session, hash, tx, *request);
            },
            done);
      });
}

void ResetPassword(const std::shared_ptr<AccessEnvironment>& environment,
                   const rpc::CallContext& call,
                   std::shared_ptr<const v1::ResetPasswordRequest> request,
                   Done<v1::ResetPasswordResponse> done) {
  const absl::Status good =
      CheckFirstPassword(request->first_password(), AccountId(request->name()));
  if (!good.ok()) {
    done(good);
    return;
  }
  WithFirstPassword<v1::ResetPasswordRequest, v1::ResetPasswordResponse>(
      environment, call, std::move(request),
      [environment](store::WriteTx& tx, const v1::ResetPasswordRequest& typed,
                    const std::string& hash) {
        return SetFirstPassword(*environment, tx, typed, hash);
      },
      std::move(done));
}

void CreateAccount(const std::shared_ptr<AccessEnvironment>& environment,
                   const rpc::CallContext& call,
                   std::shared_ptr<const v1::CreateAccountRequest> request,
                   Done<v1::CreateAccountResponse> done) {
  if (HasPassword(request->account())) {
    const absl::Status good = CheckFirstPassword(request->first_password(), request->account_id());
    if (!good.ok()) {
      done(good);
      return;
    }
    WithFirstPassword<v1::CreateAccountRequest, v1::CreateAccountResponse>(
        environment, call, std::move(request),
        [environment](store::WriteTx& tx, const v1::CreateAccountRequest& typed,
                      const std::string& hash) {
          return NewAccount(*environment, tx, typed, hash);
        },
        std::move(done));
    return;
  }
  if (!request->first_password().empty()) {
    done(FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "first_password",
                    "该账号不用密码登录。", "is not for an account without a password."));
    return;
  }
  Commit<v1::CreateAccountRequest, v1::CreateAccountResponse>(
      environment, call, *request,
      [environment, request](store::WriteTx& tx) {
        return NewAccount(*environment, tx, *request, "");
      },
      std::move(done));
}

}  // namespace lianfang::personnel
