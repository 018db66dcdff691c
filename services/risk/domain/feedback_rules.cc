#include "services/risk/domain/feedback_rules.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/id.h"
#include "common/base/resource_name.h"
#include "common/crypto/sha256.h"
#include "common/status/error.h"
#include "services/risk/domain/categories.h"

namespace lianfang::risk {

using risk::v1::Feedback;

namespace {

absl::string_view StateInChinese(risk::v1::FeedbackState state) {
  switch (state) {
    case risk::v1::FEEDBACK_STATE_RECEIVED:
      return "待受理";
    case risk::v1::FEEDBACK_STATE_ACCEPTED:
      return "已受理";
    case risk::v1::FEEDBACK_STATE_HANDLED:
      return "已办理";
    case risk::v1::FEEDBACK_STATE_CLOSED:
      return "已办结";
    default:
      return "未知";
  }
}

absl::Status Illegal(const Feedback& feedback, absl::string_view zh, absl::string_view en) {
  return ErrorBuilder(
             common::v1::ERROR_REASON_ILLEGAL_TRANSITION,
             absl::StrCat("该意见目前为“", StateInChinese(feedback.state()), "”，", zh),
             absl::StrCat("It is ", risk::v1::FeedbackState_Name(feedback.state()), "; ", en))
      .Meta("resource", feedback.name())
      .Meta("state", risk::v1::FeedbackState_Name(feedback.state()));
}

}  // namespace

absl::Status CheckSubject(const Feedback& feedback, absl::string_view unit_id) {
  if (feedback.subject().empty()) return absl::OkStatus();
  LF_RETURN_IF_ERROR(CheckUnit(feedback.subject(), unit_id, "feedback.subject"));
  if (feedback.subject() == UnitName(unit_id)) return absl::OkStatus();
  for (const absl::string_view collection :
       {"posts", "departments", "riskPoints", "publications"}) {
    if (IsValidResourceId(IdIn(collection, feedback.subject()))) return absl::OkStatus();
  }
  return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "feedback.subject",
                    "应是本单位的岗位、处室、风险点或公示。",
                    "must be a post, a department, a risk point or a publication of the unit.");
}

std::string CodeDigest(absl::string_view query_code) {
  return absl::BytesToHexString(crypto::ToBytes(crypto::Sha256(query_code)));
}

absl::Status Accept(absl::string_view actor, const google::protobuf::Timestamp& now,
                    Feedback* feedback) {
  if (feedback->state() != risk::v1::FEEDBACK_STATE_RECEIVED) {
    return Illegal(*feedback, "不能受理。", "it cannot be accepted.");
  }
  feedback->set_state(risk::v1::FEEDBACK_STATE_ACCEPTED);
  feedback->set_accepter(std::string(actor));
  *feedback->mutable_accept_time() = now;
  return absl::OkStatus();
}

absl::Status Handle(absl::string_view actor, risk::v1::FeedbackFinding finding,
                    absl::string_view result, const google::protobuf::Timestamp& now,
                    Feedback* feedback) {
  if (feedback->state() != risk::v1::FEEDBACK_STATE_ACCEPTED) {
    return Illegal(*feedback, "受理后才能填写办理结果。",
                   "the result is written down after it was accepted.");
  }
  feedback->set_state(risk::v1::FEEDBACK_STATE_HANDLED);
  feedback->set_finding(finding);
  feedback->set_result(std::string(result));
  feedback->set_handler(std::string(actor));
  *feedback->mutable_handle_time() = now;
  return absl::OkStatus();
}

absl::Status Close(absl::string_view reason, const google::protobuf::Timestamp& now,
                   Feedback* feedback) {
  if (feedback->state() == risk::v1::FEEDBACK_STATE_CLOSED) {
    return Illegal(*feedback, "不能再次办结。", "it cannot be closed again.");
  }
  if (feedback->state() != risk::v1::FEEDBACK_STATE_HANDLED &&
      absl::StripAsciiWhitespace(reason).empty()) {
    return FieldError(common::v1::ERROR_REASON_REASON_REQUIRED, "reason",
                      "没有办理结果的，办结时必须说明理由。",
                      "is needed to close feedback that was not handled.");
  }
  feedback->set_state(risk::v1::FEEDBACK_STATE_CLOSED);
  feedback->set_close_reason(std::string(reason));
  *feedback->mutable_close_time() = now;
  return absl::OkStatus();
}

bool IsConfirmed(const Feedback& feedback) {
  return feedback.finding() == risk::v1::FEEDBACK_FINDING_CONFIRMED ||
         feedback.finding() == risk::v1::FEEDBACK_FINDING_PARTLY_CONFIRMED;
}

risk::v1::FeedbackAnswer AnswerOf(const Feedback& feedback) {
  risk::v1::FeedbackAnswer answer;
  answer.set_state(feedback.state());
  *answer.mutable_receive_time() = feedback.create_time();
  if (feedback.has_accept_time()) *answer.mutable_accept_time() = feedback.accept_time();
  answer.set_finding(feedback.finding());
  answer.set_result(feedback.result());
  answer.set_close_reason(feedback.close_reason());
  return answer;
}

}  // namespace lianfang::risk
