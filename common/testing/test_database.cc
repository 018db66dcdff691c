#include "common/testing/test_database.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "common/crypto/random.h"
#include "common/message/text_proto.h"
#include "common/server/random_ids.h"
#include "common/server/storage.h"

namespace lianfang::testing {
namespace {

constexpr char kVariable[] = "LIANFANG_TEST_MYSQL";

const char* Given() {
  const char* text = std::getenv(kVariable);
  return text != nullptr && *text != '\0' ? text : nullptr;
}

}  // namespace

bool OnServer() { return Given() != nullptr; }

config::v1::Storage TestStorage() {
  config::v1::Storage storage;
  const char* text = Given();
  if (text == nullptr) return storage;
  auto* mysql = storage.mutable_mysql();
  const std::string problem = message::ParseTextProto(text, mysql);
  if (!problem.empty()) throw std::runtime_error(absl::StrCat(kVariable, ": ", problem));
  std::string prefix = server::NewUuid(crypto::SystemRandom());
  std::replace(prefix.begin(), prefix.end(), '-', '_');
  mysql->set_database_prefix(absl::StrCat("t_", prefix, "_"));
  return storage;
}

std::unique_ptr<sql::Database> OpenDatabase(const config::v1::Storage& storage,
                                            const std::string& folder, const std::string& service) {
  config::v1::ServerConfig config;
  config.set_data_dir(folder);
  *config.mutable_storage() = storage;
  auto database = server::OpenStorage(config, service);
  if (!database.ok()) throw std::runtime_error(database.status().ToString());
  return *std::move(database);
}

std::unique_ptr<sql::Database> OpenTestDatabase(const std::string& folder) {
  return OpenDatabase(TestStorage(), folder, "test");
}

}  // namespace lianfang::testing
