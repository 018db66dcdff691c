// 「四、方法步骤」, phase 1: 动员部署 and 岗位职责.
#include "tests/acceptance/school.h"

namespace lianfang::acceptance {
namespace {

using personnel::v1::POST_DUTY_STATE_APPROVED;
using personnel::v1::POST_DUTY_STATE_COMPILED;
using personnel::v1::POST_DUTY_STATE_IN_REVIEW;
using personnel::v1::POST_DUTY_STATE_RETURNED;
using personnel::v1::PostDuty;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class PhaseOne : public School {
 protected:
  absl::StatusOr<personnel::v1::DutyVolume> Compile(client::Client& client) {
    personnel::v1::CompilePostDutiesRequest request;
    request.set_year(kYear);
    auto response = Call(client, &DutyStub::CompilePostDuties, request);
    if (!response.ok()) return response.status();
    return response->duty_volume();
  }
  absl::StatusOr<reporting::v1::Publication> PublishDuties(
      client::Client& client, const std::vector<std::string>& subjects,
      common::v1::PublicityScope scope = common::v1::PUBLICITY_SCOPE_WITHIN_SCHOOL) {
    auto response =
        Call(client, &PublicityStub::CreatePublication,
             NewPublication(reporting::v1::PUBLICATION_KIND_POST_DUTIES, subjects, scope));
    if (!response.ok()) return response.status();
    return response->publication();
  }
};

// 「制定学校廉政风险实施方案、成立领导机构、召开党员大会，编制岗位职责」
// RPCs: CampaignService.CreateCampaign, CampaignService.GetCampaign,
// PersonnelService.ListLeadingGroupMembers, DutyService.CreatePostDuty
TEST_F(PhaseOne, TheYearBeginsWithAPlanALeadingGroupAndDuties) {
  On(3, 4);
  reporting::v1::CreateCampaignRequest plan;
  plan.mutable_campaign()->set_year(kYear);
  EXPECT_THAT(Call(head("teaching"), &CampaignStub::CreateCampaign, plan),
              FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
  Must(Call(office(), &CampaignStub::CreateCampaign, plan));
  EXPECT_THAT(Call(office(), &CampaignStub::CreateCampaign, plan),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_EXISTS));
  // Everybody can read the plan.
  const auto campaign =
      Must(Do(staff("teacher-a"), &CampaignStub::GetCampaign, Named("campaigns", "2013")))
          .campaign();
  std::vector<std::string> phases;
  for (const auto& phase : campaign.phases()) phases.push_back(phase.title());
  EXPECT_THAT(phases, ElementsAre("动员部署，提升思想认识", "排查廉政风险", "落实防控措施",
                                  "检查考核修正"));

  std::map<personnel::v1::LeadingGroupRole, int> group;
  const auto members = Must(Call(secretary(), &PersonnelStub::ListLeadingGroupMembers, {}));
  for (const auto& member : members.leading_group_members()) {
    ++group[member.role()];
  }
  EXPECT_EQ(group[personnel::v1::LEADING_GROUP_ROLE_LEADER], 2) << "组长";
  EXPECT_EQ(group[personnel::v1::LEADING_GROUP_ROLE_DEPUTY_LEADER], 2) << "副组长";
  EXPECT_EQ(group[personnel::v1::LEADING_GROUP_ROLE_OFFICE_DIRECTOR], 1) << "防控办主任";

  Must(Call(head("supply"), &DutyStub::CreatePostDuty, NewDuty("buyer")));
  EXPECT_THAT(Call(head("supply"), &DutyStub::CreatePostDuty, NewDuty("buyer")),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_EXISTS));
}

// 「（一）动员部署，提升思想认识（5月15日前）」
// RPCs: CampaignService.GetCampaign, CampaignService.ListCampaignTasks, DutyService.SubmitPostDuty
TEST_F(PhaseOne, EndsOnTheFifteenthOfMayAndLateIsFlaggedNotBlocked) {
  const auto campaign = Get(&CampaignStub::GetCampaign, Named("campaigns", "2013")).campaign();
  ASSERT_EQ(campaign.phases(0).clause(), "（一）动员部署，提升思想认识（5月15日前）");
  EXPECT_EQ(campaign.phases(0).end_date().month(), 5);
  EXPECT_EQ(campaign.phases(0).end_date().day(), 15);
  for (const auto& task : campaign.tasks()) {
    if (task.phase() != campaign.phases(0).id()) continue;
    EXPECT_EQ(task.due_date().month(), 5) << task.id();
    EXPECT_LE(task.due_date().day(), 15) << task.id();
  }
  On(5, 15);
  EXPECT_TRUE(Piece("post-duties", Post("buyer")).overdue());
  const PostDuty duty = HandInDuty("buyer");
  EXPECT_EQ(duty.state(), POST_DUTY_STATE_IN_REVIEW);
  EXPECT_TRUE(Piece("post-duties", Post("buyer")).late());
  EXPECT_FALSE(Piece("post-duties", Post("buyer")).overdue());
}

// 「5月13日各处室岗位职责交分管校长初审」
// RPCs: DutyService.SubmitPostDuty, ReviewService.ListReviewTasks, ReviewService.Decide
TEST_F(PhaseOne, ADutyGoesToTheLeaderInChargeFirst) {
  On(5, 13, 23);
  const PostDuty duty = HandInDuty("buyer");
  EXPECT_FALSE(Piece("post-duties", Post("buyer")).late());
  EXPECT_THAT(Inbox(leader_of("supply")), Contains(duty.name()));
  EXPECT_THAT(Inbox(leader_of("teaching")), Not(Contains(duty.name())));
  EXPECT_THAT(Inbox(principal()), Not(Contains(duty.name())));

  EXPECT_THAT(Approve(leader_of("teaching"), duty.review()),
              FailsWith(common::v1::ERROR_REASON_NOT_REVIEWER))
      << "in charge of other departments";
  EXPECT_THAT(Approve(principal(), duty.review()), FailsWith(common::v1::ERROR_REASON_NOT_REVIEWER))
      << "not before the first review";
  EXPECT_THAT(Approve(head("supply"), duty.review()),
              FailsWith(common::v1::ERROR_REASON_OWN_RECORD))
      << "drafted it";
  Must(Approve(leader_of("supply"), duty.review()));
  EXPECT_EQ(DutyOf("buyer").state(), POST_DUTY_STATE_IN_REVIEW);
}

// 「各分管校长及各处室职责交校长审核」
// RPCs: DutyService.SubmitPostDuty, ReviewService.GetReview, ReviewService.Decide
TEST_F(PhaseOne, DutiesOfDepartmentsAndOfVicePrincipalsGoToThePrincipal) {
  On(5, 13);
  const PostDuty of_buyer = HandInDuty("buyer");
  Must(Approve(leader_of("supply"), of_buyer.review()));
  EXPECT_THAT(Approve(leader_of("supply"), of_buyer.review()),
              FailsWith(common::v1::ERROR_REASON_NOT_REVIEWER))
      << "the second review is not his";
  EXPECT_THAT(Return(principal(), of_buyer.review(), ""),
              FailsWith(common::v1::ERROR_REASON_REASON_REQUIRED));
  Must(Return(principal(), of_buyer.review(), "请写明验收职责。"));
  EXPECT_EQ(DutyOf("buyer").state(), POST_DUTY_STATE_RETURNED);
  EXPECT_EQ(DutyOf("buyer").review_comment(), "请写明验收职责。");
  const PostDuty again =
      Must(Do(head("supply"), &DutyStub::SubmitPostDuty, of_buyer.name())).post_duty();
  EXPECT_EQ(again.revision(), 2);
  EXPECT_THAT(Approve(principal(), again.review()),
              FailsWith(common::v1::ERROR_REASON_NOT_REVIEWER))
      << "the first review again comes first";
  Must(Approve(leader_of("supply"), again.review()));
  Must(Approve(secretary(), again.review()));
  EXPECT_EQ(DutyOf("buyer").state(), POST_DUTY_STATE_APPROVED);

  const PostDuty of_leader = HandInDuty("vp-teaching");
  const auto review = ReviewNamed(of_leader.review());
  ASSERT_THAT(review.steps(), SizeIs(1));
  EXPECT_EQ(review.steps(0).role(), grading::v1::REVIEWER_ROLE_PRINCIPAL);
  EXPECT_THAT(Approve(As("vp-teaching"), of_leader.review()),
              FailsWith(common::v1::ERROR_REASON_OWN_RECORD));
  EXPECT_THAT(Approve(As("vp-logistics"), of_leader.review()),
              FailsWith(common::v1::ERROR_REASON_NOT_REVIEWER));
  Must(Approve(principal(), of_leader.review()));
  EXPECT_EQ(DutyOf("vp-teaching").state(), POST_DUTY_STATE_APPROVED);
}

// 「5月14日交党总支汇总上报」
// RPCs: DutyService.CompilePostDuties, DutyService.GetDutyVolume, DutyService.ListDutyVolumes
TEST_F(PhaseOne, ThePartyBranchCompilesTheDutiesOfAllPosts) {
  On(5, 13);
  for (const std::string& post : posts()) {
    if (post != "cashier") ApproveDuty(post);
  }
  HandInDuty("cashier");
  On(5, 14);
  EXPECT_THAT(Compile(secretary()), FailsWith(common::v1::ERROR_REASON_NOT_COMPILABLE))
      << "one is still under review";
  ApproveSteps(DutyOf("cashier").review());
  EXPECT_THAT(Compile(head("finance")), FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
  const auto volume = Must(Compile(secretary()));
  EXPECT_EQ(volume.number(), 1);
  EXPECT_EQ(volume.compiler(), Person("secretary"));
  std::vector<std::string> in_volume;
  for (const auto& item : volume.items()) in_volume.push_back(item.post());
  std::vector<std::string> all;
  for (const std::string& post : posts()) all.push_back(Post(post));
  EXPECT_THAT(in_volume, ::testing::UnorderedElementsAreArray(all));
  EXPECT_EQ(DutyOf("cashier").state(), POST_DUTY_STATE_COMPILED);
  EXPECT_THAT(Compile(secretary()), FailsWith(common::v1::ERROR_REASON_RESOURCE_EXISTS))
      << "nothing new";
  EXPECT_EQ(Piece("duty-volume", kUnit).state(), reporting::v1::TASK_STATE_DONE);

  // Reported upward: the superior's office reads the volume and what it holds.
  EXPECT_THAT(Do(superior_office(), &DutyStub::GetDutyVolume, volume.name()), IsOk());
  EXPECT_THAT(Do(superior_office(), &DutyStub::GetPostDuty, volume.items(0).post_duty()), IsOk());
}

// 「并在校内公示」
// RPCs: PublicityService.CreatePublication, PublicityService.GetPublication,
// PublicityService.ClosePublication, PublicityService.AddObjection,
// PublicityService.HandleObjection
TEST_F(PhaseOne, ApprovedDutiesArePublishedWithinTheSchool) {
  On(5, 13);
  const PostDuty approved = ApproveDuty("buyer");
  const PostDuty waiting = HandInDuty("storekeeper");
  On(5, 14);
  EXPECT_THAT(PublishDuties(secretary(), {approved.name(), waiting.name()}),
              FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION))
      << "one is not approved";
  EXPECT_THAT(PublishDuties(head("supply"), {approved.name()}),
              FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
  const auto notice = Must(PublishDuties(secretary(), {approved.name()}));
  EXPECT_EQ(notice.end_date().day(), 18) << "five days, the first one included";

  reporting::v1::AddObjectionRequest objection;
  objection.set_name(notice.name());
  objection.set_content("采购员职责未写明验收。");
  Must(Call(staff("teacher-a"), &PublicityStub::AddObjection, objection));
  EXPECT_THAT(Do(secretary(), &PublicityStub::ClosePublication, notice.name()),
              FailsWith(common::v1::ERROR_REASON_PERIOD_NOT_OVER));
  On(5, 19);
  EXPECT_THAT(Do(secretary(), &PublicityStub::ClosePublication, notice.name()),
              FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION))
      << "an objection is open";
  reporting::v1::HandleObjectionRequest handling;
  handling.set_name(notice.name());
  handling.set_number(1);
  handling.set_upheld(false);
  handling.set_answer("验收由保管员负责。");
  Must(Call(secretary(), &PublicityStub::HandleObjection, handling));
  EXPECT_EQ(
      Must(Do(secretary(), &PublicityStub::ClosePublication, notice.name())).publication().state(),
      reporting::v1::PUBLICATION_STATE_CLOSED);
}

// 「形成谁主管、谁负责，一级抓一级，层层抓落实的廉政风险监控推进机制」
// RPCs: DutyService.CreatePostDuty, ReviewService.GetReview, CampaignService.GetCampaignProgress
TEST_F(PhaseOne, EveryLevelAnswersForTheOneBelow) {
  On(5, 13);
  EXPECT_THAT(Call(staff("buyer"), &DutyStub::CreatePostDuty, NewDuty("buyer")),
              FailsWith(common::v1::ERROR_REASON_NOT_RECORD_OWNER))
      << "the head of the department writes it";
  EXPECT_THAT(Call(head("finance"), &DutyStub::CreatePostDuty, NewDuty("buyer")),
              FailsWith(common::v1::ERROR_REASON_NOT_RECORD_OWNER));
  const auto review = ReviewNamed(ApproveDuty("buyer").review());
  ASSERT_THAT(review.decisions(), SizeIs(2));
  EXPECT_EQ(review.decisions(0).decider(), Person("vp-logistics"));
  EXPECT_EQ(review.decisions(0).role(), grading::v1::REVIEWER_ROLE_VICE_PRINCIPAL);
  EXPECT_EQ(review.decisions(1).role(), grading::v1::REVIEWER_ROLE_PRINCIPAL);
  EXPECT_THAT((std::vector<std::string>{Person("secretary"), Person("principal")}),
              Contains(review.decisions(1).decider()));

  // How far each department is: three posts in supply, one of them done.
  On(5, 14);
  reporting::v1::GetCampaignProgressRequest request;
  request.set_name(Named("campaigns", "2013"));
  const auto progress = Must(Call(principal(), &CampaignStub::GetCampaignProgress, request));
  const auto task = std::find_if(progress.tasks().begin(), progress.tasks().end(),
                                 [](const auto& one) { return one.task().id() == "post-duties"; });
  ASSERT_NE(task, progress.tasks().end());
  EXPECT_EQ(task->total().expected(), static_cast<int64_t>(posts().size()));
  const auto supply =
      std::find_if(task->departments().begin(), task->departments().end(),
                   [](const auto& one) { return one.department() == Department("supply"); });
  ASSERT_NE(supply, task->departments().end());
  EXPECT_EQ(supply->counts().expected(), 3);
  EXPECT_EQ(supply->counts().done(), 1);
  EXPECT_EQ(supply->counts().overdue(), 2);
}

// 「运用校园网站、专栏等形式，广泛宣传发动」
// RPCs: PublicityService.CreatePublication, ReportingService.ListPublications
TEST_F(PhaseOne, ANoticeSaysWhereItHangsAndEverybodyFindsIt) {
  On(5, 14);
  const PostDuty duty = ApproveDuty("buyer");
  EXPECT_THAT(PublishDuties(secretary(), {duty.name()}, common::v1::PUBLICITY_SCOPE_NONE),
              FailsWith(common::v1::ERROR_REASON_INVALID_FIELD));
  const auto notice = Must(PublishDuties(secretary(), {duty.name()}));
  const auto seen = Must(Call(staff("teacher-b"), &ReportingStub::ListPublications, {}));
  ASSERT_THAT(seen.publications(), SizeIs(1));
  EXPECT_EQ(seen.publications(0).name(), notice.name());
  EXPECT_EQ(seen.publications(0).place(), "校园网站、专栏");
  EXPECT_THAT(seen.publications(0).subjects(), ElementsAre(duty.name()));
}

}  // namespace
}  // namespace lianfang::acceptance
