#include "services/personnel/domain/duty_rules.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/id.h"
#include "common/base/resource_name.h"
#include "common/crypto/sha256.h"
#include "common/directory/date.h"
#include "common/review/digest.h"
#include "common/status/error.h"

namespace lianfang::personnel {

namespace reasons = common::v1;

namespace {

absl::string_view Chinese(v1::PostDutyState state) {
  switch (state) {
    case v1::POST_DUTY_STATE_DRAFT:
      return "草稿";
    case v1::POST_DUTY_STATE_IN_REVIEW:
      return "审核中";
    case v1::POST_DUTY_STATE_RETURNED:
      return "已退回";
    case v1::POST_DUTY_STATE_APPROVED:
      return "已通过";
    case v1::POST_DUTY_STATE_COMPILED:
      return "已汇编";
    default:
      return "未知";
  }
}

absl::Status Illegal(const v1::PostDuty& duty, absl::string_view zh, absl::string_view en) {
  return ErrorBuilder(reasons::ERROR_REASON_ILLEGAL_TRANSITION,
                      absl::StrCat("岗位职责目前为“", Chinese(duty.state()), "”，", zh),
                      absl::StrCat("The duty is ", v1::PostDutyState_Name(duty.state()), "; ", en))
      .Meta("resource", duty.name())
      .Meta("state", v1::PostDutyState_Name(duty.state()));
}

// Spaces of a Chinese text, too: an item of U+3000 alone says nothing.
bool IsBlank(absl::string_view text) {
  constexpr absl::string_view kWideSpace = "\u3000";
  while (!text.empty()) {
    if (absl::ascii_isspace(static_cast<unsigned char>(text.front()))) {
      text.remove_prefix(1);
    } else if (text.substr(0, kWideSpace.size()) == kWideSpace) {
      text.remove_prefix(kWideSpace.size());
    } else {
      return false;
    }
  }
  return true;
}

void Describe(const PostFacts& post, v1::PostDuty* duty) {
  duty->set_post_display_name(post.display_name);
  duty->set_department(post.department);
}

}  // namespace

absl::Status CheckContent(const v1::PostDuty& duty, absl::string_view unit_id) {
  if (UnitIdOf(duty.post()) != unit_id) {
    return FieldError(reasons::ERROR_REASON_INVALID_FIELD, "post_duty.post", "不属于本单位。",
                      "is not of this unit.");
  }
  for (int i = 0; i < duty.items_size(); ++i) {
    if (IsBlank(duty.items(i))) {
      return FieldError(reasons::ERROR_REASON_INVALID_FIELD,
                        absl::StrCat("post_duty.items[", i, "]"), "职责条目不能空白。",
                        "an item must not be blank.");
    }
  }
  if (duty.has_effective_date() && !directory::IsValidDate(duty.effective_date())) {
    return FieldError(reasons::ERROR_REASON_INVALID_FIELD, "post_duty.effective_date",
                      "不是有效的日期。", "is not a day of the calendar.");
  }
  return absl::OkStatus();
}

void Start(const PostFacts& post, v1::PostDuty* duty) {
  duty->set_state(v1::POST_DUTY_STATE_DRAFT);
  Describe(post, duty);
}

absl::Status CheckEditable(const v1::PostDuty& duty) {
  if (duty.state() == v1::POST_DUTY_STATE_DRAFT || duty.state() == v1::POST_DUTY_STATE_RETURNED) {
    return absl::OkStatus();
  }
  return Illegal(duty, "只有草稿或已退回的岗位职责可以修改和提交；已通过的请先修订。",
                 "only a draft or a returned duty may be changed or handed in; revise an approved "
                 "one first.");
}

absl::StatusOr<v1::PostDutyRevision> Submit(const PostFacts& post, absl::string_view drafter,
                                            const google::protobuf::Timestamp& now,
                                            v1::PostDuty* duty) {
  LF_RETURN_IF_ERROR(CheckEditable(*duty));
  if (duty->items().empty()) {
    return FieldError(reasons::ERROR_REASON_REQUIRED_FIELD, "items", "提交前至少要填写一条职责。",
                      "at least one item must be given before the duty is handed in.");
  }
  Describe(post, duty);
  duty->set_state(v1::POST_DUTY_STATE_IN_REVIEW);
  duty->set_revision(duty->revision() + 1);
  duty->set_revision_digest(review::RecordDigest(*duty, duty->revision()));
  *duty->mutable_submit_time() = now;
  duty->set_review(DutyReviewName(duty->name(), duty->revision()));
  duty->mutable_holders()->Assign(post.holders.begin(), post.holders.end());
  duty->set_drafter(std::string(drafter));
  duty->clear_marks();

  v1::PostDutyRevision revision;
  revision.set_name(DutyRevisionName(duty->name(), duty->revision()));
  revision.set_post_duty(duty->name());
  revision.set_revision(duty->revision());
  revision.set_revision_digest(duty->revision_digest());
  *revision.mutable_submit_time() = now;
  revision.set_post(duty->post());
  revision.set_year(duty->year());
  *revision.mutable_items() = duty->items();
  revision.set_requirements(duty->requirements());
  if (duty->has_effective_date()) *revision.mutable_effective_date() = duty->effective_date();
  revision.set_post_display_name(duty->post_display_name());
  revision.set_department(duty->department());
  *revision.mutable_holders() = duty->holders();
  revision.set_drafter(duty->drafter());
  return revision;
}

absl::Status Withdraw(v1::PostDuty* duty) {
  if (duty->state() != v1::POST_DUTY_STATE_IN_REVIEW) {
    return Illegal(*duty, "只有审核中的岗位职责可以撤回。",
                   "only a duty under review may be taken back.");
  }
  duty->set_state(v1::POST_DUTY_STATE_DRAFT);
  return absl::OkStatus();
}

absl::Status Revise(v1::PostDuty* duty) {
  if (!IsApproved(*duty)) {
    return Illegal(*duty, "只有已通过的岗位职责可以修订。", "only an approved duty is revised.");
  }
  duty->set_state(v1::POST_DUTY_STATE_DRAFT);
  duty->clear_marks();
  return absl::OkStatus();
}

absl::Status Confirm(v1::PostDuty* duty) {
  if (!IsApproved(*duty)) {
    return Illegal(*duty, "只有已通过的岗位职责可以确认无需修订。",
                   "only an approved duty is confirmed.");
  }
  if (duty->marks().empty()) {
    return Illegal(*duty, "没有需要确认的调整提示。", "it has no mark that could be confirmed.");
  }
  duty->clear_marks();
  return absl::OkStatus();
}

bool DecisionApplies(const v1::PostDuty& duty, absl::string_view revision_digest) {
  return duty.state() == v1::POST_DUTY_STATE_IN_REVIEW && !revision_digest.empty() &&
         duty.revision_digest() == revision_digest;
}

void Approve(absl::string_view comment, const google::protobuf::Timestamp& now,
             v1::PostDuty* duty) {
  duty->set_state(v1::POST_DUTY_STATE_APPROVED);
  duty->set_review_comment(std::string(comment));
  duty->set_approved_revision(duty->revision());
  *duty->mutable_approve_time() = now;
  duty->clear_marks();
}

void Return(absl::string_view comment, v1::PostDuty* duty) {
  duty->set_state(v1::POST_DUTY_STATE_RETURNED);
  duty->set_review_comment(std::string(comment));
  duty->clear_marks();
}

bool IsApproved(const v1::PostDuty& duty) {
  return duty.state() == v1::POST_DUTY_STATE_APPROVED ||
         duty.state() == v1::POST_DUTY_STATE_COMPILED;
}

std::string DutyRevisionName(absl::string_view duty, int revision) {
  return absl::StrCat(duty, "/revisions/", revision);
}

std::string DutyReviewName(absl::string_view duty, int revision) {
  const absl::string_view id = IdIn("postDuties", duty);
  const std::string ending = absl::StrCat("-d", revision);
  std::string review = absl::StrCat(id, ending);
  if (review.size() > kMaxResourceIdBytes) {
    const std::string piece =
        absl::BytesToHexString(crypto::ToBytes(crypto::Sha256(id))).substr(0, 16);
    const size_t room = kMaxResourceIdBytes - ending.size() - piece.size() - 1;
    review = absl::StrCat(id.substr(0, room), "-", piece, ending);
  }
  return RecordName(UnitIdOf(duty), "reviews", review);
}

}  // namespace lianfang::personnel
