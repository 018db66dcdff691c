// 「3、编制职权目录」: each department's powers on 附件7, and the unit's volume of them.
#include <set>
#include <string>
#include <vector>

#include "tests/acceptance/volume_steps.h"

namespace lianfang::acceptance {
namespace {

using namespace common::v1;  // NOLINT: reasons
using risk::v1::FILING_STATE_COMPILED;
using risk::v1::FILING_STATE_DRAFT;
using risk::v1::FILING_STATE_FILED;
using risk::v1::FILING_STATE_RETURNED;
using risk::v1::FILING_STATE_SUBMITTED;
using risk::v1::Power;
using risk::v1::Submission;
using risk::v1::SUBMISSION_KIND_POWER_CATALOGUE;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class PowerCatalogue : public VolumeTest {
 protected:
  PowerCatalogue()
      : VolumeTest(risk::v1::VOLUME_KIND_POWER_CATALOGUE, SUBMISSION_KIND_POWER_CATALOGUE) {}

  absl::StatusOr<risk::v1::CreatePowerResponse> Enter(client::Client& client,
                                                      const risk::v1::CreatePowerRequest& request) {
    return Call(client, &RiskStub::CreatePower, request);
  }
  absl::StatusOr<risk::v1::UpdatePowerResponse> Reword(client::Client& client,
                                                       const std::string& id,
                                                       const std::string& content) {
    risk::v1::UpdatePowerRequest update;
    update.mutable_power()->set_name(Named("powers", id));
    update.mutable_power()->set_content(content);
    update.mutable_update_mask()->add_paths("content");
    return Call(client, &RiskStub::UpdatePower, update);
  }
  Power PowerNamed(const std::string& id) {
    return Get(&RiskStub::GetPower, Named("powers", id)).power();
  }
  // Ids of the powers of a department, as everybody sees them.
  std::set<std::string> PowersOf(const std::string& department) {
    risk::v1::ListPowersRequest list;
    list.set_department(Department(department));
    std::vector<std::string> names;
    const auto powers = Must(Call(staff("buyer"), &RiskStub::ListPowers, list));
    for (const Power& power : powers.powers()) names.push_back(power.name());
    return Ids(names);
  }
};

// 「各科室对照法律法规和机构职能"三定"方案，对本科室行政职权、管理职责进行全面清理，摸清项目底数」
// RPCs: RiskService.CreatePower, RiskService.ListPowers, RiskService.ArchivePower,
// RiskService.CreateSubmission, ReportingService.GetStatistics
TEST_F(PowerCatalogue, EachDepartmentClearsUpItsOwnPowersAndTheyAreCounted) {
  On(6, 8);
  for (client::Client* other : {&head("finance"), &leader_of("teaching")}) {
    EXPECT_THAT(Enter(*other, NewPower("buying", "supply")),
                FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  }
  EXPECT_THAT(Enter(staff("buyer"), NewPower("buying", "supply")),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(Enter(office(), NewPower("buying", "canteen")),
              FailsAt(ERROR_REASON_REFERENCE_NOT_FOUND, "power.department"));
  DraftPower("buying", "supply");
  auto repairs = NewPower("repairs", "supply");
  repairs.mutable_power()->set_power_name("校舍维修");
  repairs.mutable_power()->set_type(risk::v1::POWER_TYPE_CONSTRUCTION);
  Must(Enter(leader_of("supply"), repairs));
  DraftPower("letting", "supply");
  EXPECT_THAT(Enter(head("supply"), NewPower("letting", "supply")),
              FailsWith(ERROR_REASON_RESOURCE_EXISTS));

  // What the school no longer does leaves the list, but not while a risk is about it.
  const std::string point = DraftRiskPoint("rents", "supply", "letting").name();
  EXPECT_THAT(Do(head("supply"), &RiskStub::ArchivePower, Named("powers", "letting")),
              FailsWith(ERROR_REASON_STILL_IN_USE));
  Must(Do(head("supply"), &RiskStub::ArchiveRiskPoint, point));
  EXPECT_THAT(Do(head("finance"), &RiskStub::ArchivePower, Named("powers", "letting")),
              FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  Must(Do(head("supply"), &RiskStub::ArchivePower, Named("powers", "letting")));
  EXPECT_EQ(PowersOf("supply"), (std::set<std::string>{"buying", "repairs"}));
  EXPECT_THAT(PowersOf("finance"), IsEmpty());

  // 底数: what is handed in is all there is. Who has something cannot say that he has nothing.
  EXPECT_THAT(HandInForm(head("supply"), "supply", /*nil_return=*/true),
              FailsAt(ERROR_REASON_INVALID_FIELD, "submission.nil_return"));
  EXPECT_THAT(HandInForm(head("moral"), "moral"), FailsWith(ERROR_REASON_NOTHING_TO_SUBMIT));
  EXPECT_THAT(HandInForm(head("supply"), "moral", /*nil_return=*/true),
              FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  const Submission nil = Must(HandInForm(head("moral"), "moral", /*nil_return=*/true));
  EXPECT_THAT(nil.items(), IsEmpty());
  EXPECT_EQ(nil.title(), "2013年职权目录表：德育处（零报告）");
  EXPECT_EQ(Statistics().total().power_count(), 0) << "nothing is filed";
  HandInAndApprove(head("supply"), SUBMISSION_KIND_POWER_CATALOGUE, Department("supply"));
  const auto statistics = Statistics();
  EXPECT_EQ(statistics.total().power_count(), 2);
  int rows = 0;
  for (const auto& row : statistics.departments()) {
    if (row.department().empty()) continue;
    ++rows;
    EXPECT_EQ(row.statistics().power_count(), row.department() == Department("supply") ? 2 : 0)
        << row.department();
  }
  EXPECT_EQ(rows, 5);
}

// 「编制《科室廉政风险防控职权目录表》（附件7），明确职权名称、内容、行使主体和行使依据等」
// RPCs: RiskService.CreatePower, RiskService.UpdatePower, RiskService.GetPower,
// RiskService.CreateSubmission, ReviewService.Decide
TEST_F(PowerCatalogue, ARowSaysNameContentBodyAndBasis) {
  On(6, 10);
  const auto with = [&](auto change) {
    auto request = NewPower("buying", "supply");
    change(*request.mutable_power());
    return Enter(head("supply"), request);
  };
  EXPECT_THAT(with([](Power& power) { power.clear_power_name(); }),
              FailsAt(ERROR_REASON_REQUIRED_FIELD, "power.power_name"));
  EXPECT_THAT(with([](Power& power) { power.clear_content(); }),
              FailsAt(ERROR_REASON_REQUIRED_FIELD, "power.content"));
  EXPECT_THAT(with([](Power& power) { power.clear_exercising_body(); }),
              FailsAt(ERROR_REASON_REQUIRED_FIELD, "power.exercising_body"));
  EXPECT_THAT(with([](Power& power) { power.clear_legal_basis(); }),
              FailsAt(ERROR_REASON_REQUIRED_FIELD, "power.legal_basis"));
  EXPECT_THAT(with([](Power& power) { power.clear_type(); }),
              FailsAt(ERROR_REASON_REQUIRED_FIELD, "power.type"));
  EXPECT_THAT(with([](Power& power) { power.set_responsible_post(Post("porter")); }),
              FailsAt(ERROR_REASON_REFERENCE_NOT_FOUND, "power.responsible_post"));
  EXPECT_THAT(
      with([](Power& power) { power.mutable_disclosure()->set_scope(PUBLICITY_SCOPE_NONE); }),
      FailsAt(ERROR_REASON_REQUIRED_FIELD, "power.disclosure.withheld_reason"));
  EXPECT_THAT(PowersOf("supply"), IsEmpty());
  Must(with([](Power&) {}));
  EXPECT_THAT(Reword(head("supply"), "buying", ""),
              FailsAt(ERROR_REASON_REQUIRED_FIELD, "power.content"))
      << "nor may it be emptied later";

  const Submission form = Must(HandInForm(head("supply"), "supply"));
  EXPECT_EQ(form.title(), "2013年职权目录表：总务处（1项）");
  EXPECT_EQ(PowerNamed("buying").state(), FILING_STATE_SUBMITTED);
  EXPECT_THAT(Reword(head("supply"), "buying", "组织采购。"),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
  EXPECT_THAT(Do(head("supply"), &RiskStub::ArchivePower, Named("powers", "buying")),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
  Must(Return(leader_of("supply"), form.review(), "请写明验收。"));
  EXPECT_EQ(PowerNamed("buying").state(), FILING_STATE_RETURNED);
  EXPECT_EQ(PowerNamed("buying").review_comment(), "请写明验收。");
  EXPECT_THAT(Reword(head("moral"), "buying", "组织采购。"),
              FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  Must(Reword(head("supply"), "buying", "组织日常物资的询价、采购，两人验收。"));
  HandInAndApprove(head("supply"), SUBMISSION_KIND_POWER_CATALOGUE, Department("supply"));
  const Power filed = PowerNamed("buying");
  EXPECT_EQ(filed.state(), FILING_STATE_FILED);
  EXPECT_EQ(filed.revision(), 2);
  EXPECT_EQ(filed.power_name(), "物资采购");
  EXPECT_EQ(filed.content(), "组织日常物资的询价、采购，两人验收。");
  EXPECT_EQ(filed.exercising_body(), "实验小学");
  EXPECT_EQ(filed.legal_basis(), "《中小学校财务制度》。");

  // A row of the leadership is no head's to write; the principal hands his own in, and the other of
  // the two at the top looks at it.
  auto of_unit = NewPower("appointing", "supply");
  of_unit.mutable_power()->clear_department();
  of_unit.mutable_power()->set_responsible_post(Post("principal"));
  EXPECT_THAT(Enter(head("supply"), of_unit), FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  Must(Enter(principal(), of_unit));
  EXPECT_THAT(HandIn(head("supply"), SUBMISSION_KIND_POWER_CATALOGUE, kUnit),
              FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  const Submission own = Must(HandIn(principal(), SUBMISSION_KIND_POWER_CATALOGUE, kUnit));
  EXPECT_THAT(Approve(principal(), own.review()), FailsWith(ERROR_REASON_OWN_RECORD));
  Must(Approve(secretary(), own.review()));
  Must(Approve(office(), own.review()));
  EXPECT_EQ(PowerNamed("appointing").state(), FILING_STATE_FILED);
}

// 「6月15日交校防控办」
// RPCs: RiskService.CreateSubmission, ReviewService.GetReview, ReviewService.ListReviewTasks,
// ReviewService.Decide, RiskService.GetPower, CampaignService.ListCampaignTasks
TEST_F(PowerCatalogue, ItIsFiledAtTheOfficeByTheFifteenthOfJune) {
  On(6, 12);
  DraftPower("buying", "supply");
  DraftPower("paying", "finance");
  On(6, 15, 23);
  // Handed in by the leader in charge: it is his own now, so the principal looks at it for him.
  const Submission form = Must(HandInForm(leader_of("supply"), "supply"));
  Must(HandInForm(head("teaching"), "teaching", /*nil_return=*/true));
  for (const auto& piece : Pieces("power-catalogue")) {
    EXPECT_EQ(piece.due_date().month() * 100 + piece.due_date().day(), 615);
    EXPECT_FALSE(piece.overdue()) << piece.subject() << ": still the day";
  }
  On(6, 16, 0);
  EXPECT_TRUE(Piece("power-catalogue", Department("finance")).overdue());
  EXPECT_EQ(Must(HandInForm(head("finance"), "finance")).state(),
            risk::v1::SUBMISSION_STATE_SUBMITTED)
      << "late, not blocked";
  EXPECT_TRUE(Piece("power-catalogue", Department("finance")).late());
  EXPECT_FALSE(Piece("power-catalogue", Department("finance")).overdue());
  EXPECT_FALSE(Piece("power-catalogue", Department("supply")).late());
  EXPECT_FALSE(Piece("power-catalogue", Department("teaching")).late()) << "nothing to list";
  EXPECT_TRUE(Piece("power-catalogue", Department("moral")).overdue());

  for (client::Client* own : {&leader_of("supply"), &head("supply")}) {
    EXPECT_THAT(Approve(*own, form.review()), FailsWith(ERROR_REASON_OWN_RECORD));
  }
  EXPECT_THAT(Approve(office(), form.review()), FailsWith(ERROR_REASON_NOT_REVIEWER));
  EXPECT_THAT(Inbox(office()), Not(Contains(form.name())));
  Must(Approve(principal(), form.review()));
  const auto step = ReviewNamed(form.review()).steps(1);
  EXPECT_EQ(step.kind(), grading::v1::STEP_KIND_FILING);
  EXPECT_EQ(step.clause(), "6月15日交校防控办");
  EXPECT_THAT(Inbox(office()), Contains(form.name()));
  EXPECT_EQ(PowerNamed("buying").state(), FILING_STATE_SUBMITTED);
  EXPECT_EQ(Piece("power-catalogue", Department("supply")).state(),
            reporting::v1::TASK_STATE_HANDED_IN);
  Must(Approve(office(), form.review()));
  EXPECT_EQ(PowerNamed("buying").state(), FILING_STATE_FILED);
  EXPECT_EQ(Piece("power-catalogue", Department("supply")).state(), reporting::v1::TASK_STATE_DONE);
}

// 「领导小组组织编制单位职权目录」
// RPCs: RiskService.CompileVolume, RiskService.GetVolume, RiskService.ListVolumes,
// RiskService.GetPower, RiskService.UpdatePower, CampaignService.ListCampaignTasks
TEST_F(PowerCatalogue, TheLeadingGroupCompilesTheUnitsVolumeWhenAllHaveHandedIn) {
  On(6, 16);
  for (client::Client* other : {&head("supply"), &staff("buyer")}) {
    EXPECT_THAT(Compile(*other), FailsWith(ERROR_REASON_PERMISSION_DENIED));
  }
  EXPECT_THAT(Call(secretary(), &RiskStub::CompileVolume, {}),
              FailsAt(ERROR_REASON_REQUIRED_FIELD, "kind"));
  EXPECT_THAT(Missing(),
              ElementsAre(Department("finance"), Department("moral"), Department("party-office"),
                          Department("supply"), Department("teaching")));

  DraftPower("buying", "supply");
  const Submission buying = Must(HandInForm(head("supply"), "supply"));
  FilePower("paying", "finance");
  for (const std::string department : {"teaching", "party-office"}) {
    HandInAndApprove(head(department), SUBMISSION_KIND_POWER_CATALOGUE, Department(department),
                     /*nil_return=*/true);
  }
  const Submission nil = Must(HandInForm(head("moral"), "moral", /*nil_return=*/true));
  EXPECT_THAT(Missing(), ElementsAre(Department("moral"), Named("powers", "buying")))
      << "what is under review is not there yet";
  ApproveSteps(buying.review());
  EXPECT_THAT(Missing(), ElementsAre(Department("moral")));
  ApproveSteps(nil.review());
  EXPECT_THAT(Must(Call(staff("buyer"), &RiskStub::ListVolumes, {})).volumes(), IsEmpty());

  // The scheme names no day for it: the phase's end. Late it is compiled all the same.
  EXPECT_FALSE(Piece("unit-power-catalogue", kUnit).overdue());
  On(7, 16);
  EXPECT_TRUE(Piece("unit-power-catalogue", kUnit).overdue());
  const auto volume = Must(Compile(As("vp-teaching")));
  EXPECT_EQ(Piece("unit-power-catalogue", kUnit).state(), reporting::v1::TASK_STATE_DONE);
  EXPECT_TRUE(Piece("unit-power-catalogue", kUnit).late());
  EXPECT_FALSE(Piece("unit-power-catalogue", kUnit).overdue());
  EXPECT_EQ(volume.compiler(), Person("vp-teaching"));
  EXPECT_EQ(volume.number(), 1);
  EXPECT_EQ(volume.year(), kYear);
  ASSERT_THAT(volume.items(), SizeIs(2)) << "department by department";
  EXPECT_EQ(volume.items(0).name(), Named("powers", "paying"));
  EXPECT_EQ(volume.items(0).department(), Department("finance"));
  EXPECT_EQ(volume.items(1).name(), Named("powers", "buying"));
  EXPECT_EQ(volume.items(1).digest(), PowerNamed("buying").revision_digest());
  EXPECT_THAT(volume.nil_departments(),
              ElementsAre(Department("moral"), Department("party-office"), Department("teaching")));
  EXPECT_EQ(PowerNamed("buying").state(), FILING_STATE_COMPILED);
  EXPECT_EQ(PowerNamed("buying").volume(), volume.name());

  // A power that changes is filed anew and goes into the next volume; the first stays as it is.
  Must(Reword(head("supply"), "buying", "组织物资采购，两人验收。"));
  EXPECT_EQ(PowerNamed("buying").state(), FILING_STATE_DRAFT);
  EXPECT_THAT(Missing(), ElementsAre(Named("powers", "buying")));
  HandInAndApprove(head("supply"), SUBMISSION_KIND_POWER_CATALOGUE, Department("supply"));
  const auto second = Must(Compile(office()));
  EXPECT_EQ(second.number(), 2);
  EXPECT_EQ(second.items(1).revision(), 2);
  EXPECT_NE(second.digest(), volume.digest());
  const auto first = Must(Do(staff("buyer"), &RiskStub::GetVolume, volume.name())).volume();
  EXPECT_EQ(first.items(1).revision(), 1);
  EXPECT_EQ(first.SerializeAsString(), volume.SerializeAsString());
}

}  // namespace
}  // namespace lianfang::acceptance
