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
#include "services/risk/access.h"
#include "services/risk/domain/measure_rules.h"
#include "services/risk/keepers.h"
#include "services/risk/risk_kinds.h"

namespace lianfang::risk {

using google::protobuf::util::TimeUtil;

namespace {

// `name` is of the record that the call is about: the point, or a measure against it.
absl::Status CheckDoes(store::WriteTx& tx, access::Action action, const v1::RiskPoint& point,
                       absl::string_view name) {
  access::Facts facts = FactsOf(point);
  facts.name = std::string(name);
  return FromDirectory(ViewerOf(tx).May(action, access::Action::kSeeRisk, facts));
}

// Who may propose against a point may change what was proposed.
absl::Status CheckProposer(store::WriteTx& tx, const v1::RiskPoint& point, absl::string_view name) {
  return CheckDoes(tx,
                   point.layer() == common::v1::RISK_LAYER_UNIT
                       ? access::Action::kProposeUnitMeasure
                       : access::Action::kProposeMeasure,
                   point, name);
}

absl::StatusOr<v1::RiskPoint> PointOf(store::WriteTx& tx, const v1::Measure& measure) {
  return tx.Get<v1::RiskPoint>(RiskPointKind(), measure.risk_point());
}

// The same for the point of a measure that is there already.
absl::Status CheckKeeperOf(store::WriteTx& tx, const v1::Measure& measure) {
  LF_ASSIGN_OR_RETURN(const v1::RiskPoint point, PointOf(tx, measure));
  return CheckProposer(tx, point, measure.name());
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
  LF_ASSIGN_OR_RETURN(const v1::RiskPoint point, PointOf(tx, measure));
  LF_RETURN_IF_ERROR(CheckDoes(tx,
                               point.layer() == common::v1::RISK_LAYER_UNIT
                                   ? access::Action::kAssessUnitMeasure
                                   : access::Action::kAssessMeasure,
                               point, measure.name()));
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
  // Whoever does not see the point hears what he would if there were none.
  const absl::Status may = CheckProposer(tx, *point, point->name());
  if (absl::IsNotFound(may)) return NoReference("measure.risk_point", measure.risk_point());
  LF_RETURN_IF_ERROR(may);
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
