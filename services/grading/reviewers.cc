#include "services/grading/reviewers.h"

#include <algorithm>
#include <string>
#include <vector>

#include "common/review/route.h"
#include "common/status/error.h"

namespace lianfang::grading {
namespace {

template <class Names>
bool Contains(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Actor ActorOf(const auth::Identity& identity) { return {identity.subject, identity.roles}; }

absl::StatusOr<Actor> DeciderOf(const auth::Identity& caller, bool may_relay,
                                const v1::DecideRequest& request) {
  const bool named = !request.on_behalf_of().empty();
  const bool has_role = request.on_behalf_role() != v1::REVIEWER_ROLE_UNSPECIFIED;
  if (!named && !has_role) return ActorOf(caller);
  if (!may_relay) {
    return MakeError(common::v1::ERROR_REASON_PERMISSION_DENIED, "您不能转达他人的决定。",
                     "No role of the caller grants bringing the decision of somebody else.");
  }
  if (!named || !has_role) {
    return FieldError(common::v1::ERROR_REASON_REQUIRED_FIELD,
                      named ? "on_behalf_role" : "on_behalf_of", "必须填写。", "must be given.");
  }
  if (!review::IsSuperiorRole(request.on_behalf_role())) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "on_behalf_role",
                      "只能转达上级的决定。", "is not a role of the superior.");
  }
  const auto roles = review::TokenRoles(request.on_behalf_role());
  return Actor{request.on_behalf_of(), {roles.begin(), roles.end()}, caller.subject};
}

absl::Status RefreshReviewers(const config::v1::RoutesPolicy& routes, review::Roster& roster,
                              v1::Review* review) {
  if (review->state() != v1::REVIEW_STATE_OPEN || review->current_step() < 0 ||
      review->current_step() >= review->steps_size()) {
    return absl::OkStatus();
  }
  // Reviews that were opened before there were several owners name one.
  if (review->owners().empty() && !review->owner().empty()) review->add_owners(review->owner());
  // Not all whom the review names as owners: whoever handed in for others is among them.
  std::vector<std::string> owners = {review->owner()};
  if (!review->post().empty()) {
    LF_ASSIGN_OR_RETURN(const std::vector<std::string> holders, roster.HoldersOf(review->post()));
    owners.insert(owners.end(), holders.begin(), holders.end());
    for (const std::string& holder : holders) {
      if (!Contains(review->owners(), holder)) review->add_owners(holder);
    }
  }
  if (IsOfPerson(*review)) {
    LF_ASSIGN_OR_RETURN(const std::vector<std::string> principals, roster.Principals());
    const bool principals_own =
        std::any_of(owners.begin(), owners.end(),
                    [&](const std::string& owner) { return Contains(principals, owner); });
    const config::v1::Route* route =
        review::FindRoute(routes, review->record_kind(), v1::OWNER_KIND_PRINCIPAL_RESPONSIBLE);
    if (principals_own && route != nullptr) GoUp(*route, review);
  }
  return roster.Fill(review->department(), {review->owners().begin(), review->owners().end()},
                     review->mutable_steps(review->current_step()));
}

}  // namespace lianfang::grading
