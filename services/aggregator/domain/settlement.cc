#include "services/aggregator/domain/settlement.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "services/aggregator/domain/member_rules.h"

namespace lianfang::aggregator {

using aggregation::v1::Member;
using aggregation::v1::SettleMemberRequest;
using google::protobuf::util::TimeUtil;

absl::Status Settle(const SettleMemberRequest& request, absl::string_view actor, absl::Time now,
                    Member* member) {
  const bool replaces = request.kind() == aggregation::v1::SETTLEMENT_KIND_REPLACE_KEYS;
  if (!replaces && request.kind() != aggregation::v1::SETTLEMENT_KIND_KEEP_KNOWN &&
      request.kind() != aggregation::v1::SETTLEMENT_KIND_BEGIN_ANEW) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "kind", "请说明如何处理。",
                      "says how it is settled.");
  }
  if (absl::StripAsciiWhitespace(request.reason()).empty()) {
    return FieldError(common::v1::ERROR_REASON_REASON_REQUIRED, "reason", "请写明理由。",
                      "says why.");
  }
  if (!replaces && !request.verifier_keys().empty()) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "verifier_keys",
                      "只有更换公钥时才填。", "is for replacing keys only.");
  }
  if (member->state() != aggregation::v1::MEMBER_STATE_UNTRUSTED) {
    return MakeError(
        common::v1::ERROR_REASON_ILLEGAL_TRANSITION,
        absl::StrCat(member->name(), " 没有被判为不可信，无需处理。"),
        absl::StrCat(member->name(), " is not untrusted: there is nothing to settle."));
  }
  if (replaces) {
    *member->mutable_verifier_keys() = request.verifier_keys();
    LF_RETURN_IF_ERROR(CheckKeys(*member, "verifier_keys"));
  }
  auto* settlements = member->mutable_settlements();
  if (settlements->size() >= kMaxSettlements) {
    settlements->DeleteSubrange(0, settlements->size() - kMaxSettlements + 1);
  }
  auto* settlement = settlements->Add();
  settlement->set_kind(request.kind());
  settlement->set_reason(request.reason());
  settlement->set_actor(std::string(actor));
  *settlement->mutable_time() = TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now));
  *settlement->mutable_evidence() = member->evidence();
  member->clear_evidence();
  member->clear_problem();
  if (request.kind() == aggregation::v1::SETTLEMENT_KIND_KEEP_KNOWN) {
    member->set_state(member->has_report() ? aggregation::v1::MEMBER_STATE_VERIFIED
                                           : aggregation::v1::MEMBER_STATE_REGISTERED);
    return absl::OkStatus();
  }
  member->set_state(aggregation::v1::MEMBER_STATE_REGISTERED);
  member->clear_checkpoints();
  member->clear_report();
  member->clear_pull_time();
  member->clear_verify_time();
  member->clear_failure_count();
  return absl::OkStatus();
}

}  // namespace lianfang::aggregator
