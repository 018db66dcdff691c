// The statistics and cross tables of records, counted from nothing and as plainly as can be, to
// compare with what Counters keeps: in tests, and by `lianfang verify`.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/reporting/domain/counters.h"
#include "services/reporting/domain/counts.h"
#include "services/reporting/domain/cross_table.h"
#include "services/reporting/domain/known.h"
#include "services/reporting/domain/statistics.h"

namespace lianfang::reporting {

inline constexpr char kUnit[] = "units/u";
inline const absl::CivilDay kToday(2026, 5, 13);

// The newest revision of every record, and a recount of them from nothing.
struct Records {
  std::string unit = kUnit;
  // The day on which the newest revision of an appointment came, which decides whether it is over.
  std::map<std::string, absl::CivilDay> seen;

  std::map<std::string, personnel::v1::Post> posts;
  std::map<std::string, personnel::v1::Appointment> appointments;
  std::map<std::string, risk::v1::SelfCheck> self_checks;
  std::map<std::string, risk::v1::RiskPoint> points;
  std::map<std::string, risk::v1::Measure> measures;
  std::map<std::string, grading::v1::Grade> grades;
  std::map<std::string, personnel::v1::PostDuty> duties;
  std::map<std::string, risk::v1::Power> powers;
  std::map<std::string, risk::v1::Workflow> workflows;
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
    if (owner == unit) return "";
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
      if (!Active(name) || (owner != unit && post.department() != owner)) continue;
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
      if (!InForce(appointment, seen.contains(name) ? seen.at(name) : kToday) ||
          !Active(appointment.post()) || !here(ScopeOfPost(appointment.post()))) {
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
    for (const auto& [name, workflow] : workflows) {
      if (!here(workflow.department())) continue;
      counts->set_workflow_count(counts->workflow_count() +
                                 (workflow.state() == risk::v1::FILING_STATE_FILED ||
                                  workflow.state() == risk::v1::FILING_STATE_COMPILED));
    }
    for (const auto& [name, letter] : letters) {
      // Over several departments, it counts under the unit.
      const std::string of = letter.scope_size() == 1 ? letter.scope(0).subject() : unit;
      if (!here(ScopeOfOwner(of)) || letter.year() != year ||
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
      if (replaced || !report.met_by().empty()) continue;
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

}  // namespace lianfang::reporting
