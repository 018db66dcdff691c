#include "services/risk/domain/filing_rules.h"

#include "absl/strings/str_cat.h"
#include "common/status/error.h"

namespace lianfang::risk {

using risk::v1::FilingState;

namespace {

absl::Status Illegal(FilingState state, absl::string_view name, absl::string_view zh,
                     absl::string_view en) {
  return ErrorBuilder(common::v1::ERROR_REASON_ILLEGAL_TRANSITION,
                      absl::StrCat("目前为“", Chinese(state), "”，", zh),
                      absl::StrCat("It is ", risk::v1::FilingState_Name(state), "; ", en))
      .Meta("resource", name)
      .Meta("state", risk::v1::FilingState_Name(state));
}

}  // namespace

absl::string_view Chinese(FilingState state) {
  switch (state) {
    case risk::v1::FILING_STATE_DRAFT:
      return "草稿";
    case risk::v1::FILING_STATE_SUBMITTED:
      return "审核中";
    case risk::v1::FILING_STATE_RETURNED:
      return "已退回";
    case risk::v1::FILING_STATE_FILED:
      return "已备案";
    case risk::v1::FILING_STATE_COMPILED:
      return "已汇编";
    case risk::v1::FILING_STATE_ARCHIVED:
      return "已归档";
    default:
      return "未知";
  }
}

bool IsFiled(FilingState state) {
  return state == risk::v1::FILING_STATE_FILED || state == risk::v1::FILING_STATE_COMPILED;
}

absl::Status CheckChangeable(FilingState state, absl::string_view name) {
  if (state == risk::v1::FILING_STATE_SUBMITTED || state == risk::v1::FILING_STATE_ARCHIVED) {
    return Illegal(state, name, "审核中或已归档的不能修改。",
                   "what is under review or archived cannot be changed.");
  }
  return absl::OkStatus();
}

FilingState AfterChange(FilingState state) {
  return IsFiled(state) ? risk::v1::FILING_STATE_DRAFT : state;
}

absl::Status CheckArchivable(FilingState state, absl::string_view name) {
  if (state == risk::v1::FILING_STATE_SUBMITTED || state == risk::v1::FILING_STATE_ARCHIVED) {
    return Illegal(state, name, "审核中的不能归档，已归档的不能再次归档。",
                   "what is under review, or archived already, cannot be archived.");
  }
  return absl::OkStatus();
}

}  // namespace lianfang::risk
