// What an error number of the MySQL protocol means for us.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/sql/failure.h"

namespace lianfang::sql {

Failure MysqlFailure(int code);

// Logs the server's own text and gives the status that may go further. `doing` names the step, e.g.
// `commit`; no data.
absl::Status MysqlError(int code, absl::string_view text, absl::string_view doing);

// The server forgot the prepared statement, or its tables changed: prepare it again.
bool IsStaleStatement(int code);

}  // namespace lianfang::sql
