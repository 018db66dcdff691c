#include "services/risk/domain/item_rules.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace lianfang::risk {
namespace {

v1::Submission Form() {
  v1::Submission form;
  form.set_name("units/a/submissions/s");
  form.set_review("units/a/reviews/s-s1");
  form.mutable_submit_time()->set_seconds(7);
  return form;
}

template <class T>
class ItemRulesTest : public ::testing::Test {};
using Items = ::testing::Types<v1::RiskPoint, v1::Power, v1::Workflow, v1::Measure>;
TYPED_TEST_SUITE(ItemRulesTest, Items);

TYPED_TEST(ItemRulesTest, DraftsAndReturnedRecordsAreHandedIn) {
  using States = ItemStates<TypeParam>;
  std::set<int> waiting;
  // No kind has more states than this.
  for (int state = 0; state <= 10; ++state) {
    TypeParam item;
    item.set_state(static_cast<decltype(item.state())>(state));
    if (CanBeHandedIn(item)) waiting.insert(state);
  }
  std::set<int> expected = {States::kDraft, States::kReturned};
  if (std::is_same_v<TypeParam, v1::Measure>) expected.insert(v1::MEASURE_STATE_DRAFT);
  EXPECT_EQ(waiting, expected);
}

TYPED_TEST(ItemRulesTest, ARecordFollowsItsForm) {
  using States = ItemStates<TypeParam>;
  TypeParam item;
  item.set_name("units/a/x/i");
  item.set_state(States::kDraft);
  const v1::SubmissionItem line = HandIn(Form(), &item);
  EXPECT_EQ(line.name(), "units/a/x/i");
  EXPECT_EQ(line.digest(), review::RecordDigest(item, line.revision()));
  EXPECT_EQ(line.revision(), (std::is_same_v<TypeParam, v1::RiskPoint> ? 0 : 1));
  EXPECT_EQ(item.state(), States::kSubmitted);
  EXPECT_EQ(item.submission(), "units/a/submissions/s");
  EXPECT_EQ(item.review(), "units/a/reviews/s-s1");
  EXPECT_EQ(item.submit_time().seconds(), 7);
  EXPECT_TRUE(IsUnderReview(item, "units/a/submissions/s"));
  EXPECT_FALSE(IsUnderReview(item, "units/a/submissions/other"));

  TypeParam returned = item;
  ReturnItem("缺少依据", &returned);
  EXPECT_EQ(returned.state(), States::kReturned);
  EXPECT_EQ(returned.review_comment(), "缺少依据");
  EXPECT_TRUE(CanBeHandedIn(returned));
  EXPECT_FALSE(IsUnderReview(returned, "units/a/submissions/s"));

  TypeParam back = item;
  TakeBackItem(&back);
  EXPECT_EQ(back.state(), States::kDraft);

  ApproveItem("同意", &item);
  EXPECT_EQ(item.state(), States::kApproved);
  EXPECT_EQ(item.review_comment(), "同意");
  EXPECT_FALSE(CanBeHandedIn(item));
}

TEST(ItemRulesTest, RevisionsAreCountedAndApprovalTakesMarksOff) {
  v1::Measure measure;
  measure.set_name("units/a/measures/m");
  measure.add_marks()->set_source("units/a/posts/p");
  HandIn(Form(), &measure);
  const std::string first = measure.revision_digest();
  ReturnItem("", &measure);
  EXPECT_EQ(measure.marks_size(), 1);
  HandIn(Form(), &measure);
  EXPECT_EQ(measure.revision(), 2);
  EXPECT_NE(measure.revision_digest(), first);
  ApproveItem("", &measure);
  EXPECT_EQ(measure.marks_size(), 0);
}

}  // namespace
}  // namespace lianfang::risk
