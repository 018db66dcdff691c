#include "common/store/unit_cache.h"

#include <string>

#include "gtest/gtest.h"
#include "lianfang/risk/v1/risk.pb.h"

namespace lianfang::store {
namespace {

const RecordKind& KindOf(const char* table) {
  static const auto* measures =
      new RecordKind("measures", "measures", risk::v1::Measure::default_instance(), {"state"});
  static const auto* points =
      new RecordKind("risk_points", "riskPoints", risk::v1::RiskPoint::default_instance(), {});
  return std::string(table) == "measures" ? *measures : *points;
}

class UnitCacheTest : public ::testing::Test {
 protected:
  std::string Body(absl::string_view unit, absl::string_view id) {
    const std::string* body = cache_.Find(measures_, unit, id);
    return body == nullptr ? "-" : *body;
  }
  bool KnowsRows(const RecordKind& kind, absl::string_view unit) {
    return cache_.FindRows(kind, unit, "q") != nullptr;
  }

  const RecordKind& measures_ = KindOf("measures");
  const RecordKind& points_ = KindOf("risk_points");
  UnitCache cache_{10'000};
};

TEST_F(UnitCacheTest, WhatWasReadStandsWhileNobodyElseWrites) {
  cache_.Validate("u", 7);
  cache_.Keep(measures_, "u", "a", "one");
  cache_.Committed("u", 8);
  cache_.Validate("u", 8);
  EXPECT_EQ(Body("u", "a"), "one");
  EXPECT_EQ(Body("u", "b"), "-");
  EXPECT_EQ(Body("v", "a"), "-");
  // Another writer was here.
  cache_.Validate("u", 9);
  EXPECT_EQ(Body("u", "a"), "-");
  EXPECT_EQ(cache_.bytes(), 0U);
}

TEST_F(UnitCacheTest, OwnWritesShowAndQueriesOfTheirKindAreAskedAnew) {
  cache_.Validate("u", 1);
  cache_.Keep(measures_, "u", "a", "one");
  cache_.KeepRows(measures_, "u", "q", {{"a", "one"}});
  cache_.KeepRows(points_, "u", "q", {});
  cache_.Wrote(measures_, "u", "a", "two");
  EXPECT_EQ(Body("u", "a"), "two");
  EXPECT_FALSE(KnowsRows(measures_, "u"));
  EXPECT_TRUE(KnowsRows(points_, "u")) << "an empty answer is one too";
  // A new record may fit any query of its kind.
  cache_.KeepRows(measures_, "u", "q", {});
  cache_.Wrote(measures_, "u", "new", "x");
  EXPECT_FALSE(KnowsRows(measures_, "u"));
}

TEST_F(UnitCacheTest, WhatAFailedTransactionPutThereIsForgotten) {
  cache_.Validate("u", 1);
  cache_.Validate("v", 1);
  cache_.Keep(measures_, "u", "a", "one");
  cache_.Keep(measures_, "v", "a", "one");
  cache_.Forget("u");
  EXPECT_EQ(Body("u", "a"), "-");
  EXPECT_EQ(Body("v", "a"), "one");
}

TEST_F(UnitCacheTest, StaysWithinItsBytesAndKeepsTheUnitAtWork) {
  for (const std::string unit : {"u", "v", "w"}) {
    cache_.Validate(unit, 1);
    for (int i = 0; i < 40; ++i) {
      cache_.Keep(measures_, unit, std::to_string(i), std::string(100, 'x'));
      EXPECT_LE(cache_.bytes(), 10'000U);
    }
    EXPECT_EQ(Body(unit, "39"), std::string(100, 'x'));
  }
  EXPECT_EQ(Body("u", "1"), "-") << "the oldest went";
  // One unit that is too big by itself starts over.
  for (int i = 0; i < 200; ++i) {
    cache_.Keep(measures_, "w", "n" + std::to_string(i), std::string(100, 'x'));
    EXPECT_LE(cache_.bytes(), 10'000U);
  }
  EXPECT_EQ(Body("w", "n199"), std::string(100, 'x'));
}

}  // namespace
}  // namespace lianfang::store
