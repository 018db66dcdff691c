// From a record to its review: who is who comes from the directory, which way it goes from the
// routes policy.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/store/write_tx.h"
#include "google/type/date.pb.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/grading/v1/grading.pb.h"

namespace lianfang::grading {

// What a new review is of.
struct ReviewSubject {
  std::string review_id;
  std::string record;  // resource name
  v1::RecordKind record_kind = v1::RECORD_KIND_UNSPECIFIED;
  int revision = 0;
  std::string revision_digest;
  // Persons whose record it is, the first of them the one whom the review names; may be empty.
  std::vector<std::string> owners;
  std::string post;        // of the record; empty: none
  std::string department;  // of the record; empty for the leadership
  std::string title;
  int year = 0;
};

// The open review of a record, not stored yet: its route and who can take each step on the day of
// the change. A step may end with nobody: whoever may refuse the record checks it with
// CheckReviewers. Asks the directory, so it comes before the change writes to its tables.
absl::StatusOr<v1::Review> PlanReview(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                                      const ReviewSubject& subject);

}  // namespace lianfang::grading
