#include "services/personnel/access/account_changes.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/directory/directory_kinds.h"
#include "common/rpc/standard.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "services/personnel/access/account_kinds.h"
#include "services/personnel/access/accounts.h"
#include "services/personnel/personnel_rules.h"

namespace lianfang::personnel {
namespace {

absl::Status BadField(absl::string_view field, absl::string_view zh, absl::string_view en) {
  return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, field, zh, en);
}

// Fields that the kind does not have.
absl::Status CheckFields(const v1::Account& account) {
  const bool person = account.kind() == v1::ACCOUNT_KIND_PERSON;
  const bool program = account.kind() == v1::ACCOUNT_KIND_SERVICE;
  if (person == account.person().empty()) {
    return BadField("account.person", "个人账号须指明人员，其他账号不能。",
                    "must name the person of a person's account, and of no other.");
  }
  if (program == account.certificate_name().empty()) {
    return BadField("account.certificate_name", "程序账号须有证书名称，其他账号不能。",
                    "must be there for a program's account, and for no other.");
  }
  if (program && !account.external_subject().empty()) {
    return BadField("account.external_subject", "程序账号凭证书登录。",
                    "is not for programs, which have certificates.");
  }
  return absl::OkStatus();
}

// Nobody else may have the name: who has it would be two.
absl::Status CheckCertificate(const AccessEnvironment& environment, const v1::Account& account) {
  if (account.certificate_name().empty()) return absl::OkStatus();
  const auto known = environment.access->MachineOf({account.certificate_name()});
  if (known == nullptr || known->subject == account.name()) return absl::OkStatus();
  return FieldError(common::v1::ERROR_REASON_RESOURCE_EXISTS, "account.certificate_name",
                    "该证书名称已属于另一个程序。", "is the name of another program.");
}

absl::Status CheckRoles(const AccessEnvironment& environment, store::WriteTx& tx,
                        const v1::Account& account) {
  Place place;
  if (!account.person().empty()) {
    const auto today = directory::DateOf(tx.now(), directory::SchoolTimeZone());
    LF_ASSIGN_OR_RETURN(place, PlaceOf(tx, account.person(), today));
  }
  return environment.roles.CheckGrant("account.roles", account.kind(),
                                      {account.roles().begin(), account.roles().end()},
                                      RolesOf(place));
}

absl::Status CheckPerson(store::WriteTx& tx, const v1::Account& account) {
  if (account.person().empty()) return absl::OkStatus();
  LF_ASSIGN_OR_RETURN(const auto person,
                      tx.Find<v1::Person>(directory::PersonKind(), account.person()));
  if (!person || person->state() != v1::RECORD_STATE_ACTIVE ||
      UnitIdOf(account.person()) != tx.unit_id()) {
    return FieldError(common::v1::ERROR_REASON_REFERENCE_NOT_FOUND, "account.person",
                      "本单位没有这位人员，或已停用。", "is no active person of the unit.");
  }
  LF_ASSIGN_OR_RETURN(const auto other, AccountOfPerson(tx, tx.unit_id(), account.person()));
  if (!other) return absl::OkStatus();
  return ErrorBuilder(common::v1::ERROR_REASON_RESOURCE_EXISTS, "该人员已有账号。",
                      "The person has an account already.")
      .Meta("resource", other->name());
}

}  // namespace

bool HasPassword(const v1::Account& account) {
  return account.kind() != v1::ACCOUNT_KIND_SERVICE && account.external_subject().empty();
}

absl::Status CheckNotOwn(const auth::Identity& caller, const v1::Account& account) {
  const bool own = caller.account == account.name() ||
                   (!account.person().empty() && caller.subject == account.person()) ||
                   caller.subject == account.name();
  if (!own) return absl::OkStatus();
  return MakeError(common::v1::ERROR_REASON_OWN_RECORD, "不能办理本人账号的权限。",
                   "Nobody does this for his own account.");
}

absl::Status NewAccount(const AccessEnvironment& environment, store::WriteTx& tx,
                        const v1::CreateAccountRequest& request, const std::string& hash) {
  LF_RETURN_IF_ERROR(RequireUnit(tx, "parent"));
  v1::Account account;
  LF_RETURN_IF_ERROR(rpc::PrepareCreate(tx, AccountKind(), request, &account));
  if (account.kind() == v1::ACCOUNT_KIND_UNSPECIFIED) {
    return BadField("account.kind", "请说明账号类型。", "must be said.");
  }
  LF_RETURN_IF_ERROR(CheckFields(account));
  if (account.roles_size() > 0) LF_RETURN_IF_ERROR(CheckNotOwn(tx.actor(), account));
  LF_RETURN_IF_ERROR(CheckPerson(tx, account));
  LF_RETURN_IF_ERROR(CheckRoles(environment, tx, account));
  LF_RETURN_IF_ERROR(CheckCertificate(environment, account));
  if (account.state() == v1::ACCOUNT_STATE_UNSPECIFIED) {
    account.set_state(v1::ACCOUNT_STATE_ACTIVE);
  }
  account.set_token_epoch(1);
  if (!hash.empty()) {
    internal::v1::AccountSecret secret;
    secret.set_password_hash(hash);
    account.set_password_change_required(true);
    *account.mutable_password_time() =
        google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(tx.now()));
    LF_RETURN_IF_ERROR(KeepSecret(tx, secret, &account));
  }
  return PutAccount(tx, environment.access, account);
}

absl::Status ChangeAccount(const AccessEnvironment& environment, store::WriteTx& tx,
                           const v1::UpdateAccountRequest& request) {
  LF_ASSIGN_OR_RETURN(const auto old, tx.Get<v1::Account>(AccountKind(), request.account().name()));
  LF_RETURN_IF_ERROR(CheckNotOwn(tx.actor(), old));
  v1::Account next = old;
  LF_RETURN_IF_ERROR(rpc::MergeUpdate(request, &next));
  if (next.state() == v1::ACCOUNT_STATE_UNSPECIFIED) next.set_state(old.state());
  LF_RETURN_IF_ERROR(CheckFields(next));
  LF_RETURN_IF_ERROR(CheckRoles(environment, tx, next));
  LF_RETURN_IF_ERROR(CheckCertificate(environment, next));
  std::vector<v1::Session> ended;
  const bool other_proof = next.external_subject() != old.external_subject();
  if (next.state() == v1::ACCOUNT_STATE_SUSPENDED || other_proof) {
    LF_ASSIGN_OR_RETURN(ended, OpenSessions(tx, next.name()));
  }
  if (other_proof && !old.secret_digest().empty() && !HasPassword(next)) {
    // What opened it before must not open it again when it has a password once more.
    LF_ASSIGN_OR_RETURN(internal::v1::AccountSecret secret, SecretOf(tx, old));
    secret.clear_password_hash();
    next.set_password_change_required(false);
    LF_RETURN_IF_ERROR(KeepSecret(tx, secret, &next));
  }
  next.set_token_epoch(old.token_epoch() + 1);
  LF_RETURN_IF_ERROR(PutAccount(tx, environment.access, next));
  return EndSessions(tx, environment.access, std::move(ended), 0);
}

absl::Status SetFirstPassword(const AccessEnvironment& environment, store::WriteTx& tx,
                              const v1::ResetPasswordRequest& request, const std::string& hash) {
  LF_ASSIGN_OR_RETURN(auto account, tx.Get<v1::Account>(AccountKind(), request.name()));
  LF_RETURN_IF_ERROR(CheckNotOwn(tx.actor(), account));
  if (!HasPassword(account)) {
    return BadField("name", "该账号没有密码。", "the account has no password.");
  }
  LF_ASSIGN_OR_RETURN(std::vector<v1::Session> open, OpenSessions(tx, account.name()));
  internal::v1::AccountSecret secret;
  secret.set_password_hash(hash);
  account.set_password_change_required(true);
  account.set_totp_active(false);
  account.set_token_epoch(account.token_epoch() + 1);
  *account.mutable_password_time() =
      google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(tx.now()));
  LF_RETURN_IF_ERROR(KeepSecret(tx, secret, &account));
  LF_RETURN_IF_ERROR(PutAccount(tx, environment.access, account));
  return EndSessions(tx, environment.access, std::move(open), 0);
}

}  // namespace lianfang::personnel
