#include "common/server/storage.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/sql/mysql.h"
#include "common/sql/sqlite.h"
#include "common/status/error.h"

namespace lianfang::server {
namespace {

constexpr char kDefaultPrefix[] = "lianfang_";
constexpr int kMostWriters = 16;

absl::StatusOr<std::string> ReadPassword(const std::string& path) {
  if (path.empty()) return std::string();
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  if (!file || !(text << file.rdbuf())) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "storage.mysql.password_file",
                      absl::StrCat("无法读取密码文件 ", path, "。"),
                      absl::StrCat("cannot be read: ", path));
  }
  std::string whole = text.str();
  absl::string_view password = whole;
  if (absl::ConsumeSuffix(&password, "\n")) absl::ConsumeSuffix(&password, "\r");
  return std::string(password);
}

// The name becomes part of a statement that makes the database.
absl::Status CheckDatabaseName(absl::string_view name) {
  const bool plain = std::all_of(name.begin(), name.end(),
                                 [](char c) { return absl::ascii_isalnum(c) || c == '_'; });
  if (plain && name.size() <= 64) return absl::OkStatus();
  return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "storage.mysql.database_prefix",
                    "只能用字母、数字和下划线，连同服务名不超过 64 个字符。",
                    "takes letters, digits and underscores, with the service's name at most 64.");
}

absl::StatusOr<std::unique_ptr<sql::Database>> OpenOnServer(const config::v1::MysqlStorage& config,
                                                            absl::string_view service, bool make) {
  sql::MysqlOptions options;
  options.make = make;
  options.hosts.assign(config.hosts().begin(), config.hosts().end());
  options.user = config.user();
  LF_ASSIGN_OR_RETURN(options.password, ReadPassword(config.password_file()));
  options.database = absl::StrCat(
      config.database_prefix().empty() ? kDefaultPrefix : config.database_prefix(), service);
  LF_RETURN_IF_ERROR(CheckDatabaseName(options.database));
  options.tls_ca_file = config.tls().ca_file();
  options.tls_certificate_file = config.tls().certificate_file();
  options.tls_key_file = config.tls().key_file();
  if (config.connect_timeout_seconds() > 0) {
    options.connect_timeout = absl::Seconds(config.connect_timeout_seconds());
  }
  if (config.io_timeout_seconds() > 0) {
    options.io_timeout = absl::Seconds(config.io_timeout_seconds());
  }
  if (config.writers() > 0) options.writers = std::min(config.writers(), kMostWriters);
  return sql::OpenMysql(std::move(options));
}

}  // namespace

std::string StorageFile(const config::v1::ServerConfig& config, absl::string_view service) {
  return absl::StrCat(config.data_dir(), "/", service, ".db");
}

absl::StatusOr<std::unique_ptr<sql::Database>> OpenStorage(const config::v1::ServerConfig& config,
                                                           absl::string_view service) {
  if (config.storage().has_mysql()) {
    return OpenOnServer(config.storage().mysql(), service, /*make=*/true);
  }
  return sql::OpenSqlite(StorageFile(config, service));
}

absl::StatusOr<std::unique_ptr<sql::Database>> OpenExistingStorage(
    const config::v1::ServerConfig& config, absl::string_view service) {
  std::unique_ptr<sql::Database> none;
  if (config.storage().has_mysql()) {
    auto opened = OpenOnServer(config.storage().mysql(), service, /*make=*/false);
    if (absl::IsNotFound(opened.status())) return none;
    return opened;
  }
  const std::string path = StorageFile(config, service);
  struct stat info {};
  if (stat(path.c_str(), &info) != 0 && errno == ENOENT) return none;
  return sql::OpenSqlite(path);
}

}  // namespace lianfang::server
