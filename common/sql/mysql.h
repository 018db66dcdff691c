// Servers that speak the MySQL protocol: MariaDB, MySQL, Galera. InnoDB only; every commit is as
// durable as the server is configured to be (innodb_flush_log_at_trx_commit=1).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/sql/database.h"

namespace lianfang::sql {

struct MysqlOptions {
  // `host:port` or `unix:/path`, at least one.
  std::vector<std::string> hosts;
  std::string user;
  std::string password;
  // Name of the database.
  std::string database;
  // Made when it is not there and the account may do so; otherwise NOT_FOUND.
  bool make = true;
  // TLS with the server's certificate checked, when there is a CA file.
  std::string tls_ca_file;
  std::string tls_certificate_file;
  std::string tls_key_file;
  absl::Duration connect_timeout = absl::Seconds(5);
  // Longest silence of a server in the middle of a statement.
  absl::Duration io_timeout = absl::Seconds(15);
  int writers = 1;
};

// Reaches a server once, so that wrong options show at the start.
absl::StatusOr<std::unique_ptr<Database>> OpenMysql(MysqlOptions options);

}  // namespace lianfang::sql
