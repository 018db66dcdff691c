#include "services/reporting/domain/counters.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "services/reporting/domain/statistics.h"

namespace lianfang::reporting {
namespace {

using state::v1::Counts;
using state::v1::Owner;
using state::v1::Point;
using state::v1::Scope;
using state::v1::YearCounts;

bool IsPost(absl::string_view name) { return !IdIn("posts", name).empty(); }

void AddYear(Counts* to, const YearCounts& delta, int sign) {
  auto* years = to->mutable_years();
  int at = 0;
  while (at < years->size() && years->Get(at).year() < delta.year()) ++at;
  if (at == years->size() || years->Get(at).year() != delta.year()) {
    years->Add()->set_year(delta.year());
    for (int i = years->size() - 1; i > at; --i) years->SwapElements(i, i - 1);
  }
  YearCounts* year = years->Mutable(at);
  year->set_self_checks_submitted(year->self_checks_submitted() +
                                  sign * delta.self_checks_submitted());
  year->set_self_checks_approved(year->self_checks_approved() +
                                 sign * delta.self_checks_approved());
  year->set_others(year->others() + sign * delta.others());
  if (year->self_checks_submitted() == 0 && year->self_checks_approved() == 0 &&
      year->others() == 0) {
    years->DeleteSubrange(at, 1);
  }
}

void AddCounts(Counts* to, const Counts& delta, int sign) {
  Add(to->mutable_statistics(), delta.statistics(), sign);
  for (const YearCounts& year : delta.years()) AddYear(to, year, sign);
}

// What an owner adds to its scope, but for persons: they are counted once a scope however many
// posts they hold, see Counters::Hold.
Counts OfOwner(const Owner& owner) {
  Counts counts = owner.found();
  v1::Statistics* statistics = counts.mutable_statistics();
  if (statistics->risk_point_count() != 0) {
    v1::LevelCount* level = statistics->add_risk_points_by_level();
    level->set_level(owner.level());
    level->set_count(statistics->risk_point_count());
  }
  if (IsPost(owner.name()) && owner.active()) {
    statistics->set_post_count(1);
    statistics->set_self_checks_due(owner.holdings_size());
    v1::LevelCount* level = statistics->add_posts_by_level();
    level->set_level(owner.level());
    level->set_count(1);
  }
  for (const state::v1::ConfirmedGrade& grade : owner.grades()) {
    YearCounts year;
    year.set_year(grade.year());
    year.set_others(1);
    AddYear(&counts, year, 1);
  }
  return counts;
}

// What a risk point adds to its owner.
Counts OfPoint(const Point& point) {
  Counts counts;
  v1::Statistics* statistics = counts.mutable_statistics();
  for (const v1::StageCount& stage : point.measures()) {
    *statistics->add_measures_by_stage() = stage;
    statistics->set_measure_count(statistics->measure_count() + stage.count());
  }
  if (!point.registered()) return counts;
  const risk::v1::RiskPoint& record = point.risk_point();
  statistics->set_risk_point_count(1);
  if (statistics->measure_count() == 0) statistics->set_risk_points_without_measure(1);
  v1::CategoryCount* category = statistics->add_risk_points_by_category();
  category->set_category(record.category());
  category->set_count(1);
  v1::LayerCount* layer = statistics->add_risk_points_by_layer();
  layer->set_layer(record.layer());
  layer->set_count(1);
  v1::MethodCount* method = statistics->add_risk_points_by_method();
  method->set_method(record.method());
  method->set_count(1);
  v1::TopicCount* topic = statistics->add_risk_points_by_topic();
  topic->set_topic(record.sensitive_topic());
  topic->set_count(1);
  YearCounts* year = counts.add_years();
  year->set_year(record.year());
  year->set_others(1);
  return counts;
}

bool OnRegister(risk::v1::RiskPointState state) {
  return state == risk::v1::RISK_POINT_STATE_REGISTERED ||
         state == risk::v1::RISK_POINT_STATE_PUBLICISED;
}

bool InUse(risk::v1::MeasureState state) {
  return state != risk::v1::MEASURE_STATE_UNSPECIFIED && state != risk::v1::MEASURE_STATE_ARCHIVED;
}

YearCounts OfSelfCheck(const state::v1::CountedSelfCheck& self_check) {
  YearCounts year;
  year.set_year(self_check.year());
  year.set_self_checks_submitted(self_check.submitted() ? 1 : 0);
  year.set_self_checks_approved(self_check.approved() ? 1 : 0);
  return year;
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

v1::Statistics Shown(const Counts& counts, int32_t year) {
  v1::Statistics statistics = Complete(counts.statistics());
  for (const YearCounts& counted : counts.years()) {
    if (counted.year() != year) continue;
    statistics.set_self_checks_submitted(counted.self_checks_submitted());
    statistics.set_self_checks_approved(counted.self_checks_approved());
  }
  return statistics;
}

int32_t NewestYear(const Counts& counts) {
  return counts.years().empty() ? 0 : counts.years(counts.years_size() - 1).year();
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
  return owner;
}

absl::Status Counters::AddToScope(absl::string_view department, const Counts& counts, int sign) {
  LF_ASSIGN_OR_RETURN(Scope * scope, rows_->ScopeOf(department));
  if (scope->department().empty()) scope->set_department(std::string(department));
  AddCounts(scope->mutable_counts(), counts, sign);
  LF_ASSIGN_OR_RETURN(Scope * unit, rows_->UnitScope());
  AddCounts(unit->mutable_counts(), counts, sign);
  return absl::OkStatus();
}

absl::Status Counters::LiftLevel(absl::string_view name) {
  LF_ASSIGN_OR_RETURN(const Scope* scope,
                      name == unit_ ? rows_->UnitScope() : rows_->ScopeOf(name));
  const auto level = HighestLevel(scope->counts().statistics().posts_by_level());
  LF_ASSIGN_OR_RETURN(const Owner* owner, LoadOwner(name));
  if (owner->level() == level) return absl::OkStatus();
  return ChangeOwner(name, [level](Owner& changed) { changed.set_level(level); });
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

absl::Status Counters::Apply(const risk::v1::SelfCheck& self_check) {
  LF_ASSIGN_OR_RETURN(state::v1::CountedSelfCheck * row, rows_->SelfCheckOf(self_check.name()));
  const state::v1::CountedSelfCheck old = *row;
  row->set_post(self_check.post());
  row->set_year(self_check.year());
  // A form that was taken back is a draft again: it is not handed in.
  row->set_submitted(self_check.state() == risk::v1::SELF_CHECK_STATE_SUBMITTED ||
                     self_check.state() == risk::v1::SELF_CHECK_STATE_RETURNED ||
                     self_check.state() == risk::v1::SELF_CHECK_STATE_APPROVED);
  row->set_approved(self_check.state() == risk::v1::SELF_CHECK_STATE_APPROVED);
  if (old.submitted()) {
    LF_RETURN_IF_ERROR(ChangeOwner(
        old.post(), [&](Owner& owner) { AddYear(owner.mutable_found(), OfSelfCheck(old), -1); }));
  }
  if (!row->submitted()) return absl::OkStatus();
  return ChangeOwner(row->post(),
                     [&](Owner& owner) { AddYear(owner.mutable_found(), OfSelfCheck(*row), 1); });
}

absl::Status Counters::Apply(const risk::v1::RiskPoint& point) {
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
      // The buckets are added up as those of Statistics are.
      v1::Statistics stages;
      v1::Statistics change;
      stages.mutable_measures_by_stage()->Swap(point.mutable_measures());
      v1::StageCount* stage = change.add_measures_by_stage();
      stage->set_stage(counted.measure().stage());
      stage->set_count(1);
      Add(&stages, change, sign);
      point.mutable_measures()->Swap(stages.mutable_measures_by_stage());
    });
  };
  LF_RETURN_IF_ERROR(count(old, -1));
  return count(*row, 1);
}

absl::Status Counters::Apply(const grading::v1::Grade& grade) {
  return ChangeOwner(grade.post(), [&](Owner& owner) {
    auto* grades = owner.mutable_grades();
    for (int i = 0; i < grades->size(); ++i) {
      if (grades->Get(i).grade() == grade.name()) grades->DeleteSubrange(i--, 1);
    }
    if (grade.state() == grading::v1::GRADE_STATE_CONFIRMED) {
      state::v1::ConfirmedGrade* confirmed = grades->Add();
      confirmed->set_grade(grade.name());
      confirmed->set_year(grade.year());
      confirmed->set_level(grade.level());
      *confirmed->mutable_school_review_time() = grade.school_review_time();
      *confirmed->mutable_superior_review_time() = grade.confirm_time();
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
