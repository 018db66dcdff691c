#include "services/personnel/access/domain/password_rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"

namespace lianfang::personnel {
namespace {

// Characters that a password must have besides a name that stands in it.
constexpr size_t kBesidesName = 6;
// Different characters that a password must have.
constexpr size_t kDifferent = 5;

// What lists of stolen passwords begin with, of those that are long enough and that no other rule
// refuses. In lower case.
constexpr absl::string_view kUsual[] = {
    "password12",   "password123",   "password1234", "password12345", "password1!",
    "passw0rd12",   "passw0rd123",   "p@ssw0rd12",   "p@ssw0rd123",   "p@ssword123",
    "qwertyuiop",   "qwerty1234",    "qwerty12345",  "qwerty123456",  "qwertyuiop1",
    "1q2w3e4r5t",   "1q2w3e4r5t6y",  "q1w2e3r4t5",   "q1w2e3r4t5y6",  "1qaz2wsx3edc",
    "zaq12wsxcde3", "asdfghjkl1",    "asdfghjkl;",   "zxcvbnm123",    "abc1234567",
    "abc123456789", "abcd1234567",   "abcdefghij",   "abcdefg123",    "a1b2c3d4e5",
    "aa12345678",   "a123456789",    "a1234567890",  "123456789a",    "1234567890a",
    "1234567890q",  "q123456789",    "w123456789",   "qq123456789",   "aa123456789",
    "woaini1314",   "woaini5201314", "woaini520",    "5201314520",    "iloveyou123",
    "iloveyou1314", "admin12345",    "admin123456",  "administrator", "administrator1",
    "welcome123",   "welcome1234",   "changeme123",  "letmein123",    "xiaoxue123",
    "school12345",  "teacher123",    "lianfang123",  "lianfang1234",  "1122334455",
    "1357924680",   "2468013579",    "147258369",    "1472583690",    "9876543210"};

absl::Status Weak(absl::string_view field, absl::string_view zh, absl::string_view en) {
  return FieldError(common::v1::ERROR_REASON_WEAK_PASSWORD, field, zh, en);
}

// Each character the one before, or its successor, or its predecessor: 1111111111, abcdefghij.
bool IsRun(absl::string_view text) {
  for (const int step : {0, 1, -1}) {
    bool run = true;
    for (size_t i = 1; i < text.size() && run; ++i) {
      const bool wraps = step == 1 && text[i - 1] == '9' && text[i] == '0';
      run = text[i] - text[i - 1] == step || wraps;
    }
    if (run) return true;
  }
  return false;
}

// What is left of the text without each place where `name` stands.
size_t Besides(absl::string_view text, absl::string_view name) {
  size_t left = text.size();
  for (size_t at = text.find(name); at != absl::string_view::npos;
       at = text.find(name, at + name.size())) {
    left -= name.size();
  }
  return left;
}

}  // namespace

absl::Status CheckPassword(absl::string_view field, absl::string_view password,
                           const std::vector<std::string>& names) {
  if (password.size() < kShortestPassword || password.size() > kLongestPassword) {
    return Weak(field,
                absl::StrCat("密码须为 ", kShortestPassword, " 至 ", kLongestPassword, " 个字节。"),
                absl::StrCat("must have ", kShortestPassword, " to ", kLongestPassword, " bytes."));
  }
  const std::string lower = absl::AsciiStrToLower(password);
  const std::set<char> different(lower.begin(), lower.end());
  if (different.size() < kDifferent || IsRun(lower) ||
      std::find(std::begin(kUsual), std::end(kUsual), lower) != std::end(kUsual)) {
    return Weak(field, "这是常见的密码，请换一个。",
                "is one of the usual passwords; take another one.");
  }
  for (const std::string& name : names) {
    const std::string one = absl::AsciiStrToLower(name);
    // A name of one or two letters is in many passwords by chance.
    if (one.size() < 3) continue;
    if (Besides(lower, one) < kBesidesName && absl::StrContains(lower, one)) {
      return Weak(field, "密码不能是账号或姓名，也不能只加几个字符。",
                  "must not be the name, nor the name and little else.");
    }
  }
  return absl::OkStatus();
}

absl::Status SamePassword(absl::string_view field) {
  return Weak(field, "新密码不能与原密码相同。", "must not be the old password.");
}

}  // namespace lianfang::personnel
