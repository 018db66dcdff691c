// Feedback (群众监督): RECEIVED → ACCEPTED → HANDLED → CLOSED; or closed with a reason without
// being accepted. 「接受群众监督」
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/timestamp.pb.h"
#include "lianfang/risk/v1/feedback.pb.h"

namespace lianfang::risk {

// INVALID_FIELD unless the feedback is about the unit itself, or a post, department, risk point or
// publication of it.
absl::Status CheckSubject(const risk::v1::Feedback& feedback, absl::string_view unit_id);

// SHA-256 of a query code in hexadecimal digits: how the code is kept.
std::string CodeDigest(absl::string_view query_code);

// Each ILLEGAL_TRANSITION in another state than its own; Close also REASON_REQUIRED without a
// reason for feedback that was not handled.
absl::Status Accept(absl::string_view actor, const google::protobuf::Timestamp& now,
                    risk::v1::Feedback* feedback);
absl::Status Handle(absl::string_view actor, risk::v1::FeedbackFinding finding,
                    absl::string_view result, const google::protobuf::Timestamp& now,
                    risk::v1::Feedback* feedback);
absl::Status Close(absl::string_view reason, const google::protobuf::Timestamp& now,
                   risk::v1::Feedback* feedback);

// Whether looking into it showed that there is something to it.
bool IsConfirmed(const risk::v1::Feedback& feedback);

// What the holder of the query code gets to see: how it stands, nothing of who worked on it.
risk::v1::FeedbackAnswer AnswerOf(const risk::v1::Feedback& feedback);

}  // namespace lianfang::risk
