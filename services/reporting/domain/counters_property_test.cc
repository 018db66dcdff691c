// Whatever happens to the records, in whatever order: the counts are those of a recount.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/reporting/domain/memory_rows.h"
#include "services/reporting/domain/statistics.h"

namespace lianfang::reporting {
namespace {

constexpr char kUnit[] = "units/u";
const absl::CivilDay kToday(2026, 5, 13);

// The newest revision of every record, and a recount of them from nothing.
struct Records {
  std::map<std::string, personnel::v1::Post> posts;
  std::map<std::string, personnel::v1::Appointment> appointments;
  std::map<std::string, risk::v1::SelfCheck> self_checks;
  std::map<std::string, risk::v1::RiskPoint> points;
  std::map<std::string, risk::v1::Measure> measures;
  std::map<std::string, grading::v1::Grade> grades;

  bool Active(const std::string& post) const {
    const auto it = posts.find(post);
    return it != posts.end() && it->second.state() == personnel::v1::RECORD_STATE_ACTIVE;
  }
  std::string ScopeOfPost(const std::string& post) const {
    const auto it = posts.find(post);
    return it == posts.end() ? "" : it->second.department();
  }
  std::string ScopeOfOwner(const std::string& owner) const {
    if (owner == kUnit) return "";
    return owner.find("/departments/") != std::string::npos ? owner : ScopeOfPost(owner);
  }
  common::v1::RiskLevel LevelOfPost(const std::string& post) const {
    int year = 0;
    auto level = common::v1::RISK_LEVEL_UNSPECIFIED;
    for (const auto& [name, grade] : grades) {
      if (grade.post() != post || grade.state() != grading::v1::GRADE_STATE_CONFIRMED) continue;
      if (grade.year() > year) {
        year = grade.year();
        level = grade.level();
      }
    }
    return level;
  }
  common::v1::RiskLevel LevelOfOwner(const std::string& owner) const {
    if (owner.find("/posts/") != std::string::npos) return LevelOfPost(owner);
    int highest = 0;
    for (const auto& [name, post] : posts) {
      if (!Active(name) || (owner != kUnit && post.department() != owner)) continue;
      const int level = LevelOfPost(name);
      if (level != 0 && (highest == 0 || level < highest)) highest = level;
    }
    return static_cast<common::v1::RiskLevel>(highest);
  }

  int NewestYear() const {
    int year = 0;
    for (const auto& [name, check] : self_checks) {
      if (Submitted(check)) year = std::max(year, check.year());
    }
    for (const auto& [name, point] : points) {
      if (Registered(point)) year = std::max(year, point.year());
    }
    for (const auto& [name, grade] : grades) {
      if (grade.state() == grading::v1::GRADE_STATE_CONFIRMED) year = std::max(year, grade.year());
    }
    return year;
  }

  static bool Submitted(const risk::v1::SelfCheck& check) {
    return check.state() >= risk::v1::SELF_CHECK_STATE_SUBMITTED;
  }
  static bool Registered(const risk::v1::RiskPoint& point) {
    return point.state() == risk::v1::RISK_POINT_STATE_REGISTERED ||
           point.state() == risk::v1::RISK_POINT_STATE_PUBLICISED;
  }
  static bool InUse(const risk::v1::Measure& measure) {
    return measure.state() != risk::v1::MEASURE_STATE_ARCHIVED;
  }

  // `scope` nullptr: the whole unit.
  v1::Statistics Recount(const std::string* scope) const {
    v1::Statistics counts = Complete(v1::Statistics());
    const auto here = [&](const std::string& of) { return scope == nullptr || of == *scope; };
    const auto bump = [](auto* buckets, int at) {
      buckets->Mutable(at)->set_count(buckets->Get(at).count() + 1);
    };
    for (const auto& [name, post] : posts) {
      if (!here(post.department()) || !Active(name)) continue;
      counts.set_post_count(counts.post_count() + 1);
      bump(counts.mutable_posts_by_level(), LevelOfPost(name));
    }
    std::set<std::string> persons;
    for (const auto& [name, appointment] : appointments) {
      if (!InForce(appointment, kToday) || !Active(appointment.post()) ||
          !here(ScopeOfPost(appointment.post()))) {
        continue;
      }
      counts.set_self_checks_due(counts.self_checks_due() + 1);
      persons.insert(appointment.person());
    }
    counts.set_person_count(static_cast<int64_t>(persons.size()));
    for (const auto& [name, check] : self_checks) {
      if (!here(ScopeOfPost(check.post())) || !Submitted(check) || check.year() != NewestYear()) {
        continue;
      }
      counts.set_self_checks_submitted(counts.self_checks_submitted() + 1);
      if (check.state() == risk::v1::SELF_CHECK_STATE_APPROVED) {
        counts.set_self_checks_approved(counts.self_checks_approved() + 1);
      }
    }
    for (const auto& [name, point] : points) {
      if (!here(ScopeOfOwner(point.owner())) || !Registered(point)) continue;
      counts.set_risk_point_count(counts.risk_point_count() + 1);
      bump(counts.mutable_risk_points_by_level(), LevelOfOwner(point.owner()));
      bump(counts.mutable_risk_points_by_category(), point.category() - 1);
      bump(counts.mutable_risk_points_by_layer(), point.layer() - 1);
      bump(counts.mutable_risk_points_by_method(), point.method() - 1);
      bump(counts.mutable_risk_points_by_topic(), point.sensitive_topic());
      const bool treated = std::any_of(measures.begin(), measures.end(), [&](const auto& item) {
        return item.second.risk_point() == name && InUse(item.second);
      });
      if (!treated) {
        counts.set_risk_points_without_measure(counts.risk_points_without_measure() + 1);
      }
    }
    for (const auto& [name, measure] : measures) {
      const auto point = points.find(measure.risk_point());
      if (!InUse(measure) || point == points.end() || !here(ScopeOfOwner(point->second.owner()))) {
        continue;
      }
      counts.set_measure_count(counts.measure_count() + 1);
      bump(counts.mutable_measures_by_stage(), measure.stage() - 1);
    }
    return counts;
  }
};

template <class Buckets>
int64_t Sum(const Buckets& buckets) {
  int64_t sum = 0;
  for (const auto& bucket : buckets) sum += bucket.count();
  return sum;
}

void ExpectSums(const v1::Statistics& s) {
  EXPECT_EQ(Sum(s.risk_points_by_level()), s.risk_point_count());
  EXPECT_EQ(Sum(s.risk_points_by_category()), s.risk_point_count());
  EXPECT_EQ(Sum(s.risk_points_by_layer()), s.risk_point_count());
  EXPECT_EQ(Sum(s.risk_points_by_method()), s.risk_point_count());
  EXPECT_EQ(Sum(s.risk_points_by_topic()), s.risk_point_count());
  EXPECT_EQ(Sum(s.posts_by_level()), s.post_count());
  EXPECT_EQ(Sum(s.measures_by_stage()), s.measure_count());
}

class Sequence {
 public:
  explicit Sequence(uint32_t seed) : random_(seed), counters_(&rows_, kUnit) {}

  absl::Status Step() {
    switch (Pick(9)) {
      case 0:
      case 1:
        return ChangePost();
      case 2:
        return ChangeAppointment();
      case 3:
        return ChangeSelfCheck();
      case 4:
      case 5:
        return ChangePoint();
      case 6:
        return ChangeMeasure();
      default:
        return ChangeGrade();
    }
  }

  void Check() const {
    const int year = NewestYear(rows_.unit.counts());
    ASSERT_EQ(year, records_.NewestYear());
    const v1::Statistics total = Shown(rows_.unit.counts(), year);
    ASSERT_EQ(total.DebugString(), records_.Recount(nullptr).DebugString());
    ExpectSums(total);
    for (const auto& [department, scope] : rows_.scopes) {
      const v1::Statistics shown = Shown(scope.counts(), year);
      ASSERT_EQ(shown.DebugString(), records_.Recount(&department).DebugString()) << department;
      ExpectSums(shown);
    }
    for (const auto& [name, owner] : rows_.owners) {
      ASSERT_EQ(owner.level(), records_.LevelOfOwner(name)) << name;
    }
    for (const auto& [key, row] : rows_.summary) {
      const bool shown = records_.Active(key.second) &&
                         records_.ScopeOfPost(key.second) == key.first &&
                         records_.LevelOfPost(key.second) != 0;
      ASSERT_EQ(row.level() != 0, shown) << key.first << " " << key.second;
    }
  }

 private:
  int Pick(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  std::string PostName() { return absl::StrCat(kUnit, "/posts/p", Pick(6)); }
  std::string DepartmentName() { return absl::StrCat(kUnit, "/departments/d", Pick(3)); }

  absl::Status ChangePost() {
    personnel::v1::Post post;
    post.set_name(PostName());
    post.set_display_name("岗位");
    if (Pick(4) != 0) post.set_department(DepartmentName());
    post.set_state(Pick(5) == 0 ? personnel::v1::RECORD_STATE_ARCHIVED
                                : personnel::v1::RECORD_STATE_ACTIVE);
    records_.posts[post.name()] = post;
    return counters_.Apply(post);
  }

  absl::Status ChangeAppointment() {
    personnel::v1::Appointment appointment;
    appointment.set_name(absl::StrCat(kUnit, "/appointments/a", Pick(10)));
    appointment.set_person(absl::StrCat(kUnit, "/persons/n", Pick(4)));
    appointment.set_post(PostName());
    appointment.set_state(Pick(5) == 0 ? personnel::v1::RECORD_STATE_ARCHIVED
                                       : personnel::v1::RECORD_STATE_ACTIVE);
    if (Pick(2) == 0) {
      appointment.mutable_end_date()->set_year(2026);
      appointment.mutable_end_date()->set_month(5);
      appointment.mutable_end_date()->set_day(12 + Pick(3));
    }
    records_.appointments[appointment.name()] = appointment;
    return counters_.Apply(appointment, kToday);
  }

  absl::Status ChangeSelfCheck() {
    const std::string name = absl::StrCat(kUnit, "/selfChecks/s", Pick(8));
    const auto [it, added] = records_.self_checks.try_emplace(name);
    risk::v1::SelfCheck& check = it->second;
    if (added) {
      check.set_name(name);
      check.set_post(PostName());
      check.set_year(2025 + Pick(2));
    }
    check.set_state(static_cast<risk::v1::SelfCheckState>(1 + Pick(4)));
    return counters_.Apply(check);
  }

  absl::Status ChangePoint() {
    const std::string name = absl::StrCat(kUnit, "/riskPoints/r", Pick(20));
    const auto [it, added] = records_.points.try_emplace(name);
    risk::v1::RiskPoint& point = it->second;
    if (added) {
      point.set_name(name);
      point.set_layer(static_cast<common::v1::RiskLayer>(1 + Pick(3)));
      point.set_owner(point.layer() == common::v1::RISK_LAYER_POST         ? PostName()
                      : point.layer() == common::v1::RISK_LAYER_DEPARTMENT ? DepartmentName()
                                                                           : kUnit);
      point.set_year(2025 + Pick(2));
    }
    point.set_category(static_cast<common::v1::RiskCategory>(1 + Pick(7)));
    point.set_method(static_cast<common::v1::FindingMethod>(1 + Pick(4)));
    point.set_sensitive_topic(static_cast<common::v1::SensitiveTopic>(Pick(15)));
    point.set_state(static_cast<risk::v1::RiskPointState>(1 + Pick(6)));
    return counters_.Apply(point);
  }

  absl::Status ChangeMeasure() {
    const std::string name = absl::StrCat(kUnit, "/measures/m", Pick(15));
    const auto [it, added] = records_.measures.try_emplace(name);
    risk::v1::Measure& measure = it->second;
    if (added) {
      measure.set_name(name);
      // Perhaps of a risk point that comes later.
      measure.set_risk_point(absl::StrCat(kUnit, "/riskPoints/r", Pick(20)));
    }
    measure.set_stage(static_cast<common::v1::MeasureStage>(1 + Pick(3)));
    measure.set_state(static_cast<risk::v1::MeasureState>(1 + Pick(7)));
    return counters_.Apply(measure);
  }

  absl::Status ChangeGrade() {
    grading::v1::Grade grade;
    const int year = 2025 + Pick(2);
    grade.set_post(PostName());
    grade.set_name(absl::StrCat(kUnit, "/grades/", grade.post().substr(14), "-", year));
    grade.set_year(year);
    grade.set_level(static_cast<common::v1::RiskLevel>(1 + Pick(3)));
    grade.set_state(static_cast<grading::v1::GradeState>(1 + Pick(4)));
    records_.grades[grade.name()] = grade;
    return counters_.Apply(grade);
  }

  std::mt19937 random_;
  MemoryRows rows_;
  Counters counters_;
  Records records_;
};

TEST(CountersPropertyTest, IncrementalEqualsRecountAtEveryStep) {
  for (uint32_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Sequence sequence(seed);
    for (int step = 0; step < 150; ++step) {
      ASSERT_TRUE(sequence.Step().ok());
      sequence.Check();
      if (::testing::Test::HasFailure()) return;
    }
  }
}

// The ledgers are followed apart: what comes first must not matter.
TEST(CountersPropertyTest, RowsDoNotDependOnTheOrderOfLedgers) {
  personnel::v1::Post post;
  post.set_name("units/u/posts/p");
  post.set_department("units/u/departments/d");
  post.set_state(personnel::v1::RECORD_STATE_ACTIVE);
  personnel::v1::Appointment appointment;
  appointment.set_name("units/u/appointments/a");
  appointment.set_post(post.name());
  appointment.set_person("units/u/persons/n");
  appointment.set_state(personnel::v1::RECORD_STATE_ACTIVE);
  risk::v1::RiskPoint point;
  point.set_name("units/u/riskPoints/r");
  point.set_owner(post.name());
  point.set_layer(common::v1::RISK_LAYER_POST);
  point.set_category(common::v1::RISK_CATEGORY_MORALITY);
  point.set_method(common::v1::FINDING_METHOD_SELF);
  point.set_state(risk::v1::RISK_POINT_STATE_REGISTERED);
  point.set_year(2026);
  grading::v1::Grade grade;
  grade.set_name("units/u/grades/g");
  grade.set_post(post.name());
  grade.set_year(2026);
  grade.set_level(common::v1::RISK_LEVEL_HIGH);
  grade.set_state(grading::v1::GRADE_STATE_CONFIRMED);

  std::vector<int> order = {0, 1, 2, 3};
  std::string first;
  do {
    MemoryRows rows;
    Counters counters(&rows, kUnit);
    for (const int which : order) {
      const absl::Status status = which == 0   ? counters.Apply(post)
                                  : which == 1 ? counters.Apply(appointment, kToday)
                                  : which == 2 ? counters.Apply(point)
                                               : counters.Apply(grade);
      ASSERT_TRUE(status.ok()) << status;
    }
    const std::string all =
        absl::StrCat(rows.unit.DebugString(), rows.scopes[post.department()].DebugString(),
                     rows.owners[post.name()].DebugString());
    if (first.empty()) first = all;
    EXPECT_EQ(all, first);
    EXPECT_EQ(HighestLevel(rows.scopes[post.department()].counts().statistics().posts_by_level()),
              common::v1::RISK_LEVEL_HIGH);
  } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace
}  // namespace lianfang::reporting
