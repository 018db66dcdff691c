#include "common/review/digest.h"

#include <functional>
#include <string>

#include "gtest/gtest.h"
#include "lianfang/risk/v1/risk.pb.h"

namespace lianfang::review {
namespace {

using risk::v1::Measure;

Measure Example() {
  Measure measure;
  measure.set_name("units/a/measures/m");
  measure.set_content("验收须两人签字。");
  measure.set_state(risk::v1::MEASURE_STATE_PROPOSED);
  return measure;
}

TEST(RecordDigestTest, ChangesWithTheContentAndTheNumberOnly) {
  const struct {
    const char* what;
    std::function<void(Measure&)> change;
    int revision;
    bool same;
  } cases[] = {
      {"nothing", [](Measure&) {}, 1, true},
      {"state", [](Measure& m) { m.set_state(risk::v1::MEASURE_STATE_IN_REVIEW); }, 1, true},
      {"etag", [](Measure& m) { m.set_etag("e7"); }, 1, true},
      {"time", [](Measure& m) { m.mutable_update_time()->set_seconds(5); }, 1, true},
      {"mark", [](Measure& m) { m.add_marks()->set_source("units/a/posts/p"); }, 1, true},
      {"content", [](Measure& m) { m.set_content("验收须三人签字。"); }, 1, false},
      {"name", [](Measure& m) { m.set_name("units/a/measures/n"); }, 1, false},
      {"day", [](Measure& m) { m.mutable_due_date()->set_year(2026); }, 1, false},
      {"number", [](Measure&) {}, 2, false},
      {"number of two digits", [](Measure&) {}, 11, false},
  };
  const std::string digest = RecordDigest(Example(), 1);
  EXPECT_EQ(digest.size(), 32u);
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    Measure measure = Example();
    c.change(measure);
    EXPECT_EQ(RecordDigest(measure, c.revision) == digest, c.same);
  }
}

}  // namespace
}  // namespace lianfang::review
