// What several rules beside it check and answer.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "common/status/error.h"

namespace lianfang::grading {

inline bool IsBlank(absl::string_view text) { return absl::StripAsciiWhitespace(text).empty(); }

inline absl::Status WrongState(absl::string_view zh, absl::string_view en) {
  return MakeError(common::v1::ERROR_REASON_ILLEGAL_TRANSITION, zh, en);
}

}  // namespace lianfang::grading
