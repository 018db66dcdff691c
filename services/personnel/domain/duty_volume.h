// Compiling the duties of all posts into the unit's volume (岗位职责汇编).
// 「5月14日交党总支汇总上报并在校内公示」
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/timestamp.pb.h"
#include "lianfang/personnel/v1/duty.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"

namespace lianfang::personnel {

// What a volume is made of.
struct VolumeInput {
  std::string unit_id;
  int year = 0;
  std::vector<v1::Post> posts;           // of the unit; archived ones do not count
  std::vector<v1::PostDuty> duties;      // of the year
  std::optional<v1::DutyVolume> newest;  // of the year
};

// The next volume: every post in use with its approved duty, by department and post.
// NOT_COMPILABLE, naming each post whose duty is missing or not approved, and when there is no post
// at all; RESOURCE_EXISTS when `newest` holds exactly the same.
absl::StatusOr<v1::DutyVolume> PlanVolume(const VolumeInput& input, absl::string_view compiler,
                                          const google::protobuf::Timestamp& now);

// The duty after it went into a volume.
void Compile(absl::string_view volume, v1::PostDuty* duty);

// SHA-256 over the names, revision numbers and digests of the items, in their order.
std::string VolumeDigest(const v1::DutyVolume& volume);

// Resource name: `units/{unit}/dutyVolumes/{year}-{number}`, the number in four digits so that
// volumes stand in their order.
std::string VolumeName(absl::string_view unit_id, int year, int number);

}  // namespace lianfang::personnel
