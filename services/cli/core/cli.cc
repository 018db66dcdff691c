#include "services/cli/core/cli.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/utf8.h"
#include "common/status/error.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/help.h"

namespace lianfang::cli {
namespace {

const Command* Find(std::span<const Command> commands, const std::string& name) {
  for (const Command& command : commands) {
    if (name == command.name) return &command;
  }
  return nullptr;
}

// The locale's language, or what --lang says where that can be read out of a wrong line too.
Lang Guess(const std::vector<std::string>& line, const Environment& environment) {
  for (size_t i = 0; i < line.size(); ++i) {
    absl::string_view value;
    if (absl::StartsWith(line[i], "--lang=")) value = absl::string_view(line[i]).substr(7);
    if (line[i] == "--lang" && i + 1 < line.size()) value = line[i + 1];
    if (const auto lang = ParseLang(value); lang.has_value()) return *lang;
  }
  return FromLocale(environment.variable("LC_ALL"), environment.variable("LC_MESSAGES"),
                    environment.variable("LANG"));
}

int Fail(const absl::Status& status, Lang lang, const Environment& environment) {
  environment.err->Write(RenderError(status, lang));
  return ExitCodeOf(status);
}

}  // namespace

int Run(const std::vector<std::string>& line, std::span<const Command> commands,
        const Environment& environment) {
  const Lang lang = Guess(line, environment);
  const auto flags_of =
      [commands](const std::vector<std::string>& words) -> std::optional<std::span<const Flag>> {
    if (words == std::vector<std::string>{"help"}) return std::nullopt;
    const Command* command = Find(commands, absl::StrJoin(words, " "));
    if (command == nullptr) return std::nullopt;
    return command->flags;
  };
  auto split = Split(line, GlobalFlags(), flags_of);
  if (!split.ok()) return Fail(split.status(), lang, environment);
  std::vector<std::string> words = split->words;
  if (!words.empty() && words.front() == "help") {
    split->help = true;
    words.erase(words.begin());
  }
  if (words.empty()) {
    (split->help ? environment.out : environment.err)->Write(Overview(commands, lang));
    return split->help ? kExitOk : kExitUsage;
  }
  const Command* command = Find(commands, absl::StrJoin(words, " "));
  if (command == nullptr) {
    const std::string given = Printable(absl::StrJoin(words, " "));
    return Fail(UsageError(absl::StrCat("没有命令“", given, "”；全部命令见 lianfang help。"),
                           absl::StrCat("There is no command '", given, "'; see lianfang help.")),
                lang, environment);
  }
  if (split->help) {
    environment.out->Write(HelpOf(*command, lang));
    return kExitOk;
  }
  auto session = Session::Create(std::move(split->arguments), &environment);
  if (!session.ok()) return Fail(session.status(), lang, environment);
  absl::Status status = command->run(**session);
  // What the kept login's token rests on has changed, and the call changed nothing: a fresh one
  // says what holds.
  if (!status.ok() && ReasonOf(status) == common::v1::ERROR_REASON_TOKEN_EXPIRED &&
      (*session)->TakeFreshToken()) {
    status = command->run(**session);
  }
  if (status.ok()) return kExitOk;
  const int code = Fail(status, (*session)->lang(), environment);
  if (code == kExitUnreachable) {
    (*session)->Note(absl::StrCat("  地址：", Printable((*session)->address())),
                     absl::StrCat("  address: ", Printable((*session)->address())));
  }
  return code;
}

}  // namespace lianfang::cli
