// Keeping accounts through the public API: who grants what to whom, and what nobody finds anywhere.
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/match.h"
#include "services/personnel/access/access_fixture.h"

namespace lianfang::personnel {
namespace {

using ::testing::ElementsAre;

constexpr auto kBad = common::v1::ERROR_REASON_INVALID_FIELD;

class AccountsTest : public AccessFixture {
 protected:
  v1::CreateAccountRequest Program(const std::string& id, const std::string& certificate) {
    v1::CreateAccountRequest request;
    request.set_parent("units/u");
    request.set_account_id(id);
    request.mutable_account()->set_kind(v1::ACCOUNT_KIND_SERVICE);
    request.mutable_account()->set_certificate_name(certificate);
    request.mutable_account()->add_roles("integration");
    return request;
  }
};

TEST_F(AccountsTest, NobodyGrantsToHimself) {
  const v1::Tokens ops = Ready("ops", {"administrator"});
  v1::UpdateAccountRequest own;
  *own.mutable_account() = AccountNow("ops");
  own.mutable_account()->add_roles("auditor");
  own.set_request_id(server_.RequestId());
  EXPECT_THAT(Call(With(ops), &Access::UpdateAccount, own),
              FailsWith(common::v1::ERROR_REASON_OWN_RECORD));
  v1::ResetPasswordRequest reset;
  reset.set_name(Name("ops"));
  reset.set_request_id(server_.RequestId());
  EXPECT_THAT(Call(With(ops), &Access::ResetPassword, reset),
              FailsWith(common::v1::ERROR_REASON_OWN_RECORD));
  // Before he has an account, and by a token that the key's holder made.
  v1::CreateAccountRequest keeper = NewAccount("keeper", {"administrator"});
  keeper.set_request_id(server_.RequestId());
  EXPECT_THAT(
      Call(server_.As(PersonName("keeper"), {"administrator"}), &Access::CreateAccount, keeper),
      FailsWith(common::v1::ERROR_REASON_OWN_RECORD));
  keeper.set_request_id(server_.RequestId());
  EXPECT_THAT(Call(With(ops), &Access::CreateAccount, keeper), IsOk());
}

TEST_F(AccountsTest, OnlyAdministratorsKeepAccounts) {
  const v1::Tokens clerk = Ready("clerk");
  v1::CreateAccountRequest request = NewAccount("head");
  request.set_request_id(server_.RequestId());
  EXPECT_THAT(Call(With(clerk), &Access::CreateAccount, request),
              FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
  v1::GetAccountRequest get;
  get.set_name(Name("clerk"));
  EXPECT_THAT(Call(With(clerk), &Access::GetAccount, get),
              FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
}

TEST_F(AccountsTest, RolesThatConflictAreRefused) {
  const auto conflict = common::v1::ERROR_REASON_ROLES_CONFLICT;
  EXPECT_THAT(Keep(&Access::CreateAccount, NewAccount("clerk", {"administrator"})),
              FailsWith(conflict));
  EXPECT_THAT(Keep(&Access::CreateAccount, NewAccount("ops", {"administrator", "auditor"})),
              FailsWith(conflict));
  EXPECT_THAT(Keep(&Access::CreateAccount, NewAccount("clerk", {"control_office"})),
              FailsWith(kBad));
  EXPECT_THAT(Keep(&Access::CreateAccount, NewAccount("ops", {"superior_leader"})),
              FailsWith(kBad));
  ASSERT_THAT(Keep(&Access::CreateAccount, NewAccount("ops", {"administrator"})), IsOk());
  v1::Account account = AccountNow("ops");
  account.add_roles("data_protection_officer");
  EXPECT_THAT(Update(account), FailsWith(conflict));
}

TEST_F(AccountsTest, ARoleOfTheDirectoryWinsOverAGrantedOne) {
  const v1::Tokens before = Ready("ops", {"administrator"});
  v1::CreateAppointmentRequest appointment;
  appointment.set_parent("units/u");
  appointment.mutable_appointment()->set_person(PersonName("ops"));
  appointment.mutable_appointment()->set_post("units/u/posts/clerk");
  appointment.mutable_appointment()->mutable_start_date()->set_year(2026);
  appointment.mutable_appointment()->mutable_start_date()->set_month(1);
  appointment.mutable_appointment()->mutable_start_date()->set_day(1);
  ASSERT_THAT(Direct(&Directory::CreateAppointment, appointment), IsOk());
  EXPECT_THAT(Use(before), FailsWith(common::v1::ERROR_REASON_TOKEN_EXPIRED));
  const auto after = Refresh(before);
  ASSERT_THAT(after, IsOk());
  EXPECT_THAT(after->roles(), ElementsAre("staff"));
}

TEST_F(AccountsTest, AnImportedDirectoryChangesWhatTokensSay) {
  const v1::Tokens head = Ready("head");
  const v1::Tokens clerk = Ready("clerk");
  v1::ImportDirectoryRequest options;
  options.mutable_options()->set_parent("units/u");
  options.mutable_options()->set_request_id(server_.RequestId());
  v1::ImportDirectoryRequest chunk;
  chunk.mutable_csv()->set_file(v1::DIRECTORY_FILE_DEPARTMENTS);
  chunk.mutable_csv()->set_data(
      "code,name,kind,parent,head,vice_principal\naffairs,总务处,处室,,clerk,vp\n");
  const auto stub = v1::PersonnelService::NewStub(Admin().channel());
  grpc::ClientContext context;
  context.AddMetadata("authorization",
                      "Bearer " + server_.Token("operators/installation", {"administrator"}));
  v1::ImportDirectoryResponse response;
  const auto writer = stub->ImportDirectory(&context, &response);
  writer->Write(options);
  writer->Write(chunk);
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.updated_count(), 1) << response.ShortDebugString();
  EXPECT_THAT(Use(head), FailsWith(common::v1::ERROR_REASON_TOKEN_EXPIRED));
  EXPECT_THAT(Use(clerk), FailsWith(common::v1::ERROR_REASON_TOKEN_EXPIRED));
  EXPECT_THAT(Refresh(head)->roles(), ElementsAre("staff"));
  EXPECT_THAT(Refresh(clerk)->roles(), ElementsAre("staff", "department_head", "control_office"));
}

TEST_F(AccountsTest, KindsHaveTheFieldsThatTheyNeed) {
  v1::CreateAccountRequest request = NewAccount("clerk");
  request.mutable_account()->clear_person();
  EXPECT_THAT(Keep(&Access::CreateAccount, request), FailsWith(kBad));
  request = NewAccount("clerk");
  request.mutable_account()->set_certificate_name("host.example");
  EXPECT_THAT(Keep(&Access::CreateAccount, request), FailsWith(kBad));
  request = NewAccount("clerk");
  request.mutable_account()->set_person(PersonName("nobody"));
  EXPECT_THAT(Keep(&Access::CreateAccount, request),
              FailsWith(common::v1::ERROR_REASON_REFERENCE_NOT_FOUND));
  request = NewAccount("clerk");
  request.set_first_password("clerk12345");
  EXPECT_THAT(Keep(&Access::CreateAccount, request),
              FailsWith(common::v1::ERROR_REASON_WEAK_PASSWORD));
  ASSERT_THAT(Keep(&Access::CreateAccount, NewAccount("clerk")), IsOk());
  EXPECT_THAT(Keep(&Access::CreateAccount, NewAccount("clerk")),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_EXISTS));
  request = NewAccount("clerk");
  request.set_account_id("second");
  EXPECT_THAT(Keep(&Access::CreateAccount, request),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_EXISTS));
  v1::CreateAccountRequest superior;
  superior.set_parent("units/u");
  superior.set_account_id("superior");
  superior.mutable_account()->set_kind(v1::ACCOUNT_KIND_SUPERIOR);
  superior.mutable_account()->add_roles("superior_leader");
  superior.set_first_password(kFirst);
  ASSERT_THAT(Keep(&Access::CreateAccount, superior), IsOk());
  const auto tokens = SignIn("superior", kFirst, "", kPassword);
  ASSERT_THAT(tokens, IsOk());
  EXPECT_EQ(tokens->subject(), Name("superior"));
  EXPECT_THAT(tokens->roles(), ElementsAre("superior_leader"));
}

TEST_F(AccountsTest, ProgramsHaveCertificatesAndNoPasswords) {
  v1::CreateAccountRequest request = Program("oa", "spiffe://school/integration/oa");
  request.set_first_password(kFirst);
  EXPECT_THAT(Keep(&Access::CreateAccount, request), FailsWith(kBad));
  ASSERT_THAT(Keep(&Access::CreateAccount, Program("oa", "spiffe://school/integration/oa")),
              IsOk());
  EXPECT_THAT(Keep(&Access::CreateAccount, Program("oa2", "spiffe://school/integration/oa")),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_EXISTS));
  EXPECT_THAT(SignIn("oa", kFirst), FailsWith(common::v1::ERROR_REASON_SIGN_IN_REFUSED));
  v1::ResetPasswordRequest reset;
  reset.set_name(Name("oa"));
  reset.set_request_id(server_.RequestId());
  EXPECT_THAT(Call(Admin(), &Access::ResetPassword, reset), FailsWith(kBad));
}

TEST_F(AccountsTest, WhatOpensAnAccountIsInNoFileAndInNoAnswer) {
  const v1::Tokens tokens = Ready("clerk");
  ASSERT_THAT(SignIn("clerk", kPassword), IsOk());
  v1::ListAccountsRequest list;
  list.set_parent("units/u");
  const auto accounts = Call(Admin(), &Access::ListAccounts, list);
  ASSERT_THAT(accounts, IsOk());
  ASSERT_EQ(accounts->accounts_size(), 1);
  EXPECT_EQ(accounts->accounts(0).secret_digest().size(), 32U);
  EXPECT_FALSE(absl::StrContains(accounts->SerializeAsString(), "argon2"));
  // Nothing that opens the account stands in what personnel stores.
  for (const char* file : {"/personnel.db", "/personnel.db-wal"}) {
    std::stringstream bytes;
    bytes << std::ifstream(server_.data_dir() + file, std::ios::binary).rdbuf();
    for (const std::string& secret : {std::string(kFirst), std::string(kPassword),
                                      tokens.refresh_token(), tokens.access_token()}) {
      EXPECT_FALSE(absl::StrContains(bytes.str(), secret)) << file;
    }
  }
}

// A ledger's header says the SHA-256 of the request that made its entry.
TEST_F(AccountsTest, TheSameRequestIsTheSameWhateverThePassword) {
  v1::CreateAccountRequest request = NewAccount("clerk");
  request.set_request_id(server_.RequestId());
  const auto first = Call(Admin(), &Access::CreateAccount, request);
  ASSERT_THAT(first, IsOk());
  request.set_first_password("another-first-pass");
  const auto again = Call(Admin(), &Access::CreateAccount, request);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->position().sequence(), first->position().sequence());
  EXPECT_THAT(SignIn("clerk", kFirst),
              FailsWith(common::v1::ERROR_REASON_PASSWORD_CHANGE_REQUIRED));
  request.mutable_account()->set_external_subject("t-1");
  EXPECT_FALSE(Call(Admin(), &Access::CreateAccount, request).ok());
}

}  // namespace
}  // namespace lianfang::personnel
