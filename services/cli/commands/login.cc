// lianfang login, logout, password change, totp enrol: one's own account.
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/resource_name.h"
#include "common/server/random_ids.h"
#include "common/status/error.h"
#include "lianfang/personnel/v1/access.grpc.pb.h"
#include "services/cli/commands/commands.h"
#include "services/cli/commands/year.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/files.h"
#include "services/cli/core/kept_login.h"
#include "services/cli/core/secret_input.h"

namespace lianfang::cli {
namespace {

using personnel::v1::LoginRequest;
using personnel::v1::Tokens;
using AccessStub = personnel::v1::AccessService::Stub;

constexpr Flag kPasswordFile = {"password-file",
                                "FILE",
                                Flag::kValue,
                                {"存放密码的文件；缺省在终端输入，不显示",
                                 "file that holds the password; default: typed, unseen"}};
constexpr Flag kNewPasswordFile = {"new-password-file",
                                   "FILE",
                                   Flag::kValue,
                                   {"存放新密码的文件；缺省在终端输入，不显示",
                                    "file that holds the new password; default: typed, unseen"}};
constexpr Flag kLoginFlags[] = {
    kUnitFlag,
    {"account", "ACCOUNT", Flag::kValue, {"账号（必填）", "the account's id (needed)"}},
    kPasswordFile,
    kNewPasswordFile,
    {"code",
     "CODE",
     Flag::kValue,
     {"动态验证码；缺省在需要时输入", "the authenticator's code; default: asked for when needed"}},
    {"id-token-file",
     "FILE",
     Flag::kValue,
     {"存放外部身份凭证（ID token）的文件，代替密码",
      "file that holds an ID token of the outside issuer, in place of a password"}},
};
constexpr Flag kChangeFlags[] = {kPasswordFile, kNewPasswordFile};

// Calls without a token, once: a second attempt would count as one more guess.
absl::StatusOr<Tokens> Login(const Session& session, const LoginRequest& request) {
  LF_ASSIGN_OR_RETURN(auto channel, session.ChannelTo(session.AddressOf("personnel")));
  const client::Client client(std::move(channel),
                              []() -> absl::StatusOr<std::string> { return std::string(); });
  AccessStub stub(client.channel());
  client::CallOptions options = session.call_options();
  options.attempts = 1;
  LF_ASSIGN_OR_RETURN(auto response, client.Call(stub, &AccessStub::Login, request, options));
  return std::move(*response.mutable_tokens());
}

// Asks for what the server finds missing: a new password, a code.
absl::StatusOr<Tokens> LoginAsking(const Session& session, LoginRequest request) {
  for (int asked = 0; asked < 2; ++asked) {
    auto tokens = Login(session, request);
    const auto reason = ReasonOf(tokens.status());
    if (tokens.ok()) return tokens;
    if (reason == common::v1::ERROR_REASON_PASSWORD_CHANGE_REQUIRED) {
      session.Note("这是初始密码，须先更换。", "This is a first password: change it now.");
      LF_ASSIGN_OR_RETURN(*request.mutable_new_password(),
                          ReadNewPassword(session, "new-password-file"));
    } else if (reason == common::v1::ERROR_REASON_SECOND_FACTOR_REQUIRED &&
               !session.arguments().Has("code")) {
      LF_ASSIGN_OR_RETURN(*request.mutable_totp_code(),
                          ReadSecret(session, "code", "动态验证码", "Code"));
    } else {
      return tokens;
    }
  }
  return Login(session, request);
}

absl::Status RunLogin(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  LF_ASSIGN_OR_RETURN(const std::string account, session.arguments().Require("account"));
  LoginRequest request;
  request.set_account(absl::StartsWith(account, "units/") ? account
                                                          : RecordName(unit, "accounts", account));
  request.set_totp_code(session.arguments().Get("code"));
  if (session.arguments().Has("id-token-file")) {
    LF_ASSIGN_OR_RETURN(std::string token,
                        ReadFile(session.arguments().Get("id-token-file"), 8192));
    request.set_id_token(token.substr(0, token.find_first_of("\r\n")));
  } else {
    LF_ASSIGN_OR_RETURN(*request.mutable_password(),
                        ReadSecret(session, "password-file", "密码", "Password"));
  }
  LF_ASSIGN_OR_RETURN(Tokens tokens, LoginAsking(session, std::move(request)));
  LF_RETURN_IF_ERROR(WriteLogin(LoginFile(session.environment()), {session.address(), tokens},
                                *session.environment().random));
  const std::string roles = absl::StrJoin(tokens.roles(), ", ");
  if (session.json()) {
    // Whoever it is, and not what opens it.
    tokens.clear_access_token();
    tokens.clear_refresh_token();
    return session.PrintJson(tokens);
  }
  session.Say(absl::StrCat("已登录：", tokens.subject(), "（", roles, "）"),
              absl::StrCat("signed in as ", tokens.subject(), " (", roles, ")"));
  return absl::OkStatus();
}

// The account of the kept login.
absl::StatusOr<std::string> OwnAccount(const Session& session) {
  LF_ASSIGN_OR_RETURN(const auto login, ReadLogin(LoginFile(session.environment())));
  if (!login) return Failure("尚未登录。", "Nobody is signed in.");
  return login->tokens.session().substr(0, login->tokens.session().find("/sessions/"));
}

absl::Status RunLogout(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string account, OwnAccount(session));
  personnel::v1::LogoutRequest request;
  request.set_account(account);
  request.set_request_id(server::NewUuid(*session.environment().random));
  absl::Status ended;
  const auto client = session.Connect("personnel", "");
  if (client.ok()) {
    AccessStub stub((*client)->channel());
    ended = (*client)->Call(stub, &AccessStub::Logout, request, session.call_options()).status();
  } else {
    ended = client.status();
  }
  // What cannot be reached, or is over already, must not stay on this machine.
  LF_RETURN_IF_ERROR(RemoveLogin(LoginFile(session.environment())));
  if (!ended.ok() && ReasonOf(ended) != common::v1::ERROR_REASON_SESSION_ENDED) return ended;
  session.Say("已退出登录。", "signed out");
  return absl::OkStatus();
}

absl::Status RunPasswordChange(Session& session) {
  personnel::v1::ChangePasswordRequest request;
  LF_ASSIGN_OR_RETURN(*request.mutable_account(), OwnAccount(session));
  LF_ASSIGN_OR_RETURN(*request.mutable_old_password(),
                      ReadSecret(session, "password-file", "原密码", "Old password"));
  LF_ASSIGN_OR_RETURN(*request.mutable_new_password(),
                      ReadNewPassword(session, "new-password-file"));
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("personnel", ""));
  AccessStub stub(client->channel());
  client::CallOptions options = session.call_options();
  options.attempts = 1;
  LF_ASSIGN_OR_RETURN(const auto response,
                      client->Call(stub, &AccessStub::ChangePassword, request, options));
  if (session.json()) return session.PrintJson(response);
  session.Say("密码已更换，其他登录已结束。", "the password is changed; other sessions are over");
  return absl::OkStatus();
}

absl::Status RunTotpEnrol(Session& session) {
  personnel::v1::EnrolTotpRequest enrol;
  LF_ASSIGN_OR_RETURN(*enrol.mutable_account(), OwnAccount(session));
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("personnel", ""));
  AccessStub stub(client->channel());
  LF_ASSIGN_OR_RETURN(const auto secret,
                      client->Call(stub, &AccessStub::EnrolTotp, enrol, session.call_options()));
  session.Note(
      absl::StrCat("把密钥输入验证器：", secret.secret(), "\n", secret.uri()),
      absl::StrCat("Give the authenticator this secret: ", secret.secret(), "\n", secret.uri()));
  personnel::v1::ConfirmTotpRequest confirm;
  confirm.set_account(enrol.account());
  LF_ASSIGN_OR_RETURN(
      *confirm.mutable_code(),
      ReadSecret(session, "code-file", "验证器显示的动态验证码", "The code that it shows"));
  confirm.set_request_id(server::NewUuid(*session.environment().random));
  LF_ASSIGN_OR_RETURN(const auto response, client->Call(stub, &AccessStub::ConfirmTotp, confirm,
                                                        session.call_options()));
  if (session.json()) return session.PrintJson(response);
  session.Say("已启用动态验证码。", "from now on the authenticator's code is asked for");
  return absl::OkStatus();
}

constexpr Flag kTotpFlags[] = {
    {"code-file",
     "FILE",
     Flag::kValue,
     {"存放动态验证码的文件；缺省在终端输入", "file that holds the code; default: typed"}},
};

}  // namespace

const Command kLogin = {"login",
                        {"以账号登录；凭证保存在本机，其他命令随后使用",
                         "signs in; the login is kept on this machine for the other commands"},
                        kLoginFlags,
                        RunLogin};
const Command kLogout = {"logout", {"退出登录", "signs out"}, {}, RunLogout};
const Command kPasswordChange = {"password change",
                                 {"更换本人的密码", "changes one's own password"},
                                 kChangeFlags,
                                 RunPasswordChange};
const Command kTotpEnrol = {"totp enrol",
                            {"启用动态验证码（TOTP）", "begins to use an authenticator (TOTP)"},
                            kTotpFlags,
                            RunTotpEnrol};

}  // namespace lianfang::cli
