// Why a database call failed, for whoever decides whether to run it again. What a caller of the API
// reads is the status's reason and text; the kind of failure travels beside them.
#pragma once

#include "absl/status/status.h"

namespace lianfang::sql {

enum class Failure {
  // Not a failure of the database, or one that nothing is known about.
  kNone,
  // The engine gave the transaction up (deadlock, certification, lock wait): nothing of it stands,
  // and the same transaction may succeed now.
  kRetry,
  // The connection is gone. Of a statement before COMMIT nothing stands; of COMMIT itself the
  // outcome is unknown.
  kLost,
  // No server can be reached that serves.
  kUnavailable,
  // A key is there already.
  kDuplicate,
  // What the statement would make (a table, a column, an index) is there already.
  kExists,
  // The engine refuses the data: too long, not UTF-8, NULL where there must be a value.
  kData,
  // No space, or a disk that may not be written.
  kFull,
};

// The status with its kind of failure.
absl::Status WithFailure(absl::Status status, Failure failure);
Failure FailureOf(const absl::Status& status);
// A word for logs and metrics, e.g. `lost`.
absl::string_view FailureWord(Failure failure);

// Errors of both engines, in one wording.
absl::Status StorageFull();
absl::Status StorageBusy(Failure failure);
// No server answers, or the connection was lost: whether a change stands is unknown.
absl::Status StorageUnavailable(Failure failure);

}  // namespace lianfang::sql
