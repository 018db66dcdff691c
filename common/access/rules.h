// Who may see and do what with which record, beyond what the roles permit: all rules of that kind
// of all services, in one table, pure. A service collects the facts (see place.h); nobody else
// decides by who is asking.
//
// What somebody may not see, he is told does not exist: the same answer, word for word, as for a
// name that nobody has given (RESOURCE_NOT_FOUND). What he may see and not do, he is told why.
//
// That nobody decides on, checks or signs for what is his own is part of the step itself, and
// stands with it in the services' domain rules.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/auth/identity.h"

namespace lianfang::access {

// Where somebody stands in a unit's directory today. An appointment that has ended gives nothing.
struct Place {
  std::vector<std::string> posts;        // that he holds
  std::vector<std::string> departments;  // that these posts are in
  std::vector<std::string> heads;        // departments that he heads
  std::vector<std::string> in_charge;    // departments that he is the leader in charge of (分管)
};

// What a record is about, as far as a rule asks. What does not apply stays empty.
struct Facts {
  std::string name;                  // resource name, as errors say it
  std::vector<std::string> persons;  // whose it is, or whom it makes responsible
  std::vector<std::string> others;   // who takes part: reviewers, members, parties
  std::string post;                  // that it is of
  std::string department;            // that it is of; empty for the unit's leadership
  bool of_unit = false;              // the unit's own, nobody's in particular
  bool under_review = false;         // somebody's decision or opinion is awaited
  bool for_superior = false;         // the superior decides, or has decided
};

enum class Action {
  // ---- seeing; errors: RESOURCE_NOT_FOUND ----
  kSeeSelfCheck,
  kSeeRisk,   // risk points, measures, and the forms in which they are handed in
  kSeeGrade,  // grades and levels of departments
  kSeeReview,
  kSeeSelfInspection,
  kSeeExamination,
  kSeeRectification,
  kSeeLetter,
  kSeeCampaign,  // pieces of a year's work
  kSeeReminder,
  kSeeFeedback,  // and working on it: not whom it is about
  // ---- doing; errors: NOT_RECORD_OWNER ----
  kWriteSelfCheck,
  kBringInSelfCheck,    // as a draft, from a table that came on paper or by mail
  kKeepDepartmentRisk,  // risk points, powers and charts of a department
  kKeepUnitRisk,        // of the unit and of posts
  kProposeMeasure,      // against a risk point of a post or a department
  kProposeUnitMeasure,
  kAssessMeasure,
  kAssessUnitMeasure,
  kHandInOfPost,
  kHandInOfDepartment,
  kHandInOfUnit,
  kWriteDutyOfDepartment,  // of a post in a department
  kWriteDutyOfLeader,      // of a post in none
  kWriteSelfInspectionOfDepartment,
  kWriteSelfInspectionOfUnit,
  kDisplaySign,
  // Taking a document: what its paper says is seen by whoever has it.
  kRenderOfUnit,        // figures of the whole unit
  kRenderOfDepartment,  // registers and reports of a department; drafts of what will hang out
  kRenderSelfCheck,     // a self-check, or all of a department
  kRenderOfPerson,      // forms, letters and notices that are somebody's
  kRenderPublic,        // what hangs out in the unit, or everybody may read record by record
};

inline constexpr Action kLastAction = Action::kRenderPublic;

// Whether the caller's roles alone allow it, so that nobody need look up where he stands.
bool RolesSuffice(const auth::Identity& caller, Action action);

// OK, or why not. See above for what errors say.
absl::Status Check(const auth::Identity& caller, const Place& place, Action action,
                   const Facts& facts);

// The answer about a record that the caller may not see: the same as about none.
absl::Status Hidden(absl::string_view name);

}  // namespace lianfang::access
