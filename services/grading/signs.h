// Warning signs kept in line with what they warn of.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/store/write_tx.h"
#include "services/grading/domain/cause.h"
#include "services/grading/domain/grade.h"
#include "services/grading/facts.h"

namespace lianfang::grading {

// What changed, by the post or department that it changes.
using Causes = std::map<std::string, std::vector<Cause>>;

// Makes, revises or removes the signs of these posts and of these departments for a year. Signs
// begin with the first confirmed grade; `revive` brings removed ones back. Asks the directory and
// the risk points, so it comes before the change writes to their tables.
absl::Status RenewSigns(store::WriteTx& tx, const CompiledPolicy& matrix, int year,
                        const Causes& posts, const Causes& departments, const Fresh& fresh,
                        bool revive);

// Says anew who answers, on the newest sign of each subject that is not removed.
absl::Status RenewResponsible(store::WriteTx& tx,
                              const std::map<std::string, std::vector<std::string>>& responsible,
                              const Causes& causes);

}  // namespace lianfang::grading
