#include "services/grading/open_review.h"

#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/status/error.h"
#include "services/grading/domain/route.h"

namespace lianfang::grading {
namespace {

using google::type::Date;
using personnel::v1::Department;

// Whether a person stands in a field of an active department.
absl::StatusOr<bool> StandsIn(store::Reader& reader, absl::string_view unit_id,
                              absl::string_view column, const std::string& person) {
  store::Query query;
  query.equal.emplace_back(column, person);
  query.equal.emplace_back("state", int64_t{personnel::v1::RECORD_STATE_ACTIVE});
  query.limit = 1;
  LF_ASSIGN_OR_RETURN(const auto departments,
                      reader.List<Department>(directory::DepartmentKind(), unit_id, query));
  return !departments.empty();
}

absl::StatusOr<v1::OwnerKind> OwnerKind(store::Reader& reader, absl::string_view unit_id,
                                        const ReviewSubject& subject, const Date& today) {
  OwnerFacts facts;
  // The post says so even when the appointment is not known yet, or is over.
  if (!subject.post.empty()) {
    LF_ASSIGN_OR_RETURN(const auto post,
                        reader.Find<personnel::v1::Post>(directory::PostKind(), subject.post));
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

absl::StatusOr<std::vector<std::string>> Holders(store::Reader& reader, absl::string_view unit_id,
                                                 v1::ReviewerRole role,
                                                 const std::string& department, const Date& today) {
  std::vector<std::string> names;
  const auto one = [&names](absl::StatusOr<std::string> name) -> absl::Status {
    // A department that is not known has nobody.
    if (!name.ok()) {
      return ReasonOf(name.status()) == common::v1::ERROR_REASON_RESOURCE_NOT_FOUND
                 ? absl::OkStatus()
                 : name.status();
    }
    if (!name->empty()) names.push_back(*std::move(name));
    return absl::OkStatus();
  };
  switch (role) {
    case v1::REVIEWER_ROLE_PRINCIPAL: {
      LF_ASSIGN_OR_RETURN(const auto persons,
                          directory::PrincipalResponsiblePersons(reader, unit_id, today));
      for (const auto& person : persons) names.push_back(person.name());
      break;
    }
    case v1::REVIEWER_ROLE_VICE_PRINCIPAL:
      if (!department.empty()) {
        LF_RETURN_IF_ERROR(one(directory::VicePrincipal(reader, department)));
      }
      break;
    case v1::REVIEWER_ROLE_DEPARTMENT_HEAD:
      if (!department.empty()) {
        LF_RETURN_IF_ERROR(one(directory::DepartmentHead(reader, department)));
      }
      break;
    case v1::REVIEWER_ROLE_LEADING_GROUP: {
      LF_ASSIGN_OR_RETURN(const auto members, directory::LeadingGroup(reader, unit_id));
      for (const auto& member : members) names.push_back(member.person());
      break;
    }
    case v1::REVIEWER_ROLE_CONTROL_OFFICE: {
      LF_ASSIGN_OR_RETURN(const auto members, directory::ControlOffice(reader, unit_id));
      for (const auto& member : members) names.push_back(member.person());
      break;
    }
    default:
      break;  // roles of the superior have no persons here
  }
  return names;
}

}  // namespace

absl::StatusOr<v1::Review> PlanReview(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                                      const ReviewSubject& subject) {
  const Date today = directory::DateOf(tx.now(), directory::SchoolTimeZone());
  v1::Review review;
  review.set_name(RecordName(tx.unit_id(), "reviews", subject.review_id));
  review.set_record(subject.record);
  review.set_record_kind(subject.record_kind);
  review.set_revision(subject.revision);
  review.set_revision_digest(subject.revision_digest);
  if (!subject.owners.empty()) review.set_owner(subject.owners.front());
  review.set_department(subject.department);
  review.set_title(subject.title);
  review.set_year(subject.year);
  review.set_state(v1::REVIEW_STATE_OPEN);
  review.set_policy_version(RoutesVersion(routes));
  LF_ASSIGN_OR_RETURN(const v1::OwnerKind owner_kind, OwnerKind(tx, tx.unit_id(), subject, today));
  review.set_owner_kind(owner_kind);
  const config::v1::Route* route = FindRoute(routes, subject.record_kind, owner_kind);
  if (route == nullptr) return CheckReviewers({});
  RolePersons persons;
  for (const auto& step : route->steps()) {
    LF_ASSIGN_OR_RETURN(persons[step.role()],
                        Holders(tx, tx.unit_id(), step.role(), subject.department, today));
  }
  for (v1::ReviewStep& step : MakeSteps(*route, persons, subject.owners)) {
    *review.add_steps() = std::move(step);
  }
  return review;
}

}  // namespace lianfang::grading
