#include "services/risk/domain/volume_rules.h"

#include <string>

#include "common/status/error.h"
#include "gtest/gtest.h"

namespace lianfang::risk {
namespace {

using common::v1::ERROR_REASON_NOT_COMPILABLE;
using common::v1::ERROR_REASON_UNSPECIFIED;

Papers Of(const std::string& id, bool has_posts, bool handed_in, int filed) {
  return {.department = "units/a/departments/" + id,
          .display_name = "处室" + id,
          .has_posts = has_posts,
          .handed_in = handed_in,
          .filed = filed};
}

TEST(VolumeRulesTest, EveryDepartmentWithPostsHasHandedIn) {
  Papers pending = Of("x", true, true, 3);
  pending.pending = {"units/a/powers/p"};
  Papers only_drafts = Of("x", true, false, 0);
  only_drafts.pending = {"units/a/powers/p"};
  Papers drafting = Of("x", false, false, 0);
  drafting.pending = {"units/a/powers/p"};
  Papers chartless = Of("x", true, true, 1);
  chartless.without_chart = {"units/a/powers/q"};
  Papers unmarked = Of("x", true, true, 1);
  unmarked.unmarked = {{"units/a/workflows/w", {"units/a/riskPoints/late"}}};
  const struct {
    const char* what;
    Papers papers;
    std::string missing;
  } cases[] = {
      {"filed this year", Of("x", true, true, 2), ""},
      {"nothing changed since an earlier year", Of("x", true, false, 2), ""},
      {"nil return", Of("x", true, true, 0), ""},
      {"no posts", Of("x", false, false, 0), ""},
      {"nothing handed in", Of("x", true, false, 0), "units/a/departments/x"},
      {"something is being changed", pending, "units/a/powers/p"},
      {"drafts only", only_drafts, "units/a/powers/p"},
      {"a power without chart", chartless, "units/a/powers/q"},
      {"a chart that lacks a risk point", unmarked, "units/a/riskPoints/late"},
      {"no posts, and a draft", drafting, "units/a/powers/p"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    const absl::Status status =
        CheckCompilable(v1::VOLUME_KIND_POWER_CATALOGUE, {Of("fine", true, true, 1), c.papers});
    EXPECT_EQ(ReasonOf(status),
              c.missing.empty() ? ERROR_REASON_UNSPECIFIED : ERROR_REASON_NOT_COMPILABLE);
    const std::string text = ToRpcStatus(status).DebugString();
    EXPECT_NE(text.find(c.missing), std::string::npos);
    EXPECT_EQ(text.find("units/a/departments/fine"), std::string::npos);
  }
}

TEST(VolumeRulesTest, TheDigestIsOfWhatIsInIt) {
  v1::Volume volume;
  volume.set_kind(v1::VOLUME_KIND_POWER_CATALOGUE);
  volume.set_year(2026);
  volume.set_number(1);
  volume.add_items()->set_digest("1");
  v1::Volume same = volume;
  same.set_etag("e1");
  same.set_compiler("units/a/persons/p");
  EXPECT_EQ(VolumeDigest(same), VolumeDigest(volume));
  v1::Volume other = volume;
  other.mutable_items(0)->set_digest("2");
  EXPECT_NE(VolumeDigest(other), VolumeDigest(volume));
  other = volume;
  other.add_nil_departments("units/a/departments/x");
  EXPECT_NE(VolumeDigest(other), VolumeDigest(volume));
}

}  // namespace
}  // namespace lianfang::risk
