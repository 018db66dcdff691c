// Ids that follow from what a record is about, so that the same facts always give the same record.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace lianfang::grading {

// Id of the grade of a post in a year: `{post}-{year}`.
std::string GradeId(absl::string_view post_id, int year);

// Id of the review of one revision: `{self check}-r{revision}` and `{grade}-g{revision}`, whose
// endings keep the two kinds apart.
std::string SelfCheckReviewId(absl::string_view self_check_id, int revision);
std::string GradeReviewId(absl::string_view grade_id, int revision);

// Id of the review of a revision of a self-inspection report: `{report}-i{revision}`; no other
// record's reviews end so.
std::string SelfInspectionReviewId(absl::string_view report_id, int revision);

// Id of the warning sign of a post in a year, `{post}-{year}`, or of a department,
// `{department}-{year}-d`: the endings keep the two apart.
std::string PostSignId(absl::string_view post_id, int year);
std::string DepartmentSignId(absl::string_view department_id, int year);

// Id of the responsibility letter of a person for a subject (resource names) in a year. Two ids
// that are joined could be read in two ways, so it holds their digest.
std::string LetterId(absl::string_view tier, absl::string_view subject, absl::string_view person,
                     int year);

// Id of the rectification of problem number `index` (from 1) of an examination.
std::string ProblemRectificationId(absl::string_view examination_id, int index);

}  // namespace lianfang::grading
