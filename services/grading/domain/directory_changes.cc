#include "services/grading/domain/directory_changes.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/message/canonical.h"

namespace lianfang::grading {

using personnel::v1::Appointment;
using personnel::v1::Department;
using personnel::v1::Post;
using personnel::v1::PostDuty;

std::vector<DirectoryChange> ChangesOf(const std::optional<Post>& before, const Post& after) {
  std::vector<DirectoryChange> changes;
  if (!before) return changes;
  const auto add = [&](common::v1::MarkCause cause, std::string reason) {
    DirectoryChange& change = changes.emplace_back();
    change.cause = {cause, after.name(), std::move(reason)};
    change.post = after.name();
  };
  const std::set<int> functions_before(before->functions().begin(), before->functions().end());
  const std::set<int> functions_after(after.functions().begin(), after.functions().end());
  if (functions_before != functions_after || before->is_unit_head() != after.is_unit_head() ||
      before->principal_responsible() != after.principal_responsible()) {
    add(common::v1::MARK_CAUSE_POST_FUNCTIONS,
        absl::StrCat("岗位“", after.display_name(), "”的职能或类别已调整"));
  }
  if (before->department() != after.department()) {
    add(common::v1::MARK_CAUSE_DEPARTMENT,
        absl::StrCat("岗位“", after.display_name(), "”已调整到另一科室"));
  }
  if (before->state() != after.state()) {
    add(common::v1::MARK_CAUSE_POST_FUNCTIONS,
        absl::StrCat("岗位“", after.display_name(), "”已撤销或恢复"));
  }
  return changes;
}

std::vector<DirectoryChange> ChangesOf(const std::optional<Department>& before,
                                       const Department& after) {
  std::vector<DirectoryChange> changes;
  if (!before) return changes;
  const bool head = before->head() != after.head();
  const bool leader = before->vice_principal() != after.vice_principal();
  if (!head && !leader && before->parent() == after.parent() && before->state() == after.state()) {
    return changes;
  }
  DirectoryChange& change = changes.emplace_back();
  change.cause = {common::v1::MARK_CAUSE_DEPARTMENT, after.name(),
                  absl::StrCat("“", after.display_name(), "”的负责人、分管领导或隶属关系已调整")};
  change.department = after.name();
  change.head_changes = head;
  if (leader) change.persons = {before->vice_principal(), after.vice_principal()};
  change.persons.erase("");
  return changes;
}

std::vector<DirectoryChange> ChangesOf(const std::optional<Appointment>& before,
                                       const Appointment& after, bool principal) {
  std::vector<DirectoryChange> changes;
  // Only who, what and when; not the record's own times.
  const auto essence = [](const Appointment& appointment) {
    Appointment kept;
    kept.set_person(appointment.person());
    kept.set_post(appointment.post());
    *kept.mutable_start_date() = appointment.start_date();
    if (appointment.has_end_date()) *kept.mutable_end_date() = appointment.end_date();
    kept.set_state(appointment.state());
    return message::Canonical(kept);
  };
  if (before && essence(*before) == essence(after)) return changes;
  std::set<std::string> posts = {after.post()};
  std::set<std::string> persons = {after.person()};
  if (before) {
    posts.insert(before->post());
    persons.insert(before->person());
  }
  for (const std::string& post : posts) {
    DirectoryChange& change = changes.emplace_back();
    change.cause = {common::v1::MARK_CAUSE_APPOINTMENT, post, "岗位的任职人员已变动"};
    change.post = post;
    change.holders_change = true;
    if (principal) change.persons = persons;
  }
  return changes;
}

std::vector<DirectoryChange> ChangesOf(const std::optional<PostDuty>& before,
                                       const PostDuty& after) {
  std::vector<DirectoryChange> changes;
  const int approved_before = before ? before->approved_revision() : 0;
  if (after.approved_revision() == approved_before) return changes;
  DirectoryChange& change = changes.emplace_back();
  change.cause = {common::v1::MARK_CAUSE_POST_DUTY, after.name(), "岗位职责已有新的审定稿"};
  change.post = after.post();
  return changes;
}

bool Touches(const DirectoryChange& change, const v1::ResponsibilityLetter& letter) {
  if (change.cause.cause == common::v1::MARK_CAUSE_POST_DUTY) return false;
  for (const v1::LetterScope& scope : letter.scope()) {
    if (!scope.subject().empty() &&
        (scope.subject() == change.post || scope.subject() == change.department)) {
      return true;
    }
  }
  // The head signs as party A with everybody in the department.
  if (change.head_changes && letter.department() == change.department) return true;
  if (change.persons.contains(letter.party_b())) return true;
  return std::any_of(letter.party_a().begin(), letter.party_a().end(),
                     [&](const std::string& person) { return change.persons.contains(person); });
}

}  // namespace lianfang::grading
