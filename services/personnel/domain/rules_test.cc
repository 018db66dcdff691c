#include "services/personnel/domain/rules.h"

#include <map>

#include "common/directory/date.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/personnel/domain/department_tree.h"

namespace lianfang::personnel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace reasons = common::v1;

TEST(RulesTest, References) {
  struct Case {
    const char* name;
    std::optional<v1::RecordState> state;
    ErrorReason reason;
  };
  const Case cases[] = {
      {"", std::nullopt, reasons::ERROR_REASON_UNSPECIFIED},
      {"units/u/persons/p", v1::RECORD_STATE_ACTIVE, reasons::ERROR_REASON_UNSPECIFIED},
      {"units/u/persons/p", v1::RECORD_STATE_ARCHIVED, reasons::ERROR_REASON_REFERENCE_NOT_FOUND},
      {"units/u/persons/p", std::nullopt, reasons::ERROR_REASON_REFERENCE_NOT_FOUND},
      {"units/v/persons/p", v1::RECORD_STATE_ACTIVE, reasons::ERROR_REASON_REFERENCE_NOT_FOUND},
  };
  for (const Case& c : cases) {
    const absl::Status status = CheckReference("u", "post.department", c.name, c.state);
    EXPECT_EQ(ReasonOf(status), c.reason) << c.name << status;
    if (!status.ok()) {
      EXPECT_THAT(status.message(), HasSubstr("post.department"));
    }
  }
}

TEST(RulesTest, ParentsMakeNoCycle) {
  const std::map<std::string, std::string> parents = {{"a", "b"}, {"b", "c"}, {"c", ""}};
  const auto parent_of = [&](absl::string_view name) -> absl::StatusOr<std::string> {
    const auto it = parents.find(std::string(name));
    return it == parents.end() ? "" : it->second;
  };
  EXPECT_TRUE(CheckParent("a", "", parent_of).ok());
  EXPECT_TRUE(CheckParent("d", "a", parent_of).ok());
  EXPECT_TRUE(CheckParent("a", "c", parent_of).ok());
  for (const auto& [department, parent] :
       std::map<std::string, std::string>{{"a", "a"}, {"b", "a"}, {"c", "a"}}) {
    EXPECT_EQ(ReasonOf(CheckParent(department, parent, parent_of)),
              reasons::ERROR_REASON_DEPARTMENT_CYCLE)
        << department;
  }
  const auto broken = [](absl::string_view) -> absl::StatusOr<std::string> {
    return absl::UnavailableError("no database");
  };
  EXPECT_EQ(CheckParent("a", "b", broken).code(), absl::StatusCode::kUnavailable);
}

TEST(RulesTest, LevelsAreLimited) {
  // A chain d1 (top) … and a new department below its last one.
  const auto check = [](int levels_above) {
    return CheckParent("new", absl::StrCat("d", levels_above),
                       [](absl::string_view name) -> absl::StatusOr<std::string> {
                         const int level = std::stoi(std::string(name.substr(1)));
                         return level == 1 ? "" : absl::StrCat("d", level - 1);
                       });
  };
  EXPECT_TRUE(check(kMaxDepartmentLevels - 1).ok());
  EXPECT_EQ(ReasonOf(check(kMaxDepartmentLevels)), reasons::ERROR_REASON_INVALID_FIELD);
}

TEST(RulesTest, Functions) {
  v1::Post post;
  EXPECT_TRUE(CheckFunctions("post.functions", post).ok());
  post.add_functions(common::v1::POST_FUNCTION_FINANCE);
  post.add_functions(common::v1::POST_FUNCTION_ADMISSIONS);
  EXPECT_TRUE(CheckFunctions("post.functions", post).ok());
  post.add_functions(common::v1::POST_FUNCTION_FINANCE);
  EXPECT_EQ(ReasonOf(CheckFunctions("post.functions", post)), reasons::ERROR_REASON_INVALID_FIELD);
  post.clear_functions();
  post.add_functions(common::v1::POST_FUNCTION_UNSPECIFIED);
  EXPECT_EQ(ReasonOf(CheckFunctions("post.functions", post)), reasons::ERROR_REASON_INVALID_FIELD);
}

google::type::Date Date(int year, int month, int day) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

TEST(RulesTest, Periods) {
  struct Case {
    google::type::Date start;
    std::optional<google::type::Date> end;
    const char* field;  // at fault; empty: none
  };
  const Case cases[] = {
      {Date(2026, 1, 1), std::nullopt, ""},
      {Date(2026, 1, 1), Date(2026, 1, 1), ""},
      {Date(2026, 1, 1), Date(2025, 12, 31), "appointment.end_date"},
      {Date(2026, 2, 30), std::nullopt, "appointment.start_date"},
      {Date(2026, 0, 0), std::nullopt, "appointment.start_date"},
      {Date(2026, 1, 1), Date(2026, 13, 1), "appointment.end_date"},
      {Date(2026, 1, 1), Date(0, 0, 0), "appointment.end_date"},
  };
  for (const Case& c : cases) {
    v1::Appointment appointment;
    *appointment.mutable_start_date() = c.start;
    if (c.end) *appointment.mutable_end_date() = *c.end;
    const absl::Status status = CheckPeriod("appointment", appointment);
    EXPECT_EQ(status.ok(), c.field[0] == '\0') << status << appointment.DebugString();
    EXPECT_THAT(status.message(), HasSubstr(c.field));
  }
}

TEST(RulesTest, Absences) {
  struct Case {
    google::type::Date start;
    std::optional<google::type::Date> end;
    const char* field;  // at fault; empty: none
  };
  const Case cases[] = {
      {Date(2026, 5, 13), std::nullopt, ""},
      {Date(2026, 5, 13), Date(2026, 5, 13), ""},
      {Date(2026, 5, 13), Date(2026, 5, 12), "person.absences[1].end_date"},
      {Date(2026, 5, 32), std::nullopt, "person.absences[1].start_date"},
      {Date(2026, 5, 13), Date(0, 0, 0), "person.absences[1].end_date"},
  };
  for (const Case& c : cases) {
    v1::Person person;
    *person.add_absences()->mutable_start_date() = Date(2026, 1, 1);
    auto* absence = person.add_absences();
    *absence->mutable_start_date() = c.start;
    if (c.end) *absence->mutable_end_date() = *c.end;
    const absl::Status status = CheckAbsences("person.absences", person);
    EXPECT_EQ(ReasonOf(status), c.field[0] == '\0' ? reasons::ERROR_REASON_UNSPECIFIED
                                                   : reasons::ERROR_REASON_INVALID_FIELD)
        << status << person.DebugString();
    EXPECT_THAT(status.message(), HasSubstr(c.field));
  }
  EXPECT_TRUE(CheckAbsences("person.absences", v1::Person()).ok());
}

TEST(RulesTest, OpenAppointments) {
  v1::Appointment appointment;
  appointment.set_state(v1::RECORD_STATE_ACTIVE);
  *appointment.mutable_start_date() = Date(2026, 1, 1);
  EXPECT_TRUE(IsOpen(appointment, Date(2026, 5, 13)));
  EXPECT_TRUE(IsOpen(appointment, Date(2025, 5, 13))) << "it will be in force";
  *appointment.mutable_end_date() = Date(2026, 5, 13);
  EXPECT_TRUE(IsOpen(appointment, Date(2026, 5, 13)));
  EXPECT_FALSE(IsOpen(appointment, Date(2026, 5, 14)));
  appointment.clear_end_date();
  appointment.set_state(v1::RECORD_STATE_ARCHIVED);
  EXPECT_FALSE(IsOpen(appointment, Date(2026, 5, 13)));
}

TEST(RulesTest, ArchivingNeedsThatNothingRefers) {
  EXPECT_TRUE(CheckUnused("units/u/posts/p", {}).ok());
  const std::pair<Uses, const char*> cases[] = {
      {{.posts = true}, "岗位"},
      {{.children = true}, "下级部门"},
      {{.appointments = true}, "任职"},
      {{.heads = true}, "分管"},
      {{.leading_group = true}, "领导小组"},
  };
  for (const auto& [uses, word] : cases) {
    const absl::Status status = CheckUnused("units/u/posts/p", uses);
    EXPECT_EQ(ReasonOf(status), reasons::ERROR_REASON_STILL_IN_USE);
    EXPECT_THAT(ChineseText(status), HasSubstr(word));
  }
  EXPECT_TRUE(CheckInUse("units/u/posts/p", v1::RECORD_STATE_ACTIVE).ok());
  EXPECT_EQ(ReasonOf(CheckInUse("units/u/posts/p", v1::RECORD_STATE_ARCHIVED)),
            reasons::ERROR_REASON_ILLEGAL_TRANSITION);
}

TEST(DepartmentTreeTest, FindsCyclesAndNotWhatHangsBelowThem) {
  const TreeFaults faults = FindTreeFaults({{"a", "b"},
                                            {"b", "c"},
                                            {"c", "a"},
                                            {"below", "a"},
                                            {"self", "self"},
                                            {"top", ""},
                                            {"fine", "top"},
                                            {"lost", "unknown"}});
  EXPECT_THAT(faults.in_cycle, ElementsAre("a", "b", "c", "self"));
  EXPECT_THAT(faults.too_deep, IsEmpty());
}

TEST(DepartmentTreeTest, FindsWhatIsTooDeep) {
  std::map<std::string, std::string> parents;
  for (int level = 1; level <= kMaxDepartmentLevels + 2; ++level) {
    parents[absl::StrCat("d", 100 + level)] = level == 1 ? "" : absl::StrCat("d", 99 + level);
  }
  EXPECT_THAT(FindTreeFaults(parents).too_deep,
              ElementsAre(absl::StrCat("d", 101 + kMaxDepartmentLevels),
                          absl::StrCat("d", 102 + kMaxDepartmentLevels)));
}

}  // namespace
}  // namespace lianfang::personnel
