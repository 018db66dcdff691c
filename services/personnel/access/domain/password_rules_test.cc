#include "services/personnel/access/domain/password_rules.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/status/error.h"

namespace lianfang::personnel {
namespace {

absl::Status Check(const std::string& password) {
  return CheckPassword("new_password", password, {"zhang-wei", "示例教师", "ab"});
}

TEST(PasswordRules, TakesWhatIsLongAndUnusual) {
  for (const std::string& good :
       {std::string("correct horse battery"), std::string("Tr0ub4dor&3x"),
        std::string("校园廉政风险防控"), std::string("kx7-pq2w-9mzt"),
        std::string("zhang-wei likes tea"), std::string("my ab stands in it"),
        "a long one, " + std::string(200, 'x')}) {
    EXPECT_TRUE(Check(good).ok()) << good << " " << Check(good);
  }
  EXPECT_TRUE(Check("abcde" + std::string(251, 'x')).ok());
}

TEST(PasswordRules, RefusesWhatIsGuessedFirst) {
  for (const std::string& bad : {std::string(),
                                 std::string("short"),
                                 std::string("ninechars"),
                                 "abcde" + std::string(252, 'x'),
                                 std::string("1234567890"),
                                 std::string("0123456789"),
                                 std::string("12345678901234"),
                                 std::string("9876543210"),
                                 std::string("abcdefghijkl"),
                                 std::string("aaaaaaaaaaaa"),
                                 std::string("abababababab"),
                                 std::string("1122112211"),
                                 std::string("Password123"),
                                 std::string("PASSWORD123"),
                                 std::string("woaini1314"),
                                 std::string("a123456789"),
                                 std::string("1q2w3e4r5t"),
                                 std::string("qwertyuiop"),
                                 std::string("zhang-wei1"),
                                 std::string("ZHANG-WEI123"),
                                 std::string("1zhang-wei2"),
                                 std::string("zhang-weizhang-wei"),
                                 std::string("示例教师1"),
                                 std::string("示例教师12345")}) {
    EXPECT_EQ(ReasonOf(Check(bad)), common::v1::ERROR_REASON_WEAK_PASSWORD) << bad;
    EXPECT_EQ(CodeOf(ReasonOf(Check(bad))), absl::StatusCode::kInvalidArgument);
  }
}

TEST(PasswordRules, AnErrorDoesNotShowThePassword) {
  EXPECT_EQ(Check("zhang-wei1").ToString().find("zhang-wei1"), std::string::npos);
  EXPECT_EQ(Check("1q2w3e4r5t").ToString().find("1q2w3e4r5t"), std::string::npos);
}

}  // namespace
}  // namespace lianfang::personnel
