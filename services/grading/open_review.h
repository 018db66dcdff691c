// From a record that was handed in to its review: whichever kind it is, and whichever service keeps
// it, the review is opened, withdrawn and named in the same way.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/review/plan.h"
#include "common/store/write_tx.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/grading/v1/grading.pb.h"

namespace lianfang::grading {

// What a new review is of.
struct ReviewSubject {
  std::string review_id;
  std::string record;  // resource name
  int revision = 0;
  std::string revision_digest;
  // Whose it is; the first of its owners is the one whom the review names.
  review::Subject whose;
  // The record is the post's: whoever holds the post takes no step of its review.
  bool of_post = false;
  std::string title;
  int year = 0;
};

// The open review of a record, not stored yet: its route and who can take each step on the day of
// the change. A step may end with nobody: whoever may refuse the record checks it with
// review::CheckReviewers. Asks the directory, so it comes before the change writes to its tables.
absl::StatusOr<v1::Review> PlanReview(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                                      const ReviewSubject& subject);

// The same for a record that nobody can refuse any more: its review is opened as well when a step
// has nobody, which is logged; it goes on as soon as the directory has somebody.
absl::Status OpenReview(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                        const ReviewSubject& subject);

// Withdraws a review when it is still open.
absl::Status WithdrawIfOpen(store::WriteTx& tx, const v1::Review& review);

}  // namespace lianfang::grading
