#include "services/risk/domain/categories.h"

#include <string>

#include "common/status/error.h"
#include "gtest/gtest.h"

namespace lianfang::risk {
namespace {

using common::v1::ERROR_REASON_INVALID_FIELD;
using common::v1::RISK_LAYER_DEPARTMENT;
using common::v1::RISK_LAYER_POST;
using common::v1::RISK_LAYER_UNIT;
using common::v1::RISK_LAYER_UNSPECIFIED;
using common::v1::RiskCategory;
using common::v1::RiskLayer;

TEST(CategoriesTest, EachFormTakesItsOwn) {
  const struct {
    RiskCategory category;
    bool personal;
    bool department;
  } cases[] = {
      {common::v1::RISK_CATEGORY_UNSPECIFIED, false, false},
      {common::v1::RISK_CATEGORY_MORALITY, true, false},
      {common::v1::RISK_CATEGORY_POST_DUTY, true, true},
      {common::v1::RISK_CATEGORY_BUSINESS_PROCESS, false, true},
      {common::v1::RISK_CATEGORY_INSTITUTIONAL_MECHANISM, false, true},
      {common::v1::RISK_CATEGORY_EXTERNAL_ENVIRONMENT, false, true},
      {common::v1::RISK_CATEGORY_RULE_EXECUTION, true, false},
      {common::v1::RISK_CATEGORY_TEACHING, true, true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(common::v1::RiskCategory_Name(c.category));
    EXPECT_EQ(PersonalFormAllows(c.category), c.personal);
    EXPECT_EQ(DepartmentFormAllows(c.category), c.department);
    EXPECT_EQ(CheckCategory(RISK_LAYER_POST, c.category, "f").ok(), c.personal);
    EXPECT_EQ(CheckCategory(RISK_LAYER_DEPARTMENT, c.category, "f").ok(), c.department);
    EXPECT_EQ(CheckCategory(RISK_LAYER_UNIT, c.category, "f").ok(), c.department);
  }
}

TEST(CategoriesTest, TheErrorNamesTheField) {
  const absl::Status status =
      CheckCategory(RISK_LAYER_POST, common::v1::RISK_CATEGORY_BUSINESS_PROCESS,
                    "self_check.findings[2].category");
  EXPECT_EQ(ReasonOf(status), ERROR_REASON_INVALID_FIELD);
  EXPECT_NE(ToRpcStatus(status).DebugString().find("self_check.findings[2].category"),
            std::string::npos);
}

TEST(CategoriesTest, OwnersFitTheirLayer) {
  const struct {
    RiskLayer layer;
    const char* owner;
    bool ok;
  } cases[] = {
      {RISK_LAYER_POST, "units/a/posts/buyer", true},
      {RISK_LAYER_POST, "units/a/departments/finance", false},
      {RISK_LAYER_POST, "units/a", false},
      {RISK_LAYER_POST, "units/b/posts/buyer", false},
      {RISK_LAYER_POST, "units/a/posts/", false},
      {RISK_LAYER_POST, "units/a/posts/buyer/x", false},
      {RISK_LAYER_POST, "units/a/posts/采购员", false},
      {RISK_LAYER_DEPARTMENT, "units/a/departments/finance", true},
      {RISK_LAYER_DEPARTMENT, "units/a/posts/buyer", false},
      {RISK_LAYER_DEPARTMENT, "units/b/departments/finance", false},
      {RISK_LAYER_DEPARTMENT, "units/a", false},
      {RISK_LAYER_UNIT, "units/a", true},
      {RISK_LAYER_UNIT, "units/b", false},
      {RISK_LAYER_UNIT, "units/a/departments/finance", false},
      {RISK_LAYER_UNIT, "a", false},
      {RISK_LAYER_UNIT, "", false},
      {RISK_LAYER_UNSPECIFIED, "units/a", false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.owner);
    const absl::Status status = CheckOwner(c.layer, c.owner, "a", "risk_point.owner");
    EXPECT_EQ(status.ok(), c.ok) << status;
    if (!c.ok) {
      EXPECT_EQ(ReasonOf(status), ERROR_REASON_INVALID_FIELD);
    }
  }
}

TEST(CategoriesTest, NamesAreOfTheUnitOfTheRequest) {
  EXPECT_TRUE(CheckUnit("units/a/persons/p", "a", "person").ok());
  EXPECT_EQ(ReasonOf(CheckUnit("units/ab/persons/p", "a", "person")), ERROR_REASON_INVALID_FIELD);
}

}  // namespace
}  // namespace lianfang::risk
