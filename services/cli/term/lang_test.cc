#include "services/cli/term/lang.h"

#include <gtest/gtest.h>

namespace lianfang::cli {
namespace {

TEST(LangTest, FromLocale) {
  struct Case {
    const char* lc_all;
    const char* lc_messages;
    const char* lang;
    Lang want;
  };
  const Case cases[] = {
      {"", "", "", Lang::kEn},
      {"", "", "C.UTF-8", Lang::kEn},
      {"", "", "zh_CN.UTF-8", Lang::kZh},
      {"", "", "zh", Lang::kZh},
      {"", "", "zh_TW.Big5", Lang::kZh},
      {"", "", "zh-Hans-CN", Lang::kZh},
      {"", "", "ZH_CN.GB18030", Lang::kZh},
      {"", "", "de_DE.UTF-8", Lang::kEn},
      {"", "", "z", Lang::kEn},
      {"", "", "xzh", Lang::kEn},
      {"", "zh_CN.UTF-8", "en_US.UTF-8", Lang::kZh},
      {"", "en_US.UTF-8", "zh_CN.UTF-8", Lang::kEn},
      {"C", "zh_CN.UTF-8", "zh_CN.UTF-8", Lang::kEn},
      {"zh_CN.UTF-8", "C", "C", Lang::kZh},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(FromLocale(c.lc_all, c.lc_messages, c.lang), c.want)
        << c.lc_all << "|" << c.lc_messages << "|" << c.lang;
  }
}

TEST(LangTest, ParsesTheFlag) {
  EXPECT_EQ(ParseLang("zh"), Lang::kZh);
  EXPECT_EQ(ParseLang("en"), Lang::kEn);
  for (const char* bad : {"", "ZH", "zh_CN", "de", "en "}) {
    EXPECT_EQ(ParseLang(bad), std::nullopt) << bad;
  }
}

TEST(LangTest, TextInBothLanguages) {
  constexpr Text kReady = {"已就绪", "ready"};
  EXPECT_STREQ(kReady.In(Lang::kZh), "已就绪");
  EXPECT_STREQ(kReady.In(Lang::kEn), "ready");
}

}  // namespace
}  // namespace lianfang::cli
