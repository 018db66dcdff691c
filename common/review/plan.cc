#include "common/review/plan.h"

#include <algorithm>

#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/status/error.h"
#include "lianfang/personnel/v1/personnel.pb.h"

namespace lianfang::review {

using google::type::Date;
using grading::v1::OwnerKind;
using grading::v1::ReviewerRole;
using grading::v1::ReviewStep;
using personnel::v1::Department;
using personnel::v1::Post;

namespace {

constexpr int64_t kActive = personnel::v1::RECORD_STATE_ACTIVE;

// Whether a person stands in a field of a department in use.
absl::StatusOr<bool> StandsIn(store::Reader& reader, absl::string_view unit_id,
                              absl::string_view column, const std::string& person) {
  store::Query query;
  query.equal.emplace_back(column, person);
  query.equal.emplace_back("state", kActive);
  query.limit = 1;
  LF_ASSIGN_OR_RETURN(const auto departments,
                      reader.List<Department>(directory::DepartmentKind(), unit_id, query));
  return !departments.empty();
}

// One person, or nobody: a department that is not known has nobody.
absl::StatusOr<std::vector<std::string>> AtMostOne(absl::StatusOr<std::string> name) {
  if (!name.ok() && ReasonOf(name.status()) != common::v1::ERROR_REASON_RESOURCE_NOT_FOUND) {
    return name.status();
  }
  std::vector<std::string> names;
  if (name.ok() && !name->empty()) names.push_back(*std::move(name));
  return names;
}

// Whether who holds the role depends on the record's department.
bool IsOfDepartment(ReviewerRole role) {
  return role == grading::v1::REVIEWER_ROLE_VICE_PRINCIPAL ||
         role == grading::v1::REVIEWER_ROLE_DEPARTMENT_HEAD ||
         role == grading::v1::REVIEWER_ROLE_DEPARTMENT_STAFF;
}

template <class Records, class Name>
std::vector<std::string> NamesOf(const Records& records, Name name) {
  std::vector<std::string> names;
  for (const auto& record : records) names.push_back(name(record));
  return names;
}

}  // namespace

Roster::Roster(store::Reader* reader, absl::string_view unit_id, Date today)
    : reader_(reader), unit_id_(unit_id), today_(std::move(today)) {}

absl::StatusOr<std::vector<std::string>> Roster::Holders(ReviewerRole role,
                                                         const std::string& department) {
  const auto key = std::make_pair(role, IsOfDepartment(role) ? department : std::string());
  if (const auto known = holders_.find(key); known != holders_.end()) return known->second;
  LF_ASSIGN_OR_RETURN(const std::vector<std::string> names, LookUp(role, department));
  LF_ASSIGN_OR_RETURN(std::vector<std::string> available,
                      directory::Available(*reader_, names, today_));
  return holders_.emplace(key, std::move(available)).first->second;
}

absl::StatusOr<std::vector<std::string>> Roster::HoldersOf(const std::string& post) {
  if (const auto known = posts_.find(post); known != posts_.end()) return known->second;
  LF_ASSIGN_OR_RETURN(const auto persons, directory::HoldersOf(*reader_, post, today_));
  auto names = NamesOf(persons, [](const auto& person) { return person.name(); });
  return posts_.emplace(post, std::move(names)).first->second;
}

absl::StatusOr<std::vector<std::string>> Roster::Principals() {
  if (!principals_) {
    LF_ASSIGN_OR_RETURN(const auto persons,
                        directory::PrincipalResponsiblePersons(*reader_, unit_id_, today_));
    principals_ = NamesOf(persons, [](const auto& person) { return person.name(); });
  }
  return *principals_;
}

absl::Status Roster::Fill(const std::string& department, const std::vector<std::string>& barred,
                          ReviewStep* step) {
  RolePersons persons;
  for (const ReviewerRole role : RolesOf(*step)) {
    LF_ASSIGN_OR_RETURN(persons[role], Holders(role, department));
  }
  FillStep(persons, barred, step);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> Roster::LookUp(ReviewerRole role,
                                                        const std::string& department) {
  switch (role) {
    // The directory does not tell the secretary from the principal.
    case grading::v1::REVIEWER_ROLE_PARTY_BRANCH:
    case grading::v1::REVIEWER_ROLE_PRINCIPAL:
      return Principals();
    case grading::v1::REVIEWER_ROLE_VICE_PRINCIPAL:
      if (department.empty()) break;
      return AtMostOne(directory::VicePrincipal(*reader_, department));
    case grading::v1::REVIEWER_ROLE_DEPARTMENT_HEAD:
      if (department.empty()) break;
      return AtMostOne(directory::DepartmentHead(*reader_, department));
    case grading::v1::REVIEWER_ROLE_LEADING_GROUP: {
      LF_ASSIGN_OR_RETURN(const auto members, directory::LeadingGroup(*reader_, unit_id_));
      return NamesOf(members, [](const auto& member) { return member.person(); });
    }
    case grading::v1::REVIEWER_ROLE_CONTROL_OFFICE: {
      LF_ASSIGN_OR_RETURN(const auto members, directory::ControlOffice(*reader_, unit_id_));
      return NamesOf(members, [](const auto& member) { return member.person(); });
    }
    case grading::v1::REVIEWER_ROLE_DEPARTMENT_STAFF:
      if (department.empty()) break;
      return StaffOf(department);
    case grading::v1::REVIEWER_ROLE_CADRES:
    case grading::v1::REVIEWER_ROLE_LEADERSHIP_TEAM: {
      LF_ASSIGN_OR_RETURN(
          std::vector<std::string> names,
          OfDepartments(role == grading::v1::REVIEWER_ROLE_CADRES, /*vice_principals=*/true));
      LF_ASSIGN_OR_RETURN(const auto persons,
                          directory::PrincipalResponsiblePersons(*reader_, unit_id_, today_));
      for (const auto& person : persons) names.push_back(person.name());
      return names;
    }
    default:
      break;  // roles of the superior have no persons here
  }
  return std::vector<std::string>();
}

absl::StatusOr<std::vector<std::string>> Roster::StaffOf(const std::string& department) {
  LF_ASSIGN_OR_RETURN(std::vector<std::string> names,
                      AtMostOne(directory::DepartmentHead(*reader_, department)));
  store::Query query;
  query.equal.emplace_back("department", department);
  query.equal.emplace_back("state", kActive);
  LF_ASSIGN_OR_RETURN(
      const std::vector<Post> posts,
      directory::ListAll<Post>(*reader_, directory::PostKind(), unit_id_, std::move(query)));
  for (const Post& post : posts) {
    LF_ASSIGN_OR_RETURN(const std::vector<std::string> holders, HoldersOf(post.name()));
    names.insert(names.end(), holders.begin(), holders.end());
  }
  return names;
}

absl::StatusOr<std::vector<std::string>> Roster::OfDepartments(bool heads, bool vice_principals) {
  store::Query query;
  query.equal.emplace_back("state", kActive);
  LF_ASSIGN_OR_RETURN(const std::vector<Department> departments,
                      directory::ListAll<Department>(*reader_, directory::DepartmentKind(),
                                                     unit_id_, std::move(query)));
  std::vector<std::string> names;
  for (const Department& department : departments) {
    if (heads && !department.head().empty()) names.push_back(department.head());
    if (vice_principals && !department.vice_principal().empty()) {
      names.push_back(department.vice_principal());
    }
  }
  return names;
}

absl::StatusOr<OwnerKind> FindOwnerKind(store::Reader& reader, absl::string_view unit_id,
                                        const Subject& subject, const Date& today) {
  if (subject.owner_kind != grading::v1::OWNER_KIND_UNSPECIFIED) return subject.owner_kind;
  OwnerFacts facts;
  // The post says so even when the appointment is not known yet, or is over.
  if (!subject.post.empty()) {
    LF_ASSIGN_OR_RETURN(const auto post, reader.Find<Post>(directory::PostKind(), subject.post));
    facts.principal_responsible = post && post->principal_responsible();
  }
  for (const std::string& owner : subject.owners) {
    LF_ASSIGN_OR_RETURN(const bool responsible,
                        directory::IsPrincipalResponsible(reader, owner, today));
    LF_ASSIGN_OR_RETURN(const bool vice, StandsIn(reader, unit_id, "vice_principal", owner));
    LF_ASSIGN_OR_RETURN(const bool head, StandsIn(reader, unit_id, "head", owner));
    facts.principal_responsible |= responsible;
    facts.vice_principal |= vice;
    facts.department_head |= head;
  }
  return OwnerKindOf(facts);
}

absl::StatusOr<std::vector<ReviewStep>> PlanSteps(store::Reader& reader, absl::string_view unit_id,
                                                  const config::v1::RoutesPolicy& policy,
                                                  const Subject& subject, const Date& today) {
  LF_ASSIGN_OR_RETURN(const OwnerKind owner_kind, FindOwnerKind(reader, unit_id, subject, today));
  const config::v1::Route* route = FindRoute(policy, subject.record_kind, owner_kind);
  if (route == nullptr) return std::vector<ReviewStep>();
  Roster roster(&reader, unit_id, today);
  RolePersons persons;
  for (const auto& planned : route->steps()) {
    for (const ReviewerRole role : RolesOf(PlannedStep(planned))) {
      LF_ASSIGN_OR_RETURN(persons[role], roster.Holders(role, subject.department));
    }
  }
  std::vector<std::string> barred = subject.owners;
  barred.insert(barred.end(), subject.barred.begin(), subject.barred.end());
  return MakeSteps(*route, persons, barred);
}

}  // namespace lianfang::review
