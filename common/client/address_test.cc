#include "common/client/address.h"

#include "common/client/client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::client {
namespace {

TEST(IsLocal, KnowsWhatStaysInThisMachine) {
  for (const char* address :
       {"127.0.0.1:7100", "127.8.9.10:0", "localhost:7100", "LocalHost:1", "[::1]:7100",
        "unix:/run/lianfang/socket", "unix-abstract:name", "ipv4:127.0.0.1:1",
        "ipv4:127.0.0.1:1,127.0.0.2:3", "ipv6:[::1]:1,[::1]:2"}) {
    EXPECT_TRUE(IsLocal(address)) << address;
  }
}

TEST(IsLocal, TakesWhateverElseForAStrangersAddress) {
  for (const char* address : {"0.0.0.0:7100",
                              "[::]:7100",
                              "10.0.0.1:7100",
                              "127.0.0.1",
                              "127.0.0.1.example:7100",
                              "localhost.example:7100",
                              "dns:///localhost:7100",
                              "127.1:7100",
                              "2130706433:7100",
                              "0x7f000001:1",
                              "::1:7100",
                              "[::ffff:127.0.0.1]:7100",
                              "",
                              ":7100",
                              "*:7100",
                              "ipv4:127.0.0.1:1,10.0.0.1:1",
                              "128.0.0.1:1",
                              "ipv4:",
                              "ipv4:127.0.0.1:1,",
                              "ipv4:127.0.0.1",
                              "127.0.0.1:1,127.0.0.1:2",
                              "ipv6:[::1]:1,[fe80::1]:1",
                              "ipv4:localhost:1"}) {
    EXPECT_FALSE(IsLocal(address)) << address;
  }
}

TEST(Transport, PlainTextLeavesTheMachineOnlyWhenAllowed) {
  EXPECT_TRUE(Transport().MayReach("127.0.0.1:1").ok());
  EXPECT_FALSE(Transport().MayReach("10.0.0.1:1").ok());
  EXPECT_EQ(Transport().CredentialsFor("10.0.0.1:1"), nullptr);
  EXPECT_TRUE(Transport::PlainAnywhere().MayReach("10.0.0.1:1").ok());
}

TEST(Transport, ARefusedChannelFailsItsCallsAndNothingElse) {
  const auto channel = MakeChannel("10.0.0.1:1");
  ASSERT_NE(channel, nullptr);
  EXPECT_FALSE(channel->WaitForConnected(std::chrono::system_clock::now()));
}

TEST(Transport, SaysWhichFileIsNotUsable) {
  config::v1::ClientTls tls;
  tls.set_ca_file("/nonexistent/ca.pem");
  const auto transport = Transport::Tls(tls);
  EXPECT_THAT(std::string(transport.status().message()),
              ::testing::HasSubstr("/nonexistent/ca.pem"));
}

}  // namespace
}  // namespace lianfang::client
