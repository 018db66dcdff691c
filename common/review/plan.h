// From a record to the persons who review it: who is who comes from the directory, which way it
// goes from the routes policy. The services in which records are handed in ask the same question as
// the one that opens the reviews.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/review/route.h"
#include "common/store/reader.h"
#include "google/type/date.pb.h"

namespace lianfang::review {

// Whose record it is.
struct Subject {
  grading::v1::RecordKind record_kind = grading::v1::RECORD_KIND_UNSPECIFIED;
  // Persons whose record it is; they take no step. May be empty.
  std::vector<std::string> owners;
  // Post of the record; empty: none. The record of a principal responsible post is such a person's,
  // also while nobody holds it.
  std::string post;
  // Department of the record; empty for the leadership and the unit.
  std::string department;
  // Kind of the owner; unspecified: found out from `post` and `owners`.
  grading::v1::OwnerKind owner_kind = grading::v1::OWNER_KIND_UNSPECIFIED;
  // Persons who take no step either and say nothing of the owner, e.g. who drafted the record for
  // another's post.
  std::vector<std::string> barred;
};

// Who can act in which role on one day, looked up in the directory once for each role and
// department. Inside a change, ask before the first write to the directory's tables.
class Roster {
 public:
  // `reader` must outlive the roster.
  Roster(store::Reader* reader, absl::string_view unit_id, google::type::Date today);

  // Who holds the role for records of the department and is not absent, each once. Nobody for roles
  // of the superior, and for a department that is not known.
  absl::StatusOr<std::vector<std::string>> Holders(grading::v1::ReviewerRole role,
                                                   const std::string& department);
  // Who holds the post, absent or not.
  absl::StatusOr<std::vector<std::string>> HoldersOf(const std::string& post);

  // The unit's principal responsible persons, absent or not.
  absl::StatusOr<std::vector<std::string>> Principals();

  // Says anew who takes a step of a record of the department.
  absl::Status Fill(const std::string& department, const std::vector<std::string>& barred,
                    grading::v1::ReviewStep* step);

  const google::type::Date& today() const { return today_; }

 private:
  absl::StatusOr<std::vector<std::string>> LookUp(grading::v1::ReviewerRole role,
                                                  const std::string& department);
  absl::StatusOr<std::vector<std::string>> StaffOf(const std::string& department);
  // Persons in a field of the departments in use, each once.
  absl::StatusOr<std::vector<std::string>> OfDepartments(bool heads, bool vice_principals);

  store::Reader* reader_;
  std::string unit_id_;
  google::type::Date today_;
  std::map<std::pair<grading::v1::ReviewerRole, std::string>, std::vector<std::string>> holders_;
  std::map<std::string, std::vector<std::string>> posts_;
  std::optional<std::vector<std::string>> principals_;
};

// Kind of the subject's owner, as it says or as the directory does.
absl::StatusOr<grading::v1::OwnerKind> FindOwnerKind(store::Reader& reader,
                                                     absl::string_view unit_id,
                                                     const Subject& subject,
                                                     const google::type::Date& today);

// The steps of the subject's review, with who could take each on that day; empty when no route
// fits. A step may have nobody: whoever may refuse the record asks CheckReviewers.
absl::StatusOr<std::vector<grading::v1::ReviewStep>> PlanSteps(
    store::Reader& reader, absl::string_view unit_id, const config::v1::RoutesPolicy& policy,
    const Subject& subject, const google::type::Date& today);

}  // namespace lianfang::review
