#include "tests/acceptance/model/school.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace lianfang::model {

using namespace personnel::v1;  // NOLINT: requests of the directory
using grading::v1::ReviewerRole;

namespace {

struct Seat {
  const char* id;  // of the post and of who holds it first
  const char* display_name;
  const char* department;
  std::vector<common::v1::PostFunction> functions;
  bool responsible = false;
};

const std::vector<Seat>& Seats() {
  static const auto& seats = *new std::vector<Seat>{
      {"principal", "校长", "", {}, true},
      {"secretary", "党总支书记", "", {}, true},
      {"vice-a", "分管总务副校长", "", {}},
      {"vice-b", "分管教学副校长", "", {}},
      {"head-affairs", "总务处主任", "affairs", {common::v1::POST_FUNCTION_FINANCE}},
      {"buyer", "采购员", "affairs", {common::v1::POST_FUNCTION_PROCUREMENT}},
      {"keeper", "保管员", "affairs", {}},
      {"head-teaching", "教务处主任", "teaching", {common::v1::POST_FUNCTION_ADMISSIONS}},
      {"registrar", "学籍管理员", "teaching", {common::v1::POST_FUNCTION_PUBLIC_SERVICE}},
      {"teacher", "教师", "teaching", {}},
      {"director", "党总支办公室主任", "", {}},
  };
  return seats;
}

template <class Response, class Request>
Response Keep(World& world, Request request) {
  const auto response =
      world.Do<Response>(ActorOf(world, kAdministrator), std::move(request), Must::kSucceed);
  return response.ok() ? *response : Response();
}

template <class Response, class Request>
const Response& Listed(World& world) {
  Request request;
  request.set_parent(kUnit);
  return world.All<Response>(request);
}

bool InUse(const Appointment& appointment, absl::CivilDay today) {
  return appointment.state() == RECORD_STATE_ACTIVE && DayOf(appointment.start_date()) <= today &&
         (!appointment.has_end_date() || DayOf(appointment.end_date()) >= today);
}

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<LeadingGroupRole> GroupRolesOf(World& world, const std::string& person) {
  std::vector<LeadingGroupRole> roles;
  for (const auto& member :
       Listed<ListLeadingGroupMembersResponse, ListLeadingGroupMembersRequest>(world)
           .leading_group_members()) {
    if (member.person() == person) roles.push_back(member.role());
  }
  return roles;
}

bool IsOfGroup(World& world, const std::string& person) {
  for (const LeadingGroupRole role : GroupRolesOf(world, person)) {
    if (role <= LEADING_GROUP_ROLE_MEMBER) return true;
  }
  return false;
}

bool IsOfOffice(World& world, const std::string& person) {
  for (const LeadingGroupRole role : GroupRolesOf(world, person)) {
    if (role >= LEADING_GROUP_ROLE_OFFICE_DIRECTOR) return true;
  }
  return false;
}

}  // namespace

std::string Person(absl::string_view id) { return absl::StrCat(kUnit, "/persons/", id); }
std::string Post(absl::string_view id) { return absl::StrCat(kUnit, "/posts/", id); }
std::string Department(absl::string_view id) { return absl::StrCat(kUnit, "/departments/", id); }
bool IsPerson(absl::string_view subject) { return absl::StartsWith(subject, Person("")); }

const std::vector<std::string>& Persons() {
  static const auto& persons = *[] {
    auto* names = new std::vector<std::string>;
    for (const Seat& seat : Seats()) names->push_back(Person(seat.id));
    names->push_back(Person("spare"));
    return names;
  }();
  return persons;
}

const std::vector<std::string>& Cast() {
  static const auto& cast = *[] {
    auto* names = new std::vector<std::string>(Persons());
    for (const char* identity : {kOffice, kSuperiorLeader, kSuperiorOffice, kAdministrator,
                                 "services/audit", "services/box", "services/stranger"}) {
      names->emplace_back(identity);
    }
    return names;
  }();
  return cast;
}

void BringIn(World& world) {
  world.Begin({});
  CreateUnitRequest unit;
  unit.set_unit_id("u");
  unit.mutable_unit()->set_display_name("示例小学");
  unit.mutable_unit()->set_kind(UNIT_KIND_SCHOOL);
  Keep<CreateUnitResponse>(world, unit);
  for (const std::string& name : Persons()) {
    CreatePersonRequest person;
    person.set_parent(kUnit);
    person.set_person_id(name.substr(Person("").size()));
    person.mutable_person()->set_display_name("教职工");
    Keep<CreatePersonResponse>(world, person);
  }
  for (const auto& [id, vice, display_name] :
       {std::tuple("affairs", "vice-a", "总务处"), std::tuple("teaching", "vice-b", "教务处")}) {
    CreateDepartmentRequest department;
    department.set_parent(kUnit);
    department.set_department_id(id);
    department.mutable_department()->set_display_name(display_name);
    department.mutable_department()->set_kind(DEPARTMENT_KIND_OFFICE);
    department.mutable_department()->set_head(Person(absl::StrCat("head-", id)));
    department.mutable_department()->set_vice_principal(Person(vice));
    Keep<CreateDepartmentResponse>(world, department);
  }
  for (const Seat& seat : Seats()) {
    CreatePostRequest post;
    post.set_parent(kUnit);
    post.set_post_id(seat.id);
    post.mutable_post()->set_display_name(seat.display_name);
    if (seat.department[0] != '\0') {
      post.mutable_post()->set_department(Department(seat.department));
    }
    post.mutable_post()->set_is_unit_head(seat.responsible);
    post.mutable_post()->set_principal_responsible(seat.responsible);
    for (const auto function : seat.functions) post.mutable_post()->add_functions(function);
    Keep<CreatePostResponse>(world, post);
    CreateAppointmentRequest appointment;
    appointment.set_parent(kUnit);
    appointment.set_appointment_id(seat.id);
    appointment.mutable_appointment()->set_person(Person(seat.id));
    appointment.mutable_appointment()->set_post(Post(seat.id));
    *appointment.mutable_appointment()->mutable_start_date() = DateOf(absl::CivilDay(2020, 9, 1));
    Keep<CreateAppointmentResponse>(world, appointment);
  }
  const std::pair<const char*, LeadingGroupRole> group[] = {
      {"principal", LEADING_GROUP_ROLE_LEADER},        {"secretary", LEADING_GROUP_ROLE_LEADER},
      {"vice-a", LEADING_GROUP_ROLE_DEPUTY_LEADER},    {"vice-b", LEADING_GROUP_ROLE_DEPUTY_LEADER},
      {"head-affairs", LEADING_GROUP_ROLE_MEMBER},     {"head-teaching", LEADING_GROUP_ROLE_MEMBER},
      {"director", LEADING_GROUP_ROLE_OFFICE_DIRECTOR}};
  for (const auto& [id, role] : group) {
    CreateLeadingGroupMemberRequest member;
    member.set_parent(kUnit);
    member.set_leading_group_member_id(id);
    member.mutable_leading_group_member()->set_person(Person(id));
    member.mutable_leading_group_member()->set_role(role);
    Keep<CreateLeadingGroupMemberResponse>(world, member);
  }
}

google::type::Date DateOf(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

absl::CivilDay DayOf(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

int YearOf(World& world) { return static_cast<int>(world.today().year()); }

std::vector<personnel::v1::Post> PostsOf(World& world) {
  const auto& posts = Listed<ListPostsResponse, ListPostsRequest>(world).posts();
  return {posts.begin(), posts.end()};
}

std::vector<personnel::v1::Department> DepartmentsOf(World& world) {
  const auto& departments =
      Listed<ListDepartmentsResponse, ListDepartmentsRequest>(world).departments();
  return {departments.begin(), departments.end()};
}

std::vector<std::string> HoldersOf(World& world, const std::string& post) {
  std::vector<std::string> holders;
  for (const Appointment& appointment :
       Listed<ListAppointmentsResponse, ListAppointmentsRequest>(world).appointments()) {
    if (appointment.post() == post && InUse(appointment, world.today()) &&
        !Contains(holders, appointment.person())) {
      holders.push_back(appointment.person());
    }
  }
  return holders;
}

std::vector<std::string> HeadAndLeader(World& world, const std::string& name) {
  std::vector<std::string> persons;
  for (const auto& department : DepartmentsOf(world)) {
    if (department.name() != name) continue;
    if (!department.head().empty()) persons.push_back(department.head());
    if (!department.vice_principal().empty()) persons.push_back(department.vice_principal());
  }
  return persons;
}

bool IsPrincipalResponsible(World& world, const std::string& person) {
  for (const auto& post : PostsOf(world)) {
    if (post.principal_responsible() && Contains(HoldersOf(world, post.name()), person)) {
      return true;
    }
  }
  return false;
}

bool IsAway(World& world, const std::string& name) {
  const auto listed = Listed<ListPersonsResponse, ListPersonsRequest>(world);
  for (const auto& person : listed.persons()) {
    if (person.name() != name) continue;
    for (const Absence& absence : person.absences()) {
      if (DayOf(absence.start_date()) <= world.today() &&
          (!absence.has_end_date() || DayOf(absence.end_date()) >= world.today())) {
        return true;
      }
    }
  }
  return false;
}

Actor ActorOf(World& world, const std::string& subject) {
  if (subject == kOffice) return {subject, {"control_office"}};
  if (subject == kSuperiorLeader) return {subject, {"superior_leader"}};
  if (subject == kSuperiorOffice) return {subject, {"superior_office"}};
  if (subject == kAdministrator) return {subject, {"administrator"}, "*"};
  if (subject == "services/audit") return world.auditor();
  if (subject == "services/box") return {subject, {"feedback_box"}};
  // Of another school, and mighty there.
  if (subject == "services/stranger") return {subject, {"control_office", "principal"}, "v"};
  Actor actor{subject, {"staff"}};
  if (IsPrincipalResponsible(world, subject)) actor.roles.emplace_back("principal");
  bool head = false;
  bool vice = false;
  for (const auto& department : DepartmentsOf(world)) {
    head |= department.head() == subject;
    vice |= department.vice_principal() == subject;
  }
  if (head) actor.roles.emplace_back("department_head");
  if (vice) actor.roles.emplace_back("vice_principal");
  if (IsOfGroup(world, subject)) actor.roles.emplace_back("leading_group");
  if (IsOfOffice(world, subject)) actor.roles.emplace_back("control_office");
  return actor;
}

Actor CallerOf(World& world, const std::vector<std::string>& fitting) {
  const Command& command = world.command();
  const auto& from = command.fitting && !fitting.empty() ? fitting : Cast();
  const int choice = world.Choose(command.who, Cast(), from);
  return ActorOf(world, Cast()[static_cast<size_t>(std::max(0, choice))]);
}

bool Holds(World& world, const std::string& person, ReviewerRole role,
           const std::string& department) {
  switch (role) {
    case grading::v1::REVIEWER_ROLE_PRINCIPAL:
    case grading::v1::REVIEWER_ROLE_PARTY_BRANCH:
      return IsPrincipalResponsible(world, person);
    case grading::v1::REVIEWER_ROLE_LEADING_GROUP:
      return IsOfGroup(world, person);
    case grading::v1::REVIEWER_ROLE_CONTROL_OFFICE:
      return IsOfOffice(world, person);
    default:
      break;
  }
  for (const auto& one : DepartmentsOf(world)) {
    if (one.name() != department) continue;
    if (role == grading::v1::REVIEWER_ROLE_VICE_PRINCIPAL) return one.vice_principal() == person;
    if (role == grading::v1::REVIEWER_ROLE_DEPARTMENT_HEAD) return one.head() == person;
  }
  return false;
}

}  // namespace lianfang::model
