// Whatever happens to the records, in whatever order: the counts are those of a recount.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/reporting/domain/counts.h"
#include "services/reporting/domain/cross_table.h"
#include "services/reporting/domain/known.h"
#include "services/reporting/domain/memory_rows.h"
#include "services/reporting/domain/recount.h"
#include "services/reporting/domain/statistics.h"

namespace lianfang::reporting {
namespace {

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
    switch (Pick(13)) {
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
      case 7:
        return ChangeDuty();
      case 8:
        return Pick(2) == 0 ? ChangeLetter() : ChangeSign();
      case 9:
        return Pick(2) == 0 ? ChangeReport() : ChangeRectification();
      case 10:
        return Pick(2) == 0 ? ChangePower() : ChangePublication();
      default:
        return ChangeGrade();
    }
  }

  // Every cell of a table, against a recount.
  void CheckTable(v1::CountedRecord record, v1::CountDimension row,
                  v1::CountDimension column) const {
    v1::GetCrossTableRequest request;
    request.set_record(record);
    request.set_row(row);
    request.set_column(column);
    ASSERT_TRUE(CheckCrossTable(request).ok());
    std::vector<std::pair<std::string, std::string>> departments = {{"", "校领导"}};
    for (int i = 0; i < 3; ++i) {
      departments.emplace_back(absl::StrCat(kUnit, "/departments/d", i), "处室");
    }
    const auto rows = HeadsOf(row, departments);
    const auto columns = HeadsOf(column, departments);
    std::vector<state::v1::Cube> cubes;
    for (const auto& [key, cube] : rows_.cubes) cubes.push_back(cube);
    for (const int year : {2025, 2026}) {
      const v1::CrossTable table = Tabulate(request, year, cubes, rows, columns);
      const v1::Statistics whole = ShownYear(rows_.unit.counts(), year);
      ASSERT_EQ(table.total(), record == v1::COUNTED_RECORD_MEASURE ? whole.measure_count()
                                                                    : whole.risk_point_count());
      int64_t sum = 0;
      for (const int64_t total : table.row_totals()) sum += total;
      ASSERT_EQ(sum, table.total());
      sum = 0;
      for (const int64_t total : table.column_totals()) sum += total;
      ASSERT_EQ(sum, table.total());
      for (size_t r = 0; r < rows.size(); ++r) {
        for (size_t c = 0; c < columns.size(); ++c) {
          ASSERT_EQ(table.cells(static_cast<int>(r * columns.size() + c)),
                    records_.RecountCell(request, year, rows[r], columns[c]))
              << year << " " << row << "/" << column << " " << r << "," << c;
        }
      }
    }
  }

  void Check() const {
    const int year = NewestYear(rows_.unit.counts());
    ASSERT_EQ(year, records_.NewestYear());
    for (const int of_year : {0, 2025, 2026}) {
      const auto shown = [&](const state::v1::Counts& counts) {
        return of_year == 0 ? Shown(counts, year) : ShownYear(counts, of_year);
      };
      const v1::Statistics total = shown(rows_.unit.counts());
      const Recounted recounted = records_.Recount(of_year);
      ASSERT_EQ(total.DebugString(), recounted.unit.DebugString()) << of_year;
      ExpectSums(total);
      for (const auto& [department, scope] : rows_.scopes) {
        const v1::Statistics one = shown(scope.counts());
        ASSERT_EQ(one.DebugString(), recounted.Of(&department).DebugString())
            << department << " " << of_year;
        ExpectSums(one);
      }
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
  // A time in one of the months, by which the records know it again.
  google::protobuf::Timestamp MadeIn() {
    google::protobuf::Timestamp time;
    const int month = 1 + Pick(12);
    time.set_seconds(absl::ToUnixSeconds(
        absl::FromCivil(absl::CivilSecond(2026, month, 15, Pick(20)), absl::UTCTimeZone())));
    records_.made_in[static_cast<int>(time.seconds())] = month;
    return time;
  }
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
    return counters_.Apply(KnownOf(check));
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
      *point.mutable_create_time() = MadeIn();
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
      *measure.mutable_create_time() = MadeIn();
    }
    measure.set_stage(static_cast<common::v1::MeasureStage>(1 + Pick(3)));
    measure.set_rule_change(static_cast<risk::v1::RuleChange>(Pick(3)));
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
    const bool confirmed = grade.state() == grading::v1::GRADE_STATE_CONFIRMED;
    // Once confirmed it stays so, whatever is under review.
    grade.set_confirmed_level(confirmed ? grade.level()
                                        : records_.grades[grade.name()].confirmed_level());
    records_.grades[grade.name()] = grade;
    return counters_.Apply(grade);
  }

  absl::Status ChangeDuty() {
    personnel::v1::PostDuty duty;
    duty.set_post(PostName());
    duty.set_year(2025 + Pick(2));
    duty.set_name(absl::StrCat(kUnit, "/postDuties/", duty.post().substr(14), "-", duty.year()));
    duty.set_state(static_cast<personnel::v1::PostDutyState>(1 + Pick(5)));
    duty.set_approved_revision(Pick(2));
    records_.duties[duty.name()] = duty;
    return counters_.Apply(KnownOf(duty));
  }

  absl::Status ChangePower() {
    risk::v1::Power power;
    power.set_name(absl::StrCat(kUnit, "/powers/w", Pick(5)));
    const auto [it, added] = records_.powers.try_emplace(power.name());
    power.set_department(added ? DepartmentName() : it->second.department());
    power.set_state(static_cast<risk::v1::FilingState>(1 + Pick(6)));
    it->second = power;
    return counters_.Apply(KnownOf(power));
  }

  absl::Status ChangeLetter() {
    grading::v1::ResponsibilityLetter letter;
    letter.set_name(absl::StrCat(kUnit, "/responsibilityLetters/l", Pick(6)));
    const auto [it, added] = records_.letters.try_emplace(letter.name());
    letter.set_year(added ? 2025 + Pick(2) : it->second.year());
    // What a letter is about may change.
    letter.add_scope()->set_subject(Pick(2) == 0 ? PostName() : DepartmentName());
    letter.set_state(static_cast<grading::v1::LetterState>(1 + Pick(5)));
    it->second = letter;
    return counters_.Apply(KnownOf(letter));
  }

  absl::Status ChangeSign() {
    grading::v1::WarningSign sign;
    sign.set_subject(Pick(2) == 0 ? PostName() : DepartmentName());
    sign.set_year(2025 + Pick(2));
    std::string id = sign.subject().substr(8);
    std::replace(id.begin(), id.end(), '/', '-');
    sign.set_name(absl::StrCat(kUnit, "/warningSigns/", id, "-", sign.year()));
    sign.set_state(static_cast<grading::v1::WarningSignState>(1 + Pick(5)));
    records_.signs[sign.name()] = sign;
    return counters_.Apply(KnownOf(sign));
  }

  absl::Status ChangeRectification() {
    grading::v1::Rectification one;
    one.set_name(absl::StrCat(kUnit, "/rectifications/x", Pick(6)));
    const auto [it, added] = records_.rectifications.try_emplace(one.name());
    one.set_year(added ? 2025 + Pick(2) : it->second.year());
    one.set_department(added && Pick(3) != 0 ? DepartmentName() : it->second.department());
    one.set_state(static_cast<grading::v1::RectificationState>(1 + Pick(6)));
    it->second = one;
    return counters_.Apply(KnownOf(one));
  }

  // Rounds of the reports of three departments: each but the first names the one before.
  absl::Status ChangeReport() {
    const int department = Pick(3);
    const int round = 1 + Pick(2);
    grading::v1::SelfInspectionReport report;
    const std::string stem = absl::StrCat(kUnit, "/selfInspectionReports/d", department, "-");
    report.set_name(absl::StrCat(stem, round));
    report.set_subject(absl::StrCat(kUnit, "/departments/d", department));
    report.set_year(2026);
    report.set_round(round);
    if (round > 1) {
      report.set_previous(absl::StrCat(stem, round - 1));
      // There is no second round before the first.
      if (!records_.reports.contains(report.previous())) return absl::OkStatus();
    }
    for (int i = Pick(3); i >= 0; --i) report.add_targets()->set_met(Pick(2) == 0);
    report.set_state(static_cast<grading::v1::SelfInspectionState>(1 + Pick(5)));
    records_.reports[report.name()] = report;
    return counters_.Apply(KnownOf(report));
  }

  absl::Status ChangePublication() {
    v1::Publication publication;
    publication.set_name(absl::StrCat(kUnit, "/publications/b", Pick(4)));
    const auto [it, added] = records_.publications.try_emplace(publication.name());
    publication.set_year(added ? 2025 + Pick(2) : it->second.year());
    publication.set_state(static_cast<v1::PublicationState>(1 + Pick(3)));
    it->second = publication;
    return counters_.Apply(KnownOf(publication));
  }

  std::mt19937 random_;
  MemoryRows rows_;
  Counters counters_;
  Records records_;
};

TEST(CountersPropertyTest, IncrementalEqualsRecountAtEveryStep) {
  for (uint32_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Sequence sequence(seed);
    for (int step = 0; step < 150; ++step) {
      ASSERT_TRUE(sequence.Step().ok());
      sequence.Check();
      if (::testing::Test::HasFailure()) return;
    }
  }
}

TEST(CountersPropertyTest, CrossTablesEqualARecount) {
  const std::vector<v1::CountDimension> dimensions = {
      v1::COUNT_DIMENSION_LEVEL,      v1::COUNT_DIMENSION_CATEGORY, v1::COUNT_DIMENSION_LAYER,
      v1::COUNT_DIMENSION_DEPARTMENT, v1::COUNT_DIMENSION_STAGE,    v1::COUNT_DIMENSION_MONTH};
  for (uint32_t seed = 1; seed <= 2; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Sequence sequence(seed);
    for (int step = 0; step < 240; ++step) ASSERT_TRUE(sequence.Step().ok());
    for (const auto row : dimensions) {
      for (const auto column : dimensions) {
        if (row == column) continue;
        const bool by_stage =
            row == v1::COUNT_DIMENSION_STAGE || column == v1::COUNT_DIMENSION_STAGE;
        if (!by_stage) sequence.CheckTable(v1::COUNTED_RECORD_RISK_POINT, row, column);
        sequence.CheckTable(v1::COUNTED_RECORD_MEASURE, row, column);
        if (::testing::Test::HasFailure()) return;
      }
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
