#include "services/risk/feedback.h"

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/rpc/service.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "services/risk/access.h"
#include "services/risk/domain/feedback_rules.h"
#include "services/risk/domain/submission_rules.h"
#include "services/risk/keepers.h"
#include "services/risk/marking.h"
#include "services/risk/risk_kinds.h"

namespace lianfang::risk {

using google::protobuf::util::TimeUtil;

namespace {

google::protobuf::Timestamp Now(const store::WriteTx& tx) {
  return TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(tx.now()));
}

// Start of the school's day.
absl::Time DayOf(absl::Time time) {
  const absl::TimeZone zone = directory::SchoolTimeZone();
  return absl::FromCivil(absl::ToCivilDay(time, zone), zone);
}

absl::StatusOr<std::string> OwnerOf(store::WriteTx& tx, const v1::Feedback& feedback) {
  const std::string& subject = feedback.subject();
  if (!IdIn("posts", subject).empty()) {
    LF_ASSIGN_OR_RETURN(const auto post,
                        tx.Find<personnel::v1::Post>(directory::PostKind(), subject));
    if (!post) return rpc::MaybeBehind(NoReference("feedback.subject", subject), "personnel");
    return subject;
  }
  if (!IdIn("departments", subject).empty()) {
    LF_ASSIGN_OR_RETURN(const auto department,
                        FindDepartment(tx, subject, /*in_use=*/true, "feedback.subject"));
    return department->name();
  }
  if (!IdIn("riskPoints", subject).empty()) {
    LF_ASSIGN_OR_RETURN(const auto point, tx.Find<v1::RiskPoint>(RiskPointKind(), subject));
    if (!point) return NoReference("feedback.subject", subject);
    return point->owner();
  }
  return UnitName(tx.unit_id());
}

}  // namespace

absl::Status CreateFeedback(store::WriteTx& tx, v1::Feedback& feedback) {
  LF_RETURN_IF_ERROR(CheckSubject(feedback, tx.unit_id()));
  LF_ASSIGN_OR_RETURN(std::string owner, OwnerOf(tx, feedback));
  feedback.set_owner(std::move(owner));
  feedback.set_state(v1::FEEDBACK_STATE_RECEIVED);
  v1::FeedbackReceipt receipt;
  receipt.set_query_code(tx.NewId());
  feedback.set_code_digest(CodeDigest(receipt.query_code()));
  tx.SetResultOnce(receipt);
  tx.Anonymise(DayOf(tx.now()));
  return absl::OkStatus();
}

absl::Status AcceptFeedback(store::WriteTx& tx, v1::Feedback& feedback) {
  LF_RETURN_IF_ERROR(ViewerOf(tx).May(access::Action::kSeeFeedback, FactsOf(feedback)));
  return Accept(tx.actor().subject, Now(tx), &feedback);
}

absl::Status HandleFeedback(store::WriteTx& tx, const v1::HandleFeedbackRequest& request,
                            v1::Feedback& feedback) {
  LF_RETURN_IF_ERROR(ViewerOf(tx).May(access::Action::kSeeFeedback, FactsOf(feedback)));
  LF_RETURN_IF_ERROR(
      Handle(tx.actor().subject, request.finding(), request.result(), Now(tx), &feedback));
  Marking marking(&tx);
  if (IsConfirmed(feedback)) {
    const Change change = {.cause = common::v1::MARK_CAUSE_FEEDBACK,
                           .source = feedback.name(),
                           .reason = "群众意见经核查属实或部分属实，请核对风险点和防控措施。"};
    if (!IdIn("riskPoints", feedback.subject()).empty()) {
      LF_RETURN_IF_ERROR(marking.Point(feedback.subject(), change));
    } else {
      LF_RETURN_IF_ERROR(marking.Points("owner", feedback.owner(), change));
    }
  }
  LF_RETURN_IF_ERROR(tx.Put(FeedbackKind(), feedback));
  return marking.Write();
}

absl::Status CloseFeedback(store::WriteTx& tx, const v1::CloseFeedbackRequest& request,
                           v1::Feedback& feedback) {
  LF_RETURN_IF_ERROR(ViewerOf(tx).May(access::Action::kSeeFeedback, FactsOf(feedback)));
  return Close(request.reason(), Now(tx), &feedback);
}

absl::StatusOr<v1::FeedbackAnswer> LookUpFeedback(store::Reader& reader, absl::string_view unit_id,
                                                  absl::string_view query_code) {
  store::Query query;
  query.equal.emplace_back("code_digest", CodeDigest(query_code));
  query.limit = 1;
  LF_ASSIGN_OR_RETURN(const std::vector<v1::Feedback> found,
                      reader.List<v1::Feedback>(FeedbackKind(), unit_id, query));
  if (!found.empty()) return AnswerOf(found.front());
  return FieldError(common::v1::ERROR_REASON_QUERY_CODE_UNKNOWN, "query_code",
                    "没有这个查询码，请核对后再试。",
                    "is not the query code of any feedback; check it and try again.");
}

}  // namespace lianfang::risk
