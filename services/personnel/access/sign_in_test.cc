// Signing in through the public API: passwords, sessions, tokens, codes, and how fast one may
// guess.
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/totp.h"
#include "services/personnel/access/access_fixture.h"

namespace lianfang::personnel {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kTooMany = common::v1::ERROR_REASON_TOO_MANY_ATTEMPTS;

class SignInTest : public AccessFixture {
 protected:
  // Base32 of RFC 4648, as an authenticator reads it.
  static std::string Unbase32(const std::string& text) {
    std::string bytes;
    uint32_t held = 0;
    int bits = 0;
    for (const char c : text) {
      held = held << 5 | static_cast<uint32_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
      bits += 5;
      if (bits < 8) continue;
      bits -= 8;
      bytes.push_back(static_cast<char>(held >> bits & 0xff));
    }
    return bytes;
  }
  std::string Code(const std::string& secret, int64_t later = 0) {
    return crypto::TotpCode(Unbase32(secret), crypto::TotpStep(server_.clock().Now()) + later);
  }
  absl::StatusOr<v1::EnrolTotpResponse> Enrol(const v1::Tokens& tokens, const std::string& id) {
    v1::EnrolTotpRequest request;
    request.set_account(Name(id));
    return Call(With(tokens), &Access::EnrolTotp, request);
  }
  absl::StatusOr<v1::ConfirmTotpResponse> Confirm(const v1::Tokens& tokens, const std::string& id,
                                                  const std::string& code) {
    v1::ConfirmTotpRequest request;
    request.set_account(Name(id));
    request.set_code(code);
    request.set_request_id(server_.RequestId());
    return Call(With(tokens), &Access::ConfirmTotp, request);
  }
  absl::StatusOr<v1::ChangePasswordResponse> Change(const v1::Tokens& tokens,
                                                    const std::string& from,
                                                    const std::string& to) {
    v1::ChangePasswordRequest request;
    request.set_account(tokens.session().substr(0, tokens.session().find("/sessions/")));
    request.set_old_password(from);
    request.set_new_password(to);
    return Call(With(tokens), &Access::ChangePassword, request);
  }
  absl::Status Logout(const v1::Tokens& tokens, const std::string& id) {
    v1::LogoutRequest request;
    request.set_account(Name(id));
    request.set_request_id(server_.RequestId());
    return Call(With(tokens), &Access::Logout, request).status();
  }
};

TEST_F(SignInTest, AFirstPasswordOpensNothingUntilItIsChanged) {
  ASSERT_THAT(Keep(&Access::CreateAccount, NewAccount("clerk")), IsOk());
  EXPECT_THAT(SignIn("clerk", "not the password"), FailsWith(kRefused));
  EXPECT_THAT(SignIn("clerk", kFirst),
              FailsWith(common::v1::ERROR_REASON_PASSWORD_CHANGE_REQUIRED));
  for (const char* weak : {"short", "clerkclerk", "1234567890", "password123", kFirst}) {
    EXPECT_THAT(SignIn("clerk", kFirst, "", weak),
                FailsWith(common::v1::ERROR_REASON_WEAK_PASSWORD))
        << weak;
  }
  EXPECT_THAT(SignIn("clerk", "not the password", "", kPassword), FailsWith(kRefused));
  const auto tokens = SignIn("clerk", kFirst, "", kPassword);
  ASSERT_THAT(tokens, IsOk());
  EXPECT_EQ(tokens->subject(), PersonName("clerk"));
  EXPECT_THAT(tokens->roles(), ElementsAre("staff", "control_office"));
  EXPECT_THAT(Use(*tokens), IsOk());
  EXPECT_THAT(UseAsStaff(*tokens), IsOk());
  EXPECT_FALSE(AccountNow("clerk").password_change_required());
  EXPECT_THAT(SignIn("clerk", kFirst), FailsWith(kRefused));
  EXPECT_THAT(SignIn("clerk", kPassword), IsOk());
}

TEST_F(SignInTest, RolesFollowFromThePlaceInTheDirectory) {
  EXPECT_THAT(Ready("principal").roles(), ElementsAre("staff", "principal", "leading_group"));
  EXPECT_THAT(Ready("vp").roles(), ElementsAre("staff", "vice_principal"));
  EXPECT_THAT(Ready("head").roles(), ElementsAre("staff", "department_head"));
  EXPECT_THAT(Ready("keeper").roles(), IsEmpty());
  EXPECT_THAT(Ready("ops", {"administrator"}).roles(), ElementsAre("administrator"));
}

TEST_F(SignInTest, NobodyLearnsWhetherANameIsKnown) {
  const v1::Tokens tokens = Ready("clerk");
  v1::Account suspended = AccountNow("clerk");
  std::vector<std::string> answers;
  answers.push_back(SignIn("nobody", kPassword).status().ToString());
  answers.push_back(SignIn("clerk", "wrong password").status().ToString());
  suspended.set_state(v1::ACCOUNT_STATE_SUSPENDED);
  ASSERT_THAT(Update(suspended), IsOk());
  answers.push_back(SignIn("clerk", kPassword).status().ToString());
  answers.push_back(SignIn("clerk", "wrong password").status().ToString());
  v1::LoginRequest elsewhere;
  elsewhere.set_account("units/nowhere/accounts/clerk");
  elsewhere.set_password(kPassword);
  answers.push_back(Call(Nobody(), &Access::Login, elsewhere).status().ToString());
  for (const std::string& answer : answers) EXPECT_EQ(answer, answers.front());
}

TEST_F(SignInTest, ASuspendedAccountIsRefusedFromTheNextCallOn) {
  const v1::Tokens tokens = Ready("clerk");
  EXPECT_THAT(Use(tokens), IsOk());
  v1::Account account = AccountNow("clerk");
  account.set_state(v1::ACCOUNT_STATE_SUSPENDED);
  ASSERT_THAT(Update(account), IsOk());
  EXPECT_THAT(Use(tokens), FailsWith(kEnded));
  EXPECT_THAT(Refresh(tokens), FailsWith(kEnded));
  server_.Restart();
  EXPECT_THAT(Use(tokens), FailsWith(kEnded));
  account = AccountNow("clerk");
  account.set_state(v1::ACCOUNT_STATE_ACTIVE);
  ASSERT_THAT(Update(account), IsOk());
  EXPECT_THAT(Use(tokens), FailsWith(kEnded));
  EXPECT_THAT(SignIn("clerk", kPassword), IsOk());
}

TEST_F(SignInTest, AnEndedAppointmentEndsTheRightWithTheNextCall) {
  const v1::Tokens tokens = Ready("head");
  EXPECT_THAT(UseAsStaff(tokens), IsOk());
  EndAppointment("head");
  EXPECT_THAT(UseAsStaff(tokens), FailsWith(kExpired));
  const auto refreshed = Refresh(tokens);
  ASSERT_THAT(refreshed, IsOk());
  EXPECT_THAT(refreshed->roles(), ElementsAre("department_head"));
  v1::UpdateDepartmentRequest department;
  department.mutable_department()->set_name("units/u/departments/affairs");
  department.mutable_department()->set_head(PersonName("clerk"));
  department.mutable_update_mask()->add_paths("head");
  ASSERT_THAT(Direct(&Directory::UpdateDepartment, department), IsOk());
  EXPECT_THAT(UseAsStaff(*refreshed), FailsWith(kExpired));
  const auto without = Refresh(*refreshed);
  ASSERT_THAT(without, IsOk());
  EXPECT_THAT(without->roles(), IsEmpty());
  EXPECT_THAT(UseAsStaff(*without), FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
}

TEST_F(SignInTest, ARightThatEndsWithTheDayEndsWithTheToken) {
  const v1::Tokens early = Ready("head");
  v1::UpdateAppointmentRequest request;
  request.mutable_appointment()->set_name("units/u/appointments/head");
  auto* today = request.mutable_appointment()->mutable_end_date();
  today->set_year(2026);
  today->set_month(5);
  today->set_day(13);
  request.mutable_update_mask()->add_paths("end_date");
  ASSERT_THAT(Direct(&Directory::UpdateAppointment, request), IsOk());
  // 2026-05-13 23:56: ten minutes would reach into a day on which the appointment is over.
  server_.clock().Advance(absl::Hours(15) + absl::Minutes(56));
  const auto late = SignIn("head", kPassword);
  ASSERT_THAT(late, IsOk());
  EXPECT_THAT(late->roles(), ElementsAre("staff", "department_head"));
  EXPECT_EQ(absl::FromUnixSeconds(late->expire_time().seconds()),
            server_.clock().Now() + absl::Minutes(4));
  server_.clock().Advance(absl::Minutes(4));
  EXPECT_THAT(UseAsStaff(*late), FailsWith(kExpired));
  const auto after = Refresh(*late);
  ASSERT_THAT(after, IsOk());
  EXPECT_THAT(after->roles(), ElementsAre("department_head"));
}

TEST_F(SignInTest, TokensAreShortAndSessionsEnd) {
  v1::Tokens tokens = Ready("clerk");
  EXPECT_EQ(absl::FromUnixSeconds(tokens.expire_time().seconds()),
            server_.clock().Now() + absl::Minutes(10));
  server_.clock().Advance(absl::Minutes(10));
  EXPECT_THAT(Use(tokens), FailsWith(kExpired));
  auto refreshed = Refresh(tokens);
  ASSERT_THAT(refreshed, IsOk());
  EXPECT_THAT(Use(*refreshed), IsOk());
  EXPECT_EQ(refreshed->session(), tokens.session());
  EXPECT_NE(refreshed->refresh_token(), tokens.refresh_token());
  server_.clock().Advance(absl::Hours(11) + absl::Minutes(45));
  refreshed = Refresh(*refreshed);
  ASSERT_THAT(refreshed, IsOk());
  // The session's last five minutes.
  EXPECT_EQ(absl::FromUnixSeconds(refreshed->expire_time().seconds()),
            server_.clock().Now() + absl::Minutes(5));
  server_.clock().Advance(absl::Minutes(5));
  EXPECT_THAT(Refresh(*refreshed), FailsWith(kEnded));
}

TEST_F(SignInTest, AStolenRefreshTokenEndsTheSession) {
  const v1::Tokens stolen = Ready("clerk");
  const auto own = Refresh(stolen);
  ASSERT_THAT(own, IsOk());
  server_.clock().Advance(absl::Minutes(1) + absl::Milliseconds(1));
  EXPECT_THAT(Use(*own), IsOk());
  EXPECT_THAT(Refresh(stolen), FailsWith(kEnded));
  // Nobody knows which of the two is the thief.
  EXPECT_THAT(Refresh(*own), FailsWith(kEnded));
  EXPECT_THAT(Use(*own), FailsWith(kEnded));
  EXPECT_THAT(Use(stolen), FailsWith(kEnded));
  v1::ListSessionsRequest request;
  request.set_parent(Name("clerk"));
  const auto sessions = Call(Admin(), &Access::ListSessions, request);
  ASSERT_THAT(sessions, IsOk());
  ASSERT_EQ(sessions->sessions_size(), 1);
  EXPECT_EQ(sessions->sessions(0).state(), v1::SESSION_STATE_ABUSED);
}

TEST_F(SignInTest, AThiefWhoIsFasterIsFoundOutToo) {
  const v1::Tokens first = Ready("clerk");
  const auto thief = Refresh(first);
  ASSERT_THAT(thief, IsOk());
  // The owner's turn within the minute looks like a lost answer.
  const auto owner = Refresh(first);
  ASSERT_THAT(owner, IsOk());
  EXPECT_THAT(Refresh(*thief), FailsWith(kEnded));
  EXPECT_THAT(Refresh(*owner), FailsWith(kEnded));
}

TEST_F(SignInTest, ALostAnswerIsForgiven) {
  const v1::Tokens first = Ready("clerk");
  ASSERT_THAT(Refresh(first), IsOk());
  server_.clock().Advance(absl::Seconds(59));
  const auto again = Refresh(first);
  ASSERT_THAT(again, IsOk());
  server_.clock().Advance(absl::Minutes(5));
  EXPECT_THAT(Refresh(*again), IsOk());
}

TEST_F(SignInTest, WhoKnowsOnlyTheSessionsNameCannotEndIt) {
  v1::Tokens tokens = Ready("clerk");
  v1::Tokens guess = tokens;
  const std::string other = Ready("head").refresh_token();
  for (const std::string& token :
       {std::string("x"), std::string(43, 'A'), other, tokens.refresh_token() + "A"}) {
    guess.set_refresh_token(token);
    EXPECT_THAT(Refresh(guess), FailsWith(kEnded)) << token;
  }
  EXPECT_THAT(Refresh(tokens), IsOk());
}

TEST_F(SignInTest, LoggingOutEndsTheTokensOfThatSessionAlone) {
  const v1::Tokens first = Ready("clerk");
  const auto second = SignIn("clerk", kPassword);
  ASSERT_THAT(second, IsOk());
  EXPECT_THAT(Logout(first, "head"), FailsWith(common::v1::ERROR_REASON_NOT_RECORD_OWNER));
  EXPECT_THAT(Logout(first, "clerk"), IsOk());
  EXPECT_THAT(Use(first), FailsWith(kEnded));
  EXPECT_THAT(Refresh(first), FailsWith(kEnded));
  EXPECT_THAT(Use(*second), IsOk());
  server_.Restart();
  EXPECT_THAT(Use(first), FailsWith(kEnded));
  EXPECT_THAT(Use(*second), IsOk());
}

TEST_F(SignInTest, SessionsAreListedNewestFirstAndEndedByTheirOwner) {
  const v1::Tokens first = Ready("clerk");
  server_.clock().Advance(absl::Minutes(1));
  const auto second = SignIn("clerk", kPassword);
  ASSERT_THAT(second, IsOk());
  const v1::Tokens other = Ready("head");
  v1::ListSessionsRequest request;
  request.set_parent(Name("clerk"));
  request.set_page_size(1);
  const auto newest = Call(With(*second), &Access::ListSessions, request);
  ASSERT_THAT(newest, IsOk());
  ASSERT_EQ(newest->sessions_size(), 1);
  EXPECT_EQ(newest->sessions(0).name(), second->session());
  EXPECT_EQ(newest->sessions(0).refresh_digest(), "");
  EXPECT_EQ(newest->sessions(0).address(), "127.0.0.1");
  request.set_page_token(newest->next_page_token());
  const auto rest = Call(With(*second), &Access::ListSessions, request);
  ASSERT_THAT(rest, IsOk());
  ASSERT_EQ(rest->sessions_size(), 1);
  EXPECT_EQ(rest->sessions(0).name(), first.session());
  EXPECT_EQ(rest->next_page_token(), "");
  request.clear_page_token();
  EXPECT_THAT(Call(With(other), &Access::ListSessions, request),
              FailsWith(common::v1::ERROR_REASON_NOT_RECORD_OWNER));
  v1::EndSessionRequest end;
  end.set_name(first.session());
  end.set_request_id(server_.RequestId());
  EXPECT_THAT(Call(With(other), &Access::EndSession, end),
              FailsWith(common::v1::ERROR_REASON_NOT_RECORD_OWNER));
  EXPECT_THAT(Call(With(*second), &Access::EndSession, end), IsOk());
  EXPECT_THAT(Use(first), FailsWith(kEnded));
  EXPECT_THAT(Use(*second), IsOk());
}

TEST_F(SignInTest, OneMoreSessionThanAllowedEndsTheOldest) {
  const v1::Tokens oldest = Ready("clerk");
  std::vector<v1::Tokens> others;
  for (int i = 0; i < 19; ++i) {
    const auto tokens = SignIn("clerk", kPassword);
    ASSERT_THAT(tokens, IsOk());
    others.push_back(*tokens);
  }
  EXPECT_THAT(Use(oldest), IsOk());
  ASSERT_THAT(SignIn("clerk", kPassword), IsOk());
  EXPECT_THAT(Use(oldest), FailsWith(kEnded));
  for (const v1::Tokens& tokens : others) EXPECT_THAT(Use(tokens), IsOk());
}

TEST_F(SignInTest, ChangingThePasswordEndsTheOtherSessions) {
  const v1::Tokens here = Ready("clerk");
  const auto elsewhere = SignIn("clerk", kPassword);
  ASSERT_THAT(elsewhere, IsOk());
  EXPECT_THAT(Change(here, "wrong password", "another-pass-word"), FailsWith(kRefused));
  EXPECT_THAT(Change(here, kPassword, "short"), FailsWith(common::v1::ERROR_REASON_WEAK_PASSWORD));
  EXPECT_THAT(Change(here, kPassword, kPassword),
              FailsWith(common::v1::ERROR_REASON_WEAK_PASSWORD));
  EXPECT_THAT(Use(*elsewhere), IsOk());
  EXPECT_THAT(Change(here, kPassword, "another-pass-word"), IsOk());
  EXPECT_THAT(Use(here), IsOk());
  EXPECT_THAT(Use(*elsewhere), FailsWith(kEnded));
  EXPECT_THAT(SignIn("clerk", kPassword), FailsWith(kRefused));
  EXPECT_THAT(SignIn("clerk", "another-pass-word"), IsOk());
}

TEST_F(SignInTest, AnAuthenticatorIsAskedForOnceItWorks) {
  const v1::Tokens tokens = Ready("clerk");
  const auto enrolled = Enrol(tokens, "clerk");
  ASSERT_THAT(enrolled, IsOk());
  EXPECT_EQ(Unbase32(enrolled->secret()).size(), 20U);
  EXPECT_EQ(enrolled->uri(),
            absl::StrCat("otpauth://totp/lianfang:clerk@u?secret=", enrolled->secret(),
                         "&issuer=lianfang&algorithm=SHA1&digits=6&period=30"));
  EXPECT_THAT(SignIn("clerk", kPassword), IsOk());
  EXPECT_THAT(Confirm(tokens, "clerk", "000000"), FailsWith(kRefused));
  ASSERT_THAT(Confirm(tokens, "clerk", Code(enrolled->secret())), IsOk());
  EXPECT_TRUE(AccountNow("clerk").totp_active());
  EXPECT_THAT(Enrol(tokens, "clerk"), FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  EXPECT_THAT(SignIn("clerk", kPassword),
              FailsWith(common::v1::ERROR_REASON_SECOND_FACTOR_REQUIRED));
  EXPECT_THAT(SignIn("clerk", "wrong password"), FailsWith(kRefused));
  // The code that confirmed it opens nothing.
  EXPECT_THAT(SignIn("clerk", kPassword, Code(enrolled->secret())), FailsWith(kRefused));
  server_.clock().Advance(absl::Seconds(30));
  const std::string code = Code(enrolled->secret());
  EXPECT_THAT(SignIn("clerk", "wrong password", code), FailsWith(kRefused));
  EXPECT_THAT(SignIn("clerk", kPassword, code), IsOk());
  EXPECT_THAT(SignIn("clerk", kPassword, code), FailsWith(kRefused)) << "a code opens once";
  server_.Restart();
  EXPECT_THAT(SignIn("clerk", kPassword, code), FailsWith(kRefused));
  EXPECT_THAT(SignIn("clerk", kPassword, Code(enrolled->secret(), 1)), IsOk());
}

TEST_F(SignInTest, AResetTakesPasswordAuthenticatorAndSessionsAway) {
  const v1::Tokens tokens = Ready("clerk");
  const auto enrolled = Enrol(tokens, "clerk");
  ASSERT_THAT(enrolled, IsOk());
  ASSERT_THAT(Confirm(tokens, "clerk", Code(enrolled->secret())), IsOk());
  v1::ResetPasswordRequest reset;
  reset.set_name(Name("clerk"));
  reset.set_request_id(server_.RequestId());
  const auto answer = Call(Admin(), &Access::ResetPassword, reset);
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->first_password().size(), 19U);
  EXPECT_THAT(Use(tokens), FailsWith(kEnded));
  EXPECT_THAT(SignIn("clerk", kPassword), FailsWith(kRefused));
  EXPECT_THAT(SignIn("clerk", answer->first_password()),
              FailsWith(common::v1::ERROR_REASON_PASSWORD_CHANGE_REQUIRED));
  EXPECT_THAT(SignIn("clerk", answer->first_password(), "", kPassword), IsOk());
  // Asked again, it is the same change, and nobody gets the password a second time.
  const auto repeated = Call(Admin(), &Access::ResetPassword, reset);
  ASSERT_THAT(repeated, IsOk());
  EXPECT_EQ(repeated->first_password(), "");
  EXPECT_EQ(repeated->position().sequence(), answer->position().sequence());
  EXPECT_THAT(SignIn("clerk", kPassword), IsOk());
}

TEST_F(SignInTest, GuessingAtAnAccountBecomesSlow) {
  Ready("clerk");
  for (int i = 0; i < 6; ++i) EXPECT_THAT(SignIn("clerk", "wrong password"), FailsWith(kRefused));
  // The right password waits too: whoever guesses learns nothing.
  EXPECT_THAT(SignIn("clerk", kPassword), FailsWith(kTooMany));
  EXPECT_THAT(SignIn("clerk", "wrong password"), FailsWith(kTooMany));
  server_.clock().Advance(absl::Seconds(1));
  EXPECT_THAT(SignIn("clerk", "wrong password"), FailsWith(kRefused));
  server_.clock().Advance(absl::Seconds(1));
  EXPECT_THAT(SignIn("clerk", kPassword), FailsWith(kTooMany));
  server_.clock().Advance(absl::Seconds(1));
  EXPECT_THAT(SignIn("clerk", kPassword), IsOk());
  for (int i = 0; i < 6; ++i) EXPECT_THAT(SignIn("clerk", "wrong password"), FailsWith(kRefused));
  EXPECT_THAT(SignIn("clerk", "wrong password"), FailsWith(kTooMany));
}

TEST_F(SignInTest, GuessingFromAnAddressBecomesSlowWhateverTheName) {
  Ready("clerk");
  for (int i = 0; i < 31; ++i) {
    EXPECT_THAT(SignIn(absl::StrCat("name", i), kPassword), FailsWith(kRefused)) << i;
  }
  EXPECT_THAT(SignIn("name99", kPassword), FailsWith(kTooMany));
  EXPECT_THAT(SignIn("clerk", kPassword), FailsWith(kTooMany));
  server_.clock().Advance(absl::Seconds(1));
  EXPECT_THAT(SignIn("clerk", kPassword), IsOk());
}

TEST_F(SignInTest, CodesAreNotGuessedBesideARightPassword) {
  const v1::Tokens tokens = Ready("clerk");
  const auto enrolled = Enrol(tokens, "clerk");
  ASSERT_THAT(enrolled, IsOk());
  ASSERT_THAT(Confirm(tokens, "clerk", Code(enrolled->secret())), IsOk());
  int guesses = 0;
  for (int i = 0; i < 20; ++i) {
    // Showing the right password in between does not make one more guess free.
    SignIn("clerk", kPassword).IgnoreError();
    guesses += ReasonOf(SignIn("clerk", kPassword, "000000").status()) == kRefused ? 1 : 0;
  }
  EXPECT_EQ(guesses, 6);
}

TEST_F(SignInTest, ALoginNeedsAProof) {
  v1::LoginRequest request;
  request.set_account(Name("clerk"));
  EXPECT_THAT(Call(Nobody(), &Access::Login, request),
              FailsWith(common::v1::ERROR_REASON_REQUIRED_FIELD));
  request.set_id_token("e30.e30.e30");
  EXPECT_THAT(Call(Nobody(), &Access::Login, request), FailsWith(kRefused));
}

TEST_F(SignInTest, TokensOfTheKeysHolderHaveNoSession) {
  client::Client& minted = server_.As(PersonName("clerk"), {"staff"}, {"u"});
  v1::LogoutRequest logout;
  logout.set_account(Name("clerk"));
  logout.set_request_id(server_.RequestId());
  EXPECT_THAT(Call(minted, &Access::Logout, logout), FailsWith(kEnded));
  v1::EnrolTotpRequest enrol;
  enrol.set_account(Name("clerk"));
  EXPECT_THAT(Call(minted, &Access::EnrolTotp, enrol),
              FailsWith(common::v1::ERROR_REASON_NOT_RECORD_OWNER));
}

}  // namespace
}  // namespace lianfang::personnel
