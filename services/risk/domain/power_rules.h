// Powers: rows of 《科室廉政风险防控职权目录表》(附件7).
// 「明确职权名称、内容、行使主体和行使依据等」
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lianfang/risk/v1/power.pb.h"

namespace lianfang::risk {

// INVALID_FIELD when the department or the post is of another unit; REQUIRED_FIELD
// `power.disclosure.withheld_reason` when the power is kept from the public without a reason.
absl::Status CheckPower(const risk::v1::Power& power, absl::string_view unit_id);

}  // namespace lianfang::risk
