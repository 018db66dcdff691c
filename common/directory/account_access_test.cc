#include "common/directory/account_access.h"

#include "common/directory/directory_test_db.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "lianfang/personnel/v1/access.pb.h"

namespace lianfang::directory {
namespace {

using internal::v1::AccountAccess;
using personnel::v1::Account;
using personnel::v1::Session;

constexpr char kName[] = "units/u/accounts/a";
const absl::Time kNow = absl::FromUnixSeconds(1'778'630'400);

Account Program(int64_t epoch, personnel::v1::AccountState state) {
  Account account;
  account.set_name(kName);
  account.set_kind(personnel::v1::ACCOUNT_KIND_SERVICE);
  account.set_certificate_name("oa.school.example");
  account.add_roles("integration");
  account.set_state(state);
  account.set_token_epoch(epoch);
  return account;
}

Session Ended(const std::string& id) {
  Session session;
  session.set_name(std::string(kName) + "/sessions/" + id);
  session.set_state(personnel::v1::SESSION_STATE_ENDED);
  return session;
}

template <class... Records>
ledger::v1::EntryContent ContentOf(const Records&... records) {
  ledger::v1::EntryContent content;
  (content.add_resources()->PackFrom(records), ...);
  return content;
}

auth::Identity Holder(const std::string& session, int64_t epoch) {
  auth::Identity identity;
  identity.account = kName;
  identity.session = std::string(kName) + "/sessions/" + session;
  identity.epoch = epoch;
  return identity;
}

common::v1::ErrorReason Refusal(const auth::AccessState& access, const std::string& session,
                                int64_t epoch) {
  const absl::Status status = access.Check(Holder(session, epoch));
  return status.ok() ? common::v1::ERROR_REASON_UNSPECIFIED : ReasonOf(status);
}

TEST(TellAccess, SettlesWhatTokensHold) {
  auth::AccessState access;
  TellAccess(ContentOf(Program(3, personnel::v1::ACCOUNT_STATE_ACTIVE), Ended("over")), kNow,
             &access);
  EXPECT_EQ(Refusal(access, "open", 3), common::v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(Refusal(access, "open", 2), common::v1::ERROR_REASON_TOKEN_EXPIRED);
  EXPECT_EQ(Refusal(access, "over", 3), common::v1::ERROR_REASON_SESSION_ENDED);
  TellAccess(ContentOf(Program(4, personnel::v1::ACCOUNT_STATE_SUSPENDED)), kNow, &access);
  EXPECT_EQ(Refusal(access, "open", 4), common::v1::ERROR_REASON_SESSION_ENDED);
}

TEST(TellAccess, KnowsProgramsByTheirCertificates) {
  auth::AccessState access;
  TellAccess(ContentOf(Program(1, personnel::v1::ACCOUNT_STATE_ACTIVE)), kNow, &access);
  const auto machine = access.MachineOf({"other", "oa.school.example"});
  ASSERT_NE(machine, nullptr);
  EXPECT_EQ(machine->subject, kName);
  EXPECT_EQ(machine->units, std::vector<std::string>{"u"});
  EXPECT_EQ(machine->roles, std::vector<std::string>{"integration"});
  // Whoever claims another's name has it no more than he.
  access.SetMachines("configuration", {{"oa.school.example", {.subject = "services/x"}}});
  EXPECT_EQ(access.MachineOf({"oa.school.example"}), nullptr);
  access.SetMachines("configuration", {});
  EXPECT_NE(access.MachineOf({"oa.school.example"}), nullptr);
  TellAccess(ContentOf(Program(2, personnel::v1::ACCOUNT_STATE_SUSPENDED)), kNow, &access);
  EXPECT_EQ(access.MachineOf({"oa.school.example"}), nullptr);
}

TEST(TellAccess, WhoIsBehindUndoesNothing) {
  auth::AccessState access;
  const auto active = ContentOf(Program(1, personnel::v1::ACCOUNT_STATE_ACTIVE));
  TellAccess(active, kNow, &access);
  TellAccess(ContentOf(Program(2, personnel::v1::ACCOUNT_STATE_SUSPENDED)), kNow, &access);
  TellAccess(active, kNow, &access);
  EXPECT_EQ(access.MachineOf({"oa.school.example"}), nullptr);
  TellAccess(ContentOf(Program(3, personnel::v1::ACCOUNT_STATE_ACTIVE)), kNow, &access);
  TellAccess(ContentOf(Program(2, personnel::v1::ACCOUNT_STATE_SUSPENDED)), kNow, &access);
  EXPECT_NE(access.MachineOf({"oa.school.example"}), nullptr);
}

class AccountAccessTable : public DirectoryTestDb {
 protected:
  AccountAccess Row() {
    return reader().FindById<AccountAccess>(AccountAccessKind(), "u", "a").value().value();
  }
};

TEST_F(AccountAccessTable, KeepsWhatARestartHasToKnow) {
  ASSERT_TRUE(Apply("u", ContentOf(Program(5, personnel::v1::ACCOUNT_STATE_ACTIVE))).ok());
  ASSERT_TRUE(Apply("u", ContentOf(Ended("x"), Ended("y"))).ok());
  const AccountAccess row = Row();
  EXPECT_EQ(row.epoch(), 5);
  EXPECT_EQ(row.certificate_name(), "oa.school.example");
  ASSERT_EQ(row.ended_size(), 2);
  EXPECT_EQ(row.ended(0).session(), std::string(kName) + "/sessions/x");
  // Of no account of the unit.
  Account foreign = Program(1, personnel::v1::ACCOUNT_STATE_ACTIVE);
  foreign.set_name("units/v/accounts/a");
  EXPECT_FALSE(Apply("u", ContentOf(foreign)).ok());
}

}  // namespace
}  // namespace lianfang::directory
