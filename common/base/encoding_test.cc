#include "common/base/encoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/base/utf8.h"

namespace lianfang {
namespace {

using std::string_literals::operator""s;
using ::testing::HasSubstr;

TEST(EncodingTest, Reads) {
  struct Case {
    const char* name;
    std::string bytes;
    std::string text;
    Encoding encoding;
  };
  const Case cases[] = {
      {"empty", "", "", Encoding::kUtf8},
      {"ASCII", "code,name\n", "code,name\n", Encoding::kUtf8},
      {"UTF-8", "岗位,等级", "岗位,等级", Encoding::kUtf8},
      {"UTF-8 with a mark", "\xEF\xBB\xBF岗位", "岗位", Encoding::kUtf8Bom},
      {"only a mark", "\xEF\xBB\xBF", "", Encoding::kUtf8Bom},
      {"GB2312", "\xB8\xDA\xCE\xBB,a\r\n", "岗位,a\r\n", Encoding::kGb18030},
      {"GBK, not in GB2312", "\x96\x7C", "東", Encoding::kGb18030},
      {"GB18030, four bytes", "\x95\x32\x82\x36", "𠀀", Encoding::kGb18030},
      {"GB18030 with its mark", "\x84\x31\x95\x33\xB8\xDA", "岗", Encoding::kGb18030},
      {"comma as the second byte would be wrong", "\xD6\xD0,\xB9\xFA", "中,国", Encoding::kGb18030},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Encoding encoding = Encoding::kUtf8;
    const absl::StatusOr<std::string> text = ToUtf8(c.bytes, &encoding);
    ASSERT_TRUE(text.ok()) << text.status();
    EXPECT_EQ(*text, c.text);
    EXPECT_EQ(encoding, c.encoding) << EncodingName(encoding);
    EXPECT_EQ(*ToUtf8(c.bytes, nullptr), c.text);
  }
}

TEST(EncodingTest, Refuses) {
  struct Case {
    const char* name;
    std::string bytes;
    std::string message;
  };
  const Case cases[] = {
      {"UTF-16 LE", "\xFF\xFE\x97\x5E", "UTF-16 text; save it as CSV in UTF-8 or GB18030"},
      {"UTF-16 BE", "\xFE\xFF\x5E\x97", "UTF-16"},
      {"only the UTF-16 mark", "\xFF\xFE", "UTF-16"},
      {"UTF-32 LE", "\xFF\xFE\0\0"s, "UTF-32"},
      {"UTF-32 BE", "\0\0\xFE\xFF"s, "UTF-32"},
      {"UTF-16 without a mark", "a\0,\0"s, "byte 1 of the file is NUL"},
      {"NUL in the middle", "岗位\0"s, "byte 6 of the file is NUL"},
      {"xlsx", "PK\x03\x04\x14", "workbook"},
      {"xls", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "workbook"},
      {"neither", "ab\xFF", "neither UTF-8 (byte 2) nor GB18030 (byte 2)"},
      {"GB18030 cut", "ab\xB8\xDA\xB8", "neither UTF-8 (byte 2) nor GB18030 (byte 4)"},
      {"GB18030 cut in four bytes", "\xB8\xDA\x95\x32\x82", "nor GB18030 (byte 2)"},
      {"a surrogate in UTF-8", "a\xED\xA0\x80", "neither UTF-8 (byte 1)"},
      {"marked UTF-8 with a bad byte", "\xEF\xBB\xBF岗\xE4\xBD,", "damaged: byte 6"},
      // Both would decode as GB18030, into other characters.
      {"damaged UTF-8 late", "岗位等级\xB8\xDA,", "damaged: byte 12"},
      {"damaged UTF-8 early", "\xB8\xDA岗位等级", "damaged: byte 0"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const absl::StatusOr<std::string> text = ToUtf8(c.bytes, nullptr);
    ASSERT_FALSE(text.ok()) << *text;
    EXPECT_EQ(text.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(text.status().message()), HasSubstr(c.message));
  }
}

TEST(EncodingTest, LongerThanTheBufferOfTheConverter) {
  std::string gb;
  std::string want;
  // One byte first, so that characters straddle every power of two.
  gb += 'x', want += 'x';
  for (int i = 0; i < 30000; ++i) {
    gb += "\xC1\xAE\xD5\xFE";
    want += "廉政";
  }
  const absl::StatusOr<std::string> text = ToUtf8(gb, nullptr);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(*text, want);
  gb += '\x80';
  EXPECT_THAT(std::string(ToUtf8(gb, nullptr).status().message()),
              HasSubstr("nor GB18030 (byte 120001)"));
}

// Text that spreadsheets write is never taken for damaged UTF-8, nor for UTF-8.
TEST(EncodingTest, EveryCommonCharacterInGb2312IsReadAsThat) {
  int rows = 0;
  for (int lead = 0xB0; lead <= 0xF7; ++lead) {
    std::string gb;
    for (int trail = 0xA1; trail <= 0xF9; ++trail) {
      gb += static_cast<char>(lead);
      gb += static_cast<char>(trail);
    }
    Encoding encoding = Encoding::kUtf8;
    const absl::StatusOr<std::string> text = ToUtf8(gb, &encoding);
    ASSERT_TRUE(text.ok()) << lead << ": " << text.status();
    EXPECT_EQ(encoding, Encoding::kGb18030) << lead;
    EXPECT_EQ(CountCodePoints(*text), gb.size() / 2) << lead;
    ++rows;
  }
  EXPECT_EQ(rows, 72);
}

TEST(EncodingTest, Names) {
  EXPECT_EQ(EncodingName(Encoding::kUtf8), "UTF-8");
  EXPECT_EQ(EncodingName(Encoding::kUtf8Bom), "UTF-8 with BOM");
  EXPECT_EQ(EncodingName(Encoding::kGb18030), "GB18030");
}

}  // namespace
}  // namespace lianfang
