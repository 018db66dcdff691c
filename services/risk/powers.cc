#include "services/risk/powers.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/risk/domain/filing_rules.h"
#include "services/risk/domain/power_rules.h"
#include "services/risk/keepers.h"
#include "services/risk/marking.h"
#include "services/risk/risk_kinds.h"

namespace lianfang::risk {
namespace {

// A record in use that is about the power; empty when there is none.
template <class T>
absl::StatusOr<std::string> UserOf(store::WriteTx& tx, const store::RecordKind& kind,
                                   const std::string& power, int archived) {
  store::Query query;
  query.equal.emplace_back("power", power);
  query.not_equal.emplace_back("state", int64_t{archived});
  query.limit = 1;
  LF_ASSIGN_OR_RETURN(const std::vector<T> users, tx.List<T>(kind, tx.unit_id(), query));
  return users.empty() ? std::string() : users.front().name();
}

}  // namespace

absl::Status CreatePower(store::WriteTx& tx, v1::Power& power) {
  LF_RETURN_IF_ERROR(CheckPower(power, tx.unit_id()));
  LF_RETURN_IF_ERROR(
      FindDepartment(tx, power.department(), /*in_use=*/true, "power.department").status());
  LF_RETURN_IF_ERROR(CheckKeepsOf(tx, power.department()));
  if (!power.responsible_post().empty()) {
    LF_RETURN_IF_ERROR(CheckPostInUse(tx, power.responsible_post(), "power.responsible_post"));
  }
  power.set_state(v1::FILING_STATE_DRAFT);
  return absl::OkStatus();
}

absl::Status UpdatePower(store::WriteTx& tx, const v1::Power& old, v1::Power& next) {
  LF_RETURN_IF_ERROR(CheckKeepsOf(tx, old.department()));
  LF_RETURN_IF_ERROR(CheckChangeable(old.state(), old.name()));
  LF_RETURN_IF_ERROR(CheckPower(next, tx.unit_id()));
  if (!next.responsible_post().empty() && next.responsible_post() != old.responsible_post()) {
    LF_RETURN_IF_ERROR(CheckPostInUse(tx, next.responsible_post(), "power.responsible_post"));
  }
  next.set_state(AfterChange(old.state()));
  Marking marking(&tx);
  if (IsFiled(old.state())) {
    LF_RETURN_IF_ERROR(marking.Points(
        "power", old.name(),
        {.cause = common::v1::MARK_CAUSE_POWER,
         .source = old.name(),
         .reason = absl::StrCat("职权“", next.power_name(), "”已调整，请核对风险点和防控措施。")}));
  }
  // The power first: the entry is about it.
  LF_RETURN_IF_ERROR(tx.Put(PowerKind(), next));
  return marking.Write();
}

absl::Status ArchivePower(store::WriteTx& tx, v1::Power& power) {
  LF_RETURN_IF_ERROR(CheckKeepsOf(tx, power.department()));
  LF_RETURN_IF_ERROR(CheckArchivable(power.state(), power.name()));
  LF_ASSIGN_OR_RETURN(std::string user, UserOf<v1::RiskPoint>(tx, RiskPointKind(), power.name(),
                                                              v1::RISK_POINT_STATE_ARCHIVED));
  if (user.empty()) {
    LF_ASSIGN_OR_RETURN(
        user, UserOf<v1::Workflow>(tx, WorkflowKind(), power.name(), v1::FILING_STATE_ARCHIVED));
  }
  if (!user.empty()) {
    return ErrorBuilder(common::v1::ERROR_REASON_STILL_IN_USE,
                        "该职权还有未归档的风险点或流程图，请先归档。",
                        "Risk points or a chart are still about this power; archive them first.")
        .Meta("resource", user);
  }
  power.set_state(v1::FILING_STATE_ARCHIVED);
  return absl::OkStatus();
}

}  // namespace lianfang::risk
