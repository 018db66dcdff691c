#include "common/access/place.h"

#include <algorithm>
#include <map>
#include <vector>

#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/status/error.h"

namespace lianfang::access {
namespace {

using personnel::v1::Department;

// Longest chain of departments that is followed upwards; the directory has no cycles.
constexpr int kMaxDepth = 32;

bool Contains(const std::vector<std::string>& names, absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The leader in charge of a department is its own or, when it has none, that of the nearest above.
const std::string& LeaderOf(const std::map<std::string, const Department*>& all,
                            const Department* department) {
  static const std::string* nobody = new std::string();
  for (int depth = 0; department != nullptr && depth < kMaxDepth; ++depth) {
    if (!department->vice_principal().empty()) return department->vice_principal();
    const auto above = all.find(department->parent());
    department = above == all.end() ? nullptr : above->second;
  }
  return *nobody;
}

}  // namespace

absl::StatusOr<Place> PlaceOf(store::Reader& reader, absl::string_view unit_id,
                              absl::string_view subject, absl::Time now) {
  Place place;
  if (IdIn("persons", subject).empty() || UnitIdOf(subject) != unit_id) return place;
  LF_ASSIGN_OR_RETURN(
      const auto posts,
      directory::PostsOf(reader, subject, directory::DateOf(now, directory::SchoolTimeZone())));
  for (const personnel::v1::Post& post : posts) {
    place.posts.push_back(post.name());
    if (!post.department().empty() && !Contains(place.departments, post.department())) {
      place.departments.push_back(post.department());
    }
  }
  LF_ASSIGN_OR_RETURN(
      const std::vector<Department> departments,
      directory::ListAll<Department>(reader, directory::DepartmentKind(), unit_id, {}));
  std::map<std::string, const Department*> by_name;
  for (const Department& department : departments) by_name[department.name()] = &department;
  for (const Department& department : departments) {
    if (department.head() == subject) place.heads.push_back(department.name());
    if (LeaderOf(by_name, &department) == subject) place.in_charge.push_back(department.name());
  }
  return place;
}

absl::StatusOr<const Place*> Viewer::place() {
  if (!place_) {
    LF_ASSIGN_OR_RETURN(place_, PlaceOf(*reader_, unit_id_, caller_->subject, now_));
  }
  return &*place_;
}

absl::Status Viewer::May(Action action, const Facts& facts) {
  if (RolesSuffice(*caller_, action)) return Check(*caller_, Place(), action, facts);
  LF_ASSIGN_OR_RETURN(const Place* where, place());
  return Check(*caller_, *where, action, facts);
}

absl::Status Viewer::May(Action action, Action see, const Facts& facts) {
  const absl::Status status = May(action, facts);
  if (status.ok() || ReasonOf(status) == common::v1::ERROR_REASON_INTERNAL) return status;
  LF_RETURN_IF_ERROR(May(see, facts));
  return status;
}

absl::StatusOr<bool> Viewer::Sees(Action action, const Facts& facts) {
  const absl::Status status = May(action, facts);
  if (status.ok()) return true;
  if (ReasonOf(status) == common::v1::ERROR_REASON_RESOURCE_NOT_FOUND) return false;
  return status;
}

}  // namespace lianfang::access
