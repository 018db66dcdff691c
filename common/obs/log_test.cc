#include "common/obs/log.h"

#include <string>

#include "common/obs/trace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::obs {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class LogTest : public ::testing::Test {
 protected:
  ~LogTest() override { SetLevel(Level::kWarning); }
  static std::string Written(Level level, absl::string_view value) {
    ::testing::internal::CaptureStderr();
    Log(level, "event", {{"key", value}});
    return ::testing::internal::GetCapturedStderr();
  }
};

TEST_F(LogTest, WritesWhatIsAskedForAndNothingBelow) {
  EXPECT_FALSE(Enabled(Level::kInfo));
  EXPECT_EQ(Written(Level::kInfo, "x"), "");
  SetLevel(Level::kInfo);
  EXPECT_TRUE(Enabled(Level::kInfo));
  EXPECT_THAT(Written(Level::kInfo, "x"),
              HasSubstr(R"("level":"info","event":"event","key":"x"})"));
}

TEST_F(LogTest, AValueCannotEndItsLine) {
  EXPECT_THAT(Written(Level::kError, "a\"b\\c\nd\x01"),
              HasSubstr("\"key\":\"a\\\"b\\\\c\\u000ad\\u0001\"}\n"));
}

TEST_F(LogTest, ALineWrittenForACallNamesItsTrace) {
  TraceContext trace{.high = 0x4bf92f3577b34da6, .low = 0xa3ce929d0e0e4736, .span = 1};
  {
    const ScopedTrace scope(trace);
    EXPECT_THAT(Written(Level::kError, "x"),
                HasSubstr(R"("trace":"4bf92f3577b34da6a3ce929d0e0e4736"})"));
  }
  EXPECT_THAT(Written(Level::kError, "x"), Not(HasSubstr("trace")));
}

}  // namespace
}  // namespace lianfang::obs
