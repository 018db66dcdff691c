#include "services/grading/access.h"

#include <utility>

#include "common/base/resource_name.h"
#include "common/review/route.h"
#include "common/rpc/service.h"

namespace lianfang::grading {

using access::Facts;

Facts FactsOf(const v1::Grade& grade) {
  Facts facts;
  facts.name = grade.name();
  facts.post = grade.post();
  facts.department = grade.department();
  return facts;
}

Facts FactsOf(const v1::Review& review) {
  Facts facts;
  facts.name = review.name();
  facts.persons = {review.owners().begin(), review.owners().end()};
  facts.persons.push_back(review.owner());
  for (const v1::ReviewStep& step : review.steps()) {
    facts.others.insert(facts.others.end(), step.assignees().begin(), step.assignees().end());
    facts.for_superior = facts.for_superior || review::IsSuperiorRole(step.role());
  }
  for (const v1::ReviewOpinion& opinion : review.opinions()) {
    facts.others.push_back(opinion.person());
  }
  for (const v1::ReviewDecision& decision : review.decisions()) {
    facts.others.push_back(decision.decider());
  }
  facts.post = review.post();
  facts.department = review.department();
  facts.under_review = review.state() == v1::REVIEW_STATE_OPEN;
  return facts;
}

Facts FactsOf(const v1::SelfInspectionReport& report) {
  Facts facts;
  facts.name = report.name();
  facts.of_unit = IdIn("departments", report.subject()).empty();
  if (!facts.of_unit) facts.department = report.subject();
  return facts;
}

Facts FactsOf(const v1::Examination& examination) {
  Facts facts;
  facts.name = examination.name();
  facts.others = {examination.examiners().begin(), examination.examiners().end()};
  facts.department = examination.department();
  return facts;
}

Facts FactsOf(const v1::Rectification& rectification) {
  Facts facts;
  facts.name = rectification.name();
  facts.persons = {rectification.responsible()};
  facts.department = rectification.department();
  return facts;
}

Facts FactsOf(const v1::ResponsibilityLetter& letter) {
  Facts facts;
  facts.name = letter.name();
  facts.persons = {letter.party_b()};
  facts.others = {letter.party_a().begin(), letter.party_a().end()};
  facts.department = letter.department();
  return facts;
}

access::Viewer ViewerOf(const rpc::CallContext& call, store::Reader& reader) {
  return {&reader, call.identity.get(), call.unit_id, call.now};
}

access::Viewer ViewerOf(store::WriteTx& tx) { return {&tx, &tx.actor(), tx.unit_id(), tx.now()}; }

absl::Status FromDirectory(absl::Status status) {
  return status.ok() ? status : rpc::MaybeBehind(std::move(status), "personnel");
}

}  // namespace lianfang::grading
