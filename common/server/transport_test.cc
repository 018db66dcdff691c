#include "common/server/transport.h"

#include "common/client/client.h"
#include "common/obs/metric_table.h"
#include "common/testing/pki.h"
#include "common/testing/test_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"

namespace lianfang::server {
namespace {

using common::v1::ERROR_REASON_INVALID_FIELD;
using common::v1::ERROR_REASON_RESOURCE_NOT_FOUND;
using common::v1::ERROR_REASON_TOKEN_INVALID;
using common::v1::ERROR_REASON_TOKEN_MISSING;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::Pki;

constexpr char kMachine[] = "spiffe://school/integration/oa";

class TlsTest : public ::testing::Test {
 protected:
  config::v1::ServerConfig Config(bool required = false) {
    pki_.Issue("server", {"IP:127.0.0.1", "DNS:localhost"});
    config::v1::ServerConfig config;
    *config.mutable_tls() = pki_.Server("server", required);
    auto* machine = config.add_machines();
    machine->set_certificate_name(kMachine);
    machine->set_subject("integrations/oa");
    machine->add_units("*");
    machine->add_roles("service");
    return config;
  }

  // What a call without a token is answered: RESOURCE_NOT_FOUND when it was let in.
  static absl::Status Ask(const std::string& address, const client::Transport& transport,
                          const std::string& token = "") {
    client::Client client(client::MakeChannel(address, transport),
                          [token]() -> absl::StatusOr<std::string> { return token; });
    ledger::v1::GetCheckpointRequest request;
    request.set_name("units/none/ledgers/none");
    return testing::Call<ledger::v1::LedgerService>(
               client, &ledger::v1::LedgerService::Stub::GetCheckpoint, request)
        .status();
  }
  absl::Status AskAs(const std::string& address, const std::string& certificate) {
    auto transport = client::Transport::Tls(pki_.Client(certificate));
    if (!transport.ok()) return transport.status();
    return Ask(address, *transport);
  }

  testing::TempFolder folder_;
  Pki pki_{folder_.path(), "school-ca"};
};

TEST_F(TlsTest, ACertificateTellsWhoAProgramIs) {
  testing::TestServer server({}, Config());
  pki_.Issue("oa", {absl::StrCat("URI:", kMachine)});
  EXPECT_THAT(AskAs(server.address(), "oa"), FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
}

TEST_F(TlsTest, OnlyTheAlternativeNamesCountAndOnlyWhole) {
  testing::TestServer server({}, Config());
  const std::vector<std::vector<std::string>> strangers = {
      {absl::StrCat("URI:", kMachine, "/x")},
      {"URI:spiffe://school/integration"},
      {"DNS:oa"},
      {"URI:SPIFFE://school/integration/oa"},
  };
  for (const auto& names : strangers) {
    // The common name is the file's.
    pki_.Issue("stranger", names);
    EXPECT_THAT(AskAs(server.address(), "stranger"), FailsWith(ERROR_REASON_TOKEN_MISSING))
        << names[0];
  }
}

TEST_F(TlsTest, ATokenComesBeforeTheCertificate) {
  testing::TestServer server({}, Config());
  pki_.Issue("oa", {absl::StrCat("URI:", kMachine)});
  const auto transport = client::Transport::Tls(pki_.Client("oa"));
  ASSERT_TRUE(transport.ok()) << transport.status();
  EXPECT_THAT(Ask(server.address(), *transport, "not.a.token"),
              FailsWith(ERROR_REASON_TOKEN_INVALID));
}

TEST_F(TlsTest, WithoutACertificateATokenIsNeeded) {
  testing::TestServer server({}, Config());
  EXPECT_THAT(AskAs(server.address(), ""), FailsWith(ERROR_REASON_TOKEN_MISSING));
}

TEST_F(TlsTest, ConnectionsThatDoNotProveThemselvesNeverReachTheServer) {
  testing::TestServer server({}, Config(/*required=*/true));
  const std::vector<std::string> names = {absl::StrCat("URI:", kMachine)};
  pki_.Issue("good", names);
  EXPECT_THAT(AskAs(server.address(), "good"), FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));

  pki_.Issue("expired", names, {.age = absl::Hours(24) * 40, .days = 30});
  pki_.Issue("future", names, {.age = -absl::Hours(24)});
  pki_.Issue("server-only", names, {.for_clients = false});
  const Pki foreign(folder_.path(), "foreign-ca");
  foreign.Issue("foreign", names);
  for (const char* certificate : {"", "expired", "future", "server-only", "foreign"}) {
    EXPECT_TRUE(absl::IsUnavailable(AskAs(server.address(), certificate))) << certificate;
  }
  EXPECT_TRUE(absl::IsUnavailable(Ask(server.address(), client::Transport()))) << "plain text";
  // And the server goes on.
  EXPECT_THAT(AskAs(server.address(), "good"), FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
}

TEST_F(TlsTest, ClientsRefuseServersThatAreNotWhomTheyCalled) {
  config::v1::ServerConfig config = Config();
  pki_.Issue("server", {"DNS:another.example"});
  testing::TestServer elsewhere({}, config);
  EXPECT_TRUE(absl::IsUnavailable(AskAs(elsewhere.address(), "")));
  pki_.Issue("server", {"IP:127.0.0.1"}, {.for_servers = false});
  testing::TestServer no_server({}, config);
  EXPECT_TRUE(absl::IsUnavailable(AskAs(no_server.address(), "")));
  pki_.Issue("server", {"IP:127.0.0.1"}, {.age = absl::Hours(24) * 40, .days = 30});
  testing::TestServer expired({}, config);
  EXPECT_TRUE(absl::IsUnavailable(AskAs(expired.address(), "")));
}

TEST_F(TlsTest, CertificatesAreReadAgainWithoutARestart) {
  testing::TestServer server({}, Config());
  // What the server shows from now on only who trusts the other authority takes.
  const Pki other(folder_.path(), "other-ca");
  const auto transport = client::Transport::Tls(other.Client(""));
  ASSERT_TRUE(transport.ok()) << transport.status();
  EXPECT_TRUE(absl::IsUnavailable(Ask(server.address(), *transport)));
  other.Issue("server", {"IP:127.0.0.1"});
  absl::Status last;
  const absl::Time deadline = absl::Now() + absl::Seconds(60);
  do {
    last = Ask(server.address(), *transport);
  } while (absl::IsUnavailable(last) && absl::Now() < deadline);
  EXPECT_THAT(last, FailsWith(ERROR_REASON_TOKEN_MISSING));
}

TEST_F(TlsTest, ServicesOfOneProcessNeedNoCertificates) {
  // The reflection of the whole and the followers go over a socket of the machine; the server
  // starts and stops with TLS that lets nobody else in.
  testing::TestServer server({}, Config(/*required=*/true));
  server.Restart();
  pki_.Issue("oa", {absl::StrCat("URI:", kMachine)});
  EXPECT_THAT(AskAs(server.address(), "oa"), FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
}

TEST(CredentialsOf, PlainTextStaysOnTheMachineUnlessAllowed) {
  config::v1::ServerConfig config;
  for (const char* listen : {"127.0.0.1:0", "[::1]:0", "localhost:7100", "unix:/run/x"}) {
    config.set_listen(listen);
    EXPECT_TRUE(CredentialsOf(config).ok()) << listen;
  }
  for (const char* listen : {"0.0.0.0:7100", "[::]:7100", "10.0.0.1:7100", "school.example:7100"}) {
    config.set_listen(listen);
    config.set_allow_plaintext(false);
    EXPECT_THAT(CredentialsOf(config), FailsWith(ERROR_REASON_INVALID_FIELD)) << listen;
    config.set_allow_plaintext(true);
    EXPECT_TRUE(CredentialsOf(config).ok()) << listen;
  }
}

TEST(CredentialsOf, ItIsSaidLoudlyAtEachStart) {
  config::v1::ServerConfig config;
  config.set_listen("0.0.0.0:7100");
  config.set_allow_plaintext(true);
  ::testing::internal::CaptureStderr();
  EXPECT_TRUE(CredentialsOf(config).ok());
  EXPECT_TRUE(CredentialsOf(config).ok());
  const std::string log = ::testing::internal::GetCapturedStderr();
  const size_t first = log.find("plaintext_allowed");
  ASSERT_NE(first, std::string::npos) << log;
  EXPECT_NE(log.find("plaintext_allowed", first + 1), std::string::npos);
  EXPECT_THAT(log, HasSubstr("UNENCRYPTED"));
}

TEST(CredentialsOf, UpstreamsBeyondTheMachineNeedTlsToo) {
  config::v1::ServerConfig config;
  config.set_listen("127.0.0.1:0");
  auto* upstream = config.add_upstreams();
  upstream->set_service("risk");
  upstream->set_endpoint("10.0.0.2:7100");
  EXPECT_THAT(CredentialsOf(config), FailsWith(ERROR_REASON_INVALID_FIELD));
  config.mutable_client_tls();
  EXPECT_TRUE(CredentialsOf(config).ok());
}

TEST_F(TlsTest, SaysWhichFileIsNotUsable) {
  const auto refused = [&](auto change) {
    config::v1::ServerConfig config = Config(/*required=*/true);
    config.set_listen("127.0.0.1:0");
    change(*config.mutable_tls());
    return std::string(CredentialsOf(config).status().message());
  };
  EXPECT_THAT(refused([](auto& tls) { tls.set_certificate_file("/none.pem"); }),
              HasSubstr("/none.pem"));
  EXPECT_THAT(refused([](auto& tls) { tls.set_key_file("/none.key"); }), HasSubstr("/none.key"));
  EXPECT_THAT(refused([](auto& tls) { tls.set_client_ca_file("/none.ca"); }),
              HasSubstr("/none.ca"));
  EXPECT_THAT(refused([](auto& tls) { tls.clear_client_ca_file(); }), HasSubstr("client_ca_file"));
  pki_.Issue("other", {"IP:127.0.0.1"});
  EXPECT_THAT(refused([&](auto& tls) { tls.set_key_file(pki_.Path("other.key")); }),
              HasSubstr("is not the key of"));
}

TEST_F(TlsTest, MachinesThatMakeNoSenseAreRefused) {
  config::v1::RolesPolicy roles;
  roles.add_roles()->set_name("service");
  EXPECT_EQ(MachinesOf(Config(), roles)->size(), 1U);
  const auto refused = [&](auto change) {
    config::v1::ServerConfig config = Config();
    change(config);
    return !MachinesOf(config, roles).ok();
  };
  EXPECT_TRUE(refused([](auto& c) { c.mutable_machines(0)->clear_certificate_name(); }));
  EXPECT_TRUE(refused([](auto& c) { c.mutable_machines(0)->clear_subject(); }));
  EXPECT_TRUE(refused([](auto& c) { c.mutable_machines(0)->clear_units(); }));
  EXPECT_TRUE(refused([](auto& c) { c.mutable_machines(0)->add_roles("no_such_role"); }));
  EXPECT_TRUE(refused([](auto& c) { *c.add_machines() = c.machines(0); }));
  EXPECT_TRUE(refused([](auto& c) { c.mutable_machines(0)->set_subject("units/u/persons/p"); }));
  EXPECT_TRUE(refused([](auto& c) { c.mutable_tls()->clear_client_ca_file(); }));
}

TEST_F(TlsTest, TheGaugeSaysWhenCertificatesExpire) {
  obs::Metrics metrics;
  const config::v1::ServerConfig config = Config();
  const auto watch = WatchCertificates(config, &metrics);
  ASSERT_NE(watch, nullptr);
  metrics.Read();
  const auto leaf = crypto::ReadCertificates(pki_.Path("server.pem"));
  obs::Gauge* server = metrics.GetGauge(obs::kCertificateExpiry, {"server"});
  EXPECT_EQ(server->value(), absl::ToUnixSeconds(leaf->front().not_after));
  EXPECT_GT(metrics.GetGauge(obs::kCertificateExpiry, {"client_ca"})->value(), server->value());
  std::remove(pki_.Path("server.pem").c_str());
  metrics.Read();
  EXPECT_EQ(server->value(), 0);
}

}  // namespace
}  // namespace lianfang::server
