#include "services/personnel/domain/duty_volume.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/resource_name.h"
#include "common/crypto/sha256.h"
#include "common/status/error.h"
#include "services/personnel/domain/duty_rules.h"

namespace lianfang::personnel {

namespace reasons = common::v1;

namespace {

// What is wrong with a post's duty, for the list of what is missing.
struct Missing {
  std::string post;  // resource name
  std::string zh;
  std::string en;
};

Missing WhatIsMissing(const v1::Post& post, const v1::PostDuty* duty) {
  if (duty == nullptr) {
    return {post.name(), absl::StrCat("“", post.display_name(), "”还没有岗位职责。"),
            "has no duty."};
  }
  absl::string_view zh = "还没有提交";
  absl::string_view en = "is not handed in.";
  if (duty->state() == v1::POST_DUTY_STATE_IN_REVIEW) {
    zh = "还在审核中";
    en = "is under review.";
  } else if (duty->state() == v1::POST_DUTY_STATE_RETURNED) {
    zh = "已退回，尚未重新提交";
    en = "was returned.";
  } else if (duty->approved_revision() > 0) {
    zh = "正在修订";
    en = "is being revised.";
  }
  return {post.name(), absl::StrCat("“", post.display_name(), "”的岗位职责", zh, "。"),
          absl::StrCat("the duty ", en)};
}

absl::Status NotCompilable(const std::vector<Missing>& missing) {
  ErrorBuilder error(
      reasons::ERROR_REASON_NOT_COMPILABLE,
      absl::StrCat("有 ", missing.size(), " 个岗位的岗位职责还没有审核通过，不能汇编。"),
      absl::StrCat("The duties of ", missing.size(),
                   " posts are not approved yet; nothing is compiled."));
  for (const Missing& one : missing) error.Field(one.post, one.zh, one.en);
  return error.Meta("missing", absl::StrCat(missing.size()));
}

}  // namespace

absl::StatusOr<v1::DutyVolume> PlanVolume(const VolumeInput& input, absl::string_view compiler,
                                          const google::protobuf::Timestamp& now) {
  std::map<std::string, const v1::PostDuty*> by_post;
  for (const v1::PostDuty& duty : input.duties) by_post[duty.post()] = &duty;
  std::vector<const v1::Post*> posts;
  for (const v1::Post& post : input.posts) {
    if (post.state() == v1::RECORD_STATE_ACTIVE) posts.push_back(&post);
  }
  if (posts.empty()) {
    return MakeError(reasons::ERROR_REASON_NOT_COMPILABLE, "本单位还没有岗位，无可汇编。",
                     "The unit has no post; there is nothing to compile.");
  }
  std::sort(posts.begin(), posts.end(), [](const v1::Post* a, const v1::Post* b) {
    return std::tie(a->department(), a->name()) < std::tie(b->department(), b->name());
  });

  v1::DutyVolume volume;
  std::vector<Missing> missing;
  for (const v1::Post* post : posts) {
    const auto it = by_post.find(post->name());
    const v1::PostDuty* duty = it == by_post.end() ? nullptr : it->second;
    if (duty == nullptr || !IsApproved(*duty)) {
      missing.push_back(WhatIsMissing(*post, duty));
      continue;
    }
    v1::DutyVolumeItem& item = *volume.add_items();
    item.set_post_duty(duty->name());
    item.set_revision(duty->revision());
    item.set_revision_digest(duty->revision_digest());
    item.set_post(post->name());
    item.set_post_display_name(post->display_name());
    item.set_department(post->department());
  }
  if (!missing.empty()) return NotCompilable(missing);
  volume.set_digest(VolumeDigest(volume));
  if (input.newest && input.newest->digest() == volume.digest()) {
    return ErrorBuilder(
               reasons::ERROR_REASON_RESOURCE_EXISTS,
               absl::StrCat("自上次汇编（", input.newest->name(),
                            "）以来岗位职责没有变化，无需再次汇编。"),
               absl::StrCat("Nothing has changed since ", input.newest->name(), " was compiled."))
        .Meta("resource", input.newest->name())
        .Build();
  }
  volume.set_year(input.year);
  volume.set_number(input.newest ? input.newest->number() + 1 : 1);
  volume.set_name(VolumeName(input.unit_id, volume.year(), volume.number()));
  *volume.mutable_compile_time() = now;
  volume.set_compiler(std::string(compiler));
  return volume;
}

void Compile(absl::string_view volume, v1::PostDuty* duty) {
  duty->set_state(v1::POST_DUTY_STATE_COMPILED);
  duty->set_volume(std::string(volume));
}

std::string VolumeDigest(const v1::DutyVolume& volume) {
  std::string text;
  for (const v1::DutyVolumeItem& item : volume.items()) {
    absl::StrAppend(&text, item.post_duty(), " ", item.revision(), " ",
                    absl::BytesToHexString(item.revision_digest()), "\n");
  }
  return crypto::ToBytes(crypto::Sha256(text));
}

std::string VolumeName(absl::string_view unit_id, int year, int number) {
  return RecordName(unit_id, "dutyVolumes", absl::StrFormat("%d-%04d", year, number));
}

}  // namespace lianfang::personnel
