#include "common/sql/mysql_errors.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "common/obs/log.h"
#include "common/status/error.h"

namespace lianfang::sql {
namespace {

struct Meaning {
  int code;
  Failure failure;
};

// Sorted by code. From 2000 on they are the client library's.
constexpr Meaning kMeanings[] = {
    {1007, Failure::kExists},       // database exists
    {1020, Failure::kRetry},        // record changed since it was read (snapshot isolation)
    {1021, Failure::kFull},         // disk full
    {1026, Failure::kFull},         // error writing a file
    {1040, Failure::kUnavailable},  // too many connections
    {1047, Failure::kUnavailable},  // node is not ready, not primary or draining
    {1048, Failure::kData},         // NULL
    {1050, Failure::kExists},       // table exists
    {1053, Failure::kLost},         // server shutdown
    {1060, Failure::kExists},       // column exists
    {1061, Failure::kExists},       // index exists
    {1062, Failure::kDuplicate},    // duplicate key
    {1077, Failure::kLost},         // normal shutdown
    {1079, Failure::kLost},         // shutdown complete
    {1105, Failure::kNone},         // unknown error
    {1114, Failure::kFull},         // table full
    {1129, Failure::kUnavailable},  // host blocked
    {1152, Failure::kLost},         // aborted connection
    {1153, Failure::kData},         // packet too large
    {1158, Failure::kLost},         // network read error
    {1159, Failure::kLost},         // network read timeout
    {1160, Failure::kLost},         // network write error
    {1161, Failure::kLost},         // network write timeout
    {1180, Failure::kLost},         // error during COMMIT: the outcome is unknown
    {1203, Failure::kUnavailable},  // too many connections of this user
    {1205, Failure::kRetry},        // lock wait timeout
    {1213, Failure::kRetry},        // deadlock, or another node was faster
    {1264, Failure::kData},         // number out of range
    {1290, Failure::kFull},         // server runs read-only
    {1292, Failure::kData},         // wrong value
    {1300, Failure::kData},         // invalid character string
    {1305, Failure::kRetry},        // no such savepoint: the transaction was ended on the way
    {1317, Failure::kRetry},        // statement was interrupted
    {1366, Failure::kData},         // invalid UTF-8
    {1406, Failure::kData},         // too long
    {1792, Failure::kFull},         // transaction is read-only
    {1836, Failure::kFull},         // read-only mode
    {1927, Failure::kLost},         // connection was killed
    {1969, Failure::kRetry},        // statement took longer than the server allows
    {2002, Failure::kUnavailable},  // no connection by socket
    {2003, Failure::kUnavailable},  // no connection by TCP
    {2005, Failure::kUnavailable},  // unknown host
    {2006, Failure::kLost},         // server has gone away
    {2012, Failure::kUnavailable},  // error in the handshake
    {2013, Failure::kLost},         // lost during a statement
    {2014, Failure::kLost},         // out of step
    {2026, Failure::kUnavailable},  // TLS
    {2027, Failure::kLost},         // malformed packet
    {2055, Failure::kLost},         // lost
    {4031, Failure::kLost},         // idle for too long
};

// Asked for before they are made.
constexpr int kNoDatabase = 1049;
constexpr int kNoTable = 1146;

// The account, its rights or the database are not as configured.
bool IsConfiguration(int code) {
  return code == 1044 || code == 1045 || code == kNoDatabase || code == 1130 || code == 1142 ||
         code == 1227 || code == 1698;
}

}  // namespace

Failure MysqlFailure(int code) {
  const auto* found =
      std::lower_bound(std::begin(kMeanings), std::end(kMeanings), code,
                       [](const Meaning& meaning, int wanted) { return meaning.code < wanted; });
  return found != std::end(kMeanings) && found->code == code ? found->failure : Failure::kNone;
}

bool IsStaleStatement(int code) {
  return code == 1243 || code == 1615 || code == 2030 || code == 2057;
}

absl::Status MysqlError(int code, absl::string_view text, absl::string_view doing) {
  const Failure failure = MysqlFailure(code);
  // Part of the work; and what the server says of a duplicate holds its key.
  const bool usual = failure == Failure::kRetry || failure == Failure::kDuplicate ||
                     failure == Failure::kExists || code == kNoDatabase || code == kNoTable;
  obs::Log(usual ? obs::Level::kDebug : obs::Level::kWarning, "mysql",
           {{"doing", doing},
            {"code", absl::StrCat(code)},
            {"text", failure == Failure::kData ? absl::string_view("refused data") : text}});
  switch (failure) {
    case Failure::kFull:
      return StorageFull();
    case Failure::kRetry:
      return StorageBusy(failure);
    case Failure::kLost:
    case Failure::kUnavailable:
      return StorageUnavailable(failure);
    case Failure::kNone:
      if (IsConfiguration(code)) {
        return MakeError(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE,
                         "数据库拒绝了本服务的账号或库名，请管理员检查 storage.mysql 配置与授权。",
                         "The database refused the account or the database name; check "
                         "storage.mysql and the grants.");
      }
      break;
    case Failure::kDuplicate:
    case Failure::kExists:
    case Failure::kData:
      break;
  }
  return WithFailure(absl::InternalError(absl::StrCat("mysql ", doing, ": ", code)), failure);
}

}  // namespace lianfang::sql
