// lianfang token create: a token for a person or a program.
#include "absl/strings/str_cat.h"
#include "common/base/id.h"
#include "common/status/error.h"
#include "services/cli/commands/commands.h"
#include "services/cli/core/exit_code.h"

namespace lianfang::cli {
namespace {

constexpr absl::Duration kDefaultLifetime = absl::Minutes(15);
constexpr absl::Duration kMaxLifetime = absl::Hours(24 * 366);

constexpr Flag kTokenCreateFlags[] = {
    {"roles", "a,b", Flag::kValue, {"角色（必填）", "roles (needed)"}},
    {"units",
     "u1,u2",
     Flag::kValue,
     {"可访问的单位代码；* 为全部（必填）", "ids of units, * for all (needed)"}},
    {"ttl",
     "TIME",
     Flag::kValue,
     {"有效期，如 15m、8h；默认 15m，最长 8784h",
      "lifetime, e.g. 15m, 8h; default 15m, at most 8784h"}},
};

absl::Status RunTokenCreate(Session& session) {
  TokenFor whom;
  LF_ASSIGN_OR_RETURN(whom.subject, session.arguments().Require("subject"));
  LF_ASSIGN_OR_RETURN(const std::string roles, session.arguments().Require("roles"));
  LF_ASSIGN_OR_RETURN(const std::string units, session.arguments().Require("units"));
  whom.roles = SplitList(roles);
  whom.units = SplitList(units);
  LF_RETURN_IF_ERROR(CheckRoles(whom.roles));
  for (const std::string& unit : whom.units) {
    if (unit == "*" || IsValidResourceId(unit)) continue;
    return UsageError(absl::StrCat("--units 中的“", unit, "”不是单位代码。"),
                      absl::StrCat("In --units, '", unit, "' is no unit's id."));
  }
  absl::Duration ttl = kDefaultLifetime;
  if (session.arguments().Has("ttl") &&
      (!absl::ParseDuration(session.arguments().Get("ttl"), &ttl) || ttl < absl::Seconds(1) ||
       ttl > kMaxLifetime)) {
    return UsageError("选项 --ttl 须为 15m、8h 这样的时长，1s 至 8784h。",
                      "The option --ttl is a time such as 15m or 8h, from 1s to 8784h.");
  }
  LF_ASSIGN_OR_RETURN(const auto mint, session.Mint());
  LF_ASSIGN_OR_RETURN(const std::string token, mint->Mint(whom, ttl));
  session.Write(absl::StrCat(token, "\n"));
  return absl::OkStatus();
}

}  // namespace

const Command kTokenCreate = {"token create",
                              {"用密钥文件签发凭证，只输出凭证本身",
                               "makes a token with the key file and prints it, nothing else"},
                              kTokenCreateFlags,
                              RunTokenCreate};

}  // namespace lianfang::cli
