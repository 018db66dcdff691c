#include "services/risk/domain/self_check_rules.h"

#include <functional>
#include <string>

#include "absl/strings/match.h"
#include "common/base/id.h"
#include "common/base/resource_name.h"
#include "common/crypto/sha256.h"
#include "common/status/error.h"
#include "gtest/gtest.h"
#include "services/risk/domain/time_test_util.h"

namespace lianfang::risk {
namespace {

using common::v1::ERROR_REASON_ILLEGAL_TRANSITION;
using common::v1::ERROR_REASON_INVALID_FIELD;
using common::v1::ERROR_REASON_REQUIRED_FIELD;
using common::v1::ERROR_REASON_UNSPECIFIED;
using common::v1::ErrorReason;

v1::SelfCheck Form(v1::SelfCheckState state, int findings = 1) {
  v1::SelfCheck form;
  form.set_name("units/a/selfChecks/sc");
  form.set_person("units/a/persons/buyer");
  form.set_post("units/a/posts/buyer");
  form.set_year(2026);
  form.set_duties("采购");
  form.mutable_conformity()->set_rules("执行到位");
  form.set_state(state);
  for (int i = 0; i < findings; ++i) {
    auto* finding = form.add_findings();
    finding->set_category(common::v1::RISK_CATEGORY_POST_DUTY);
    finding->set_description("向熟人询价");
    finding->set_manifestation("只向一家询价");
    finding->set_kind(v1::FINDING_KIND_POTENTIAL);
    finding->set_method(common::v1::FINDING_METHOD_SELF);
  }
  return form;
}

TEST(SelfCheckRulesTest, WhichStepsEachStateAllows) {
  const struct {
    v1::SelfCheckState state;
    bool edit;
    bool submit;
    bool withdraw;
    bool decide;
  } cases[] = {
      {v1::SELF_CHECK_STATE_UNSPECIFIED, false, false, false, false},
      {v1::SELF_CHECK_STATE_DRAFT, true, true, false, false},
      {v1::SELF_CHECK_STATE_SUBMITTED, false, false, true, true},
      {v1::SELF_CHECK_STATE_RETURNED, true, true, false, false},
      {v1::SELF_CHECK_STATE_APPROVED, false, false, false, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(v1::SelfCheckState_Name(c.state));
    const auto reason = [](bool ok) {
      return ok ? ERROR_REASON_UNSPECIFIED : ERROR_REASON_ILLEGAL_TRANSITION;
    };
    v1::SelfCheck form = Form(c.state);
    form.set_revision_digest("digest");
    EXPECT_EQ(ReasonOf(CheckEditable(form)), reason(c.edit));
    EXPECT_EQ(DecisionApplies(form, "digest"), c.decide);
    v1::SelfCheck submitted = form;
    EXPECT_EQ(ReasonOf(Submit(At(1), &submitted).status()), reason(c.submit));
    v1::SelfCheck withdrawn = form;
    EXPECT_EQ(ReasonOf(Withdraw(&withdrawn)), reason(c.withdraw));
    EXPECT_EQ(withdrawn.state(), c.withdraw ? v1::SELF_CHECK_STATE_DRAFT : c.state);
  }
}

TEST(SelfCheckRulesTest, NothingIsHandedInWithoutAFinding) {
  v1::SelfCheck form = Form(v1::SELF_CHECK_STATE_DRAFT, 0);
  const absl::Status status = Submit(At(1), &form).status();
  EXPECT_EQ(ReasonOf(status), ERROR_REASON_REQUIRED_FIELD);
  EXPECT_NE(ToRpcStatus(status).DebugString().find("findings"), std::string::npos);
  EXPECT_EQ(form.state(), v1::SELF_CHECK_STATE_DRAFT);
}

TEST(SelfCheckRulesTest, TheRevisionHoldsWhatWasHandedIn) {
  v1::SelfCheck form = Form(v1::SELF_CHECK_STATE_DRAFT, 2);
  const auto revision = Submit(At(77), &form);
  ASSERT_TRUE(revision.ok()) << revision.status();
  EXPECT_EQ(revision->name(), "units/a/selfChecks/sc/revisions/1");
  EXPECT_EQ(revision->self_check(), form.name());
  EXPECT_EQ(revision->revision(), 1);
  EXPECT_EQ(revision->submit_time().seconds(), 77);
  EXPECT_EQ(revision->person(), form.person());
  EXPECT_EQ(revision->post(), form.post());
  EXPECT_EQ(revision->year(), 2026);
  EXPECT_EQ(revision->duties(), "采购");
  EXPECT_EQ(revision->conformity().rules(), "执行到位");
  EXPECT_EQ(revision->findings_size(), 2);

  EXPECT_EQ(form.state(), v1::SELF_CHECK_STATE_SUBMITTED);
  EXPECT_EQ(form.revision(), 1);
  EXPECT_EQ(form.revision_digest(), crypto::ToBytes(crypto::Sha256(revision->SerializeAsString())));
  EXPECT_EQ(form.submit_time().seconds(), 77);
  EXPECT_EQ(form.review(), "units/a/reviews/sc-r1");
}

TEST(SelfCheckRulesTest, EveryRevisionHasItsOwnNumberDigestAndReview) {
  v1::SelfCheck form = Form(v1::SELF_CHECK_STATE_DRAFT);
  ASSERT_TRUE(Submit(At(1), &form).ok());
  const std::string first = form.revision_digest();
  ASSERT_TRUE(Withdraw(&form).ok());
  // Nothing was changed, and yet an old decision must not fit the new revision.
  ASSERT_TRUE(Submit(At(1), &form).ok());
  EXPECT_EQ(form.revision(), 2);
  EXPECT_EQ(form.review(), "units/a/reviews/sc-r2");
  EXPECT_NE(form.revision_digest(), first);
  EXPECT_FALSE(DecisionApplies(form, first));
  EXPECT_TRUE(DecisionApplies(form, form.revision_digest()));
}

TEST(SelfCheckRulesTest, ADecisionWithoutADigestNeverApplies) {
  EXPECT_FALSE(DecisionApplies(Form(v1::SELF_CHECK_STATE_SUBMITTED), ""));
}

TEST(SelfCheckRulesTest, DecisionsLeaveTheirComment) {
  v1::SelfCheck form = Form(v1::SELF_CHECK_STATE_SUBMITTED);
  Return("表现形式太笼统", &form);
  EXPECT_EQ(form.state(), v1::SELF_CHECK_STATE_RETURNED);
  EXPECT_EQ(form.review_comment(), "表现形式太笼统");
  form.set_state(v1::SELF_CHECK_STATE_SUBMITTED);
  Approve("", &form);
  EXPECT_EQ(form.state(), v1::SELF_CHECK_STATE_APPROVED);
  EXPECT_EQ(form.review_comment(), "");
}

TEST(SelfCheckRulesTest, ContentIsOfTheUnitAndOfPersonalCategories) {
  const struct {
    const char* what;
    std::function<void(v1::SelfCheck&)> change;
    ErrorReason reason;
    const char* field;
  } cases[] = {
      {"as it should be", [](v1::SelfCheck&) {}, ERROR_REASON_UNSPECIFIED, ""},
      {"person elsewhere", [](v1::SelfCheck& f) { f.set_person("units/b/persons/buyer"); },
       ERROR_REASON_INVALID_FIELD, "self_check.person"},
      {"post elsewhere", [](v1::SelfCheck& f) { f.set_post("units/b/posts/buyer"); },
       ERROR_REASON_INVALID_FIELD, "self_check.post"},
      {"a department's category",
       [](v1::SelfCheck& f) {
         f.mutable_findings(1)->set_category(common::v1::RISK_CATEGORY_EXTERNAL_ENVIRONMENT);
       },
       ERROR_REASON_INVALID_FIELD, "self_check.findings[1].category"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    v1::SelfCheck form = Form(v1::SELF_CHECK_STATE_DRAFT, 2);
    c.change(form);
    const absl::Status status = CheckContent(form, "a", "self_check");
    EXPECT_EQ(ReasonOf(status), c.reason) << status;
    EXPECT_NE(ToRpcStatus(status).DebugString().find(c.field), std::string::npos);
  }
}

TEST(SelfCheckRulesTest, LongIdsAreShortenedToValidOnes) {
  const std::string longest(63, 'a');
  EXPECT_EQ(FitId(longest), longest);
  EXPECT_EQ(FitId("sc-r1"), "sc-r1");

  const std::string name = "units/u/selfChecks/" + longest;
  const std::string review = ReviewName(name, 12);
  const absl::string_view id = IdIn("reviews", review);
  EXPECT_TRUE(IsValidResourceId(id)) << id;
  EXPECT_EQ(id.size(), 63u);
  EXPECT_TRUE(absl::StartsWith(id, std::string(46, 'a') + "-"));
  EXPECT_NE(review, ReviewName(name, 13));
  // First 16 digits of SHA-256 of 64 times `a`, as sha256sum prints it.
  EXPECT_EQ(FitId(std::string(64, 'a')), std::string(46, 'a') + "-ffe054fe7ae0cb6d");
}

}  // namespace
}  // namespace lianfang::risk
