#include "services/reporting/documents/domain/facts.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "services/reporting/domain/school_time.h"
#include "services/reporting/domain/words.h"

namespace lianfang::reporting::documents {
namespace {

constexpr char kLeadership[] = "校领导";
constexpr int kMaxDepth = 20;  // of departments

std::string LastPart(absl::string_view name) {
  const size_t slash = name.rfind('/');
  return std::string(slash == absl::string_view::npos ? name : name.substr(slash + 1));
}

std::string WrittenDay(absl::CivilDay day) {
  return absl::StrCat(day.year(), "年", day.month(), "月", day.day(), "日");
}

// The more severe one; 1 is the highest.
common::v1::RiskLevel Higher(common::v1::RiskLevel a, common::v1::RiskLevel b) {
  if (a == common::v1::RISK_LEVEL_UNSPECIFIED) return b;
  if (b == common::v1::RISK_LEVEL_UNSPECIFIED) return a;
  return std::min(a, b);
}

}  // namespace

std::string PersonName(const Facts& facts, absl::string_view person) {
  const auto found = facts.persons.find(std::string(person));
  return found == facts.persons.end() ? LastPart(person) : found->second;
}

std::string PostName(const Facts& facts, absl::string_view post) {
  const auto found = facts.posts.find(std::string(post));
  return found == facts.posts.end() ? LastPart(post) : found->second.display_name();
}

std::string DepartmentName(const Facts& facts, absl::string_view department) {
  if (department.empty()) return kLeadership;
  const auto found = facts.departments.find(std::string(department));
  return found == facts.departments.end() ? LastPart(department) : found->second.display_name();
}

std::string OwnerName(const Facts& facts, absl::string_view owner) {
  if (owner == facts.unit.name()) return facts.unit.display_name();
  if (!IdIn("departments", owner).empty()) return DepartmentName(facts, owner);
  if (!IdIn("persons", owner).empty()) return PersonName(facts, owner);
  return PostName(facts, owner);
}

std::string PersonNames(const Facts& facts, const std::vector<std::string>& persons) {
  return absl::StrJoin(persons, "、", [&](std::string* out, const std::string& person) {
    out->append(PersonName(facts, person));
  });
}

std::string HolderNames(const Facts& facts, absl::string_view post) {
  const auto found = facts.holders.find(std::string(post));
  return found == facts.holders.end() ? "" : PersonNames(facts, found->second);
}

std::string HeadOf(const Facts& facts, absl::string_view department) {
  const auto found = facts.departments.find(std::string(department));
  if (found == facts.departments.end() || found->second.head().empty()) return "";
  return PersonName(facts, found->second.head());
}

std::string PrincipalsOf(const Facts& facts) {
  std::vector<std::string> principals;
  for (const auto& [name, post] : facts.posts) {
    if (!post.principal_responsible()) continue;
    const auto holders = facts.holders.find(name);
    if (holders == facts.holders.end()) continue;
    principals.insert(principals.end(), holders->second.begin(), holders->second.end());
  }
  return PersonNames(facts, principals);
}

std::string LeaderOf(const Facts& facts, absl::string_view department) {
  std::string at(department);
  for (int i = 0; i < kMaxDepth && !at.empty(); ++i) {
    const auto found = facts.departments.find(at);
    if (found == facts.departments.end()) return "";
    if (!found->second.vice_principal().empty()) {
      return PersonName(facts, found->second.vice_principal());
    }
    at = found->second.parent();
  }
  return "";
}

std::string DepartmentOf(const Facts& facts, absl::string_view owner) {
  if (!IdIn("departments", owner).empty()) return std::string(owner);
  const auto found = facts.posts.find(std::string(owner));
  return found == facts.posts.end() ? "" : found->second.department();
}

std::string DateText(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0) return "";
  return directory::FormatDate(ToDate(DayOf(time)));
}

std::string DateText(const google::type::Date& date) {
  return date.year() == 0 ? "" : directory::FormatDate(date);
}

std::string LongDate(const google::protobuf::Timestamp& time) {
  return time.seconds() == 0 ? "" : WrittenDay(DayOf(time));
}

std::string LongDate(const google::type::Date& date) {
  return date.year() == 0 ? "" : WrittenDay(DayOf(date));
}

document::Level ToLevel(common::v1::RiskLevel level) {
  switch (level) {
    case common::v1::RISK_LEVEL_HIGH:
      return document::Level::kHigh;
    case common::v1::RISK_LEVEL_MEDIUM:
      return document::Level::kMedium;
    case common::v1::RISK_LEVEL_LOW:
      return document::Level::kLow;
    default:
      return document::Level::kNone;
  }
}

std::string LevelText(common::v1::RiskLevel level) {
  return level == common::v1::RISK_LEVEL_UNSPECIFIED ? "" : LevelWord(level);
}

common::v1::RiskLevel LevelOfOwner(const Facts& facts, absl::string_view owner) {
  const bool post = !IdIn("posts", owner).empty();
  const bool department = !IdIn("departments", owner).empty();
  common::v1::RiskLevel level = common::v1::RISK_LEVEL_UNSPECIFIED;
  for (const grading::v1::Grade& grade : facts.grades) {
    const bool counts = post         ? grade.post() == owner
                        : department ? DepartmentOf(facts, grade.post()) == owner
                                     : true;
    if (!counts) continue;
    level = Higher(level, facts.draft ? grade.level() : grade.confirmed_level());
  }
  return level;
}

bool Counts(const Facts& facts, const risk::v1::RiskPoint& point) {
  if (point.year() != facts.year) return false;
  if (facts.draft) return point.state() != risk::v1::RISK_POINT_STATE_ARCHIVED;
  return point.state() == risk::v1::RISK_POINT_STATE_REGISTERED ||
         point.state() == risk::v1::RISK_POINT_STATE_PUBLICISED;
}

bool Counts(const Facts& facts, const risk::v1::Measure& measure) {
  if (facts.draft) return measure.state() != risk::v1::MEASURE_STATE_ARCHIVED;
  return measure.state() == risk::v1::MEASURE_STATE_FILED ||
         measure.state() == risk::v1::MEASURE_STATE_PUBLICISED;
}

bool Counts(const Facts& facts, risk::v1::FilingState state) {
  if (facts.draft) return state != risk::v1::FILING_STATE_ARCHIVED;
  return state == risk::v1::FILING_STATE_FILED || state == risk::v1::FILING_STATE_COMPILED;
}

std::string MeasuresText(const Facts& facts, absl::string_view point) {
  std::vector<const risk::v1::Measure*> measures;
  for (const risk::v1::Measure& measure : facts.measures) {
    if (measure.risk_point() == point && Counts(facts, measure)) measures.push_back(&measure);
  }
  std::stable_sort(measures.begin(), measures.end(),
                   [](const auto* a, const auto* b) { return a->stage() < b->stage(); });
  return absl::StrJoin(measures, "\n", [](std::string* out, const risk::v1::Measure* measure) {
    absl::StrAppend(out, StageWord(measure->stage()), "：", measure->content());
  });
}

std::vector<std::string> DepartmentsInOrder(const Facts& facts) {
  std::vector<std::string> order = {""};
  for (const auto& [name, department] : facts.departments) order.push_back(name);
  return order;
}

bool InScope(const Facts& facts, absl::string_view department) {
  return facts.scope.type != ScopeType::kDepartment || facts.scope.name == department;
}

document::Document Blank(const Facts& facts) {
  document::Document document;
  document.title = facts.kind->title;
  document.issuer = facts.unit.display_name();
  document.annex = facts.kind->annex;
  document.campaign = absl::StrCat(facts.year, "年度廉政风险防控");
  document.red_head = facts.kind->red_head;
  document.draft = facts.draft;
  return document;
}

std::string Subtitle(const Facts& facts, absl::string_view whose) {
  return absl::StrCat("填报单位：", facts.unit.display_name(), whose.empty() ? "" : "　", whose,
                      "　　", facts.year, "年度");
}

std::vector<document::Column> ColumnsOf(std::span<const document::Column> columns) {
  return {columns.begin(), columns.end()};
}

}  // namespace lianfang::reporting::documents
