#include "services/personnel/personnel_rules.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "services/personnel/domain/rules.h"
#include "services/personnel/duties.h"
#include "services/personnel/duty_kinds.h"

namespace lianfang::personnel {
namespace {

using directory::AppointmentKind;
using directory::DepartmentKind;
using directory::LeadingGroupMemberKind;
using directory::PersonKind;
using directory::PostKind;
using store::RecordKind;
using store::WriteTx;

// `name` in `field` must be an active record of this kind and unit, or empty.
template <class T>
absl::Status Refer(WriteTx& tx, const RecordKind& kind, absl::string_view field,
                   absl::string_view name) {
  std::optional<v1::RecordState> state;
  if (!name.empty() && UnitIdOf(name) == tx.unit_id()) {
    LF_ASSIGN_OR_RETURN(const std::optional<T> record, tx.Find<T>(kind, name));
    if (record) state = record->state();
  }
  return CheckReference(tx.unit_id(), field, name, state);
}

// The same, when it is not what the record referred to before.
template <class T>
absl::Status ReferAnew(WriteTx& tx, const RecordKind& kind, absl::string_view field,
                       absl::string_view before, absl::string_view name) {
  return before == name ? absl::OkStatus() : Refer<T>(tx, kind, field, name);
}

absl::Status CheckTree(WriteTx& tx, const v1::Department& department) {
  return CheckParent(department.name(), department.parent(),
                     [&](absl::string_view name) -> absl::StatusOr<std::string> {
                       LF_ASSIGN_OR_RETURN(const std::optional<v1::Department> above,
                                           tx.Find<v1::Department>(DepartmentKind(), name));
                       return above ? above->parent() : std::string();
                     });
}

// Whether an active record of the kind has this value in a column.
absl::StatusOr<bool> AnyActive(WriteTx& tx, const RecordKind& kind, absl::string_view column,
                               const std::string& value) {
  store::Query query;
  query.equal.emplace_back(column, value);
  query.equal.emplace_back("state", int64_t{v1::RECORD_STATE_ACTIVE});
  query.limit = 1;
  bool found = false;
  LF_RETURN_IF_ERROR(tx.Scan(kind, tx.unit_id(), query, [&](absl::string_view, absl::string_view) {
    found = true;
    return absl::OkStatus();
  }));
  return found;
}

// Whether an open appointment has this value in a column.
absl::StatusOr<bool> AnyOpen(WriteTx& tx, absl::string_view column, const std::string& value) {
  store::Query query;
  query.equal.emplace_back(column, value);
  query.equal.emplace_back("state", int64_t{v1::RECORD_STATE_ACTIVE});
  LF_ASSIGN_OR_RETURN(
      const std::vector<v1::Appointment> appointments,
      directory::ListAll<v1::Appointment>(tx, AppointmentKind(), tx.unit_id(), std::move(query)));
  const auto today = directory::DateOf(tx.now(), directory::SchoolTimeZone());
  return std::any_of(
      appointments.begin(), appointments.end(),
      [&](const v1::Appointment& appointment) { return IsOpen(appointment, today); });
}

}  // namespace

absl::Status RequireUnit(WriteTx& tx, absl::string_view field) {
  const std::string name = UnitName(tx.unit_id());
  LF_ASSIGN_OR_RETURN(const std::optional<std::string> unit,
                      tx.FindBody(directory::UnitKind(), tx.unit_id(), tx.unit_id()));
  std::optional<v1::RecordState> state;
  if (unit) state = v1::RECORD_STATE_ACTIVE;
  return CheckReference(tx.unit_id(), field, name, state);
}

absl::Status NewDepartment(WriteTx& tx, v1::Department& department) {
  LF_RETURN_IF_ERROR(RequireUnit(tx, "parent"));
  // Before the reference: a department that is its own parent does not exist yet.
  LF_RETURN_IF_ERROR(CheckTree(tx, department));
  LF_RETURN_IF_ERROR(
      Refer<v1::Department>(tx, DepartmentKind(), "department.parent", department.parent()));
  LF_RETURN_IF_ERROR(Refer<v1::Person>(tx, PersonKind(), "department.head", department.head()));
  LF_RETURN_IF_ERROR(Refer<v1::Person>(tx, PersonKind(), "department.vice_principal",
                                       department.vice_principal()));
  department.set_state(v1::RECORD_STATE_ACTIVE);
  return absl::OkStatus();
}

absl::Status NewPost(WriteTx& tx, v1::Post& post) {
  LF_RETURN_IF_ERROR(RequireUnit(tx, "parent"));
  LF_RETURN_IF_ERROR(CheckFunctions("post.functions", post));
  LF_RETURN_IF_ERROR(
      Refer<v1::Department>(tx, DepartmentKind(), "post.department", post.department()));
  post.set_state(v1::RECORD_STATE_ACTIVE);
  return absl::OkStatus();
}

absl::Status NewPerson(WriteTx& tx, v1::Person& person) {
  LF_RETURN_IF_ERROR(RequireUnit(tx, "parent"));
  LF_RETURN_IF_ERROR(CheckAbsences("person.absences", person));
  person.set_state(v1::RECORD_STATE_ACTIVE);
  return absl::OkStatus();
}

absl::Status NewAppointment(WriteTx& tx, v1::Appointment& appointment) {
  LF_RETURN_IF_ERROR(RequireUnit(tx, "parent"));
  LF_RETURN_IF_ERROR(CheckPeriod("appointment", appointment));
  LF_RETURN_IF_ERROR(
      Refer<v1::Person>(tx, PersonKind(), "appointment.person", appointment.person()));
  LF_RETURN_IF_ERROR(Refer<v1::Post>(tx, PostKind(), "appointment.post", appointment.post()));
  appointment.set_state(v1::RECORD_STATE_ACTIVE);
  return absl::OkStatus();
}

absl::Status NewLeadingGroupMember(WriteTx& tx, v1::LeadingGroupMember& member) {
  LF_RETURN_IF_ERROR(RequireUnit(tx, "parent"));
  LF_RETURN_IF_ERROR(
      Refer<v1::Person>(tx, PersonKind(), "leading_group_member.person", member.person()));
  member.set_state(v1::RECORD_STATE_ACTIVE);
  return absl::OkStatus();
}

absl::Status ChangeDepartment(WriteTx& tx, const v1::Department& old, v1::Department& next) {
  LF_RETURN_IF_ERROR(CheckInUse(old.name(), old.state()));
  if (next.parent() != old.parent()) LF_RETURN_IF_ERROR(CheckTree(tx, next));
  LF_RETURN_IF_ERROR(ReferAnew<v1::Department>(tx, DepartmentKind(), "department.parent",
                                               old.parent(), next.parent()));
  LF_RETURN_IF_ERROR(
      ReferAnew<v1::Person>(tx, PersonKind(), "department.head", old.head(), next.head()));
  return ReferAnew<v1::Person>(tx, PersonKind(), "department.vice_principal", old.vice_principal(),
                               next.vice_principal());
}

absl::Status ChangePost(WriteTx& tx, const v1::Post& old, v1::Post& next) {
  LF_RETURN_IF_ERROR(CheckInUse(old.name(), old.state()));
  LF_RETURN_IF_ERROR(CheckFunctions("post.functions", next));
  LF_RETURN_IF_ERROR(ReferAnew<v1::Department>(tx, DepartmentKind(), "post.department",
                                               old.department(), next.department()));
  LF_ASSIGN_OR_RETURN(std::optional<v1::PostDuty> duty, MarkedDuty(tx, old, next));
  if (!duty) return absl::OkStatus();
  // The post first: the entry is about it.
  LF_RETURN_IF_ERROR(tx.Put(PostKind(), next));
  return tx.Put(PostDutyKind(), *duty);
}

absl::Status ChangePerson(WriteTx&, const v1::Person& old, v1::Person& next) {
  LF_RETURN_IF_ERROR(CheckInUse(old.name(), old.state()));
  return CheckAbsences("person.absences", next);
}

absl::Status ChangeAppointment(WriteTx& tx, const v1::Appointment& old, v1::Appointment& next) {
  LF_RETURN_IF_ERROR(CheckInUse(old.name(), old.state()));
  LF_RETURN_IF_ERROR(CheckPeriod("appointment", next));
  // An appointment that is opened again needs what it refers to, even if that stays the same.
  const auto today = directory::DateOf(tx.now(), directory::SchoolTimeZone());
  const bool reopened = !IsOpen(old, today) && IsOpen(next, today);
  LF_RETURN_IF_ERROR(ReferAnew<v1::Person>(tx, PersonKind(), "appointment.person",
                                           reopened ? "" : old.person(), next.person()));
  return ReferAnew<v1::Post>(tx, PostKind(), "appointment.post", reopened ? "" : old.post(),
                             next.post());
}

absl::Status ChangeLeadingGroupMember(WriteTx& tx, const v1::LeadingGroupMember& old,
                                      v1::LeadingGroupMember& next) {
  LF_RETURN_IF_ERROR(CheckInUse(old.name(), old.state()));
  return ReferAnew<v1::Person>(tx, PersonKind(), "leading_group_member.person", old.person(),
                               next.person());
}

absl::Status ArchiveDepartment(WriteTx& tx, v1::Department& department) {
  LF_RETURN_IF_ERROR(CheckInUse(department.name(), department.state()));
  Uses uses;
  LF_ASSIGN_OR_RETURN(uses.posts, AnyActive(tx, PostKind(), "department", department.name()));
  LF_ASSIGN_OR_RETURN(uses.children, AnyActive(tx, DepartmentKind(), "parent", department.name()));
  LF_RETURN_IF_ERROR(CheckUnused(department.name(), uses));
  department.set_state(v1::RECORD_STATE_ARCHIVED);
  return absl::OkStatus();
}

absl::Status ArchivePost(WriteTx& tx, v1::Post& post) {
  LF_RETURN_IF_ERROR(CheckInUse(post.name(), post.state()));
  Uses uses;
  LF_ASSIGN_OR_RETURN(uses.appointments, AnyOpen(tx, "post", post.name()));
  LF_RETURN_IF_ERROR(CheckUnused(post.name(), uses));
  post.set_state(v1::RECORD_STATE_ARCHIVED);
  return absl::OkStatus();
}

absl::Status ArchivePerson(WriteTx& tx, v1::Person& person) {
  LF_RETURN_IF_ERROR(CheckInUse(person.name(), person.state()));
  Uses uses;
  LF_ASSIGN_OR_RETURN(uses.appointments, AnyOpen(tx, "person", person.name()));
  LF_ASSIGN_OR_RETURN(const bool head, AnyActive(tx, DepartmentKind(), "head", person.name()));
  LF_ASSIGN_OR_RETURN(const bool in_charge,
                      AnyActive(tx, DepartmentKind(), "vice_principal", person.name()));
  uses.heads = head || in_charge;
  LF_ASSIGN_OR_RETURN(uses.leading_group,
                      AnyActive(tx, LeadingGroupMemberKind(), "person", person.name()));
  LF_RETURN_IF_ERROR(CheckUnused(person.name(), uses));
  person.set_state(v1::RECORD_STATE_ARCHIVED);
  return absl::OkStatus();
}

absl::Status ArchiveAppointment(WriteTx&, v1::Appointment& appointment) {
  LF_RETURN_IF_ERROR(CheckInUse(appointment.name(), appointment.state()));
  appointment.set_state(v1::RECORD_STATE_ARCHIVED);
  return absl::OkStatus();
}

absl::Status ArchiveLeadingGroupMember(WriteTx&, v1::LeadingGroupMember& member) {
  LF_RETURN_IF_ERROR(CheckInUse(member.name(), member.state()));
  member.set_state(v1::RECORD_STATE_ARCHIVED);
  return absl::OkStatus();
}

}  // namespace lianfang::personnel
