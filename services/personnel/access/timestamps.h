// Instants as records hold them.
#pragma once

#include "absl/time/time.h"
#include "google/protobuf/util/time_util.h"

namespace lianfang::personnel {

inline google::protobuf::Timestamp TimestampOf(absl::Time time) {
  return google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(time));
}

}  // namespace lianfang::personnel
