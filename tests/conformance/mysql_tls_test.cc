// A database server behind TLS: whoever cannot prove to be it gets nothing. Runs by
// `with_mariadb --tls`, which says where another CA's certificate is.
#include <cstdlib>
#include <string>

#include "common/server/storage.h"
#include "common/testing/test_database.h"
#include "common/testing/test_server.h"

namespace lianfang::sql {
namespace {

using testing::FailsWith;
using testing::IsOk;

class MysqlTlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    *config_.mutable_storage() = testing::TestStorage();
    ASSERT_FALSE(mysql().tls().ca_file().empty())
        << "run it by tests/conformance/with_mariadb --tls";
  }
  config::v1::MysqlStorage& mysql() { return *config_.mutable_storage()->mutable_mysql(); }
  absl::StatusOr<std::unique_ptr<Database>> Open() { return server::OpenStorage(config_, "test"); }

  config::v1::ServerConfig config_;
};

TEST_F(MysqlTlsTest, TheConnectionIsEncrypted) {
  const auto database = Open();
  ASSERT_THAT(database, IsOk());
  const auto connection = (*database)->Connect();
  ASSERT_THAT(connection, IsOk());
  std::string cipher;
  ASSERT_THAT((*connection)
                  ->Query("SELECT variable_value FROM information_schema.session_status WHERE "
                          "variable_name = ?",
                          {Param::Text("Ssl_cipher")},
                          [&](const Row& row) {
                            cipher = std::string(row.Data(0));
                            return absl::OkStatus();
                          }),
              IsOk());
  EXPECT_NE(cipher, "");
}

TEST_F(MysqlTlsTest, ACertificateOfAnotherCaIsRefused) {
  mysql().mutable_tls()->set_ca_file(std::getenv("LIANFANG_TEST_OTHER_CA"));
  EXPECT_THAT(Open(), FailsWith(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE));
}

TEST_F(MysqlTlsTest, ACertificateOfAnotherHostIsRefused) {
  // The same server under a name that its certificate does not have.
  const std::string host = mysql().hosts(0);
  mysql().set_hosts(0, "127.0.0.2" + host.substr(host.rfind(':')));
  EXPECT_THAT(Open(), FailsWith(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE));
}

TEST_F(MysqlTlsTest, PlainTextIsRefusedByTheServer) {
  mysql().clear_tls();
  EXPECT_FALSE(Open().ok());
}

TEST_F(MysqlTlsTest, AMissingCaFileIsAnErrorAndNoPlainText) {
  mysql().mutable_tls()->set_ca_file("/nonexistent/ca.pem");
  EXPECT_FALSE(Open().ok());
}

TEST_F(MysqlTlsTest, AClientWithoutItsCertificateIsRefused) {
  mysql().mutable_tls()->clear_certificate_file();
  mysql().mutable_tls()->clear_key_file();
  EXPECT_THAT(Open(), FailsWith(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE));
}

}  // namespace
}  // namespace lianfang::sql
