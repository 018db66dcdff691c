#include "services/cli/term/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_split.h"
#include "common/base/utf8.h"

namespace lianfang::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

class ProgressTest : public testing::Test {
 protected:
  Progress::Options Options(bool terminal, int width = 60) {
    return {.terminal = terminal, .width = width, .now = [this] { return now_; }};
  }
  // What was drawn on a terminal, one element for each drawing.
  std::vector<std::string> Drawings() const {
    std::vector<std::string> out = absl::StrSplit(sink_.text(), '\r');
    EXPECT_EQ(out.front(), "");
    out.erase(out.begin());
    return out;
  }

  StringSink sink_;
  absl::Time now_ = absl::FromUnixSeconds(1000);
};

TEST_F(ProgressTest, PlainLines) {
  Progress progress(&sink_, Options(false), "导入", 20);
  for (int i = 0; i < 20; ++i) {
    now_ += absl::Milliseconds(500);
    progress.Advance();
  }
  progress.Finish("完成");
  progress.Finish("again");
  progress.Advance();
  EXPECT_EQ(sink_.text(),
            "导入: 0/20\n"
            "导入: 10%, 2/20, 2.0/s, 0:01\n"
            "导入: 20%, 4/20, 2.0/s, 0:02\n"
            "导入: 30%, 6/20, 2.0/s, 0:03\n"
            "导入: 40%, 8/20, 2.0/s, 0:04\n"
            "导入: 50%, 10/20, 2.0/s, 0:05\n"
            "导入: 60%, 12/20, 2.0/s, 0:06\n"
            "导入: 70%, 14/20, 2.0/s, 0:07\n"
            "导入: 80%, 16/20, 2.0/s, 0:08\n"
            "导入: 90%, 18/20, 2.0/s, 0:09\n"
            "导入: 完成 (20/20, 2.0/s, 0:10)\n");
}

TEST_F(ProgressTest, PlainLinesSkipTenthsThatWerePassedAtOnce) {
  Progress progress(&sink_, Options(false), "load", 1000);
  progress.Advance(555);
  progress.Advance(0);
  progress.Advance(-100);
  progress.Advance(44);
  progress.Advance(5000);
  now_ += absl::Seconds(3723);
  progress.Finish("done");
  EXPECT_EQ(sink_.text(),
            "load: 0/1000\n"
            "load: 55%, 555/1000, 0:00\n"
            "load: done (5599/1000, 1.5/s, 1:02:03)\n");
}

TEST_F(ProgressTest, PlainLinesWithoutATotal) {
  Progress progress(&sink_, Options(false), "pull", 0);
  for (int i = 0; i < 24; ++i) {
    now_ += absl::Seconds(1);
    progress.Advance(1000);
  }
  progress.Finish("done");
  EXPECT_EQ(sink_.text(),
            "pull: 0\n"
            "pull: 10000, 1000/s, 0:10\n"
            "pull: 20000, 1000/s, 0:20\n"
            "pull: done (24000, 1000/s, 0:24)\n");
}

TEST_F(ProgressTest, PlainLinesSayNothingMoreWithoutFinish) {
  { Progress progress(&sink_, Options(false), "load", 10); }
  EXPECT_EQ(sink_.text(), "load: 0/10\n");
}

TEST_F(ProgressTest, BarOnATerminal) {
  Progress progress(&sink_, Options(true, 55), "导入", 200);
  now_ += absl::Seconds(10);
  progress.Advance(50);
  now_ += absl::Seconds(10);
  progress.Advance(150);
  progress.Finish("完成");
  // The bar keeps its length, and a shorter drawing covers what a longer one left.
  EXPECT_THAT(Drawings(), ElementsAre("导入 [................]   0% 0/200, 0:00",
                                      "导入 [####............]  25% 50/200, 5.0/s, 0:10",
                                      "导入 [################] 100% 200/200, 10.0/s, 0:20",
                                      "导入: 完成 (200/200, 10.0/s, 0:20)                \n"));
}

TEST_F(ProgressTest, RedrawsAtMostTenTimesASecond) {
  Progress progress(&sink_, Options(true), "load", 100000);
  for (int i = 0; i < 100000; ++i) {
    now_ += absl::Microseconds(20);  // Two seconds in all.
    progress.Advance();
  }
  EXPECT_EQ(Drawings().size(), 1u + 20u);
  progress.Finish("done");
  EXPECT_EQ(Drawings().size(), 1u + 20u + 1u);
  EXPECT_THAT(sink_.text(), EndsWith("\n"));
}

TEST_F(ProgressTest, EveryDrawingFitsTheTerminal) {
  for (int width = -1; width < 90; ++width) {
    StringSink sink;
    {
      Progress progress(&sink, Options(true, width), "导入目录 import", 3000);
      for (int i = 0; i < 30; ++i) {
        now_ += absl::Seconds(7);
        progress.Advance(100);
      }
      if (width % 2 == 0) progress.Finish("完成：一切都在，没有丢失");
    }
    EXPECT_THAT(sink.text(), EndsWith("\n"));
    std::string text = sink.text();
    text.pop_back();
    for (const absl::string_view line : absl::StrSplit(text, '\r')) {
      EXPECT_LE(DisplayWidth(line), std::max(0, width - 1)) << line;
      EXPECT_EQ(line.find('\n'), absl::string_view::npos);
    }
  }
}

TEST_F(ProgressTest, ShorterDrawingsCoverLongerOnes) {
  Progress progress(&sink_, Options(true), "x", 0);
  now_ += absl::Seconds(1);
  progress.Advance(123456);
  const size_t longest = Drawings().back().size();
  progress.Finish("");
  const std::string last = Drawings().back();
  EXPECT_GE(last.size(), longest);
}

TEST_F(ProgressTest, UnfinishedLineIsEndedOnATerminal) {
  { Progress progress(&sink_, Options(true), "load", 10); }
  EXPECT_THAT(sink_.text(), EndsWith("0% 0/10, 0:00\n"));
}

TEST_F(ProgressTest, ClockThatGoesBack) {
  Progress progress(&sink_, Options(true), "load", 10);
  now_ -= absl::Hours(1);
  progress.Advance();
  EXPECT_THAT(Drawings().back(), HasSubstr("1/10, 0:00"));
  now_ += absl::Milliseconds(100);
  progress.Advance();
  EXPECT_EQ(Drawings().size(), 3u);
}

TEST_F(ProgressTest, ExtremeCounts) {
  for (const bool terminal : {false, true}) {
    for (const int64_t total :
         {kMax, int64_t{1}, int64_t{0}, int64_t{-1}, std::numeric_limits<int64_t>::min()}) {
      StringSink sink;
      Progress progress(&sink, Options(terminal, 120), "load", total);
      now_ += absl::Seconds(20);
      progress.Advance(kMax - 1);
      now_ += absl::Seconds(20);
      progress.Advance(kMax);
      progress.Finish("done");
      EXPECT_THAT(sink.text(), HasSubstr("9223372036854775807"));
      if (total == kMax) {
        EXPECT_THAT(sink.text(), HasSubstr("99%"));
      }
    }
  }
}

TEST_F(ProgressTest, TitleCannotDriveTheTerminal) {
  Progress progress(&sink_, Options(false), "a\x1B[2J\n", 10);
  progress.Finish("b\r\n");
  EXPECT_THAT(sink_.text(), StartsWith("a\uFFFD[2J\uFFFD: 0/10\n"));
  EXPECT_FALSE(HasControlCharacters(sink_.text(), true));
}

TEST_F(ProgressTest, CountsFromSeveralThreads) {
  Progress progress(&sink_, Options(false), "load", 4000);
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&progress] {
      for (int i = 0; i < 1000; ++i) progress.Advance();
    });
  }
  for (std::thread& thread : threads) thread.join();
  progress.Finish("done");
  EXPECT_THAT(sink_.text(), EndsWith("load: done (4000/4000, 0:00)\n"));
  EXPECT_THAT(sink_.text(), Not(HasSubstr("100%")));
}

}  // namespace
}  // namespace lianfang::cli
