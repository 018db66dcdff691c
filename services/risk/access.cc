#include "services/risk/access.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "common/directory/date.h"
#include "common/directory/lookup.h"
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

bool IsStaffOnly(const auth::Identity& caller) {
  return std::all_of(caller.roles.begin(), caller.roles.end(),
                     [](const std::string& role) { return role == "staff"; });
}

absl::Status CheckSeesOf(const auth::Identity& caller, store::Reader& reader, absl::Time now,
                         absl::string_view owner, absl::string_view department) {
  if (!IsStaffOnly(caller)) return absl::OkStatus();
  LF_ASSIGN_OR_RETURN(const std::vector<personnel::v1::Post> posts,
                      directory::PostsOf(reader, caller.subject,
                                         directory::DateOf(now, directory::SchoolTimeZone())));
  for (const personnel::v1::Post& post : posts) {
    if (post.name() == owner || (!department.empty() && post.department() == department)) {
      return absl::OkStatus();
    }
  }
  return MakeError(common::v1::ERROR_REASON_NOT_RECORD_OWNER,
                   "教职工只能查看本岗位和本科室的记录。",
                   "Staff see the records of their own posts and departments only.");
}

}  // namespace lianfang::risk
