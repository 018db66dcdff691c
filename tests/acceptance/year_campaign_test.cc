// The year: its calendar, what is late, who is reminded, and the year after.
#include <string>

#include "tests/acceptance/phase3_steps.h"

namespace lianfang::acceptance {
namespace {

using namespace common::v1;  // NOLINT: reasons
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CampaignTest : public YearTest {
 protected:
  reporting::v1::Campaign CampaignOf(int year) {
    return Must(Do(office(), &CampaignStub::GetCampaign, Named("campaigns", absl::StrCat(year))))
        .campaign();
  }
  absl::StatusOr<risk::v1::CarryForwardResponse> CarryForward(client::Client& client) {
    risk::v1::CarryForwardRequest request;
    request.set_from_year(kYear);
    request.set_to_year(kYear + 1);
    return Call(client, &RiskStub::CarryForward, request);
  }
  template <class Records>
  static std::set<std::string> CarriedFrom(const Records& records) {
    std::set<std::string> names;
    for (const auto& record : records) names.insert(record.carried_from());
    return names;
  }
};

// 「附件一：中共福州实验小学党总支委员会廉政风险防控工作主要流程及任务分解表」
// RPCs: CampaignService.CreateCampaign, CampaignService.GetCampaign, CampaignService.UpdateCampaign
TEST_F(CampaignTest, TheSchemesCalendarIsMovedToAnotherYear) {
  const std::pair<const char*, std::pair<int, int>> due[] = {{"post-duties", {5, 13}},
                                                             {"duty-volume", {5, 14}},
                                                             {"duty-publication", {5, 14}},
                                                             {"self-checks", {5, 25}},
                                                             {"department-risks", {6, 5}},
                                                             {"power-risks", {6, 5}},
                                                             {"power-catalogue", {6, 15}},
                                                             {"workflow-charts", {6, 20}},
                                                             {"grades", {6, 25}},
                                                             {"post-measures", {9, 20}},
                                                             {"department-measures", {9, 20}},
                                                             {"unit-measures", {9, 30}},
                                                             {"measure-publication", {10, 5}},
                                                             {"department-inspections", {11, 15}},
                                                             {"unit-inspection", {11, 30}}};
  reporting::v1::CreateCampaignRequest open;
  open.mutable_campaign()->set_year(2026);
  EXPECT_THAT(Call(head("supply"), &CampaignStub::CreateCampaign, open),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  ASSERT_THAT(Call(office(), &CampaignStub::CreateCampaign, open), IsOk());
  open.clear_request_id();
  EXPECT_THAT(Call(office(), &CampaignStub::CreateCampaign, open),
              FailsWith(ERROR_REASON_RESOURCE_EXISTS));
  // Of the year that was opened, and of the scheme's own, which nobody had to open.
  for (const int year : {kYear, 2026}) {
    const auto campaign = CampaignOf(year);
    EXPECT_EQ(campaign.phases_size(), 4);
    EXPECT_EQ(campaign.etag().empty(), year == kYear);
    for (const auto& [id, day] : due) {
      bool found = false;
      for (const auto& task : campaign.tasks()) {
        if (task.id() != id) continue;
        found = true;
        EXPECT_EQ(task.due_date().year(), year) << id;
        EXPECT_EQ(task.due_date().month(), day.first) << id;
        EXPECT_EQ(task.due_date().day(), day.second) << id;
        EXPECT_FALSE(task.clause().empty()) << id;
      }
      EXPECT_TRUE(found) << id;
    }
  }
  // A school may have days of its own, within the phase.
  reporting::v1::UpdateCampaignRequest own;
  *own.mutable_campaign() = CampaignOf(2026);
  for (auto& task : *own.mutable_campaign()->mutable_tasks()) {
    if (task.id() == "self-checks") task.mutable_due_date()->set_day(28);
  }
  ASSERT_THAT(Call(office(), &CampaignStub::UpdateCampaign, own), IsOk());
  own.clear_request_id();
  *own.mutable_campaign() = CampaignOf(2026);
  for (auto& task : *own.mutable_campaign()->mutable_tasks()) {
    if (task.id() == "self-checks") task.mutable_due_date()->set_month(9);
  }
  EXPECT_THAT(Call(office(), &CampaignStub::UpdateCampaign, own),
              FailsWith(ERROR_REASON_INVALID_FIELD));
}

// 「（三）落实防控措施阶段（7月16日—10月31日）」「（四）检查考核修正（1月1日—12月31日）」
// RPCs: CampaignService.GetCampaign
TEST_F(CampaignTest, PhasesFollowEachOtherThroughTheYear) {
  const auto campaign = CampaignOf(kYear);
  ASSERT_EQ(campaign.phases_size(), 4);
  const auto& control = campaign.phases(2);
  EXPECT_EQ(control.clause(), "（三）落实防控措施阶段（7月16日—10月31日）");
  EXPECT_EQ(control.start_date().month(), 7);
  EXPECT_EQ(control.start_date().day(), 16);
  EXPECT_EQ(control.end_date().month(), 10);
  EXPECT_EQ(control.end_date().day(), 31);
  // The heading of the last says the first of January; its days are after the phase before.
  const auto& inspect = campaign.phases(3);
  EXPECT_EQ(inspect.clause(), "（四）检查考核修正（1月1日—12月31日）");
  EXPECT_EQ(inspect.start_date().month(), 11);
  EXPECT_EQ(inspect.end_date().month(), 12);
  EXPECT_EQ(inspect.end_date().day(), 31);
  for (const auto& task : campaign.tasks()) {
    if (task.phase() != inspect.id()) continue;
    EXPECT_GE(task.due_date().month(), 11) << task.id();
  }
}

// 「填写《个人廉政风险自查表》（附件2），5月25日交校防控办」
// RPCs: RiskService.SubmitSelfCheck, CampaignService.ListCampaignTasks,
// CampaignService.GetCampaignProgress
TEST_F(CampaignTest, LateIsFlaggedAndNeverRefused) {
  On(5, 25, 23);
  HandInSelfCheck("buyer");
  On(5, 26, 0);
  HandInSelfCheck("storekeeper");
  for (const auto& piece : Pieces("self-checks")) {
    const bool buyer = piece.person() == Person("buyer");
    const bool storekeeper = piece.person() == Person("storekeeper");
    EXPECT_EQ(piece.late(), storekeeper) << piece.person();
    EXPECT_EQ(piece.overdue(), !buyer && !storekeeper) << piece.person();
    EXPECT_EQ(piece.state() == reporting::v1::TASK_STATE_HANDED_IN, buyer || storekeeper);
  }
  const auto progress =
      Must(Do(office(), &CampaignStub::GetCampaignProgress, Named("campaigns", "2013")));
  bool found = false;
  for (const auto& task : progress.tasks()) {
    if (task.task().id() != "self-checks") continue;
    found = true;
    EXPECT_EQ(task.total().expected(), static_cast<int64_t>(persons().size()));
    EXPECT_EQ(task.total().handed_in(), 2);
    EXPECT_EQ(task.total().late(), 1);
    EXPECT_EQ(task.total().overdue(), static_cast<int64_t>(persons().size()) - 2);
  }
  EXPECT_TRUE(found);
}

// 「周密安排部署，认真组织实施」
// RPCs: CampaignService.ListReminders
TEST_F(CampaignTest, EverybodyIsRemindedOfWhatIsHisAndAGatewayOfAll) {
  On(5, 20);
  const auto own = Reminders(As("buyer"), 7);
  ASSERT_EQ(own.size(), 1u);
  EXPECT_EQ(own[0].person(), Person("buyer"));
  EXPECT_EQ(own[0].days_left(), 5);
  EXPECT_EQ(own[0].item().kind(), reporting::v1::TASK_KIND_SELF_CHECK);
  EXPECT_FALSE(own[0].text().empty());
  EXPECT_THAT(Reminders(As("buyer"), 4), IsEmpty()) << "it is not so near";
  auto& gateway = With("services/mail", {"reminder_gateway"});
  std::set<std::string> persons_reminded;
  for (const auto& reminder : Reminders(gateway, 7)) {
    if (reminder.item().kind() == reporting::v1::TASK_KIND_SELF_CHECK) {
      persons_reminded.insert(reminder.person());
    }
  }
  EXPECT_EQ(persons_reminded.size(), persons().size());
  HandInSelfCheck("buyer");
  EXPECT_THAT(Reminders(As("buyer"), 7), IsEmpty());
  On(5, 26);
  const auto overdue = Reminders(As("storekeeper"), 7);
  ASSERT_EQ(overdue.size(), 1u);
  EXPECT_EQ(overdue[0].days_left(), -1);
}

// 「不断提高学校廉政风险防控科学化水平」
// RPCs: RiskService.CarryForward, RiskService.ListRiskPoints, RiskService.ListMeasures,
// RiskService.ListSelfChecks
TEST_F(CampaignTest, TheNextYearBeginsFromWhereThisOneEnded) {
  On(6, 1);
  const std::string point = RegisterPoint("stock", "supply");
  const std::string measure = FileDepartmentMeasure("m", "supply", point);
  const std::string form = ApproveSelfCheck("buyer").name();
  DraftRiskPoint("only-a-draft", "supply");
  OnDay(kYear + 1, 1, 10);
  EXPECT_THAT(CarryForward(head("supply")), FailsWith(ERROR_REASON_PERMISSION_DENIED));
  const auto carried = CarryForward(office());
  ASSERT_THAT(carried, IsOk());
  EXPECT_EQ(carried->self_checks(), 1);
  EXPECT_EQ(carried->risk_points(), 1);
  EXPECT_EQ(carried->measures(), 1);
  const auto again = CarryForward(office());
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->self_checks() + again->risk_points() + again->measures(), 0)
      << "nothing is copied twice";

  risk::v1::ListRiskPointsRequest points;
  points.set_year(kYear + 1);
  const auto next = Must(Call(auditor(), &RiskStub::ListRiskPoints, points)).risk_points();
  ASSERT_EQ(next.size(), 1);
  EXPECT_EQ(next[0].carried_from(), point);
  EXPECT_EQ(next[0].state(), risk::v1::RISK_POINT_STATE_DRAFT) << "to be looked at anew";
  risk::v1::ListMeasuresRequest measures;
  measures.set_risk_point(next[0].name());
  EXPECT_EQ(CarriedFrom(Must(Call(auditor(), &RiskStub::ListMeasures, measures)).measures()),
            (std::set<std::string>{measure}));
  risk::v1::ListSelfChecksRequest forms;
  forms.set_year(kYear + 1);
  const auto drafts = Must(Call(auditor(), &RiskStub::ListSelfChecks, forms)).self_checks();
  ASSERT_EQ(drafts.size(), 1);
  EXPECT_EQ(drafts[0].carried_from(), form);
  EXPECT_EQ(drafts[0].findings_size(), 2);
  // What is of the old year stays there.
  EXPECT_EQ(RiskPointOf(point).state(), risk::v1::RISK_POINT_STATE_REGISTERED);
  EXPECT_EQ(Statistics(kYear).total().risk_point_count(), 3);
  EXPECT_EQ(Statistics(kYear + 1).total().risk_point_count(), 0);
}

}  // namespace
}  // namespace lianfang::acceptance
