// What a change of the directory means for grades, signs and letters, as pure functions of the
// record before and after. 「及时调整风险点和风险防控措施」
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lianfang/grading/v1/responsibility.pb.h"
#include "lianfang/personnel/v1/duty.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "services/grading/domain/cause.h"

namespace lianfang::grading {

struct DirectoryChange {
  Cause cause;
  // Post whose grade and letters it touches; empty: none.
  std::string post;
  // Who answers for the post is somebody else: its sign too.
  bool holders_change = false;
  // Department whose letters it touches; empty: none.
  std::string department;
  // Who answers for the department is somebody else: its sign too, and the letters that its head
  // signs as party A.
  bool head_changes = false;
  // Persons whose letters it touches as either party: leaders in charge before and after, holders
  // of a principal responsible post.
  std::set<std::string> persons;
};

// Nothing for a new post, department or person: nothing rests on them yet.
std::vector<DirectoryChange> ChangesOf(const std::optional<personnel::v1::Post>& before,
                                       const personnel::v1::Post& after);
std::vector<DirectoryChange> ChangesOf(const std::optional<personnel::v1::Department>& before,
                                       const personnel::v1::Department& after);
// An appointment touches its post, before and after. `principal`: the post is a principal
// responsible one.
std::vector<DirectoryChange> ChangesOf(const std::optional<personnel::v1::Appointment>& before,
                                       const personnel::v1::Appointment& after, bool principal);
// A duty that is approved in another revision than before.
std::vector<DirectoryChange> ChangesOf(const std::optional<personnel::v1::PostDuty>& before,
                                       const personnel::v1::PostDuty& after);

// Whether the change touches a letter. Duties touch none: a letter does not quote them.
bool Touches(const DirectoryChange& change, const v1::ResponsibilityLetter& letter);

}  // namespace lianfang::grading
