#include "services/aggregator/pull/credential.h"

#include <sys/stat.h>

#include <fstream>

#include "common/status/error.h"
#include "common/testing/test_server.h"

namespace lianfang::aggregator {
namespace {

class CredentialTest : public ::testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_.path() + "/" + name, std::ios::binary) << text;
  }
  testing::TempFolder folder_;
};

TEST_F(CredentialTest, ReadsTheFileEachTime) {
  Write("school.token", "\n first-token \r\n");
  EXPECT_EQ(*ReadCredential(folder_.path(), "school"), "first-token");
  Write("school.token", "second-token");
  EXPECT_EQ(*ReadCredential(folder_.path(), "school"), "second-token");
  Write("school.token", std::string(kMaxTokenBytes, 'x'));
  EXPECT_EQ(ReadCredential(folder_.path(), "school")->size(), kMaxTokenBytes);
}

TEST_F(CredentialTest, SaysWhatIsWrong) {
  Write("empty.token", " \n");
  Write("two.token", "one two");
  Write("lines.token", "one\r\nx-header: two");
  Write("binary.token", std::string("a\0b", 3));
  Write("large.token", std::string(kMaxTokenBytes + 1, 'x'));
  ASSERT_EQ(mkdir((folder_.path() + "/folder.token").c_str(), 0700), 0);
  ASSERT_EQ(mkfifo((folder_.path() + "/pipe.token").c_str(), 0600), 0);
  Write("outside.token", "secret");
  for (const char* name : {"missing", "empty", "two", "lines", "binary", "large", "folder", "pipe",
                           "../outside", "/etc/passwd", "", ".", "a/b", "UPPER"}) {
    const auto token = ReadCredential(folder_.path(), name);
    EXPECT_THAT(token, testing::FailsWith(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE)) << name;
    EXPECT_EQ(ChineseText(token.status()).find(folder_.path()), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace lianfang::aggregator
