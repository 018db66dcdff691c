// Duties through the API: a real server on loopback with a database of its own.
#include <functional>

#include "common/review/digest.h"
#include "google/rpc/error_details.pb.h"
#include "services/personnel/duty_fixture.h"
#include "services/personnel/duty_kinds.h"

namespace lianfang::personnel {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace common::v1;  // NOLINT: the reasons of errors

class DutyHandlerTest : public DutyFixture {
 protected:
  v1::UpdatePostDutyRequest Change(const v1::PostDuty& duty, const std::string& item) {
    v1::UpdatePostDutyRequest request;
    *request.mutable_post_duty() = duty;
    request.mutable_post_duty()->clear_items();
    request.mutable_post_duty()->add_items(item);
    request.mutable_update_mask()->add_paths("items");
    request.set_request_id(server_.RequestId());
    return request;
  }
  v1::CompilePostDutiesRequest CompileRequest(int year = 2026) {
    v1::CompilePostDutiesRequest request;
    request.set_parent("units/u");
    request.set_year(year);
    request.set_request_id(server_.RequestId());
    return request;
  }
  std::vector<std::string> List(const std::function<void(v1::ListPostDutiesRequest&)>& filter) {
    v1::ListPostDutiesRequest request;
    request.set_parent("units/u");
    filter(request);
    const auto answer = Call("buyer", &Duties::ListPostDuties, request);
    EXPECT_THAT(answer, IsOk());
    std::vector<std::string> ids;
    if (answer.ok()) {
      for (const auto& duty : answer->post_duties()) ids.push_back(duty.name().substr(19));
    }
    return ids;
  }
};

TEST_F(DutyHandlerTest, ADepartmentsDutyIsWrittenByItsHead) {
  const auto duty = Create("head", "buyer");
  ASSERT_THAT(duty, IsOk());
  EXPECT_EQ(duty->name(), DutyName("buyer"));
  EXPECT_EQ(duty->state(), v1::POST_DUTY_STATE_DRAFT);
  EXPECT_EQ(duty->post_display_name(), "岗位buyer");
  EXPECT_EQ(duty->department(), "units/u/departments/affairs");
  EXPECT_EQ(duty->revision(), 0);
  EXPECT_FALSE(duty->etag().empty());
  // One a post and year, whatever its id.
  v1::CreatePostDutyRequest again = NewDuty("buyer");
  again.set_post_duty_id("another");
  EXPECT_THAT(Call("head", &Duties::CreatePostDuty, again),
              FailsWith(ERROR_REASON_RESOURCE_EXISTS));
  again.mutable_post_duty()->set_year(2027);
  again.set_request_id(server_.RequestId());
  EXPECT_THAT(Call("head", &Duties::CreatePostDuty, again), IsOk());
}

TEST_F(DutyHandlerTest, WhoMayNotWriteIsRefused) {
  const struct {
    const char* who;
    const char* post;
    bool may;
  } cases[] = {
      {"buyer", "buyer", false},        {"vp", "buyer", false}, {"principal", "buyer", false},
      {"office", "buyer", true},        {"head", "vp", false},  {"vp", "vp", true},
      {"principal", "principal", true},
  };
  for (const auto& c : cases) {
    const auto duty = Create(c.who, c.post);
    if (c.may) {
      EXPECT_THAT(duty, IsOk()) << c.who << " " << c.post;
    } else {
      EXPECT_THAT(duty, FailsWith(ERROR_REASON_NOT_RECORD_OWNER)) << c.who << " " << c.post;
    }
  }
  // Every later step, too.
  EXPECT_THAT(Call("buyer", &Duties::UpdatePostDuty, Change(Duty("buyer"), "新条目。")),
              FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  EXPECT_THAT(Submit("buyer", "buyer"), FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  Decide(*Submit("head", "buyer"), grading::v1::REVIEW_STATE_APPROVED);
  EXPECT_EQ(Duty("buyer").state(), v1::POST_DUTY_STATE_APPROVED);
  EXPECT_THAT(Do("buyer", &Duties::WithdrawPostDuty, "buyer"),
              FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  EXPECT_THAT(Do("buyer", &Duties::RevisePostDuty, "buyer"),
              FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  EXPECT_THAT(Do("buyer", &Duties::ConfirmPostDuty, "buyer"),
              FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  EXPECT_THAT(Do("admin", &Duties::RevisePostDuty, "buyer"),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(Call("head", &Duties::CompilePostDuties, CompileRequest()),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
}

TEST_F(DutyHandlerTest, BadRequestsAreRefused) {
  const struct {
    const char* what;
    std::function<void(v1::CreatePostDutyRequest&)> change;
    ErrorReason reason;
  } cases[] = {
      {"no such post", [](auto& r) { r.mutable_post_duty()->set_post("units/u/posts/none"); },
       ERROR_REASON_REFERENCE_NOT_FOUND},
      {"post of another unit",
       [](auto& r) { r.mutable_post_duty()->set_post("units/v/posts/buyer"); },
       ERROR_REASON_INVALID_FIELD},
      {"no post", [](auto& r) { r.mutable_post_duty()->clear_post(); },
       ERROR_REASON_REQUIRED_FIELD},
      {"no such unit", [](auto& r) { r.set_parent("units/v"); }, ERROR_REASON_UNIT_NOT_COVERED},
      {"year", [](auto& r) { r.mutable_post_duty()->set_year(1999); }, ERROR_REASON_INVALID_FIELD},
      {"blank item", [](auto& r) { r.mutable_post_duty()->add_items(" "); },
       ERROR_REASON_INVALID_FIELD},
      {"too many items",
       [](auto& r) {
         for (int i = 0; i < 49; ++i) r.mutable_post_duty()->add_items("条目。");
       },
       ERROR_REASON_INVALID_FIELD},
      {"no such day", [](auto& r) { r.mutable_post_duty()->mutable_effective_date()->set_year(1); },
       ERROR_REASON_INVALID_FIELD},
  };
  for (const auto& c : cases) {
    v1::CreatePostDutyRequest request = NewDuty("buyer");
    c.change(request);
    EXPECT_THAT(Call("head", &Duties::CreatePostDuty, request), FailsWith(c.reason)) << c.what;
  }
  v1::ArchivePostRequest archive;
  v1::CreatePostRequest post;
  post.set_parent("units/u");
  post.set_post_id("old");
  post.mutable_post()->set_display_name("旧岗位");
  ASSERT_THAT(Keep(&Directory::CreatePost, post), IsOk());
  archive.set_name("units/u/posts/old");
  ASSERT_THAT(Keep(&Directory::ArchivePost, archive), IsOk());
  EXPECT_THAT(Create("office", "old"), FailsWith(ERROR_REASON_REFERENCE_NOT_FOUND));
}

TEST_F(DutyHandlerTest, ADraftIsChangedAndAStaleChangeRefused) {
  const auto duty = Create("head", "buyer");
  ASSERT_THAT(duty, IsOk());
  const auto changed = Call("head", &Duties::UpdatePostDuty, Change(*duty, "只有一条。"));
  ASSERT_THAT(changed, IsOk());
  EXPECT_THAT(changed->post_duty().items(), ElementsAre("只有一条。"));
  EXPECT_EQ(changed->post_duty().requirements(), "熟悉采购制度。");
  EXPECT_THAT(Call("head", &Duties::UpdatePostDuty, Change(*duty, "来迟了。")),
              FailsWith(ERROR_REASON_ETAG_MISMATCH));
  v1::UpdatePostDutyRequest blank = Change(changed->post_duty(), "\t");
  EXPECT_THAT(Call("head", &Duties::UpdatePostDuty, blank), FailsWith(ERROR_REASON_INVALID_FIELD));
  v1::UpdatePostDutyRequest move = Change(changed->post_duty(), "条目。");
  move.mutable_post_duty()->set_post("units/u/posts/head");
  move.mutable_update_mask()->add_paths("post");
  EXPECT_THAT(Call("head", &Duties::UpdatePostDuty, move), FailsWith(ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(Do("head", &Duties::SubmitPostDuty, "buyer", duty->etag()),
              FailsWith(ERROR_REASON_ETAG_MISMATCH));
}

TEST_F(DutyHandlerTest, ASubmittedDutyIsARevisionUnderReview) {
  ASSERT_THAT(Create("office", "buyer"), IsOk());
  v1::SubmitPostDutyRequest request;
  request.set_name(DutyName("buyer"));
  request.set_request_id(server_.RequestId());
  const auto first = Call("head", &Duties::SubmitPostDuty, request);
  ASSERT_THAT(first, IsOk());
  const v1::PostDuty& duty = first->post_duty();
  EXPECT_EQ(duty.state(), v1::POST_DUTY_STATE_IN_REVIEW);
  EXPECT_EQ(duty.revision(), 1);
  EXPECT_EQ(duty.revision_digest(), review::RecordDigest(duty, 1));
  EXPECT_EQ(duty.review(), "units/u/reviews/buyer-2026-d1");
  EXPECT_THAT(duty.holders(), ElementsAre("units/u/persons/buyer"));
  EXPECT_EQ(duty.drafter(), "units/u/persons/head");
  EXPECT_TRUE(duty.has_submit_time());
  EXPECT_EQ(first->position().service(), "personnel");
  // The same request again is the same change.
  const auto repeated = Call("head", &Duties::SubmitPostDuty, request);
  ASSERT_THAT(repeated, IsOk());
  EXPECT_EQ(repeated->SerializeAsString(), first->SerializeAsString());
  request.set_name(DutyName("head"));
  EXPECT_THAT(Call("head", &Duties::SubmitPostDuty, request),
              FailsWith(ERROR_REASON_REQUEST_ID_REUSED));

  EXPECT_THAT(Submit("head", "buyer"), FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
  EXPECT_THAT(Call("head", &Duties::UpdatePostDuty, Change(duty, "条目。")),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
  EXPECT_THAT(Do("head", &Duties::RevisePostDuty, "buyer"),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));

  v1::GetPostDutyRevisionRequest get;
  get.set_name(DutyName("buyer") + "/revisions/1");
  const auto revision = Call("buyer", &Duties::GetPostDutyRevision, get);
  ASSERT_THAT(revision, IsOk());
  EXPECT_EQ(revision->post_duty_revision().items_size(), 2);
  EXPECT_EQ(revision->post_duty_revision().revision_digest(), duty.revision_digest());
  get.set_name(DutyName("buyer") + "/revisions/2");
  EXPECT_THAT(Call("buyer", &Duties::GetPostDutyRevision, get),
              FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
}

TEST_F(DutyHandlerTest, RevisionsStandInTheirOrder) {
  ASSERT_THAT(Create("head", "buyer"), IsOk());
  for (int i = 0; i < 11; ++i) {
    ASSERT_THAT(Submit("head", "buyer"), IsOk());
    ASSERT_THAT(Do("head", &Duties::WithdrawPostDuty, "buyer"), IsOk());
  }
  EXPECT_THAT(Do("head", &Duties::WithdrawPostDuty, "buyer"),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
  v1::ListPostDutyRevisionsRequest list;
  list.set_parent(DutyName("buyer"));
  list.set_page_size(4);
  std::vector<int> numbers;
  for (int page = 0; page < 5; ++page) {
    const auto answer = Call("buyer", &Duties::ListPostDutyRevisions, list);
    ASSERT_THAT(answer, IsOk());
    for (const auto& revision : answer->post_duty_revisions()) {
      numbers.push_back(revision.revision());
    }
    list.set_page_token(answer->next_page_token());
    if (list.page_token().empty()) break;
  }
  EXPECT_THAT(numbers, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
  list.clear_page_token();
  list.set_parent(DutyName("vp"));
  EXPECT_THAT(Call("buyer", &Duties::ListPostDutyRevisions, list),
              FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
}

TEST_F(DutyHandlerTest, NothingIsHandedInThatSaysNothingOrThatNobodyCouldReview) {
  const auto duty = Create("head", "buyer");
  ASSERT_THAT(duty, IsOk());
  v1::UpdatePostDutyRequest empty = Change(*duty, "x");
  empty.mutable_post_duty()->clear_items();
  ASSERT_THAT(Call("head", &Duties::UpdatePostDuty, empty), IsOk());
  EXPECT_THAT(Submit("head", "buyer"), FailsWith(ERROR_REASON_REQUIRED_FIELD));
  empty.mutable_post_duty()->add_items("有内容。");
  empty.mutable_post_duty()->clear_etag();
  empty.set_request_id(server_.RequestId());
  ASSERT_THAT(Call("head", &Duties::UpdatePostDuty, empty), IsOk());

  // The leader in charge is away: the principal stands in for him. Then he is away, too.
  SendAway("vp");
  ASSERT_THAT(Submit("head", "buyer"), IsOk());
  ASSERT_THAT(Do("head", &Duties::WithdrawPostDuty, "buyer"), IsOk());
  SendAway("principal");
  EXPECT_THAT(Submit("head", "buyer"), FailsWith(ERROR_REASON_NO_REVIEWER));
  // A refused request leaves no trace.
  EXPECT_EQ(Duty("buyer").state(), v1::POST_DUTY_STATE_DRAFT);
  EXPECT_EQ(Duty("buyer").revision(), 1);
  // The superior is always there.
  ASSERT_THAT(Create("principal", "principal"), IsOk());
  EXPECT_THAT(Submit("principal", "principal"), IsOk());
  // The next day both are back.
  server_.clock().Advance(absl::Hours(24));
  EXPECT_THAT(Submit("head", "buyer"), IsOk());
}

TEST_F(DutyHandlerTest, ListsAreFilteredAndPaged) {
  for (const char* post : {"buyer", "head", "vp", "principal"}) {
    ASSERT_THAT(Create("office", post), IsOk());
  }
  ASSERT_THAT(Submit("office", "vp"), IsOk());
  EXPECT_THAT(List([](auto&) {}),
              ElementsAre("buyer-2026", "head-2026", "principal-2026", "vp-2026"));
  EXPECT_THAT(List([](auto& r) { r.set_year(2025); }), IsEmpty());
  EXPECT_THAT(List([](auto& r) { r.set_state(v1::POST_DUTY_STATE_IN_REVIEW); }),
              ElementsAre("vp-2026"));
  EXPECT_THAT(List([](auto& r) { r.set_post("units/u/posts/head"); }), ElementsAre("head-2026"));
  EXPECT_THAT(List([](auto& r) { r.set_department("units/u/departments/affairs"); }),
              ElementsAre("buyer-2026", "head-2026"));
  EXPECT_THAT(List([](auto& r) { r.set_page_size(1); }), ElementsAre("buyer-2026"));
  v1::GetPostDutyRequest get;
  get.set_name(DutyName("none"));
  EXPECT_THAT(Call("buyer", &Duties::GetPostDuty, get), FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  auto& elsewhere = server_.As("units/v/persons/x", {"staff", "control_office"}, {"v"});
  get.set_name(DutyName("buyer"));
  EXPECT_THAT(testing::Call<v1::DutyService>(elsewhere, &Duties::GetPostDuty, get),
              FailsWith(ERROR_REASON_UNIT_NOT_COVERED));
}

TEST_F(DutyHandlerTest, VolumesHoldWhatIsApprovedForEveryPost) {
  for (const char* post : {"buyer", "head", "vp"}) Approved("office", post);
  ASSERT_THAT(Create("office", "principal"), IsOk());
  const auto refused = Call("principal", &Duties::CompilePostDuties, CompileRequest());
  ASSERT_THAT(refused, FailsWith(ERROR_REASON_NOT_COMPILABLE));
  const google::rpc::Status wire = ToRpcStatus(refused.status());
  google::rpc::BadRequest bad;
  for (const auto& detail : wire.details()) {
    if (detail.Is<google::rpc::BadRequest>()) detail.UnpackTo(&bad);
  }
  ASSERT_EQ(bad.field_violations_size(), 1);
  EXPECT_EQ(bad.field_violations(0).field(), "units/u/posts/principal");
  EXPECT_EQ(Duty("buyer").state(), v1::POST_DUTY_STATE_APPROVED);

  Decide(*Submit("office", "principal"), grading::v1::REVIEW_STATE_APPROVED);
  ASSERT_EQ(Duty("principal").state(), v1::POST_DUTY_STATE_APPROVED);
  const auto compiled = Call("principal", &Duties::CompilePostDuties, CompileRequest());
  ASSERT_THAT(compiled, IsOk());
  const v1::DutyVolume& volume = compiled->duty_volume();
  EXPECT_EQ(volume.name(), "units/u/dutyVolumes/2026-0001");
  EXPECT_EQ(volume.number(), 1);
  EXPECT_EQ(volume.compiler(), "units/u/persons/principal");
  std::vector<std::string> posts;
  for (const auto& item : volume.items()) posts.push_back(item.post().substr(14));
  EXPECT_THAT(posts, ElementsAre("principal", "vp", "buyer", "head"));
  const v1::PostDuty duty = Duty("buyer");
  EXPECT_EQ(duty.state(), v1::POST_DUTY_STATE_COMPILED);
  EXPECT_EQ(duty.volume(), volume.name());
  EXPECT_EQ(volume.items(2).revision_digest(), duty.revision_digest());

  EXPECT_THAT(Call("office", &Duties::CompilePostDuties, CompileRequest()),
              FailsWith(ERROR_REASON_RESOURCE_EXISTS));
  EXPECT_THAT(Call("office", &Duties::CompilePostDuties, CompileRequest(2027)),
              FailsWith(ERROR_REASON_NOT_COMPILABLE));

  // A duty is revised; until it is approved again there is no next volume.
  const auto revised = Do("head", &Duties::RevisePostDuty, "buyer");
  ASSERT_THAT(revised, IsOk());
  EXPECT_EQ(revised->state(), v1::POST_DUTY_STATE_DRAFT);
  EXPECT_EQ(revised->approved_revision(), 1);
  EXPECT_THAT(Call("office", &Duties::CompilePostDuties, CompileRequest()),
              FailsWith(ERROR_REASON_NOT_COMPILABLE));
  Decide(*Submit("head", "buyer"), grading::v1::REVIEW_STATE_APPROVED);
  ASSERT_EQ(Duty("buyer").approved_revision(), 2);
  const auto next = Call("office", &Duties::CompilePostDuties, CompileRequest());
  ASSERT_THAT(next, IsOk());
  EXPECT_EQ(next->duty_volume().name(), "units/u/dutyVolumes/2026-0002");
  EXPECT_EQ(Duty("buyer").volume(), next->duty_volume().name());
  EXPECT_EQ(Duty("head").volume(), volume.name());

  v1::ListDutyVolumesRequest list;
  list.set_parent("units/u");
  list.set_year(2026);
  const auto volumes = Call("buyer", &Duties::ListDutyVolumes, list);
  ASSERT_THAT(volumes, IsOk());
  ASSERT_EQ(volumes->duty_volumes_size(), 2);
  EXPECT_EQ(volumes->duty_volumes(0).name(), volume.name());
  list.set_year(2025);
  EXPECT_THAT(Call("buyer", &Duties::ListDutyVolumes, list)->duty_volumes(), IsEmpty());
  v1::GetDutyVolumeRequest get;
  get.set_name(volume.name());
  const auto read = Call("buyer", &Duties::GetDutyVolume, get);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->duty_volume().SerializeAsString(), volume.SerializeAsString());
  get.set_name("units/u/dutyVolumes/2026-0003");
  EXPECT_THAT(Call("buyer", &Duties::GetDutyVolume, get),
              FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
}

TEST_F(DutyHandlerTest, AChangedPostMarksItsDutyUntilSomebodyLooks) {
  const v1::PostDuty before = Approved("head", "buyer");
  v1::UpdatePostRequest request;
  request.mutable_post()->set_name("units/u/posts/buyer");
  request.mutable_post()->set_display_name("采购专员");
  request.mutable_update_mask()->add_paths("display_name");
  ASSERT_THAT(Keep(&Directory::UpdatePost, request), IsOk());
  EXPECT_THAT(Duty("buyer").marks(), IsEmpty());
  EXPECT_THAT(Do("head", &Duties::ConfirmPostDuty, "buyer"),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));

  request.mutable_post()->add_functions(POST_FUNCTION_PROCUREMENT);
  request.mutable_update_mask()->set_paths(0, "functions");
  const auto updated = Keep(&Directory::UpdatePost, request);
  ASSERT_THAT(updated, IsOk());
  EXPECT_EQ(updated->post().functions_size(), 1);
  v1::PostDuty marked = Duty("buyer");
  ASSERT_EQ(marked.marks_size(), 1);
  EXPECT_EQ(marked.marks(0).cause(), MARK_CAUSE_POST_FUNCTIONS);
  EXPECT_EQ(marked.marks(0).source(), "units/u/posts/buyer");
  EXPECT_EQ(marked.etag(), updated->post().etag()) << "one change";
  EXPECT_EQ(marked.state(), v1::POST_DUTY_STATE_APPROVED);
  EXPECT_EQ(marked.revision_digest(), before.revision_digest());

  const auto confirmed = Do("head", &Duties::ConfirmPostDuty, "buyer", marked.etag());
  ASSERT_THAT(confirmed, IsOk());
  EXPECT_THAT(confirmed->marks(), IsEmpty());
  EXPECT_EQ(confirmed->state(), v1::POST_DUTY_STATE_APPROVED);

  request.mutable_post()->clear_functions();
  ASSERT_THAT(Keep(&Directory::UpdatePost, request), IsOk());
  ASSERT_EQ(Duty("buyer").marks_size(), 1);
  const auto revised = Do("head", &Duties::RevisePostDuty, "buyer");
  ASSERT_THAT(revised, IsOk());
  EXPECT_THAT(revised->marks(), IsEmpty());
}

}  // namespace
}  // namespace lianfang::personnel
