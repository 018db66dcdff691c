// What changed beneath a record, for its marks.
#pragma once

#include <string>

#include "lianfang/common/v1/types.pb.h"

namespace lianfang::grading {

struct Cause {
  common::v1::MarkCause cause = common::v1::MARK_CAUSE_UNSPECIFIED;
  std::string source;  // resource name of what changed
  std::string reason;  // in one line of Chinese
};

}  // namespace lianfang::grading
