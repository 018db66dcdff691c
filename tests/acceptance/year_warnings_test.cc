// 「2、建立廉政风险预警系统」: what the facts and the clock say needs somebody's eye, in which
// colour, whose turn it is, and what was found.
#include <optional>
#include <string>

#include "tests/acceptance/phase3_steps.h"

namespace lianfang::acceptance {
namespace {

using namespace common::v1;  // NOLINT: reasons
using reporting::v1::Warning;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class WarningTest : public YearTest {
 protected:
  // The one warning of a kind about a subject; nothing when there is none.
  std::optional<Warning> About(client::Client& client, reporting::v1::WarningKind kind,
                               const std::string& subject) {
    std::optional<Warning> found;
    for (const Warning& warning : WarningsOf(client, kind)) {
      if (warning.subject() != subject) continue;
      EXPECT_FALSE(found.has_value()) << "two about " << subject;
      found = warning;
    }
    return found;
  }
  reporting::v1::WarningColour ColourOf(reporting::v1::WarningKind kind,
                                        const std::string& subject) {
    const auto warning = About(office(), kind, subject);
    return warning ? warning->colour() : reporting::v1::WARNING_COLOUR_UNSPECIFIED;
  }
  // A form of the department that is due on the 5th of June and that nobody hands in.
  std::optional<Warning> OverdueForm(client::Client& client) {
    for (const Warning& warning : WarningsOf(client, reporting::v1::WARNING_KIND_OVERDUE)) {
      if (warning.subject() == Department("supply") &&
          warning.title().find("附件5") != std::string::npos) {
        return warning;
      }
    }
    return std::nullopt;
  }
  absl::StatusOr<reporting::v1::AdjudicateWarningResponse> Adjudicate(client::Client& client,
                                                                      const std::string& name) {
    return Call(client, &WarningStub::AdjudicateWarning, NewAdjudication(name));
  }
};

// 「对各科室、部门开展廉政风险防范工作进行检查督促」
// RPCs: ReportingService.ListWarnings
TEST_F(WarningTest, WhatIsOverdueWarnsInThreeColours) {
  On(6, 5, 23);
  EXPECT_FALSE(OverdueForm(office()).has_value()) << "the last day is not over";
  On(6, 6);
  const auto yellow = OverdueForm(office());
  ASSERT_TRUE(yellow.has_value());
  EXPECT_EQ(yellow->colour(), reporting::v1::WARNING_COLOUR_YELLOW);
  EXPECT_EQ(yellow->value(), 1);
  EXPECT_EQ(yellow->year(), kYear);
  EXPECT_EQ(yellow->department(), Department("supply"));
  On(6, 12);
  EXPECT_EQ(OverdueForm(office())->colour(), reporting::v1::WARNING_COLOUR_ORANGE);
  On(6, 20);
  const auto red = OverdueForm(office());
  EXPECT_EQ(red->colour(), reporting::v1::WARNING_COLOUR_RED);
  EXPECT_EQ(red->name(), yellow->name()) << "it is the same warning all along";
  RegisterPoint("stock", "supply");
  EXPECT_FALSE(OverdueForm(office()).has_value()) << "handed in";
}

// 「围绕排查确定的岗位廉政风险等级，有针对性的制定并推进廉政风险防范措施」
// RPCs: ReportingService.ListWarnings
TEST_F(WarningTest, AHighRiskWithoutAMeasureWarns) {
  constexpr auto kKind = reporting::v1::WARNING_KIND_HIGH_WITHOUT_MEASURE;
  On(6, 20);
  ConfirmGradesOf({"buyer", "storekeeper"});
  const std::string point = Named("riskPoints", "sc-buyer-1");
  On(7, 19);
  EXPECT_EQ(ColourOf(kKind, point), reporting::v1::WARNING_COLOUR_UNSPECIFIED);
  On(7, 20);
  EXPECT_EQ(ColourOf(kKind, point), reporting::v1::WARNING_COLOUR_YELLOW);
  On(8, 19);
  EXPECT_EQ(ColourOf(kKind, point), reporting::v1::WARNING_COLOUR_ORANGE);
  On(9, 18);
  EXPECT_EQ(ColourOf(kKind, point), reporting::v1::WARNING_COLOUR_RED);
  EXPECT_EQ(ColourOf(kKind, Named("riskPoints", "sc-storekeeper-1")),
            reporting::v1::WARNING_COLOUR_UNSPECIFIED)
      << "his level is not high";
  FilePostMeasure("m", "buyer", point);
  EXPECT_EQ(ColourOf(kKind, point), reporting::v1::WARNING_COLOUR_UNSPECIFIED);
}

// 「要对比措施实施前后的效果」
// RPCs: RiskService.AssessMeasure, ReportingService.ListWarnings
TEST_F(WarningTest, AMeasureWithoutEffectWarnsUntilItHasOne) {
  constexpr auto kKind = reporting::v1::WARNING_KIND_MEASURE_WITHOUT_EFFECT;
  On(6, 1);
  const std::string measure =
      FileDepartmentMeasure("m", "supply", RegisterPoint("stock", "supply"));
  EXPECT_EQ(ColourOf(kKind, measure), reporting::v1::WARNING_COLOUR_UNSPECIFIED);
  On(11, 5);
  Must(Assess(head("supply"), measure, risk::v1::MEASURE_EFFECT_NONE, "差三件", "仍差三件"));
  EXPECT_EQ(ColourOf(kKind, measure), reporting::v1::WARNING_COLOUR_YELLOW);
  On(11, 20);
  EXPECT_EQ(ColourOf(kKind, measure), reporting::v1::WARNING_COLOUR_ORANGE);
  On(12, 5);
  EXPECT_EQ(ColourOf(kKind, measure), reporting::v1::WARNING_COLOUR_RED);
  Must(Assess(head("supply"), measure, risk::v1::MEASURE_EFFECT_EFFECTIVE, "", "账实相符"));
  EXPECT_EQ(ColourOf(kKind, measure), reporting::v1::WARNING_COLOUR_UNSPECIFIED);
}

// 「注重对干部的提拔、交流、任用」
// RPCs: ReportingService.ListWarnings, PersonnelService.CreateAppointment
TEST_F(WarningTest, WhoeverHoldsAHighPostForYearsWarns) {
  constexpr auto kKind = reporting::v1::WARNING_KIND_LONG_HOLDER;
  On(6, 20);
  ConfirmGradesOf({"buyer", "counsellor"});
  // Both came in September 2010.
  OnDay(2015, 8, 31);
  EXPECT_EQ(ColourOf(kKind, Post("buyer")), reporting::v1::WARNING_COLOUR_UNSPECIFIED);
  OnDay(2015, 9, 1);
  const auto warning = About(office(), kKind, Post("buyer"));
  ASSERT_TRUE(warning.has_value());
  EXPECT_EQ(warning->colour(), reporting::v1::WARNING_COLOUR_YELLOW);
  EXPECT_EQ(warning->value(), 5);
  EXPECT_THAT(warning->persons(), ElementsAre(Person("buyer")));
  EXPECT_EQ(ColourOf(kKind, Post("counsellor")), reporting::v1::WARNING_COLOUR_UNSPECIFIED)
      << "a low post";
  OnDay(2018, 9, 1);
  EXPECT_EQ(ColourOf(kKind, Post("buyer")), reporting::v1::WARNING_COLOUR_ORANGE);
  OnDay(2020, 9, 1);
  EXPECT_EQ(ColourOf(kKind, Post("buyer")), reporting::v1::WARNING_COLOUR_RED);
  // Exchanged, the count begins anew.
  EndAppointment("buyer", "buyer", Day(2020, 8, 31));
  Appoint("counsellor", "buyer", Day(2020, 9, 1));
  EXPECT_EQ(ColourOf(kKind, Post("buyer")), reporting::v1::WARNING_COLOUR_UNSPECIFIED);
}

// 「并接受群众监督」
// RPCs: RiskService.CreateFeedback, RiskService.CloseFeedback, ReportingService.ListWarnings
TEST_F(WarningTest, FeedbackThatComesAgainWarns) {
  constexpr auto kKind = reporting::v1::WARNING_KIND_REPEATED_FEEDBACK;
  On(6, 1);
  std::string last;
  const auto send = [&] {
    last = Must(Call(feedback_box(), &RiskStub::CreateFeedback, NewFeedback(Post("buyer"))))
               .feedback()
               .name();
    return ColourOf(kKind, Post("buyer"));
  };
  EXPECT_EQ(send(), reporting::v1::WARNING_COLOUR_UNSPECIFIED);
  EXPECT_EQ(send(), reporting::v1::WARNING_COLOUR_YELLOW);
  EXPECT_EQ(send(), reporting::v1::WARNING_COLOUR_ORANGE);
  EXPECT_EQ(send(), reporting::v1::WARNING_COLOUR_ORANGE);
  EXPECT_EQ(send(), reporting::v1::WARNING_COLOUR_RED);
  // What was not taken up does not count.
  risk::v1::CloseFeedbackRequest close;
  close.set_name(last);
  close.set_reason("与前一件相同，不重复受理。");
  Must(Call(office(), &RiskStub::CloseFeedback, close));
  EXPECT_EQ(ColourOf(kKind, Post("buyer")), reporting::v1::WARNING_COLOUR_ORANGE);
  // Nor does what was said more than a year ago.
  OnDay(kYear + 1, 6, 1);
  EXPECT_EQ(ColourOf(kKind, Post("buyer")), reporting::v1::WARNING_COLOUR_UNSPECIFIED);
}

// 「以制约监督为手段」
// RPCs: PersonnelService.CreateAppointment, ReportingService.ListWarnings
TEST_F(WarningTest, FunctionsThatShouldNotMeetInOneHandWarn) {
  constexpr auto kKind = reporting::v1::WARNING_KIND_CONFLICTING_POWERS;
  On(6, 1);
  EXPECT_EQ(ColourOf(kKind, Person("cashier")), reporting::v1::WARNING_COLOUR_UNSPECIFIED);
  Appoint("cashier", "buyer", Day(kYear, 6, 1));
  const auto warning = About(office(), kKind, Person("cashier"));
  ASSERT_TRUE(warning.has_value()) << "he pays what he buys";
  EXPECT_EQ(warning->colour(), reporting::v1::WARNING_COLOUR_ORANGE);
  EXPECT_EQ(warning->value(), 1);
  EXPECT_THAT(warning->persons(), ElementsAre(Person("cashier")));
  Appoint("cashier", "supply-head", Day(kYear, 6, 1));
  EXPECT_EQ(ColourOf(kKind, Person("cashier")), reporting::v1::WARNING_COLOUR_RED)
      << "and now he has it repaired, too";
}

// 「2、建立廉政风险预警系统」
// RPCs: WarningService.GetWarning, WarningService.AdjudicateWarning,
// WarningService.RevokeAdjudication, ReportingService.ListWarnings
TEST_F(WarningTest, AreAdjudicatedWithAReasonAndTheAdjudicationCanBeTakenBack) {
  On(6, 6);
  const std::string name = OverdueForm(office())->name();
  EXPECT_THAT(Adjudicate(head("supply"), name), FailsWith(ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(Adjudicate(With(Person("supply-head"), {"control_office"}), name),
              FailsWith(ERROR_REASON_OWN_RECORD))
      << "it is he who is late";
  auto unsaid = NewAdjudication(name);
  unsaid.clear_disposal();
  EXPECT_THAT(Call(office(), &WarningStub::AdjudicateWarning, unsaid),
              FailsWith(ERROR_REASON_REQUIRED_FIELD));
  const auto adjudicated = Adjudicate(office(), name);
  ASSERT_THAT(adjudicated, IsOk());
  EXPECT_EQ(adjudicated->warning().state(), reporting::v1::WARNING_STATE_ADJUDICATED);
  EXPECT_EQ(adjudicated->warning().adjudication().adjudicator(), Person("party-office-head"));
  EXPECT_FALSE(adjudicated->warning().has_escalation()) << "it rises no further";
  EXPECT_THAT(Adjudicate(office(), name), FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));

  reporting::v1::RevokeAdjudicationRequest revoke;
  revoke.set_name(name);
  EXPECT_THAT(Call(office(), &WarningStub::RevokeAdjudication, revoke),
              FailsWith(ERROR_REASON_REQUIRED_FIELD))
      << "without a reason";
  revoke.clear_request_id();
  revoke.set_reason("台账看错了一行");
  const auto revoked = Call(office(), &WarningStub::RevokeAdjudication, revoke);
  ASSERT_THAT(revoked, IsOk());
  EXPECT_EQ(revoked->warning().state(), reporting::v1::WARNING_STATE_OPEN);
  EXPECT_EQ(revoked->warning().history_size(), 2) << "nothing that was said is lost";

  // It holds for the colour that it was made on.
  ASSERT_THAT(Adjudicate(office(), name), IsOk());
  On(6, 12);
  EXPECT_EQ(OverdueForm(office())->state(), reporting::v1::WARNING_STATE_OPEN);
  // What the facts no longer bear is gone, and still to be read.
  RegisterPoint("stock", "supply");
  EXPECT_EQ(Must(Do(office(), &WarningStub::GetWarning, name)).warning().state(),
            reporting::v1::WARNING_STATE_GONE);
  EXPECT_THAT(Adjudicate(office(), name), FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
}

// 「形成谁主管、谁负责，一级抓一级，层层抓落实」
// RPCs: ReportingService.ListWarnings, WarningService.GetWarning
TEST_F(WarningTest, WhatNobodyHandlesRisesFromLeaderToLeader) {
  constexpr auto kKind = reporting::v1::WARNING_KIND_REPEATED_FEEDBACK;
  On(6, 3, 0);
  for (int i = 0; i < 2; ++i) {
    Must(Call(feedback_box(), &RiskStub::CreateFeedback, NewFeedback(Post("buyer"))));
  }
  const auto at_first = About(office(), kKind, Post("buyer"));
  ASSERT_TRUE(at_first.has_value());
  const std::string name = at_first->name();
  EXPECT_EQ(at_first->escalation().role(), reporting::v1::ESCALATION_ROLE_DEPARTMENT_HEAD);
  EXPECT_THAT(at_first->escalation().persons(), ElementsAre(Person("supply-head")));
  EXPECT_EQ(at_first->escalation().next_role(), reporting::v1::ESCALATION_ROLE_VICE_PRINCIPAL);
  EXPECT_THAT(Do(head("supply"), &WarningStub::GetWarning, name), IsOk());
  EXPECT_THAT(Do(head("finance"), &WarningStub::GetWarning, name),
              FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  const auto leader = [&] {
    return Do(With(Person("vp-logistics"), {"vice_principal"}), &WarningStub::GetWarning, name);
  };
  EXPECT_THAT(leader(), FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND)) << "not his turn yet";

  On(6, 6, 0);
  ASSERT_THAT(leader(), IsOk()) << "after three days";
  EXPECT_THAT(leader()->warning().escalation().persons(), ElementsAre(Person("vp-logistics")));
  EXPECT_THAT(Do(head("supply"), &WarningStub::GetWarning, name), IsOk()) << "he keeps it";
  On(6, 8, 0);
  EXPECT_EQ(About(office(), kKind, Post("buyer"))->escalation().role(),
            reporting::v1::ESCALATION_ROLE_CONTROL_OFFICE);
  On(6, 13, 0);
  EXPECT_EQ(About(office(), kKind, Post("buyer"))->escalation().role(),
            reporting::v1::ESCALATION_ROLE_PRINCIPAL);
  EXPECT_THAT(Do(superior_office(), &WarningStub::GetWarning, name),
              FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  On(7, 3, 0);
  const auto risen = Do(superior_office(), &WarningStub::GetWarning, name);
  ASSERT_THAT(risen, IsOk());
  EXPECT_EQ(risen->warning().escalation().role(), reporting::v1::ESCALATION_ROLE_SUPERIOR_OFFICE);
}

}  // namespace
}  // namespace lianfang::acceptance
