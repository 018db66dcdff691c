#include "services/risk/access.h"

#include <algorithm>
#include <iterator>

#include "common/status/error.h"

namespace lianfang::risk {

bool SeesAllForms(const auth::Identity& caller) {
  static constexpr absl::string_view kOwnFormsOnly[] = {"staff", "department_head",
                                                        "vice_principal", "leading_group"};
  return std::any_of(caller.roles.begin(), caller.roles.end(), [](const std::string& role) {
    return std::find(std::begin(kOwnFormsOnly), std::end(kOwnFormsOnly), role) ==
           std::end(kOwnFormsOnly);
  });
}

absl::Status CheckSees(const auth::Identity& caller, absl::string_view person) {
  if (SeesAllForms(caller) || caller.subject == person) return absl::OkStatus();
  return MakeError(common::v1::ERROR_REASON_NOT_RECORD_OWNER, "教职工只能查看本人的自查表。",
                   "Staff see their own self-checks only.");
}

absl::Status CheckIsSelf(const auth::Identity& caller, absl::string_view person) {
  if (caller.subject == person) return absl::OkStatus();
  return MakeError(common::v1::ERROR_REASON_NOT_RECORD_OWNER,
                   "自查表只能由本人填写、修改、提交和撤回。",
                   "A self-check is written, changed, handed in and taken back by the person "
                   "himself only.");
}

}  // namespace lianfang::risk
