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
  std::map<std::string, personnel::v1::PostDuty> duties;
  std::map<std::string, risk::v1::Power> powers;
  std::map<std::string, grading::v1::ResponsibilityLetter> letters;
  std::map<std::string, grading::v1::WarningSign> signs;
  std::map<std::string, grading::v1::Rectification> rectifications;
  std::map<std::string, grading::v1::SelfInspectionReport> reports;
  std::map<std::string, v1::Publication> publications;

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
  // A revision that is under review does not count before it is confirmed.
  static common::v1::RiskLevel InForceOf(const grading::v1::Grade& grade) {
    return grade.state() == grading::v1::GRADE_STATE_CONFIRMED ? grade.level()
                                                               : grade.confirmed_level();
  }
  // `of_year` 0: the newest.
  common::v1::RiskLevel LevelOfPost(const std::string& post, int of_year = 0) const {
    int year = 0;
    auto level = common::v1::RISK_LEVEL_UNSPECIFIED;
    for (const auto& [name, grade] : grades) {
      const auto in_force = InForceOf(grade);
      if (grade.post() != post || in_force == common::v1::RISK_LEVEL_UNSPECIFIED) continue;
      if (of_year != 0 && grade.year() != of_year) continue;
      if (grade.year() > year) {
        year = grade.year();
        level = in_force;
      }
    }
    return level;
  }
  common::v1::RiskLevel LevelOfOwner(const std::string& owner, int of_year = 0) const {
    if (owner.find("/posts/") != std::string::npos) return LevelOfPost(owner, of_year);
    int highest = 0;
    for (const auto& [name, post] : posts) {
      if (!Active(name) || (owner != kUnit && post.department() != owner)) continue;
      const int level = LevelOfPost(name, of_year);
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
      if (InForceOf(grade) != common::v1::RISK_LEVEL_UNSPECIFIED) {
        year = std::max(year, grade.year());
      }
    }
    for (const auto& [name, duty] : duties) {
      if (duty.approved_revision() > 0) year = std::max(year, duty.year());
    }
    for (const auto& [name, letter] : letters) {
      if (letter.state() != grading::v1::LETTER_STATE_EXPIRED) year = std::max(year, letter.year());
    }
    for (const auto& [name, sign] : signs) {
      if (sign.state() != grading::v1::WARNING_SIGN_STATE_REMOVED) {
        year = std::max(year, sign.year());
      }
    }
    for (const auto& [name, one] : rectifications) year = std::max(year, one.year());
    for (const auto& [name, report] : reports) {
      if (HandedIn(report)) year = std::max(year, report.year());
    }
    for (const auto& [name, publication] : publications) {
      if (Hangs(publication)) year = std::max(year, publication.year());
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
    return measure.state() != risk::v1::MEASURE_STATE_DRAFT &&
           measure.state() != risk::v1::MEASURE_STATE_ARCHIVED;
  }
  static bool HandedIn(const grading::v1::SelfInspectionReport& report) {
    return report.state() != grading::v1::SELF_INSPECTION_STATE_DRAFT;
  }
  static bool Hangs(const v1::Publication& publication) {
    return publication.state() != v1::PUBLICATION_STATE_WITHDRAWN;
  }

  // `scope` nullptr: the whole unit. `year` 0: all years, and what is counted by campaign of the
  // newest.
  v1::Statistics Recount(const std::string* scope, int year) const {
    v1::Statistics counts = Complete(v1::Statistics());
    const int campaign = year == 0 ? NewestYear() : year;
    const auto here = [&](const std::string& of) { return scope == nullptr || of == *scope; };
    const auto bump = [](auto* buckets, int at) {
      buckets->Mutable(at)->set_count(buckets->Get(at).count() + 1);
    };
    for (const auto& [name, post] : posts) {
      if (!here(post.department()) || !Active(name)) continue;
      counts.set_post_count(counts.post_count() + 1);
      bump(counts.mutable_posts_by_level(), LevelOfPost(name, year));
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
      if (!here(ScopeOfPost(check.post())) || !Submitted(check) || check.year() != campaign) {
        continue;
      }
      counts.set_self_checks_submitted(counts.self_checks_submitted() + 1);
      if (check.state() == risk::v1::SELF_CHECK_STATE_APPROVED) {
        counts.set_self_checks_approved(counts.self_checks_approved() + 1);
      }
    }
    for (const auto& [name, point] : points) {
      if (!here(ScopeOfOwner(point.owner())) || !Registered(point)) continue;
      if (year != 0 && point.year() != year) continue;
      counts.set_risk_point_count(counts.risk_point_count() + 1);
      bump(counts.mutable_risk_points_by_level(), LevelOfOwner(point.owner(), year));
      bump(counts.mutable_risk_points_by_category(), point.category() - 1);
      bump(counts.mutable_risk_points_by_layer(), point.layer() - 1);
      bump(counts.mutable_risk_points_by_method(), point.method() - 1);
      bump(counts.mutable_risk_points_by_topic(), point.sensitive_topic());
      const bool treated =
          std::any_of(measures.begin(), measures.end(), [&, id = name](const auto& item) {
            return item.second.risk_point() == id && InUse(item.second);
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
      if (year != 0 && point->second.year() != year) continue;
      counts.set_measure_count(counts.measure_count() + 1);
      bump(counts.mutable_measures_by_stage(), measure.stage() - 1);
      counts.set_rules_made(counts.rules_made() +
                            (measure.rule_change() == risk::v1::RULE_CHANGE_NEW));
      counts.set_rules_revised(counts.rules_revised() +
                               (measure.rule_change() == risk::v1::RULE_CHANGE_REVISED));
    }
    RecountOthers(here, campaign, &counts);
    return counts;
  }

  template <class Here>
  void RecountOthers(const Here& here, int year, v1::Statistics* counts) const {
    for (const auto& [name, duty] : duties) {
      if (!here(ScopeOfPost(duty.post())) || duty.year() != year) continue;
      counts->set_duties_approved(counts->duties_approved() + (duty.approved_revision() > 0));
    }
    for (const auto& [name, power] : powers) {
      if (!here(power.department())) continue;
      counts->set_power_count(counts->power_count() +
                              (power.state() == risk::v1::FILING_STATE_FILED ||
                               power.state() == risk::v1::FILING_STATE_COMPILED));
    }
    for (const auto& [name, letter] : letters) {
      if (!here(ScopeOfOwner(letter.scope(0).subject())) || letter.year() != year ||
          letter.state() == grading::v1::LETTER_STATE_EXPIRED) {
        continue;
      }
      counts->set_letter_count(counts->letter_count() + 1);
      counts->set_letters_signed(counts->letters_signed() +
                                 (letter.state() == grading::v1::LETTER_STATE_IN_FORCE));
    }
    for (const auto& [name, sign] : signs) {
      if (!here(ScopeOfOwner(sign.subject())) || sign.year() != year ||
          sign.state() == grading::v1::WARNING_SIGN_STATE_REMOVED) {
        continue;
      }
      counts->set_sign_count(counts->sign_count() + 1);
      counts->set_signs_displayed(counts->signs_displayed() +
                                  (sign.state() == grading::v1::WARNING_SIGN_STATE_DISPLAYED));
    }
    for (const auto& [name, one] : rectifications) {
      if (!here(one.department()) || one.year() != year) continue;
      counts->set_rectification_count(counts->rectification_count() + 1);
      counts->set_rectifications_closed(counts->rectifications_closed() +
                                        (one.state() == grading::v1::RECTIFICATION_STATE_CLOSED));
    }
    for (const auto& [name, report] : reports) {
      if (!here(ScopeOfOwner(report.subject())) || report.year() != year || !HandedIn(report)) {
        continue;
      }
      counts->set_inspections_submitted(counts->inspections_submitted() + 1);
      const bool replaced =
          std::any_of(reports.begin(), reports.end(), [&, id = name](const auto& item) {
            return item.second.previous() == id && HandedIn(item.second);
          });
      if (replaced) continue;
      for (const auto& target : report.targets()) {
        counts->set_targets_unmet(counts->targets_unmet() + !target.met());
      }
    }
    for (const auto& [name, publication] : publications) {
      if (!here("") || publication.year() != year) continue;
      counts->set_publication_count(counts->publication_count() + Hangs(publication));
    }
  }

  // Number of risk points or measures with two properties.
  int64_t RecountCell(const v1::GetCrossTableRequest& request, int year,
                      const v1::CrossTableHead& row, const v1::CrossTableHead& column) const {
    int64_t count = 0;
    const auto fits = [&](const v1::CrossTableHead& head, v1::CountDimension dimension,
                          const risk::v1::RiskPoint& point, int stage, int month) {
      switch (dimension) {
        case v1::COUNT_DIMENSION_LEVEL:
          return head.value() == LevelOfOwner(point.owner(), year);
        case v1::COUNT_DIMENSION_CATEGORY:
          return head.value() == point.category();
        case v1::COUNT_DIMENSION_LAYER:
          return head.value() == point.layer();
        case v1::COUNT_DIMENSION_STAGE:
          return head.value() == stage;
        case v1::COUNT_DIMENSION_MONTH:
          return head.value() == month;
        default:
          return head.department() == ScopeOfOwner(point.owner());
      }
    };
    const auto add = [&](const risk::v1::RiskPoint& point, int stage, int month) {
      count += fits(row, request.row(), point, stage, month) &&
               fits(column, request.column(), point, stage, month);
    };
    // Made in the middle of a month: see Sequence::MadeIn.
    const auto month_of = [](const auto& record) {
      return static_cast<int>(record.create_time().seconds());
    };
    if (request.record() == v1::COUNTED_RECORD_MEASURE) {
      for (const auto& [name, measure] : measures) {
        const auto point = points.find(measure.risk_point());
        if (!InUse(measure) || point == points.end() || point->second.year() != year) continue;
        add(point->second, measure.stage(), made_in.at(month_of(measure)));
      }
    } else {
      for (const auto& [name, point] : points) {
        if (!Registered(point) || point.year() != year) continue;
        add(point, 0, made_in.at(month_of(point)));
      }
    }
    return count;
  }

  // Month in which a record with these seconds was made.
  std::map<int, int> made_in;
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
      ASSERT_EQ(total.DebugString(), records_.Recount(nullptr, of_year).DebugString()) << of_year;
      ExpectSums(total);
      for (const auto& [department, scope] : rows_.scopes) {
        const v1::Statistics one = shown(scope.counts());
        ASSERT_EQ(one.DebugString(), records_.Recount(&department, of_year).DebugString())
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
