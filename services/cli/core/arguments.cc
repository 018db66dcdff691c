#include "services/cli/core/arguments.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/utf8.h"
#include "common/status/error.h"
#include "services/cli/core/exit_code.h"

namespace lianfang::cli {
namespace {

const Flag* Find(std::span<const Flag> flags, absl::string_view name) {
  for (const Flag& flag : flags) {
    if (name == flag.name) return &flag;
  }
  return nullptr;
}

}  // namespace

std::string Arguments::Get(absl::string_view name) const {
  const auto it = values_.find(std::string(name));
  return it == values_.end() ? std::string() : it->second.back();
}

std::vector<std::string> Arguments::All(absl::string_view name) const {
  const auto it = values_.find(std::string(name));
  return it == values_.end() ? std::vector<std::string>() : it->second;
}

absl::StatusOr<std::string> Arguments::Require(absl::string_view name) const {
  std::string value = Get(name);
  if (!value.empty()) return value;
  return UsageError(absl::StrCat("缺少选项 --", name, "。"),
                    absl::StrCat("The option --", name, " is needed."));
}

absl::Status Arguments::Add(const Flag& flag, std::string value) {
  std::vector<std::string>& values = values_[flag.name];
  if (!values.empty() && flag.kind != Flag::kList) {
    return UsageError(absl::StrCat("选项 --", flag.name, " 只能给一次。"),
                      absl::StrCat("The option --", flag.name, " may be given once only."));
  }
  values.push_back(std::move(value));
  return absl::OkStatus();
}

absl::StatusOr<SplitCommandLine> Split(
    const std::vector<std::string>& line, std::span<const Flag> flags,
    const std::function<std::optional<std::span<const Flag>>(const std::vector<std::string>&)>&
        flags_of) {
  SplitCommandLine result;
  std::optional<std::span<const Flag>> own;
  for (size_t i = 0; i < line.size(); ++i) {
    const std::string& word = line[i];
    if (word == "--help" || word == "-h") {
      result.help = true;
      continue;
    }
    if (!absl::StartsWith(word, "-") || word == "-") {
      if (own.has_value()) {
        // `keys` is a command, and `keys rotate` is another.
        std::vector<std::string> longer = result.words;
        longer.push_back(word);
        if (auto further = flags_of(longer); further.has_value()) {
          result.words = std::move(longer);
          own = further;
          continue;
        }
        const auto bare = std::find_if(own->begin(), own->end(),
                                       [](const Flag& flag) { return flag.kind == Flag::kWord; });
        if (bare != own->end() && !result.arguments.Has(bare->name)) {
          LF_RETURN_IF_ERROR(result.arguments.Add(*bare, word));
          continue;
        }
        return UsageError(absl::StrCat("多余的参数：", Printable(word)),
                          absl::StrCat("One word too many: ", Printable(word)));
      }
      result.words.push_back(word);
      own = flags_of(result.words);
      continue;
    }
    const size_t equals = word.find('=');
    const std::string name = absl::StartsWith(word, "--")
                                 ? word.substr(2, equals == std::string::npos ? equals : equals - 2)
                                 : std::string();
    const Flag* flag = Find(flags, name);
    if (flag == nullptr && own.has_value()) flag = Find(*own, name);
    if (flag == nullptr) {
      return UsageError(absl::StrCat("未知选项：", Printable(word)),
                        absl::StrCat("Unknown option: ", Printable(word)));
    }
    std::string value;
    if (flag->kind == Flag::kSwitch) {
      if (equals != std::string::npos) {
        return UsageError(absl::StrCat("选项 --", name, " 不带值。"),
                          absl::StrCat("The option --", name, " takes no value."));
      }
    } else if (equals != std::string::npos) {
      value = word.substr(equals + 1);
    } else if (i + 1 < line.size()) {
      value = line[++i];
    } else {
      return UsageError(absl::StrCat("选项 --", name, " 缺少值。"),
                        absl::StrCat("The option --", name, " lacks its value."));
    }
    LF_RETURN_IF_ERROR(result.arguments.Add(*flag, std::move(value)));
  }
  return result;
}

std::vector<std::string> SplitList(absl::string_view text) {
  std::vector<std::string> parts;
  for (absl::string_view part : absl::StrSplit(text, ',')) {
    part = absl::StripAsciiWhitespace(part);
    if (!part.empty()) parts.emplace_back(part);
  }
  return parts;
}

}  // namespace lianfang::cli
