#include "services/personnel/duty_follower.h"

#include <optional>
#include <string>

#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/personnel/v1/duty.pb.h"
#include "services/personnel/domain/duty_rules.h"
#include "services/personnel/duty_kinds.h"

namespace lianfang::personnel {
namespace {

using google::protobuf::util::TimeUtil;

absl::Status ApplyReview(store::WriteTx& tx, const grading::v1::Review& review) {
  const bool approved = review.state() == grading::v1::REVIEW_STATE_APPROVED;
  const bool returned = review.state() == grading::v1::REVIEW_STATE_RETURNED;
  if (review.record_kind() != grading::v1::RECORD_KIND_POST_DUTY || (!approved && !returned) ||
      UnitIdOf(review.record()) != tx.unit_id()) {
    return absl::OkStatus();
  }
  LF_ASSIGN_OR_RETURN(std::optional<v1::PostDuty> duty,
                      tx.Find<v1::PostDuty>(PostDutyKind(), review.record()));
  if (!duty || !DecisionApplies(*duty, review.revision_digest())) return absl::OkStatus();
  const std::string comment =
      review.decisions().empty() ? std::string() : review.decisions().rbegin()->comment();
  if (approved) {
    Approve(comment, TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(tx.now())), &*duty);
  } else {
    Return(comment, &*duty);
  }
  return tx.Put(PostDutyKind(), *duty);
}

}  // namespace

absl::Status ApplyReviews(store::WriteTx& tx, const ledger::v1::EntryHeader&,
                          const ledger::v1::EntryContent& content) {
  for (const google::protobuf::Any& resource : content.resources()) {
    if (!resource.Is<grading::v1::Review>()) continue;
    grading::v1::Review review;
    if (!resource.UnpackTo(&review)) {
      return absl::DataLossError("a review on grading's ledger cannot be read");
    }
    LF_RETURN_IF_ERROR(ApplyReview(tx, review));
  }
  return absl::OkStatus();
}

}  // namespace lianfang::personnel
