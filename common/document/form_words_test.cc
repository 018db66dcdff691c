#include "common/document/form_words.h"

#include <gtest/gtest.h>

namespace lianfang::document {
namespace {

TEST(FormWords, EveryWordIsReadBack) {
  for (int i = 1; i < common::v1::RiskCategory_ARRAYSIZE; ++i) {
    const auto value = static_cast<common::v1::RiskCategory>(i);
    EXPECT_EQ(FromWord<common::v1::RiskCategory>(WordOf(value), common::v1::RiskCategory_ARRAYSIZE),
              value);
  }
  for (int i = 1; i < risk::v1::PowerType_ARRAYSIZE; ++i) {
    const auto value = static_cast<risk::v1::PowerType>(i);
    EXPECT_EQ(FromWord<risk::v1::PowerType>(WordOf(value), risk::v1::PowerType_ARRAYSIZE), value);
  }
  EXPECT_EQ(FromWord<common::v1::FindingMethod>("", common::v1::FindingMethod_ARRAYSIZE),
            common::v1::FINDING_METHOD_UNSPECIFIED);
  EXPECT_EQ(AllWords<risk::v1::FindingKind>(risk::v1::FindingKind_ARRAYSIZE), "存在、潜在");
}

TEST(FormWords, DisclosureIsReadBack) {
  struct Case {
    common::v1::PublicityScope scope;
    const char* form;
    const char* time;
    const char* reason;
    const char* text;
  };
  const Case cases[] = {
      {common::v1::PUBLICITY_SCOPE_WITHIN_SCHOOL, "校务公开栏", "每学期初", "",
       "校务公开栏；校内；每学期初"},
      {common::v1::PUBLICITY_SCOPE_PUBLIC, "", "", "", "向社会"},
      {common::v1::PUBLICITY_SCOPE_PUBLIC, "网站；公告栏", "", "", "网站；公告栏；向社会"},
      {common::v1::PUBLICITY_SCOPE_NONE, "", "", "涉及个人隐私；经批准",
       "不公开；涉及个人隐私；经批准"},
  };
  for (const Case& one : cases) {
    risk::v1::Disclosure disclosure;
    disclosure.set_scope(one.scope);
    disclosure.set_form(one.form);
    disclosure.set_time(one.time);
    disclosure.set_withheld_reason(one.reason);
    EXPECT_EQ(DisclosureText(disclosure), one.text);
    risk::v1::Disclosure read;
    ASSERT_TRUE(ParseDisclosure(one.text, &read));
    EXPECT_EQ(read.SerializeAsString(), disclosure.SerializeAsString());
  }
  risk::v1::Disclosure read;
  EXPECT_TRUE(ParseDisclosure("", &read));
  EXPECT_EQ(read.scope(), common::v1::PUBLICITY_SCOPE_UNSPECIFIED);
  EXPECT_FALSE(ParseDisclosure("公告栏；每年", &read));
}

}  // namespace
}  // namespace lianfang::document
