#include "services/risk/domain/power_rules.h"

#include "absl/strings/ascii.h"
#include "common/status/error.h"
#include "services/risk/domain/categories.h"

namespace lianfang::risk {

absl::Status CheckPower(const risk::v1::Power& power, absl::string_view unit_id) {
  if (!power.department().empty()) {
    LF_RETURN_IF_ERROR(CheckUnit(power.department(), unit_id, "power.department"));
  }
  if (!power.responsible_post().empty()) {
    LF_RETURN_IF_ERROR(CheckUnit(power.responsible_post(), unit_id, "power.responsible_post"));
  }
  if (power.disclosure().scope() == common::v1::PUBLICITY_SCOPE_NONE &&
      absl::StripAsciiWhitespace(power.disclosure().withheld_reason()).empty()) {
    return FieldError(common::v1::ERROR_REASON_REQUIRED_FIELD, "power.disclosure.withheld_reason",
                      "不公开的职权必须说明理由。", "must say why the power is not made public.");
  }
  return absl::OkStatus();
}

}  // namespace lianfang::risk
