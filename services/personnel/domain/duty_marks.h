// When a post changes beneath its duty: 「及时调整风险点和风险防控措施」 begins with looking again
// at what the post has to do.
#pragma once

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "lianfang/personnel/v1/duty.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"

namespace lianfang::personnel {

// The duty that a change of its post concerns: the newest year's, unless it is being written
// anyway. Nothing when there is none. `duties` are those of one post.
std::optional<v1::PostDuty> DutyToMark(const std::vector<v1::PostDuty>& duties);

// Marks the duty of a post when it has to be looked at again after a change of the post: its
// functions or what it is responsible for changed, or it moved to another department. A new name
// alone is no reason. Returns whether the duty changed.
bool MarkChange(const v1::Post& old, const v1::Post& next, absl::Time now, v1::PostDuty* duty);

}  // namespace lianfang::personnel
