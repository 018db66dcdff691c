// One run of one command: its options, its language, where it writes, and its connection.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/client/client.h"
#include "common/crypto/uuid.h"
#include "google/protobuf/message.h"
#include "services/cli/core/arguments.h"
#include "services/cli/core/environment.h"
#include "services/cli/core/tokens.h"
#include "services/cli/term/lang.h"
#include "services/cli/term/progress.h"
#include "services/cli/term/table.h"

namespace lianfang::cli {

enum class Format { kText, kJson };

// Options of every command.
std::span<const Flag> GlobalFlags();

// The language that the options or else the locale ask for.
absl::StatusOr<Lang> LangOf(const Arguments& arguments, const Environment& environment);

class Session {
 public:
  // Usage errors for values of global options that are not allowed.
  static absl::StatusOr<std::unique_ptr<Session>> Create(Arguments arguments,
                                                         const Environment* environment);

  const Arguments& arguments() const { return arguments_; }
  const Environment& environment() const { return *environment_; }
  Lang lang() const { return lang_; }
  bool zh() const { return lang_ == Lang::kZh; }
  bool json() const { return format_ == Format::kJson; }
  const std::string& address() const { return address_; }
  // Where a service is: `--address` may be one `HOST:PORT` for all, or a list
  // `personnel=HOST:PORT,risk=HOST:PORT,…` for services that run by themselves.
  std::string AddressOf(absl::string_view service) const;
  // A channel to an address by --ca, --cert and --key; an error where --plaintext would be needed.
  absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelTo(const std::string& address) const;
  client::CallOptions call_options() const { return {.timeout = timeout_}; }
  absl::Duration timeout() const { return timeout_; }

  // `--unit` as an id; both `a` and `units/a` are taken.
  absl::StatusOr<std::string> UnitId(absl::string_view option = "unit") const;

  // A client for a service with the token of --token, --token-file or LIANFANG_TOKEN, or one made
  // with the key of --data-dir or --key-file for `default_role` unless --as names another, or else
  // that of the kept login. Must not outlive the session.
  absl::StatusOr<std::shared_ptr<client::Client>> Connect(absl::string_view service,
                                                          absl::string_view default_role) const;
  // After TOKEN_EXPIRED: whether the kept login was used, and may be with a fresh token now.
  bool TakeFreshToken();
  // The mint of --key-file or --data-dir.
  absl::StatusOr<std::shared_ptr<const TokenMint>> Mint() const;

  // A line of the result; nothing with --format=json, whose only output is the document.
  void Say(absl::string_view zh, absl::string_view en) const;
  // A line beside the result, on the error stream.
  void Note(absl::string_view zh, absl::string_view en) const;
  // Text of the result as it is.
  void Write(absl::string_view text) const;
  void Print(const Table& table) const;
  // Whether tables must do with fewer columns to be read on this terminal.
  bool narrow() const;
  // The one document of --format=json.
  absl::Status PrintJson(const google::protobuf::Message& message) const;

  // On the error stream, as that is a terminal or not.
  std::unique_ptr<Progress> StartProgress(absl::string_view zh, absl::string_view en,
                                          int64_t total) const;

 private:
  Session(Arguments arguments, const Environment* environment)
      : arguments_(std::move(arguments)), environment_(environment) {}

  Arguments arguments_;
  const Environment* environment_;
  Lang lang_ = Lang::kEn;
  Format format_ = Format::kText;
  std::string address_;
  client::Transport transport_;
  absl::Duration timeout_ = absl::Seconds(30);
  // Of the kept login: the token that was used, and one that was refused.
  mutable std::string used_;
  std::string stale_;

  // The access token of the kept login; empty when there is none for this server.
  absl::StatusOr<std::string> KeptToken() const;
};

// A time span as people read it: `0.82 s`, `2 min 5 s`.
std::string FormatSeconds(absl::Duration duration);

// A UUID that is the same for the same label, so that a repeated run repeats its requests.
using crypto::UuidOf;

}  // namespace lianfang::cli
