#include "services/grading/personnel_follower.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/directory/directory_apply.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/review/marks.h"
#include "common/status/error.h"
#include "services/grading/domain/directory_changes.h"
#include "services/grading/facts.h"
#include "services/grading/grading_kinds.h"
#include "services/grading/letters.h"
#include "services/grading/read_entry.h"
#include "services/grading/review_adapters.h"
#include "services/grading/signs.h"

namespace lianfang::grading {
namespace {

using personnel::v1::Appointment;
using personnel::v1::Department;
using personnel::v1::Post;
using personnel::v1::PostDuty;

// What the entry changes, and the records that it brings.
struct Entry {
  std::vector<DirectoryChange> changes;
  std::map<std::string, Appointment> appointments;
  std::map<std::string, Department> departments;
  std::vector<PostDuty> duties;
};

absl::StatusOr<Entry> ReadEntry(store::WriteTx& tx, const ledger::v1::EntryContent& content) {
  Entry entry;
  const auto add = [&entry](std::vector<DirectoryChange> changes) {
    for (DirectoryChange& change : changes) entry.changes.push_back(std::move(change));
  };
  std::map<std::string, Post> posts;
  for (const auto& any : content.resources()) {
    Post post;
    if (Read(any, tx, &post)) posts[post.name()] = post;
  }
  for (const auto& any : content.resources()) {
    Post post;
    Department department;
    Appointment appointment;
    PostDuty duty;
    if (Read(any, tx, &post)) {
      LF_ASSIGN_OR_RETURN(const auto before, tx.Find<Post>(directory::PostKind(), post.name()));
      add(ChangesOf(before, post));
    } else if (Read(any, tx, &department)) {
      LF_ASSIGN_OR_RETURN(const auto before,
                          tx.Find<Department>(directory::DepartmentKind(), department.name()));
      add(ChangesOf(before, department));
      entry.departments[department.name()] = department;
    } else if (Read(any, tx, &appointment)) {
      LF_ASSIGN_OR_RETURN(const auto before,
                          tx.Find<Appointment>(directory::AppointmentKind(), appointment.name()));
      const auto fresh = posts.find(appointment.post());
      bool principal = fresh != posts.end() && fresh->second.principal_responsible();
      if (fresh == posts.end()) {
        LF_ASSIGN_OR_RETURN(const auto known,
                            tx.Find<Post>(directory::PostKind(), appointment.post()));
        principal = known && known->principal_responsible();
      }
      add(ChangesOf(before, appointment, principal));
      entry.appointments[appointment.name()] = appointment;
    } else if (Read(any, tx, &duty)) {
      LF_ASSIGN_OR_RETURN(const auto before, tx.Find<PostDuty>(PostDutyKind(), duty.name()));
      add(ChangesOf(before, duty));
      entry.duties.push_back(std::move(duty));
    }
  }
  return entry;
}

// Who holds a post once the entry is applied.
absl::StatusOr<std::vector<std::string>> HoldersAfter(store::WriteTx& tx, const Entry& entry,
                                                      const std::string& post) {
  store::Query query;
  query.equal.emplace_back("post", post);
  LF_ASSIGN_OR_RETURN(const auto stored,
                      directory::ListAll<Appointment>(tx, directory::AppointmentKind(),
                                                      tx.unit_id(), std::move(query)));
  std::map<std::string, Appointment> appointments;
  for (const Appointment& one : stored) appointments[one.name()] = one;
  for (const auto& [name, one] : entry.appointments) appointments[name] = one;
  const auto today = directory::DateOf(tx.now(), directory::SchoolTimeZone());
  std::vector<std::string> holders;
  for (const auto& [name, one] : appointments) {
    if (one.post() == post && directory::Covers(one, today) &&
        std::find(holders.begin(), holders.end(), one.person()) == holders.end()) {
      holders.push_back(one.person());
    }
  }
  return holders;
}

// Marks the grade in force of each post that the changes touch.
absl::Status MarkGrades(store::WriteTx& tx, const std::vector<DirectoryChange>& changes) {
  const int year = directory::DateOf(tx.now(), directory::SchoolTimeZone()).year();
  std::map<std::string, v1::Grade> marked;  // by post
  for (const DirectoryChange& change : changes) {
    if (change.post.empty()) continue;
    auto found = marked.find(change.post);
    if (found == marked.end()) {
      // A year's grades may stand before it begins, and until those of the next do.
      std::optional<v1::Grade> grade;
      for (int of = year + 1; !grade && of >= year - 1; --of) {
        LF_ASSIGN_OR_RETURN(grade, GradeOf(tx, change.post, of, {}));
      }
      if (!grade) continue;
      found = marked.emplace(change.post, *std::move(grade)).first;
    }
    const Cause& cause = change.cause;
    review::AddMark(cause.cause, cause.source, cause.reason, tx.now(),
                    found->second.mutable_marks());
  }
  for (auto& [post, grade] : marked) LF_RETURN_IF_ERROR(tx.Put(GradeKind(), grade));
  return absl::OkStatus();
}

// Everything that rests on what changed. Queries the directory as it was.
absl::Status MarkAffected(store::WriteTx& tx, const config::v1::LettersPolicy& letters,
                          const Entry& entry) {
  LF_RETURN_IF_ERROR(MarkGrades(tx, entry.changes));
  std::map<std::string, std::vector<std::string>> responsible;
  Causes causes;
  for (const DirectoryChange& change : entry.changes) {
    if (change.holders_change) {
      LF_ASSIGN_OR_RETURN(responsible[change.post], HoldersAfter(tx, entry, change.post));
      causes[change.post].push_back(change.cause);
    }
    if (change.head_changes) {
      const std::string& head = entry.departments.at(change.department).head();
      responsible[change.department] =
          head.empty() ? std::vector<std::string>() : std::vector<std::string>{head};
      causes[change.department].push_back(change.cause);
    }
  }
  LF_RETURN_IF_ERROR(RenewResponsible(tx, responsible, causes));
  return ReopenWhere(tx, letters, [&entry](const v1::ResponsibilityLetter& letter) {
    std::vector<Cause> why;
    for (const DirectoryChange& change : entry.changes) {
      if (Touches(change, letter)) why.push_back(change.cause);
    }
    return why;
  });
}

}  // namespace

absl::Status ApplyPersonnel(store::WriteTx& tx, const policy::Policies& policies,
                            const ledger::v1::EntryHeader& header,
                            const ledger::v1::EntryContent& content) {
  LF_ASSIGN_OR_RETURN(const Entry entry, ReadEntry(tx, content));
  // Whoever has no grade yet has nothing that could rest on the directory: a first import is long.
  if (!entry.changes.empty()) {
    store::Query any;
    any.limit = 1;
    LF_ASSIGN_OR_RETURN(const auto grades, tx.List<v1::Grade>(GradeKind(), tx.unit_id(), any));
    if (!grades.empty()) LF_RETURN_IF_ERROR(MarkAffected(tx, policies.letters, entry));
  }
  for (const PostDuty& duty : entry.duties) {
    LF_ASSIGN_OR_RETURN(const ReviewRequest request, RequestOf(tx, tx.unit_id(), duty));
    LF_RETURN_IF_ERROR(FollowRequest(tx, policies.routes, request));
  }
  return DerivePersonnel(tx, header, content);
}

absl::Status DerivePersonnel(store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                             const ledger::v1::EntryContent& content) {
  for (const auto& any : content.resources()) {
    PostDuty duty;
    if (!Read(any, tx, &duty)) continue;
    duty.clear_items();
    duty.clear_requirements();
    LF_RETURN_IF_ERROR(tx.Derive(PostDutyKind(), IdIn("postDuties", duty.name()), duty));
  }
  return directory::ApplyDirectory(tx, header, content);
}

}  // namespace lianfang::grading
