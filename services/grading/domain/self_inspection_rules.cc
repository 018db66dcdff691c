#include "services/grading/domain/self_inspection_rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/review/digest.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "services/grading/domain/ids.h"
#include "services/grading/domain/refusals.h"

namespace lianfang::grading {
namespace {

using google::protobuf::util::TimeUtil;
using v1::InspectionTarget;
using v1::SelfInspectionReport;

bool IsOpen(v1::SelfInspectionState state) {
  return state == v1::SELF_INSPECTION_STATE_DRAFT || state == v1::SELF_INSPECTION_STATE_SUBMITTED ||
         state == v1::SELF_INSPECTION_STATE_RETURNED;
}

bool MeetsAll(const SelfInspectionReport& report) {
  return std::all_of(report.targets().begin(), report.targets().end(),
                     [](const InspectionTarget& target) { return target.met(); });
}

absl::Status CheckTargets(const SelfInspectionReport& report,
                          const SelfInspectionReport* previous) {
  if (report.targets().empty()) {
    return FieldError(common::v1::ERROR_REASON_REQUIRED_FIELD, "targets", "至少要有一项预定目标。",
                      "needs at least one target.");
  }
  std::set<std::string> ids;
  for (int i = 0; i < report.targets_size(); ++i) {
    const InspectionTarget& target = report.targets(i);
    ids.insert(target.id());
    if (target.met()) continue;
    for (const bool cause : {true, false}) {
      if (!IsBlank(cause ? target.cause() : target.improvement())) continue;
      return FieldError(common::v1::ERROR_REASON_TARGET_NOT_MET,
                        absl::StrCat("targets[", i, "].", cause ? "cause" : "improvement"),
                        cause ? "目标未实现，必须分析原因。" : "目标未实现，必须提出完善措施。",
                        cause ? "must say why the target is not met."
                              : "must say what is improved: the target is not met.");
    }
  }
  if (previous == nullptr) return absl::OkStatus();
  for (const InspectionTarget& target : previous->targets()) {
    if (target.met() || ids.contains(target.id())) continue;
    return ErrorBuilder(common::v1::ERROR_REASON_TARGET_NOT_MET,
                        absl::StrCat("上一轮未实现的目标“", target.id(), "”在本轮中没有说明。"),
                        absl::StrCat("The target '", target.id(),
                                     "' that the round before did not meet is left out."))
        .Field("targets", "缺少上一轮未实现的目标。",
               "leaves out a target that the round before did not meet.")
        .Meta("target", target.id());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckContent(const SelfInspectionReport& report, absl::string_view unit_id,
                          absl::string_view field) {
  const bool department =
      !IdIn("departments", report.subject()).empty() && UnitIdOf(report.subject()) == unit_id;
  if (!department && report.subject() != UnitName(unit_id)) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, absl::StrCat(field, ".subject"),
                      "必须是本单位或者本单位的科室。",
                      "must be the unit or one of its departments.");
  }
  std::set<std::string> ids;
  for (int i = 0; i < report.targets_size(); ++i) {
    if (ids.insert(report.targets(i).id()).second) continue;
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD,
                      absl::StrCat(field, ".targets[", i, "].id"), "与前面的目标重复。",
                      "stands twice.");
  }
  return absl::OkStatus();
}

absl::Status Begin(const std::vector<SelfInspectionReport>& earlier, SelfInspectionReport* report) {
  const SelfInspectionReport* last = nullptr;
  for (const SelfInspectionReport& one : earlier) {
    if (last == nullptr || one.round() > last->round()) last = &one;
  }
  report->set_round(1);
  report->set_state(v1::SELF_INSPECTION_STATE_DRAFT);
  report->clear_previous();
  if (last == nullptr) return absl::OkStatus();
  if (last->state() != v1::SELF_INSPECTION_STATE_IMPROVING) {
    const bool open = IsOpen(last->state());
    return ErrorBuilder(common::v1::ERROR_REASON_RESOURCE_EXISTS,
                        open ? absl::StrCat("本年度已有未完成的自查报告：", last->name(), "。")
                             : absl::StrCat("本年度的目标已经全部实现：", last->name(), "。"),
                        open ? absl::StrCat("A round is open: ", last->name(), ".")
                             : absl::StrCat("All targets are met: ", last->name(), "."))
        .Meta("resource", last->name());
  }
  report->set_round(last->round() + 1);
  report->set_previous(last->name());
  if (report->targets().empty()) {
    for (const InspectionTarget& target : last->targets()) {
      if (!target.met()) *report->add_targets() = target;
    }
  }
  return absl::OkStatus();
}

absl::Status CheckEditable(const SelfInspectionReport& report) {
  if (report.state() == v1::SELF_INSPECTION_STATE_DRAFT ||
      report.state() == v1::SELF_INSPECTION_STATE_RETURNED) {
    return absl::OkStatus();
  }
  return WrongState("自查报告已经提交，不能修改。", "The report has been handed in.");
}

absl::StatusOr<SelfInspectionReport> Submit(const SelfInspectionReport& report,
                                            const SelfInspectionReport* previous,
                                            const std::string& submitter, absl::Time now) {
  LF_RETURN_IF_ERROR(CheckEditable(report));
  LF_RETURN_IF_ERROR(CheckTargets(report, previous));
  SelfInspectionReport next = report;
  next.set_revision(report.revision() + 1);
  next.set_revision_digest(review::RecordDigest(next, next.revision()));
  next.set_state(v1::SELF_INSPECTION_STATE_SUBMITTED);
  *next.mutable_submit_time() = TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now));
  next.set_submitter(submitter);
  next.clear_review_comment();
  next.set_review(RecordName(
      UnitIdOf(report.name()), "reviews",
      SelfInspectionReviewId(IdIn("selfInspectionReports", report.name()), next.revision())));
  return next;
}

absl::StatusOr<SelfInspectionReport> Withdraw(const SelfInspectionReport& report,
                                              const v1::Review& review) {
  if (report.state() != v1::SELF_INSPECTION_STATE_SUBMITTED || !review.decisions().empty()) {
    return WrongState("自查报告不在审核中，或者已经有人审核，不能撤回。",
                      "The report is not under review, or somebody has decided already.");
  }
  SelfInspectionReport next = report;
  next.set_state(v1::SELF_INSPECTION_STATE_DRAFT);
  return next;
}

absl::StatusOr<SelfInspectionReport> AfterDecision(const SelfInspectionReport& report,
                                                   const v1::Review& review, absl::Time now) {
  if (review.record() != report.name() || review.revision() != report.revision() ||
      review.revision_digest() != report.revision_digest() || review.decisions().empty()) {
    return MakeError(common::v1::ERROR_REASON_REVISION_CHANGED, "自查报告已变更，原审核不再有效。",
                     "The report has changed; this review is of an earlier revision.");
  }
  SelfInspectionReport next = report;
  next.set_review_comment(review.decisions().rbegin()->comment());
  if (review.state() == v1::REVIEW_STATE_RETURNED) {
    next.set_state(v1::SELF_INSPECTION_STATE_RETURNED);
  } else if (review.state() == v1::REVIEW_STATE_APPROVED) {
    next.set_state(MeetsAll(report) ? v1::SELF_INSPECTION_STATE_ACCEPTED
                                    : v1::SELF_INSPECTION_STATE_IMPROVING);
    *next.mutable_accept_time() = TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now));
  }
  return next;
}

}  // namespace lianfang::grading
