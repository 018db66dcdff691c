// What risk points, powers, workflow charts and measures have in common on their way through a form
// that is handed in and reviewed as one (Submission).
#pragma once

#include <string>
#include <type_traits>

#include "absl/strings/string_view.h"
#include "common/review/digest.h"
#include "google/protobuf/timestamp.pb.h"
#include "lianfang/risk/v1/power.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "lianfang/risk/v1/submission.pb.h"

namespace lianfang::risk {

// The states in which a kind of record passes through a form.
template <class T>
struct ItemStates {
  static constexpr auto kDraft = risk::v1::FILING_STATE_DRAFT;
  static constexpr auto kSubmitted = risk::v1::FILING_STATE_SUBMITTED;
  static constexpr auto kReturned = risk::v1::FILING_STATE_RETURNED;
  static constexpr auto kApproved = risk::v1::FILING_STATE_FILED;
};
template <>
struct ItemStates<risk::v1::RiskPoint> {
  static constexpr auto kDraft = risk::v1::RISK_POINT_STATE_DRAFT;
  static constexpr auto kSubmitted = risk::v1::RISK_POINT_STATE_SUBMITTED;
  static constexpr auto kReturned = risk::v1::RISK_POINT_STATE_RETURNED;
  static constexpr auto kApproved = risk::v1::RISK_POINT_STATE_REGISTERED;
};
template <>
struct ItemStates<risk::v1::Measure> {
  // A proposed measure has not been handed in either.
  static constexpr auto kDraft = risk::v1::MEASURE_STATE_PROPOSED;
  static constexpr auto kSubmitted = risk::v1::MEASURE_STATE_IN_REVIEW;
  static constexpr auto kReturned = risk::v1::MEASURE_STATE_RETURNED;
  static constexpr auto kApproved = risk::v1::MEASURE_STATE_FILED;
};

// Whether a record waits to be handed in.
template <class T>
bool CanBeHandedIn(const T& item) {
  if constexpr (std::is_same_v<T, risk::v1::Measure>) {
    if (item.state() == risk::v1::MEASURE_STATE_DRAFT) return true;
  }
  return item.state() == ItemStates<T>::kDraft || item.state() == ItemStates<T>::kReturned;
}

// Hands a record in with a form, whose name, review and time are set; returns its line of the form.
// Risk points have no revisions of their own.
template <class T>
risk::v1::SubmissionItem HandIn(const risk::v1::Submission& form, T* item) {
  risk::v1::SubmissionItem line;
  if constexpr (!std::is_same_v<T, risk::v1::RiskPoint>) {
    item->set_revision(item->revision() + 1);
    line.set_revision(item->revision());
  }
  line.set_name(item->name());
  line.set_digest(review::RecordDigest(*item, line.revision()));
  if constexpr (!std::is_same_v<T, risk::v1::RiskPoint>) item->set_revision_digest(line.digest());
  item->set_state(ItemStates<T>::kSubmitted);
  item->set_submission(form.name());
  item->set_review(form.review());
  *item->mutable_submit_time() = form.submit_time();
  return line;
}

// Whether a record is under review with this form, and not with another or none.
template <class T>
bool IsUnderReview(const T& item, absl::string_view form) {
  return item.state() == ItemStates<T>::kSubmitted && item.submission() == form;
}

// The effect of a decision on the form. What was approved has been looked at: its marks go.
template <class T>
void ApproveItem(absl::string_view comment, T* item) {
  item->set_state(ItemStates<T>::kApproved);
  item->set_review_comment(std::string(comment));
  if constexpr (std::is_same_v<T, risk::v1::RiskPoint> || std::is_same_v<T, risk::v1::Measure>) {
    item->clear_marks();
  }
}
template <class T>
void ReturnItem(absl::string_view comment, T* item) {
  item->set_state(ItemStates<T>::kReturned);
  item->set_review_comment(std::string(comment));
}
// The form was taken back.
template <class T>
void TakeBackItem(T* item) {
  item->set_state(ItemStates<T>::kDraft);
}

}  // namespace lianfang::risk
