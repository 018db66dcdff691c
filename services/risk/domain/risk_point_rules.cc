#include "services/risk/domain/risk_point_rules.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/sha256.h"
#include "common/status/error.h"
#include "services/risk/domain/publicity_rules.h"
#include "services/risk/domain/self_check_rules.h"

namespace lianfang::risk {

using risk::v1::RiskPoint;

namespace {

absl::Status Illegal(const RiskPoint& point, absl::string_view zh, absl::string_view en) {
  return ErrorBuilder(
             common::v1::ERROR_REASON_ILLEGAL_TRANSITION, zh,
             absl::StrCat(en, " It is ", risk::v1::RiskPointState_Name(point.state()), "."))
      .Meta("resource", point.name())
      .Meta("state", risk::v1::RiskPointState_Name(point.state()));
}

}  // namespace

std::vector<RiskPoint> PointsOf(const risk::v1::SelfCheckRevision& revision,
                                absl::string_view department) {
  std::vector<RiskPoint> points;
  points.reserve(static_cast<size_t>(revision.findings_size()));
  for (const risk::v1::Finding& finding : revision.findings()) {
    RiskPoint& point = points.emplace_back();
    point.set_layer(common::v1::RISK_LAYER_POST);
    point.set_owner(revision.post());
    point.set_year(revision.year());
    point.set_category(finding.category());
    point.set_description(finding.description());
    point.set_manifestation(finding.manifestation());
    point.set_method(finding.method());
    point.set_kind(finding.kind());
    if (finding.has_factors()) *point.mutable_factors() = finding.factors();
    point.set_sensitive_topic(finding.sensitive_topic());
    point.set_project_kind(finding.project_kind());
    point.set_department(std::string(department));
    point.set_source(revision.name());
    point.set_carried_from(finding.carried_from());
    point.set_state(risk::v1::RISK_POINT_STATE_REGISTERED);
  }
  return points;
}

std::string PointId(absl::string_view self_check_id, int number, bool taken) {
  const std::string id = absl::StrCat(self_check_id, "-", number);
  if (!taken) return FitId(id);
  // The slash keeps the digest apart from that of a shortened id.
  const std::string digest = absl::BytesToHexString(crypto::ToBytes(crypto::Sha256({id, "/"})));
  return absl::StrCat(absl::string_view(id).substr(0, 46), "-",
                      absl::string_view(digest).substr(0, 16));
}

bool CameFrom(const RiskPoint& point, absl::string_view self_check) {
  return absl::StartsWith(point.source(), absl::StrCat(self_check, "/revisions/"));
}

RiskPoint ApprovedAgain(const RiskPoint& stored, const RiskPoint& fresh) {
  RiskPoint point = fresh;
  point.set_name(stored.name());
  point.set_key_link(stored.key_link());
  point.set_power(stored.power());
  if (stored.has_create_time()) *point.mutable_create_time() = stored.create_time();
  return point;
}

absl::Status CheckRegistrable(const RiskPoint& point) {
  if (point.layer() != common::v1::RISK_LAYER_POST) return absl::OkStatus();
  return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "risk_point.layer",
                    "岗位风险点由审核通过的个人自查表产生，不能直接登记。",
                    "points of a post come from approved self-checks; they are not registered by "
                    "hand.");
}

absl::Status CheckChangeable(const RiskPoint& point) {
  if (point.state() == risk::v1::RISK_POINT_STATE_SUBMITTED ||
      point.state() == risk::v1::RISK_POINT_STATE_ARCHIVED) {
    return Illegal(point, "审核中或已归档的风险点不能修改。",
                   "A risk point under review or archived cannot be changed.");
  }
  return absl::OkStatus();
}

bool IsRegistered(const RiskPoint& point) {
  return point.state() == risk::v1::RISK_POINT_STATE_REGISTERED ||
         point.state() == risk::v1::RISK_POINT_STATE_PUBLICISED;
}

absl::Status Confirm(RiskPoint* point) {
  if (!IsRegistered(*point)) {
    return Illegal(*point, "只有已登记的风险点可以确认。",
                   "Only a registered risk point is confirmed.");
  }
  point->clear_marks();
  return absl::OkStatus();
}

bool SaysOtherwise(const RiskPoint& old, const RiskPoint& next) {
  return old.category() != next.category() || old.description() != next.description() ||
         old.manifestation() != next.manifestation() || old.key_link() != next.key_link() ||
         old.kind() != next.kind() || old.power() != next.power();
}

risk::v1::RiskPointState AfterChange(const RiskPoint& old, const RiskPoint& next) {
  if (old.state() == risk::v1::RISK_POINT_STATE_PUBLICISED && SaysOtherwise(old, next)) {
    return risk::v1::RISK_POINT_STATE_REGISTERED;
  }
  return old.state();
}

bool SetPublicised(bool publicised, const std::string& publication, RiskPoint* point) {
  return publicised ? ShowIn(publication, risk::v1::RISK_POINT_STATE_REGISTERED,
                             risk::v1::RISK_POINT_STATE_PUBLICISED, point)
                    : TakeOutOf(publication, risk::v1::RISK_POINT_STATE_REGISTERED,
                                risk::v1::RISK_POINT_STATE_PUBLICISED, point);
}

absl::Status CheckApprovedText(const RiskPoint& old, const RiskPoint& next) {
  if (old.layer() != common::v1::RISK_LAYER_POST) return absl::OkStatus();
  const std::pair<absl::string_view, bool> fields[] = {
      {"category", old.category() == next.category()},
      {"description", old.description() == next.description()},
      {"manifestation", old.manifestation() == next.manifestation()},
      {"method", old.method() == next.method()},
      {"kind", old.kind() == next.kind()},
  };
  for (const auto& [field, same] : fields) {
    if (same) continue;
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, absl::StrCat("risk_point.", field),
                      "该风险点来自审核通过的自查表，此项以审核的内容为准，不能修改。",
                      "stays as it was approved with the self-check that the point came from.");
  }
  return absl::OkStatus();
}

absl::Status Archive(RiskPoint* point) {
  if (point->state() == risk::v1::RISK_POINT_STATE_ARCHIVED) {
    return Illegal(*point, "该风险点已归档。", "The risk point is archived already.");
  }
  if (point->state() == risk::v1::RISK_POINT_STATE_SUBMITTED) {
    return Illegal(*point, "审核中的风险点不能归档。",
                   "A risk point under review cannot be archived.");
  }
  point->set_state(risk::v1::RISK_POINT_STATE_ARCHIVED);
  return absl::OkStatus();
}

}  // namespace lianfang::risk
