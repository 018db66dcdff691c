// From the rows of a directory's files to the records to write, or to everything that is wrong with
// them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "services/personnel/domain/import_problems.h"
#include "services/personnel/domain/import_table.h"

namespace lianfang::personnel {

// The records that a unit has, archived ones included, by id.
struct Directory {
  std::map<std::string, v1::Department> departments;
  std::map<std::string, v1::Post> posts;
  std::map<std::string, v1::Person> persons;
  std::map<std::string, v1::Appointment> appointments;
  std::map<std::string, v1::LeadingGroupMember> leading_group;
};

// New and changed records, whole, in the order of their rows.
struct ImportPlan {
  std::vector<v1::Person> persons;
  std::vector<v1::Department> departments;
  std::vector<v1::Post> posts;
  std::vector<v1::Appointment> appointments;
  std::vector<v1::LeadingGroupMember> leading_group;
  int created = 0;
  int updated = 0;
  int unchanged = 0;
};

// Works out what the tables change. Records are found again by their code; appointments by person,
// post and first day, members of the leading group by person and role, whatever their ids are.
// Everything wrong is added to `problems`; with any problem (also one that was there before) the
// plan must not be carried out.
ImportPlan PlanImport(absl::string_view unit_id, const std::vector<Table>& tables,
                      const Directory& existing, Problems* problems);

// Id that an import gives an appointment: `{person}-{post}-{yyyymmdd}`; when that is too long, or
// `taken` by another record, its first 46 characters, a hyphen and 16 hexadecimal digits of the
// SHA-256 of `{person}/{post}/{yyyymmdd}`.
std::string AppointmentId(absl::string_view person, absl::string_view post,
                          const google::type::Date& start, bool taken = false);

// Likewise for a member of the leading group: `{person}-{role}`, hashed as `{person}/{role}`.
std::string LeadingGroupMemberId(absl::string_view person, v1::LeadingGroupRole role,
                                 bool taken = false);

}  // namespace lianfang::personnel
