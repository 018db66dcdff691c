// Splitting a command line: `lianfang [options] COMMAND [SUBCOMMAND] [options]`.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/cli/term/lang.h"

namespace lianfang::cli {

struct Flag {
  enum Kind {
    kValue,   // `--name=value` or `--name value`, once
    kSwitch,  // `--name`
    kList,    // as kValue, any number of times
    kWord,    // as kValue, or as a word after those of the command
  };
  const char* name;   // without the dashes
  const char* value;  // what to show for the value in help; unused for switches
  Kind kind;
  Text help;
};

class Arguments {
 public:
  // Whether the option was given.
  bool Has(absl::string_view name) const { return values_.count(std::string(name)) > 0; }
  // Value of an option; empty when it was not given.
  std::string Get(absl::string_view name) const;
  // All values of a list option, in order.
  std::vector<std::string> All(absl::string_view name) const;
  // A usage error unless the option has a value that is not empty.
  absl::StatusOr<std::string> Require(absl::string_view name) const;

  // Adds a value; a usage error for a second one of an option that is no list.
  absl::Status Add(const Flag& flag, std::string value);

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

struct SplitCommandLine {
  std::vector<std::string> words;  // what is no option: the command's words
  bool help = false;               // --help or -h stood somewhere
  Arguments arguments;
};

// Splits `line` by `flags`. `flags_of` gives the further options of a command once its words are
// known, and nullopt while the words name no command yet. Usage errors for unknown options, missing
// values, values of switches and words too many.
absl::StatusOr<SplitCommandLine> Split(
    const std::vector<std::string>& line, std::span<const Flag> flags,
    const std::function<std::optional<std::span<const Flag>>(const std::vector<std::string>&)>&
        flags_of);

// `a,b` as its parts, without empty ones and without space around them.
std::vector<std::string> SplitList(absl::string_view text);

}  // namespace lianfang::cli
