#include "services/risk/measures.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "common/directory/directory_kinds.h"
#include "common/rpc/service.h"
#include "common/status/error.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "services/risk/domain/measure_rules.h"
#include "services/risk/risk_kinds.h"

namespace lianfang::risk {
namespace {

absl::Status NoReference(absl::string_view field, absl::string_view name) {
  return ErrorBuilder(common::v1::ERROR_REASON_REFERENCE_NOT_FOUND,
                      absl::StrCat("没有 ", name, "，或已归档。"),
                      absl::StrCat("There is no ", name, ", or it is archived."))
      .Field(field, "不存在或已归档。", "does not exist, or is archived.")
      .Meta("resource", name);
}

absl::Status CheckPost(store::WriteTx& tx, const v1::Measure& measure) {
  LF_ASSIGN_OR_RETURN(
      const std::optional<personnel::v1::Post> post,
      tx.Find<personnel::v1::Post>(directory::PostKind(), measure.responsible_post()));
  if (post && post->state() == personnel::v1::RECORD_STATE_ACTIVE) return absl::OkStatus();
  return rpc::MaybeBehind(NoReference("measure.responsible_post", measure.responsible_post()),
                          "personnel");
}

}  // namespace

absl::Status CreateMeasure(store::WriteTx& tx, v1::Measure& measure) {
  LF_RETURN_IF_ERROR(CheckMeasure(measure, tx.unit_id()));
  LF_ASSIGN_OR_RETURN(const std::optional<v1::RiskPoint> point,
                      tx.Find<v1::RiskPoint>(RiskPointKind(), measure.risk_point()));
  // A form that was approved a moment ago becomes risk points when the decision arrives here.
  if (!point) {
    return rpc::MaybeBehind(NoReference("measure.risk_point", measure.risk_point()), "grading");
  }
  LF_RETURN_IF_ERROR(CheckTreatable(*point));
  LF_RETURN_IF_ERROR(CheckPost(tx, measure));
  measure.set_state(v1::MEASURE_STATE_PROPOSED);
  return absl::OkStatus();
}

absl::Status UpdateMeasure(store::WriteTx& tx, const v1::Measure& old, v1::Measure& next) {
  LF_RETURN_IF_ERROR(CheckEditable(old));
  LF_RETURN_IF_ERROR(CheckMeasure(next, tx.unit_id()));
  if (next.responsible_post() == old.responsible_post()) return absl::OkStatus();
  return CheckPost(tx, next);
}

}  // namespace lianfang::risk
