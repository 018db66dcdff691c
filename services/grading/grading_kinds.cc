#include "services/grading/grading_kinds.h"

#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/risk/v1/risk.pb.h"

namespace lianfang::grading {

namespace schema {
std::span<const EmbeddedFile> Files();
}  // namespace schema

using store::RecordKind;

const RecordKind& GradeKind() {
  static const auto* kind =
      new RecordKind("grades", "grades", v1::Grade::default_instance(), {"year", "state"});
  return *kind;
}

const RecordKind& ReviewKind() {
  static const auto* kind =
      new RecordKind("reviews", "reviews", v1::Review::default_instance(), {"state", "record"});
  return *kind;
}

const RecordKind& SelfCheckKind() {
  static const auto* kind =
      new RecordKind("followed_self_checks", "selfChecks", risk::v1::SelfCheck::default_instance(),
                     {"year", "state"});
  return *kind;
}

const RecordKind& RiskPointKind() {
  static const auto* kind =
      new RecordKind("followed_risk_points", "riskPoints", risk::v1::RiskPoint::default_instance(),
                     {"owner", "year", "layer"});
  return *kind;
}

std::span<const EmbeddedFile> Schema() { return schema::Files(); }

}  // namespace lianfang::grading
