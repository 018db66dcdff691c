#ifndef LIANFANG_SERVICES_CLI_TERM_LANG_H_
#define LIANFANG_SERVICES_CLI_TERM_LANG_H_

#include <optional>

#include "absl/strings/string_view.h"

namespace lianfang::cli {

enum class Lang { kZh, kEn };

// The language of messages for the values of LC_ALL, LC_MESSAGES and LANG, empty where one is not
// set: the first that is set decides, as POSIX says. Chinese of any place is kZh, all else kEn.
Lang FromLocale(absl::string_view lc_all, absl::string_view lc_messages, absl::string_view lang);

// The value of --lang: "zh" or "en"; nullopt for anything else.
std::optional<Lang> ParseLang(absl::string_view value);

// One message in both languages. A catalogue is a header of constants, so that a message without a
// translation does not compile:
//   inline constexpr Text kReady = {"已就绪", "ready"};
struct Text {
  consteval Text(const char* zh_text, const char* en_text) : zh(zh_text), en(en_text) {
    if (zh == nullptr || en == nullptr || *zh == '\0' || *en == '\0') {
      throw "a message needs both languages";  // Reached only while compiling, as an error there.
    }
  }

  constexpr const char* In(Lang lang) const { return lang == Lang::kZh ? zh : en; }

  const char* zh;
  const char* en;
};

}  // namespace lianfang::cli

#endif  // LIANFANG_SERVICES_CLI_TERM_LANG_H_
