#include "common/base/utf8.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace lianfang {
namespace {

using std::string_literals::operator""s;

struct Utf8Case {
  const char* name;
  std::string bytes;
  std::optional<size_t> first_bad;
};

TEST(Utf8Test, ValidityIsStrict) {
  const Utf8Case cases[] = {
      {"empty", "", {}},
      {"ASCII", "abc", {}},
      {"NUL", "a\0b"s, {}},
      {"Chinese", "廉政风险", {}},
      {"least of two bytes", "\xC2\x80", {}},
      {"most of two bytes", "\xDF\xBF", {}},
      {"least of three bytes", "\xE0\xA0\x80", {}},
      {"before the surrogates", "\xED\x9F\xBF", {}},
      {"after the surrogates", "\xEE\x80\x80", {}},
      {"most of three bytes", "\xEF\xBF\xBF", {}},
      {"least of four bytes", "\xF0\x90\x80\x80", {}},
      {"U+10FFFF", "\xF4\x8F\xBF\xBF", {}},
      {"U+110000", "\xF4\x90\x80\x80", 0},
      {"lead F5", "\xF5\x80\x80\x80", 0},
      {"lead F8", "\xF8\x88\x80\x80\x80", 0},
      {"FE FF", "ab\xFE\xFF", 2},
      {"high surrogate", "x\xED\xA0\x80", 1},
      {"low surrogate", "\xED\xBF\xBF", 0},
      {"overlong slash in two bytes", "\xC0\xAF", 0},
      {"overlong in two bytes, C1", "\xC1\xBF", 0},
      {"overlong in three bytes", "\xE0\x9F\xBF", 0},
      {"overlong in four bytes", "\xF0\x8F\xBF\xBF", 0},
      {"stray continuation", "廉\x80", 3},
      {"lead without continuation", "\xE5x", 0},
      {"GB18030", "\xC1\xAE\xD5\xFE", 0},
  };
  for (const Utf8Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(FindInvalidUtf8(c.bytes), c.first_bad);
    EXPECT_EQ(IsValidUtf8(c.bytes), !c.first_bad.has_value());
  }
}

TEST(Utf8Test, EveryCutInsideACharacterIsFound) {
  const std::string text = "é廉𠀀";  // Two, three and four bytes.
  for (size_t n = 0; n <= text.size(); ++n) {
    const bool at_boundary = n == 0 || n == 2 || n == 5 || n == 9;
    EXPECT_EQ(IsValidUtf8(text.substr(0, n)), at_boundary) << n;
    EXPECT_EQ(IsValidUtf8(text.substr(n)), at_boundary) << n;
  }
}

TEST(Utf8Test, EveryCodePointRoundTrips) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c == 0xD800) c = 0xE000;
    std::string bytes;
    AppendCodePoint(c, &bytes);
    absl::string_view rest = bytes;
    ASSERT_EQ(Next(rest), c);
    ASSERT_TRUE(rest.empty());
  }
  for (const char32_t bad : {0xD800u, 0xDFFFu, 0x110000u}) {
    std::string bytes;
    AppendCodePoint(bad, &bytes);
    EXPECT_EQ(bytes, "\xEF\xBF\xBD");
  }
}

TEST(Utf8Test, NextLeavesWhatItCannotRead) {
  absl::string_view s = "\xE5\xBB";
  EXPECT_EQ(Next(s), std::nullopt);
  EXPECT_EQ(s.size(), 2u);
  EXPECT_EQ(NextLossy(s), kReplacementCharacter);
  EXPECT_EQ(s.size(), 1u);
  absl::string_view empty;
  EXPECT_EQ(Next(empty), std::nullopt);
}

TEST(Utf8Test, CountsCodePoints) {
  EXPECT_EQ(CountCodePoints(""), 0u);
  EXPECT_EQ(CountCodePoints("a廉𠀀"), 3u);
  EXPECT_EQ(CountCodePoints("a\xFF\xE5"), 3u);
}

TEST(Utf8Test, ControlCharacters) {
  struct Case {
    const char* name;
    std::string text;
    bool in_line;   // Has some when newlines are not allowed.
    bool in_block;  // Has some when they are.
  };
  const Case cases[] = {
      {"empty", "", false, false},
      {"plain", "岗位：出纳 (A-1) “重”", false, false},
      {"ideographic space", "校　长", false, false},
      {"emoji", "😀", false, false},
      {"line feed", "一\n二", true, false},
      {"tab", "一\t二", true, false},
      {"carriage return", "一\r\n二", true, true},
      {"NUL", "a\0b"s, true, true},
      {"escape", "\x1B[2J", true, true},
      {"unit separator", "\x1F", true, true},
      {"space is none", "\x20", false, false},
      {"tilde is none", "~", false, false},
      {"DEL", "\x7F", true, true},
      {"C1 first", "\xC2\x80", true, true},
      {"C1 last", "\xC2\x9F", true, true},
      {"no-break space is none", "\xC2\xA0", false, false},
      {"U+200A is none", "\u200A", false, false},
      {"zero-width space", "a\u200B", true, true},
      {"right-to-left mark", "\u200F", true, true},
      {"U+2010 is none", "\u2010", false, false},
      {"line separator", "\u2028", true, true},
      {"embedding", "\u202A", true, true},
      {"override", "abc\u202Egpj", true, true},
      {"U+202F is none", "\u202F", false, false},
      {"word joiner", "\u2060", true, true},
      {"isolate first", "\u2066", true, true},
      {"isolate last", "\u2069", true, true},
      {"Arabic letter mark", "\u061C", true, true},
      {"byte order mark", "\uFEFF", true, true},
      {"tag", "\U000E0041", true, true},
      {"soft hyphen", "a\u00ADb", true, true},
      {"registered sign is none", "\u00AE", false, false},
      {"grapheme joiner", "a\u034F", true, true},
      {"Hangul filler", "\u3164", true, true},
      {"Hangul choseong filler", "\u115F", true, true},
      {"halfwidth Hangul filler", "\uFFA0", true, true},
      {"Mongolian vowel separator", "\u180E", true, true},
      {"musical format character", "\U0001D173", true, true},
      {"Mongolian letter is none", "\u1810", false, false},
      {"variant of an ideograph is none", "葛\U000E0100", false, false},
      {"not UTF-8", "a\xFF", true, true},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(HasControlCharacters(c.text, false), c.in_line);
    EXPECT_EQ(HasControlCharacters(c.text, true), c.in_block);
    EXPECT_FALSE(HasControlCharacters(Printable(c.text), false));
    EXPECT_FALSE(HasControlCharacters(Printable(c.text, true), true));
    EXPECT_EQ(Printable(c.text) == c.text, !c.in_line);
  }
  EXPECT_EQ(Printable("a\x1B[2J\n\xFF"), "a\uFFFD[2J\uFFFD\uFFFD");
  EXPECT_EQ(Printable("a\n\tb", true), "a\n\uFFFDb");
}

TEST(Utf8Test, DisplayWidth) {
  struct Case {
    std::string text;
    int width;
  };
  const Case cases[] = {
      {"", 0},         {"abc", 3},     {"廉政", 4},   {"（一）、《》", 12},
      {"“重”—…", 6},   {"ＡＢ１", 6},  {"ｱｲ", 2},     {"한글", 4},
      {"𠀀", 2},       {"😀", 2},       {"①", 1},      {"─│", 2},
      {"é", 1},        {"e\u0301", 1}, {"が", 2},     {"か\u3099", 2},
      {"a\u200Bb", 2}, {"\t\x1B", 0},  {"\u3000", 2}, {"a\xFF\xE5", 3},
      {"\u115F", 2},   {"\u1160", 0},  {"\u303F", 1},
  };
  for (const Case& c : cases) EXPECT_EQ(DisplayWidth(c.text), c.width) << c.text;
}

TEST(Utf8Test, Pads) {
  EXPECT_EQ(PadRight("廉政", 6), "廉政  ");
  EXPECT_EQ(PadLeft("廉政", 6), "  廉政");
  EXPECT_EQ(PadRight("廉政", 4), "廉政");
  EXPECT_EQ(PadRight("廉政", 3), "廉政");
  EXPECT_EQ(PadLeft("", 2), "  ");
  EXPECT_EQ(PadLeft("a", -5), "a");
}

TEST(Utf8Test, Truncates) {
  struct Case {
    std::string text;
    int width;
    std::string want;
  };
  const Case cases[] = {
      {"廉政风险", 8, "廉政风险"},
      {"廉政风险", 7, "廉政风…"},
      {"廉政风险", 6, "廉政…"},
      {"廉政风险", 2, "…"},
      {"廉政风险", 1, "…"},
      {"廉政风险", 0, ""},
      {"廉政风险", -3, ""},
      {"abc", 3, "abc"},
      {"abcd", 3, "ab…"},
      {"e\u0301fgh", 2, "e\u0301…"},
      {"", 0, ""},
      {"", 5, ""},
      {"abe\u0301", 3, "abe\u0301"},
  };
  for (const Case& c : cases) EXPECT_EQ(TruncateToWidth(c.text, c.width), c.want) << c.text;
}

TEST(Utf8Test, RandomBytesAreSafe) {
  std::mt19937 random(20134);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    // Taking characters one by one sees the same as asking for the whole.
    absl::string_view rest = bytes;
    bool valid = true;
    size_t count = 0;
    while (!rest.empty()) {
      absl::string_view probe = rest;
      valid = valid && Next(probe).has_value();
      NextLossy(rest);
      ++count;
    }
    EXPECT_EQ(IsValidUtf8(bytes), valid);
    EXPECT_EQ(CountCodePoints(bytes), count);
    EXPECT_TRUE(IsValidUtf8(Printable(bytes)));
  }
}

}  // namespace
}  // namespace lianfang
