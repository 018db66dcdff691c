// Runs the fuzzing function of tests/fuzz/csv_fuzz.cc on a fixed series of random and mutated
// inputs. It ends the program when something that must always hold does not.

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace lianfang {
namespace {

using std::string_literals::operator""s;

constexpr int kInputs = 20000;

// Files to start from, and pieces that mean something to the readers.
const std::string kSeeds[] = {
    "code,name\nteaching,Teaching affairs\nfinance,\"Finance, accounts\"\n"s,
    "\xEF\xBB\xBF编号,岗位,等级\r\n01,出纳,一级\r\n02,\"保管\r\n员\",二级\r\n"s,
    "\xB1\xE0\xBA\xC5,\xB8\xDA\xCE\xBB\r\n01,\xB3\xF6\xC4\xC9\r\n02,\xB1\xA3\xB9\xDC\xD4\xB1\r\n"s,
    "\x84\x31\x95\x33\x95\x32\x82\x36,a\n\x81\x30\x81\x30,b\n"s,
    "a,b,c,d\n\"\",\"\"\"\",,\n,,,\n1,2,3,4\n\n"s,
    "\xFF\xFE"
    "a\0,\0"s,
};
const std::string kPieces[] = {
    ",",
    "\"",
    "\"\"",
    "\n",
    "\r",
    "\r\n",
    "\",\"",
    "\xEF\xBB\xBF",
    "\xE5\xBB\x89",
    "\xC1\xAE",
    "\xF0\xA0\x80\x80",
    "\xED\xA0\x80",
    "\x84\x31\x95\x33",
    "\0"s,
    "\u202E",
    "\u0301",
    " ",
    "012345678",
};

template <typename T, size_t N>
const T& Pick(const T (&from)[N], std::mt19937& random) {
  return from[random() % N];
}

std::string MakeInput(std::mt19937& random) {
  std::string text;
  switch (random() % 3) {
    case 0:  // Any bytes.
      text.resize(random() % 64);
      for (char& c : text) c = static_cast<char>(random());
      return text;
    case 1:  // Any sequence of pieces.
      for (size_t n = random() % 24; n > 0; --n) text += Pick(kPieces, random);
      break;
    default:
      text = Pick(kSeeds, random);
  }
  for (size_t n = random() % 6; n > 0; --n) {
    const size_t at = random() % (text.size() + 1);
    switch (random() % 4) {
      case 0:
        text.insert(at, Pick(kPieces, random));
        break;
      case 1:
        text.erase(at, random() % 4);
        break;
      case 2:
        if (at < text.size()) text[at] = static_cast<char>(random());
        break;
      default:
        text.resize(at);
    }
  }
  return text;
}

TEST(CsvFuzzTest, FixedSeriesOfInputs) {
  std::mt19937 random(20134);
  int run = 0;
  for (; run < kInputs; ++run) {
    const std::string input = static_cast<char>(random()) + MakeInput(random);
    ASSERT_EQ(LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size()),
              0);
  }
  EXPECT_EQ(run, kInputs);
}

TEST(CsvFuzzTest, EveryPrefixOfEverySeed) {
  for (const std::string& seed : kSeeds) {
    for (size_t n = 0; n <= seed.size(); ++n) {
      for (const char limits : {'\0', '\1'}) {
        const std::string input = limits + seed.substr(0, n);
        ASSERT_EQ(
            LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size()),
            0);
      }
    }
  }
}

}  // namespace
}  // namespace lianfang
