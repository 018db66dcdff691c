#include "services/grading/propose.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/status/error.h"
#include "lianfang/personnel/v1/duty.pb.h"
#include "services/grading/domain/grade_record.h"
#include "services/grading/domain/ids.h"
#include "services/grading/grading_kinds.h"
#include "services/grading/open_review.h"

namespace lianfang::grading {
namespace {

using personnel::v1::Appointment;
using personnel::v1::Post;
using risk::v1::RiskPoint;
using risk::v1::SelfCheck;

// What the proposal of a year rests on, read once.
struct YearFacts {
  std::vector<Post> posts;                                  // in use
  std::map<std::string, std::vector<std::string>> holders;  // post → persons, today
  std::set<std::pair<std::string, std::string>> approved;   // (person, post)
  std::map<std::string, std::vector<RiskPoint>> points;     // post → risk points
  std::map<std::string, v1::Grade> grades;                  // post → grade of the year
  bool writes_duties = false;                               // the unit has a duty of the year
  std::set<std::string> with_duty;                          // posts whose duty is approved
};

absl::StatusOr<YearFacts> ReadFacts(store::WriteTx& tx, int year) {
  const std::string& unit = tx.unit_id();
  LF_ASSIGN_OR_RETURN(const auto known,
                      tx.FindById<personnel::v1::Unit>(directory::UnitKind(), unit, unit));
  if (!known) return store::NotFound(UnitName(unit));
  YearFacts facts;
  store::Query in_use;
  in_use.equal.emplace_back("state", int64_t{personnel::v1::RECORD_STATE_ACTIVE});
  LF_ASSIGN_OR_RETURN(facts.posts,
                      directory::ListAll<Post>(tx, directory::PostKind(), unit, in_use));
  if (facts.posts.size() > static_cast<size_t>(kMaxPosts)) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "parent",
                      absl::StrCat("在用岗位超过 ", kMaxPosts, " 个，不能一次评定。"),
                      absl::StrCat("has more than ", kMaxPosts, " posts in use."));
  }
  const auto today = directory::DateOf(tx.now(), directory::SchoolTimeZone());
  LF_ASSIGN_OR_RETURN(const auto appointments, directory::ListAll<Appointment>(
                                                   tx, directory::AppointmentKind(), unit, in_use));
  for (const Appointment& appointment : appointments) {
    if (!directory::Covers(appointment, today)) continue;
    auto& persons = facts.holders[appointment.post()];
    if (std::find(persons.begin(), persons.end(), appointment.person()) == persons.end()) {
      persons.push_back(appointment.person());
    }
  }
  store::Query approved;
  approved.equal.emplace_back("year", int64_t{year});
  approved.equal.emplace_back("state", int64_t{risk::v1::SELF_CHECK_STATE_APPROVED});
  LF_ASSIGN_OR_RETURN(const auto forms,
                      directory::ListAll<SelfCheck>(tx, SelfCheckKind(), unit, approved));
  for (const SelfCheck& form : forms) facts.approved.emplace(form.person(), form.post());
  store::Query of_posts;
  of_posts.equal.emplace_back("year", int64_t{year});
  of_posts.equal.emplace_back("layer", int64_t{common::v1::RISK_LAYER_POST});
  LF_ASSIGN_OR_RETURN(auto points,
                      directory::ListAll<RiskPoint>(tx, RiskPointKind(), unit, of_posts));
  for (RiskPoint& point : points) {
    std::string owner = point.owner();
    facts.points[owner].push_back(std::move(point));
  }
  store::Query of_year;
  of_year.equal.emplace_back("year", int64_t{year});
  LF_ASSIGN_OR_RETURN(const auto duties, directory::ListAll<personnel::v1::PostDuty>(
                                             tx, PostDutyKind(), unit, of_year));
  facts.writes_duties = !duties.empty();
  for (const auto& duty : duties) {
    // What was approved holds while the next revision is written.
    if (duty.approved_revision() > 0) facts.with_duty.insert(duty.post());
  }
  LF_ASSIGN_OR_RETURN(auto grades, directory::ListAll<v1::Grade>(tx, GradeKind(), unit, of_year));
  for (v1::Grade& grade : grades) {
    std::string post = grade.post();
    facts.grades.emplace(std::move(post), std::move(grade));
  }
  return facts;
}

// Why a post cannot be graded yet; unspecified when it can.
v1::UngradedPost::Reason Obstacle(const YearFacts& facts, const Post& post) {
  const auto holders = facts.holders.find(post.name());
  if (holders == facts.holders.end()) return v1::UngradedPost::REASON_VACANT;
  for (const std::string& person : holders->second) {
    if (!facts.approved.contains({person, post.name()})) {
      return v1::UngradedPost::REASON_NO_APPROVED_SELF_CHECK;
    }
  }
  if (facts.writes_duties && !facts.with_duty.contains(post.name())) {
    return v1::UngradedPost::REASON_NO_APPROVED_DUTY;
  }
  return v1::UngradedPost::REASON_UNSPECIFIED;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> OwnersOf(store::WriteTx& tx, const v1::Grade& grade) {
  std::vector<std::string> owners;
  if (!grade.holder().empty()) owners.push_back(grade.holder());
  const auto today = directory::DateOf(tx.now(), directory::SchoolTimeZone());
  LF_ASSIGN_OR_RETURN(const auto holders, directory::HoldersOf(tx, grade.post(), today));
  for (const auto& person : holders) {
    if (person.name() != grade.holder()) owners.push_back(person.name());
  }
  return owners;
}

absl::Status PutUnderReview(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                            const std::vector<std::string>& owners,
                            const std::string& earlier_review, v1::Grade grade) {
  ReviewSubject subject;
  subject.review_id = GradeReviewId(IdIn("grades", grade.name()), grade.revision());
  subject.record = grade.name();
  subject.whose.record_kind = v1::RECORD_KIND_GRADE;
  subject.revision = grade.revision();
  subject.revision_digest = grade.revision_digest();
  subject.whose.owners = owners;
  subject.whose.post = grade.post();
  subject.whose.department = grade.department();
  subject.of_post = true;
  subject.title = absl::StrCat(grade.year(), "年岗位廉政风险等级：", grade.post_display_name(),
                               "，", LevelName(grade.level()));
  subject.year = grade.year();
  LF_ASSIGN_OR_RETURN(v1::Review review, PlanReview(tx, routes, subject));
  LF_RETURN_IF_ERROR(review::CheckReviewers({review.steps().begin(), review.steps().end()}));
  if (!earlier_review.empty()) {
    LF_ASSIGN_OR_RETURN(const auto earlier, tx.Find<v1::Review>(ReviewKind(), earlier_review));
    if (earlier) LF_RETURN_IF_ERROR(WithdrawIfOpen(tx, *earlier));
  }
  grade.set_review(review.name());
  LF_RETURN_IF_ERROR(tx.Put(GradeKind(), grade));
  return tx.Put(ReviewKind(), review);
}

absl::Status ProposeGrades(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                           const CompiledPolicy& policy, const v1::ProposeGradesRequest& request) {
  LF_ASSIGN_OR_RETURN(const YearFacts facts, ReadFacts(tx, request.year()));
  v1::ProposeGradesResponse result;
  for (const Post& post : facts.posts) {
    if (const auto reason = Obstacle(facts, post); reason != v1::UngradedPost::REASON_UNSPECIFIED) {
      v1::UngradedPost* ungraded = result.add_ungraded();
      ungraded->set_post(post.name());
      ungraded->set_reason(reason);
      continue;
    }
    const std::vector<std::string>& holders = facts.holders.at(post.name());
    const auto points = facts.points.find(post.name());
    GradeInput input;
    input.post = &post;
    input.year = request.year();
    input.holder = holders.front();
    input.profile =
        MakeProfile(post, request.year(),
                    points == facts.points.end() ? std::vector<RiskPoint>() : points->second);
    const auto found = facts.grades.find(post.name());
    const v1::Grade* earlier = found == facts.grades.end() ? nullptr : &found->second;
    if (earlier != nullptr && StillStands(*earlier, input, policy)) {
      if (earlier->marks().empty()) continue;
      // It was looked at again, and nothing that it rests on has changed.
      v1::Grade confirmed = *earlier;
      confirmed.clear_marks();
      LF_RETURN_IF_ERROR(tx.Put(GradeKind(), confirmed));
      continue;
    }
    LF_ASSIGN_OR_RETURN(v1::Grade grade, Propose(tx.unit_id(), earlier, input, policy));
    LF_RETURN_IF_ERROR(PutUnderReview(tx, routes, holders,
                                      earlier == nullptr ? std::string() : earlier->review(),
                                      std::move(grade)));
  }
  tx.SetResult(result);
  return absl::OkStatus();
}

}  // namespace lianfang::grading
