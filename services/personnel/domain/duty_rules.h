// The life of a post's duty (岗位职责): DRAFT → IN_REVIEW → APPROVED → COMPILED, or RETURNED and
// handed in again; opened again as the draft of the next revision. Values in, values out.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/timestamp.pb.h"
#include "lianfang/personnel/v1/duty.pb.h"

namespace lianfang::personnel {

// What a duty's rules need to know of its post.
struct PostFacts {
  std::string display_name;
  std::string department;            // resource name; empty for the leadership
  std::string head;                  // of that department; empty when vacant
  std::vector<std::string> holders;  // who holds the post today, by resource name
};

// What a duty may hold at any time: a post of its own unit, no blank item, a day of the calendar.
// INVALID_FIELD.
absl::Status CheckContent(const v1::PostDuty& duty, absl::string_view unit_id);

// Makes a new duty a draft.
void Start(const PostFacts& post, v1::PostDuty* duty);

// ILLEGAL_TRANSITION unless the duty is a draft or was returned.
absl::Status CheckEditable(const v1::PostDuty& duty);

// Hands the duty in: state, number and digest of the revision, review, time, whose it is. Clears
// the marks. Returns the revision, which never changes again. ILLEGAL_TRANSITION unless it is
// editable; REQUIRED_FIELD `items` when it has none.
absl::StatusOr<v1::PostDutyRevision> Submit(const PostFacts& post, absl::string_view drafter,
                                            const google::protobuf::Timestamp& now,
                                            v1::PostDuty* duty);

// Takes the duty back. ILLEGAL_TRANSITION unless it is under review.
absl::Status Withdraw(v1::PostDuty* duty);

// Opens the duty as the draft of its next revision. ILLEGAL_TRANSITION unless it is approved or
// compiled.
absl::Status Revise(v1::PostDuty* duty);

// Clears the marks of a duty that is still right. ILLEGAL_TRANSITION unless it is approved or
// compiled, and marked.
absl::Status Confirm(v1::PostDuty* duty);

// Whether a decision on the revision with this digest is one on the duty as it stands. All others
// come too late and change nothing.
bool DecisionApplies(const v1::PostDuty& duty, absl::string_view revision_digest);

// The decision's effect on the duty.
void Approve(absl::string_view comment, const google::protobuf::Timestamp& now, v1::PostDuty* duty);
void Return(absl::string_view comment, v1::PostDuty* duty);

// Whether the duty is approved as it stands, compiled or not.
bool IsApproved(const v1::PostDuty& duty);

// The revision's number as a resource name: `units/u/postDuties/d/revisions/{revision}`.
std::string DutyRevisionName(absl::string_view duty, int revision);

// Resource name of the review of one revision: `units/u/reviews/{duty id}-d{revision}`; where that
// is too long for an id, the end of the duty's id gives way to a piece of its digest. The ending
// keeps it apart from reviews of other kinds.
std::string DutyReviewName(absl::string_view duty, int revision);

}  // namespace lianfang::personnel
