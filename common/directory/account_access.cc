#include "common/directory/account_access.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/directory/directory_kinds.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "lianfang/personnel/v1/access.pb.h"

namespace lianfang::directory {
namespace {

using google::protobuf::util::TimeUtil;
using internal::v1::AccountAccess;
using personnel::v1::Account;
using personnel::v1::Session;

constexpr char kAccounts[] = "accounts";
// Rows that one query reads.
constexpr int kRows = 500;

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixNanos(TimeUtil::TimestampToNanoseconds(time));
}

google::protobuf::Timestamp TimestampOf(absl::Time time) {
  return TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(time));
}

void Take(const Account& account, AccountAccess* row) {
  row->set_account(account.name());
  row->set_epoch(account.token_epoch());
  row->set_suspended(account.state() != personnel::v1::ACCOUNT_STATE_ACTIVE);
  row->clear_certificate_name();
  row->clear_roles();
  if (account.kind() != personnel::v1::ACCOUNT_KIND_SERVICE) return;
  row->set_certificate_name(account.certificate_name());
  *row->mutable_roles() = account.roles();
}

bool IsOver(const Session& session) { return session.state() != personnel::v1::SESSION_STATE_OPEN; }

void TakeEnded(const Session& session, absl::Time time, AccountAccess* row) {
  // What nobody needs to know any more goes, so that a row does not grow with every session.
  auto* ended = row->mutable_ended();
  ended->erase(std::remove_if(ended->begin(), ended->end(),
                              [&](const auto& one) { return TimeOf(one.until()) < time; }),
               ended->end());
  auto* added = row->add_ended();
  added->set_session(session.name());
  *added->mutable_until() = TimestampOf(time + auth::kSessionTokenLifetime);
}

// `units/{unit}/accounts/{account}` of a session.
std::string AccountOf(const std::string& session) {
  return session.substr(0, session.find("/sessions/"));
}

// Calls `take` with each account or session of the content.
template <class OnAccount, class OnSession>
absl::Status ForEach(const ledger::v1::EntryContent& content, OnAccount on_account,
                     OnSession on_session) {
  for (const google::protobuf::Any& any : content.resources()) {
    Account account;
    Session session;
    if (any.Is<Account>()) {
      if (!any.UnpackTo(&account)) return absl::DataLossError("an account cannot be read");
      LF_RETURN_IF_ERROR(on_account(account));
    } else if (any.Is<Session>()) {
      if (!any.UnpackTo(&session)) return absl::DataLossError("a session cannot be read");
      LF_RETURN_IF_ERROR(on_session(session));
    }
  }
  return absl::OkStatus();
}

void TellRow(const AccountAccess& row, absl::Time now, auth::AccessState* access) {
  access->SetAccount(row.account(), row.epoch(), row.suspended());
  std::vector<std::pair<std::string, auth::Machine>> machines;
  if (!row.certificate_name().empty() && !row.suspended()) {
    machines.emplace_back(row.certificate_name(),
                          auth::Machine{.subject = row.account(),
                                        .units = {std::string(UnitIdOf(row.account()))},
                                        .roles = {row.roles().begin(), row.roles().end()}});
  }
  // Of several who tell, one may be behind: what holds now is not undone by what held before.
  auth::Identity as_told;
  as_told.account = row.account();
  as_told.epoch = row.epoch();
  const absl::Status holds = access->Check(as_told);
  if (holds.ok() || ReasonOf(holds) != common::v1::ERROR_REASON_TOKEN_EXPIRED) {
    if (!holds.ok()) machines.clear();
    access->SetMachines(row.account(), machines);
  }
  for (const auto& ended : row.ended()) {
    access->EndSession(ended.session(), TimeOf(ended.until()), now);
  }
}

}  // namespace

absl::Status DeriveAccess(store::WriteTx& tx, absl::Time time,
                          const ledger::v1::EntryContent& content) {
  std::map<std::string, AccountAccess> rows;  // by account
  const auto row_of = [&](const std::string& account) -> absl::StatusOr<AccountAccess*> {
    const auto it = rows.find(account);
    if (it != rows.end()) return &it->second;
    const absl::string_view id = IdIn(kAccounts, account);
    if (id.empty() || UnitIdOf(account) != tx.unit_id()) {
      return absl::DataLossError(absl::StrCat("'", account, "' is no account of this unit"));
    }
    LF_ASSIGN_OR_RETURN(auto found,
                        tx.FindById<AccountAccess>(AccountAccessKind(), tx.unit_id(), id));
    AccountAccess& row = rows[account];
    if (found) row = *std::move(found);
    row.set_account(account);
    return &row;
  };
  LF_RETURN_IF_ERROR(ForEach(
      content,
      [&](const Account& account) -> absl::Status {
        LF_ASSIGN_OR_RETURN(AccountAccess * row, row_of(account.name()));
        Take(account, row);
        return absl::OkStatus();
      },
      [&](const Session& session) -> absl::Status {
        if (!IsOver(session)) return absl::OkStatus();
        LF_ASSIGN_OR_RETURN(AccountAccess * row, row_of(AccountOf(session.name())));
        TakeEnded(session, time, row);
        return absl::OkStatus();
      }));
  for (const auto& [account, row] : rows) {
    LF_RETURN_IF_ERROR(tx.Derive(AccountAccessKind(), IdIn(kAccounts, account), row));
  }
  return absl::OkStatus();
}

absl::Status DeriveAccess(store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                          const ledger::v1::EntryContent& content) {
  return DeriveAccess(tx, EntryTime(header), content);
}

absl::Time EntryTime(const ledger::v1::EntryHeader& header) { return TimeOf(header.time()); }

void TellAccess(const ledger::v1::EntryContent& content, absl::Time time,
                auth::AccessState* access) {
  // What cannot be read stops the follower, who reads it too.
  ForEach(
      content,
      [&](const Account& account) {
        AccountAccess row;
        Take(account, &row);
        TellRow(row, time, access);
        return absl::OkStatus();
      },
      [&](const Session& session) {
        if (IsOver(session)) {
          access->EndSession(session.name(), time + auth::kSessionTokenLifetime, time);
        }
        return absl::OkStatus();
      })
      .IgnoreError();
}

absl::Status LoadAccess(sql::Connection& connection, absl::Time now, auth::AccessState* access) {
  std::string unit_id;
  std::string id;
  while (true) {
    int found = 0;
    LF_RETURN_IF_ERROR(connection.Query(
        "SELECT unit_id, id, body FROM account_access WHERE unit_id > ? OR (unit_id = ? AND id > "
        "?) ORDER BY unit_id, id LIMIT ?",
        {sql::Param::Text(unit_id), sql::Param::Text(unit_id), sql::Param::Text(id),
         sql::Param::Int(kRows)},
        [&](const sql::Row& row) -> absl::Status {
          ++found;
          unit_id = std::string(row.Data(0));
          id = std::string(row.Data(1));
          AccountAccess read;
          if (!read.ParseFromString(std::string(row.Data(2)))) {
            return store::CorruptRecord(AccountAccessKind(), id);
          }
          TellRow(read, now, access);
          return absl::OkStatus();
        }));
    if (found < kRows) return absl::OkStatus();
  }
}

}  // namespace lianfang::directory
