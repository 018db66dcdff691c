#include "services/risk/measures.h"

#include <optional>
#include <string>
#include <vector>

#include "common/directory/date.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/rpc/service.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "services/risk/domain/measure_rules.h"
#include "services/risk/keepers.h"
#include "services/risk/risk_kinds.h"

namespace lianfang::risk {

using google::protobuf::util::TimeUtil;

namespace {

// Who may propose against a point, and change what was proposed: the control office; the person
// whose post it is,
// 「由本人对照与岗位职责、业务工作相关的各项法规制度，提出防控风险的具体措施和办法」; the head of
// its department, 「由科室负责人填报有关表格」, and the leader in charge; for the unit's own points
// the principal.
absl::Status CheckProposer(store::WriteTx& tx, const v1::RiskPoint& point) {
  const auth::Identity& actor = tx.actor();
  if (actor.HasRole("control_office")) return absl::OkStatus();
  if (actor.HasRole("principal") && point.layer() == common::v1::RISK_LAYER_UNIT) {
    return absl::OkStatus();
  }
  if (point.layer() == common::v1::RISK_LAYER_POST) {
    LF_ASSIGN_OR_RETURN(
        const std::vector<personnel::v1::Person> holders,
        directory::HoldersOf(tx, point.owner(),
                             directory::DateOf(tx.now(), directory::SchoolTimeZone())));
    for (const auto& holder : holders) {
      if (holder.name() == actor.subject) return absl::OkStatus();
    }
  }
  if (!point.department().empty()) {
    LF_ASSIGN_OR_RETURN(
        const std::optional<personnel::v1::Department> department,
        tx.Find<personnel::v1::Department>(directory::DepartmentKind(), point.department()));
    if (department && department->head() == actor.subject) return absl::OkStatus();
    if (department) {
      LF_ASSIGN_OR_RETURN(const std::string leader,
                          directory::VicePrincipal(tx, point.department()));
      if (leader == actor.subject) return absl::OkStatus();
    }
  }
  return rpc::MaybeBehind(
      MakeError(common::v1::ERROR_REASON_NOT_RECORD_OWNER,
                "只有本岗位人员、所在科室负责人、分管领导和防控办可以为该风险点提出或修改措施。",
                "Only the holder of the post, the department's head, the leader in charge and the "
                "control office propose or change measures against this risk point."),
      "personnel");
}

// The same for the point of a measure that is there already.
absl::Status CheckKeeperOf(store::WriteTx& tx, const v1::Measure& measure) {
  if (tx.actor().HasRole("control_office")) return absl::OkStatus();
  LF_ASSIGN_OR_RETURN(const v1::RiskPoint point,
                      tx.Get<v1::RiskPoint>(RiskPointKind(), measure.risk_point()));
  return CheckProposer(tx, point);
}

}  // namespace

absl::Status ArchiveMeasure(store::WriteTx& tx, v1::Measure& measure) {
  LF_RETURN_IF_ERROR(CheckKeeperOf(tx, measure));
  return Archive(&measure);
}

absl::Status ReviseMeasure(store::WriteTx& tx, v1::Measure& measure) {
  LF_RETURN_IF_ERROR(CheckKeeperOf(tx, measure));
  return Revise(&measure);
}

absl::Status AssessMeasure(store::WriteTx& tx, const v1::AssessMeasureRequest& request,
                           v1::Measure& measure) {
  // The leading group examines all.
  if (!tx.actor().HasRole("leading_group")) LF_RETURN_IF_ERROR(CheckKeeperOf(tx, measure));
  return Assess({.assessor = tx.actor().subject,
                 .effect = request.effect(),
                 .before = request.outcome_before(),
                 .after = request.outcome_after()},
                TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(tx.now())), &measure);
}

absl::Status ConfirmMeasure(store::WriteTx& tx, v1::Measure& measure) {
  LF_RETURN_IF_ERROR(CheckKeeperOf(tx, measure));
  return Confirm(&measure);
}

absl::Status CreateMeasure(store::WriteTx& tx, v1::Measure& measure) {
  LF_RETURN_IF_ERROR(CheckMeasure(measure, tx.unit_id()));
  LF_ASSIGN_OR_RETURN(const std::optional<v1::RiskPoint> point,
                      tx.Find<v1::RiskPoint>(RiskPointKind(), measure.risk_point()));
  // A form that was approved a moment ago becomes risk points when the decision arrives here.
  if (!point) {
    return rpc::MaybeBehind(NoReference("measure.risk_point", measure.risk_point()), "grading");
  }
  LF_RETURN_IF_ERROR(CheckProposer(tx, *point));
  LF_RETURN_IF_ERROR(CheckTreatable(*point));
  LF_RETURN_IF_ERROR(CheckPostInUse(tx, measure.responsible_post(), "measure.responsible_post"));
  measure.set_state(v1::MEASURE_STATE_PROPOSED);
  return absl::OkStatus();
}

absl::Status UpdateMeasure(store::WriteTx& tx, const v1::Measure& old, v1::Measure& next) {
  LF_RETURN_IF_ERROR(CheckKeeperOf(tx, old));
  LF_RETURN_IF_ERROR(CheckEditable(old));
  LF_RETURN_IF_ERROR(CheckMeasure(next, tx.unit_id()));
  // Who changes it has looked at it.
  next.clear_marks();
  if (next.responsible_post() == old.responsible_post()) return absl::OkStatus();
  return CheckPostInUse(tx, next.responsible_post(), "measure.responsible_post");
}

}  // namespace lianfang::risk
