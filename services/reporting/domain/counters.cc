#include "services/reporting/domain/counters.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "services/reporting/domain/counts.h"
#include "services/reporting/domain/known.h"
#include "services/reporting/domain/school_time.h"
#include "services/reporting/domain/statistics.h"

namespace lianfang::reporting {
namespace {

using state::v1::Counts;
using state::v1::Known;
using state::v1::Owner;
using state::v1::Point;
using state::v1::Scope;

bool OnRegister(risk::v1::RiskPointState state) {
  return state == risk::v1::RISK_POINT_STATE_REGISTERED ||
         state == risk::v1::RISK_POINT_STATE_PUBLICISED;
}

// A draft is not proposed yet, be it carried forward or being revised for the first time.
bool InUse(risk::v1::MeasureState state) {
  return state != risk::v1::MEASURE_STATE_UNSPECIFIED && state != risk::v1::MEASURE_STATE_DRAFT &&
         state != risk::v1::MEASURE_STATE_ARCHIVED;
}

// Assessed, and without the effect that was wanted.
bool FallsShort(const risk::v1::Measure& measure) {
  return InUse(measure.state()) && (measure.effect() == risk::v1::MEASURE_EFFECT_PARTLY ||
                                    measure.effect() == risk::v1::MEASURE_EFFECT_NONE);
}

// The highest levels of a scope's posts, by year.
google::protobuf::RepeatedPtrField<state::v1::YearLevel> LevelsByYear(const Counts& counts) {
  google::protobuf::RepeatedPtrField<state::v1::YearLevel> levels;
  for (const auto& year : counts.years()) {
    const auto level = HighestLevel(year.statistics().posts_by_level());
    if (level == common::v1::RISK_LEVEL_UNSPECIFIED) continue;
    auto* added = levels.Add();
    added->set_year(year.year());
    added->set_level(level);
  }
  return levels;
}

bool Same(const google::protobuf::RepeatedPtrField<state::v1::YearLevel>& a,
          const google::protobuf::RepeatedPtrField<state::v1::YearLevel>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.year() == y.year() && x.level() == y.level();
  });
}

void RemoveHolding(Owner* owner, absl::string_view appointment) {
  auto* holdings = owner->mutable_holdings();
  for (int i = 0; i < holdings->size(); ++i) {
    if (holdings->Get(i).appointment() != appointment) continue;
    holdings->DeleteSubrange(i, 1);
    return;
  }
}

void InsertHolding(Owner* owner, absl::string_view appointment, absl::string_view person) {
  // By appointment, so that the row depends on what is in force and not on how that came about.
  auto* holdings = owner->mutable_holdings();
  auto* added = holdings->Add();
  added->set_appointment(std::string(appointment));
  added->set_person(std::string(person));
  for (int i = holdings->size() - 1;
       i > 0 && holdings->Get(i).appointment() < holdings->Get(i - 1).appointment(); --i) {
    holdings->SwapElements(i, i - 1);
  }
}

}  // namespace

bool InForce(const personnel::v1::Appointment& appointment, absl::CivilDay today) {
  if (appointment.state() != personnel::v1::RECORD_STATE_ACTIVE) return false;
  if (!appointment.has_end_date()) return true;
  const auto& end = appointment.end_date();
  return absl::CivilDay(end.year(), end.month(), end.day()) >= today;
}

absl::StatusOr<Owner*> Counters::LoadOwner(absl::string_view name) {
  LF_ASSIGN_OR_RETURN(Owner * owner, rows_->OwnerOf(name));
  if (!owner->name().empty()) return owner;
  owner->set_name(std::string(name));
  if (IsPost(name)) return owner;
  if (name != unit_) owner->set_scope(std::string(name));
  LF_ASSIGN_OR_RETURN(const Scope* scope,
                      name == unit_ ? rows_->UnitScope() : rows_->ScopeOf(name));
  owner->set_level(HighestLevel(scope->counts().statistics().posts_by_level()));
  *owner->mutable_year_levels() = LevelsByYear(scope->counts());
  return owner;
}

absl::Status Counters::AddToScope(absl::string_view department, const Counts& counts, int sign) {
  // Cells have rows of their own, one a year, so that those of scopes stay small.
  Counts sums = counts;
  for (auto& year : *sums.mutable_years()) {
    if (year.cells().empty()) continue;
    LF_ASSIGN_OR_RETURN(state::v1::Cube * cube, rows_->CubeOf(year.year(), department));
    cube->set_year(year.year());
    cube->set_department(std::string(department));
    AddCells(cube->mutable_cells(), year.cells(), sign);
    year.clear_cells();
  }
  LF_ASSIGN_OR_RETURN(Scope * scope, rows_->ScopeOf(department));
  if (scope->department().empty()) scope->set_department(std::string(department));
  AddCounts(scope->mutable_counts(), sums, sign);
  LF_ASSIGN_OR_RETURN(Scope * unit, rows_->UnitScope());
  AddCounts(unit->mutable_counts(), sums, sign);
  return absl::OkStatus();
}

absl::Status Counters::LiftLevel(absl::string_view name) {
  LF_ASSIGN_OR_RETURN(const Scope* scope,
                      name == unit_ ? rows_->UnitScope() : rows_->ScopeOf(name));
  const auto level = HighestLevel(scope->counts().statistics().posts_by_level());
  const auto by_year = LevelsByYear(scope->counts());
  LF_ASSIGN_OR_RETURN(const Owner* owner, LoadOwner(name));
  if (owner->level() == level && Same(owner->year_levels(), by_year)) return absl::OkStatus();
  return ChangeOwner(name, [&](Owner& changed) {
    changed.set_level(level);
    *changed.mutable_year_levels() = by_year;
  });
}

absl::Status Counters::ChangeOwner(absl::string_view name,
                                   const std::function<void(Owner&)>& change) {
  LF_ASSIGN_OR_RETURN(Owner * owner, LoadOwner(name));
  const std::string old_scope = owner->scope();
  const Counts old_counts = OfOwner(*owner);
  const bool was_active = owner->active();
  change(*owner);
  Counts counts = OfOwner(*owner);
  if (old_scope == owner->scope()) {
    AddCounts(&counts, old_counts, -1);
  } else {
    LF_RETURN_IF_ERROR(AddToScope(old_scope, old_counts, -1));
  }
  LF_RETURN_IF_ERROR(AddToScope(owner->scope(), counts, 1));
  if (!IsPost(name)) return absl::OkStatus();

  if (was_active != owner->active() || old_scope != owner->scope()) {
    for (const auto& holding : owner->holdings()) {
      if (was_active) LF_RETURN_IF_ERROR(Hold(holding.person(), old_scope, -1));
      if (owner->active()) LF_RETURN_IF_ERROR(Hold(holding.person(), owner->scope(), 1));
    }
  }
  if (old_scope != owner->scope()) {
    LF_RETURN_IF_ERROR(ShowInSummary(old_scope, *owner, false));
    if (!old_scope.empty()) LF_RETURN_IF_ERROR(LiftLevel(old_scope));
  }
  LF_RETURN_IF_ERROR(ShowInSummary(owner->scope(), *owner, owner->active()));
  if (!owner->scope().empty()) LF_RETURN_IF_ERROR(LiftLevel(owner->scope()));
  return LiftLevel(unit_);
}

absl::Status Counters::ShowInSummary(absl::string_view scope, const Owner& post, bool visible) {
  LF_ASSIGN_OR_RETURN(state::v1::SummaryPost * row, rows_->SummaryPostOf(scope, post.name()));
  row->Clear();
  if (!visible || post.level() == common::v1::RISK_LEVEL_UNSPECIFIED) return absl::OkStatus();
  row->mutable_post()->set_post(post.name());
  row->mutable_post()->set_display_name(post.display_name());
  row->mutable_post()->set_department(std::string(scope));
  row->mutable_post()->set_level(post.level());
  row->set_level(post.level());
  row->set_listed(post.found().statistics().risk_point_count() > 0);
  return absl::OkStatus();
}

absl::Status Counters::Hold(absl::string_view person, absl::string_view scope, int delta) {
  LF_ASSIGN_OR_RETURN(state::v1::Holder * holder, rows_->HolderOf(person));
  auto* scopes = holder->mutable_scopes();
  const bool held_any = !scopes->empty();
  int at = 0;
  while (at < scopes->size() && scopes->Get(at).scope() < scope) ++at;
  const bool held_here = at < scopes->size() && scopes->Get(at).scope() == scope;
  if (!held_here) {
    scopes->Add()->set_scope(std::string(scope));
    for (int i = scopes->size() - 1; i > at; --i) scopes->SwapElements(i, i - 1);
  }
  scopes->Mutable(at)->set_count(scopes->Get(at).count() + delta);
  const bool holds_here = scopes->Get(at).count() != 0;
  if (!holds_here) scopes->DeleteSubrange(at, 1);
  if (held_here != holds_here) {
    LF_ASSIGN_OR_RETURN(Scope * row, rows_->ScopeOf(scope));
    v1::Statistics* statistics = row->mutable_counts()->mutable_statistics();
    statistics->set_person_count(statistics->person_count() + (holds_here ? 1 : -1));
  }
  if (held_any != !scopes->empty()) {
    LF_ASSIGN_OR_RETURN(Scope * row, rows_->UnitScope());
    v1::Statistics* statistics = row->mutable_counts()->mutable_statistics();
    statistics->set_person_count(statistics->person_count() + (scopes->empty() ? -1 : 1));
  }
  return absl::OkStatus();
}

absl::Status Counters::ChangePoint(absl::string_view name,
                                   const std::function<void(Point&)>& change) {
  LF_ASSIGN_OR_RETURN(Point * point, rows_->PointOf(name));
  const std::string old_owner = point->owner();
  const Counts old_counts = OfPoint(*point);
  change(*point);
  const Counts new_counts = OfPoint(*point);
  LF_RETURN_IF_ERROR(MindUntreated(*point));
  // A measure may be known before its risk point; it counts once the owner is known.
  if (!old_owner.empty() && old_owner != point->owner()) {
    LF_RETURN_IF_ERROR(ChangeOwner(
        old_owner, [&](Owner& owner) { AddCounts(owner.mutable_found(), old_counts, -1); }));
  }
  if (point->owner().empty()) return absl::OkStatus();
  return ChangeOwner(point->owner(), [&](Owner& owner) {
    if (old_owner == point->owner()) AddCounts(owner.mutable_found(), old_counts, -1);
    AddCounts(owner.mutable_found(), new_counts, 1);
  });
}

absl::Status Counters::Apply(const personnel::v1::Department& department) {
  LF_ASSIGN_OR_RETURN(Scope * scope, rows_->ScopeOf(department.name()));
  scope->set_department(department.name());
  scope->set_display_name(department.display_name());
  scope->set_active(department.state() == personnel::v1::RECORD_STATE_ACTIVE);
  return absl::OkStatus();
}

absl::Status Counters::Apply(const personnel::v1::Post& post) {
  return ChangeOwner(post.name(), [&](Owner& owner) {
    owner.set_display_name(post.display_name());
    owner.set_scope(post.department());
    owner.set_active(post.state() == personnel::v1::RECORD_STATE_ACTIVE);
  });
}

absl::Status Counters::Apply(const personnel::v1::Appointment& appointment, absl::CivilDay today) {
  LF_ASSIGN_OR_RETURN(state::v1::CountedAppointment * row,
                      rows_->AppointmentOf(appointment.name()));
  const state::v1::CountedAppointment old = *row;
  row->set_post(appointment.post());
  row->set_person(appointment.person());
  row->set_in_force(InForce(appointment, today));
  const auto count = [&](const state::v1::CountedAppointment& counted, int sign) -> absl::Status {
    if (!counted.in_force()) return absl::OkStatus();
    LF_RETURN_IF_ERROR(ChangeOwner(counted.post(), [&](Owner& owner) {
      if (sign < 0) {
        RemoveHolding(&owner, appointment.name());
      } else {
        InsertHolding(&owner, appointment.name(), counted.person());
      }
    }));
    LF_ASSIGN_OR_RETURN(const Owner* post, LoadOwner(counted.post()));
    if (!post->active()) return absl::OkStatus();
    return Hold(counted.person(), post->scope(), sign);
  };
  LF_RETURN_IF_ERROR(count(old, -1));
  return count(*row, 1);
}

absl::Status Counters::Recount(const Known& known, const std::function<void(Known&)>& change) {
  LF_ASSIGN_OR_RETURN(Known * row, rows_->KnownOf(known.name()));
  const Known old = *row;
  change(*row);
  const Counts gone = OfKnown(old);
  Counts come = OfKnown(*row);
  if (!old.owner().empty() && old.owner() != row->owner()) {
    LF_RETURN_IF_ERROR(ChangeOwner(
        old.owner(), [&](Owner& owner) { AddCounts(owner.mutable_found(), gone, -1); }));
  } else {
    AddCounts(&come, gone, -1);
  }
  if (row->owner().empty() || (come.statistics().ByteSizeLong() == 0 && come.years().empty())) {
    return absl::OkStatus();
  }
  return ChangeOwner(row->owner(),
                     [&](Owner& owner) { AddCounts(owner.mutable_found(), come, 1); });
}

absl::Status Counters::Apply(const Known& known) {
  bool handed_in = false;
  LF_RETURN_IF_ERROR(Recount(known, [&](Known& row) {
    const Known old = row;
    row = known;
    row.set_superseded(old.superseded());
    // It is late by when it was first handed in; what was taken back was not handed in.
    if (old.has_hand_in_time() && known.has_hand_in_time()) {
      *row.mutable_hand_in_time() = old.hand_in_time();
    }
    handed_in = row.has_hand_in_time();
  }));
  if (known.supersedes().empty()) return absl::OkStatus();
  Known before;
  before.set_name(known.supersedes());
  return Recount(before, [handed_in](Known& row) { row.set_superseded(handed_in); });
}

absl::Status Counters::MindUntreated(const Point& point) {
  const risk::v1::RiskPoint& record = point.risk_point();
  if (record.name().empty()) return absl::OkStatus();
  LF_ASSIGN_OR_RETURN(state::v1::Attention * row,
                      rows_->AttentionOf(v1::WARNING_KIND_HIGH_WITHOUT_MEASURE, record.name()));
  row->Clear();
  if (!point.registered() || !point.measures().empty()) return absl::OkStatus();
  row->set_kind(v1::WARNING_KIND_HIGH_WITHOUT_MEASURE);
  row->set_open(true);
  row->set_record(record.name());
  row->set_owner(point.owner());
  row->set_year(record.year());
  *row->mutable_since() =
      std::max(record.create_time(), point.treated_until(), [](const auto& a, const auto& b) {
        return std::make_pair(a.seconds(), a.nanos()) < std::make_pair(b.seconds(), b.nanos());
      });
  row->set_text(record.description());
  return absl::OkStatus();
}

absl::Status Counters::MindEffect(const risk::v1::Measure& measure) {
  LF_ASSIGN_OR_RETURN(state::v1::Attention * row,
                      rows_->AttentionOf(v1::WARNING_KIND_MEASURE_WITHOUT_EFFECT, measure.name()));
  row->Clear();
  if (!FallsShort(measure)) return absl::OkStatus();
  row->set_kind(v1::WARNING_KIND_MEASURE_WITHOUT_EFFECT);
  row->set_open(true);
  row->set_record(measure.name());
  row->set_owner(measure.responsible_post());
  *row->mutable_since() = measure.assess_time();
  row->set_text(measure.content());
  return absl::OkStatus();
}

absl::Status Counters::Apply(const risk::v1::Feedback& feedback) {
  LF_ASSIGN_OR_RETURN(state::v1::KnownFeedback * row, rows_->FeedbackOf(feedback));
  row->set_name(feedback.name());
  row->set_subject(feedback.subject().empty() ? unit_ : feedback.subject());
  row->set_owner(feedback.owner().empty() ? unit_ : feedback.owner());
  *row->mutable_time() = feedback.create_time();
  row->set_dismissed(
      (feedback.state() == risk::v1::FEEDBACK_STATE_CLOSED && feedback.accepter().empty()) ||
      feedback.finding() == risk::v1::FEEDBACK_FINDING_NOT_CONFIRMED);
  return absl::OkStatus();
}

absl::Status Counters::Apply(const risk::v1::RiskPoint& point) {
  if (!IdIn("departments", point.owner()).empty()) LF_RETURN_IF_ERROR(Apply(KnownOf(point)));
  return ChangePoint(point.name(), [&](Point& row) {
    *row.mutable_risk_point() = point;
    row.set_owner(point.owner());
    row.set_registered(OnRegister(point.state()));
  });
}

absl::Status Counters::Apply(const risk::v1::Measure& measure) {
  LF_ASSIGN_OR_RETURN(state::v1::PointMeasure * row, rows_->MeasureOf(measure.name()));
  const state::v1::PointMeasure old = *row;
  *row->mutable_measure() = measure;
  row->set_risk_point(measure.risk_point());
  row->set_in_use(InUse(measure.state()));
  const auto count = [&](const state::v1::PointMeasure& counted, int sign) -> absl::Status {
    if (!counted.in_use()) return absl::OkStatus();
    return ChangePoint(counted.risk_point(), [&](Point& point) {
      Cells change;
      state::v1::Cell* cell = change.Add();
      cell->set_stage(counted.measure().stage());
      cell->set_rule_change(counted.measure().rule_change());
      cell->set_month(MonthOf(counted.measure().create_time()));
      cell->set_count(1);
      AddCells(point.mutable_measures(), change, sign);
      if (sign < 0 && !row->in_use()) *point.mutable_treated_until() = measure.update_time();
    });
  };
  LF_RETURN_IF_ERROR(MindEffect(measure));
  LF_RETURN_IF_ERROR(count(old, -1));
  return count(*row, 1);
}

absl::Status Counters::Apply(const grading::v1::Grade& grade) {
  LF_RETURN_IF_ERROR(Apply(KnownOf(grade)));
  return ChangeOwner(grade.post(), [&](Owner& owner) {
    auto* grades = owner.mutable_grades();
    state::v1::ConfirmedGrade now;
    for (int i = 0; i < grades->size(); ++i) {
      if (grades->Get(i).grade() != grade.name()) continue;
      now = grades->Get(i);
      grades->DeleteSubrange(i--, 1);
    }
    const bool settled = grade.state() == grading::v1::GRADE_STATE_CONFIRMED;
    if (settled) {
      *now.mutable_school_review_time() = grade.school_review_time();
      *now.mutable_superior_review_time() = grade.confirm_time();
    }
    // What was confirmed stays in force, with its times, while a later revision is under review.
    if (settled || grade.confirmed_level() != common::v1::RISK_LEVEL_UNSPECIFIED) {
      now.set_grade(grade.name());
      now.set_year(grade.year());
      now.set_level(settled ? grade.level() : grade.confirmed_level());
      *grades->Add() = now;
      const auto key = [](const state::v1::ConfirmedGrade& of) {
        return std::make_pair(of.year(), absl::string_view(of.grade()));
      };
      for (int i = grades->size() - 1; i > 0 && key(grades->Get(i)) < key(grades->Get(i - 1));
           --i) {
        grades->SwapElements(i, i - 1);
      }
    }
    owner.set_level(grades->empty() ? common::v1::RISK_LEVEL_UNSPECIFIED
                                    : grades->Get(grades->size() - 1).level());
  });
}

absl::Status Counters::SetPosition(absl::string_view service, int64_t sequence) {
  LF_ASSIGN_OR_RETURN(Scope * unit, rows_->UnitScope());
  auto* positions = unit->mutable_positions();
  int at = 0;
  while (at < positions->size() && positions->Get(at).service() < service) ++at;
  if (at == positions->size() || positions->Get(at).service() != service) {
    auto* added = positions->Add();
    added->set_unit(unit_);
    added->set_service(std::string(service));
    for (int i = positions->size() - 1; i > at; --i) positions->SwapElements(i, i - 1);
  }
  positions->Mutable(at)->set_sequence(sequence);
  return absl::OkStatus();
}

}  // namespace lianfang::reporting
