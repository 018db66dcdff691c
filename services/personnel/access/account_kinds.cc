#include "services/personnel/access/account_kinds.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/resource_name.h"
#include "lianfang/internal/v1/access.pb.h"
#include "lianfang/personnel/v1/access.pb.h"

namespace lianfang::personnel {
namespace {

constexpr char kAccounts[] = "accounts";
constexpr absl::string_view kSessions = "/sessions/";

}  // namespace

const store::RecordKind& AccountKind() {
  static const auto& kind = *new store::RecordKind(
      "accounts", kAccounts, v1::Account::default_instance(), {"person"}, &AccountId);
  return kind;
}

const store::RecordKind& SessionKind() {
  static const auto& kind = *new store::RecordKind(
      "sessions", kAccounts, v1::Session::default_instance(), {"state"}, &SessionId);
  return kind;
}

const store::RecordKind& AccountSecretKind() {
  static const auto& kind = *new store::RecordKind("account_secrets", kAccounts,
                                                   internal::v1::AccountSecret::default_instance(),
                                                   std::vector<std::string>());
  return kind;
}

std::string AccountId(absl::string_view name) {
  const absl::string_view id = IdIn(kAccounts, name);
  return absl::StrContains(id, '/') ? std::string() : std::string(id);
}

std::string SessionId(absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(IdIn(kAccounts, name), '/');
  if (parts.size() != 3 || parts[0].empty() || parts[1] != "sessions" || parts[2].empty()) {
    return std::string();
  }
  return absl::StrCat(parts[0], "/", parts[2]);
}

std::string AccountOfSession(absl::string_view session) {
  return std::string(session.substr(0, session.find(kSessions)));
}

}  // namespace lianfang::personnel
