// What a service is measured against: a program of a few lines that makes the same statements for
// each registration, in a transaction of its own, over a few connections.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/sql/database.h"
#include "common/testing/test_server.h"

namespace lianfang::bench {

class Bare {
 public:
  // More connections are slower on two processors.
  static constexpr int kConnections = 8;

  // A database of its own on the server of the environment, with risk's tables.
  Bare(testing::TestServer& server, int units);

  // Committed registrations a second.
  double PerSecond(absl::Duration duration);

 private:
  void Work(int worker, absl::Time end, int64_t* done);
  absl::Status Register(sql::Connection& connection, const std::string& unit,
                        const std::string& request_id);

  testing::TestServer& server_;
  const int units_;
  testing::TempFolder folder_;
  std::unique_ptr<sql::Database> database_;
  std::vector<std::unique_ptr<sql::Connection>> connections_;
};

}  // namespace lianfang::bench
