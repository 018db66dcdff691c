// The way down at the school, what its report says beside counts, and what it must not say.
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "google/protobuf/text_format.h"
#include "lianfang/grading/v1/grading.grpc.pb.h"
#include "lianfang/reporting/v1/campaign.grpc.pb.h"
#include "services/reporting/reporting_fixture.h"

namespace lianfang::reporting {
namespace {

using namespace common::v1;  // NOLINT: the reasons
using ::testing::ElementsAre;
using ReportingStub = ReportingService::Stub;

// Grading's reviews of three grades, beside a server that hosts no grading itself.
class FakeReviews final : public grading::v1::ReviewService::Service {
 public:
  grpc::Status ListReviews(grpc::ServerContext*, const grading::v1::ListReviewsRequest* request,
                           grading::v1::ListReviewsResponse* response) override {
    EXPECT_TRUE(request->waits_for_superior());
    const int first = request->page_token().empty() ? 0 : std::stoi(request->page_token());
    for (int i = first; i < 3 && i < first + request->page_size(); ++i) {
      auto* review = response->add_reviews();
      review->set_name("units/u/reviews/r" + std::to_string(i));
      review->set_record("units/u/grades/g" + std::to_string(i));
      review->set_record_kind(grading::v1::RECORD_KIND_GRADE);
      review->set_revision_digest("digest");
      review->mutable_create_time()->set_seconds(100 + i);
    }
    if (first + request->page_size() < 3) {
      response->set_next_page_token(std::to_string(first + request->page_size()));
    }
    return grpc::Status::OK;
  }
  grpc::Status Decide(grpc::ServerContext*, const grading::v1::DecideRequest* request,
                      grading::v1::DecideResponse* response) override {
    const std::lock_guard lock(mutex_);
    decided_.push_back(*request);
    response->mutable_review()->set_name(request->name());
    response->mutable_position()->set_sequence(9);
    return grpc::Status::OK;
  }
  std::vector<grading::v1::DecideRequest> decided() {
    const std::lock_guard lock(mutex_);
    return decided_;
  }

 private:
  std::mutex mutex_;
  std::vector<grading::v1::DecideRequest> decided_;  // under mutex_
};

class FakeGrades final : public grading::v1::GradingService::Service {
 public:
  grpc::Status GetGrade(grpc::ServerContext*, const grading::v1::GetGradeRequest* request,
                        grading::v1::GetGradeResponse* response) override {
    response->mutable_grade()->set_year(2026);
    response->mutable_grade()->set_post_display_name("采购员");
    response->mutable_grade()->set_level(RISK_LEVEL_HIGH);
    response->mutable_grade()->mutable_proposal()->set_level(RISK_LEVEL_HIGH);
    // One was proposed anew since the review was listed.
    response->mutable_grade()->set_revision_digest(
        request->name() == "units/u/grades/g2" ? "another" : "digest");
    return grpc::Status::OK;
  }
};

class SuperiorTasksTest : public ReportingFixture {
 protected:
  client::Client& Gateway() {
    return beside_.As("superiors/district", {"superior_gateway"}, {"u"});
  }

  FakeReviews reviews_;
  FakeGrades grades_;
  testing::TestServer beside_{
      {StandIn("personnel"), StandIn("risk"), StandIn("grading"), ReportingModule()},
      {},
      {&reviews_, &grades_}};
};

TEST_F(SuperiorTasksTest, WhatWaitsIsListedWithWhatIsDecidedOn) {
  v1::ListSuperiorTasksRequest request;
  request.set_parent("units/u");
  request.set_page_size(2);
  auto page =
      testing::Call<ReportingService>(Gateway(), &ReportingStub::ListSuperiorTasks, request);
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->tasks_size(), 2);
  EXPECT_THAT(page->tasks(0).summary(),
              ElementsAre("2026年岗位廉政风险等级", "岗位：采购员", "等级：一级（高）"));
  EXPECT_EQ(page->tasks(0).wait_time().seconds(), 100);
  request.set_page_token(page->next_page_token());
  page = testing::Call<ReportingService>(Gateway(), &ReportingStub::ListSuperiorTasks, request);
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->tasks_size(), 1);
  EXPECT_EQ(page->tasks(0).review().name(), "units/u/reviews/r2");
  // Not the text of another revision than the one that is decided on.
  EXPECT_EQ(page->tasks(0).summary_size(), 0);
  EXPECT_EQ(page->next_page_token(), "");
  request.set_page_token("nonsense");
  EXPECT_THAT(
      testing::Call<ReportingService>(Gateway(), &ReportingStub::ListSuperiorTasks, request),
      FailsWith(ERROR_REASON_INVALID_PAGE_TOKEN));
}

TEST_F(SuperiorTasksTest, ADecisionGoesToGradingWithWhoDecidedAndTheSameRequest) {
  v1::RelayDecisionRequest request;
  request.set_review("units/u/reviews/r1");
  request.set_request_id(beside_.RequestId());
  request.set_decision(grading::v1::DECISION_RETURN);
  request.set_comment("请补充");
  request.set_revision_digest("digest");
  request.set_decider("units/d/persons/o");
  request.set_role(grading::v1::REVIEWER_ROLE_SUPERIOR_OFFICE);
  EXPECT_THAT(testing::Call<ReportingService>(beside_.As("services/test", {"control_office"}),
                                              &ReportingStub::RelayDecision, request),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(testing::Call<ReportingService>(beside_.As("x", {"superior_gateway"}, {"other"}),
                                              &ReportingStub::RelayDecision, request),
              FailsWith(ERROR_REASON_UNIT_NOT_COVERED));
  EXPECT_TRUE(reviews_.decided().empty());
  const auto relayed =
      testing::Call<ReportingService>(Gateway(), &ReportingStub::RelayDecision, request);
  ASSERT_THAT(relayed, IsOk());
  EXPECT_EQ(relayed->position().sequence(), 9);
  EXPECT_EQ(relayed->review().name(), request.review());
  ASSERT_EQ(reviews_.decided().size(), 1U);
  const grading::v1::DecideRequest decided = reviews_.decided()[0];
  EXPECT_EQ(decided.name(), request.review());
  EXPECT_EQ(decided.request_id(), request.request_id());
  EXPECT_EQ(decided.decision(), grading::v1::DECISION_RETURN);
  EXPECT_EQ(decided.comment(), "请补充");
  EXPECT_EQ(decided.revision_digest(), "digest");
  EXPECT_EQ(decided.on_behalf_of(), "units/d/persons/o");
  EXPECT_EQ(decided.on_behalf_role(), grading::v1::REVIEWER_ROLE_SUPERIOR_OFFICE);
}

class ReportFiguresTest : public ReportingFixture {};

TEST_F(ReportFiguresTest, AReportSaysMonthsKindsAndCampaignsAndNamesNoPerson) {
  PutUnit();
  PutDepartment("supply", "总务处");
  PutPost("buyer", "采购员", "supply");
  PutPost("head", "校长", "");
  PutPoint("p1", "buyer");
  PutPoint("p2", "head");
  PutGrade("buyer", RISK_LEVEL_HIGH);
  v1::CreateCampaignRequest create;
  create.set_parent("units/u");
  create.mutable_campaign()->set_year(2026);
  ASSERT_THAT(
      Change<v1::CampaignService>(client_, &v1::CampaignService::Stub::CreateCampaign, create),
      IsOk());
  const auto answer = Report();
  ASSERT_THAT(answer, IsOk());
  const v1::UnitReport& report = answer->report();
  int64_t points = 0;
  for (const auto& month : report.risk_points_by_month()) points += month.count();
  EXPECT_EQ(points, 2);
  EXPECT_EQ(points, report.total().risk_point_count());
  points = 0;
  for (const auto& kind : report.departments_by_kind()) {
    points += kind.statistics().risk_point_count();
  }
  EXPECT_EQ(points, 2);
  ASSERT_EQ(report.campaigns_size(), 1);
  EXPECT_EQ(report.campaigns(0).year(), 2026);
  EXPECT_EQ(report.campaigns(0).unit_count(), 1);
  int64_t expected = 0;
  for (const auto& task : report.campaigns(0).tasks()) expected += task.counts().expected();
  EXPECT_GT(expected, 0);
  // The same again is no new report; a day on which something becomes overdue brings one.
  EXPECT_EQ(Report()->report().number(), report.number());
  Today(2026, 5, 13, 20);
  EXPECT_EQ(Report()->report().number(), report.number());
  Today(2026, 12, 31);
  EXPECT_EQ(Report()->report().number(), report.number() + 1);
  const std::string text = Report()->report().DebugString() + report.DebugString();
  EXPECT_EQ(text.find("/persons/"), std::string::npos);
  EXPECT_EQ(report.ShortDebugString().find("persons/"), std::string::npos);
  // PutPost names the holder so.
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  std::string readable;
  ASSERT_TRUE(printer.PrintToString(report, &readable));
  EXPECT_NE(readable.find("采购员"), std::string::npos);
  EXPECT_EQ(readable.find("任职人"), std::string::npos);
}

}  // namespace
}  // namespace lianfang::reporting
