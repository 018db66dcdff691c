#include "services/reporting/facts.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/status/error.h"
#include "services/reporting/domain/adjudication.h"
#include "services/reporting/domain/campaign_items.h"
#include "services/reporting/domain/campaign_rules.h"
#include "services/reporting/domain/counters.h"
#include "services/reporting/domain/escalation.h"
#include "services/reporting/domain/school_time.h"
#include "services/reporting/domain/warning_rules.h"
#include "services/reporting/reporting_kinds.h"
#include "services/reporting/scan.h"

namespace lianfang::reporting {
namespace {

store::Query Active() {
  store::Query query;
  query.equal = {{"state", int64_t{personnel::v1::RECORD_STATE_ACTIVE}}};
  return query;
}

// Departments in use, each with the leader in charge of it or of the nearest one above.
absl::Status AddDepartments(store::Reader& reader, absl::string_view unit_id, Roster* roster) {
  LF_ASSIGN_OR_RETURN(const auto departments,
                      directory::ListAll<personnel::v1::Department>(
                          reader, directory::DepartmentKind(), unit_id, Active()));
  for (const personnel::v1::Department& department : departments) {
    RosterDepartment& added = roster->departments[department.name()];
    added.display_name = department.display_name();
    added.head = department.head();
    LF_ASSIGN_OR_RETURN(added.vice_principal, directory::VicePrincipal(reader, department.name()));
  }
  return absl::OkStatus();
}

absl::Status AddPosts(store::Reader& reader, absl::string_view unit_id, absl::CivilDay today,
                      Roster* roster) {
  LF_ASSIGN_OR_RETURN(const auto posts, directory::ListAll<personnel::v1::Post>(
                                            reader, directory::PostKind(), unit_id, Active()));
  std::vector<std::string> principal_posts;
  for (const personnel::v1::Post& post : posts) {
    RosterPost& added = roster->posts[post.name()];
    added.display_name = post.display_name();
    added.department = post.department();
    for (const int function : post.functions()) {
      added.functions.push_back(static_cast<common::v1::PostFunction>(function));
    }
    const auto department = roster->departments.find(post.department());
    if (department != roster->departments.end()) department->second.has_posts = true;
    if (post.principal_responsible()) principal_posts.push_back(post.name());
  }
  LF_ASSIGN_OR_RETURN(const auto appointments,
                      directory::ListAll<personnel::v1::Appointment>(
                          reader, directory::AppointmentKind(), unit_id, Active()));
  for (const personnel::v1::Appointment& appointment : appointments) {
    const auto post = roster->posts.find(appointment.post());
    if (post == roster->posts.end() || !InForce(appointment, today)) continue;
    auto& holders = post->second.holders;
    const absl::CivilDay since =
        appointment.has_start_date() ? DayOf(appointment.start_date()) : today;
    const auto known = std::find_if(holders.begin(), holders.end(), [&](const auto& holding) {
      return holding.person == appointment.person();
    });
    if (known == holders.end()) {
      holders.push_back({appointment.person(), since});
    } else {
      known->since = std::min(known->since, since);
    }
  }
  for (const std::string& name : principal_posts) {
    for (const RosterHolding& holding : roster->posts.at(name).holders) {
      roster->principals.push_back(holding.person);
    }
  }
  return absl::OkStatus();
}

// What counting knows of posts, departments and the unit.
absl::Status AddCounted(store::Reader& reader, absl::string_view unit_id, Roster* roster) {
  return ScanAll<state::v1::Owner>(
      reader, OwnerKind(), unit_id, {}, [&](absl::string_view, const state::v1::Owner& owner) {
        std::set<int> years;
        for (const auto& year : owner.found().years()) {
          if (year.statistics().risk_point_count() > 0) years.insert(year.year());
        }
        if (owner.name() == roster->unit) roster->unit_level = owner.level();
        if (const auto post = roster->posts.find(owner.name()); post != roster->posts.end()) {
          post->second.level = owner.level();
          post->second.years_with_points = years;
          if (!owner.grades().empty()) {
            post->second.level_since =
                DayOf(owner.grades(owner.grades_size() - 1).superior_review_time());
          }
        }
        if (const auto department = roster->departments.find(owner.name());
            department != roster->departments.end()) {
          department->second.level = owner.level();
          department->second.years_with_points = years;
          department->second.has_powers = owner.found().statistics().power_count() > 0;
        }
      });
}

template <class Members>
std::vector<std::string> PersonsOf(const Members& members) {
  std::vector<std::string> persons;
  for (const auto& member : members) {
    if (std::find(persons.begin(), persons.end(), member.person()) == persons.end()) {
      persons.push_back(member.person());
    }
  }
  return persons;
}

// Overdue pieces of this year's campaign, and of last year's when somebody opened it.
absl::Status AddOverdue(store::Reader& reader, const policy::Policies& policies,
                        absl::string_view unit_id, WarningFacts* facts) {
  const absl::CivilDay today = DayOf(facts->now);
  const auto this_year = static_cast<int32_t>(today.year());
  LF_ASSIGN_OR_RETURN(const auto last,
                      reader.FindBody(CampaignKind(), unit_id, absl::StrCat(this_year - 1)));
  for (int32_t year = last ? this_year - 1 : this_year; year <= this_year; ++year) {
    LF_ASSIGN_OR_RETURN(const v1::Campaign campaign, ReadCampaign(reader, policies, unit_id, year));
    LF_ASSIGN_OR_RETURN(auto items, ReadItems(reader, campaign, facts->roster, today));
    std::map<std::string, v1::TaskRole> from;
    for (const v1::CampaignTask& task : campaign.tasks()) from[task.id()] = task.from_role();
    for (v1::CampaignTaskItem& item : items) {
      if (!item.overdue()) continue;
      WarningFacts::Overdue& overdue = facts->overdue.emplace_back();
      overdue.year = year;
      overdue.doers = DoersOf(item, from.at(item.task()), facts->roster);
      overdue.item = std::move(item);
    }
  }
  return absl::OkStatus();
}

absl::Status AddFeedback(store::Reader& reader, const policy::Policies& policies,
                         absl::string_view unit_id, WarningFacts* facts) {
  int days = 0;
  for (const auto& rule : policies.warnings.rules()) days = std::max(days, rule.window_days());
  // Keys begin with the day.
  store::Query query;
  query.after = directory::FormatDate(ToDate(DayOf(facts->now) - days));
  return ScanAll<state::v1::KnownFeedback>(
      reader, FeedbackKind(), unit_id, std::move(query),
      [&](absl::string_view, state::v1::KnownFeedback feedback) {
        facts->feedback.push_back(std::move(feedback));
      });
}

}  // namespace

absl::StatusOr<Roster> ReadRoster(store::Reader& reader, absl::string_view unit_id,
                                  absl::CivilDay today) {
  Roster roster;
  LF_ASSIGN_OR_RETURN(const auto unit, reader.FindById<personnel::v1::Unit>(directory::UnitKind(),
                                                                            unit_id, unit_id));
  if (!unit) return store::NotFound(UnitName(unit_id));
  roster.unit = unit->name();
  roster.unit_display_name = unit->display_name();
  LF_RETURN_IF_ERROR(AddDepartments(reader, unit_id, &roster));
  LF_RETURN_IF_ERROR(AddPosts(reader, unit_id, today, &roster));
  LF_RETURN_IF_ERROR(AddCounted(reader, unit_id, &roster));
  LF_ASSIGN_OR_RETURN(const auto persons, directory::ListAll<personnel::v1::Person>(
                                              reader, directory::PersonKind(), unit_id, {}));
  for (const auto& person : persons) roster.persons[person.name()] = person.display_name();
  LF_ASSIGN_OR_RETURN(const auto group, directory::LeadingGroup(reader, unit_id));
  roster.leading_group = PersonsOf(group);
  LF_ASSIGN_OR_RETURN(const auto office, directory::ControlOffice(reader, unit_id));
  roster.control_office = PersonsOf(office);
  return roster;
}

absl::StatusOr<v1::Campaign> ReadCampaign(store::Reader& reader, const policy::Policies& policies,
                                          absl::string_view unit_id, int32_t year) {
  LF_ASSIGN_OR_RETURN(auto stored,
                      reader.FindById<v1::Campaign>(CampaignKind(), unit_id, absl::StrCat(year)));
  if (stored) return *std::move(stored);
  v1::Campaign campaign = FromTemplate(policies.campaigns.at(policies.default_campaign), year);
  campaign.set_name(RecordName(unit_id, "campaigns", absl::StrCat(year)));
  return campaign;
}

absl::StatusOr<v1::Campaign> ReadCampaign(store::Reader& reader, const policy::Policies& policies,
                                          absl::string_view name) {
  const int32_t year = YearOfId(IdIn("campaigns", name));
  if (year == 0) return store::NotFound(name);
  return ReadCampaign(reader, policies, UnitIdOf(name), year);
}

absl::StatusOr<std::vector<v1::CampaignTaskItem>> ReadItems(store::Reader& reader,
                                                            const v1::Campaign& campaign,
                                                            const Roster& roster,
                                                            absl::CivilDay today) {
  store::Query query;
  query.equal = {{"year", int64_t{campaign.year()}}};
  std::vector<state::v1::Known> known;
  LF_RETURN_IF_ERROR(ScanAll<state::v1::Known>(
      reader, KnownKind(), UnitIdOf(roster.unit), std::move(query),
      [&](absl::string_view, state::v1::Known record) { known.push_back(std::move(record)); }));
  return ItemsOf(campaign, roster, known, today);
}

absl::StatusOr<UnitWarnings> ReadWarnings(store::Reader& reader, const policy::Policies& policies,
                                          absl::string_view unit_id, absl::Time now) {
  WarningFacts facts;
  facts.now = now;
  LF_ASSIGN_OR_RETURN(facts.roster, ReadRoster(reader, unit_id, DayOf(now)));
  LF_RETURN_IF_ERROR(AddOverdue(reader, policies, unit_id, &facts));
  store::Query open;
  open.equal = {{"open", int64_t{1}}};
  LF_RETURN_IF_ERROR(
      ScanAll<state::v1::Attention>(reader, AttentionKind(), unit_id, std::move(open),
                                    [&](absl::string_view, state::v1::Attention attention) {
                                      facts.attentions.push_back(std::move(attention));
                                    }));
  LF_RETURN_IF_ERROR(AddFeedback(reader, policies, unit_id, &facts));

  UnitWarnings result;
  for (auto& [name, computed] : ComputeWarnings(policies.warnings, facts)) {
    result.warnings[name] = Merge(computed, std::nullopt);
  }
  LF_RETURN_IF_ERROR(ScanAll<v1::Warning>(
      reader, WarningKind(), unit_id, {}, [&](absl::string_view, const v1::Warning& stored) {
        const auto computed = result.warnings.find(stored.name());
        result.warnings[stored.name()] = computed == result.warnings.end()
                                             ? Merge(std::nullopt, stored)
                                             : Merge(v1::Warning(computed->second), stored);
      }));
  for (auto& [name, warning] : result.warnings) {
    if (warning.state() != v1::WARNING_STATE_OPEN) continue;
    auto escalation = Escalate(policies.warnings, warning, facts.roster, now);
    if (escalation) *warning.mutable_escalation() = *std::move(escalation);
  }
  result.roster = std::move(facts.roster);
  return result;
}

}  // namespace lianfang::reporting
