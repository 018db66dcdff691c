// What a record says of its publication, against the publications themselves.
#include <algorithm>
#include <map>
#include <set>

#include "lianfang/reporting/v1/publicity.pb.h"
#include "lianfang/reporting/v1/reporting.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "tests/acceptance/model/invariants.h"
#include "tests/acceptance/model/perform.h"

namespace lianfang::model {

namespace {

using Shown = std::map<std::string, std::set<std::string>>;  // record → publications that show it

// Every record that is PUBLICISED names publications; they are there, show it and were not
// withdrawn.
template <class Records, class State>
void CheckRecords(World& world, const Records& records, State publicised, const Shown& shown) {
  for (const auto& record : records) {
    const auto in = shown.find(record.name());
    if (record.state() == publicised && record.publications().empty()) {
      world.Problem(absl::StrCat("publicised, but not by a publication: ", record.name()));
    }
    if (record.state() != publicised) continue;
    for (const std::string& publication : record.publications()) {
      if (in == shown.end() || !in->second.contains(publication)) {
        world.Problem(absl::StrCat("publicised by a publication that does not show it: ",
                                   record.name(), " by ", publication));
      }
    }
  }
}

}  // namespace

void CheckPublicity(World& world) {
  Shown shown;
  for (const auto& publication :
       Everything<reporting::v1::ListPublicationsResponse, reporting::v1::ListPublicationsRequest>(
           world)
           .publications()) {
    if (publication.state() == reporting::v1::PUBLICATION_STATE_WITHDRAWN) continue;
    for (const std::string& subject : publication.subjects()) {
      shown[subject].insert(publication.name());
    }
    const bool narrow = publication.scope() == common::v1::PUBLICITY_SCOPE_LIMITED ||
                        publication.scope() == common::v1::PUBLICITY_SCOPE_DEPARTMENT;
    if (publication.kind() == reporting::v1::PUBLICATION_KIND_PERSONAL_FORMS && !narrow) {
      world.Problem(absl::StrCat("personal forms shown too widely: ", publication.name()));
    }
    const bool waits =
        std::any_of(publication.objections().begin(), publication.objections().end(),
                    [](const auto& o) { return o.state() == reporting::v1::OBJECTION_STATE_OPEN; });
    if (publication.state() == reporting::v1::PUBLICATION_STATE_CLOSED && waits) {
      world.Problem(absl::StrCat("closed with an objection unanswered: ", publication.name()));
    }
    for (const auto& objection : publication.objections()) {
      if (objection.handler() == objection.objector()) {
        world.Problem(absl::StrCat("answered his own objection: ", publication.name()));
      }
    }
  }
  CheckRecords(world,
               Everything<risk::v1::ListRiskPointsResponse, risk::v1::ListRiskPointsRequest>(world)
                   .risk_points(),
               risk::v1::RISK_POINT_STATE_PUBLICISED, shown);
  CheckRecords(
      world,
      Everything<risk::v1::ListMeasuresResponse, risk::v1::ListMeasuresRequest>(world).measures(),
      risk::v1::MEASURE_STATE_PUBLICISED, shown);
}

}  // namespace lianfang::model
