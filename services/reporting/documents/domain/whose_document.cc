#include "services/reporting/documents/domain/whose_document.h"

#include <algorithm>
#include <string>
#include <vector>

namespace lianfang::reporting::documents {
namespace {

template <class T>
const T* Named(const std::vector<T>& records, const std::string& name) {
  const auto found = std::find_if(records.begin(), records.end(),
                                  [&](const T& record) { return record.name() == name; });
  return found == records.end() ? nullptr : &*found;
}

access::Facts FactsOfScope(const Facts& facts) {
  const std::string& name = facts.scope.name;
  access::Facts asked;
  asked.name = name;
  switch (facts.scope.type) {
    case ScopeType::kPerson:
      asked.persons = {name};
      break;
    case ScopeType::kDepartment:
    case ScopeType::kPost:
      asked.department = DepartmentOf(facts, name);
      break;
    case ScopeType::kLetter:
      if (const auto* letter = Named(facts.letters, name)) {
        asked.persons = {letter->party_b()};
        asked.others = {letter->party_a().begin(), letter->party_a().end()};
        asked.department = letter->department();
      }
      break;
    case ScopeType::kInspection:
      if (const auto* report = Named(facts.inspections, name)) {
        asked.department = DepartmentOf(facts, report->subject());
      }
      break;
    case ScopeType::kRectification:
      if (facts.rectification) {
        asked.persons = {facts.rectification->responsible()};
        asked.department = facts.rectification->department();
      }
      break;
    case ScopeType::kPower:
      if (const auto* power = Named(facts.powers, name)) asked.department = power->department();
      break;
    case ScopeType::kUnit:
    case ScopeType::kPublication:
      break;
  }
  return asked;
}

access::Action ActionOf(const Facts& facts) {
  switch (facts.kind->audience) {
    case Audience::kOneself:
      return access::Action::kRenderSelfCheck;
    case Audience::kDepartment:
      return access::Action::kRenderOfDepartment;
    case Audience::kPerson:
      return access::Action::kRenderOfPerson;
    case Audience::kEverybody:
      // What is not confirmed yet hangs nowhere.
      return facts.draft ? access::Action::kRenderOfDepartment : access::Action::kRenderPublic;
    case Audience::kNobody:
      break;
  }
  return access::Action::kRenderOfUnit;
}

}  // namespace

Question WhoseDocument(const Facts& facts) { return {ActionOf(facts), FactsOfScope(facts)}; }

}  // namespace lianfang::reporting::documents
