#include "services/grading/domain/sign_rules.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "common/review/marks.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "services/grading/domain/refusals.h"

namespace lianfang::grading {
namespace {

using google::protobuf::util::TimeUtil;

// Whether both say the same to whoever reads the sign.
bool SaysTheSame(const v1::WarningSign& a, const v1::WarningSign& b) {
  return a.level() == b.level() && a.display_name() == b.display_name() &&
         a.department() == b.department() &&
         std::equal(a.risk_points().begin(), a.risk_points().end(), b.risk_points().begin(),
                    b.risk_points().end()) &&
         std::equal(a.responsible().begin(), a.responsible().end(), b.responsible().begin(),
                    b.responsible().end());
}

}  // namespace

std::optional<v1::WarningSign> NextSign(const v1::WarningSign* earlier,
                                        const v1::WarningSign& drafted,
                                        const std::vector<Cause>& causes, bool revive,
                                        absl::Time now) {
  const bool nothing =
      drafted.risk_points().empty() || drafted.level() == common::v1::RISK_LEVEL_UNSPECIFIED;
  if (earlier == nullptr) {
    if (nothing) return std::nullopt;
    v1::WarningSign first = drafted;
    first.set_grade_number(first.level());
    first.set_revision(1);
    first.set_state(v1::WARNING_SIGN_STATE_GENERATED);
    return first;
  }
  const bool removed = earlier->state() == v1::WARNING_SIGN_STATE_REMOVED;
  if (removed && (nothing || !revive)) return std::nullopt;
  v1::WarningSign next = *earlier;
  if (nothing) {
    next.set_state(v1::WARNING_SIGN_STATE_REMOVED);
    next.set_remove_reason("不再有登记在册的廉政风险点");
    next.clear_marks();
    return next;
  }
  if (!removed && SaysTheSame(*earlier, drafted)) return std::nullopt;
  next.set_level(drafted.level());
  next.set_grade_number(drafted.level());
  next.set_display_name(drafted.display_name());
  next.set_department(drafted.department());
  *next.mutable_risk_points() = drafted.risk_points();
  *next.mutable_responsible() = drafted.responsible();
  next.set_revision(earlier->revision() + 1);
  next.clear_remove_reason();
  // What nobody has made yet is simply made as it is now.
  const bool made = !removed && earlier->state() != v1::WARNING_SIGN_STATE_GENERATED;
  next.set_state(made ? v1::WARNING_SIGN_STATE_REVISED : v1::WARNING_SIGN_STATE_GENERATED);
  if (made) {
    for (const Cause& cause : causes) {
      review::AddMark(cause.cause, cause.source, cause.reason, now, next.mutable_marks());
    }
  } else {
    next.clear_produce_time();
    next.clear_display_time();
    next.clear_marks();
  }
  return next;
}

absl::StatusOr<v1::WarningSign> Produce(const v1::WarningSign& sign, v1::SignPlacement placement,
                                        const std::string& phone, absl::Time now) {
  if (sign.state() != v1::WARNING_SIGN_STATE_GENERATED &&
      sign.state() != v1::WARNING_SIGN_STATE_REVISED) {
    return WrongState("警示牌已经制作，或者已经撤除。",
                      "The sign has been made as it is, or was removed.");
  }
  v1::WarningSign next = sign;
  next.set_state(v1::WARNING_SIGN_STATE_PRODUCED);
  if (placement == v1::SIGN_PLACEMENT_UNSPECIFIED) placement = sign.placement();
  if (placement == v1::SIGN_PLACEMENT_UNSPECIFIED) {
    placement = sign.layer() == common::v1::RISK_LAYER_DEPARTMENT ? v1::SIGN_PLACEMENT_WALL
                                                                  : v1::SIGN_PLACEMENT_DESK;
  }
  next.set_placement(placement);
  if (!phone.empty()) next.set_phone(phone);
  *next.mutable_produce_time() = TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now));
  next.clear_display_time();
  return next;
}

absl::StatusOr<v1::WarningSign> Display(const v1::WarningSign& sign, const std::string& place,
                                        absl::Time now) {
  if (sign.state() != v1::WARNING_SIGN_STATE_PRODUCED) {
    return WrongState("警示牌尚未制作，或者已经公示、撤除。",
                      "The sign has not been made yet, or is displayed or removed already.");
  }
  v1::WarningSign next = sign;
  next.set_state(v1::WARNING_SIGN_STATE_DISPLAYED);
  if (!place.empty()) next.set_place(place);
  *next.mutable_display_time() = TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now));
  next.clear_marks();
  return next;
}

absl::StatusOr<v1::WarningSign> Remove(const v1::WarningSign& sign, const std::string& reason) {
  if (sign.state() == v1::WARNING_SIGN_STATE_REMOVED) {
    return WrongState("警示牌已经撤除。", "The sign has been removed already.");
  }
  if (absl::StripAsciiWhitespace(reason).empty()) {
    return FieldError(common::v1::ERROR_REASON_REASON_REQUIRED, "reason",
                      "撤除警示牌必须说明理由。", "is needed to remove a sign.");
  }
  v1::WarningSign next = sign;
  next.set_state(v1::WARNING_SIGN_STATE_REMOVED);
  next.set_remove_reason(reason);
  next.clear_marks();
  return next;
}

}  // namespace lianfang::grading
