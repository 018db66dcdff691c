#include "common/base/id.h"

#include <gtest/gtest.h>

#include <string>

namespace lianfang {
namespace {

using std::string_literals::operator""s;

TEST(IdTest, Accepts) {
  for (const std::string& id : {"a"s, "0"s, "a-b"s, "2013-4"s, "a--b"s, std::string(63, 'x'),
                                "a" + std::string(61, '-') + "b"}) {
    EXPECT_TRUE(IsValidResourceId(id)) << id;
  }
}

TEST(IdTest, Refuses) {
  for (const std::string& id :
       {""s,    "-"s,    "-a"s, "a-"s,    "A"s,  "aB"s,  "a_b"s,
        "a.b"s, "a/b"s,  ".."s, "a b"s,   " a"s, "a\n"s, "a\0"s,
        "\0"s,  "校长"s, "ａ"s, "a\xFF"s, "é"s,  "%61"s, std::string(64, 'x')}) {
    EXPECT_FALSE(IsValidResourceId(id)) << id;
  }
}

TEST(IdTest, EveryByteAlone) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string id(1, static_cast<char>(byte));
    const bool want = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
    EXPECT_EQ(IsValidResourceId(id), want) << byte;
    EXPECT_EQ(IsValidResourceId("a" + id + "z"), want || byte == '-') << byte;
  }
}

TEST(OrderedIdTest, SortsAsTheNumbersDo) {
  const std::string random = "zzzzzzzzzzzzzzzzzzzz";
  std::string before;
  for (const int64_t number : {int64_t{0}, int64_t{1}, int64_t{31}, int64_t{32}, int64_t{1000},
                               int64_t{1'000'000}, (int64_t{1} << 35) - 1}) {
    const std::string id = OrderedId(number, random);
    EXPECT_EQ(id.size(), random.size());
    EXPECT_TRUE(IsValidResourceId(id)) << id;
    EXPECT_LT(before, id) << number;
    before = id;
  }
  EXPECT_EQ(OrderedId(0, random), "2222222zzzzzzzzzzzzz");
}

TEST(OrderedIdTest, KeepsTheRandomPart) {
  EXPECT_NE(OrderedId(7, "aaaaaaaaaaaaaaaaaaaa"), OrderedId(7, "baaaaaaaaaaaaaaaaaaa"));
  EXPECT_EQ(OrderedId(7, "abc"), "2222229");
}

}  // namespace
}  // namespace lianfang
