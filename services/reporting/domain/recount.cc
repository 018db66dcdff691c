#include "services/reporting/domain/recount.h"

#include <algorithm>

namespace lianfang::reporting {
namespace {

// A revision that is under review does not count before it is confirmed.
common::v1::RiskLevel InForceOf(const grading::v1::Grade& grade) {
  return grade.state() == grading::v1::GRADE_STATE_CONFIRMED ? grade.level()
                                                             : grade.confirmed_level();
}

bool Submitted(const risk::v1::SelfCheck& check) {
  return check.state() >= risk::v1::SELF_CHECK_STATE_SUBMITTED;
}

bool Registered(const risk::v1::RiskPoint& point) {
  return point.state() == risk::v1::RISK_POINT_STATE_REGISTERED ||
         point.state() == risk::v1::RISK_POINT_STATE_PUBLICISED;
}

bool InUse(const risk::v1::Measure& measure) {
  return measure.state() != risk::v1::MEASURE_STATE_DRAFT &&
         measure.state() != risk::v1::MEASURE_STATE_ARCHIVED;
}

bool HandedIn(const grading::v1::SelfInspectionReport& report) {
  return report.state() != grading::v1::SELF_INSPECTION_STATE_DRAFT;
}

bool Hangs(const v1::Publication& publication) {
  return publication.state() != v1::PUBLICATION_STATE_WITHDRAWN;
}

bool Filed(risk::v1::FilingState state) {
  return state == risk::v1::FILING_STATE_FILED || state == risk::v1::FILING_STATE_COMPILED;
}

// The levels of all posts, and of the departments and the unit, whose highest counts.
class Levels {
 public:
  Levels(const Records& records, int of_year) : unit_(records.unit) {
    std::map<std::string, int> years;
    for (const auto& [name, grade] : records.grades) {
      const auto in_force = InForceOf(grade);
      if (in_force == common::v1::RISK_LEVEL_UNSPECIFIED ||
          (of_year != 0 && grade.year() != of_year)) {
        continue;
      }
      int& year = years[grade.post()];
      if (grade.year() <= year) continue;
      year = grade.year();
      posts_[grade.post()] = in_force;
    }
    for (const auto& [name, post] : records.posts) {
      if (!records.Active(name)) continue;
      for (const std::string& over : {unit_, post.department()}) {
        const int level = OfPost(name);
        int& highest = over_[over];
        if (level != 0 && (highest == 0 || level < highest)) highest = level;
      }
    }
  }

  common::v1::RiskLevel OfPost(const std::string& post) const {
    const auto it = posts_.find(post);
    return it == posts_.end() ? common::v1::RISK_LEVEL_UNSPECIFIED : it->second;
  }
  common::v1::RiskLevel OfOwner(const std::string& owner) const {
    if (owner.find("/posts/") != std::string::npos) return OfPost(owner);
    const auto it = over_.find(owner);
    return static_cast<common::v1::RiskLevel>(it == over_.end() ? 0 : it->second);
  }

 private:
  const std::string unit_;
  std::map<std::string, common::v1::RiskLevel> posts_;
  std::map<std::string, int> over_;
};

// Counts each record under the unit and under its department.
class Tally {
 public:
  Tally(const Records& records, int year)
      : records_(records),
        year_(year),
        campaign_(year == 0 ? records.NewestYear() : year),
        levels_(records, year) {
    counts_.unit = Complete(v1::Statistics());
  }

  Recounted Count() {
    CountPosts();
    CountPersons();
    CountSelfChecks();
    CountRiskPoints();
    CountMeasures();
    CountFilings();
    CountResponsibility();
    CountInspections();
    CountPublications();
    return std::move(counts_);
  }

 private:
  template <class Add>
  void Under(const std::string& department, const Add& add) {
    add(counts_.unit);
    auto& own = counts_.departments[department];
    if (own.posts_by_level().empty()) own = Complete(v1::Statistics());
    add(own);
  }
  // A record that says a value which its kind does not have is counted in no bucket: whoever
  // verifies reads what others wrote.
  template <class Buckets>
  static void Bump(Buckets* buckets, int at) {
    if (at < 0 || at >= buckets->size()) return;
    buckets->Mutable(at)->set_count(buckets->Get(at).count() + 1);
  }

  void CountPosts() {
    for (const auto& [name, post] : records_.posts) {
      if (!records_.Active(name)) continue;
      Under(post.department(), [&, level = levels_.OfPost(name)](v1::Statistics& counts) {
        counts.set_post_count(counts.post_count() + 1);
        Bump(counts.mutable_posts_by_level(), level);
      });
    }
  }

  // Somebody with posts in two departments is one of each, and one of the unit.
  void CountPersons() {
    std::set<std::string> all;
    std::map<std::string, std::set<std::string>> of_department;
    for (const auto& [name, appointment] : records_.appointments) {
      const auto seen = records_.seen.find(name);
      if (!InForce(appointment, seen == records_.seen.end() ? kToday : seen->second) ||
          !records_.Active(appointment.post())) {
        continue;
      }
      const std::string department = records_.ScopeOfPost(appointment.post());
      Under(department, [](v1::Statistics& counts) {
        counts.set_self_checks_due(counts.self_checks_due() + 1);
      });
      all.insert(appointment.person());
      of_department[department].insert(appointment.person());
    }
    counts_.unit.set_person_count(static_cast<int64_t>(all.size()));
    for (const auto& [department, persons] : of_department) {
      counts_.departments[department].set_person_count(static_cast<int64_t>(persons.size()));
    }
  }

  void CountSelfChecks() {
    for (const auto& [name, check] : records_.self_checks) {
      if (!Submitted(check) || check.year() != campaign_) continue;
      const bool approved = check.state() == risk::v1::SELF_CHECK_STATE_APPROVED;
      Under(records_.ScopeOfPost(check.post()), [&](v1::Statistics& counts) {
        counts.set_self_checks_submitted(counts.self_checks_submitted() + 1);
        counts.set_self_checks_approved(counts.self_checks_approved() + approved);
      });
    }
  }

  void CountRiskPoints() {
    std::set<std::string> treated;
    for (const auto& [name, measure] : records_.measures) {
      if (InUse(measure)) treated.insert(measure.risk_point());
    }
    for (const auto& [name, point] : records_.points) {
      if (!Registered(point) || (year_ != 0 && point.year() != year_)) continue;
      const bool untreated = !treated.contains(name);
      Under(records_.ScopeOfOwner(point.owner()), [&, &one = point](v1::Statistics& counts) {
        counts.set_risk_point_count(counts.risk_point_count() + 1);
        Bump(counts.mutable_risk_points_by_level(), levels_.OfOwner(one.owner()));
        Bump(counts.mutable_risk_points_by_category(), one.category() - 1);
        Bump(counts.mutable_risk_points_by_layer(), one.layer() - 1);
        Bump(counts.mutable_risk_points_by_method(), one.method() - 1);
        Bump(counts.mutable_risk_points_by_topic(), one.sensitive_topic());
        counts.set_risk_points_without_measure(counts.risk_points_without_measure() + untreated);
      });
    }
  }

  void CountMeasures() {
    for (const auto& [name, measure] : records_.measures) {
      const auto point = records_.points.find(measure.risk_point());
      if (!InUse(measure) || point == records_.points.end() ||
          (year_ != 0 && point->second.year() != year_)) {
        continue;
      }
      Under(records_.ScopeOfOwner(point->second.owner()), [&one = measure](v1::Statistics& counts) {
        counts.set_measure_count(counts.measure_count() + 1);
        Bump(counts.mutable_measures_by_stage(), one.stage() - 1);
        counts.set_rules_made(counts.rules_made() +
                              (one.rule_change() == risk::v1::RULE_CHANGE_NEW));
        counts.set_rules_revised(counts.rules_revised() +
                                 (one.rule_change() == risk::v1::RULE_CHANGE_REVISED));
      });
    }
  }

  void CountFilings() {
    for (const auto& [name, duty] : records_.duties) {
      if (duty.year() != campaign_ || duty.approved_revision() == 0) continue;
      Under(records_.ScopeOfPost(duty.post()), [](v1::Statistics& counts) {
        counts.set_duties_approved(counts.duties_approved() + 1);
      });
    }
    for (const auto& [name, power] : records_.powers) {
      if (!Filed(power.state())) continue;
      Under(power.department(),
            [](v1::Statistics& counts) { counts.set_power_count(counts.power_count() + 1); });
    }
    for (const auto& [name, workflow] : records_.workflows) {
      if (!Filed(workflow.state())) continue;
      Under(workflow.department(),
            [](v1::Statistics& counts) { counts.set_workflow_count(counts.workflow_count() + 1); });
    }
  }

  void CountResponsibility() {
    for (const auto& [name, letter] : records_.letters) {
      if (letter.year() != campaign_ || letter.state() == grading::v1::LETTER_STATE_EXPIRED) {
        continue;
      }
      // Over several departments, it counts under the unit.
      const std::string of = letter.scope_size() == 1 ? letter.scope(0).subject() : records_.unit;
      const bool in_force = letter.state() == grading::v1::LETTER_STATE_IN_FORCE;
      Under(records_.ScopeOfOwner(of), [&](v1::Statistics& counts) {
        counts.set_letter_count(counts.letter_count() + 1);
        counts.set_letters_signed(counts.letters_signed() + in_force);
      });
    }
    for (const auto& [name, sign] : records_.signs) {
      if (sign.year() != campaign_ || sign.state() == grading::v1::WARNING_SIGN_STATE_REMOVED) {
        continue;
      }
      const bool displayed = sign.state() == grading::v1::WARNING_SIGN_STATE_DISPLAYED;
      Under(records_.ScopeOfOwner(sign.subject()), [&](v1::Statistics& counts) {
        counts.set_sign_count(counts.sign_count() + 1);
        counts.set_signs_displayed(counts.signs_displayed() + displayed);
      });
    }
  }

  void CountInspections() {
    for (const auto& [name, one] : records_.rectifications) {
      if (one.year() != campaign_) continue;
      const bool closed = one.state() == grading::v1::RECTIFICATION_STATE_CLOSED;
      Under(one.department(), [&](v1::Statistics& counts) {
        counts.set_rectification_count(counts.rectification_count() + 1);
        counts.set_rectifications_closed(counts.rectifications_closed() + closed);
      });
    }
    std::set<std::string> replaced;
    for (const auto& [name, report] : records_.reports) {
      if (HandedIn(report)) replaced.insert(report.previous());
    }
    for (const auto& [name, report] : records_.reports) {
      if (report.year() != campaign_ || !HandedIn(report)) continue;
      int64_t unmet = 0;
      if (!replaced.contains(name) && report.met_by().empty()) {
        for (const auto& target : report.targets()) unmet += !target.met();
      }
      Under(records_.ScopeOfOwner(report.subject()), [&](v1::Statistics& counts) {
        counts.set_inspections_submitted(counts.inspections_submitted() + 1);
        counts.set_targets_unmet(counts.targets_unmet() + unmet);
      });
    }
  }

  void CountPublications() {
    for (const auto& [name, publication] : records_.publications) {
      if (publication.year() != campaign_ || !Hangs(publication)) continue;
      Under("", [](v1::Statistics& counts) {
        counts.set_publication_count(counts.publication_count() + 1);
      });
    }
  }

  const Records& records_;
  const int year_;
  const int campaign_;
  const Levels levels_;
  Recounted counts_;
};

}  // namespace

v1::Statistics Recounted::Of(const std::string* department) const {
  if (department == nullptr) return unit;
  const auto it = departments.find(*department);
  return it == departments.end() ? Complete(v1::Statistics()) : it->second;
}

bool Records::Active(const std::string& post) const {
  const auto it = posts.find(post);
  return it != posts.end() && it->second.state() == personnel::v1::RECORD_STATE_ACTIVE;
}

std::string Records::ScopeOfPost(const std::string& post) const {
  const auto it = posts.find(post);
  return it == posts.end() ? "" : it->second.department();
}

std::string Records::ScopeOfOwner(const std::string& owner) const {
  if (owner == unit) return "";
  return owner.find("/departments/") != std::string::npos ? owner : ScopeOfPost(owner);
}

common::v1::RiskLevel Records::LevelOfPost(const std::string& post, int of_year) const {
  return Levels(*this, of_year).OfPost(post);
}

common::v1::RiskLevel Records::LevelOfOwner(const std::string& owner, int of_year) const {
  return Levels(*this, of_year).OfOwner(owner);
}

int Records::NewestYear() const {
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

Recounted Records::Recount(int year) const { return Tally(*this, year).Count(); }

int64_t Records::RecountCell(const v1::GetCrossTableRequest& request, int year,
                             const v1::CrossTableHead& row,
                             const v1::CrossTableHead& column) const {
  const Levels levels(*this, year);
  int64_t count = 0;
  const auto fits = [&](const v1::CrossTableHead& head, v1::CountDimension dimension,
                        const risk::v1::RiskPoint& point, int stage, int month) {
    switch (dimension) {
      case v1::COUNT_DIMENSION_LEVEL:
        return head.value() == levels.OfOwner(point.owner());
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
  const auto month_of = [this](const auto& record) {
    return made_in.at(static_cast<int>(record.create_time().seconds()));
  };
  if (request.record() == v1::COUNTED_RECORD_MEASURE) {
    for (const auto& [name, measure] : measures) {
      const auto point = points.find(measure.risk_point());
      if (!InUse(measure) || point == points.end() || point->second.year() != year) continue;
      add(point->second, measure.stage(), month_of(measure));
    }
  } else {
    for (const auto& [name, point] : points) {
      if (!Registered(point) || point.year() != year) continue;
      add(point, 0, month_of(point));
    }
  }
  return count;
}

}  // namespace lianfang::reporting
