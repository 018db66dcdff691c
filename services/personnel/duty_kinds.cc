#include "services/personnel/duty_kinds.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/base/resource_name.h"
#include "lianfang/personnel/v1/duty.pb.h"

namespace lianfang::personnel {

namespace schema {
std::span<const EmbeddedFile> Files();
}  // namespace schema

const store::RecordKind& PostDutyKind() {
  static const auto& kind =
      *new store::RecordKind("post_duties", "postDuties", v1::PostDuty::default_instance(),
                             {"post", "year", "department", "state"});
  return kind;
}

const store::RecordKind& PostDutyRevisionKind() {
  static const auto& kind = *new store::RecordKind("post_duty_revisions", "postDuties",
                                                   v1::PostDutyRevision::default_instance(),
                                                   {"post_duty"}, &DutyRevisionId);
  return kind;
}

const store::RecordKind& DutyVolumeKind() {
  static const auto& kind = *new store::RecordKind("duty_volumes", "dutyVolumes",
                                                   v1::DutyVolume::default_instance(), {"year"});
  return kind;
}

std::span<const store::RecordKind* const> DutyKinds() {
  static const store::RecordKind* const kinds[] = {&PostDutyKind(), &PostDutyRevisionKind(),
                                                   &DutyVolumeKind()};
  return kinds;
}

std::string DutyRevisionId(absl::string_view name) {
  const std::vector<absl::string_view> parts =
      absl::StrSplit(IdIn("postDuties", name), absl::MaxSplits('/', 2));
  int number = 0;
  if (parts.size() != 3 || parts[0].empty() || parts[1] != "revisions" ||
      !absl::SimpleAtoi(parts[2], &number) || number < 1 || absl::StrCat(number) != parts[2]) {
    return std::string();
  }
  return absl::StrFormat("%s/%010d", parts[0], number);
}

std::span<const EmbeddedFile> DutySchema() { return schema::Files(); }

}  // namespace lianfang::personnel
