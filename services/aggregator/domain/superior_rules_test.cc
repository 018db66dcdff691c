#include "services/aggregator/domain/superior_rules.h"

#include <functional>

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::aggregator {
namespace {

using namespace common::v1;  // NOLINT: the reasons
using aggregation::v1::DecideSuperiorTaskRequest;
using aggregation::v1::SuperiorTask;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kRequest[] = "11111111-1111-8111-8111-111111111111";
const absl::Time kDecisionTime = absl::FromUnixSeconds(1800000000);

aggregation::v1::Member School() {
  aggregation::v1::Member member;
  member.set_name("units/d/members/a");
  member.set_unit("units/a");
  member.set_kind(aggregation::v1::MEMBER_KIND_SCHOOL);
  return member;
}

reporting::v1::SuperiorTask Told() {
  reporting::v1::SuperiorTask told;
  grading::v1::Review& review = *told.mutable_review();
  review.set_name("units/a/reviews/sc-r1");
  review.set_record_kind(grading::v1::RECORD_KIND_SELF_CHECK);
  review.set_owner("units/a/persons/p");
  review.add_owners("units/a/persons/p");
  review.set_state(grading::v1::REVIEW_STATE_OPEN);
  review.set_revision_digest("digest");
  review.add_steps()->set_role(grading::v1::REVIEWER_ROLE_SUPERIOR_LEADER);
  told.add_summary("岗位：校长");
  return told;
}

SuperiorTask Task() { return *TaskOf(School(), Told()); }

auth::Identity Leader() {
  return {.subject = "units/d/persons/l", .units = {"d"}, .roles = {"superior_leader"}};
}

DecideSuperiorTaskRequest Verdict(grading::v1::Decision decision, const std::string& comment = "") {
  DecideSuperiorTaskRequest request;
  request.set_decision(decision);
  request.set_comment(comment);
  request.set_revision_digest("digest");
  return request;
}

TEST(SuperiorRulesTest, ATaskIsAStepOfARevision) {
  const SuperiorTask task = Task();
  EXPECT_EQ(task.name().substr(0, 22), "units/d/superiorTasks/");
  EXPECT_EQ(task.member(), "units/d/members/a");
  EXPECT_EQ(task.role(), grading::v1::REVIEWER_ROLE_SUPERIOR_LEADER);
  EXPECT_EQ(task.state(), aggregation::v1::SUPERIOR_TASK_STATE_WAITING);
  EXPECT_EQ(TaskOf(School(), Told())->name(), task.name());
  reporting::v1::SuperiorTask other = Told();
  other.mutable_review()->set_revision_digest("another");
  EXPECT_NE(TaskOf(School(), other)->name(), task.name());
  aggregation::v1::Member second = School();
  second.set_name("units/d/members/b");
  EXPECT_NE(TaskOf(second, Told())->name(), task.name());
}

TEST(SuperiorRulesTest, WhatIsNoTaskIsNotTakenOver) {
  const struct {
    const char* name;
    std::function<void(reporting::v1::SuperiorTask&)> change;
  } cases[] = {
      {"of another unit", [](auto& t) { t.mutable_review()->set_name("units/ab/reviews/r"); }},
      {"over", [](auto& t) { t.mutable_review()->set_state(grading::v1::REVIEW_STATE_APPROVED); }},
      {"no step", [](auto& t) { t.mutable_review()->set_current_step(1); }},
      {"negative step", [](auto& t) { t.mutable_review()->set_current_step(-1); }},
      {"the school's step",
       [](auto& t) {
         t.mutable_review()->mutable_steps(0)->set_role(grading::v1::REVIEWER_ROLE_PRINCIPAL);
       }},
      {"no digest", [](auto& t) { t.mutable_review()->clear_revision_digest(); }},
      {"too large", [](auto& t) { t.add_summary(std::string(600 << 10, 'x')); }},
  };
  for (const auto& test : cases) {
    reporting::v1::SuperiorTask told = Told();
    test.change(told);
    EXPECT_EQ(ReasonOf(TaskOf(School(), told).status()), ERROR_REASON_INVALID_FIELD) << test.name;
  }
}

TEST(SuperiorRulesTest, SaidOnceMoreItStays) {
  SuperiorTask stored = Task();
  EXPECT_FALSE(TellAgain(Task(), &stored));
  SuperiorTask told = Task();
  told.mutable_task()->add_summary("岗位职责：主持全面工作");
  EXPECT_TRUE(TellAgain(told, &stored));
  EXPECT_EQ(stored.task().summary_size(), 2);
  // What is decided is not undone by what the member told before it knew.
  for (const auto state : {aggregation::v1::SUPERIOR_TASK_STATE_DECIDED,
                           aggregation::v1::SUPERIOR_TASK_STATE_DELIVERED}) {
    stored.set_state(state);
    EXPECT_FALSE(TellAgain(Task(), &stored));
    EXPECT_FALSE(TellGone(&stored));
    EXPECT_EQ(stored.state(), state);
  }
  // What was refused, or had gone, and waits again can be decided again.
  for (const auto state :
       {aggregation::v1::SUPERIOR_TASK_STATE_REFUSED, aggregation::v1::SUPERIOR_TASK_STATE_GONE}) {
    stored.set_state(state);
    stored.mutable_decision()->set_comment("x");
    stored.set_relay_request_id(kRequest);
    EXPECT_TRUE(TellAgain(told, &stored));
    EXPECT_EQ(stored.state(), aggregation::v1::SUPERIOR_TASK_STATE_WAITING);
    EXPECT_FALSE(stored.has_decision());
    EXPECT_EQ(stored.relay_request_id(), "");
  }
  EXPECT_TRUE(TellGone(&stored));
  EXPECT_EQ(stored.state(), aggregation::v1::SUPERIOR_TASK_STATE_GONE);
  EXPECT_THAT(stored.task().summary(), IsEmpty());
  EXPECT_FALSE(TellGone(&stored));
}

TEST(SuperiorRulesTest, IsSeenByItsRoleOnly) {
  EXPECT_THAT(RolesOf(Leader()), ElementsAre(grading::v1::REVIEWER_ROLE_SUPERIOR_LEADER));
  EXPECT_THAT(RolesOf({.roles = {"superior_office"}}),
              ElementsAre(grading::v1::REVIEWER_ROLE_SUPERIOR_OFFICE));
  EXPECT_THAT(RolesOf({.roles = {"district_admin", "auditor"}}), IsEmpty());
  EXPECT_TRUE(CheckSees(Leader(), Task()).ok());
  EXPECT_EQ(ReasonOf(CheckSees({.roles = {"superior_office"}}, Task())),
            ERROR_REASON_RESOURCE_NOT_FOUND);
}

TEST(SuperiorRulesTest, IsDecidedOnceByItsRoleOnWhatWasSeen) {
  const auto decide = [](const SuperiorTask& task, const auth::Identity& caller,
                         const DecideSuperiorTaskRequest& request) {
    return DecideTask(task, caller, request, kRequest, kDecisionTime);
  };
  const auto yes = Verdict(grading::v1::DECISION_APPROVE);
  const auto decided = decide(Task(), Leader(), yes);
  ASSERT_TRUE(decided.ok()) << decided.status();
  EXPECT_EQ(decided->state(), aggregation::v1::SUPERIOR_TASK_STATE_DECIDED);
  EXPECT_EQ(decided->relay_request_id(), kRequest);
  EXPECT_EQ(decided->decision().decider(), "units/d/persons/l");
  EXPECT_EQ(decided->decision().role(), grading::v1::REVIEWER_ROLE_SUPERIOR_LEADER);
  EXPECT_EQ(decided->decision().time().seconds(), 1800000000);
  const auto relay = RelayOf(*decided);
  EXPECT_EQ(relay.review(), "units/a/reviews/sc-r1");
  EXPECT_EQ(relay.request_id(), kRequest);
  EXPECT_EQ(relay.revision_digest(), "digest");
  EXPECT_EQ(relay.decider(), "units/d/persons/l");
  EXPECT_EQ(relay.role(), grading::v1::REVIEWER_ROLE_SUPERIOR_LEADER);
  EXPECT_EQ(relay.decision(), grading::v1::DECISION_APPROVE);

  EXPECT_EQ(ReasonOf(decide(*decided, Leader(), yes).status()), ERROR_REASON_ILLEGAL_TRANSITION);
  EXPECT_EQ(ReasonOf(decide(Task(), {.subject = "x", .roles = {"superior_office"}}, yes).status()),
            ERROR_REASON_NOT_REVIEWER);
  EXPECT_EQ(
      ReasonOf(decide(Task(), {.subject = "units/a/persons/q", .roles = {"superior_leader"}}, yes)
                   .status()),
      ERROR_REASON_NOT_REVIEWER);
  EXPECT_EQ(
      ReasonOf(decide(Task(), {.subject = "units/a/persons/p", .roles = {"superior_leader"}}, yes)
                   .status()),
      ERROR_REASON_OWN_RECORD);
  auto stale = yes;
  stale.set_revision_digest("another");
  EXPECT_EQ(ReasonOf(decide(Task(), Leader(), stale).status()), ERROR_REASON_REVISION_CHANGED);
  EXPECT_EQ(ReasonOf(decide(Task(), Leader(), Verdict(grading::v1::DECISION_UNSPECIFIED)).status()),
            ERROR_REASON_REQUIRED_FIELD);
  EXPECT_EQ(ReasonOf(decide(Task(), Leader(), Verdict(grading::v1::DECISION_RETURN, " ")).status()),
            ERROR_REASON_REASON_REQUIRED);
  EXPECT_TRUE(decide(Task(), Leader(), Verdict(grading::v1::DECISION_RETURN, "请补充")).ok());
}

TEST(SuperiorRulesTest, TheMembersAnswerSettlesIt) {
  SuperiorTask decided = *DecideTask(Task(), Leader(), Verdict(grading::v1::DECISION_APPROVE),
                                     kRequest, kDecisionTime);
  using State = aggregation::v1::SuperiorTaskState;
  const struct {
    absl::Status answer;
    State state;
  } cases[] = {
      {absl::UnavailableError("down"), aggregation::v1::SUPERIOR_TASK_STATE_DECIDED},
      {absl::DeadlineExceededError("slow"), aggregation::v1::SUPERIOR_TASK_STATE_DECIDED},
      {MakeError(ERROR_REASON_TOKEN_EXPIRED, "令牌已过期。", "expired"),
       aggregation::v1::SUPERIOR_TASK_STATE_DECIDED},
      {MakeError(ERROR_REASON_PERMISSION_DENIED, "没有权限。", "denied"),
       aggregation::v1::SUPERIOR_TASK_STATE_DECIDED},
      {absl::UnimplementedError("old"), aggregation::v1::SUPERIOR_TASK_STATE_DECIDED},
      {MakeError(ERROR_REASON_REVISION_CHANGED, "内容已变。", "changed"),
       aggregation::v1::SUPERIOR_TASK_STATE_REFUSED},
      {MakeError(ERROR_REASON_ILLEGAL_TRANSITION, "已经结束。", "over"),
       aggregation::v1::SUPERIOR_TASK_STATE_REFUSED},
      {MakeError(ERROR_REASON_NOT_REVIEWER, "不是审核人。", "not"),
       aggregation::v1::SUPERIOR_TASK_STATE_REFUSED},
      {MakeError(ERROR_REASON_RESOURCE_NOT_FOUND, "没有。", "none"),
       aggregation::v1::SUPERIOR_TASK_STATE_REFUSED},
  };
  for (const auto& test : cases) {
    SuperiorTask task = decided;
    Settle(test.answer, &task);
    EXPECT_EQ(task.state(), test.state) << test.answer;
    EXPECT_NE(task.problem(), "") << test.answer;
    EXPECT_TRUE(task.has_decision());
  }
  decided.set_problem("此前无法连接");
  reporting::v1::RelayDecisionResponse response;
  response.mutable_position()->set_sequence(7);
  Settle(response, &decided);
  EXPECT_EQ(decided.state(), aggregation::v1::SUPERIOR_TASK_STATE_DELIVERED);
  EXPECT_EQ(decided.member_position().sequence(), 7);
  EXPECT_EQ(decided.problem(), "");
  EXPECT_THAT(decided.task().summary(), IsEmpty());
}

}  // namespace
}  // namespace lianfang::aggregator
