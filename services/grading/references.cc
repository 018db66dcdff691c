#include "services/grading/references.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/directory/directory_kinds.h"
#include "common/rpc/service.h"
#include "common/status/error.h"

namespace lianfang::grading {

using personnel::v1::Department;
using personnel::v1::Person;

absl::Status UnknownReference(absl::string_view name, absl::string_view upstream) {
  return rpc::MaybeBehind(
      ErrorBuilder(common::v1::ERROR_REASON_REFERENCE_NOT_FOUND, absl::StrCat("没有 ", name, "。"),
                   absl::StrCat("There is no ", name, "."))
          .Meta("resource", name),
      upstream);
}

absl::StatusOr<Department> UsedDepartment(store::Reader& reader, absl::string_view unit_id,
                                          const std::string& name) {
  if (UnitIdOf(name) != unit_id) return UnknownReference(name, "personnel");
  LF_ASSIGN_OR_RETURN(auto department, reader.Find<Department>(directory::DepartmentKind(), name));
  if (!department || department->state() != personnel::v1::RECORD_STATE_ACTIVE) {
    return UnknownReference(name, "personnel");
  }
  return *std::move(department);
}

absl::Status CheckPerson(store::Reader& reader, absl::string_view unit_id,
                         const std::string& name) {
  if (UnitIdOf(name) != unit_id) return UnknownReference(name, "personnel");
  LF_ASSIGN_OR_RETURN(const auto person, reader.Find<Person>(directory::PersonKind(), name));
  if (!person || person->state() != personnel::v1::RECORD_STATE_ACTIVE) {
    return UnknownReference(name, "personnel");
  }
  return absl::OkStatus();
}

}  // namespace lianfang::grading
