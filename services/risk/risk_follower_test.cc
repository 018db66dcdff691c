// Decisions that arrive on grading's ledger.
#include "services/risk/risk_follower.h"

#include <string>

#include "services/risk/risk_fixture.h"
#include "services/risk/risk_kinds.h"

namespace lianfang::risk {
namespace {

using Stub = v1::RiskService::Stub;
using grading::v1::REVIEW_STATE_APPROVED;
using grading::v1::REVIEW_STATE_OPEN;
using grading::v1::REVIEW_STATE_RETURNED;

class RiskFollowerTest : public RiskFixture {
 protected:
  // A form of the buyer's that is under review.
  v1::SelfCheck Submitted(int findings = 2) {
    EXPECT_THAT(Create("buyer", "sc", findings), IsOk());
    const auto form = Submit("buyer", "sc");
    EXPECT_THAT(form, IsOk());
    return form.ok() ? *form : v1::SelfCheck();
  }
};

TEST_F(RiskFollowerTest, AnApprovedFormBecomesRiskPoints) {
  Decide(Submitted(), REVIEW_STATE_APPROVED, "同意登记。");
  const v1::SelfCheck form = Form("sc");
  EXPECT_EQ(form.state(), v1::SELF_CHECK_STATE_APPROVED);
  EXPECT_EQ(form.review_comment(), "同意登记。");
  const auto points = Points();
  ASSERT_EQ(points.size(), 2u);
  for (size_t i = 0; i < points.size(); ++i) {
    const std::string n = std::to_string(i + 1);
    EXPECT_EQ(points[i].name(), "units/a/riskPoints/sc-" + n);
    EXPECT_EQ(points[i].description(), "风险" + n);
    EXPECT_EQ(points[i].layer(), common::v1::RISK_LAYER_POST);
    EXPECT_EQ(points[i].owner(), "units/a/posts/buyer");
    EXPECT_EQ(points[i].department(), "units/a/departments/affairs");
    EXPECT_EQ(points[i].source(), "units/a/selfChecks/sc/revisions/1");
    EXPECT_EQ(points[i].state(), v1::RISK_POINT_STATE_REGISTERED);
    EXPECT_EQ(points[i].etag(), form.etag()) << "one change";
  }
  EXPECT_THAT(Submit("buyer", "sc"), FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  EXPECT_THAT(Withdraw("buyer", "sc"), FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
}

TEST_F(RiskFollowerTest, AReturnedFormIsCorrectedAndHandedInAgain) {
  const v1::SelfCheck first = Submitted();
  Decide(first, REVIEW_STATE_RETURNED, "表现形式太笼统。");
  v1::SelfCheck form = Form("sc");
  EXPECT_EQ(form.state(), v1::SELF_CHECK_STATE_RETURNED);
  EXPECT_EQ(form.review_comment(), "表现形式太笼统。");
  EXPECT_TRUE(Points().empty());

  v1::UpdateSelfCheckRequest update;
  *update.mutable_self_check() = form;
  update.mutable_self_check()->mutable_findings(0)->set_manifestation("三次询价只有一家报价。");
  update.set_request_id(server_->RequestId());
  ASSERT_THAT(Call(As("buyer"), &Stub::UpdateSelfCheck, update), IsOk());
  const auto second = Submit("buyer", "sc");
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->revision(), 2);
  EXPECT_EQ(second->review(), "units/a/reviews/sc-r2");
  // What was decided on the first revision says nothing about the second.
  Decide(first, REVIEW_STATE_APPROVED);
  EXPECT_EQ(Form("sc").state(), v1::SELF_CHECK_STATE_SUBMITTED);
  Decide(*second, REVIEW_STATE_APPROVED);
  EXPECT_EQ(Form("sc").state(), v1::SELF_CHECK_STATE_APPROVED);
  ASSERT_EQ(Points().size(), 2u);
  EXPECT_EQ(Points()[0].manifestation(), "三次询价只有一家报价。");
  EXPECT_EQ(Points()[0].source(), "units/a/selfChecks/sc/revisions/2");
}

TEST_F(RiskFollowerTest, WhatDoesNotConcernTheFormIsPassedOver) {
  const v1::SelfCheck form = Submitted();
  Decide(form, REVIEW_STATE_OPEN);
  v1::SelfCheck other = form;
  other.set_revision_digest("another digest");
  Decide(other, REVIEW_STATE_APPROVED);
  other = form;
  other.set_name("units/a/selfChecks/none");
  Decide(other, REVIEW_STATE_APPROVED);
  other.set_name("units/b/selfChecks/sc");
  Decide(other, REVIEW_STATE_APPROVED);
  other.set_name("units/a/grades/sc");
  Decide(other, REVIEW_STATE_APPROVED);
  EXPECT_EQ(Form("sc").state(), v1::SELF_CHECK_STATE_SUBMITTED);
  EXPECT_TRUE(Points().empty());
  // And the next decision still arrives.
  Decide(form, REVIEW_STATE_APPROVED);
  EXPECT_EQ(Form("sc").state(), v1::SELF_CHECK_STATE_APPROVED);
  // A second one changes nothing.
  const std::string etag = Form("sc").etag();
  Decide(form, REVIEW_STATE_RETURNED);
  EXPECT_EQ(Form("sc").etag(), etag);
}

TEST_F(RiskFollowerTest, ADecisionOnAFormThatWasTakenBackChangesNothing) {
  const v1::SelfCheck form = Submitted();
  ASSERT_THAT(Withdraw("buyer", "sc"), IsOk());
  Decide(form, REVIEW_STATE_APPROVED);
  EXPECT_EQ(Form("sc").state(), v1::SELF_CHECK_STATE_DRAFT);
  EXPECT_TRUE(Points().empty());
}

TEST_F(RiskFollowerTest, ALaterApprovalUpdatesPointsAndArchivesWhatVanished) {
  Decide(Submitted(3), REVIEW_STATE_APPROVED);
  ASSERT_EQ(Points().size(), 3u);
  v1::UpdateRiskPointRequest amend;
  *amend.mutable_risk_point() = Points()[0];
  amend.mutable_risk_point()->set_key_link("询价");
  amend.mutable_update_mask()->add_paths("key_link");
  amend.set_request_id(server_->RequestId());
  ASSERT_THAT(Call(As("office"), &Stub::UpdateRiskPoint, amend), IsOk());
  amend.mutable_risk_point()->clear_etag();
  amend.mutable_risk_point()->set_description("擅自改写。");
  amend.mutable_update_mask()->add_paths("description");
  amend.set_request_id(server_->RequestId());
  EXPECT_THAT(Call(As("office"), &Stub::UpdateRiskPoint, amend),
              FailsWith(common::v1::ERROR_REASON_INVALID_FIELD));

  // A form that is open again, with two findings fewer, then with all three.
  for (const int findings : {1, 3}) {
    v1::SelfCheck form = Form("sc");
    form.set_state(v1::SELF_CHECK_STATE_RETURNED);
    const v1::Finding finding = form.findings(0);
    form.clear_findings();
    for (int i = 0; i < findings; ++i) {
      *form.add_findings() = finding;
      form.mutable_findings(i)->set_description("改写" + std::to_string(i + 1));
    }
    risk_.Put(SelfCheckKind(), form);
    const auto again = Submit("buyer", "sc");
    ASSERT_THAT(again, IsOk());
    Decide(*again, REVIEW_STATE_APPROVED);
    const auto points = Points();
    ASSERT_EQ(points.size(), 3u);
    EXPECT_EQ(points[0].description(), "改写1");
    EXPECT_EQ(points[0].key_link(), "询价");
    EXPECT_EQ(points[0].source(),
              again->name() + "/revisions/" + std::to_string(again->revision()));
    for (size_t i = 0; i < points.size(); ++i) {
      EXPECT_EQ(points[i].state(), static_cast<int>(i) < findings ? v1::RISK_POINT_STATE_REGISTERED
                                                                  : v1::RISK_POINT_STATE_ARCHIVED);
    }
  }
}

TEST_F(RiskFollowerTest, APointThatHasTheIdAlreadyIsLeftAlone) {
  ASSERT_THAT(Call(As("office"), &Stub::CreateRiskPoint, NewPoint("sc-1")), IsOk());
  Decide(Submitted(), REVIEW_STATE_APPROVED);
  EXPECT_EQ(Form("sc").state(), v1::SELF_CHECK_STATE_APPROVED);
  int of_the_form = 0;
  for (const v1::RiskPoint& point : Points()) {
    if (point.source() == "units/a/selfChecks/sc/revisions/1") ++of_the_form;
    if (point.name() == "units/a/riskPoints/sc-1") {
      EXPECT_EQ(point.layer(), common::v1::RISK_LAYER_DEPARTMENT);
    }
  }
  EXPECT_EQ(of_the_form, 2);
}

TEST_F(RiskFollowerTest, AMeasureMayFollowTheDecisionAtOnce) {
  Decide(Submitted(), REVIEW_STATE_APPROVED);
  EXPECT_THAT(Call(As("office"), &Stub::CreateMeasure, NewMeasure("m", "sc-2")), IsOk());
}

TEST_F(RiskFollowerTest, DecisionsSurviveARestart) {
  const v1::SelfCheck form = Submitted();
  Decide(form, REVIEW_STATE_APPROVED);
  server_->Restart();
  EXPECT_EQ(Form("sc").state(), v1::SELF_CHECK_STATE_APPROVED);
  EXPECT_EQ(Points().size(), 2u);
}

}  // namespace
}  // namespace lianfang::risk
