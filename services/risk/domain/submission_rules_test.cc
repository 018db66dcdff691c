#include "services/risk/domain/submission_rules.h"

#include <functional>
#include <set>
#include <string>

#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "gtest/gtest.h"

namespace lianfang::risk {
namespace {

using common::v1::ERROR_REASON_ILLEGAL_TRANSITION;
using common::v1::ERROR_REASON_INVALID_FIELD;
using common::v1::ERROR_REASON_NOT_RECORD_OWNER;
using common::v1::ERROR_REASON_UNSPECIFIED;
using common::v1::RiskLayer;

constexpr char kPost[] = "units/a/posts/buyer";
constexpr char kDepartment[] = "units/a/departments/affairs";
constexpr char kUnit[] = "units/a";

TEST(SubmissionRulesTest, EachFormIsOfItsLayer) {
  const struct {
    v1::SubmissionKind kind;
    bool post;
    bool department;
    bool unit;
    bool nil;
    grading::v1::RecordKind record;
  } cases[] = {
      {v1::SUBMISSION_KIND_DEPARTMENT_RISKS, false, true, true, false,
       grading::v1::RECORD_KIND_RISK_POINT},
      {v1::SUBMISSION_KIND_POWER_RISKS, false, true, true, false,
       grading::v1::RECORD_KIND_RISK_POINT},
      {v1::SUBMISSION_KIND_POWER_CATALOGUE, false, true, true, true,
       grading::v1::RECORD_KIND_POWER},
      {v1::SUBMISSION_KIND_WORKFLOW_CHARTS, false, true, true, true,
       grading::v1::RECORD_KIND_WORKFLOW},
      {v1::SUBMISSION_KIND_POST_MEASURES, true, false, false, false,
       grading::v1::RECORD_KIND_MEASURE},
      {v1::SUBMISSION_KIND_DEPARTMENT_MEASURES, false, true, false, false,
       grading::v1::RECORD_KIND_MEASURE},
      {v1::SUBMISSION_KIND_UNIT_MEASURES, false, false, true, false,
       grading::v1::RECORD_KIND_MEASURE},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(v1::SubmissionKind_Name(c.kind));
    v1::Submission form;
    form.set_kind(c.kind);
    const auto reason = [&](const char* owner) {
      form.set_owner(owner);
      return ReasonOf(CheckForm(form, "a"));
    };
    const auto expected = [](bool ok) {
      return ok ? ERROR_REASON_UNSPECIFIED : ERROR_REASON_INVALID_FIELD;
    };
    EXPECT_EQ(reason(kPost), expected(c.post));
    EXPECT_EQ(reason(kDepartment), expected(c.department));
    EXPECT_EQ(reason(kUnit), expected(c.unit));
    EXPECT_EQ(reason("units/b"), ERROR_REASON_INVALID_FIELD);
    EXPECT_EQ(reason("units/a/persons/p"), ERROR_REASON_INVALID_FIELD);
    EXPECT_EQ(reason("units/a/departments/x/y"), ERROR_REASON_INVALID_FIELD);
    form.set_nil_return(true);
    EXPECT_EQ(reason(kDepartment), expected(c.department && c.nil));
    EXPECT_EQ(RecordKindOf(c.kind), c.record);
  }
}

TEST(SubmissionRulesTest, RoutesGoByTheOwner) {
  EXPECT_EQ(OwnerKindOf(kPost), grading::v1::OWNER_KIND_UNSPECIFIED);
  EXPECT_EQ(OwnerKindOf(kDepartment), grading::v1::OWNER_KIND_DEPARTMENT);
  EXPECT_EQ(OwnerKindOf(kUnit), grading::v1::OWNER_KIND_UNIT);
}

v1::Submission Example() {
  v1::Submission form;
  form.set_name("units/a/submissions/s");
  form.set_kind(v1::SUBMISSION_KIND_POWER_CATALOGUE);
  form.set_owner(kDepartment);
  form.set_year(2026);
  form.set_revision(1);
  form.set_state(v1::SUBMISSION_STATE_SUBMITTED);
  for (const char* id : {"p1", "p2"}) {
    v1::SubmissionItem& item = *form.add_items();
    item.set_name(std::string("units/a/powers/") + id);
    item.set_revision(1);
    item.set_digest(id);
  }
  return form;
}

TEST(SubmissionRulesTest, TitlesSayWhatWhoseAndHowMuch) {
  v1::Submission form = Example();
  EXPECT_EQ(TitleOf(form, "教务处"), "2026年职权目录表：教务处（2项）");
  form.set_nil_return(true);
  form.clear_items();
  EXPECT_EQ(TitleOf(form, "教务处"), "2026年职权目录表：教务处（零报告）");
  std::set<std::string> titles;
  for (int kind = 1; kind < v1::SubmissionKind_ARRAYSIZE; ++kind) {
    form.set_kind(static_cast<v1::SubmissionKind>(kind));
    EXPECT_TRUE(titles.insert(TitleOf(form, "")).second);
  }
}

TEST(SubmissionRulesTest, ADecisionBindsToEverythingThatWasHandedIn) {
  const v1::Submission form = Example();
  const struct {
    const char* what;
    std::function<void(v1::Submission&)> change;
    bool same;
  } cases[] = {
      {"nothing", [](auto&) {}, true},
      {"state", [](auto& f) { f.set_state(v1::SUBMISSION_STATE_RETURNED); }, true},
      {"comment", [](auto& f) { f.set_review_comment("x"); }, true},
      {"digest of an item", [](auto& f) { f.mutable_items(1)->set_digest("other"); }, false},
      {"one item less", [](auto& f) { f.mutable_items()->RemoveLast(); }, false},
      {"order", [](auto& f) { f.mutable_items()->SwapElements(0, 1); }, false},
      {"note", [](auto& f) { f.set_note("x"); }, false},
      {"number", [](auto& f) { f.set_revision(2); }, false},
      {"year", [](auto& f) { f.set_year(2027); }, false},
      {"owner", [](auto& f) { f.set_owner(kUnit); }, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    v1::Submission other = form;
    c.change(other);
    EXPECT_EQ(FormDigest(other) == FormDigest(form), c.same);
  }
}

TEST(SubmissionRulesTest, DecisionsComeForWhatIsUnderReviewOnly) {
  v1::Submission form = Example();
  form.set_revision_digest(FormDigest(form));
  EXPECT_TRUE(DecisionApplies(form, form.revision_digest()));
  EXPECT_FALSE(DecisionApplies(form, "other"));
  v1::Submission undigested = form;
  undigested.clear_revision_digest();
  EXPECT_FALSE(DecisionApplies(undigested, ""));
  ASSERT_TRUE(Withdraw(&form).ok());
  EXPECT_EQ(form.state(), v1::SUBMISSION_STATE_WITHDRAWN);
  EXPECT_FALSE(DecisionApplies(form, form.revision_digest()));
  for (const auto state : {v1::SUBMISSION_STATE_WITHDRAWN, v1::SUBMISSION_STATE_APPROVED,
                           v1::SUBMISSION_STATE_RETURNED}) {
    form.set_state(state);
    EXPECT_EQ(ReasonOf(Withdraw(&form)), ERROR_REASON_ILLEGAL_TRANSITION);
    EXPECT_EQ(form.state(), state);
  }
}

TEST(SubmissionRulesTest, ReviewsOfFormsHaveNamesOfTheirOwn) {
  EXPECT_EQ(FormReviewName("units/a/submissions/s", 2), "units/a/reviews/s-s2");
  const std::string longest(63, 's');
  const std::string name = FormReviewName("units/a/submissions/" + longest, 1);
  EXPECT_EQ(IdIn("reviews", name).size(), 63u);
  EXPECT_NE(name, FormReviewName("units/a/submissions/" + longest, 2));
}

}  // namespace
}  // namespace lianfang::risk
