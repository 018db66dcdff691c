#include "services/reporting/domain/adjudication.h"

#include <algorithm>

#include "common/status/error.h"
#include "services/reporting/domain/school_time.h"

namespace lianfang::reporting {
namespace {

absl::Status CheckNotAbout(const v1::Warning& warning, const std::string& actor) {
  if (std::find(warning.persons().begin(), warning.persons().end(), actor) ==
      warning.persons().end()) {
    return absl::OkStatus();
  }
  return MakeError(common::v1::ERROR_REASON_OWN_RECORD, "预警涉及本人，应当由他人界定。",
                   "The warning is about the caller; somebody else adjudicates it.");
}

// The decision in force: the newest one that was not taken back.
bool InForce(const v1::Warning& stored) {
  return stored.history_size() > 0 && !stored.history(stored.history_size() - 1).revocation();
}

}  // namespace

v1::Warning Merge(const std::optional<v1::Warning>& computed,
                  const std::optional<v1::Warning>& stored) {
  v1::Warning warning = computed ? *computed : *stored;
  warning.clear_adjudication();
  warning.clear_escalation();
  warning.set_state(computed ? v1::WARNING_STATE_OPEN : v1::WARNING_STATE_GONE);
  if (!stored) return warning;
  *warning.mutable_history() = stored->history();
  warning.set_etag(stored->etag());
  *warning.mutable_create_time() = stored->create_time();
  *warning.mutable_update_time() = stored->update_time();
  if (!InForce(*stored)) return warning;
  const v1::Adjudication& newest = stored->history(stored->history_size() - 1);
  if (computed && newest.colour() < computed->colour()) return warning;
  *warning.mutable_adjudication() = newest;
  if (computed) warning.set_state(v1::WARNING_STATE_ADJUDICATED);
  return warning;
}

absl::Status Adjudicate(const v1::AdjudicateWarningRequest& request, const std::string& actor,
                        absl::Time now, v1::Warning* warning) {
  LF_RETURN_IF_ERROR(CheckNotAbout(*warning, actor));
  if (warning->state() != v1::WARNING_STATE_OPEN) {
    return MakeError(common::v1::ERROR_REASON_ILLEGAL_TRANSITION,
                     warning->state() == v1::WARNING_STATE_GONE
                         ? "该预警的情形已经消除，无需界定。"
                         : "该预警已经界定；如需改变，请先撤销原界定。",
                     "Only an open warning is adjudicated.");
  }
  const bool risk = request.verdict() == v1::WARNING_VERDICT_RISK;
  if (risk && request.disposal() == v1::WARNING_DISPOSAL_UNSPECIFIED) {
    return FieldError(common::v1::ERROR_REASON_REQUIRED_FIELD, "disposal",
                      "属实的，应当说明如何处置。", "must be given for a risk.");
  }
  if (!risk && request.disposal() != v1::WARNING_DISPOSAL_UNSPECIFIED) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "disposal",
                      "不构成风险的，没有处置。", "must be empty for what is no risk.");
  }
  v1::Adjudication* added = warning->add_history();
  added->set_verdict(request.verdict());
  added->set_disposal(request.disposal());
  added->set_reason(request.reason());
  added->set_evidence(request.evidence());
  added->set_adjudicator(actor);
  *added->mutable_time() = ToTimestamp(now);
  added->set_colour(warning->colour());
  *warning->mutable_adjudication() = *added;
  warning->set_state(v1::WARNING_STATE_ADJUDICATED);
  warning->clear_escalation();
  return absl::OkStatus();
}

absl::Status Revoke(const std::string& reason, const std::string& actor, absl::Time now,
                    v1::Warning* warning) {
  LF_RETURN_IF_ERROR(CheckNotAbout(*warning, actor));
  if (!warning->has_adjudication()) {
    return MakeError(common::v1::ERROR_REASON_ILLEGAL_TRANSITION, "该预警没有生效的界定。",
                     "No adjudication of this warning is in force.");
  }
  v1::Adjudication* added = warning->add_history();
  added->set_reason(reason);
  added->set_adjudicator(actor);
  *added->mutable_time() = ToTimestamp(now);
  added->set_colour(warning->colour());
  added->set_revocation(true);
  warning->clear_adjudication();
  if (warning->state() == v1::WARNING_STATE_ADJUDICATED) {
    warning->set_state(v1::WARNING_STATE_OPEN);
  }
  return absl::OkStatus();
}

}  // namespace lianfang::reporting
