#include "services/cli/core/secret_input.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "common/crypto/new_file.h"
#include "common/status/error.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/files.h"

namespace lianfang::cli {
namespace {

constexpr size_t kMaxSecretBytes = 1024;

// Turns the terminal's echo off for as long as it lives.
class Silence {
 public:
  explicit Silence(int terminal) : terminal_(terminal) {
    silent_ = tcgetattr(terminal, &before_) == 0;
    termios off = before_;
    off.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent_ = silent_ && tcsetattr(terminal, TCSAFLUSH, &off) == 0;
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence() {
    if (silent_) tcsetattr(terminal_, TCSAFLUSH, &before_);
  }
  bool silent() const { return silent_; }

 private:
  const int terminal_;
  termios before_{};
  bool silent_ = false;
};

absl::StatusOr<std::string> Ask(const Session& session, absl::string_view option,
                                absl::string_view zh, absl::string_view en) {
  const crypto::FileDescriptor terminal(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  const auto nobody = [&] {
    return UsageError(
        absl::StrCat("没有终端可以输入：请用 --", option, " 指出存放它的文件。"),
        absl::StrCat("There is no terminal to type at: give a file, --", option, "."));
  };
  if (terminal.get() < 0) return nobody();
  const Silence silence(terminal.get());
  if (!silence.silent()) return nobody();
  const std::string prompt = absl::StrCat(session.zh() ? zh : en, session.zh() ? "：" : ": ");
  if (write(terminal.get(), prompt.data(), prompt.size()) < 0) return nobody();
  std::string text;
  char c = '\0';
  while (text.size() < kMaxSecretBytes) {
    const ssize_t n = read(terminal.get(), &c, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0 || c == '\n') break;
    text.push_back(c);
  }
  if (write(terminal.get(), "\n", 1) < 0) return nobody();
  return text;
}

}  // namespace

absl::StatusOr<std::string> ReadSecret(const Session& session, absl::string_view option,
                                       absl::string_view zh, absl::string_view en) {
  if (!session.arguments().Has(option)) return Ask(session, option, zh, en);
  LF_ASSIGN_OR_RETURN(std::string text, ReadFile(session.arguments().Get(option), kMaxSecretBytes));
  // Spaces may belong to it; the end of its line does not.
  return text.substr(0, text.find_first_of("\r\n"));
}

absl::StatusOr<std::string> ReadNewPassword(const Session& session, absl::string_view option) {
  LF_ASSIGN_OR_RETURN(std::string first, ReadSecret(session, option, "新密码", "New password"));
  if (session.arguments().Has(option)) return first;
  LF_ASSIGN_OR_RETURN(const std::string second,
                      ReadSecret(session, option, "再输入一次", "The same again"));
  if (first == second) return first;
  return UsageError("两次输入的密码不一致。", "The two passwords are not the same.");
}

}  // namespace lianfang::cli
