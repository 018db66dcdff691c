// Feedback (群众监督): the rules of domain/ with the facts that they need. 「接受群众监督」
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/identity.h"
#include "common/store/reader.h"
#include "common/store/write_tx.h"
#include "lianfang/risk/v1/feedback.pb.h"

namespace lianfang::risk {

// Completes new feedback; makes the change anonymous and gives the query code with this one answer.
// INVALID_FIELD, REFERENCE_NOT_FOUND.
absl::Status CreateFeedback(store::WriteTx& tx, v1::Feedback& feedback);

// Each RESOURCE_NOT_FOUND for a caller whom the feedback is about, ILLEGAL_TRANSITION.
absl::Status AcceptFeedback(store::WriteTx& tx, v1::Feedback& feedback);
// Also marks what it is about when it is right.
absl::Status HandleFeedback(store::WriteTx& tx, const v1::HandleFeedbackRequest& request,
                            v1::Feedback& feedback);
// Also REASON_REQUIRED.
absl::Status CloseFeedback(store::WriteTx& tx, const v1::CloseFeedbackRequest& request,
                           v1::Feedback& feedback);

// How the feedback with this query code stands. QUERY_CODE_UNKNOWN.
absl::StatusOr<v1::FeedbackAnswer> LookUpFeedback(store::Reader& reader, absl::string_view unit_id,
                                                  absl::string_view query_code);

}  // namespace lianfang::risk
