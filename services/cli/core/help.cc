#include "services/cli/core/help.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/utf8.h"
#include "services/cli/core/session.h"

namespace lianfang::cli {
namespace {

constexpr Text kUsage = {"用法：lianfang [选项] 命令 [选项]",
                         "Usage: lianfang [options] COMMAND [options]"};
constexpr Text kWhat = {"廉政风险防控：岗位、自查、定级、措施、统计与上报",
                        "Integrity risk control: posts, self-checks, grades, measures, reports"};
constexpr Text kCommands = {"命令", "Commands"};
constexpr Text kOptions = {"选项", "Options"};
constexpr Text kGlobal = {"通用选项", "Options of every command"};
constexpr Text kExit = {
    "退出码：0 成功；1 失败；2 用法错误；3 服务无法连接；4 核验不通过",
    "Exit codes: 0 done; 1 failed; 2 wrong usage; 3 not reachable; 4 verification failed"};
constexpr Text kMore = {"某一命令的说明：lianfang 命令 --help",
                        "More on a command: lianfang COMMAND --help"};

std::string FlagLines(std::span<const Flag> flags, Lang lang) {
  const auto left = [](const Flag& flag) {
    return flag.kind == Flag::kSwitch ? absl::StrCat("  --", flag.name)
                                      : absl::StrCat("  --", flag.name, "=", flag.value);
  };
  int width = 0;
  for (const Flag& flag : flags) width = std::max(width, DisplayWidth(left(flag)));
  std::string text;
  for (const Flag& flag : flags) {
    absl::StrAppend(&text, PadRight(left(flag), width + 2), flag.help.In(lang), "\n");
  }
  return text;
}

}  // namespace

std::string Overview(std::span<const Command> commands, Lang lang) {
  std::string text = absl::StrCat("lianfang — ", kWhat.In(lang), "\n", kUsage.In(lang), "\n\n",
                                  kCommands.In(lang), "\n");
  int width = 0;
  for (const Command& command : commands) width = std::max(width, DisplayWidth(command.name));
  for (const Command& command : commands) {
    absl::StrAppend(&text, "  ", PadRight(command.name, width + 2), command.summary.In(lang), "\n");
  }
  absl::StrAppend(&text, "\n", kGlobal.In(lang), "\n", FlagLines(GlobalFlags(), lang), "\n",
                  kExit.In(lang), "\n", kMore.In(lang), "\n");
  return text;
}

std::string HelpOf(const Command& command, Lang lang) {
  std::string text = absl::StrCat("lianfang ", command.name, " — ", command.summary.In(lang), "\n");
  if (!command.flags.empty()) {
    absl::StrAppend(&text, "\n", kOptions.In(lang), "\n", FlagLines(command.flags, lang));
  }
  absl::StrAppend(&text, "\n", kGlobal.In(lang), "\n", FlagLines(GlobalFlags(), lang));
  return text;
}

}  // namespace lianfang::cli
