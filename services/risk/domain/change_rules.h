// Changes in the directory that make risk points and measures worth another look (动态管理).
// 「围绕教育事业发展、职能转变和预防腐败的新要求，及时调整风险点和风险防控措施」
#pragma once

#include <string>
#include <vector>

#include "lianfang/common/v1/types.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"

namespace lianfang::risk {

// Something that changed, and whose risk points it touches.
struct Change {
  common::v1::MarkCause cause = common::v1::MARK_CAUSE_UNSPECIFIED;
  std::string source;  // resource name of what changed
  std::string reason;  // one line of Chinese
  std::string owner;   // post or department whose points are touched
};

// What a new version of a record of the directory changes; `old` is null for a record that was not
// known. Only what bears on integrity risks counts: a new telephone number is no change.
//
// Somebody took up, left or moved between posts.
std::vector<Change> ChangesOf(const personnel::v1::Appointment* old,
                              const personnel::v1::Appointment& next);
// Other functions, another place in the unit, head of it or not, no longer used.
std::vector<Change> ChangesOf(const personnel::v1::Post* old, const personnel::v1::Post& next);
// Another head, another leader in charge, another place in the unit, no longer used.
std::vector<Change> ChangesOf(const personnel::v1::Department* old,
                              const personnel::v1::Department& next);

}  // namespace lianfang::risk
