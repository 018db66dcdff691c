#include "services/personnel/access/accounts.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/crypto/sha256.h"
#include "common/directory/account_access.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/status/error.h"
#include "services/personnel/access/account_kinds.h"

namespace lianfang::personnel {
namespace {

using internal::v1::AccountSecret;

// Beyond what a cap of kOpenSessions leaves; sessions that ended by themselves count until the next
// sign-in.
constexpr int kMostSessions = 10 * kOpenSessions;

// Derives what others have to know, and tells this process.
absl::Status Tell(store::WriteTx& tx, auth::AccessState* access,
                  const google::protobuf::Message& record) {
  auto content = std::make_shared<ledger::v1::EntryContent>();
  content->add_resources()->PackFrom(record);
  LF_RETURN_IF_ERROR(directory::DeriveAccess(tx, tx.now(), *content));
  tx.OnCommit([content = std::move(content), now = tx.now(), access] {
    directory::TellAccess(*content, now, access);
  });
  return absl::OkStatus();
}

// Whether an active record of the kind has this person in a column.
absl::StatusOr<bool> AnyActive(store::Reader& reader, const store::RecordKind& kind,
                               absl::string_view column, const std::string& person) {
  store::Query query;
  query.equal.emplace_back(column, person);
  query.equal.emplace_back("state", int64_t{v1::RECORD_STATE_ACTIVE});
  query.limit = 1;
  bool found = false;
  LF_RETURN_IF_ERROR(
      reader.Scan(kind, UnitIdOf(person), query, [&](absl::string_view, absl::string_view) {
        found = true;
        return absl::OkStatus();
      }));
  return found;
}

}  // namespace

absl::Status PutAccount(store::WriteTx& tx, auth::AccessState* access, v1::Account& account) {
  LF_RETURN_IF_ERROR(tx.Put(AccountKind(), account));
  return Tell(tx, access, account);
}

absl::Status PutSession(store::WriteTx& tx, auth::AccessState* access, v1::Session& session) {
  LF_RETURN_IF_ERROR(tx.Put(SessionKind(), session));
  return Tell(tx, access, session);
}

absl::Status KeepSecret(store::WriteTx& tx, const AccountSecret& secret, v1::Account* account) {
  account->set_secret_digest(crypto::ToBytes(crypto::Sha256(secret.SerializeAsString())));
  return tx.Derive(AccountSecretKind(), AccountId(account->name()), secret);
}

absl::StatusOr<AccountSecret> SecretOf(store::Reader& reader, const v1::Account& account) {
  LF_ASSIGN_OR_RETURN(
      const auto body,
      reader.FindBody(AccountSecretKind(), UnitIdOf(account.name()), AccountId(account.name())));
  AccountSecret secret;
  const std::string digest = body ? crypto::ToBytes(crypto::Sha256(*body)) : std::string();
  if (digest != account.secret_digest() || (body && !secret.ParseFromString(*body))) {
    return absl::DataLossError(
        absl::StrCat("what is kept in secret for ", account.name(), " was changed"));
  }
  return secret;
}

absl::StatusOr<std::vector<v1::Session>> OpenSessions(store::Reader& reader,
                                                      const std::string& account) {
  const std::string prefix = absl::StrCat(AccountId(account), "/");
  store::Query query;
  query.equal.emplace_back("state", int64_t{v1::SESSION_STATE_OPEN});
  query.after = prefix;
  query.limit = kMostSessions;
  std::vector<v1::Session> sessions;
  LF_RETURN_IF_ERROR(reader.Scan(
      SessionKind(), UnitIdOf(account), query, [&](absl::string_view id, absl::string_view body) {
        // Those of other accounts follow.
        if (!absl::StartsWith(id, prefix)) return absl::OkStatus();
        if (!sessions.emplace_back().ParseFromArray(body.data(), static_cast<int>(body.size()))) {
          return store::CorruptRecord(SessionKind(), id);
        }
        return absl::OkStatus();
      }));
  return sessions;
}

absl::Status EndSessions(store::WriteTx& tx, auth::AccessState* access,
                         std::vector<v1::Session> sessions, size_t from,
                         const std::string& except) {
  for (size_t i = from; i < sessions.size(); ++i) {
    if (sessions[i].name() == except) continue;
    sessions[i].set_state(v1::SESSION_STATE_ENDED);
    LF_RETURN_IF_ERROR(PutSession(tx, access, sessions[i]));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<v1::Account>> AccountOfPerson(store::Reader& reader,
                                                           absl::string_view unit_id,
                                                           const std::string& person) {
  store::Query query;
  query.equal.emplace_back("person", person);
  query.limit = 1;
  LF_ASSIGN_OR_RETURN(auto found, reader.List<v1::Account>(AccountKind(), unit_id, query));
  std::optional<v1::Account> account;
  if (!found.empty()) account = std::move(found.front());
  return account;
}

absl::Status TokensChanged(store::WriteTx& tx, auth::AccessState* access,
                           const std::vector<std::string>& persons) {
  std::vector<v1::Account> accounts;
  for (const std::string& person : std::set<std::string>(persons.begin(), persons.end())) {
    if (person.empty()) continue;
    LF_ASSIGN_OR_RETURN(auto account, AccountOfPerson(tx, tx.unit_id(), person));
    if (account) accounts.push_back(*std::move(account));
  }
  for (v1::Account& account : accounts) {
    account.set_token_epoch(account.token_epoch() + 1);
    LF_RETURN_IF_ERROR(PutAccount(tx, access, account));
  }
  return absl::OkStatus();
}

absl::StatusOr<Place> PlaceOf(store::Reader& reader, const std::string& person,
                              const google::type::Date& date) {
  Place place;
  if (person.empty()) return place;
  LF_ASSIGN_OR_RETURN(place.active, directory::IsUnitMember(reader, person));
  if (!place.active) return place;
  LF_ASSIGN_OR_RETURN(const auto posts, directory::PostsOf(reader, person, date));
  place.appointed = !posts.empty();
  place.principal = std::any_of(posts.begin(), posts.end(),
                                [](const auto& post) { return post.principal_responsible(); });
  LF_ASSIGN_OR_RETURN(place.heads, AnyActive(reader, directory::DepartmentKind(), "head", person));
  LF_ASSIGN_OR_RETURN(place.in_charge,
                      AnyActive(reader, directory::DepartmentKind(), "vice_principal", person));
  store::Query query;
  query.equal.emplace_back("person", person);
  query.equal.emplace_back("state", int64_t{v1::RECORD_STATE_ACTIVE});
  LF_ASSIGN_OR_RETURN(const auto memberships, directory::ListAll<v1::LeadingGroupMember>(
                                                  reader, directory::LeadingGroupMemberKind(),
                                                  UnitIdOf(person), std::move(query)));
  for (const v1::LeadingGroupMember& member : memberships) {
    switch (member.role()) {
      case v1::LEADING_GROUP_ROLE_LEADER:
      case v1::LEADING_GROUP_ROLE_DEPUTY_LEADER:
      case v1::LEADING_GROUP_ROLE_MEMBER:
        place.leading = true;
        break;
      case v1::LEADING_GROUP_ROLE_OFFICE_DIRECTOR:
      case v1::LEADING_GROUP_ROLE_OFFICE_MEMBER:
        place.office = true;
        break;
      default:
        break;
    }
  }
  return place;
}

}  // namespace lianfang::personnel
