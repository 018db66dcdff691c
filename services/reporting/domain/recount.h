// The statistics and cross tables of records, counted from nothing and as plainly as can be, to
// compare with what Counters keeps: in tests, and by `lianfang verify`. In one pass over the
// records, whose number nothing bounds.
#pragma once

#include <map>
#include <set>
#include <string>

#include "absl/time/civil_time.h"
#include "services/reporting/domain/counters.h"
#include "services/reporting/domain/counts.h"
#include "services/reporting/domain/cross_table.h"
#include "services/reporting/domain/known.h"
#include "services/reporting/domain/statistics.h"

namespace lianfang::reporting {

inline constexpr char kUnit[] = "units/u";
inline const absl::CivilDay kToday(2026, 5, 13);

// The figures of a unit, and those of its departments that have records.
struct Recounted {
  v1::Statistics unit;
  std::map<std::string, v1::Statistics> departments;  // by name; "": of the unit itself

  // Nullptr: of the whole unit. Zeros for a department without records.
  v1::Statistics Of(const std::string* department) const;
};

// The newest revision of every record, and a recount of them from nothing.
struct Records {
  std::string unit = kUnit;
  // The day on which the newest revision of an appointment came, which decides whether it is over.
  std::map<std::string, absl::CivilDay> seen;

  std::map<std::string, personnel::v1::Post> posts;
  std::map<std::string, personnel::v1::Appointment> appointments;
  std::map<std::string, risk::v1::SelfCheck> self_checks;
  std::map<std::string, risk::v1::RiskPoint> points;
  std::map<std::string, risk::v1::Measure> measures;
  std::map<std::string, grading::v1::Grade> grades;
  std::map<std::string, personnel::v1::PostDuty> duties;
  std::map<std::string, risk::v1::Power> powers;
  std::map<std::string, risk::v1::Workflow> workflows;
  std::map<std::string, grading::v1::ResponsibilityLetter> letters;
  std::map<std::string, grading::v1::WarningSign> signs;
  std::map<std::string, grading::v1::Rectification> rectifications;
  std::map<std::string, grading::v1::SelfInspectionReport> reports;
  std::map<std::string, v1::Publication> publications;

  bool Active(const std::string& post) const;
  std::string ScopeOfPost(const std::string& post) const;
  std::string ScopeOfOwner(const std::string& owner) const;
  // `of_year` 0: the newest.
  common::v1::RiskLevel LevelOfPost(const std::string& post, int of_year = 0) const;
  common::v1::RiskLevel LevelOfOwner(const std::string& owner, int of_year = 0) const;
  int NewestYear() const;

  // `year` 0: all years, and what is counted by campaign of the newest.
  Recounted Recount(int year) const;

  // Number of risk points or measures with two properties.
  int64_t RecountCell(const v1::GetCrossTableRequest& request, int year,
                      const v1::CrossTableHead& row, const v1::CrossTableHead& column) const;

  // Month in which a record with these seconds was made.
  std::map<int, int> made_in;
};

}  // namespace lianfang::reporting
