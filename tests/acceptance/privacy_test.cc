// What a school gives upward names nobody: posts and numbers, and no person, whatever the year has
// brought and whoever asked for the report.
#include <algorithm>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/acceptance/phase3_steps.h"

namespace lianfang::acceptance {
namespace {

// In the name of every person here, so that it cannot be taken for a post's.
constexpr char kMark[] = "·持岗人";

class PrivacyTest : public YearTest {
 protected:
  PrivacyTest() {
    for (const std::string& person : persons()) {
      personnel::v1::UpdatePersonRequest update;
      update.mutable_person()->set_name(Person(person));
      update.mutable_person()->set_display_name(absl::StrCat(person, kMark));
      update.mutable_update_mask()->add_paths("display_name");
      Must(Call(administrator(), &PersonnelStub::UpdatePerson, update));
    }
  }

  reporting::v1::GetUnitReportResponse ReportFor(client::Client& client) {
    reporting::v1::GetUnitReportRequest request;
    request.set_unit(kUnit);
    return Must(Call(client, &ReportingStub::GetUnitReport, request));
  }
  client::Client& district() { return With("units/district", {"district_reader"}); }

  // A year in which persons stand in records of every kind that a report counts.
  void GoThroughTheYear() {
    On(5, 10);
    ApproveAllDuties();
    On(6, 1);
    ConfirmAllGrades();
    const std::string stock = RegisterPoint("stock", "supply");
    RegisterPoint("site", "");
    FilePower("buying", "supply");
    FileChart("buying", "supply", {});
    On(8, 1);
    FilePostMeasure("compare", "buyer", Named("riskPoints", "sc-buyer-1"));
    const std::string two = FileDepartmentMeasure("two", "supply", stock);
    PutUp(SignOf(Post("buyer")).name());
    DraftLetters();
    const auto letter = LetterOf("buyer");
    Must(SignLetter(head("supply"), letter));
    Must(SignLetter(staff("buyer"), letter));
    Must(Call(feedback_box(), &RiskStub::CreateFeedback, NewFeedback(stock)));
    Must(Assess(head("supply"), two, risk::v1::MEASURE_EFFECT_EFFECTIVE, "三张单人签字",
                "没有单人签字"));
    On(11, 10);
    const auto inspection = Must(Call(head("supply"), &InspectionStub::CreateSelfInspectionReport,
                                      NewReport("r1", Department("supply"), false)))
                                .self_inspection_report();
    Must(SubmitReport(head("supply"), inspection.name()));
    On(11, 25);
    const auto examination = Must(Call(office(), &InspectionStub::CreateExamination,
                                       NewExamination("e1", "supply", "storekeeper")))
                                 .examination();
    Must(Do(office(), &InspectionStub::ConcludeExamination, examination.name()));
    On(12, 31);
  }

  // What stands there, for whoever has to find out how it got in.
  static std::string Around(const std::string& said, const std::string& text) {
    const size_t at = said.find(text);
    return absl::CHexEscape(said.substr(at - std::min<size_t>(at, 60), 120));
  }

  void ExpectNobodyNamed(const google::protobuf::Message& message) {
    // Text stands in the bytes of a message as it is, of nested ones too.
    const std::string said = message.SerializeAsString();
    EXPECT_FALSE(absl::StrContains(said, "/persons/")) << Around(said, "/persons/");
    EXPECT_FALSE(absl::StrContains(said, kMark)) << Around(said, kMark);
  }
};

// Nobody's own words or name are needed to count: what is not given cannot get about.
TEST_F(PrivacyTest, TheReportOfAWholeYearNamesNobody) {
  GoThroughTheYear();
  personnel::v1::GetPersonRequest get;
  get.set_name(Person("buyer"));
  ASSERT_EQ(Must(Call(auditor(), &PersonnelStub::GetPerson, get)).person().display_name(),
            absl::StrCat("buyer", kMark));

  const auto up = ReportFor(district());
  ExpectNobodyNamed(up);
  // The year is in it: who is not named was there to be named.
  const reporting::v1::UnitReport& report = up.report();
  EXPECT_EQ(report.posts_size(), static_cast<int>(posts().size()));
  EXPECT_GE(report.total().risk_point_count(), static_cast<int>(2 * persons().size()));
  EXPECT_EQ(report.total().measure_count(), 2);
  EXPECT_EQ(report.total().signs_displayed(), 1);
  EXPECT_EQ(report.total().letters_signed(), 1);
  EXPECT_EQ(report.total().inspections_submitted(), 1);
  EXPECT_EQ(report.total().rectification_count(), 1);
  ASSERT_FALSE(report.campaigns().empty());
  EXPECT_FALSE(report.departments_by_kind().empty());
  EXPECT_FALSE(report.risk_points_by_month().empty());
}

// A report that somebody in the school has looked at first goes up as it was issued then: neither
// it nor the header of its entry says who that was.
TEST_F(PrivacyTest, AReportThatAPersonAskedForNamesNobody) {
  RegisterPoint("stock", "supply");
  const auto looked_at = ReportFor(principal());
  const auto up = ReportFor(district());
  ASSERT_EQ(up.report().name(), looked_at.report().name());
  ExpectNobodyNamed(up);
}

}  // namespace
}  // namespace lianfang::acceptance
