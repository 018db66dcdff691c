#include "services/grading/grading_follower.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/review/marks.h"
#include "common/status/error.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "lianfang/risk/v1/submission.pb.h"
#include "services/grading/domain/department_level.h"
#include "services/grading/facts.h"
#include "services/grading/grading_kinds.h"
#include "services/grading/letters.h"
#include "services/grading/read_entry.h"
#include "services/grading/review_adapters.h"
#include "services/grading/signs.h"

namespace lianfang::grading {
namespace {

using risk::v1::Measure;
using risk::v1::RiskPoint;
using risk::v1::SelfCheck;
using risk::v1::Submission;

// The copy that this service keeps: states and factors, not what somebody says of himself.
SelfCheck CopyOf(SelfCheck form) {
  form.clear_duties();
  form.clear_conformity();
  form.clear_findings();
  return form;
}
RiskPoint CopyOf(RiskPoint point) {
  point.clear_description();
  point.clear_manifestation();
  point.clear_key_link();
  return point;
}
Measure CopyOf(Measure measure) {
  measure.clear_content();
  measure.clear_outcome_before();
  measure.clear_outcome_after();
  return measure;
}

// Whether a risk point that changed weighs differently: it came on or left the register, or its
// category or factors are others.
bool WeighsDifferently(const std::optional<RiskPoint>& before, const RiskPoint& after) {
  const bool was = before && IsRegistered(*before);
  if (was != IsRegistered(after)) return true;
  return was && (before->category() != after.category() ||
                 before->factors().SerializeAsString() != after.factors().SerializeAsString());
}

// What the register's changes of one year touch.
struct Touched {
  Causes posts;
  Causes departments;
  std::map<std::string, v1::Grade> grades;  // to be marked, by post
};

// Signs, grades and letters after the register changed. Queries before it writes.
absl::Status FollowRegister(store::WriteTx& tx, const policy::Policies& policies,
                            const CompiledPolicy& matrix, const Fresh& fresh) {
  std::map<int, Touched> years;
  for (const auto& [name, point] : fresh.points) {
    LF_ASSIGN_OR_RETURN(const auto before, tx.Find<RiskPoint>(RiskPointKind(), name));
    if (!WeighsDifferently(before, point)) continue;
    Touched& touched = years[point.year()];
    const Cause cause = {
        common::v1::MARK_CAUSE_RISK_POINT, name,
        IsRegistered(point) ? "登记在册的廉政风险点有新增或调整" : "廉政风险点已退出登记"};
    if (!point.department().empty()) touched.departments[point.department()].push_back(cause);
    if (point.layer() == common::v1::RISK_LAYER_DEPARTMENT) {
      touched.departments[point.owner()].push_back(cause);
    }
    if (point.layer() != common::v1::RISK_LAYER_POST) continue;
    touched.posts[point.owner()].push_back(cause);
    auto marked = touched.grades.find(point.owner());
    if (marked == touched.grades.end()) {
      LF_ASSIGN_OR_RETURN(auto grade, GradeOf(tx, point.owner(), point.year(), {}));
      if (!grade) continue;
      marked = touched.grades.emplace(point.owner(), *std::move(grade)).first;
    }
    review::AddMark(cause.cause, cause.source, cause.reason, tx.now(),
                    marked->second.mutable_marks());
  }
  std::map<int, LevelChanges> levels;
  for (const auto& [year, touched] : years) {
    LF_ASSIGN_OR_RETURN(const bool has_letters, HasLetters(tx, year));
    if (!has_letters) continue;
    for (const auto& [department, causes] : touched.departments) {
      LF_ASSIGN_OR_RETURN(const DepartmentFacts facts, ReadDepartment(tx, department, year, fresh));
      levels[year].levels[department] = Highest(facts.grades, facts.points, matrix).level();
      levels[year].causes[department] = causes;
    }
  }
  LF_RETURN_IF_ERROR(ReopenForLevels(tx, policies.letters, levels));
  for (const auto& [year, touched] : years) {
    LF_RETURN_IF_ERROR(
        RenewSigns(tx, matrix, year, touched.posts, touched.departments, fresh, /*revive=*/false));
  }
  for (auto& [year, touched] : years) {
    for (auto& [post, grade] : touched.grades) LF_RETURN_IF_ERROR(tx.Put(GradeKind(), grade));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ApplyRisk(store::WriteTx& tx, const policy::Policies& policies,
                       const CompiledPolicy& matrix, const ledger::v1::EntryContent& content) {
  Fresh fresh;
  for (const auto& resource : content.resources()) {
    RiskPoint point;
    if (Read(resource, tx, &point)) fresh.points[point.name()] = CopyOf(point);
  }
  if (!fresh.points.empty()) LF_RETURN_IF_ERROR(FollowRegister(tx, policies, matrix, fresh));
  for (const auto& resource : content.resources()) {
    SelfCheck form;
    Submission submission;
    if (Read(resource, tx, &form)) {
      LF_ASSIGN_OR_RETURN(const ReviewRequest request, RequestOf(tx, tx.unit_id(), form));
      LF_RETURN_IF_ERROR(FollowRequest(tx, policies.routes, request));
    } else if (Read(resource, tx, &submission)) {
      LF_ASSIGN_OR_RETURN(const ReviewRequest request, RequestOf(tx, tx.unit_id(), submission));
      LF_RETURN_IF_ERROR(FollowRequest(tx, policies.routes, request));
    }
  }
  return DeriveRisk(tx, content);
}

absl::Status DeriveRisk(store::WriteTx& tx, const ledger::v1::EntryContent& content) {
  for (const auto& resource : content.resources()) {
    SelfCheck form;
    RiskPoint point;
    Measure measure;
    if (Read(resource, tx, &form)) {
      LF_RETURN_IF_ERROR(tx.Derive(SelfCheckKind(), IdIn("selfChecks", form.name()), CopyOf(form)));
    } else if (Read(resource, tx, &point)) {
      LF_RETURN_IF_ERROR(
          tx.Derive(RiskPointKind(), IdIn("riskPoints", point.name()), CopyOf(point)));
    } else if (Read(resource, tx, &measure)) {
      LF_RETURN_IF_ERROR(
          tx.Derive(MeasureKind(), IdIn("measures", measure.name()), CopyOf(measure)));
    }
  }
  return absl::OkStatus();
}

}  // namespace lianfang::grading
