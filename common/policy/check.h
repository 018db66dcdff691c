// What must hold of a policy before a server goes by it. Each check says in one sentence what is
// wrong; the loader adds the file.
#pragma once

#include "absl/status/status.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/grading/v1/grading.pb.h"

namespace lianfang::policy {

// Id and version; rule ids once each; every rule has a level, a clause and a condition; the last
// rule, and only it, is an `otherwise` rule; thresholds in order; points for every likelihood and
// every consequence, once each and above 0.
absl::Status CheckGrading(const grading::v1::GradingPolicy& policy);

// Id and version; every route has a record kind and steps, every step a kind and a role; stand-ins
// are other roles of the unit; a joint review, and nothing else, has a convenor and a quorum; no
// route is hidden by an earlier one; every kind that is reviewed has a route for every owner that
// it can have; what belongs to a principal responsible person goes to the superior alone, only his
// grade passes the leading group first.
absl::Status CheckRoutes(const config::v1::RoutesPolicy& policy);

// Id, version and title; clauses with ids once each and texts; known tiers and levels; every letter
// has a clause.
absl::Status CheckLetters(const config::v1::LettersPolicy& policy);

// Id and version; role names once each, with the sources that they have; conflicts are of known
// roles, one of which is granted, and say why; permissions are exact names of at least three parts,
// or a prefix of whole parts with `.*`, once each in a role.
absl::Status CheckRoles(const config::v1::RolesPolicy& policy);

// Id and version; phases and tasks have ids of their own, titles and days that every year has;
// phases follow each other without a common day; every task has a kind, once in all, roles and a
// due day within its phase, and comes in the order of its day.
absl::Status CheckCampaign(const config::v1::CampaignTemplate& policy);

// Id and version; every rule has a kind, once in all, a title, a clause and thresholds that rise in
// colour and value; feedback has its days; pairs of functions are two different ones, once each;
// the chain begins at once and rises, each role once.
absl::Status CheckWarnings(const config::v1::WarningsPolicy& policy);

}  // namespace lianfang::policy
