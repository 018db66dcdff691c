// The program `lianfang`.
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/crypto/library.h"
#include "common/crypto/random.h"
#include "services/cli/commands/commands.h"
#include "services/cli/core/cli.h"

int main(int argc, char** argv) {
  using namespace lianfang;
  using namespace lianfang::cli;
  crypto::LeaveToTheEnd();
  FileSink out(stdout);
  FileSink err(stderr);
  const SystemClock clock;
  Environment environment{.out = &out,
                          .err = &err,
                          .out_is_terminal = isatty(STDOUT_FILENO) == 1,
                          .err_is_terminal = isatty(STDERR_FILENO) == 1,
                          .clock = &clock,
                          .random = &crypto::SystemRandom(),
                          .variable = [](const std::string& name) -> std::string {
                            const char* value = std::getenv(name.c_str());
                            return value == nullptr ? "" : value;
                          }};
  winsize size = {};
  if (environment.out_is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
    environment.width = size.ws_col;
  }
  return Run(std::vector<std::string>(argv + 1, argv + argc), Commands(), environment);
}
