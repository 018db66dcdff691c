#include "services/cli/core/exit_code.h"

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/utf8.h"
#include "common/status/error.h"
#include "google/rpc/error_details.pb.h"

namespace lianfang::cli {
namespace {

constexpr char kExitUrl[] = "lianfang/cli-exit";

absl::Status WithExit(absl::Status status, ExitCode code) {
  status.SetPayload(kExitUrl, absl::Cord(absl::StrCat(static_cast<int>(code))));
  return status;
}

// Descriptions of fields carry both languages, `中文 / English`.
std::string FieldText(absl::string_view description, Lang lang) {
  const size_t at = description.find(" / ");
  if (at == absl::string_view::npos) return std::string(description);
  return std::string(lang == Lang::kZh ? description.substr(0, at) : description.substr(at + 3));
}

}  // namespace

absl::Status UsageError(absl::string_view zh, absl::string_view en) {
  return WithExit(MakeError(common::v1::ERROR_REASON_INVALID_FIELD, zh, en), kExitUsage);
}

absl::Status VerificationError(absl::string_view zh, absl::string_view en) {
  return WithExit(MakeError(common::v1::ERROR_REASON_MEMBER_UNTRUSTED, zh, en), kExitVerification);
}

absl::Status Failure(absl::string_view zh, absl::string_view en) {
  return WithExit(MakeError(common::v1::ERROR_REASON_INVALID_FIELD, zh, en), kExitFailed);
}

ExitCode ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return kExitOk;
  if (const auto payload = status.GetPayload(kExitUrl); payload.has_value()) {
    for (const ExitCode code : {kExitFailed, kExitUsage, kExitUnreachable, kExitVerification}) {
      if (*payload == absl::StrCat(static_cast<int>(code))) return code;
    }
  }
  switch (ReasonOf(status)) {
    case common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE:
    case common::v1::ERROR_REASON_DEADLINE_EXCEEDED:
      return kExitUnreachable;
    case common::v1::ERROR_REASON_MEMBER_UNTRUSTED:
      return kExitVerification;
    default:
      return kExitFailed;
  }
}

std::string RenderError(const absl::Status& status, Lang lang) {
  const bool zh = lang == Lang::kZh;
  std::string text =
      absl::StrCat(zh ? "错误：" : "Error: ",
                   Printable(zh ? ChineseText(status) : std::string(status.message()), true), "\n");
  const bool own = status.GetPayload(kExitUrl).has_value();
  if (!own && ReasonOf(status) != common::v1::ERROR_REASON_UNSPECIFIED) {
    absl::string_view reason = common::v1::ErrorReason_Name(ReasonOf(status));
    absl::ConsumePrefix(&reason, "ERROR_REASON_");
    absl::StrAppend(&text, zh ? "  原因代码：" : "  reason: ", reason, "\n");
  }
  const google::rpc::Status wire = ToRpcStatus(status);
  for (const auto& detail : wire.details()) {
    google::rpc::BadRequest bad;
    if (!detail.Is<google::rpc::BadRequest>() || !detail.UnpackTo(&bad)) continue;
    for (const auto& violation : bad.field_violations()) {
      absl::StrAppend(&text, "  ", Printable(violation.field()), zh ? "：" : ": ",
                      Printable(FieldText(violation.description(), lang)), "\n");
    }
  }
  return text;
}

}  // namespace lianfang::cli
