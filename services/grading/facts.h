// What levels, signs and letters rest on, read from the tables: posts, their confirmed grades and
// the risk points on the register.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/store/reader.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "lianfang/risk/v1/risk.pb.h"

namespace lianfang::grading {

// Records that the change at hand brings and the tables do not show yet, by resource name. Queries
// come before writes, so who asks during a change says what it will write.
struct Fresh {
  std::map<std::string, risk::v1::RiskPoint> points;
  std::map<std::string, v1::Grade> grades;
};

// Risk points of an owner in a year, registered or not, in the order of their ids.
absl::StatusOr<std::vector<risk::v1::RiskPoint>> PointsOf(store::Reader& reader,
                                                          const std::string& owner, int year,
                                                          const Fresh& fresh);

// The grade of a post in a year.
absl::StatusOr<std::optional<v1::Grade>> GradeOf(store::Reader& reader, const std::string& post,
                                                 int year, const Fresh& fresh);

// A department, or the posts without one, in a year.
struct DepartmentFacts {
  std::vector<personnel::v1::Post> posts;   // in use
  std::vector<v1::Grade> grades;            // of these posts
  std::vector<risk::v1::RiskPoint> points;  // the department's and its posts'
};
// Its posts and their grades only.
absl::StatusOr<DepartmentFacts> ReadGrades(store::Reader& reader, const std::string& department,
                                           int year, const Fresh& fresh);
// Adds the points to what ReadGrades gave. The costly part: ask only when something rests on it.
absl::Status AddPoints(store::Reader& reader, const std::string& department, int year,
                       const Fresh& fresh, DepartmentFacts* facts);
// Both.
absl::StatusOr<DepartmentFacts> ReadDepartment(store::Reader& reader, const std::string& department,
                                               int year, const Fresh& fresh);

}  // namespace lianfang::grading
