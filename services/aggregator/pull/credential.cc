#include "services/aggregator/pull/credential.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/id.h"
#include "common/crypto/key_file.h"
#include "common/status/error.h"

namespace lianfang::aggregator {
namespace {

absl::Status Unusable(absl::string_view credential, absl::string_view zh, absl::string_view en) {
  return MakeError(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE,
                   absl::StrCat("凭据文件 ", credential, ".token ", zh),
                   absl::StrCat("The credential file ", credential, ".token ", en));
}

}  // namespace

absl::StatusOr<std::string> ReadCredential(const std::string& folder,
                                           absl::string_view credential) {
  if (!IsValidResourceId(credential)) {
    return Unusable("(?)", "的名称不正确。", "has a name that is not allowed.");
  }
  auto text = crypto::ReadKeyFile(absl::StrCat(folder, "/", credential, ".token"),
                                  /*secret=*/false);
  if (!text.ok()) {
    return absl::IsNotFound(text.status()) ? Unusable(credential, "不存在。", "does not exist.")
                                           : Unusable(credential, "无法读取。", "cannot be read.");
  }
  if (text->size() > kMaxTokenBytes) {
    return Unusable(credential, "过大。", "is too large.");
  }
  std::string token(absl::StripAsciiWhitespace(*text));
  // What else stood in a header would end the process inside gRPC.
  if (token.empty() || !std::all_of(token.begin(), token.end(), [](char c) {
        return absl::ascii_isgraph(static_cast<unsigned char>(c));
      })) {
    return Unusable(credential, "里不是一个令牌。", "does not hold one token.");
  }
  return token;
}

}  // namespace lianfang::aggregator
