// What other processes learn of accounts, what auditors find of signing in, and identities of an
// outside issuer.
#include <string>
#include <vector>

#include "common/auth/test_issuer.h"
#include "common/testing/until.h"
#include "lianfang/ledger/v1/audit.grpc.pb.h"
#include "lianfang/risk/v1/risk.grpc.pb.h"
#include "services/personnel/access/access_fixture.h"
#include "services/risk/module.h"

namespace lianfang::personnel {
namespace {

using ::testing::ElementsAre;
using testing::Until;

// The risk service by itself: another process as far as tokens go.
class OtherProcess : public AccessFixture {
 protected:
  config::v1::ServerConfig Config() {
    config::v1::ServerConfig config;
    config.mutable_keys()->set_token_key(server_.data_dir() + "/keys/token.pem");
    for (const char* service : {"personnel", "grading"}) {
      auto* upstream = config.add_upstreams();
      upstream->set_service(service);
      upstream->set_endpoint(server_.address());
    }
    return config;
  }
  absl::Status UseThere(const v1::Tokens& tokens) {
    risk::v1::ListPowersRequest request;
    request.set_parent("units/u");
    return testing::Call<risk::v1::RiskService>(other_.WithToken(tokens.access_token()),
                                                &risk::v1::RiskService::Stub::ListPowers, request)
        .status();
  }
  bool RefusedThere(const v1::Tokens& tokens, common::v1::ErrorReason reason) {
    return Until([&] {
      const absl::Status status = UseThere(tokens);
      return !status.ok() && ReasonOf(status) == reason;
    });
  }

  testing::TestServer other_{{risk::RiskModule()}, Config()};
};

TEST_F(OtherProcess, LearnsWhatTokensHoldNoLonger) {
  const v1::Tokens ended = Ready("clerk");
  const auto stays = SignIn("clerk", kPassword);
  ASSERT_THAT(stays, IsOk());
  EXPECT_THAT(UseThere(ended), IsOk());
  v1::LogoutRequest logout;
  logout.set_account(Name("clerk"));
  logout.set_request_id(server_.RequestId());
  ASSERT_THAT(Call(With(ended), &Access::Logout, logout), IsOk());
  EXPECT_TRUE(RefusedThere(ended, kEnded));
  EXPECT_THAT(UseThere(*stays), IsOk());
  // A restart knows, before it has heard anything.
  other_.Restart();
  EXPECT_THAT(UseThere(ended), FailsWith(kEnded));
  EXPECT_THAT(UseThere(*stays), IsOk());
  EndAppointment("clerk");
  EXPECT_TRUE(RefusedThere(*stays, kExpired));
  const auto refreshed = Refresh(*stays);
  ASSERT_THAT(refreshed, IsOk());
  EXPECT_THAT(UseThere(*refreshed), IsOk()) << "as the control office";
  v1::Account account = AccountNow("clerk");
  account.set_state(v1::ACCOUNT_STATE_SUSPENDED);
  ASSERT_THAT(Update(account), IsOk());
  EXPECT_TRUE(RefusedThere(*refreshed, kEnded));
  other_.Restart();
  EXPECT_THAT(UseThere(*refreshed), FailsWith(kEnded));
}

class SignInAudit : public AccessFixture {
 protected:
  // Outcomes of Login that were recorded for an account.
  std::vector<common::v1::ErrorReason> Recorded(const std::string& account) {
    ledger::v1::ListAuditRecordsRequest request;
    request.set_parent("units/u/ledgers/personnel");
    request.set_kind(ledger::v1::AUDIT_KIND_SIGN_IN);
    const auto response = testing::Call<ledger::v1::AuditService>(
        server_.As("auditors/a", {"auditor"}), &ledger::v1::AuditService::Stub::ListAuditRecords,
        request);
    EXPECT_THAT(response, IsOk());
    std::vector<common::v1::ErrorReason> reasons;
    if (!response.ok()) return reasons;
    for (const auto& record : response->records()) {
      EXPECT_FALSE(record.ShortDebugString().find(kPassword) != std::string::npos);
      if (record.method() == "lianfang.personnel.v1.AccessService/Login" &&
          record.resource() == account) {
        reasons.push_back(record.reason());
      }
    }
    return reasons;
  }
};

TEST_F(SignInAudit, EveryAttemptLeavesARecord) {
  Ready("clerk");
  server_.clock().Advance(absl::Minutes(2));
  EXPECT_THAT(SignIn("clerk", "wrong password"), FailsWith(kRefused));
  EXPECT_THAT(SignIn("nobody", "wrong password"), FailsWith(kRefused));
  EXPECT_THAT(SignIn("clerk", kPassword), IsOk());
  const auto has = [&](const std::string& account, common::v1::ErrorReason reason) {
    return Until([&] {
      const auto reasons = Recorded(Name(account));
      return std::find(reasons.begin(), reasons.end(), reason) != reasons.end();
    });
  };
  EXPECT_TRUE(has("clerk", kRefused));
  EXPECT_TRUE(has("nobody", kRefused));
  EXPECT_TRUE(has("clerk", common::v1::ERROR_REASON_UNSPECIFIED));
}

// Before the fixture, which starts the server.
class Issuer {
 protected:
  config::v1::ServerConfig Config() const {
    auth::PublishJwks(folder_.path() + "/jwks.json", {key_.jwk});
    config::v1::ServerConfig config;
    config.mutable_oidc()->set_issuer("https://id.example");
    config.mutable_oidc()->set_audience("lianfang");
    config.mutable_oidc()->set_jwks_file(folder_.path() + "/jwks.json");
    return config;
  }

  const testing::TempFolder folder_;
  const auth::IssuerKey key_ = auth::EcIssuerKey("e");
};

class OutsideIssuer : protected Issuer, public AccessFixture {
 protected:
  OutsideIssuer() : AccessFixture(Config()) {}

  std::string Token(const std::string& subject, const auth::IssuerKey& key) {
    const int64_t now = absl::ToUnixSeconds(server_.clock().Now());
    return auth::SignIdToken(
        absl::StrCat(R"({"iss":"https://id.example","aud":"lianfang","sub":")", subject,
                     R"(","iat":)", now, R"(,"exp":)", now + 300, "}"),
        JWT_ALG_ES256, key.Pem());
  }
  absl::StatusOr<v1::Tokens> SignInBy(const std::string& id, const std::string& token) {
    v1::LoginRequest request;
    request.set_account(Name(id));
    request.set_id_token(token);
    LF_ASSIGN_OR_RETURN(const auto response, Call(Nobody(), &Access::Login, request));
    return response.tokens();
  }
};

TEST_F(OutsideIssuer, OpensTheAccountOfItsSubjectAlone) {
  v1::CreateAccountRequest request = NewAccount("clerk");
  request.mutable_account()->set_external_subject("t-17");
  EXPECT_THAT(Keep(&Access::CreateAccount, request),
              FailsWith(common::v1::ERROR_REASON_INVALID_FIELD))
      << "a password beside it";
  request.clear_first_password();
  ASSERT_THAT(Keep(&Access::CreateAccount, request), IsOk());
  const v1::Tokens other = Ready("head");
  const auto tokens = SignInBy("clerk", Token("t-17", key_));
  ASSERT_THAT(tokens, IsOk());
  EXPECT_EQ(tokens->subject(), PersonName("clerk"));
  EXPECT_THAT(tokens->roles(), ElementsAre("staff", "control_office"));
  EXPECT_THAT(Use(*tokens), IsOk());
  EXPECT_THAT(SignInBy("clerk", Token("t-18", key_)), FailsWith(kRefused));
  EXPECT_THAT(SignInBy("head", Token("t-17", key_)), FailsWith(kRefused));
  EXPECT_THAT(SignInBy("clerk", Token("t-17", auth::EcIssuerKey("e"))), FailsWith(kRefused));
  EXPECT_THAT(SignIn("clerk", ""), FailsWith(kRefused));
  // Passwords of others go on, unless the configuration says otherwise.
  EXPECT_THAT(SignIn("head", kPassword), IsOk());
}

class OutsideIssuerOnly : protected Issuer, public AccessFixture {
 protected:
  OutsideIssuerOnly()
      : AccessFixture([this] {
          config::v1::ServerConfig config = Config();
          config.mutable_oidc()->set_only(true);
          return config;
        }()) {}
};

TEST_F(OutsideIssuerOnly, RefusesPasswords) {
  ASSERT_THAT(Keep(&Access::CreateAccount, NewAccount("clerk")), IsOk());
  EXPECT_THAT(SignIn("clerk", kFirst, "", kPassword), FailsWith(kRefused));
}

}  // namespace
}  // namespace lianfang::personnel
