// lianfang certs init, issue, renew, show: an authority and certificates for a school that has no
// authority of its own.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/base/id.h"
#include "common/crypto/certificate.h"
#include "common/crypto/key_file.h"
#include "common/crypto/new_file.h"
#include "common/crypto/uuid.h"
#include "common/status/error.h"
#include "services/cli/commands/commands.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/files.h"

namespace lianfang::cli {
namespace {

constexpr int kAuthorityDays = 3650;
constexpr int kLeafDays = 397;
constexpr size_t kMaxPemBytes = size_t{64} << 10;
constexpr char kAuthority[] = "ca";

constexpr Flag kFolderFlag = {
    "dir", "FOLDER", Flag::kValue, {"证书文件夹（必填）", "folder of the certificates (needed)"}};
constexpr Flag kNameFlag = {
    "name",
    "NAME",
    Flag::kValue,
    {"证书的文件名，如 server（必填）", "file name of the certificate, e.g. server (needed)"}};
constexpr Flag kDaysFlag = {"days", "N", Flag::kValue, {"有效天数", "days that it is valid"}};

absl::Status Failed(const absl::Status& why) {
  return Failure(absl::StrCat("没有完成：", why.message()),
                 absl::StrCat("Not done: ", why.message()));
}

absl::StatusOr<int> DaysOf(const Session& session, int fallback, int most) {
  if (!session.arguments().Has("days")) return fallback;
  int days = 0;
  if (absl::SimpleAtoi(session.arguments().Get("days"), &days) && days >= 1 && days <= most) {
    return days;
  }
  return UsageError(absl::StrCat("选项 --days 须为 1 至 ", most, " 的整数。"),
                    absl::StrCat("The option --days is a number from 1 to ", most, "."));
}

std::string CertificatePath(const std::string& folder, const std::string& name) {
  return absl::StrCat(folder, "/", name, ".pem");
}
std::string KeyPath(const std::string& folder, const std::string& name) {
  return absl::StrCat(folder, "/", name, ".key");
}

// A name that is a file's name and no path, and not the authority's.
absl::StatusOr<std::string> LeafName(const Session& session) {
  LF_ASSIGN_OR_RETURN(std::string name, session.arguments().Require("name"));
  if (IsValidResourceId(name) && name != kAuthority) return name;
  return UsageError("--name 须为小写字母、数字和连字符，且不能是 ca。",
                    "--name is of lower-case letters, digits and hyphens, and not `ca`.");
}

absl::StatusOr<crypto::CertificateAndKey> ReadAuthority(const std::string& folder) {
  crypto::CertificateAndKey authority;
  LF_ASSIGN_OR_RETURN(authority.certificate,
                      ReadFile(CertificatePath(folder, kAuthority), kMaxPemBytes));
  auto key = crypto::ReadKeyFile(KeyPath(folder, kAuthority), /*secret=*/true);
  if (!key.ok()) return Failed(key.status());
  authority.key = *std::move(key);
  return authority;
}

// The key first: a certificate never stands there without it.
absl::Status WriteNew(const std::string& folder, const std::string& name,
                      const crypto::CertificateAndKey& made) {
  absl::Status written = crypto::WriteNewFile(KeyPath(folder, name), made.key, 0600);
  if (written.ok()) {
    written = crypto::WriteNewFile(CertificatePath(folder, name), made.certificate, 0644);
  }
  if (written.ok()) written = crypto::SyncDirectoryOf(KeyPath(folder, name));
  return written.ok() ? written : Failed(written);
}

absl::Status RefuseToOverwrite(const std::string& folder, const std::string& name) {
  for (const std::string& path : {KeyPath(folder, name), CertificatePath(folder, name)}) {
    if (!FileExists(path)) continue;
    return Failure(absl::StrCat(path, " 已经存在，不覆盖。"),
                   absl::StrCat(path, " is there already and is not overwritten."));
  }
  return absl::OkStatus();
}

constexpr Flag kInitFlags[] = {
    kFolderFlag,
    {"common-name",
     "TEXT",
     Flag::kValue,
     {"CA 的名称；默认 lianfang CA", "name of the authority; default lianfang CA"}},
    kDaysFlag,
};

absl::Status RunInit(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string folder, session.arguments().Require("dir"));
  LF_ASSIGN_OR_RETURN(const int days, DaysOf(session, kAuthorityDays, 36'500));
  std::string name = session.arguments().Get("common-name");
  if (name.empty()) name = "lianfang CA";
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return Failed(crypto::FileError("cannot make", folder));
  }
  LF_RETURN_IF_ERROR(RefuseToOverwrite(folder, kAuthority));
  const auto made = crypto::MakeAuthority(name, session.environment().clock->Now(), days);
  if (!made.ok()) return Failed(made.status());
  LF_RETURN_IF_ERROR(WriteNew(folder, kAuthority, *made));
  session.Say(
      absl::StrCat("已建立 CA：", CertificatePath(folder, kAuthority), "；私钥 ",
                   KeyPath(folder, kAuthority), " 请离线保管，不要放在服务器上。"),
      absl::StrCat("made the authority ", CertificatePath(folder, kAuthority), "; keep its key ",
                   KeyPath(folder, kAuthority), " away from the servers."));
  return absl::OkStatus();
}

constexpr Flag kIssueFlags[] = {
    kFolderFlag,
    kNameFlag,
    {"dns", "HOST", Flag::kList, {"主机名，可多次", "host name; any number"}},
    {"ip", "ADDRESS", Flag::kList, {"IP 地址，可多次", "IP address; any number"}},
    {"uri",
     "URI",
     Flag::kList,
     {"程序的名称，如 spiffe://school/services/risk，可多次",
      "name of a program, e.g. spiffe://school/services/risk; any number"}},
    {"for",
     "server,client",
     Flag::kValue,
     {"用途；默认 server,client", "what it is for; default server,client"}},
    kDaysFlag,
};

void Report(const Session& session, const std::string& path) {
  const auto read = crypto::ReadCertificates(path);
  if (!read.ok()) return;
  const std::string until =
      absl::FormatTime("%Y-%m-%d", read->front().not_after, absl::UTCTimeZone());
  session.Say(absl::StrCat("已签发 ", path, "，有效至 ", until, "（UTC）"),
              absl::StrCat("issued ", path, ", valid until ", until, " (UTC)"));
}

absl::Status RunIssue(Session& session) {
  const Arguments& arguments = session.arguments();
  LF_ASSIGN_OR_RETURN(const std::string folder, arguments.Require("dir"));
  LF_ASSIGN_OR_RETURN(const std::string name, LeafName(session));
  crypto::LeafRequest request;
  request.common_name = name;
  for (const auto& [option, kind] : {std::pair{"dns", "DNS:"}, {"ip", "IP:"}, {"uri", "URI:"}}) {
    for (const std::string& value : arguments.All(option)) {
      request.names.push_back(absl::StrCat(kind, value));
      if (const absl::Status fine = crypto::CheckCertificateName(request.names.back());
          !fine.ok()) {
        return UsageError(absl::StrCat("--", option, " 的值“", value, "”不能用作证书名称。"),
                          absl::StrCat("--", option, ": ", fine.message()));
      }
    }
  }
  if (request.names.empty()) {
    return UsageError("至少需要一个 --dns、--ip 或 --uri。",
                      "At least one of --dns, --ip and --uri is needed.");
  }
  std::vector<std::string> uses = SplitList(arguments.Get("for"));
  if (uses.empty()) uses = {"server", "client"};
  for (const std::string& use : uses) {
    if (use != "server" && use != "client") {
      return UsageError("选项 --for 只能是 server、client 或两者。",
                        "The option --for is server, client, or both.");
    }
    (use == "server" ? request.for_servers : request.for_clients) = true;
  }
  LF_ASSIGN_OR_RETURN(request.days, DaysOf(session, kLeafDays, crypto::kMaxLeafDays));
  LF_RETURN_IF_ERROR(RefuseToOverwrite(folder, name));
  LF_ASSIGN_OR_RETURN(const auto authority, ReadAuthority(folder));
  const auto made = crypto::IssueLeaf(request, authority, session.environment().clock->Now());
  if (!made.ok()) return Failed(made.status());
  LF_RETURN_IF_ERROR(WriteNew(folder, name, *made));
  Report(session, CertificatePath(folder, name));
  return absl::OkStatus();
}

constexpr Flag kRenewFlags[] = {kFolderFlag, kNameFlag, kDaysFlag};

// A new key and certificate with what the old one said. The pair is replaced file by file, by
// renaming; a server that looks in between keeps the old pair until both fit.
absl::Status RunRenew(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string folder, session.arguments().Require("dir"));
  LF_ASSIGN_OR_RETURN(const std::string name, LeafName(session));
  LF_ASSIGN_OR_RETURN(const int days, DaysOf(session, kLeafDays, crypto::kMaxLeafDays));
  const auto old = crypto::ReadCertificates(CertificatePath(folder, name));
  if (!old.ok()) return Failed(old.status());
  const crypto::CertificateInfo& said = old->front();
  LF_ASSIGN_OR_RETURN(const auto authority, ReadAuthority(folder));
  const auto made = crypto::IssueLeaf({.common_name = said.subject,
                                       .names = said.names,
                                       .for_servers = said.for_servers,
                                       .for_clients = said.for_clients,
                                       .days = days},
                                      authority, session.environment().clock->Now());
  if (!made.ok()) return Failed(made.status());
  // Beside the old ones under a name of their own, left by no run that broke off before.
  const std::string fresh =
      absl::StrCat(name, ".new-", crypto::UuidOf(made->certificate).substr(0, 8));
  LF_RETURN_IF_ERROR(WriteNew(folder, fresh, *made));
  for (const auto& path : {KeyPath, CertificatePath}) {
    if (std::rename(path(folder, fresh).c_str(), path(folder, name).c_str()) != 0) {
      return Failed(crypto::FileError("cannot replace", path(folder, name)));
    }
  }
  Report(session, CertificatePath(folder, name));
  return absl::OkStatus();
}

constexpr Flag kShowFlags[] = {
    {"file", "FILE", Flag::kValue, {"证书文件（必填）", "certificate file (needed)"}},
};

absl::Status RunShow(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string path, session.arguments().Require("file"));
  const auto certificates = crypto::ReadCertificates(path);
  if (!certificates.ok()) return Failed(certificates.status());
  const absl::Time now = session.environment().clock->Now();
  for (const crypto::CertificateInfo& info : *certificates) {
    std::vector<std::string> uses;
    if (info.authority) uses.emplace_back("CA");
    if (!info.authority && info.for_servers) uses.emplace_back("server");
    if (!info.authority && info.for_clients) uses.emplace_back("client");
    const auto day = [](absl::Time time) {
      return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
    };
    const int64_t left = absl::ToInt64Hours(info.not_after - now) / 24;
    session.Write(absl::StrCat(session.zh() ? "主体 " : "subject  ", info.subject, "\n",
                               session.zh() ? "签发 " : "issuer   ", info.issuer, "\n",
                               session.zh() ? "序号 " : "serial   ", info.serial, "\n",
                               session.zh() ? "名称 " : "names    ", absl::StrJoin(info.names, " "),
                               "\n", session.zh() ? "用途 " : "for      ", absl::StrJoin(uses, ","),
                               "\n", session.zh() ? "有效 " : "valid    ", day(info.not_before),
                               " – ", day(info.not_after), "\n",
                               session.zh() ? absl::StrCat("剩余 ", left, " 天\n")
                                            : absl::StrCat("left     ", left, " days\n")));
    if (info.not_after <= now) {
      return VerificationError("证书已过期。", "The certificate has expired.");
    }
  }
  return absl::OkStatus();
}

}  // namespace

const Command kCertsInit = {
    "certs init",
    {"为小学校建立证书机构（CA）", "makes an authority (CA) of certificates"},
    kInitFlags,
    RunInit};
const Command kCertsIssue = {
    "certs issue",
    {"签发服务器或程序的证书", "issues a certificate for a server or a program"},
    kIssueFlags,
    RunIssue};
const Command kCertsRenew = {"certs renew",
                             {"以新密钥续签证书，内容不变；服务无需重启",
                              "renews a certificate with a new key; servers need no restart"},
                             kRenewFlags,
                             RunRenew};
const Command kCertsShow = {
    "certs show",
    {"查看证书；已过期则退出码为 4", "shows a certificate; exit code 4 when expired"},
    kShowFlags,
    RunShow};

}  // namespace lianfang::cli
