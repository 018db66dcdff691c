#include "services/aggregator/domain/rollup.h"

#include <functional>
#include <random>

#include "common/status/error.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/aggregator/testing/fake_member.h"
#include "services/reporting/domain/statistics.h"

namespace lianfang::aggregator {
namespace {

using aggregation::v1::Member;
using aggregation::v1::MemberState;
using google::protobuf::util::MessageDifferencer;
using reporting::v1::Statistics;

Member MemberOf(MemberState state, int64_t count) {
  Member member;
  member.set_name("units/d/members/m");
  member.set_unit("units/m");
  member.set_state(state);
  if (count >= 0) {
    member.mutable_report()->set_unit("units/m");
    *member.mutable_report()->mutable_total() = Figures(count);
  }
  return member;
}

struct FiguresCase {
  const char* name;
  std::function<void(Statistics&)> change;
  bool ok;
};

class CheckStatisticsTest : public ::testing::TestWithParam<FiguresCase> {};

TEST_P(CheckStatisticsTest, TakesOnlyWhatAddsUp) {
  Statistics figures = Figures(7);
  GetParam().change(figures);
  const absl::Status status = CheckStatistics(figures);
  EXPECT_EQ(status.ok(), GetParam().ok) << status;
  if (!GetParam().ok) {
    EXPECT_EQ(ReasonOf(status), common::v1::ERROR_REASON_MEMBER_UNTRUSTED);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, CheckStatisticsTest,
    ::testing::Values(
        FiguresCase{"Whole", [](Statistics&) {}, true},
        FiguresCase{"Empty", [](Statistics& s) { s.Clear(); }, true},
        FiguresCase{"WithEmptyBuckets", [](Statistics& s) { s = reporting::Complete(s); }, true},
        FiguresCase{"AValueOfANewerVersion",
                    [](Statistics& s) {
                      s.mutable_risk_points_by_topic(0)->set_topic(
                          static_cast<common::v1::SensitiveTopic>(77));
                    },
                    true},
        FiguresCase{"Negative", [](Statistics& s) { s.set_measure_count(-1); }, false},
        FiguresCase{"Huge", [](Statistics& s) { s.set_person_count(kMaxCount + 1); }, false},
        FiguresCase{"LevelsDoNotAddUp",
                    [](Statistics& s) { s.mutable_risk_points_by_level(0)->set_count(6); }, false},
        FiguresCase{"PostsDoNotAddUp", [](Statistics& s) { s.set_post_count(8); }, false},
        FiguresCase{"StagesDoNotAddUp", [](Statistics& s) { s.set_measure_count(1); }, false},
        FiguresCase{"NegativeBucketHidesInTheSum",
                    [](Statistics& s) {
                      s.mutable_risk_points_by_layer(0)->set_count(8);
                      auto* other = s.add_risk_points_by_layer();
                      other->set_layer(common::v1::RISK_LAYER_UNIT);
                      other->set_count(-1);
                    },
                    false},
        FiguresCase{"TooManyBuckets",
                    [](Statistics& s) {
                      for (int i = 0; i < kMaxBuckets; ++i) s.add_risk_points_by_method();
                    },
                    false}),
    [](const auto& row) { return row.param.name; });

TEST(Counts, OnlyVerifiedFiguresCount) {
  using namespace aggregation::v1;  // NOLINT: the states
  EXPECT_TRUE(Counts(MemberOf(MEMBER_STATE_VERIFIED, 1)));
  EXPECT_TRUE(Counts(MemberOf(MEMBER_STATE_UNREACHABLE, 1)));
  EXPECT_FALSE(Counts(MemberOf(MEMBER_STATE_UNREACHABLE, -1)));
  EXPECT_FALSE(Counts(MemberOf(MEMBER_STATE_UNTRUSTED, 1)));
  EXPECT_FALSE(Counts(MemberOf(MEMBER_STATE_REGISTERED, -1)));
}

// Whatever happens to the members, the total that is kept is the one that a recount gives, and its
// breakdowns add up.
TEST(MoveTotal, EqualsARecount) {
  std::mt19937 random(20260513);
  std::vector<Member> members(8);
  Statistics kept;
  for (int step = 0; step < 500; ++step) {
    Member& member = members[random() % members.size()];
    const auto state = static_cast<MemberState>(1 + random() % 4);
    const Member next = MemberOf(state, static_cast<int64_t>(random() % 50) - 1);
    MoveTotal(member, next, &kept);
    member = next;
    Statistics recount;
    for (const Member& one : members) MoveTotal(Member(), one, &recount);
    ASSERT_TRUE(MessageDifferencer::Equals(kept, recount)) << "step " << step;
    ASSERT_TRUE(CheckStatistics(kept).ok()) << "step " << step;
  }
}

TEST(AddToRollup, PutsEachMemberWhereItBelongs) {
  using namespace aggregation::v1;  // NOLINT: the states
  struct Row {
    MemberState state;
    int64_t count;
    int members, unreachable, untrusted, pending;
  };
  for (const Row& row :
       {Row{MEMBER_STATE_REGISTERED, -1, 0, 0, 0, 1}, Row{MEMBER_STATE_VERIFIED, 3, 1, 0, 0, 0},
        Row{MEMBER_STATE_UNREACHABLE, 3, 1, 1, 0, 0}, Row{MEMBER_STATE_UNREACHABLE, -1, 0, 1, 0, 0},
        Row{MEMBER_STATE_UNTRUSTED, 3, 0, 0, 1, 0}}) {
    GetRollupResponse rollup;
    AddToRollup(MemberOf(row.state, row.count), &rollup);
    EXPECT_EQ(rollup.members_size(), row.members) << row.state;
    EXPECT_EQ(rollup.unreachable_size(), row.unreachable) << row.state;
    EXPECT_EQ(rollup.untrusted_size(), row.untrusted) << row.state;
    EXPECT_EQ(rollup.pending_size(), row.pending) << row.state;
  }
}

TEST(Summarize, HidesTheFiguresOfWhoIsNotTrusted) {
  const auto good = Summarize(MemberOf(aggregation::v1::MEMBER_STATE_VERIFIED, 3));
  EXPECT_TRUE(good.verified());
  EXPECT_EQ(good.total().risk_point_count(), 3);
  const auto bad = Summarize(MemberOf(aggregation::v1::MEMBER_STATE_UNTRUSTED, 3));
  EXPECT_FALSE(bad.verified());
  EXPECT_FALSE(bad.has_total());
  EXPECT_EQ(bad.unit(), "units/m");
}

TEST(Slim, KeepsWhatTheRollupNeeds) {
  Member member = FakeSchool("m").AsMember("127.0.0.1:1");
  member.set_state(aggregation::v1::MEMBER_STATE_VERIFIED);
  member.mutable_report()->set_year(2026);
  *member.mutable_report()->mutable_total() = Figures(3);
  member.mutable_report()->add_departments()->set_display_name("总务处");
  const Member slim = Slim(member);
  EXPECT_TRUE(Counts(slim));
  EXPECT_EQ(slim.report().year(), 2026);
  EXPECT_EQ(slim.report().total().risk_point_count(), 3);
  EXPECT_EQ(slim.report().departments_size(), 0);
  EXPECT_EQ(slim.verifier_keys_size(), 0);
  EXPECT_TRUE(slim.credential().empty());
}

// A report of seven risk points with everything beside its total.
reporting::v1::UnitReport WholeReport() {
  reporting::v1::UnitReport report;
  *report.mutable_total() = Figures(7);
  for (const int month : {202605, 202607}) {
    report.add_risk_points_by_month()->set_month(month);
    report.mutable_risk_points_by_month()->rbegin()->set_count(month == 202605 ? 3 : 4);
  }
  auto* kind = report.add_departments_by_kind();
  kind->set_kind(personnel::v1::DEPARTMENT_KIND_OFFICE);
  kind->set_department_count(2);
  *kind->mutable_statistics() = Figures(7);
  auto* campaign = report.add_campaigns();
  campaign->set_year(2026);
  campaign->set_unit_count(1);
  auto* task = campaign->add_tasks();
  task->set_kind(reporting::v1::TASK_KIND_GRADE);
  task->mutable_counts()->set_expected(10);
  task->mutable_counts()->set_done(6);
  task->mutable_counts()->set_overdue(1);
  return report;
}

TEST(CheckReportTest, TakesOnlyWhatCanBeTrue) {
  using reporting::v1::UnitReport;
  const struct {
    const char* name;
    std::function<void(UnitReport&)> change;
    bool ok;
  } cases[] = {
      {"whole", [](UnitReport&) {}, true},
      {"an older server's",
       [](UnitReport& r) {
         r.clear_risk_points_by_month();
         r.clear_departments_by_kind();
         r.clear_campaigns();
       },
       true},
      {"months that do not add up",
       [](UnitReport& r) { r.mutable_risk_points_by_month(0)->set_count(4); }, false},
      {"months that cancel out",
       [](UnitReport& r) {
         r.mutable_risk_points_by_month(0)->set_count(-3);
         r.mutable_risk_points_by_month(1)->set_count(10);
       },
       false},
      {"a month twice", [](UnitReport& r) { r.mutable_risk_points_by_month(1)->set_month(202605); },
       false},
      {"a month that is none",
       [](UnitReport& r) { r.mutable_risk_points_by_month(1)->set_month(202613); }, false},
      {"kinds that do not add up",
       [](UnitReport& r) { *r.mutable_departments_by_kind(0)->mutable_statistics() = Figures(6); },
       false},
      {"a kind twice",
       [](UnitReport& r) { *r.add_departments_by_kind() = r.departments_by_kind(0); }, false},
      {"negative departments",
       [](UnitReport& r) { r.mutable_departments_by_kind(0)->set_department_count(-1); }, false},
      {"a year twice", [](UnitReport& r) { *r.add_campaigns() = r.campaigns(0); }, false},
      {"no unit", [](UnitReport& r) { r.mutable_campaigns(0)->set_unit_count(0); }, false},
      {"more done than expected",
       [](UnitReport& r) {
         r.mutable_campaigns(0)->mutable_tasks(0)->mutable_counts()->set_done(11);
       },
       false},
      {"negative overdue",
       [](UnitReport& r) {
         r.mutable_campaigns(0)->mutable_tasks(0)->mutable_counts()->set_overdue(-1);
       },
       false},
      {"negative schools", [](UnitReport& r) { r.set_school_count(-1); }, false},
      {"a total that does not add up", [](UnitReport& r) { r.mutable_total()->set_post_count(8); },
       false},
  };
  for (const auto& test : cases) {
    UnitReport report = WholeReport();
    test.change(report);
    const absl::Status status = CheckReport(report);
    EXPECT_EQ(status.ok(), test.ok) << test.name << " " << status;
    if (!test.ok) {
      EXPECT_EQ(ReasonOf(status), common::v1::ERROR_REASON_MEMBER_UNTRUSTED) << test.name;
    }
  }
}

TEST(SummarizeTest, AMemberStandsForItsSchools) {
  Member school = MemberOf(aggregation::v1::MEMBER_STATE_VERIFIED, 7);
  *school.mutable_report() = WholeReport();
  school.mutable_report()->set_number(4);
  school.mutable_report()->set_year(2026);
  const auto row = Summarize(Slim(school));
  EXPECT_EQ(row.school_count(), 1);
  EXPECT_EQ(row.report_number(), 4);
  EXPECT_EQ(row.year(), 2026);
  EXPECT_EQ(row.campaign().tasks(0).counts().done(), 6);
  EXPECT_EQ(SumsOf(school).risk_points_by_month_size(), 2);
  Member district = school;
  district.set_kind(aggregation::v1::MEMBER_KIND_AGGREGATOR);
  district.mutable_report()->set_school_count(31);
  EXPECT_EQ(Summarize(Slim(district)).school_count(), 31);
  // Who is not trusted adds nothing.
  district.set_state(aggregation::v1::MEMBER_STATE_UNTRUSTED);
  EXPECT_EQ(SchoolCount(district), 0);
  EXPECT_EQ(SumsOf(district).ByteSizeLong(), 0U);
  EXPECT_FALSE(Summarize(Slim(district)).has_campaign());
}

}  // namespace
}  // namespace lianfang::aggregator
