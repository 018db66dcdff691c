#include "services/grading/domain/grade_record.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "common/base/resource_name.h"
#include "common/crypto/sha256.h"
#include "common/message/canonical.h"
#include "common/review/route.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "services/grading/domain/ids.h"

namespace lianfang::grading {
namespace {

using google::protobuf::util::TimeUtil;
using message::Canonical;

bool IsRegistered(risk::v1::RiskPointState state) {
  return state == risk::v1::RISK_POINT_STATE_REGISTERED ||
         state == risk::v1::RISK_POINT_STATE_PUBLICISED;
}

// Puts the next revision under review by the school.
void OpenRevision(v1::Grade* grade) {
  grade->set_revision(grade->revision() + 1);
  grade->set_state(v1::GRADE_STATE_SCHOOL_REVIEW);
  grade->clear_review();
  grade->clear_review_comment();
  grade->clear_school_review_time();
  grade->clear_confirm_time();
  grade->clear_marks();
  grade->set_revision_digest(RevisionDigest(*grade));
}

}  // namespace

std::string RevisionDigest(const v1::Grade& grade) {
  v1::Grade bound;
  bound.set_post(grade.post());
  bound.set_year(grade.year());
  bound.set_level(grade.level());
  *bound.mutable_proposal() = grade.proposal();
  *bound.mutable_profile() = grade.profile();
  bound.set_override_reason(grade.override_reason());
  bound.set_revision(grade.revision());
  return crypto::ToBytes(crypto::Sha256(Canonical(bound)));
}

v1::PostProfile MakeProfile(const personnel::v1::Post& post, int year,
                            const std::vector<risk::v1::RiskPoint>& points) {
  v1::PostProfile profile;
  profile.set_post(post.name());
  profile.set_is_unit_head(post.is_unit_head());
  *profile.mutable_functions() = post.functions();
  std::set<int> kinds;
  for (const risk::v1::RiskPoint& point : points) {
    if (point.year() != year || !IsRegistered(point.state())) continue;
    kinds.insert(point.category());
    if (point.has_factors() && profile.risks_size() < kMaxRisks) {
      *profile.add_risks() = point.factors();
    }
  }
  profile.set_risk_kind_count(static_cast<int>(kinds.size()));
  return profile;
}

bool StillStands(const v1::Grade& grade, const GradeInput& input, const CompiledPolicy& policy) {
  return grade.state() != v1::GRADE_STATE_RETURNED && grade.holder() == input.holder &&
         grade.proposal().policy_version() == policy.version() &&
         Canonical(grade.profile()) == Canonical(input.profile);
}

absl::StatusOr<v1::Grade> Propose(absl::string_view unit_id, const v1::Grade* earlier,
                                  const GradeInput& input, const CompiledPolicy& policy) {
  v1::Grade grade;
  if (earlier != nullptr) {
    grade = *earlier;
  } else {
    const std::string id = GradeId(IdIn("posts", input.post->name()), input.year);
    grade.set_name(RecordName(unit_id, "grades", id));
    grade.set_post(input.post->name());
    grade.set_year(input.year);
  }
  grade.set_post_display_name(input.post->display_name());
  grade.set_department(input.post->department());
  grade.set_holder(input.holder);
  *grade.mutable_profile() = input.profile;
  grade.clear_proposal();
  LF_RETURN_IF_ERROR(Grade(input.profile, policy, grade.mutable_proposal()));
  grade.set_level(grade.proposal().level());
  grade.clear_override_reason();
  OpenRevision(&grade);
  return grade;
}

absl::StatusOr<v1::Grade> Override(const v1::Grade& grade, common::v1::RiskLevel level,
                                   absl::string_view reason, absl::string_view actor,
                                   const std::vector<std::string>& owners) {
  if (std::find(owners.begin(), owners.end(), actor) != owners.end()) {
    return MakeError(common::v1::ERROR_REASON_OWN_RECORD, "不能更改本人岗位的等级。",
                     "Nobody sets the level of his own post.");
  }
  // A greater number is a lower level.
  if (level > grade.proposal().rule_floor()) {
    return FieldError(common::v1::ERROR_REASON_BELOW_RULE_FLOOR, "level",
                      "不能低于评定规则确定的等级。",
                      "may not be below the level that the rule asks for.");
  }
  const absl::string_view why = absl::StripAsciiWhitespace(reason);
  if ((level > grade.proposal().level() || level > grade.level()) && why.empty()) {
    return FieldError(common::v1::ERROR_REASON_REASON_REQUIRED, "reason", "调低等级必须说明理由。",
                      "is needed to lower a level.");
  }
  if (level == grade.level() && grade.state() != v1::GRADE_STATE_RETURNED) {
    return MakeError(common::v1::ERROR_REASON_ILLEGAL_TRANSITION, "岗位已经是这一等级。",
                     "The post has this level already.");
  }
  v1::Grade next = grade;
  next.set_level(level);
  next.clear_override_reason();
  if (level != grade.proposal().level()) next.set_override_reason(std::string(why));
  OpenRevision(&next);
  return next;
}

absl::StatusOr<v1::Grade> AfterDecision(const v1::Grade& grade, const v1::Review& review,
                                        absl::Time now) {
  if (review.record() != grade.name() || review.revision() != grade.revision() ||
      review.revision_digest() != grade.revision_digest() || review.decisions().empty()) {
    return MakeError(common::v1::ERROR_REASON_REVISION_CHANGED, "等级已变更，原审核不再有效。",
                     "The grade has changed; this review is of an earlier revision.");
  }
  v1::Grade next = grade;
  next.set_review_comment(review.decisions().rbegin()->comment());
  const auto time = TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now));
  if (review.state() == v1::REVIEW_STATE_RETURNED) {
    next.set_state(v1::GRADE_STATE_RETURNED);
    return next;
  }
  const bool school_is_done = review.state() == v1::REVIEW_STATE_APPROVED ||
                              (review.current_step() < review.steps_size() &&
                               review::IsSuperiorRole(review.steps(review.current_step()).role()));
  if (school_is_done && !next.has_school_review_time()) {
    *next.mutable_school_review_time() = time;
  }
  if (review.state() == v1::REVIEW_STATE_APPROVED) {
    next.set_state(v1::GRADE_STATE_CONFIRMED);
    next.set_confirmed_level(next.level());
    next.clear_marks();
    *next.mutable_confirm_time() = time;
  } else if (school_is_done) {
    next.set_state(v1::GRADE_STATE_SUPERIOR_REVIEW);
  }
  return next;
}

}  // namespace lianfang::grading
