// The school of the model: who is who at the start, and who is who now, as the directory says.
// 校长、书记 lead (both 主要负责人); 分管副校长 vice-a and vice-b; 总务处 affairs and 教务处
// teaching with heads and staff; the director of the control office; one person without a post.
#pragma once

#include <string>
#include <vector>

#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "tests/acceptance/model/world.h"

namespace lianfang::model {

// Campaign year in which the walk begins.
inline constexpr int kFirstYear = 2026;
// Campaign year of nearly everything that is done today; some of it is of the next.
int YearOf(World& world);

inline constexpr char kOffice[] = "services/office";          // 校防控办, by its own identity
inline constexpr char kSuperiorLeader[] = "superior/leader";  // 分管厅领导
inline constexpr char kSuperiorOffice[] = "superior/office";  // 厅防控办
inline constexpr char kAdministrator[] = "services/admin";

std::string Person(absl::string_view id);
std::string Post(absl::string_view id);
std::string Department(absl::string_view id);
bool IsPerson(absl::string_view subject);

// Puts the school's directory in.
void BringIn(World& world);

// Everybody who ever calls, by subject: the persons and the identities.
const std::vector<std::string>& Cast();
// The persons among them.
const std::vector<std::string>& Persons();

google::type::Date DateOf(absl::CivilDay day);
absl::CivilDay DayOf(const google::type::Date& date);

// The directory as it is now.
std::vector<personnel::v1::Post> PostsOf(World& world);
std::vector<personnel::v1::Department> DepartmentsOf(World& world);
std::vector<std::string> HoldersOf(World& world, const std::string& post);
std::vector<std::string> HeadAndLeader(World& world, const std::string& department);
bool IsPrincipalResponsible(World& world, const std::string& person);
bool IsAway(World& world, const std::string& person);

// A caller with the roles that the directory gives him today.
Actor ActorOf(World& world, const std::string& subject);
// The command's caller: one of those who are meant to, if it asks for one and there are any, or
// anybody.
Actor CallerOf(World& world, const std::vector<std::string>& fitting);

// Whether the person may take a step of this role for a record of the department: by the directory
// alone, whatever a review says.
bool Holds(World& world, const std::string& person, grading::v1::ReviewerRole role,
           const std::string& department);

}  // namespace lianfang::model
