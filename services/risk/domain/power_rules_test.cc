#include "services/risk/domain/power_rules.h"

#include <functional>
#include <string>

#include "common/status/error.h"
#include "gtest/gtest.h"

namespace lianfang::risk {
namespace {

using common::v1::ERROR_REASON_INVALID_FIELD;
using common::v1::ERROR_REASON_REQUIRED_FIELD;
using common::v1::ERROR_REASON_UNSPECIFIED;

TEST(PowerRulesTest, ReferencesAndDisclosureMakeSense) {
  const struct {
    const char* what;
    std::function<void(v1::Power&)> change;
    common::v1::ErrorReason reason;
    const char* field;
  } cases[] = {
      {"in order", [](auto&) {}, ERROR_REASON_UNSPECIFIED, ""},
      {"the leadership's", [](auto& p) { p.clear_department(); }, ERROR_REASON_UNSPECIFIED, ""},
      {"nobody in particular", [](auto& p) { p.clear_responsible_post(); },
       ERROR_REASON_UNSPECIFIED, ""},
      {"department of another unit",
       [](auto& p) { p.set_department("units/b/departments/affairs"); }, ERROR_REASON_INVALID_FIELD,
       "power.department"},
      {"post of another unit", [](auto& p) { p.set_responsible_post("units/b/posts/buyer"); },
       ERROR_REASON_INVALID_FIELD, "power.responsible_post"},
      {"withheld",
       [](auto& p) { p.mutable_disclosure()->set_scope(common::v1::PUBLICITY_SCOPE_NONE); },
       ERROR_REASON_REQUIRED_FIELD, "power.disclosure.withheld_reason"},
      {"withheld for no reason",
       [](auto& p) {
         p.mutable_disclosure()->set_scope(common::v1::PUBLICITY_SCOPE_NONE);
         p.mutable_disclosure()->set_withheld_reason(" \n");
       },
       ERROR_REASON_REQUIRED_FIELD, "power.disclosure.withheld_reason"},
      {"withheld for a reason",
       [](auto& p) {
         p.mutable_disclosure()->set_scope(common::v1::PUBLICITY_SCOPE_NONE);
         p.mutable_disclosure()->set_withheld_reason("涉及考试命题。");
       },
       ERROR_REASON_UNSPECIFIED, ""},
      {"public",
       [](auto& p) { p.mutable_disclosure()->set_scope(common::v1::PUBLICITY_SCOPE_PUBLIC); },
       ERROR_REASON_UNSPECIFIED, ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    v1::Power power;
    power.set_department("units/a/departments/affairs");
    power.set_responsible_post("units/a/posts/buyer");
    c.change(power);
    const absl::Status status = CheckPower(power, "a");
    EXPECT_EQ(ReasonOf(status), c.reason);
    EXPECT_NE(ToRpcStatus(status).DebugString().find(c.field), std::string::npos);
  }
}

}  // namespace
}  // namespace lianfang::risk
