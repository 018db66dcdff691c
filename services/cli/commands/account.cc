// lianfang account create, list, update, reset, sessions: keeping accounts.
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/resource_name.h"
#include "common/server/random_ids.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "lianfang/personnel/v1/access.grpc.pb.h"
#include "services/cli/commands/commands.h"
#include "services/cli/commands/year.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/pages.h"
#include "services/cli/core/secret_input.h"

namespace lianfang::cli {
namespace {

using personnel::v1::Account;
using AccessStub = personnel::v1::AccessService::Stub;

constexpr char kAdministrator[] = "administrator";

constexpr Flag kAccount = {
    "account", "ACCOUNT", Flag::kValue, {"账号（必填）", "the account's id (needed)"}};
constexpr Flag kRoles = {"roles",
                         "a,b",
                         Flag::kValue,
                         {"授予的角色；由人员目录产生的角色不写",
                          "roles to grant; not those that follow from the directory"}};
constexpr Flag kCertificate = {"certificate",
                               "NAME",
                               Flag::kValue,
                               {"程序证书中的名称", "the name in a program's certificate"}};
constexpr Flag kExternal = {"external-subject",
                            "SUB",
                            Flag::kValue,
                            {"外部身份（ID token 的 sub），代替密码",
                             "who the outside issuer says it is, in place of a password"}};
constexpr Flag kFirstPassword = {
    "password-file",
    "FILE",
    Flag::kValue,
    {"存放初始密码的文件；缺省由服务器生成", "file that holds the first password; default: made"}};

constexpr Flag kAccountCreateFlags[] = {
    kUnitFlag,
    kAccount,
    {"kind",
     "person|superior|service",
     Flag::kValue,
     {"账号类型；默认 person（个人）", "whose it is; default person"}},
    {"person",
     "PERSON",
     Flag::kValue,
     {"人员代码；默认与账号相同", "the person's id; default as the account's"}},
    kRoles,
    kCertificate,
    kExternal,
    kFirstPassword,
};
constexpr Flag kAccountUpdateFlags[] = {
    kUnitFlag,    kAccount,
    kRoles,       {"state", "active|suspended", Flag::kValue, {"启用或停用", "in use, or refused"}},
    kCertificate, kExternal,
};
constexpr Flag kAccountResetFlags[] = {kUnitFlag, kAccount, kFirstPassword};
constexpr Flag kAccountListFlags[] = {kUnitFlag};
constexpr Flag kAccountSessionsFlags[] = {
    kUnitFlag,
    kAccount,
    {"end",
     "SESSION",
     Flag::kValue,
     {"结束这次登录（代码见列表）", "ends this session, by its id in the list"}},
};

absl::StatusOr<std::string> AccountName(const Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  LF_ASSIGN_OR_RETURN(const std::string account, session.arguments().Require("account"));
  return RecordName(unit, "accounts", account);
}

std::string NewRequestId(const Session& session) {
  return server::NewUuid(*session.environment().random);
}

template <class Req, class Resp>
absl::StatusOr<Resp> Ask(const Session& session,
                         grpc::Status (AccessStub::*method)(grpc::ClientContext*, const Req&,
                                                            Resp*),
                         const Req& request) {
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("personnel", kAdministrator));
  AccessStub stub(client->channel());
  return client->Call(stub, method, request, session.call_options());
}

absl::StatusOr<personnel::v1::AccountKind> AccountKindOf(const std::string& word) {
  if (word.empty() || word == "person") return personnel::v1::ACCOUNT_KIND_PERSON;
  if (word == "superior") return personnel::v1::ACCOUNT_KIND_SUPERIOR;
  if (word == "service") return personnel::v1::ACCOUNT_KIND_SERVICE;
  return UsageError("选项 --kind 只能是 person、superior 或 service。",
                    "The option --kind is person, superior or service.");
}

std::string KindWord(const Account& account, bool zh) {
  switch (account.kind()) {
    case personnel::v1::ACCOUNT_KIND_PERSON:
      return zh ? "个人" : "person";
    case personnel::v1::ACCOUNT_KIND_SUPERIOR:
      return zh ? "上级" : "superior";
    case personnel::v1::ACCOUNT_KIND_SERVICE:
      return zh ? "程序" : "service";
    default:
      return "";
  }
}

std::string AccountStateWord(const Account& account, bool zh) {
  if (account.state() == personnel::v1::ACCOUNT_STATE_SUSPENDED) return zh ? "停用" : "suspended";
  if (account.password_change_required()) return zh ? "待更换初始密码" : "first password";
  return zh ? "启用" : "active";
}

void SayAccount(const Session& session, const Account& account, const std::string& password) {
  session.Say(
      absl::StrCat(account.name(), "：", KindWord(account, true), "，",
                   AccountStateWord(account, true), "，", absl::StrJoin(account.roles(), "、")),
      absl::StrCat(account.name(), ": ", KindWord(account, false), ", ",
                   AccountStateWord(account, false), ", ", absl::StrJoin(account.roles(), " ")));
  if (password.empty()) return;
  session.Say(absl::StrCat("初始密码（只显示这一次）：", password),
              absl::StrCat("first password (shown this once): ", password));
}

absl::Status RunAccountCreate(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  personnel::v1::CreateAccountRequest request;
  request.set_parent(UnitName(unit));
  LF_ASSIGN_OR_RETURN(*request.mutable_account_id(), session.arguments().Require("account"));
  Account& account = *request.mutable_account();
  LF_ASSIGN_OR_RETURN(const auto kind, AccountKindOf(session.arguments().Get("kind")));
  account.set_kind(kind);
  if (kind == personnel::v1::ACCOUNT_KIND_PERSON) {
    const std::string person = session.arguments().Get("person");
    account.set_person(RecordName(unit, "persons", person.empty() ? request.account_id() : person));
  }
  for (const std::string& role : SplitList(session.arguments().Get("roles"))) {
    account.add_roles(role);
  }
  account.set_certificate_name(session.arguments().Get("certificate"));
  account.set_external_subject(session.arguments().Get("external-subject"));
  if (session.arguments().Has("password-file")) {
    LF_ASSIGN_OR_RETURN(*request.mutable_first_password(),
                        ReadSecret(session, "password-file", "初始密码", "First password"));
  }
  request.set_request_id(NewRequestId(session));
  LF_ASSIGN_OR_RETURN(const auto response, Ask(session, &AccessStub::CreateAccount, request));
  if (session.json()) return session.PrintJson(response);
  SayAccount(session, response.account(), response.first_password());
  return absl::OkStatus();
}

absl::Status RunAccountUpdate(Session& session) {
  personnel::v1::GetAccountRequest get;
  LF_ASSIGN_OR_RETURN(*get.mutable_name(), AccountName(session));
  LF_ASSIGN_OR_RETURN(const auto now, Ask(session, &AccessStub::GetAccount, get));
  personnel::v1::UpdateAccountRequest request;
  Account& account = *request.mutable_account();
  account = now.account();
  const Arguments& given = session.arguments();
  if (given.Has("roles")) {
    account.clear_roles();
    for (const std::string& role : SplitList(given.Get("roles"))) account.add_roles(role);
  }
  if (given.Has("certificate")) account.set_certificate_name(given.Get("certificate"));
  if (given.Has("external-subject")) account.set_external_subject(given.Get("external-subject"));
  if (given.Has("state")) {
    const std::string state = given.Get("state");
    if (state != "active" && state != "suspended") {
      return UsageError("选项 --state 只能是 active 或 suspended。",
                        "The option --state is active or suspended.");
    }
    account.set_state(state == "active" ? personnel::v1::ACCOUNT_STATE_ACTIVE
                                        : personnel::v1::ACCOUNT_STATE_SUSPENDED);
  }
  request.set_request_id(NewRequestId(session));
  LF_ASSIGN_OR_RETURN(const auto response, Ask(session, &AccessStub::UpdateAccount, request));
  if (session.json()) return session.PrintJson(response);
  SayAccount(session, response.account(), "");
  return absl::OkStatus();
}

absl::Status RunAccountReset(Session& session) {
  personnel::v1::ResetPasswordRequest request;
  LF_ASSIGN_OR_RETURN(*request.mutable_name(), AccountName(session));
  if (session.arguments().Has("password-file")) {
    LF_ASSIGN_OR_RETURN(*request.mutable_first_password(),
                        ReadSecret(session, "password-file", "初始密码", "First password"));
  }
  request.set_request_id(NewRequestId(session));
  LF_ASSIGN_OR_RETURN(const auto response, Ask(session, &AccessStub::ResetPassword, request));
  if (session.json()) return session.PrintJson(response);
  SayAccount(session, response.account(), response.first_password());
  return absl::OkStatus();
}

absl::Status RunAccountList(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  personnel::v1::ListAccountsRequest request;
  request.set_parent(UnitName(unit));
  personnel::v1::ListAccountsResponse all;
  LF_RETURN_IF_ERROR(EachPage(
      request,
      [&](auto page) {
        page.set_page_size(200);
        return Ask(session, &AccessStub::ListAccounts, page);
      },
      [&](auto& page) {
        all.mutable_accounts()->MergeFrom(page.accounts());
        return absl::OkStatus();
      }));
  if (session.json()) return session.PrintJson(all);
  const bool zh = session.zh();
  Table table({{zh ? "账号" : "account"},
               {zh ? "类型" : "kind"},
               {zh ? "人员或证书" : "person or certificate"},
               {zh ? "授予的角色" : "roles granted"},
               {zh ? "状态" : "state"},
               {zh ? "动态验证码" : "authenticator"}});
  for (const Account& account : all.accounts()) {
    table.AddRow({std::string(IdIn("accounts", account.name())), KindWord(account, zh),
                  account.person().empty() ? account.certificate_name()
                                           : std::string(IdIn("persons", account.person())),
                  absl::StrJoin(account.roles(), " "), AccountStateWord(account, zh),
                  account.totp_active() ? (zh ? "有" : "yes") : ""});
  }
  session.Print(table);
  return absl::OkStatus();
}

absl::Status RunAccountSessions(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string account, AccountName(session));
  if (session.arguments().Has("end")) {
    personnel::v1::EndSessionRequest request;
    request.set_name(absl::StrCat(account, "/sessions/", session.arguments().Get("end")));
    request.set_request_id(NewRequestId(session));
    LF_ASSIGN_OR_RETURN(const auto response, Ask(session, &AccessStub::EndSession, request));
    if (session.json()) return session.PrintJson(response);
    session.Say("登录已结束。", "the session is over");
    return absl::OkStatus();
  }
  personnel::v1::ListSessionsRequest request;
  request.set_parent(account);
  request.set_page_size(200);
  // The newest; older ones are for programs.
  LF_ASSIGN_OR_RETURN(const auto response, Ask(session, &AccessStub::ListSessions, request));
  if (session.json()) return session.PrintJson(response);
  const bool zh = session.zh();
  Table table({{zh ? "登录" : "session"},
               {zh ? "时间" : "since"},
               {zh ? "最近使用" : "refreshed"},
               {zh ? "地址" : "address"},
               {zh ? "状态" : "state"}});
  for (const auto& one : response.sessions()) {
    const char* state = one.state() == personnel::v1::SESSION_STATE_OPEN ? (zh ? "有效" : "open")
                        : one.state() == personnel::v1::SESSION_STATE_ABUSED
                            ? (zh ? "凭证被盗用" : "abused")
                            : (zh ? "已结束" : "ended");
    table.AddRow({one.name().substr(one.name().rfind('/') + 1),
                  google::protobuf::util::TimeUtil::ToString(one.create_time()),
                  google::protobuf::util::TimeUtil::ToString(one.refresh_time()), one.address(),
                  state});
  }
  session.Print(table);
  return absl::OkStatus();
}

}  // namespace

const Command kAccountCreate = {"account create",
                                {"建立账号；缺省由服务器生成初始密码",
                                 "makes an account, with a first password unless one is given"},
                                kAccountCreateFlags,
                                RunAccountCreate};
const Command kAccountList = {
    "account list", {"列出账号", "lists accounts"}, kAccountListFlags, RunAccountList};
const Command kAccountUpdate = {
    "account update",
    {"授予角色、停用或启用账号，更换证书", "changes roles, state or certificate of an account"},
    kAccountUpdateFlags,
    RunAccountUpdate};
const Command kAccountReset = {
    "account reset",
    {"重置密码，撤销动态验证码，结束全部登录",
     "sets a first password again, takes the authenticator away, ends all sessions"},
    kAccountResetFlags,
    RunAccountReset};
const Command kAccountSessions = {"account sessions",
                                  {"列出或结束账号的登录", "lists or ends an account's sessions"},
                                  kAccountSessionsFlags,
                                  RunAccountSessions};

}  // namespace lianfang::cli
