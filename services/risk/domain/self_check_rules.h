// The life of 《个人廉政风险自查表》: DRAFT → SUBMITTED → APPROVED, or RETURNED and handed in
// again. Values in, values out.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/timestamp.pb.h"
#include "lianfang/risk/v1/risk.pb.h"

namespace lianfang::risk {

// ILLEGAL_TRANSITION unless the form is a draft or was returned.
absl::Status CheckEditable(const risk::v1::SelfCheck& form);

// What a form may hold at any time: the categories that its findings take, and a person and a post
// of its own unit. `path` is the form's path in the request, e.g. `self_check`.
absl::Status CheckContent(const risk::v1::SelfCheck& form, absl::string_view unit_id,
                          absl::string_view path);

// Hands the form in: state, number and digest of the revision, review, time. Returns the revision,
// which never changes again. ILLEGAL_TRANSITION unless it is editable; REQUIRED_FIELD `findings`
// when it has none.
absl::StatusOr<risk::v1::SelfCheckRevision> Submit(const google::protobuf::Timestamp& now,
                                                   risk::v1::SelfCheck* form);

// Takes the form back. ILLEGAL_TRANSITION unless it is under review.
absl::Status Withdraw(risk::v1::SelfCheck* form);

// Whether a decision on the revision with this digest is one on the form as it stands. All others
// come too late and change nothing.
bool DecisionApplies(const risk::v1::SelfCheck& form, absl::string_view revision_digest);

// The decision's effect on the form.
void Approve(absl::string_view comment, risk::v1::SelfCheck* form);
void Return(absl::string_view comment, risk::v1::SelfCheck* form);

// SHA-256 of a revision, over its serialized bytes: what decisions bind to.
std::string RevisionDigest(const risk::v1::SelfCheckRevision& revision);

// The revision's number as a resource name: `units/u/selfChecks/s/revisions/{revision}`.
std::string RevisionName(absl::string_view self_check, int revision);

// Resource name of the review of one revision: `units/u/reviews/{self_check id}-r{revision}`, the
// id shortened as FitId does.
std::string ReviewName(absl::string_view self_check, int revision);

// An id as it is when it has at most 63 bytes; otherwise its first 46 bytes, `-` and the first 16
// hexadecimal digits of its SHA-256.
std::string FitId(absl::string_view id);

}  // namespace lianfang::risk
