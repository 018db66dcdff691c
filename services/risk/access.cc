#include "services/risk/access.h"

#include "common/base/resource_name.h"
#include "services/risk/risk_kinds.h"

namespace lianfang::risk {
namespace {

// Of a post, a department or the unit.
access::Facts OfOwner(const std::string& name, const std::string& owner,
                      const std::string& department) {
  access::Facts facts;
  facts.name = name;
  facts.department = department;
  if (!IdIn("posts", owner).empty()) facts.post = owner;
  if (!IdIn("departments", owner).empty()) facts.department = owner;
  facts.of_unit = owner == UnitName(UnitIdOf(owner));
  return facts;
}

template <class Form>
access::Facts OfPerson(const Form& form) {
  access::Facts facts;
  facts.name = form.name();
  facts.persons = {form.person()};
  return facts;
}

}  // namespace

access::Facts FactsOf(const v1::SelfCheck& form) { return OfPerson(form); }

access::Facts FactsOf(const v1::SelfCheckRevision& revision) { return OfPerson(revision); }

access::Facts FactsOf(const v1::RiskPoint& point) {
  access::Facts facts = OfOwner(point.name(), point.owner(), point.department());
  facts.under_review = point.state() == v1::RISK_POINT_STATE_SUBMITTED;
  return facts;
}

access::Facts FactsOf(const v1::Submission& form) {
  access::Facts facts = OfOwner(form.name(), form.owner(), form.department());
  facts.persons = {form.owners().begin(), form.owners().end()};
  facts.persons.push_back(form.submitter());
  facts.under_review = form.state() == v1::SUBMISSION_STATE_SUBMITTED;
  return facts;
}

access::Facts FactsOf(const v1::Feedback& feedback) {
  access::Facts facts = OfOwner(feedback.name(), feedback.owner(), "");
  return facts;
}

absl::StatusOr<access::Facts> FactsOf(store::Reader& reader, const v1::Measure& measure) {
  LF_ASSIGN_OR_RETURN(const auto point,
                      reader.Find<v1::RiskPoint>(RiskPointKind(), measure.risk_point()));
  access::Facts facts = FactsOf(point ? *point : v1::RiskPoint::default_instance());
  facts.name = measure.name();
  facts.under_review = measure.state() == v1::MEASURE_STATE_IN_REVIEW;
  return facts;
}

access::Viewer ViewerOf(const rpc::CallContext& call, store::Reader& reader) {
  return {&reader, call.identity.get(), call.unit_id, call.now};
}

access::Viewer ViewerOf(store::WriteTx& tx) { return {&tx, &tx.actor(), tx.unit_id(), tx.now()}; }

std::vector<std::string> OwnersAt(const access::Place& place) {
  std::vector<std::string> owners = place.posts;
  owners.insert(owners.end(), place.heads.begin(), place.heads.end());
  return owners;
}

}  // namespace lianfang::risk
