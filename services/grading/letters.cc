#include "services/grading/letters.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/status/error.h"
#include "services/grading/domain/department_level.h"
#include "services/grading/domain/letter_rules.h"
#include "services/grading/grading_kinds.h"
#include "services/grading/propose.h"

namespace lianfang::grading {
namespace {

using personnel::v1::Appointment;
using personnel::v1::Department;
using personnel::v1::Post;
using risk::v1::RiskPoint;
using v1::ResponsibilityLetter;

store::Query Standing(int year) {
  store::Query query;
  query.equal.emplace_back("year", int64_t{year});
  query.not_equal.emplace_back("state", int64_t{v1::LETTER_STATE_EXPIRED});
  return query;
}

absl::StatusOr<std::vector<ResponsibilityLetter>> LettersOf(store::WriteTx& tx, int year) {
  return directory::ListAll<ResponsibilityLetter>(tx, LetterKind(), tx.unit_id(), Standing(year));
}

// Who answers to whom today, with the levels of the year.
absl::StatusOr<Chain> ReadChain(store::WriteTx& tx, const CompiledPolicy& matrix, int year) {
  const std::string& unit = tx.unit_id();
  LF_ASSIGN_OR_RETURN(const auto known,
                      tx.FindById<personnel::v1::Unit>(directory::UnitKind(), unit, unit));
  if (!known) return store::NotFound(UnitName(unit));
  const auto today = directory::DateOf(tx.now(), directory::SchoolTimeZone());
  Chain chain;
  chain.unit_id = unit;
  chain.year = year;
  store::Query in_use;
  in_use.equal.emplace_back("state", int64_t{personnel::v1::RECORD_STATE_ACTIVE});
  LF_ASSIGN_OR_RETURN(const auto posts,
                      directory::ListAll<Post>(tx, directory::PostKind(), unit, in_use));
  if (posts.size() > static_cast<size_t>(kMaxPosts)) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "parent",
                      absl::StrCat("在用岗位超过 ", kMaxPosts, " 个，不能一次起草。"),
                      absl::StrCat("has more than ", kMaxPosts, " posts in use."));
  }
  LF_ASSIGN_OR_RETURN(const auto appointments, directory::ListAll<Appointment>(
                                                   tx, directory::AppointmentKind(), unit, in_use));
  std::map<std::string, std::vector<std::string>> holders;
  for (const Appointment& appointment : appointments) {
    auto& persons = holders[appointment.post()];
    if (directory::Covers(appointment, today) &&
        std::find(persons.begin(), persons.end(), appointment.person()) == persons.end()) {
      persons.push_back(appointment.person());
    }
  }
  store::Query of_year;
  of_year.equal.emplace_back("year", int64_t{year});
  LF_ASSIGN_OR_RETURN(const auto grades,
                      directory::ListAll<v1::Grade>(tx, GradeKind(), unit, of_year));
  std::map<std::string, const v1::Grade*> grade_of;
  for (const v1::Grade& grade : grades) grade_of[grade.post()] = &grade;
  LF_ASSIGN_OR_RETURN(const auto points,
                      directory::ListAll<RiskPoint>(tx, RiskPointKind(), unit, of_year));
  std::map<std::string, std::vector<RiskPoint>> points_of;
  for (const RiskPoint& point : points) points_of[point.owner()].push_back(point);

  std::map<std::string, std::vector<v1::Grade>> grades_in;  // by department
  std::map<std::string, std::vector<RiskPoint>> points_in;  // by department
  for (const Post& post : posts) {
    ChainPost& one = chain.posts.emplace_back();
    one.name = post.name();
    one.display_name = post.display_name();
    one.department = post.department();
    one.holders = holders[post.name()];
    if (const auto grade = grade_of.find(post.name()); grade != grade_of.end()) {
      one.level = ConfirmedLevel(*grade->second);
      grades_in[post.department()].push_back(*grade->second);
    }
    auto& of_department = points_in[post.department()];
    const auto& of_post = points_of[post.name()];
    of_department.insert(of_department.end(), of_post.begin(), of_post.end());
    if (!post.principal_responsible()) continue;
    for (const std::string& holder : one.holders) {
      if (std::find(chain.principals.begin(), chain.principals.end(), holder) ==
          chain.principals.end()) {
        chain.principals.push_back(holder);
      }
    }
  }
  LF_ASSIGN_OR_RETURN(const auto departments, directory::ListAll<Department>(
                                                  tx, directory::DepartmentKind(), unit, in_use));
  for (const Department& department : departments) {
    ChainDepartment& one = chain.departments.emplace_back();
    one.name = department.name();
    one.display_name = department.display_name();
    one.head = department.head();
    LF_ASSIGN_OR_RETURN(one.vice_principal, directory::VicePrincipal(tx, department.name()));
    auto& of_department = points_in[department.name()];
    const auto& own = points_of[department.name()];
    of_department.insert(of_department.end(), own.begin(), own.end());
    one.level = Highest(grades_in[department.name()], of_department, matrix).level();
  }
  return chain;
}

}  // namespace

absl::Status DraftLetters(store::WriteTx& tx, const config::v1::LettersPolicy& policy,
                          const CompiledPolicy& matrix, const v1::DraftLettersRequest& request) {
  LF_ASSIGN_OR_RETURN(const Chain chain, ReadChain(tx, matrix, request.year()));
  LF_ASSIGN_OR_RETURN(const auto standing, LettersOf(tx, request.year()));
  ChainLetters drafted = DraftChain(chain, policy);
  std::map<std::string, bool> in_chain;
  for (const ResponsibilityLetter& letter : drafted.letters) {
    in_chain[letter.name()] = true;
    LF_ASSIGN_OR_RETURN(const auto earlier,
                        tx.Find<ResponsibilityLetter>(LetterKind(), letter.name()));
    auto next = Redraft(earlier ? &*earlier : nullptr, letter);
    if (next) LF_RETURN_IF_ERROR(tx.Put(LetterKind(), *next));
  }
  for (const ResponsibilityLetter& letter : standing) {
    if (in_chain.contains(letter.name())) continue;
    auto expired = Expire(letter);
    if (expired) LF_RETURN_IF_ERROR(tx.Put(LetterKind(), *expired));
  }
  v1::DraftLettersResponse result;
  for (v1::LetterlessSubject& one : drafted.letterless) {
    *result.add_letterless() = std::move(one);
  }
  tx.SetResult(result);
  return absl::OkStatus();
}

absl::StatusOr<bool> HasLetters(store::WriteTx& tx, int year) {
  store::Query query = Standing(year);
  query.limit = 1;
  LF_ASSIGN_OR_RETURN(const auto some,
                      tx.List<ResponsibilityLetter>(LetterKind(), tx.unit_id(), query));
  return !some.empty();
}

absl::Status ReopenForLevels(store::WriteTx& tx, const config::v1::LettersPolicy& policy,
                             const std::map<int, LevelChanges>& years) {
  std::vector<ResponsibilityLetter> letters;  // all are read before one is written
  for (const auto& [year, changes] : years) {
    LF_ASSIGN_OR_RETURN(auto of_year, LettersOf(tx, year));
    for (ResponsibilityLetter& letter : of_year) letters.push_back(std::move(letter));
  }
  for (const ResponsibilityLetter& letter : letters) {
    const auto& [levels, causes] = years.at(letter.year());
    std::vector<Cause> why;
    for (const v1::LetterScope& scope : letter.scope()) {
      const auto level = levels.find(scope.subject());
      if (level == levels.end() || level->second == scope.level()) continue;
      const auto found = causes.find(scope.subject());
      if (found != causes.end()) why.insert(why.end(), found->second.begin(), found->second.end());
    }
    if (why.empty()) continue;
    auto next = Reopen(letter, levels, why, policy, tx.now());
    if (next) LF_RETURN_IF_ERROR(tx.Put(LetterKind(), *next));
  }
  return absl::OkStatus();
}

absl::Status ReopenWhere(
    store::WriteTx& tx, const config::v1::LettersPolicy& policy,
    const std::function<std::vector<Cause>(const ResponsibilityLetter&)>& why) {
  const int year = directory::DateOf(tx.now(), directory::SchoolTimeZone()).year();
  // A year's letters may stand before it begins, and until those of the next do.
  std::vector<ResponsibilityLetter> letters;
  for (int of = year + 1; letters.empty() && of >= year - 1; --of) {
    LF_ASSIGN_OR_RETURN(letters, LettersOf(tx, of));
  }
  for (const ResponsibilityLetter& letter : letters) {
    const std::vector<Cause> causes = why(letter);
    if (causes.empty()) continue;
    auto next = Reopen(letter, {}, causes, policy, tx.now());
    if (next) LF_RETURN_IF_ERROR(tx.Put(LetterKind(), *next));
  }
  return absl::OkStatus();
}

}  // namespace lianfang::grading
