#include "common/crypto/certificate.h"

#include "absl/time/clock.h"
#include "common/crypto/key_test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::crypto {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

LeafRequest Request() {
  return {.common_name = "school",
          .names = {"DNS:lianfang.school.example", "IP:10.1.2.3", "IP:::1",
                    "URI:spiffe://school/services/risk"},
          .for_servers = true,
          .for_clients = true,
          .days = 365};
}

class CertificateTest : public ::testing::Test {
 protected:
  CertificateTest() : authority_(*MakeAuthority("school CA", now_, 3650)) {}

  absl::StatusOr<std::vector<CertificateInfo>> ReadBack(const std::string& pem) {
    WriteFile(folder_.File("read.pem"), pem, 0644);
    return ReadCertificates(folder_.File("read.pem"));
  }

  const absl::Time now_ = absl::FromUnixSeconds(1'780'000'000);
  KeyDirectory folder_;
  CertificateAndKey authority_;
};

TEST_F(CertificateTest, ALeafSaysWhatWasAsked) {
  const auto leaf = IssueLeaf(Request(), authority_, now_);
  ASSERT_TRUE(leaf.ok()) << leaf.status();
  const auto read = ReadBack(leaf->certificate);
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->size(), 1U);
  const CertificateInfo& info = read->front();
  EXPECT_EQ(info.subject, "school");
  EXPECT_EQ(info.issuer, "school CA");
  EXPECT_THAT(info.names, ElementsAre("DNS:lianfang.school.example", "IP:10.1.2.3", "IP:::1",
                                      "URI:spiffe://school/services/risk"));
  EXPECT_EQ(info.not_after, now_ + absl::Hours(24) * 365);
  EXPECT_LE(info.not_before, now_);
  EXPECT_FALSE(info.authority);
  EXPECT_TRUE(info.for_servers);
  EXPECT_TRUE(info.for_clients);
  EXPECT_EQ(info.serial.size(), 32U);
}

TEST_F(CertificateTest, AnAuthoritySaysThatItIsOne) {
  const auto read = ReadBack(authority_.certificate);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(read->front().authority);
}

TEST_F(CertificateTest, SerialsDiffer) {
  const auto a = ReadBack(IssueLeaf(Request(), authority_, now_)->certificate);
  const auto b = ReadBack(IssueLeaf(Request(), authority_, now_)->certificate);
  EXPECT_NE(a->front().serial, b->front().serial);
}

TEST_F(CertificateTest, ALeafEndsWithItsAuthority) {
  const absl::Time late = now_ + absl::Hours(24) * 3600;
  const auto read = ReadBack(IssueLeaf(Request(), authority_, late)->certificate);
  EXPECT_EQ(read->front().not_after, now_ + absl::Hours(24) * 3650);
  EXPECT_FALSE(IssueLeaf(Request(), authority_, now_ + absl::Hours(24) * 3651).ok());
}

TEST_F(CertificateTest, ForOneUseOnly) {
  LeafRequest request = Request();
  request.for_servers = false;
  const auto read = ReadBack(IssueLeaf(request, authority_, now_)->certificate);
  EXPECT_FALSE(read->front().for_servers);
  EXPECT_TRUE(read->front().for_clients);
}

TEST_F(CertificateTest, RefusesWhatMakesNoSense) {
  const auto refused = [&](auto change) {
    LeafRequest request = Request();
    change(request);
    return !IssueLeaf(request, authority_, now_).ok();
  };
  EXPECT_TRUE(refused([](LeafRequest& r) { r.days = kMaxLeafDays + 1; }));
  EXPECT_TRUE(refused([](LeafRequest& r) { r.days = 0; }));
  EXPECT_TRUE(refused([](LeafRequest& r) { r.names.clear(); }));
  EXPECT_TRUE(refused([](LeafRequest& r) { r.common_name = ""; }));
  EXPECT_TRUE(refused([](LeafRequest& r) { r.for_servers = r.for_clients = false; }));
}

TEST(CheckCertificateName, Table) {
  for (const char* name : {"DNS:a.example", "DNS:localhost", "IP:127.0.0.1", "IP:::1",
                           "URI:spiffe://school/services/risk", "URI:https://a.example:7100/x"}) {
    EXPECT_TRUE(CheckCertificateName(name).ok()) << name;
  }
  // Also what the library would read as further names or as a reference to a file's section.
  for (const char* name :
       {"", "a.example", "DNS:", "DNS:a,URI:spiffe://x", "DNS:a\nDNS:b", "IP:1.2.3",
        "IP:", "URI:", "URI:spiffe", "URI://x", "URI:spiffe://", "dns:a", "email:a@b",
        "otherName:1.2;UTF8:x", "DNS:学校.example", "dirName:section"}) {
    EXPECT_FALSE(CheckCertificateName(name).ok()) << name;
  }
}

TEST_F(CertificateTest, KeyAndCertificateMustFit) {
  const auto leaf = *IssueLeaf(Request(), authority_, now_);
  const auto other = *IssueLeaf(Request(), authority_, now_);
  WriteFile(folder_.File("leaf.pem"), leaf.certificate, 0644);
  WriteFile(folder_.File("leaf.key"), leaf.key, 0600);
  WriteFile(folder_.File("other.key"), other.key, 0600);
  WriteFile(folder_.File("open.key"), leaf.key, 0644);
  EXPECT_TRUE(CheckPair(folder_.File("leaf.pem"), folder_.File("leaf.key")).ok());
  EXPECT_THAT(std::string(CheckPair(folder_.File("leaf.pem"), folder_.File("other.key")).message()),
              HasSubstr("is not the key of"));
  EXPECT_FALSE(CheckPair(folder_.File("leaf.pem"), folder_.File("open.key")).ok());
  EXPECT_FALSE(CheckPair(folder_.File("none.pem"), folder_.File("leaf.key")).ok());
  EXPECT_FALSE(CheckPair(folder_.File("leaf.key"), folder_.File("leaf.key")).ok());
}

TEST_F(CertificateTest, ReadsAllOfABundleAndNothingElse) {
  const auto leaf = *IssueLeaf(Request(), authority_, now_);
  EXPECT_EQ(ReadBack(leaf.certificate + authority_.certificate)->size(), 2U);
  EXPECT_FALSE(ReadBack("").ok());
  EXPECT_FALSE(ReadBack("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").ok());
  EXPECT_FALSE(ReadBack(std::string(2 << 20, 'A')).ok());
}

}  // namespace
}  // namespace lianfang::crypto
