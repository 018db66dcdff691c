#include "services/personnel/domain/duty_volume.h"

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"

namespace lianfang::personnel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace reasons = common::v1;

v1::Post Post(const std::string& id, const std::string& department,
              v1::RecordState state = v1::RECORD_STATE_ACTIVE) {
  v1::Post post;
  post.set_name("units/u/posts/" + id);
  post.set_display_name("岗位" + id);
  if (!department.empty()) post.set_department("units/u/departments/" + department);
  post.set_state(state);
  return post;
}

v1::PostDuty Duty(const std::string& post, v1::PostDutyState state, int revision = 1) {
  v1::PostDuty duty;
  duty.set_name("units/u/postDuties/" + post + "-2026");
  duty.set_post("units/u/posts/" + post);
  duty.set_year(2026);
  duty.set_state(state);
  duty.set_revision(revision);
  duty.set_revision_digest("digest of " + post + std::to_string(revision));
  return duty;
}

VolumeInput Input() {
  VolumeInput input;
  input.unit_id = "u";
  input.year = 2026;
  input.posts = {Post("z", "b"), Post("a", "b"), Post("m", "a"), Post("principal", ""),
                 Post("gone", "a", v1::RECORD_STATE_ARCHIVED)};
  input.duties = {Duty("z", v1::POST_DUTY_STATE_APPROVED), Duty("a", v1::POST_DUTY_STATE_COMPILED),
                  Duty("m", v1::POST_DUTY_STATE_APPROVED, 3),
                  Duty("principal", v1::POST_DUTY_STATE_APPROVED)};
  return input;
}

absl::StatusOr<v1::DutyVolume> Plan(const VolumeInput& input) {
  google::protobuf::Timestamp now;
  now.set_seconds(7);
  return PlanVolume(input, "units/u/persons/secretary", now);
}

TEST(DutyVolumeTest, AVolumeHoldsEveryPostInUseByDepartment) {
  const auto volume = Plan(Input());
  ASSERT_TRUE(volume.ok()) << volume.status();
  EXPECT_EQ(volume->name(), "units/u/dutyVolumes/2026-0001");
  EXPECT_EQ(volume->year(), 2026);
  EXPECT_EQ(volume->number(), 1);
  EXPECT_EQ(volume->compiler(), "units/u/persons/secretary");
  EXPECT_EQ(volume->compile_time().seconds(), 7);
  std::vector<std::string> posts;
  for (const auto& item : volume->items()) posts.push_back(item.post());
  EXPECT_THAT(posts, ElementsAre("units/u/posts/principal", "units/u/posts/m", "units/u/posts/a",
                                 "units/u/posts/z"));
  EXPECT_EQ(volume->items(1).post_duty(), "units/u/postDuties/m-2026");
  EXPECT_EQ(volume->items(1).revision(), 3);
  EXPECT_EQ(volume->items(1).revision_digest(), "digest of m3");
  EXPECT_EQ(volume->items(1).post_display_name(), "岗位m");
  EXPECT_EQ(volume->items(1).department(), "units/u/departments/a");
  EXPECT_EQ(volume->digest(), VolumeDigest(*volume));
}

TEST(DutyVolumeTest, TheSameIsNotCompiledTwice) {
  VolumeInput input = Input();
  const auto first = Plan(input);
  ASSERT_TRUE(first.ok()) << first.status();
  input.newest = *first;
  input.duties[0].set_state(v1::POST_DUTY_STATE_COMPILED);  // no change of what a volume holds
  const absl::Status again = Plan(input).status();
  EXPECT_EQ(ReasonOf(again), reasons::ERROR_REASON_RESOURCE_EXISTS);
  EXPECT_THAT(again.message(), HasSubstr(first->name()));

  input.duties[0] = Duty("z", v1::POST_DUTY_STATE_APPROVED, 2);
  const auto second = Plan(input);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->name(), "units/u/dutyVolumes/2026-0002");
  EXPECT_EQ(second->number(), 2);
  EXPECT_NE(second->digest(), first->digest());
}

TEST(DutyVolumeTest, WhatIsMissingIsListed) {
  struct Case {
    const char* what;
    std::optional<v1::PostDuty> duty;
    const char* says;
  };
  v1::PostDuty revised = Duty("z", v1::POST_DUTY_STATE_DRAFT);
  revised.set_approved_revision(1);
  const Case cases[] = {
      {"none", std::nullopt, "还没有岗位职责"},
      {"draft", Duty("z", v1::POST_DUTY_STATE_DRAFT, 0), "还没有提交"},
      {"under review", Duty("z", v1::POST_DUTY_STATE_IN_REVIEW), "还在审核中"},
      {"returned", Duty("z", v1::POST_DUTY_STATE_RETURNED), "已退回"},
      {"revised", revised, "正在修订"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    VolumeInput input = Input();
    input.duties.erase(input.duties.begin());
    if (c.duty) input.duties.push_back(*c.duty);
    input.duties.erase(input.duties.begin());  // the duty of `a` is missing besides
    const absl::Status status = Plan(input).status();
    ASSERT_EQ(ReasonOf(status), reasons::ERROR_REASON_NOT_COMPILABLE) << status;
    const google::rpc::Status wire = ToRpcStatus(status);
    google::rpc::BadRequest bad;
    for (const auto& detail : wire.details()) {
      if (detail.Is<google::rpc::BadRequest>()) detail.UnpackTo(&bad);
    }
    ASSERT_EQ(bad.field_violations_size(), 2);
    EXPECT_EQ(bad.field_violations(0).field(), "units/u/posts/a");
    EXPECT_EQ(bad.field_violations(1).field(), "units/u/posts/z");
    EXPECT_THAT(bad.field_violations(1).description(), HasSubstr("岗位z"));
    EXPECT_THAT(bad.field_violations(1).description(), HasSubstr(c.says));
  }
}

TEST(DutyVolumeTest, AUnitWithoutPostsHasNoVolume) {
  VolumeInput input = Input();
  input.posts = {Post("gone", "a", v1::RECORD_STATE_ARCHIVED)};
  EXPECT_EQ(ReasonOf(Plan(input).status()), reasons::ERROR_REASON_NOT_COMPILABLE);
}

TEST(DutyVolumeTest, ACompiledDutyNamesItsVolume) {
  v1::PostDuty duty = Duty("z", v1::POST_DUTY_STATE_APPROVED);
  Compile("units/u/dutyVolumes/2026-0001", &duty);
  EXPECT_EQ(duty.state(), v1::POST_DUTY_STATE_COMPILED);
  EXPECT_EQ(duty.volume(), "units/u/dutyVolumes/2026-0001");
}

}  // namespace
}  // namespace lianfang::personnel
