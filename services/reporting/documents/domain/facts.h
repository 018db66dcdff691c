// What documents are built from: the records of one unit at one state, and the words for them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/document/model.h"
#include "google/type/date.pb.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/grading/v1/inspection.pb.h"
#include "lianfang/grading/v1/responsibility.pb.h"
#include "lianfang/personnel/v1/duty.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "lianfang/reporting/v1/campaign.pb.h"
#include "lianfang/reporting/v1/publicity.pb.h"
#include "lianfang/reporting/v1/reporting.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "services/reporting/documents/domain/kinds.h"

namespace lianfang::reporting::documents {

// Only what the kind needs is filled in.
struct Facts {
  const KindInfo* kind = nullptr;
  Scope scope;
  int32_t year = 0;
  bool draft = false;

  personnel::v1::Unit unit;
  // By resource name; archived ones too, since records still name them.
  std::map<std::string, personnel::v1::Department> departments;
  std::map<std::string, personnel::v1::Post> posts;
  std::map<std::string, std::string> persons;               // names as people write them
  std::map<std::string, std::vector<std::string>> holders;  // of posts, on the day

  std::vector<risk::v1::SelfCheck> self_checks;
  std::map<std::string, grading::v1::Review> reviews;  // by name
  std::vector<risk::v1::RiskPoint> points;
  std::vector<risk::v1::Measure> measures;
  std::vector<risk::v1::Power> powers;
  std::vector<risk::v1::Workflow> workflows;
  std::vector<personnel::v1::PostDuty> duties;
  std::vector<grading::v1::Grade> grades;
  std::vector<grading::v1::WarningSign> signs;
  std::vector<grading::v1::ResponsibilityLetter> letters;
  std::vector<grading::v1::SelfInspectionReport> inspections;
  std::optional<grading::v1::Rectification> rectification;
  std::optional<v1::Publication> publication;
  std::vector<v1::RiskSummaryRow> summary;
  v1::Statistics total;
  std::vector<v1::DepartmentStatistics> statistics;
  v1::Campaign campaign;
  std::vector<v1::TaskProgress> progress;
};

// Names as people write them; what follows the collection for what is not known.
std::string PersonName(const Facts& facts, absl::string_view person);
std::string PostName(const Facts& facts, absl::string_view post);
// 校领导 for the empty name.
std::string DepartmentName(const Facts& facts, absl::string_view department);
// Of a post, a department or the unit.
std::string OwnerName(const Facts& facts, absl::string_view owner);
std::string PersonNames(const Facts& facts, const std::vector<std::string>& persons);
std::string HolderNames(const Facts& facts, absl::string_view post);
std::string HeadOf(const Facts& facts, absl::string_view department);
// 校主要负责人: holders of the posts of principal responsible persons.
std::string PrincipalsOf(const Facts& facts);
// The leader in charge of a department or of the nearest one above.
std::string LeaderOf(const Facts& facts, absl::string_view department);
// Department of a post, a department or the unit; empty for leadership and unit.
std::string DepartmentOf(const Facts& facts, absl::string_view owner);

// 2026-06-25; empty for none.
std::string DateText(const google::protobuf::Timestamp& time);
std::string DateText(const google::type::Date& date);
// 2026年6月25日.
std::string LongDate(const google::protobuf::Timestamp& time);
std::string LongDate(const google::type::Date& date);

document::Level ToLevel(common::v1::RiskLevel level);
// Empty for none.
std::string LevelText(common::v1::RiskLevel level);
// Level in force of a post, or the highest of a department's or the unit's posts; in a draft the
// proposed ones count.
common::v1::RiskLevel LevelOfOwner(const Facts& facts, absl::string_view owner);

// Whether the record counts: confirmed, or anything that is not archived in a draft.
bool Counts(const Facts& facts, const risk::v1::RiskPoint& point);
bool Counts(const Facts& facts, const risk::v1::Measure& measure);
bool Counts(const Facts& facts, risk::v1::FilingState state);

// Measures against a risk point by stage, a line each: `前期预防：…`; empty for none.
std::string MeasuresText(const Facts& facts, absl::string_view point);

// Orders departments: the leadership, then by the order of their ids.
std::vector<std::string> DepartmentsInOrder(const Facts& facts);
// Whether a department's record belongs to the scope.
bool InScope(const Facts& facts, absl::string_view department);

// A document of the kind with its fixed parts and no sections.
document::Document Blank(const Facts& facts);
// 《…》's subtitle: `填报单位：… 2026年度`.
std::string Subtitle(const Facts& facts, absl::string_view whose);
std::vector<document::Column> ColumnsOf(std::span<const document::Column> columns);

}  // namespace lianfang::reporting::documents
