// Responsibility letters kept in line with levels, holders and the division of work.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/store/write_tx.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/grading/v1/responsibility.pb.h"
#include "services/grading/domain/cause.h"
#include "services/grading/domain/grade.h"

namespace lianfang::grading {

// Writes what DraftLetters changes, and its result. Errors: RESOURCE_NOT_FOUND (unit),
// INVALID_FIELD (too many posts).
absl::Status DraftLetters(store::WriteTx& tx, const config::v1::LettersPolicy& policy,
                          const CompiledPolicy& matrix, const v1::DraftLettersRequest& request);

// Levels as they are now in a year, by post and department, and why they may be others than before.
struct LevelChanges {
  std::map<std::string, common::v1::RiskLevel> levels;
  std::map<std::string, std::vector<Cause>> causes;
};

// Whether any letter of the year stands: without one, no change of a level reaches a letter.
absl::StatusOr<bool> HasLetters(store::WriteTx& tx, int year);

// Opens again the letters whose scope has one of these subjects at another level, year by year.
// Must come before the change writes letters.
absl::Status ReopenForLevels(store::WriteTx& tx, const config::v1::LettersPolicy& policy,
                             const std::map<int, LevelChanges>& years);

// Opens again the letters in force for which `why` gives a cause: those of the newest year that has
// any, from the next to the last.
absl::Status ReopenWhere(
    store::WriteTx& tx, const config::v1::LettersPolicy& policy,
    const std::function<std::vector<Cause>(const v1::ResponsibilityLetter&)>& why);

}  // namespace lianfang::grading
