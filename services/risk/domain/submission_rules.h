// Forms that are handed in and reviewed as one: whose they may be, who hands them in, what a
// decision binds to.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lianfang/common/v1/types.pb.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/risk/v1/submission.pb.h"

namespace lianfang::risk {

// Most records of one form, and most bytes of them together: a form is one entry of the ledger,
// which others read in one message. What does not fit waits for the next form.
inline constexpr size_t kMaxFormItems = 200;
inline constexpr size_t kMaxFormBytes = size_t{2} << 20;

// Layer of an owner by its name: a post, a department, the unit; UNSPECIFIED for other names.
common::v1::RiskLayer LayerOf(absl::string_view owner);

// INVALID_FIELD when the form is none that this owner hands in, or a nil return of a form that has
// none.
absl::Status CheckForm(const risk::v1::Submission& form, absl::string_view unit_id);

// Kind of record that the form's review is one of.
grading::v1::RecordKind RecordKindOf(risk::v1::SubmissionKind kind);
// Kind of owner by which its route is chosen; UNSPECIFIED for a post, whose holder decides it.
grading::v1::OwnerKind OwnerKindOf(absl::string_view owner);

// The form in one line of Chinese, e.g. `2026年职权目录表：教务处（6项）`.
std::string TitleOf(const risk::v1::Submission& form, absl::string_view owner);

// SHA-256 over what is handed in: kind, owner, year, number, note, and the items with their
// digests.
std::string FormDigest(const risk::v1::Submission& form);

// Resource name of the form's review: `units/u/reviews/{submission id}-s{revision}`, the id
// shortened as FitId does. The letter keeps it apart from the reviews of self-checks.
std::string FormReviewName(absl::string_view form, int revision);

// Takes the form back. ILLEGAL_TRANSITION unless it is under review.
absl::Status Withdraw(risk::v1::Submission* form);

// Whether a decision on what has this digest is one on the form as it stands.
bool DecisionApplies(const risk::v1::Submission& form, absl::string_view revision_digest);

}  // namespace lianfang::risk
