#include "services/risk/domain/risk_point_rules.h"

#include <functional>
#include <string>

#include "common/base/id.h"
#include "common/status/error.h"
#include "gtest/gtest.h"

namespace lianfang::risk {
namespace {

using common::v1::ERROR_REASON_ILLEGAL_TRANSITION;
using common::v1::ERROR_REASON_INVALID_FIELD;
using common::v1::ERROR_REASON_NOT_RECORD_OWNER;
using common::v1::ERROR_REASON_UNSPECIFIED;
using common::v1::ErrorReason;

v1::SelfCheckRevision Revision() {
  v1::SelfCheckRevision revision;
  revision.set_name("units/a/selfChecks/sc/revisions/2");
  revision.set_self_check("units/a/selfChecks/sc");
  revision.set_post("units/a/posts/buyer");
  revision.set_year(2026);
  auto* first = revision.add_findings();
  first->set_category(common::v1::RISK_CATEGORY_RULE_EXECUTION);
  first->set_description("询价流于形式");
  first->set_manifestation("只向一家询价");
  first->set_kind(v1::FINDING_KIND_EXISTING);
  first->set_method(common::v1::FINDING_METHOD_PEERS);
  first->set_sensitive_topic(common::v1::SENSITIVE_TOPIC_MONEY);
  first->set_project_kind(common::v1::PROJECT_KIND_ENGINEERING);
  first->mutable_factors()->set_likelihood(v1::LIKELIHOOD_CONSIDERABLE);
  auto* second = revision.add_findings();
  second->set_category(common::v1::RISK_CATEGORY_MORALITY);
  second->set_description("人情往来");
  return revision;
}

TEST(RiskPointRulesTest, FindingsBecomePointsInTheirOrder) {
  const auto points = PointsOf(Revision(), "units/a/departments/affairs");
  ASSERT_EQ(points.size(), 2u);
  const v1::RiskPoint& point = points[0];
  EXPECT_EQ(point.layer(), common::v1::RISK_LAYER_POST);
  EXPECT_EQ(point.owner(), "units/a/posts/buyer");
  EXPECT_EQ(point.year(), 2026);
  EXPECT_EQ(point.category(), common::v1::RISK_CATEGORY_RULE_EXECUTION);
  EXPECT_EQ(point.description(), "询价流于形式");
  EXPECT_EQ(point.manifestation(), "只向一家询价");
  EXPECT_EQ(point.kind(), v1::FINDING_KIND_EXISTING);
  EXPECT_EQ(point.method(), common::v1::FINDING_METHOD_PEERS);
  EXPECT_EQ(point.sensitive_topic(), common::v1::SENSITIVE_TOPIC_MONEY);
  EXPECT_EQ(point.project_kind(), common::v1::PROJECT_KIND_ENGINEERING);
  EXPECT_EQ(point.factors().likelihood(), v1::LIKELIHOOD_CONSIDERABLE);
  EXPECT_EQ(point.department(), "units/a/departments/affairs");
  EXPECT_EQ(point.source(), "units/a/selfChecks/sc/revisions/2");
  EXPECT_EQ(point.state(), v1::RISK_POINT_STATE_REGISTERED);
  EXPECT_EQ(points[1].description(), "人情往来");
  EXPECT_FALSE(points[1].has_factors());
}

TEST(RiskPointRulesTest, IdsOfPointsAreThoseOfTheFormAndFinding) {
  EXPECT_EQ(PointId("sc", 1, false), "sc-1");
  EXPECT_EQ(PointId("sc", 50, false), "sc-50");
  const std::string longest(63, 'a');
  for (const std::string& id :
       {PointId(longest, 7, false), PointId(longest, 7, true), PointId("sc", 1, true)}) {
    EXPECT_TRUE(IsValidResourceId(id)) << id;
  }
  EXPECT_NE(PointId(longest, 7, false), PointId(longest, 8, false));
  EXPECT_NE(PointId("sc", 1, true), PointId("sc", 1, false));
  EXPECT_NE(PointId("sc", 1, true), PointId("sc", 2, true));
}

TEST(RiskPointRulesTest, APointKnowsItsForm) {
  v1::RiskPoint point;
  EXPECT_FALSE(CameFrom(point, "units/a/selfChecks/sc"));
  point.set_source("units/a/selfChecks/sc/revisions/1");
  EXPECT_TRUE(CameFrom(point, "units/a/selfChecks/sc"));
  EXPECT_FALSE(CameFrom(point, "units/a/selfChecks/s"));
  EXPECT_FALSE(CameFrom(point, "units/b/selfChecks/sc"));
}

TEST(RiskPointRulesTest, ApprovedAgainTakesTheFormsWordsAndKeepsWhatWasAdded) {
  v1::RiskPoint stored = PointsOf(Revision(), "units/a/departments/old")[0];
  stored.set_name("units/a/riskPoints/sc-1");
  stored.set_description("旧的说法");
  stored.set_key_link("询价环节");
  stored.set_power("units/a/powers/p");
  stored.set_state(v1::RISK_POINT_STATE_ARCHIVED);
  stored.mutable_create_time()->set_seconds(5);
  const v1::RiskPoint next =
      ApprovedAgain(stored, PointsOf(Revision(), "units/a/departments/new")[0]);
  EXPECT_EQ(next.name(), "units/a/riskPoints/sc-1");
  EXPECT_EQ(next.description(), "询价流于形式");
  EXPECT_EQ(next.key_link(), "询价环节");
  EXPECT_EQ(next.power(), "units/a/powers/p");
  EXPECT_EQ(next.department(), "units/a/departments/new");
  EXPECT_EQ(next.state(), v1::RISK_POINT_STATE_REGISTERED);
  EXPECT_EQ(next.create_time().seconds(), 5);
}

TEST(RiskPointRulesTest, PointsOfPostsAreNotRegisteredByHand) {
  const struct {
    common::v1::RiskLayer layer;
    ErrorReason reason;
  } cases[] = {
      {common::v1::RISK_LAYER_POST, ERROR_REASON_INVALID_FIELD},
      {common::v1::RISK_LAYER_DEPARTMENT, ERROR_REASON_UNSPECIFIED},
      {common::v1::RISK_LAYER_UNIT, ERROR_REASON_UNSPECIFIED},
  };
  for (const auto& c : cases) {
    v1::RiskPoint point;
    point.set_layer(c.layer);
    EXPECT_EQ(ReasonOf(CheckRegistrable(point)), c.reason);
  }
}

TEST(RiskPointRulesTest, WhichStepsEachStateAllows) {
  const struct {
    v1::RiskPointState state;
    bool change;
    bool archive;
  } cases[] = {
      {v1::RISK_POINT_STATE_DRAFT, true, true},      {v1::RISK_POINT_STATE_SUBMITTED, false, false},
      {v1::RISK_POINT_STATE_RETURNED, true, true},   {v1::RISK_POINT_STATE_REGISTERED, true, true},
      {v1::RISK_POINT_STATE_PUBLICISED, true, true}, {v1::RISK_POINT_STATE_ARCHIVED, false, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(v1::RiskPointState_Name(c.state));
    v1::RiskPoint point;
    point.set_state(c.state);
    EXPECT_EQ(ReasonOf(CheckChangeable(point)),
              c.change ? ERROR_REASON_UNSPECIFIED : ERROR_REASON_ILLEGAL_TRANSITION);
    EXPECT_EQ(ReasonOf(Archive(&point)),
              c.archive ? ERROR_REASON_UNSPECIFIED : ERROR_REASON_ILLEGAL_TRANSITION);
    EXPECT_EQ(point.state(), c.archive ? v1::RISK_POINT_STATE_ARCHIVED : c.state);
  }
}

TEST(RiskPointRulesTest, RegisteredPointsAreConfirmedAndPublicised) {
  for (int state = 1; state < v1::RiskPointState_ARRAYSIZE; ++state) {
    v1::RiskPoint old;
    old.set_state(static_cast<v1::RiskPointState>(state));
    old.add_marks()->set_source("units/a/powers/p");
    SCOPED_TRACE(v1::RiskPointState_Name(old.state()));
    const bool registered = state == v1::RISK_POINT_STATE_REGISTERED;
    const bool publicised = state == v1::RISK_POINT_STATE_PUBLICISED;
    EXPECT_EQ(IsRegistered(old), registered || publicised);
    v1::RiskPoint point = old;
    EXPECT_EQ(ReasonOf(Confirm(&point)), registered || publicised
                                             ? ERROR_REASON_UNSPECIFIED
                                             : ERROR_REASON_ILLEGAL_TRANSITION);
    EXPECT_EQ(point.marks_size(), registered || publicised ? 0 : 1);
    EXPECT_EQ(point.state(), old.state());
    point = old;
    EXPECT_EQ(SetPublicised(true, "units/a/publications/p", &point), registered || publicised);
    EXPECT_EQ(point.state(), registered ? v1::RISK_POINT_STATE_PUBLICISED : old.state());
    EXPECT_EQ(point.publications_size(), registered || publicised ? 1 : 0);
    EXPECT_FALSE(SetPublicised(true, "units/a/publications/p", &point)) << "twice";
    EXPECT_FALSE(SetPublicised(false, "units/a/publications/q", &point)) << "does not show it";
    point = old;
    EXPECT_EQ(SetPublicised(false, "units/a/publications/p", &point), publicised);
    EXPECT_EQ(point.state(), publicised ? v1::RISK_POINT_STATE_REGISTERED : old.state());
  }
}

TEST(RiskPointRulesTest, APublishedPointThatSaysSomethingElseIsToBePublishedAgain) {
  const struct {
    const char* what;
    std::function<void(v1::RiskPoint&)> change;
    bool otherwise;
  } cases[] = {
      {"nothing", [](v1::RiskPoint&) {}, false},
      {"project kind",
       [](v1::RiskPoint& p) { p.set_project_kind(common::v1::PROJECT_KIND_REFORM); }, false},
      {"mark", [](v1::RiskPoint& p) { p.add_marks()->set_source("x"); }, false},
      {"category", [](v1::RiskPoint& p) { p.set_category(common::v1::RISK_CATEGORY_TEACHING); },
       true},
      {"description", [](v1::RiskPoint& p) { p.set_description("别的"); }, true},
      {"manifestation", [](v1::RiskPoint& p) { p.set_manifestation("别的"); }, true},
      {"key link", [](v1::RiskPoint& p) { p.set_key_link("别的"); }, true},
      {"kind", [](v1::RiskPoint& p) { p.set_kind(v1::FINDING_KIND_EXISTING); }, true},
      {"power", [](v1::RiskPoint& p) { p.set_power("units/a/powers/q"); }, true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    v1::RiskPoint old;
    old.set_state(v1::RISK_POINT_STATE_PUBLICISED);
    v1::RiskPoint next = old;
    c.change(next);
    EXPECT_EQ(SaysOtherwise(old, next), c.otherwise);
    EXPECT_EQ(AfterChange(old, next),
              c.otherwise ? v1::RISK_POINT_STATE_REGISTERED : v1::RISK_POINT_STATE_PUBLICISED);
    old.set_state(v1::RISK_POINT_STATE_DRAFT);
    EXPECT_EQ(AfterChange(old, next), v1::RISK_POINT_STATE_DRAFT);
  }
}

TEST(RiskPointRulesTest, WhatWasApprovedStaysAsItWas) {
  const struct {
    const char* field;
    std::function<void(v1::RiskPoint&)> change;
    bool approved;
  } cases[] = {
      {"category", [](v1::RiskPoint& p) { p.set_category(common::v1::RISK_CATEGORY_TEACHING); },
       true},
      {"description", [](v1::RiskPoint& p) { p.set_description("别的"); }, true},
      {"manifestation", [](v1::RiskPoint& p) { p.set_manifestation("别的"); }, true},
      {"method", [](v1::RiskPoint& p) { p.set_method(common::v1::FINDING_METHOD_SELF); }, true},
      {"kind", [](v1::RiskPoint& p) { p.set_kind(v1::FINDING_KIND_POTENTIAL); }, true},
      {"key_link", [](v1::RiskPoint& p) { p.set_key_link("询价环节"); }, false},
      {"sensitive_topic",
       [](v1::RiskPoint& p) { p.set_sensitive_topic(common::v1::SENSITIVE_TOPIC_POWER); }, false},
      {"project_kind",
       [](v1::RiskPoint& p) { p.set_project_kind(common::v1::PROJECT_KIND_REFORM); }, false},
      {"factors",
       [](v1::RiskPoint& p) { p.mutable_factors()->set_consequence(v1::CONSEQUENCE_MAJOR); },
       false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.field);
    const v1::RiskPoint old = PointsOf(Revision(), "")[0];
    v1::RiskPoint next = old;
    EXPECT_TRUE(CheckApprovedText(old, next).ok());
    c.change(next);
    EXPECT_EQ(ReasonOf(CheckApprovedText(old, next)),
              c.approved ? ERROR_REASON_INVALID_FIELD : ERROR_REASON_UNSPECIFIED);
    // A department writes its own points and may rewrite them.
    v1::RiskPoint own = old;
    own.set_layer(common::v1::RISK_LAYER_DEPARTMENT);
    EXPECT_TRUE(CheckApprovedText(own, next).ok());
  }
}

}  // namespace
}  // namespace lianfang::risk
