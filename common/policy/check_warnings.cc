#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/id.h"
#include "common/policy/check.h"
#include "common/policy/complaint.h"
#include "common/status/error.h"

namespace lianfang::policy {
namespace {

using config::v1::WarningRule;
using config::v1::WarningsPolicy;

constexpr int kMaxWindowDays = 3660;

absl::Status CheckRule(const WarningRule& rule) {
  if (!IsValidResourceId(rule.id())) return Wrong("rule id '", rule.id(), "' is not a resource id");
  if (rule.kind() == reporting::v1::WARNING_KIND_UNSPECIFIED) {
    return Wrong("rule '", rule.id(), "' has no kind");
  }
  if (rule.title().empty() || rule.clause().empty()) {
    return Wrong("rule '", rule.id(), "' has no title or no clause");
  }
  if (rule.thresholds().empty()) return Wrong("rule '", rule.id(), "' has no thresholds");
  int colour = reporting::v1::WARNING_COLOUR_UNSPECIFIED;
  int from = -1;
  for (const auto& threshold : rule.thresholds()) {
    if (threshold.colour() <= colour || threshold.from() <= from) {
      return Wrong("rule '", rule.id(), "': thresholds must rise in colour and value, from 0 on");
    }
    colour = threshold.colour();
    from = threshold.from();
  }
  const bool feedback = rule.kind() == reporting::v1::WARNING_KIND_REPEATED_FEEDBACK;
  if (feedback ? rule.window_days() < 1 || rule.window_days() > kMaxWindowDays
               : rule.window_days() != 0) {
    return Wrong("rule '", rule.id(), "': window_days is for feedback only, 1 to ", kMaxWindowDays);
  }
  // Nothing is no case: these are counts of something.
  const bool counts = feedback || rule.kind() == reporting::v1::WARNING_KIND_CONFLICTING_POWERS;
  if (counts && rule.thresholds(0).from() < 1) {
    return Wrong("rule '", rule.id(), "': the first threshold must be 1 or more");
  }
  return absl::OkStatus();
}

absl::Status CheckPairs(const WarningsPolicy& policy) {
  std::set<std::pair<int, int>> pairs;
  for (const auto& pair : policy.conflicting_functions()) {
    if (pair.a() == common::v1::POST_FUNCTION_UNSPECIFIED ||
        pair.b() == common::v1::POST_FUNCTION_UNSPECIFIED || pair.a() == pair.b()) {
      return Wrong("conflicting_functions must name two different functions");
    }
    if (pair.reason().empty()) return Wrong("a pair of conflicting_functions has no reason");
    if (!pairs.insert(std::minmax<int>(pair.a(), pair.b())).second) {
      return Wrong("a pair of conflicting_functions stands twice");
    }
  }
  const bool needed =
      std::any_of(policy.rules().begin(), policy.rules().end(), [](const auto& rule) {
        return rule.kind() == reporting::v1::WARNING_KIND_CONFLICTING_POWERS;
      });
  if (needed && pairs.empty()) return Wrong("has a rule of conflicting powers and no pairs");
  return absl::OkStatus();
}

absl::Status CheckChain(const WarningsPolicy& policy) {
  if (policy.escalation().empty()) return Wrong("has no escalation");
  std::set<int> roles;
  int hours = -1;
  for (const auto& step : policy.escalation()) {
    if (step.role() == reporting::v1::ESCALATION_ROLE_UNSPECIFIED) {
      return Wrong("a step of the escalation has no role");
    }
    if (!roles.insert(step.role()).second) return Wrong("a role escalates twice");
    if (step.after_hours() <= hours) return Wrong("after_hours of the escalation must rise");
    hours = step.after_hours();
  }
  if (policy.escalation(0).after_hours() != 0) {
    return Wrong("the escalation must begin after 0 hours");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckWarnings(const WarningsPolicy& policy) {
  if (!IsValidResourceId(policy.id())) {
    return Wrong("id '", policy.id(), "' is not a resource id");
  }
  if (policy.version() < 1) return Wrong("version must be 1 or more");
  if (policy.rules().empty()) return Wrong("has no rules");
  std::set<std::string> ids;
  std::set<int> kinds;
  for (const WarningRule& rule : policy.rules()) {
    LF_RETURN_IF_ERROR(CheckRule(rule));
    if (!ids.insert(rule.id()).second) return Wrong("rule '", rule.id(), "' stands twice");
    if (!kinds.insert(rule.kind()).second) {
      return Wrong("rule '", rule.id(), "' is of a kind that stands already");
    }
  }
  LF_RETURN_IF_ERROR(CheckPairs(policy));
  return CheckChain(policy);
}

}  // namespace lianfang::policy
