#include "services/grading/grading_kinds.h"

#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/grading/v1/inspection.pb.h"
#include "lianfang/grading/v1/responsibility.pb.h"
#include "lianfang/personnel/v1/duty.pb.h"
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

const RecordKind& WarningSignKind() {
  static const auto* kind =
      new RecordKind("warning_signs", "warningSigns", v1::WarningSign::default_instance(),
                     {"year", "state", "subject"});
  return *kind;
}

const RecordKind& LetterKind() {
  static const auto* kind =
      new RecordKind("responsibility_letters", "responsibilityLetters",
                     v1::ResponsibilityLetter::default_instance(), {"year", "state", "party_b"});
  return *kind;
}

const RecordKind& SelfInspectionKind() {
  static const auto* kind =
      new RecordKind("self_inspection_reports", "selfInspectionReports",
                     v1::SelfInspectionReport::default_instance(), {"year", "state", "subject"});
  return *kind;
}

const RecordKind& ExaminationKind() {
  static const auto* kind =
      new RecordKind("examinations", "examinations", v1::Examination::default_instance(),
                     {"year", "state", "department"});
  return *kind;
}

const RecordKind& RectificationKind() {
  static const auto* kind =
      new RecordKind("rectifications", "rectifications", v1::Rectification::default_instance(),
                     {"year", "state", "department", "responsible"});
  return *kind;
}

const RecordKind& MeasureKind() {
  static const auto* kind =
      new RecordKind("followed_measures", "measures", risk::v1::Measure::default_instance(),
                     std::vector<std::string>());
  return *kind;
}

const RecordKind& PostDutyKind() {
  static const auto* kind =
      new RecordKind("followed_post_duties", "postDuties",
                     personnel::v1::PostDuty::default_instance(), {"post", "year"});
  return *kind;
}

std::span<const EmbeddedFile> Schema() { return schema::Files(); }

}  // namespace lianfang::grading
