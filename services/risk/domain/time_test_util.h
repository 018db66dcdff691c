// Times for the tests of rules.
#pragma once

#include "google/protobuf/timestamp.pb.h"

namespace lianfang::risk {

inline google::protobuf::Timestamp At(int64_t seconds) {
  google::protobuf::Timestamp time;
  time.set_seconds(seconds);
  return time;
}

}  // namespace lianfang::risk
