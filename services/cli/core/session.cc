#include "services/cli/core/session.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/base/id.h"
#include "common/base/resource_name.h"
#include "common/base/utf8.h"
#include "common/status/error.h"
#include "google/protobuf/util/json_util.h"
#include "lianfang/personnel/v1/access.grpc.pb.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/files.h"
#include "services/cli/core/kept_login.h"

namespace lianfang::cli {
namespace {

constexpr char kDefaultAddress[] = "127.0.0.1:7100";
// What the widest form, the statistics, takes without cutting words.
constexpr int kWideColumns = 140;
constexpr size_t kMaxTokenFileBytes = 16384;

constexpr Flag kGlobalFlags[] = {
    {"address",
     "HOST:PORT",
     Flag::kValue,
     {"服务地址；各服务单独运行时写 服务=地址,…；默认取环境变量 LIANFANG_ADDRESS，否则 "
      "127.0.0.1:7100",
      "where the server is, or SERVICE=HOST:PORT,… for services by themselves; default "
      "LIANFANG_ADDRESS, or 127.0.0.1:7100"}},
    {"token",
     "TOKEN",
     Flag::kValue,
     {"凭证；命令行会被同机用户看到，宜用 --token-file 或环境变量 LIANFANG_TOKEN",
      "token; others on this machine can see it: rather use --token-file or LIANFANG_TOKEN"}},
    {"token-file", "FILE", Flag::kValue, {"存放凭证的文件", "file that holds the token"}},
    {"data-dir",
     "FOLDER",
     Flag::kValue,
     {"服务器的数据文件夹：用其中的密钥签发凭证",
      "data folder of the server: its key makes the token"}},
    {"key-file",
     "FILE",
     Flag::kValue,
     {"签名密钥文件，代替 --data-dir 中的密钥", "signing key instead of the one in --data-dir"}},
    {"ca",
     "FILE",
     Flag::kValue,
     {"服务器证书的 CA（PEM），以 TLS 连接；默认取环境变量 LIANFANG_CA",
      "CA of the server's certificate, for TLS; default LIANFANG_CA"}},
    {"cert",
     "FILE",
     Flag::kValue,
     {"向服务器出示的证书（PEM）；默认取 LIANFANG_CERT",
      "certificate to show the server; default LIANFANG_CERT"}},
    {"key",
     "FILE",
     Flag::kValue,
     {"该证书的私钥；默认取 LIANFANG_KEY", "its key; default LIANFANG_KEY"}},
    {"plaintext",
     "",
     Flag::kSwitch,
     {"允许以明文连接本机以外的地址", "allows plain text beyond this machine"}},
    {"as",
     "ROLE",
     Flag::kValue,
     {"以何角色签发凭证，多个用逗号分隔", "role of the token that is made; several with commas"}},
    {"subject",
     "NAME",
     Flag::kValue,
     {"凭证的主体，如 units/a/persons/b", "whom the token names, e.g. units/a/persons/b"}},
    {"lang",
     "zh|en",
     Flag::kValue,
     {"界面语言；默认按系统区域设置", "language of messages; default by the locale"}},
    {"format",
     "text|json",
     Flag::kValue,
     {"输出格式；json 为一份 protobuf JSON 文档", "output; json is one protobuf JSON document"}},
    {"timeout",
     "TIME",
     Flag::kValue,
     {"每次调用的时限，如 30s、2m；默认 30s", "time for each call, e.g. 30s, 2m; default 30s"}},
};

// TLS as soon as one of its options or variables says something of it.
absl::StatusOr<client::Transport> TransportOf(const Arguments& arguments,
                                              const Environment& environment) {
  const auto file = [&](absl::string_view option, const std::string& variable) {
    const std::string given = arguments.Get(option);
    return given.empty() ? environment.variable(variable) : given;
  };
  config::v1::ClientTls tls;
  tls.set_ca_file(file("ca", "LIANFANG_CA"));
  tls.set_certificate_file(file("cert", "LIANFANG_CERT"));
  tls.set_key_file(file("key", "LIANFANG_KEY"));
  if (arguments.Has("plaintext")) return client::Transport::PlainAnywhere();
  if (tls.ByteSizeLong() == 0) return client::Transport();
  auto transport = client::Transport::Tls(tls);
  if (transport.ok()) return transport;
  return UsageError(ChineseText(transport.status()), transport.status().message());
}

std::string Line(absl::string_view text) { return absl::StrCat(text, "\n"); }

}  // namespace

std::span<const Flag> GlobalFlags() { return kGlobalFlags; }

absl::StatusOr<Lang> LangOf(const Arguments& arguments, const Environment& environment) {
  if (arguments.Has("lang")) {
    if (const auto lang = ParseLang(arguments.Get("lang")); lang.has_value()) return *lang;
    return UsageError("选项 --lang 只能是 zh 或 en。", "The option --lang is zh or en.");
  }
  return FromLocale(environment.variable("LC_ALL"), environment.variable("LC_MESSAGES"),
                    environment.variable("LANG"));
}

absl::StatusOr<std::unique_ptr<Session>> Session::Create(Arguments arguments,
                                                         const Environment* environment) {
  std::unique_ptr<Session> session(new Session(std::move(arguments), environment));
  const Arguments& given = session->arguments_;
  LF_ASSIGN_OR_RETURN(session->lang_, LangOf(given, *environment));
  const std::string format = given.Get("format");
  if (format == "json") {
    session->format_ = Format::kJson;
  } else if (!format.empty() && format != "text") {
    return UsageError("选项 --format 只能是 text 或 json。",
                      "The option --format is text or json.");
  }
  if (given.Has("timeout") &&
      (!absl::ParseDuration(given.Get("timeout"), &session->timeout_) ||
       session->timeout_ <= absl::ZeroDuration() || session->timeout_ > absl::Hours(24))) {
    return UsageError("选项 --timeout 须为 30s、2m 这样的正的时长，不超过 24h。",
                      "The option --timeout is a time such as 30s or 2m, at most 24h.");
  }
  session->address_ = given.Get("address");
  if (session->address_.empty()) session->address_ = environment->variable("LIANFANG_ADDRESS");
  if (session->address_.empty()) session->address_ = kDefaultAddress;
  LF_ASSIGN_OR_RETURN(session->transport_, TransportOf(given, *environment));
  return session;
}

absl::StatusOr<std::string> Session::UnitId(absl::string_view option) const {
  LF_ASSIGN_OR_RETURN(const std::string given, arguments_.Require(option));
  const absl::string_view named = IdIn("", given);
  std::string id = named.empty() ? given : std::string(named);
  if (IsValidResourceId(id)) return id;
  return UsageError(
      absl::StrCat("--", option, " 须为单位代码：小写字母、数字和连字符，1 至 63 个字符。"),
      absl::StrCat("--", option,
                   " is a unit's id: lower-case letters, digits and hyphens, 1 to 63."));
}

absl::StatusOr<std::string> Session::KeptToken() const {
  const std::string path = LoginFile(*environment_);
  LF_ASSIGN_OR_RETURN(const auto login, ReadLogin(path));
  // Another server would learn what opens this one.
  if (!login || login->address != address_) return std::string();
  return FreshToken(
      path, *environment_, stale_,
      [this](const personnel::v1::Tokens& tokens) -> absl::StatusOr<personnel::v1::Tokens> {
        LF_ASSIGN_OR_RETURN(auto channel, ChannelTo(AddressOf("personnel")));
        const client::Client nobody(std::move(channel),
                                    []() -> absl::StatusOr<std::string> { return std::string(); });
        personnel::v1::AccessService::Stub stub(nobody.channel());
        personnel::v1::RefreshTokenRequest request;
        request.set_session(tokens.session());
        request.set_refresh_token(tokens.refresh_token());
        LF_ASSIGN_OR_RETURN(auto response,
                            nobody.Call(stub, &personnel::v1::AccessService::Stub::RefreshToken,
                                        request, call_options()));
        return std::move(*response.mutable_tokens());
      });
}

bool Session::TakeFreshToken() {
  if (used_.empty()) return false;
  stale_ = used_;
  used_.clear();
  return true;
}

absl::StatusOr<std::shared_ptr<const TokenMint>> Session::Mint() const {
  std::string key_file = arguments_.Get("key-file");
  if (key_file.empty() && arguments_.Has("data-dir")) {
    key_file = TokenKeyFile(arguments_.Get("data-dir"));
  }
  if (key_file.empty()) {
    return UsageError("需要用 --data-dir 或 --key-file 指出签名密钥。",
                      "The signing key is needed: --data-dir or --key-file.");
  }
  return TokenMint::Open(key_file, environment_->clock, environment_->random);
}

absl::StatusOr<std::shared_ptr<client::Client>> Session::Connect(
    absl::string_view service, absl::string_view default_role) const {
  std::string token = arguments_.Get("token");
  if (token.empty() && arguments_.Has("token-file")) {
    LF_ASSIGN_OR_RETURN(token, ReadFile(arguments_.Get("token-file"), kMaxTokenFileBytes));
    token = std::string(absl::StripAsciiWhitespace(token));
  }
  if (token.empty() && !arguments_.Has("data-dir") && !arguments_.Has("key-file")) {
    token = environment_->variable("LIANFANG_TOKEN");
  }
  LF_ASSIGN_OR_RETURN(auto channel, ChannelTo(AddressOf(service)));
  if (!token.empty()) {
    return std::make_shared<client::Client>(
        std::move(channel), [token]() -> absl::StatusOr<std::string> { return token; });
  }
  if (!arguments_.Has("data-dir") && !arguments_.Has("key-file")) {
    LF_ASSIGN_OR_RETURN(token, KeptToken());
    if (!token.empty()) {
      used_ = token;
      // Commands that take long outlive a token.
      return std::make_shared<client::Client>(std::move(channel), [this] { return KeptToken(); });
    }
    return UsageError(
        "没有凭证：请先 lianfang login，或给出 --token-file、环境变量 LIANFANG_TOKEN、服务器的 "
        "--data-dir。",
        "No token: sign in with lianfang login, or give --token-file, LIANFANG_TOKEN, or the "
        "server's --data-dir.");
  }
  LF_ASSIGN_OR_RETURN(auto mint, Mint());
  TokenFor whom;
  whom.roles = SplitList(arguments_.Get("as"));
  if (whom.roles.empty()) whom.roles = {std::string(default_role)};
  LF_RETURN_IF_ERROR(CheckRoles(whom.roles));
  whom.subject = arguments_.Get("subject");
  if (whom.subject.empty()) whom.subject = absl::StrCat("cli/", whom.roles.front());
  whom.units = {"*"};
  return std::make_shared<client::Client>(std::move(channel),
                                          TokenMint::Source(std::move(mint), std::move(whom)));
}

std::string Session::AddressOf(absl::string_view service) const {
  if (!absl::StrContains(address_, '=')) return address_;
  for (absl::string_view part : absl::StrSplit(address_, ',', absl::SkipEmpty())) {
    if (absl::ConsumePrefix(&part, service) && absl::ConsumePrefix(&part, "=")) {
      return std::string(part);
    }
  }
  return "";
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Session::ChannelTo(
    const std::string& address) const {
  if (const absl::Status may = transport_.MayReach(address); !may.ok()) {
    return UsageError(
        absl::StrCat("拒绝以明文连接 ", address, "：请给出 --ca，或以 --plaintext 明确允许。"),
        absl::StrCat("Refused to call ", address,
                     " in plain text: give --ca, or allow it with --plaintext."));
  }
  return client::MakeChannel(address, transport_);
}

void Session::Say(absl::string_view zh_text, absl::string_view en_text) const {
  if (!json()) environment_->out->Write(Line(zh() ? zh_text : en_text));
}

void Session::Note(absl::string_view zh_text, absl::string_view en_text) const {
  environment_->err->Write(Line(zh() ? zh_text : en_text));
}

void Session::Write(absl::string_view text) const { environment_->out->Write(text); }

void Session::Print(const Table& table) const {
  Write(table.Render(environment_->width, /*unicode_borders=*/true));
}

bool Session::narrow() const {
  return environment_->width > 0 && environment_->width < kWideColumns;
}

absl::Status Session::PrintJson(const google::protobuf::Message& message) const {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
  if (!status.ok()) {
    return Failure("无法写成 JSON。", absl::StrCat("Cannot write JSON: ", status.ToString()));
  }
  Write(text);
  return absl::OkStatus();
}

std::unique_ptr<Progress> Session::StartProgress(absl::string_view zh_text,
                                                 absl::string_view en_text, int64_t total) const {
  return std::make_unique<Progress>(
      environment_->err,
      Progress::Options{.terminal = environment_->err_is_terminal,
                        .width = environment_->width > 0 ? environment_->width : 80,
                        .now = [clock = environment_->clock] { return clock->Now(); }},
      zh() ? zh_text : en_text, total);
}

std::string FormatSeconds(absl::Duration duration) {
  const double seconds = absl::ToDoubleSeconds(duration);
  if (seconds < 60) return absl::StrFormat("%.2f s", seconds);
  const auto whole = static_cast<int64_t>(seconds);
  return absl::StrCat(whole / 60, " min ", whole % 60, " s");
}

}  // namespace lianfang::cli
