#include "services/reporting/documents/domain/may_render.h"

#include <algorithm>
#include <iterator>

namespace lianfang::reporting::documents {
namespace {

// Which of a kind's documents somebody without an office over the unit may have.
enum class Open {
  kNobody,
  kDepartment,  // of the department that he heads or is in charge of
  kOwn,         // that, and his own
  kEverybody,   // of the unit: it hangs out, or all may read the records
};

Open OpenTo(v1::DocumentKind kind) {
  switch (kind) {
    case v1::DOCUMENT_KIND_SELF_CHECK:
    case v1::DOCUMENT_KIND_RESPONSIBILITY_LETTER:
    case v1::DOCUMENT_KIND_RECTIFICATION_NOTICE:
      return Open::kOwn;
    case v1::DOCUMENT_KIND_DEPARTMENT_RISKS:
    case v1::DOCUMENT_KIND_POWER_RISKS:
    case v1::DOCUMENT_KIND_RISK_SUMMARY:
    case v1::DOCUMENT_KIND_SELF_INSPECTION_REPORT:
      return Open::kDepartment;
    case v1::DOCUMENT_KIND_POWER_CATALOGUE:
    case v1::DOCUMENT_KIND_POST_DUTIES:
    case v1::DOCUMENT_KIND_WORKFLOW_CHART:
    case v1::DOCUMENT_KIND_DESK_SIGN:
    case v1::DOCUMENT_KIND_WALL_SIGN:
    case v1::DOCUMENT_KIND_PUBLIC_NOTICE:
    case v1::DOCUMENT_KIND_TASK_BREAKDOWN:
      return Open::kEverybody;
    default:
      return Open::kNobody;
  }
}

bool HasOffice(const auth::Identity& caller) {
  static constexpr absl::string_view kOffices[] = {"control_office", "leading_group", "principal",
                                                   "auditor"};
  return std::any_of(std::begin(kOffices), std::end(kOffices),
                     [&](absl::string_view role) { return caller.HasRole(role); });
}

bool Leads(const Facts& facts, const std::string& person, const std::string& department) {
  const auto found = facts.departments.find(department);
  return found != facts.departments.end() &&
         (found->second.head() == person || found->second.vice_principal() == person);
}

// Department of what the scope names; empty for none.
std::string DepartmentOfScope(const Facts& facts) {
  switch (facts.scope.type) {
    case ScopeType::kDepartment:
    case ScopeType::kPost:
      return DepartmentOf(facts, facts.scope.name);
    case ScopeType::kInspection:
      for (const auto& report : facts.inspections) {
        if (report.name() == facts.scope.name) return DepartmentOf(facts, report.subject());
      }
      return "";
    case ScopeType::kRectification:
      return facts.rectification ? facts.rectification->department() : "";
    case ScopeType::kLetter:
      for (const auto& letter : facts.letters) {
        if (letter.name() == facts.scope.name) return letter.department();
      }
      return "";
    default:
      return "";
  }
}

bool IsOwn(const Facts& facts, const std::string& person) {
  switch (facts.scope.type) {
    case ScopeType::kPerson:
      return facts.scope.name == person;
    case ScopeType::kLetter:
      for (const auto& letter : facts.letters) {
        if (letter.name() != facts.scope.name) continue;
        return letter.party_b() == person ||
               std::find(letter.party_a().begin(), letter.party_a().end(), person) !=
                   letter.party_a().end();
      }
      return false;
    case ScopeType::kRectification:
      return facts.rectification && facts.rectification->responsible() == person;
    default:
      return false;
  }
}

}  // namespace

bool MayRender(const auth::Identity& caller, const Facts& facts) {
  if (HasOffice(caller)) return true;
  // All below is about persons of the unit, known by their resource name.
  if (!facts.persons.contains(caller.subject)) return false;
  const Open open = OpenTo(facts.kind->kind);
  switch (open) {
    case Open::kEverybody:
      // What is not confirmed yet hangs nowhere.
      return !facts.draft || Leads(facts, caller.subject, DepartmentOfScope(facts));
    case Open::kOwn:
      if (IsOwn(facts, caller.subject)) return true;
      return Leads(facts, caller.subject, DepartmentOfScope(facts));
    case Open::kDepartment:
      return Leads(facts, caller.subject, DepartmentOfScope(facts));
    case Open::kNobody:
      break;
  }
  return false;
}

}  // namespace lianfang::reporting::documents
