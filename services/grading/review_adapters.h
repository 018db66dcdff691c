// One small adapter for each kind of record that other services hand in: what its review is of, and
// whether the record waits for one now.
#pragma once

#include "absl/status/statusor.h"
#include "common/store/reader.h"
#include "lianfang/personnel/v1/duty.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "lianfang/risk/v1/submission.pb.h"
#include "services/grading/open_review.h"

namespace lianfang::grading {

// What a record says of its review.
struct ReviewRequest {
  enum class Phase {
    kNone,       // nothing to do
    kHandedIn,   // a review of this revision is to be open
    kTakenBack,  // a review of this revision is to be closed
  };
  Phase phase = Phase::kNone;
  ReviewSubject subject;
};

// 《个人廉政风险自查表》. MaybeBehind personnel when the directory does not know the post or the
// person yet: without them the owner could be taken for somebody else.
absl::StatusOr<ReviewRequest> RequestOf(store::Reader& reader, absl::string_view unit_id,
                                        const risk::v1::SelfCheck& form);

// 岗位职责: the post's holders own it, its drafter takes no step either.
absl::StatusOr<ReviewRequest> RequestOf(store::Reader& reader, absl::string_view unit_id,
                                        const personnel::v1::PostDuty& duty);

// What is handed in together as one form, by its kind. MaybeBehind personnel when the directory
// does not know the department or the post yet.
absl::StatusOr<ReviewRequest> RequestOf(store::Reader& reader, absl::string_view unit_id,
                                        const risk::v1::Submission& submission);

// Opens or withdraws what the record asks for; done already, it does nothing.
absl::Status FollowRequest(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                           const ReviewRequest& request);

}  // namespace lianfang::grading
