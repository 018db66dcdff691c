#include "services/reporting/domain/campaign_items.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/reporting/domain/school_time.h"

namespace lianfang::reporting {
namespace {

using state::v1::Known;
using v1::CampaignTask;
using v1::CampaignTaskItem;

// Whose a piece is.
struct Piece {
  std::string subject;
  std::string person;
  std::string record;  // of signs and letters, which are a piece each
  // clang-tidy 14 takes the 0 behind the comparison for a pointer.
  // NOLINTNEXTLINE(modernize-use-nullptr)
  friend auto operator<=>(const Piece& a, const Piece& b) = default;
};

// Signs and letters: made by grading, one piece a record.
bool IsMadeElsewhere(v1::TaskKind kind) {
  return kind == v1::TASK_KIND_WARNING_SIGN || kind == v1::TASK_KIND_RESPONSIBILITY_LETTER;
}

// One record of these stands for itself; of the others the furthest record of the subject counts.
Piece PieceOf(const Known& known) {
  Piece piece{.subject = known.owner(), .person = "", .record = ""};
  if (known.kind() == v1::TASK_KIND_SELF_CHECK) piece.person = known.person();
  if (IsMadeElsewhere(known.kind())) {
    piece.person = known.person();
    piece.record = known.name();
  }
  return piece;
}

std::vector<Piece> PiecesOfPosts(const Roster& roster, v1::TaskKind kind, int year) {
  std::vector<Piece> pieces;
  for (const auto& [name, post] : roster.posts) {
    switch (kind) {
      case v1::TASK_KIND_SELF_CHECK:
        for (const RosterHolding& holding : post.holders) {
          pieces.push_back({.subject = name, .person = holding.person, .record = ""});
        }
        continue;
      case v1::TASK_KIND_GRADE:
        if (post.holders.empty()) continue;
        break;
      case v1::TASK_KIND_POST_MEASURES:
        if (!post.years_with_points.contains(year)) continue;
        break;
      default:
        break;
    }
    pieces.push_back({.subject = name, .person = "", .record = ""});
  }
  return pieces;
}

std::vector<Piece> PiecesOfDepartments(const Roster& roster, v1::TaskKind kind, int year) {
  std::vector<Piece> pieces;
  for (const auto& [name, department] : roster.departments) {
    const bool expected = kind == v1::TASK_KIND_POWER_RISKS ? department.has_powers
                          : kind == v1::TASK_KIND_DEPARTMENT_MEASURES
                              ? department.years_with_points.contains(year)
                              : department.has_posts;
    if (expected) pieces.push_back({.subject = name, .person = "", .record = ""});
  }
  return pieces;
}

std::vector<Piece> ExpectedPieces(const Roster& roster, v1::TaskKind kind, int year) {
  switch (kind) {
    case v1::TASK_KIND_POST_DUTY:
    case v1::TASK_KIND_SELF_CHECK:
    case v1::TASK_KIND_GRADE:
    case v1::TASK_KIND_POST_MEASURES:
      return PiecesOfPosts(roster, kind, year);
    case v1::TASK_KIND_DEPARTMENT_RISKS:
    case v1::TASK_KIND_POWER_RISKS:
    case v1::TASK_KIND_POWER_CATALOGUE:
    case v1::TASK_KIND_WORKFLOW_CHARTS:
    case v1::TASK_KIND_DEPARTMENT_MEASURES:
    case v1::TASK_KIND_DEPARTMENT_INSPECTION:
    case v1::TASK_KIND_EXAMINATION:
      return PiecesOfDepartments(roster, kind, year);
    case v1::TASK_KIND_WARNING_SIGN:
    case v1::TASK_KIND_RESPONSIBILITY_LETTER:
      return {};
    default:
      return {{.subject = roster.unit, .person = "", .record = ""}};
  }
}

// Whether a record of what nobody expected is a piece all the same: handed in for a department
// without powers, or by the unit itself. Forms of persons who have left the post are not.
bool IsExtra(const Known& known, const Roster& roster) {
  if (known.kind() == v1::TASK_KIND_SELF_CHECK) return false;
  const bool there = known.owner() == roster.unit || roster.posts.contains(known.owner()) ||
                     roster.departments.contains(known.owner());
  return there && (known.has_hand_in_time() || IsMadeElsewhere(known.kind()));
}

bool IsBefore(const google::protobuf::Timestamp& a, const google::protobuf::Timestamp& b) {
  return std::make_pair(a.seconds(), a.nanos()) < std::make_pair(b.seconds(), b.nanos());
}

// The furthest of the records, and the earliest time at which one was handed in.
void Advance(CampaignTaskItem* item, const Known& known) {
  if (known.state() > item->state()) {
    item->set_state(known.state());
    item->set_record(known.name());
  }
  if (known.has_hand_in_time() &&
      (!item->has_hand_in_time() || IsBefore(known.hand_in_time(), item->hand_in_time()))) {
    *item->mutable_hand_in_time() = known.hand_in_time();
  }
}

void Count(const CampaignTaskItem& item, v1::ProgressCounts* counts) {
  counts->set_expected(counts->expected() + 1);
  counts->set_handed_in(counts->handed_in() + item.has_hand_in_time());
  counts->set_done(counts->done() + (item.state() == v1::TASK_STATE_DONE));
  counts->set_late(counts->late() + item.late());
  counts->set_overdue(counts->overdue() + item.overdue());
}

std::vector<std::string> HoldersOf(const Roster& roster, const std::string& subject) {
  std::vector<std::string> persons;
  const auto post = roster.posts.find(subject);
  if (post == roster.posts.end()) return persons;
  for (const RosterHolding& holding : post->second.holders) persons.push_back(holding.person);
  return persons;
}

std::string TextOf(const CampaignTaskItem& item, int days_left) {
  const std::string what = absl::StrCat(item.title(), "（", item.subject_display_name(), "）");
  const std::string when = absl::StrCat(item.due_date().month(), "月", item.due_date().day(), "日");
  if (item.state() == v1::TASK_STATE_RETURNED) {
    return absl::StrCat("已退回，请修改后重新提交：", what, "，时限", when, "。");
  }
  if (days_left < 0) return absl::StrCat("已逾期", -days_left, "天：", what, "，时限", when, "。");
  if (days_left == 0) return absl::StrCat("今天到期：", what, "。");
  return absl::StrCat("还有", days_left, "天到期：", what, "，时限", when, "。");
}

}  // namespace

std::vector<CampaignTaskItem> ItemsOf(const v1::Campaign& campaign, const Roster& roster,
                                      const std::vector<Known>& known, absl::CivilDay today) {
  std::map<v1::TaskKind, std::map<Piece, std::vector<const Known*>>> records;
  for (const Known& one : known) {
    if (one.year() == campaign.year() && one.kind() != v1::TASK_KIND_UNSPECIFIED) {
      records[one.kind()][PieceOf(one)].push_back(&one);
    }
  }
  std::vector<CampaignTaskItem> items;
  for (const CampaignTask& task : campaign.tasks()) {
    auto& of_task = records[task.kind()];
    std::map<Piece, std::vector<const Known*>> pieces;
    for (const Piece& piece : ExpectedPieces(roster, task.kind(), campaign.year())) {
      pieces[piece] = of_task[piece];
    }
    for (const auto& [piece, found] : of_task) {
      if (std::any_of(found.begin(), found.end(),
                      [&](const Known* one) { return IsExtra(*one, roster); })) {
        pieces[piece] = found;
      }
    }
    const absl::CivilDay due = DayOf(task.due_date());
    for (const auto& [piece, found] : pieces) {
      CampaignTaskItem& item = items.emplace_back();
      item.set_task(task.id());
      item.set_title(task.title());
      item.set_kind(task.kind());
      item.set_subject(piece.subject);
      item.set_subject_display_name(DisplayName(roster, piece.subject));
      item.set_person(piece.person);
      item.set_department(DepartmentOf(roster, piece.subject));
      *item.mutable_due_date() = task.due_date();
      item.set_state(v1::TASK_STATE_NOT_STARTED);
      for (const Known* one : found) Advance(&item, *one);
      item.set_late(item.has_hand_in_time() && DayOf(item.hand_in_time()) > due);
      item.set_overdue(!item.has_hand_in_time() && today > due);
    }
  }
  return items;
}

std::string KeyOf(const v1::Campaign& campaign, const CampaignTaskItem& item) {
  int at = 0;
  while (at < campaign.tasks_size() && campaign.tasks(at).id() != item.task()) ++at;
  return absl::StrFormat("%03d %s %s %s", at, item.subject(), item.person(),
                         IsMadeElsewhere(item.kind()) ? item.record() : "");
}

std::string KeyOf(const v1::Campaign& campaign, const v1::Reminder& reminder) {
  // The most urgent has the fewest days left; a year has fewer than the offset.
  return absl::StrFormat("%06d %s %s", reminder.days_left() + 100000,
                         KeyOf(campaign, reminder.item()), reminder.person());
}

std::vector<v1::TaskProgress> ProgressOf(const v1::Campaign& campaign, const Roster& roster,
                                         const std::vector<CampaignTaskItem>& items) {
  std::vector<v1::TaskProgress> progress;
  for (const CampaignTask& task : campaign.tasks()) {
    v1::TaskProgress& row = progress.emplace_back();
    *row.mutable_task() = task;
    row.mutable_total();
    // The empty name, of the leadership and the unit, comes first.
    std::map<std::string, v1::ProgressCounts> departments;
    for (const CampaignTaskItem& item : items) {
      if (item.task() != task.id()) continue;
      Count(item, row.mutable_total());
      Count(item, &departments[item.department()]);
    }
    for (const auto& [name, counts] : departments) {
      v1::DepartmentProgress* department = row.add_departments();
      department->set_department(name);
      department->set_display_name(name.empty() ? "校领导" : DisplayName(roster, name));
      *department->mutable_counts() = counts;
    }
  }
  return progress;
}

std::vector<std::string> DoersOf(const CampaignTaskItem& item, v1::TaskRole from_role,
                                 const Roster& roster) {
  if (!item.person().empty()) return {item.person()};
  const auto department = roster.departments.find(item.department());
  const bool has_department = department != roster.departments.end();
  switch (from_role) {
    case v1::TASK_ROLE_HOLDER:
      return HoldersOf(roster, item.subject());
    case v1::TASK_ROLE_DEPARTMENT_HEAD:
      if (!has_department) return HoldersOf(roster, item.subject());
      if (department->second.head.empty()) return {};
      return {department->second.head};
    case v1::TASK_ROLE_VICE_PRINCIPAL:
      if (!has_department || department->second.vice_principal.empty()) return {};
      return {department->second.vice_principal};
    case v1::TASK_ROLE_PRINCIPAL:
      return roster.principals;
    case v1::TASK_ROLE_PARTY_BRANCH:
    case v1::TASK_ROLE_CONTROL_OFFICE:
      return roster.control_office;
    case v1::TASK_ROLE_LEADING_GROUP:
      return roster.leading_group;
    case v1::TASK_ROLE_LEADERSHIP_TEAM: {
      std::vector<std::string> persons;
      for (const auto& [name, post] : roster.posts) {
        if (!post.department.empty()) continue;
        for (const RosterHolding& holding : post.holders) {
          if (std::find(persons.begin(), persons.end(), holding.person) == persons.end()) {
            persons.push_back(holding.person);
          }
        }
      }
      return persons;
    }
    default:
      return {};
  }
}

std::vector<v1::Reminder> RemindersOf(const v1::Campaign& campaign, const Roster& roster,
                                      const std::vector<CampaignTaskItem>& items,
                                      absl::CivilDay today, int within_days) {
  std::map<std::string, const CampaignTask*> tasks;
  for (const CampaignTask& task : campaign.tasks()) tasks[task.id()] = &task;
  std::vector<v1::Reminder> reminders;
  for (const CampaignTaskItem& item : items) {
    if (item.state() == v1::TASK_STATE_HANDED_IN || item.state() == v1::TASK_STATE_DONE) continue;
    const int days_left = static_cast<int>(DayOf(item.due_date()) - today);
    if (days_left > within_days) continue;
    const CampaignTask& task = *tasks.at(item.task());
    std::vector<std::string> doers = DoersOf(item, task.from_role(), roster);
    if (doers.empty()) doers.emplace_back();  // shown, so that somebody sees that nobody does it
    for (const std::string& doer : doers) {
      v1::Reminder& reminder = reminders.emplace_back();
      reminder.set_person(doer);
      if (!doer.empty()) reminder.set_person_display_name(DisplayName(roster, doer));
      *reminder.mutable_item() = item;
      reminder.set_days_left(days_left);
      reminder.set_to_role(task.to_role());
      reminder.set_text(TextOf(item, days_left));
    }
  }
  std::stable_sort(reminders.begin(), reminders.end(), [&](const auto& a, const auto& b) {
    return KeyOf(campaign, a) < KeyOf(campaign, b);
  });
  return reminders;
}

}  // namespace lianfang::reporting
