// From the rows of 附件2, 5, 6 and 7 as tables to the records that they say, or to everything that
// is wrong with them. Values in, values out. The columns are those of
// common/document/form_columns.h, which an export writes: 序号 and what the system works out itself
// (风险等级, 防控措施, 负责人) are passed over.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/table/import_problems.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "lianfang/risk/v1/form_import.pb.h"
#include "lianfang/risk/v1/power.pb.h"
#include "lianfang/risk/v1/risk.pb.h"

namespace lianfang::risk {

// What people's words in the cells can mean: records in use.
struct FormNames {
  std::string unit;                                          // `units/{unit}`
  std::string unit_name;                                     // as it is written
  std::map<std::string, std::set<std::string>> departments;  // name as written → resource names
  std::map<std::string, std::set<std::string>> persons;
  // Posts by name as written; the department of each, empty for the leadership.
  std::map<std::string, std::map<std::string, std::string>> posts;
  std::set<std::pair<std::string, std::string>> holds;  // person, post; today
  // Powers by name as written; the department of each, empty for the leadership.
  std::map<std::string, std::map<std::string, std::string>> powers;
};

// A record and the rows that say it; without name, state and times.
struct ReadSelfCheck {
  v1::SelfCheck form;
  std::vector<const v1::FormRow*> rows;
};
struct ReadPoint {
  v1::RiskPoint point;
  const v1::FormRow* row = nullptr;
};
struct ReadPower {
  v1::Power power;
  const v1::FormRow* row = nullptr;
};
struct ReadForms {
  std::vector<ReadSelfCheck> self_checks;
  std::vector<ReadPoint> points;
  std::vector<ReadPower> powers;
};

// Rows whose cells are all right; what is wrong is added to `problems`. A power that a row of 附件6
// names may stand in a row of 附件7 of the same import only when it is there already.
ReadForms ReadRows(const std::vector<const v1::FormRow*>& rows, int year, const FormNames& names,
                   table::ImportProblems* problems);

// The problem of a cell, or of the row when `heading` is empty or the row has no such cell.
void AddProblem(const v1::FormRow& row, absl::string_view heading, absl::string_view zh,
                absl::string_view en, table::ImportProblems* problems);

// What an import says over what is stored: the fields that a table has, nothing else. False when
// nothing changes.
bool Overlay(const v1::SelfCheck& read, v1::SelfCheck* stored);
bool Overlay(const v1::RiskPoint& read, v1::RiskPoint* stored);
bool Overlay(const v1::Power& read, v1::Power* stored);

}  // namespace lianfang::risk
