#include "common/directory/directory_kinds.h"

#include "lianfang/internal/v1/access.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"

namespace lianfang::directory {

namespace schema {
std::span<const EmbeddedFile> Files();
}  // namespace schema

using personnel::v1::Appointment;
using personnel::v1::Department;
using personnel::v1::LeadingGroupMember;
using personnel::v1::Person;
using personnel::v1::Post;
using personnel::v1::Unit;
using store::RecordKind;

// Kinds are referred to by address (row buffers key on it), so each is made once and never
// destroyed.
const RecordKind& UnitKind() {
  static const auto* kind =
      new RecordKind("units", "", Unit::default_instance(), std::vector<std::string>());
  return *kind;
}

const RecordKind& DepartmentKind() {
  static const auto* kind =
      new RecordKind("departments", "departments", Department::default_instance(),
                     {"parent", "head", "vice_principal", "state"});
  return *kind;
}

const RecordKind& PostKind() {
  static const auto* kind = new RecordKind("posts", "posts", Post::default_instance(),
                                           {"department", "principal_responsible", "state"});
  return *kind;
}

const RecordKind& PersonKind() {
  static const auto* kind =
      new RecordKind("persons", "persons", Person::default_instance(), {"state"});
  return *kind;
}

const RecordKind& AppointmentKind() {
  static const auto* kind = new RecordKind(
      "appointments", "appointments", Appointment::default_instance(), {"person", "post", "state"});
  return *kind;
}

const RecordKind& LeadingGroupMemberKind() {
  static const auto* kind =
      new RecordKind("leading_group_members", "leadingGroupMembers",
                     LeadingGroupMember::default_instance(), {"person", "role", "state"});
  return *kind;
}

const RecordKind& AccountAccessKind() {
  static const auto* kind =
      new RecordKind("account_access", "accounts", internal::v1::AccountAccess::default_instance(),
                     std::vector<std::string>());
  return *kind;
}

std::span<const RecordKind* const> Kinds() {
  static const RecordKind* const kinds[] = {&UnitKind(),        &DepartmentKind(),
                                            &PostKind(),        &PersonKind(),
                                            &AppointmentKind(), &LeadingGroupMemberKind()};
  return kinds;
}

std::span<const EmbeddedFile> Schema() { return schema::Files(); }

}  // namespace lianfang::directory
