// The way down through the aggregator's API, over schools that are real servers: what waits reaches
// the right person, and his decision the school, once, wherever the line or a server breaks.
#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/testing/test_server.h"
#include "common/testing/until.h"
#include "lianfang/aggregation/v1/aggregation.grpc.pb.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"
#include "lianfang/reporting/v1/reporting.grpc.pb.h"
#include "services/aggregator/module.h"
#include "services/aggregator/testing/fake_member.h"

namespace lianfang::aggregator {
namespace {

using namespace common::v1;  // NOLINT: the reasons
using aggregation::v1::AggregationService;
using aggregation::v1::SuperiorTask;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::TestServer;
using AggregationStub = AggregationService::Stub;

// A school with reviews that wait for its superior.
class WaitingSchool final : public reporting::v1::ReportingService::Service {
 public:
  // How the line to it behaves, call by call.
  enum class Line { kWhole, kBreaksBefore, kBreaksAfter };

  explicit WaitingSchool(const std::string& unit_id) : school_(unit_id) {
    school_.Work("founded");
    school_.Issue(Figures(1));
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~WaitingSchool() override { server_->Shutdown(); }

  aggregation::v1::Member AsMember() { return school_.AsMember(absl::StrCat("127.0.0.1:", port_)); }
  void Wait(const std::string& id, grading::v1::ReviewerRole role) {
    const std::lock_guard lock(mutex_);
    reporting::v1::SuperiorTask& task = waiting_[id];
    task.mutable_review()->set_name(absl::StrCat(school_.unit(), "/reviews/", id));
    task.mutable_review()->set_title(absl::StrCat("审核", id));
    task.mutable_review()->set_state(grading::v1::REVIEW_STATE_OPEN);
    task.mutable_review()->set_revision_digest(absl::StrCat("digest-", id));
    task.mutable_review()->add_steps()->set_role(role);
    task.add_summary("岗位：校长");
  }
  void Withdraw(const std::string& id) {
    const std::lock_guard lock(mutex_);
    waiting_.erase(id);
  }
  void Work() {
    const std::lock_guard lock(mutex_);
    school_.Work("more");
    school_.Issue(Figures(2));
  }
  void SetLine(Line line) {
    const std::lock_guard lock(mutex_);
    line_ = line;
  }
  // Waits until so many decisions have come in, recorded or not.
  void AwaitRelays(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return relays_.size() >= count; });
  }
  std::vector<reporting::v1::RelayDecisionRequest> recorded() {
    const std::lock_guard lock(mutex_);
    return recorded_;
  }
  std::set<std::string> request_ids() {
    const std::lock_guard lock(mutex_);
    std::set<std::string> ids;
    for (const auto& relay : relays_) ids.insert(relay.request_id());
    return ids;
  }

  grpc::Status GetUnitReport(grpc::ServerContext*,
                             const reporting::v1::GetUnitReportRequest* request,
                             reporting::v1::GetUnitReportResponse* response) override {
    const std::lock_guard lock(mutex_);
    *response = school_.Answer(*request);
    return grpc::Status::OK;
  }
  grpc::Status ListSuperiorTasks(grpc::ServerContext*,
                                 const reporting::v1::ListSuperiorTasksRequest* request,
                                 reporting::v1::ListSuperiorTasksResponse* response) override {
    const std::lock_guard lock(mutex_);
    if (line_ == Line::kBreaksBefore) return {grpc::StatusCode::UNAVAILABLE, "broken"};
    // One a page, so that pages are followed.
    for (const auto& [id, task] : waiting_) {
      if (id <= request->page_token()) continue;
      if (response->tasks_size() == 1) {
        response->set_next_page_token(last_);
        break;
      }
      *response->add_tasks() = task;
      last_ = id;
    }
    return grpc::Status::OK;
  }
  grpc::Status RelayDecision(grpc::ServerContext*,
                             const reporting::v1::RelayDecisionRequest* request,
                             reporting::v1::RelayDecisionResponse* response) override {
    const std::lock_guard lock(mutex_);
    relays_.push_back(*request);
    changed_.notify_all();
    if (line_ == Line::kBreaksBefore) return {grpc::StatusCode::UNAVAILABLE, "broken"};
    size_t sequence = 0;
    for (size_t i = 0; i < recorded_.size(); ++i) {
      if (recorded_[i].request_id() == request->request_id()) sequence = i + 1;
    }
    if (sequence == 0) {
      bool waits = false;
      for (const auto& [id, task] : waiting_) {
        waits = waits || (task.review().name() == request->review() &&
                          task.review().revision_digest() == request->revision_digest());
      }
      if (!waits) return {grpc::StatusCode::FAILED_PRECONDITION, "over"};
      recorded_.push_back(*request);
      sequence = recorded_.size();
      waiting_.erase(request->review().substr(school_.unit().size() + 9));
    }
    if (line_ == Line::kBreaksAfter) return {grpc::StatusCode::UNAVAILABLE, "broken"};
    response->mutable_position()->set_service("grading");
    response->mutable_position()->set_sequence(static_cast<int64_t>(sequence));
    return grpc::Status::OK;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  FakeSchool school_;                                           // under mutex_
  std::map<std::string, reporting::v1::SuperiorTask> waiting_;  // under mutex_
  std::vector<reporting::v1::RelayDecisionRequest> relays_;     // under mutex_
  std::vector<reporting::v1::RelayDecisionRequest> recorded_;   // under mutex_
  Line line_ = Line::kWhole;                                    // under mutex_
  std::string last_;                                            // under mutex_
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

constexpr auto kLeader = grading::v1::REVIEWER_ROLE_SUPERIOR_LEADER;
constexpr auto kOffice = grading::v1::REVIEWER_ROLE_SUPERIOR_OFFICE;

config::v1::ServerConfig ConfigOf(const std::string& credentials) {
  config::v1::ServerConfig config;
  config.add_modules("aggregator");
  config.set_credentials_dir(credentials);
  return config;
}

class SuperiorApiTest : public ::testing::Test {
 protected:
  SuperiorApiTest() { std::ofstream(absl::StrCat(credentials_.path(), "/school.token")) << "t"; }

  client::Client& Operator() { return server_.As("operators/d", {"district_admin"}); }
  client::Client& Leader() { return server_.As("units/d/persons/l", {"superior_leader"}, {"d"}); }
  client::Client& Office() { return server_.As("units/d/persons/o", {"superior_office"}, {"d"}); }

  void Register(WaitingSchool& school, const std::string& id) {
    aggregation::v1::RegisterMemberRequest request;
    request.set_parent("units/d");
    request.set_member_id(id);
    *request.mutable_member() = school.AsMember();
    request.set_request_id(server_.RequestId());
    ASSERT_THAT(
        testing::Call<AggregationService>(Operator(), &AggregationStub::RegisterMember, request),
        IsOk());
  }
  aggregation::v1::ListSuperiorTasksResponse List(
      client::Client& client, bool refresh = false,
      aggregation::v1::SuperiorTaskState state = aggregation::v1::SUPERIOR_TASK_STATE_UNSPECIFIED) {
    aggregation::v1::ListSuperiorTasksRequest request;
    request.set_parent("units/d");
    request.set_refresh(refresh);
    request.set_state(state);
    const auto listed =
        testing::Call<AggregationService>(client, &AggregationStub::ListSuperiorTasks, request);
    EXPECT_THAT(listed, IsOk());
    return listed.ok() ? *listed : aggregation::v1::ListSuperiorTasksResponse();
  }
  static std::vector<std::string> Titles(const aggregation::v1::ListSuperiorTasksResponse& listed) {
    std::vector<std::string> titles;
    for (const auto& task : listed.superior_tasks()) titles.push_back(task.task().review().title());
    std::sort(titles.begin(), titles.end());
    return titles;
  }
  aggregation::v1::DecideSuperiorTaskRequest Approve(const SuperiorTask& task) {
    aggregation::v1::DecideSuperiorTaskRequest request;
    request.set_name(task.name());
    request.set_request_id(server_.RequestId());
    request.set_decision(grading::v1::DECISION_APPROVE);
    request.set_revision_digest(task.task().review().revision_digest());
    return request;
  }
  absl::StatusOr<SuperiorTask> Decide(client::Client& client,
                                      const aggregation::v1::DecideSuperiorTaskRequest& request) {
    LF_ASSIGN_OR_RETURN(auto response, (testing::Call<AggregationService>(
                                           client, &AggregationStub::DecideSuperiorTask, request)));
    EXPECT_GT(response.position().sequence(), 0);
    return response.superior_task();
  }
  absl::StatusOr<SuperiorTask> Get(client::Client& client, const std::string& name) {
    aggregation::v1::GetSuperiorTaskRequest request;
    request.set_name(name);
    LF_ASSIGN_OR_RETURN(auto response, (testing::Call<AggregationService>(
                                           client, &AggregationStub::GetSuperiorTask, request)));
    return response.superior_task();
  }
  // The task once it is no longer on its way.
  SuperiorTask AwaitSettled(client::Client& client, const std::string& name) {
    absl::StatusOr<SuperiorTask> task;
    EXPECT_TRUE(testing::Until([&] {
      task = Get(client, name);
      return !task.ok() || task->state() != aggregation::v1::SUPERIOR_TASK_STATE_DECIDED;
    })) << "the decision was never delivered";
    EXPECT_THAT(task, IsOk());
    return task.ok() ? *task : SuperiorTask();
  }
  int64_t Changes() { return server_.Changes("units/d/ledgers/aggregator"); }

  testing::TempFolder credentials_;
  TestServer server_{{AggregatorModule()}, ConfigOf(credentials_.path())};
};

TEST_F(SuperiorApiTest, EachRoleSeesAndDecidesWhatWaitsForIt) {
  WaitingSchool school("a");
  school.Wait("form", kLeader);
  school.Wait("grade-1", kOffice);
  school.Wait("grade-2", kOffice);
  Register(school, "a");
  EXPECT_THAT(Titles(List(Leader())), IsEmpty());
  EXPECT_THAT(Titles(List(Leader(), true)), ElementsAre("审核form"));
  EXPECT_THAT(Titles(List(Office())), ElementsAre("审核grade-1", "审核grade-2"));
  const SuperiorTask task = List(Leader()).superior_tasks(0);
  EXPECT_THAT(task.task().summary(), ElementsAre("岗位：校长"));
  // The operator runs the machine; what it carries is none of his business.
  aggregation::v1::ListSuperiorTasksRequest list;
  list.set_parent("units/d");
  EXPECT_THAT(
      testing::Call<AggregationService>(Operator(), &AggregationStub::ListSuperiorTasks, list),
      FailsWith(ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(Get(Office(), task.name()), FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(Decide(Office(), Approve(task)), FailsWith(ERROR_REASON_NOT_REVIEWER));
  auto stale = Approve(task);
  stale.set_revision_digest("another");
  EXPECT_THAT(Decide(Leader(), stale), FailsWith(ERROR_REASON_REVISION_CHANGED));

  const auto request = Approve(task);
  const auto decided = Decide(Leader(), request);
  ASSERT_THAT(decided, IsOk());
  EXPECT_EQ(decided->state(), aggregation::v1::SUPERIOR_TASK_STATE_DELIVERED);
  EXPECT_EQ(decided->member_position().sequence(), 1);
  ASSERT_EQ(school.recorded().size(), 1U);
  EXPECT_EQ(school.recorded()[0].decider(), "units/d/persons/l");
  EXPECT_EQ(school.recorded()[0].role(), kLeader);
  // What was needed to decide is not kept beyond it.
  EXPECT_THAT(Get(Leader(), task.name())->task().summary(), IsEmpty());
  // Sent again it changes nothing, on either side.
  const int64_t changes = Changes();
  EXPECT_GT(changes, 0);
  ASSERT_THAT(Decide(Leader(), request), IsOk());
  EXPECT_EQ(Changes(), changes);
  EXPECT_EQ(school.recorded().size(), 1U);
  EXPECT_THAT(Decide(Leader(), Approve(task)), FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
  // Nor does looking again.
  EXPECT_THAT(Titles(List(Leader(), true)), IsEmpty());
  EXPECT_EQ(Changes(), changes);
  EXPECT_THAT(Titles(List(Leader(), false, aggregation::v1::SUPERIOR_TASK_STATE_DELIVERED)),
              ElementsAre("审核form"));
}

TEST_F(SuperiorApiTest, WhoDoesNotAnswerIsListedAndTheRestIsShown) {
  WaitingSchool up("a");
  WaitingSchool down("b");
  up.Wait("form", kLeader);
  down.Wait("form", kLeader);
  Register(up, "a");
  Register(down, "b");
  EXPECT_EQ(List(Leader(), true).superior_tasks_size(), 2);
  down.SetLine(WaitingSchool::Line::kBreaksBefore);
  up.Withdraw("form");
  const auto listed = List(Leader(), true);
  EXPECT_THAT(listed.unreachable(), ElementsAre("units/d/members/b"));
  // What was seen last stays; what is gone is gone.
  ASSERT_EQ(listed.superior_tasks_size(), 1);
  EXPECT_EQ(listed.superior_tasks(0).member(), "units/d/members/b");
  EXPECT_EQ(List(Leader(), false, aggregation::v1::SUPERIOR_TASK_STATE_GONE).superior_tasks_size(),
            1);
}

TEST_F(SuperiorApiTest, APullThatBringsSomethingNewBringsTheTasksToo) {
  WaitingSchool school("a");
  school.Wait("form", kLeader);
  Register(school, "a");
  aggregation::v1::PullMemberRequest pull;
  pull.set_name("units/d/members/a");
  ASSERT_THAT(testing::Call<AggregationService>(Operator(), &AggregationStub::PullMember, pull),
              IsOk());
  EXPECT_TRUE(testing::Until([&] { return List(Leader()).superior_tasks_size() > 0; }));
  EXPECT_EQ(List(Leader()).superior_tasks_size(), 1);
}

TEST_F(SuperiorApiTest, ABrokenLineDelaysADecisionAndDoesNotDoubleIt) {
  for (const auto line : {WaitingSchool::Line::kBreaksBefore, WaitingSchool::Line::kBreaksAfter}) {
    const bool after = line == WaitingSchool::Line::kBreaksAfter;
    const std::string id = after ? "b" : "a";
    WaitingSchool school(id);
    school.Wait("form", kLeader);
    Register(school, id);
    const SuperiorTask task = List(Leader(), true).superior_tasks(0);
    school.SetLine(line);
    const auto decided = Decide(Leader(), Approve(task));
    ASSERT_THAT(decided, IsOk());
    EXPECT_EQ(decided->state(), aggregation::v1::SUPERIOR_TASK_STATE_DECIDED);
    EXPECT_NE(decided->problem(), "");
    EXPECT_EQ(school.recorded().size(), after ? 1U : 0U);
    school.SetLine(WaitingSchool::Line::kWhole);
    const SuperiorTask settled = AwaitSettled(Leader(), task.name());
    EXPECT_EQ(settled.state(), aggregation::v1::SUPERIOR_TASK_STATE_DELIVERED);
    EXPECT_EQ(settled.problem(), "");
    EXPECT_EQ(settled.member_position().sequence(), 1);
    EXPECT_EQ(school.recorded().size(), 1U);
    EXPECT_EQ(school.request_ids().size(), 1U);
  }
}

TEST_F(SuperiorApiTest, AServerThatStartsAnewBringsWhatWasDecided) {
  WaitingSchool school("a");
  school.Wait("form", kLeader);
  Register(school, "a");
  const SuperiorTask task = List(Leader(), true).superior_tasks(0);
  school.SetLine(WaitingSchool::Line::kBreaksAfter);
  ASSERT_THAT(Decide(Leader(), Approve(task)), IsOk());
  server_.Restart();
  EXPECT_EQ(Get(Leader(), task.name())->state(), aggregation::v1::SUPERIOR_TASK_STATE_DECIDED);
  school.SetLine(WaitingSchool::Line::kWhole);
  EXPECT_EQ(AwaitSettled(Leader(), task.name()).state(),
            aggregation::v1::SUPERIOR_TASK_STATE_DELIVERED);
  EXPECT_EQ(school.recorded().size(), 1U);
  EXPECT_EQ(school.request_ids().size(), 1U);
}

TEST_F(SuperiorApiTest, WhatTheMemberRefusesIsSaidAndCanBeDecidedAnewIfItWaitsAgain) {
  WaitingSchool school("a");
  school.Wait("form", kLeader);
  Register(school, "a");
  const SuperiorTask task = List(Leader(), true).superior_tasks(0);
  school.Withdraw("form");
  const auto decided = Decide(Leader(), Approve(task));
  ASSERT_THAT(decided, IsOk());
  EXPECT_EQ(decided->state(), aggregation::v1::SUPERIOR_TASK_STATE_REFUSED);
  EXPECT_NE(decided->problem(), "");
  EXPECT_THAT(school.recorded(), IsEmpty());
  school.Wait("form", kLeader);
  ASSERT_EQ(List(Leader(), true).superior_tasks_size(), 1);
  EXPECT_EQ(Decide(Leader(), Approve(task))->state(),
            aggregation::v1::SUPERIOR_TASK_STATE_DELIVERED);
  EXPECT_EQ(school.recorded().size(), 1U);
  EXPECT_EQ(school.request_ids().size(), 2U);
}

}  // namespace
}  // namespace lianfang::aggregator
