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

}  // namespace lianfang::grading
