#include "services/grading/facts.h"

#include <utility>

#include "common/base/resource_name.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/status/error.h"
#include "services/grading/domain/ids.h"
#include "services/grading/grading_kinds.h"

namespace lianfang::grading {

using personnel::v1::Post;
using risk::v1::RiskPoint;

absl::StatusOr<std::vector<RiskPoint>> PointsOf(store::Reader& reader, const std::string& owner,
                                                int year, const Fresh& fresh) {
  store::Query query;
  query.equal.emplace_back("owner", owner);
  query.equal.emplace_back("year", int64_t{year});
  LF_ASSIGN_OR_RETURN(
      const std::vector<RiskPoint> stored,
      directory::ListAll<RiskPoint>(reader, RiskPointKind(), UnitIdOf(owner), std::move(query)));
  std::map<std::string, RiskPoint> points;
  for (const RiskPoint& point : stored) points[point.name()] = point;
  for (const auto& [name, point] : fresh.points) {
    if (point.owner() == owner && point.year() == year) points[name] = point;
  }
  std::vector<RiskPoint> all;
  for (auto& [name, point] : points) all.push_back(std::move(point));
  return all;
}

absl::StatusOr<std::optional<v1::Grade>> GradeOf(store::Reader& reader, const std::string& post,
                                                 int year, const Fresh& fresh) {
  const std::string id = GradeId(IdIn("posts", post), year);
  const auto found = fresh.grades.find(RecordName(UnitIdOf(post), "grades", id));
  if (found != fresh.grades.end()) return std::optional<v1::Grade>(found->second);
  return reader.FindById<v1::Grade>(GradeKind(), UnitIdOf(post), id);
}

absl::StatusOr<DepartmentFacts> ReadGrades(store::Reader& reader, const std::string& department,
                                           int year, const Fresh& fresh) {
  DepartmentFacts facts;
  store::Query query;
  query.equal.emplace_back("department", department);
  query.equal.emplace_back("state", int64_t{personnel::v1::RECORD_STATE_ACTIVE});
  LF_ASSIGN_OR_RETURN(facts.posts,
                      directory::ListAll<Post>(reader, directory::PostKind(), UnitIdOf(department),
                                               std::move(query)));
  for (const Post& post : facts.posts) {
    LF_ASSIGN_OR_RETURN(std::optional<v1::Grade> grade, GradeOf(reader, post.name(), year, fresh));
    if (grade) facts.grades.push_back(*std::move(grade));
  }
  return facts;
}

absl::Status AddPoints(store::Reader& reader, const std::string& department, int year,
                       const Fresh& fresh, DepartmentFacts* facts) {
  LF_ASSIGN_OR_RETURN(facts->points, PointsOf(reader, department, year, fresh));
  for (const Post& post : facts->posts) {
    LF_ASSIGN_OR_RETURN(std::vector<RiskPoint> points, PointsOf(reader, post.name(), year, fresh));
    for (RiskPoint& point : points) facts->points.push_back(std::move(point));
  }
  return absl::OkStatus();
}

absl::StatusOr<DepartmentFacts> ReadDepartment(store::Reader& reader, const std::string& department,
                                               int year, const Fresh& fresh) {
  LF_ASSIGN_OR_RETURN(DepartmentFacts facts, ReadGrades(reader, department, year, fresh));
  LF_RETURN_IF_ERROR(AddPoints(reader, department, year, fresh, &facts));
  return facts;
}

}  // namespace lianfang::grading
