#include "services/grading/domain/ids.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/id.h"
#include "common/crypto/sha256.h"

namespace lianfang::grading {
namespace {

// body + suffix. Where that is too long for an id, the middle of the body gives way to a
// piece of its digest, which keeps different bodies apart.
std::string Fit(absl::string_view body, absl::string_view suffix) {
  std::string id = absl::StrCat(body, suffix);
  if (id.size() <= kMaxResourceIdBytes) return id;
  const std::string mark =
      absl::BytesToHexString(crypto::ToBytes(crypto::Sha256(body))).substr(0, 16);
  const size_t room = kMaxResourceIdBytes - suffix.size() - mark.size() - 1;
  return absl::StrCat(body.substr(0, room), "-", mark, suffix);
}

}  // namespace

std::string GradeId(absl::string_view post_id, int year) {
  return Fit(post_id, absl::StrCat("-", year));
}

std::string SelfCheckReviewId(absl::string_view self_check_id, int revision) {
  return Fit(self_check_id, absl::StrCat("-r", revision));
}

std::string GradeReviewId(absl::string_view grade_id, int revision) {
  return Fit(grade_id, absl::StrCat("-g", revision));
}

std::string SelfInspectionReviewId(absl::string_view report_id, int revision) {
  return Fit(report_id, absl::StrCat("-i", revision));
}

std::string PostSignId(absl::string_view post_id, int year) {
  return Fit(post_id, absl::StrCat("-", year));
}

std::string DepartmentSignId(absl::string_view department_id, int year) {
  return Fit(department_id, absl::StrCat("-", year, "-d"));
}

std::string LetterId(absl::string_view tier, absl::string_view subject, absl::string_view person,
                     int year) {
  const std::string digest = absl::BytesToHexString(
      crypto::ToBytes(crypto::Sha256(absl::StrCat(tier, "\n", subject, "\n", person))));
  return absl::StrCat(tier, "-", digest.substr(0, 24), "-", year);
}

std::string ProblemRectificationId(absl::string_view examination_id, int index) {
  return Fit(examination_id, absl::StrCat("-p", index));
}

}  // namespace lianfang::grading
