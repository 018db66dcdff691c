// CampaignService over real gRPC.
#include <set>
#include <string>
#include <vector>

#include "lianfang/reporting/v1/campaign.grpc.pb.h"
#include "services/reporting/reporting_fixture.h"

namespace lianfang::reporting {
namespace {

using v1::CampaignService;
using CampaignStub = v1::CampaignService::Stub;

class CampaignApiTest : public ReportingFixture {
 protected:
  // The clock moves, and a token lives for an hour: a new one each time.
  client::Client& Office() { return server_.As("units/u/persons/office", {"control_office"}); }
  client::Client& Staff(const std::string& post) {
    return server_.As("units/u/persons/of-" + post, {"staff"}, {"u"});
  }

  void PutSchool() {
    PutUnit();
    PutDepartment("general", "总务处");
    PutPost("principal", "校长", "");
    PutPost("buyer", "采购员", "general");
    PutPost("clerk", "文员", "general");
    personnel::v1::LeadingGroupMember member;
    member.set_name("units/u/leadingGroupMembers/o");
    member.set_person("units/u/persons/of-clerk");
    member.set_role(personnel::v1::LEADING_GROUP_ROLE_OFFICE_DIRECTOR);
    member.set_state(personnel::v1::RECORD_STATE_ACTIVE);
    Put("personnel", directory::LeadingGroupMemberKind(), member);
    personnel::v1::Department department;
    department.set_name("units/u/departments/general");
    department.set_display_name("总务处");
    department.set_head("units/u/persons/of-clerk");
    department.set_state(personnel::v1::RECORD_STATE_ACTIVE);
    Put("personnel", directory::DepartmentKind(), department);
  }

  void PutSelfCheck(const std::string& post, risk::v1::SelfCheckState state, absl::Time submitted) {
    risk::v1::SelfCheck check;
    check.set_name("units/u/selfChecks/" + post);
    check.set_post("units/u/posts/" + post);
    check.set_person("units/u/persons/of-" + post);
    check.set_year(2026);
    check.set_state(state);
    check.mutable_submit_time()->set_seconds(absl::ToUnixSeconds(submitted));
    Put("risk", KindOf<risk::v1::SelfCheck>("selfChecks"), check);
  }

  absl::StatusOr<v1::CreateCampaignResponse> Create(v1::Campaign campaign,
                                                    const std::string& request_id = "",
                                                    const std::string& parent = "units/u") {
    v1::CreateCampaignRequest request;
    request.set_parent(parent);
    *request.mutable_campaign() = std::move(campaign);
    request.set_request_id(request_id);
    return Change<CampaignService>(Office(), &CampaignStub::CreateCampaign, request);
  }
  absl::StatusOr<v1::GetCampaignResponse> Get(const std::string& name) {
    v1::GetCampaignRequest request;
    request.set_name(name);
    return Read<CampaignService>(Office(), &CampaignStub::GetCampaign, request);
  }
  std::vector<v1::CampaignTaskItem> Items(client::Client& client,
                                          v1::ListCampaignTasksRequest request) {
    request.set_parent("units/u/campaigns/2026");
    std::vector<v1::CampaignTaskItem> items;
    for (int pages = 0; pages < 100; ++pages) {
      const auto page = Read<CampaignService>(client, &CampaignStub::ListCampaignTasks, request);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) break;
      items.insert(items.end(), page->items().begin(), page->items().end());
      request.set_page_token(page->next_page_token());
      if (request.page_token().empty()) break;
    }
    return items;
  }
};

v1::Campaign OfYear(int year) {
  v1::Campaign campaign;
  campaign.set_year(year);
  return campaign;
}

TEST_F(CampaignApiTest, AYearThatNobodyOpenedHasTheTemplatesDates) {
  PutSchool();
  const auto answer = Get("units/u/campaigns/2031");
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->campaign().name(), "units/u/campaigns/2031");
  EXPECT_EQ(answer->campaign().template_version(), "campaign-2013@1");
  EXPECT_EQ(answer->campaign().tasks(3).due_date().year(), 2031);
  EXPECT_EQ(answer->campaign().etag(), "");
  EXPECT_THAT(Get("units/u/campaigns/spring"),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
  v1::GetCampaignRequest none;
  none.set_name("units/none/campaigns/2026");
  EXPECT_THAT(testing::Call<CampaignService>(Office(), &CampaignStub::GetCampaign, none),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
}

TEST_F(CampaignApiTest, AYearIsOpenedOnce) {
  PutSchool();
  const std::string id = server_.RequestId();
  const auto created = Create(OfYear(2026), id);
  ASSERT_THAT(created, IsOk());
  EXPECT_EQ(created->campaign().name(), "units/u/campaigns/2026");
  EXPECT_NE(created->campaign().etag(), "");
  EXPECT_EQ(created->position().service(), "reporting");
  const auto again = Create(OfYear(2026), id);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->position().sequence(), created->position().sequence()) << "one change";
  EXPECT_THAT(Create(OfYear(2027), id), FailsWith(common::v1::ERROR_REASON_REQUEST_ID_REUSED));
  EXPECT_THAT(Create(OfYear(2026)), FailsWith(common::v1::ERROR_REASON_RESOURCE_EXISTS));
  EXPECT_THAT(Create(OfYear(1999)), FailsWith(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(Create(OfYear(2026), "", "units/none"),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
  v1::Campaign other = OfYear(2027);
  other.set_template_("campaign-1999");
  EXPECT_THAT(Create(other), FailsWith(common::v1::ERROR_REASON_POLICY_NOT_FOUND));

  ASSERT_THAT(Create(OfYear(2027)), IsOk());
  v1::ListCampaignsRequest list;
  list.set_parent("units/u");
  const auto all = testing::Call<CampaignService>(Office(), &CampaignStub::ListCampaigns, list);
  ASSERT_THAT(all, IsOk());
  ASSERT_EQ(all->campaigns_size(), 2);
  EXPECT_EQ(all->campaigns(1).year(), 2027);
}

TEST_F(CampaignApiTest, WhoMayOpen) {
  PutSchool();
  v1::CreateCampaignRequest request;
  request.set_parent("units/u");
  *request.mutable_campaign() = OfYear(2026);
  EXPECT_THAT(Change<CampaignService>(Staff("clerk"), &CampaignStub::CreateCampaign, request),
              FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
  auto& other = server_.As("units/v/persons/x", {"control_office"}, {"v"});
  EXPECT_THAT(Change<CampaignService>(other, &CampaignStub::CreateCampaign, request),
              FailsWith(common::v1::ERROR_REASON_UNIT_NOT_COVERED));
}

TEST_F(CampaignApiTest, DatesAreTheUnitsOwn) {
  PutSchool();
  v1::UpdateCampaignRequest request;
  *request.mutable_campaign() = Get("units/u/campaigns/2026")->campaign();
  EXPECT_THAT(Change<CampaignService>(Office(), &CampaignStub::UpdateCampaign, request),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND))
      << "nobody opened it";
  const auto created = Create(OfYear(2026));
  ASSERT_THAT(created, IsOk());
  *request.mutable_campaign() = created->campaign();
  request.mutable_campaign()->mutable_tasks(3)->mutable_due_date()->set_day(28);
  const auto updated = Change<CampaignService>(Office(), &CampaignStub::UpdateCampaign, request);
  ASSERT_THAT(updated, IsOk());
  EXPECT_EQ(Get("units/u/campaigns/2026")->campaign().tasks(3).due_date().day(), 28);
  EXPECT_THAT(Change<CampaignService>(Office(), &CampaignStub::UpdateCampaign, request),
              FailsWith(common::v1::ERROR_REASON_ETAG_MISMATCH))
      << "stale";
  *request.mutable_campaign() = updated->campaign();
  request.mutable_campaign()->mutable_tasks(3)->mutable_due_date()->set_month(8);
  EXPECT_THAT(Change<CampaignService>(Office(), &CampaignStub::UpdateCampaign, request),
              FailsWith(common::v1::ERROR_REASON_INVALID_FIELD))
      << "outside its phase";
  *request.mutable_campaign() = updated->campaign();
  request.mutable_campaign()->mutable_tasks()->RemoveLast();
  EXPECT_THAT(Change<CampaignService>(Office(), &CampaignStub::UpdateCampaign, request),
              FailsWith(common::v1::ERROR_REASON_INVALID_FIELD));
  *request.mutable_campaign() = updated->campaign();
  request.mutable_update_mask()->add_paths("year");
  EXPECT_THAT(Change<CampaignService>(Office(), &CampaignStub::UpdateCampaign, request),
              FailsWith(common::v1::ERROR_REASON_INVALID_FIELD));
}

TEST_F(CampaignApiTest, ProgressFollowsTheRecords) {
  PutSchool();
  const absl::TimeZone school = absl::FixedTimeZone(8 * 60 * 60);
  PutSelfCheck("buyer", risk::v1::SELF_CHECK_STATE_APPROVED,
               absl::FromCivil(absl::CivilSecond(2026, 5, 25, 23, 59, 59), school));
  PutSelfCheck("clerk", risk::v1::SELF_CHECK_STATE_SUBMITTED,
               absl::FromCivil(absl::CivilSecond(2026, 5, 26, 0, 0, 0), school));
  Today(2026, 5, 26);
  v1::GetCampaignProgressRequest request;
  request.set_name("units/u/campaigns/2026");
  const auto progress =
      Read<CampaignService>(Office(), &CampaignStub::GetCampaignProgress, request);
  ASSERT_THAT(progress, IsOk());
  EXPECT_EQ(progress->template_version(), "campaign-2013@1");
  const v1::TaskProgress& forms = progress->tasks(3);
  ASSERT_EQ(forms.task().kind(), v1::TASK_KIND_SELF_CHECK);
  EXPECT_EQ(forms.total().expected(), 3);
  EXPECT_EQ(forms.total().handed_in(), 2);
  EXPECT_EQ(forms.total().done(), 1);
  EXPECT_EQ(forms.total().late(), 1);
  EXPECT_EQ(forms.total().overdue(), 1) << "the principal's";
  ASSERT_EQ(forms.departments_size(), 2);
  EXPECT_EQ(forms.departments(1).display_name(), "总务处");
  EXPECT_EQ(forms.departments(1).counts().late(), 1);
  EXPECT_EQ(forms.departments(1).counts().overdue(), 0);

  // Sent back and handed in again: late is by the first time.
  PutSelfCheck("buyer", risk::v1::SELF_CHECK_STATE_RETURNED,
               absl::FromCivil(absl::CivilSecond(2026, 5, 25, 23, 59, 59), school));
  PutSelfCheck("buyer", risk::v1::SELF_CHECK_STATE_SUBMITTED,
               absl::FromCivil(absl::CivilSecond(2026, 5, 30), school));
  v1::ListCampaignTasksRequest late;
  late.set_only_late(true);
  late.set_task("self-checks");
  const auto items = Items(Office(), late);
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items[0].subject_display_name(), "文员");
  EXPECT_TRUE(items[0].late());
  EXPECT_EQ(items[0].record(), "units/u/selfChecks/clerk");
  EXPECT_EQ(items[1].subject_display_name(), "校长");
  EXPECT_TRUE(items[1].overdue());

  request.set_name("units/u/campaigns/first");
  EXPECT_THAT(Read<CampaignService>(Office(), &CampaignStub::GetCampaignProgress, request),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
}

TEST_F(CampaignApiTest, PagesJoinToTheWhole) {
  PutSchool();
  const auto whole = Items(Office(), {});
  ASSERT_GT(whole.size(), 15u);
  for (const int size : {1, 4, 500}) {
    v1::ListCampaignTasksRequest request;
    request.set_page_size(size);
    const auto pages = Items(Office(), request);
    ASSERT_EQ(pages.size(), whole.size()) << size;
    for (size_t i = 0; i < whole.size(); ++i) {
      EXPECT_EQ(pages[i].SerializeAsString(), whole[i].SerializeAsString());
    }
  }
  v1::ListCampaignTasksRequest request;
  request.set_parent("units/u/campaigns/2026");
  request.set_page_token("nonsense");
  EXPECT_THAT(Read<CampaignService>(Office(), &CampaignStub::ListCampaignTasks, request),
              FailsWith(common::v1::ERROR_REASON_INVALID_PAGE_TOKEN));
}

TEST_F(CampaignApiTest, EverybodySeesWhatIsHis) {
  PutSchool();
  for (const auto& item : Items(Staff("buyer"), {})) {
    EXPECT_EQ(item.subject(), "units/u/posts/buyer") << item.task();
  }
  std::set<std::string> departments;
  for (const auto& item : Items(Staff("clerk"), {})) departments.insert(item.department());
  EXPECT_EQ(departments, (std::set<std::string>{"units/u/departments/general"}))
      << "the clerk heads the department";
  v1::ListCampaignTasksRequest others;
  others.set_parent("units/v/campaigns/2026");
  EXPECT_THAT(
      testing::Call<CampaignService>(Staff("buyer"), &CampaignStub::ListCampaignTasks, others),
      FailsWith(common::v1::ERROR_REASON_UNIT_NOT_COVERED));
}

TEST_F(CampaignApiTest, RemindersForPeopleAndForAGateway) {
  PutSchool();
  Today(2026, 5, 20);
  v1::ListRemindersRequest request;
  request.set_parent("units/u/campaigns/2026");
  auto& gateway = server_.As("services/mail", {"reminder_gateway"}, {"u"});
  const auto all = Read<CampaignService>(gateway, &CampaignStub::ListReminders, request);
  ASSERT_THAT(all, IsOk());
  ASSERT_GT(all->reminders_size(), 5);
  for (int i = 1; i < all->reminders_size(); ++i) {
    EXPECT_LE(all->reminders(i - 1).days_left(), all->reminders(i).days_left());
  }
  EXPECT_EQ(all->reminders(0).days_left(), -7) << "the duties were due on the 13th";

  const auto own = Read<CampaignService>(Staff("buyer"), &CampaignStub::ListReminders, request);
  ASSERT_THAT(own, IsOk());
  ASSERT_EQ(own->reminders_size(), 1);
  EXPECT_EQ(own->reminders(0).person_display_name(), "采购员的任职人");
  EXPECT_EQ(own->reminders(0).days_left(), 5);
  EXPECT_EQ(own->reminders(0).item().kind(), v1::TASK_KIND_SELF_CHECK);
  request.set_within_days(4);
  EXPECT_EQ(Read<CampaignService>(Staff("buyer"), &CampaignStub::ListReminders, request)
                ->reminders_size(),
            0);
  request.set_within_days(7);
  request.set_person("units/u/persons/of-buyer");
  EXPECT_EQ(Read<CampaignService>(gateway, &CampaignStub::ListReminders, request)->reminders_size(),
            1);
  PutSelfCheck("buyer", risk::v1::SELF_CHECK_STATE_SUBMITTED, absl::FromUnixSeconds(1779200000));
  EXPECT_EQ(Read<CampaignService>(gateway, &CampaignStub::ListReminders, request)->reminders_size(),
            0);
}

}  // namespace
}  // namespace lianfang::reporting
