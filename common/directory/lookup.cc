#include "common/directory/lookup.h"

#include <algorithm>
#include <optional>
#include <set>

#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/directory/directory_kinds.h"

namespace lianfang::directory {

using google::type::Date;
using personnel::v1::Appointment;
using personnel::v1::Department;
using personnel::v1::LeadingGroupMember;
using personnel::v1::Person;
using personnel::v1::Post;

namespace {

constexpr int64_t kActive = personnel::v1::RECORD_STATE_ACTIVE;
// Levels of departments that are looked through; personnel refuses deeper ones.
constexpr int kMaxLevels = 64;

// Active appointments on a day whose `column` is `name`.
absl::StatusOr<std::vector<Appointment>> InForce(store::Reader& reader, absl::string_view column,
                                                 absl::string_view name, const Date& date) {
  store::Query query;
  query.equal.emplace_back(column, std::string(name));
  query.equal.emplace_back("state", kActive);
  LF_ASSIGN_OR_RETURN(
      std::vector<Appointment> appointments,
      ListAll<Appointment>(reader, AppointmentKind(), UnitIdOf(name), std::move(query)));
  std::erase_if(appointments,
                [&](const Appointment& appointment) { return !Covers(appointment, date); });
  return appointments;
}

absl::StatusOr<std::vector<LeadingGroupMember>> InRoles(
    store::Reader& reader, absl::string_view unit_id,
    std::initializer_list<personnel::v1::LeadingGroupRole> roles) {
  std::vector<LeadingGroupMember> members;
  for (const auto role : roles) {
    store::Query query;
    query.equal.emplace_back("role", int64_t{role});
    query.equal.emplace_back("state", kActive);
    LF_ASSIGN_OR_RETURN(
        std::vector<LeadingGroupMember> found,
        ListAll<LeadingGroupMember>(reader, LeadingGroupMemberKind(), unit_id, std::move(query)));
    for (LeadingGroupMember& member : found) members.push_back(std::move(member));
  }
  return members;
}

}  // namespace

absl::Status TooManyRecords(const store::RecordKind& kind, absl::string_view unit_id) {
  return absl::ResourceExhaustedError(
      absl::StrCat(kind.table(), " of unit ", unit_id, ": more than ", kMaxRecords, " records"));
}

bool Covers(const Appointment& appointment, const Date& date) {
  return appointment.state() == personnel::v1::RECORD_STATE_ACTIVE &&
         CompareDates(appointment.start_date(), date) <= 0 &&
         (!appointment.has_end_date() || CompareDates(date, appointment.end_date()) <= 0);
}

bool IsAbsent(const Person& person, const Date& date) {
  const auto& absences = person.absences();
  return std::any_of(absences.begin(), absences.end(), [&](const personnel::v1::Absence& absence) {
    return CompareDates(absence.start_date(), date) <= 0 &&
           (!absence.has_end_date() || CompareDates(date, absence.end_date()) <= 0);
  });
}

absl::StatusOr<std::vector<std::string>> Available(store::Reader& reader,
                                                   const std::vector<std::string>& person_names,
                                                   const Date& date) {
  std::vector<std::string> available;
  std::set<absl::string_view> seen;
  for (const std::string& name : person_names) {
    if (!seen.insert(name).second) continue;
    LF_ASSIGN_OR_RETURN(const std::optional<Person> person,
                        reader.Find<Person>(PersonKind(), name));
    if (person && person->state() == personnel::v1::RECORD_STATE_ACTIVE &&
        !IsAbsent(*person, date)) {
      available.push_back(name);
    }
  }
  return available;
}

absl::StatusOr<std::vector<Person>> HoldersOf(store::Reader& reader, absl::string_view post_name,
                                              const Date& date) {
  LF_ASSIGN_OR_RETURN(const std::vector<Appointment> appointments,
                      InForce(reader, "post", post_name, date));
  std::vector<Person> persons;
  std::set<std::string> seen;
  for (const Appointment& appointment : appointments) {
    if (!seen.insert(appointment.person()).second) continue;
    LF_ASSIGN_OR_RETURN(Person person, reader.Get<Person>(PersonKind(), appointment.person()));
    persons.push_back(std::move(person));
  }
  return persons;
}

absl::StatusOr<std::vector<Post>> PostsOf(store::Reader& reader, absl::string_view person_name,
                                          const Date& date) {
  LF_ASSIGN_OR_RETURN(const std::vector<Appointment> appointments,
                      InForce(reader, "person", person_name, date));
  std::vector<Post> posts;
  std::set<std::string> seen;
  for (const Appointment& appointment : appointments) {
    if (!seen.insert(appointment.post()).second) continue;
    LF_ASSIGN_OR_RETURN(Post post, reader.Get<Post>(PostKind(), appointment.post()));
    posts.push_back(std::move(post));
  }
  return posts;
}

absl::StatusOr<bool> IsPrincipalResponsible(store::Reader& reader, absl::string_view person_name,
                                            const Date& date) {
  LF_ASSIGN_OR_RETURN(const std::vector<Post> posts, PostsOf(reader, person_name, date));
  return std::any_of(posts.begin(), posts.end(),
                     [](const Post& post) { return post.principal_responsible(); });
}

absl::StatusOr<std::vector<Person>> PrincipalResponsiblePersons(store::Reader& reader,
                                                                absl::string_view unit_id,
                                                                const Date& date) {
  store::Query query;
  query.equal.emplace_back("principal_responsible", int64_t{1});
  LF_ASSIGN_OR_RETURN(const std::vector<Post> posts,
                      ListAll<Post>(reader, PostKind(), unit_id, std::move(query)));
  std::vector<Person> persons;
  std::set<std::string> seen;
  for (const Post& post : posts) {
    LF_ASSIGN_OR_RETURN(std::vector<Person> holders, HoldersOf(reader, post.name(), date));
    for (Person& holder : holders) {
      if (seen.insert(holder.name()).second) persons.push_back(std::move(holder));
    }
  }
  return persons;
}

absl::StatusOr<std::string> DepartmentHead(store::Reader& reader,
                                           absl::string_view department_name) {
  LF_ASSIGN_OR_RETURN(const Department department,
                      reader.Get<Department>(DepartmentKind(), department_name));
  return department.head();
}

absl::StatusOr<std::string> VicePrincipal(store::Reader& reader,
                                          absl::string_view department_name) {
  LF_ASSIGN_OR_RETURN(Department department,
                      reader.Get<Department>(DepartmentKind(), department_name));
  for (int level = 0; level < kMaxLevels; ++level) {
    if (!department.vice_principal().empty()) return department.vice_principal();
    if (department.parent().empty()) return std::string();
    LF_ASSIGN_OR_RETURN(std::optional<Department> above,
                        reader.Find<Department>(DepartmentKind(), department.parent()));
    if (!above) return std::string();
    department = *std::move(above);
  }
  return std::string();
}

absl::StatusOr<std::string> DepartmentOfPost(store::Reader& reader, absl::string_view post_name) {
  LF_ASSIGN_OR_RETURN(const Post post, reader.Get<Post>(PostKind(), post_name));
  return post.department();
}

absl::StatusOr<bool> IsUnitMember(store::Reader& reader, absl::string_view person_name) {
  LF_ASSIGN_OR_RETURN(const std::optional<Person> person,
                      reader.Find<Person>(PersonKind(), person_name));
  return person.has_value() && person->state() == personnel::v1::RECORD_STATE_ACTIVE;
}

absl::StatusOr<std::vector<LeadingGroupMember>> LeadingGroup(store::Reader& reader,
                                                             absl::string_view unit_id) {
  return InRoles(
      reader, unit_id,
      {personnel::v1::LEADING_GROUP_ROLE_LEADER, personnel::v1::LEADING_GROUP_ROLE_DEPUTY_LEADER});
}

absl::StatusOr<std::vector<LeadingGroupMember>> ControlOffice(store::Reader& reader,
                                                              absl::string_view unit_id) {
  return InRoles(reader, unit_id,
                 {personnel::v1::LEADING_GROUP_ROLE_OFFICE_DIRECTOR,
                  personnel::v1::LEADING_GROUP_ROLE_OFFICE_MEMBER});
}

}  // namespace lianfang::directory
