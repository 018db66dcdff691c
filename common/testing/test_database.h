// A service's database in a test: a SQLite file, or a database of its own on the server that the
// environment variable LIANFANG_TEST_MYSQL names (the text form of config.v1.MysqlStorage). So one
// and the same test says of both engines that they do what the suite asks of a database.
#pragma once

#include <memory>
#include <string>

#include "common/sql/database.h"
#include "lianfang/config/v1/config.pb.h"

namespace lianfang::testing {

// Whether tests run against a server.
bool OnServer();

// The storage of the environment; unset for SQLite. Each call gives names that nobody else has.
// Throws when the variable cannot be read: a test cannot go on.
config::v1::Storage TestStorage();

// Opens the database of `service` in `storage`, or in the folder. Opening it again finds the same
// data.
std::unique_ptr<sql::Database> OpenDatabase(const config::v1::Storage& storage,
                                            const std::string& folder, const std::string& service);

// The same with a storage of its own.
std::unique_ptr<sql::Database> OpenTestDatabase(const std::string& folder);

}  // namespace lianfang::testing
