#include "common/status/error.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"

namespace lianfang {
namespace {

using enum absl::StatusCode;

constexpr absl::string_view kPayload = "lianfang/google.rpc.Status";
// Stays in the process: what goes out is made of kPayload.
constexpr absl::string_view kHidden = "lianfang/hidden-reason";
constexpr absl::string_view kDomain = "lianfang";
constexpr absl::string_view kPrefix = "ERROR_REASON_";
// Details travel as metadata, in base64, and most clients take 8 KiB of metadata in all: an error
// that is larger would arrive as another error.
constexpr size_t kMaxViolationBytes = 3500;

absl::string_view ReasonName(ErrorReason reason) {
  absl::string_view name = common::v1::ErrorReason_Name(reason);
  return absl::StartsWith(name, kPrefix) ? name.substr(kPrefix.size()) : name;
}

}  // namespace

absl::StatusCode CodeOf(ErrorReason reason) {
  switch (reason) {
    case common::v1::ERROR_REASON_MALFORMED_MESSAGE:
    case common::v1::ERROR_REASON_INVALID_UTF8:
    case common::v1::ERROR_REASON_REQUIRED_FIELD:
    case common::v1::ERROR_REASON_INVALID_FIELD:
    case common::v1::ERROR_REASON_UNKNOWN_ENUM_VALUE:
    case common::v1::ERROR_REASON_REQUEST_ID_REUSED:
    case common::v1::ERROR_REASON_INVALID_PAGE_TOKEN:
    case common::v1::ERROR_REASON_IMPORT_REJECTED:
    case common::v1::ERROR_REASON_REASON_REQUIRED:
    case common::v1::ERROR_REASON_INCOMPLETE_STREAM:
    case common::v1::ERROR_REASON_WEAK_PASSWORD:
      return kInvalidArgument;
    case common::v1::ERROR_REASON_TOKEN_MISSING:
    case common::v1::ERROR_REASON_TOKEN_INVALID:
    case common::v1::ERROR_REASON_TOKEN_EXPIRED:
    case common::v1::ERROR_REASON_SIGN_IN_REFUSED:
    case common::v1::ERROR_REASON_SECOND_FACTOR_REQUIRED:
    case common::v1::ERROR_REASON_PASSWORD_CHANGE_REQUIRED:
    case common::v1::ERROR_REASON_SESSION_ENDED:
      return kUnauthenticated;
    case common::v1::ERROR_REASON_PERMISSION_DENIED:
    case common::v1::ERROR_REASON_UNIT_NOT_COVERED:
    case common::v1::ERROR_REASON_NOT_RECORD_OWNER:
    case common::v1::ERROR_REASON_OWN_RECORD:
    case common::v1::ERROR_REASON_NOT_REVIEWER:
      return kPermissionDenied;
    case common::v1::ERROR_REASON_RESOURCE_NOT_FOUND:
    case common::v1::ERROR_REASON_POLICY_NOT_FOUND:
    case common::v1::ERROR_REASON_QUERY_CODE_UNKNOWN:
      return kNotFound;
    case common::v1::ERROR_REASON_RESOURCE_EXISTS:
      return kAlreadyExists;
    case common::v1::ERROR_REASON_REFERENCE_NOT_FOUND:
    case common::v1::ERROR_REASON_ILLEGAL_TRANSITION:
    case common::v1::ERROR_REASON_REVISION_CHANGED:
    case common::v1::ERROR_REASON_NO_REVIEWER:
    case common::v1::ERROR_REASON_DEPARTMENT_CYCLE:
    case common::v1::ERROR_REASON_BELOW_RULE_FLOOR:
    case common::v1::ERROR_REASON_MEMBER_UNTRUSTED:
    case common::v1::ERROR_REASON_STILL_IN_USE:
    case common::v1::ERROR_REASON_QUORUM_NOT_REACHED:
    case common::v1::ERROR_REASON_NOT_AGREED:
    case common::v1::ERROR_REASON_CHART_INCOMPLETE:
    case common::v1::ERROR_REASON_NOT_COMPILABLE:
    case common::v1::ERROR_REASON_ALREADY_SIGNED:
    case common::v1::ERROR_REASON_SIGNING_ORDER:
    case common::v1::ERROR_REASON_TARGET_NOT_MET:
    case common::v1::ERROR_REASON_PERIOD_NOT_OVER:
    case common::v1::ERROR_REASON_NOTHING_TO_SUBMIT:
    case common::v1::ERROR_REASON_ROLES_CONFLICT:
      return kFailedPrecondition;
    case common::v1::ERROR_REASON_ETAG_MISMATCH:
      return kAborted;
    case common::v1::ERROR_REASON_OVERLOADED:
    case common::v1::ERROR_REASON_TOO_MANY_ATTEMPTS:
    case common::v1::ERROR_REASON_RATE_LIMITED:
      return kResourceExhausted;
    case common::v1::ERROR_REASON_NOT_CAUGHT_UP:
    case common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE:
    case common::v1::ERROR_REASON_STORAGE_FULL:
      return kUnavailable;
    case common::v1::ERROR_REASON_DEADLINE_EXCEEDED:
      return kDeadlineExceeded;
    case common::v1::ERROR_REASON_CANCELLED:
      return kCancelled;
    default:
      return kInternal;
  }
}

ErrorBuilder::ErrorBuilder(ErrorReason reason, absl::string_view zh, absl::string_view en)
    : reason_(reason), zh_(zh), en_(en) {}

ErrorBuilder& ErrorBuilder::Field(absl::string_view path, absl::string_view zh,
                                  absl::string_view en) {
  fields_.emplace_back(std::string(path), absl::StrCat(zh, " / ", en));
  return *this;
}

ErrorBuilder& ErrorBuilder::Meta(absl::string_view key, absl::string_view value) {
  metadata_.emplace_back(std::string(key), std::string(value));
  return *this;
}

ErrorBuilder& ErrorBuilder::RetryAfter(absl::Duration delay) {
  retry_ = delay;
  return *this;
}

absl::Status ErrorBuilder::Build() const {
  const absl::StatusCode code = CodeOf(reason_);
  google::rpc::Status wire;
  wire.set_code(static_cast<int>(code));
  wire.set_message(en_);
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(ReasonName(reason_)));
  info.set_domain(std::string(kDomain));
  for (const auto& [key, value] : metadata_) (*info.mutable_metadata())[key] = value;
  wire.add_details()->PackFrom(info);
  if (!fields_.empty()) {
    google::rpc::BadRequest bad;
    size_t bytes = 0;
    for (size_t i = 0; i < fields_.size(); ++i) {
      const auto& [path, description] = fields_[i];
      bytes += path.size() + description.size() + 8;
      if (bytes > kMaxViolationBytes) {
        auto* more = bad.add_field_violations();
        more->set_field("…");
        more->set_description(absl::StrCat("还有 ", fields_.size() - i, " 处未列出 / ",
                                           fields_.size() - i, " more are not listed"));
        break;
      }
      auto* violation = bad.add_field_violations();
      violation->set_field(path);
      violation->set_description(description);
    }
    wire.add_details()->PackFrom(bad);
  }
  google::rpc::LocalizedMessage text;
  text.set_locale("zh-CN");
  text.set_message(zh_);
  wire.add_details()->PackFrom(text);
  if (retry_ > absl::ZeroDuration()) {
    google::rpc::RetryInfo retry;
    const int64_t nanos = absl::ToInt64Nanoseconds(retry_);
    retry.mutable_retry_delay()->set_seconds(nanos / 1'000'000'000);
    retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
    wire.add_details()->PackFrom(retry);
  }
  return FromRpcStatus(wire);
}

absl::Status MakeError(ErrorReason reason, absl::string_view zh, absl::string_view en) {
  return ErrorBuilder(reason, zh, en).Build();
}

absl::Status FieldError(ErrorReason reason, absl::string_view field, absl::string_view zh,
                        absl::string_view en) {
  return ErrorBuilder(reason, absl::StrCat(field, "：", zh), absl::StrCat(field, ": ", en))
      .Field(field, zh, en)
      .Build();
}

ErrorReason ReasonOf(const absl::Status& status) {
  if (status.ok()) return common::v1::ERROR_REASON_UNSPECIFIED;
  google::rpc::Status wire;
  const auto payload = status.GetPayload(kPayload);
  if (payload && wire.ParseFromString(std::string(*payload))) {
    for (const auto& detail : wire.details()) {
      google::rpc::ErrorInfo info;
      ErrorReason reason;
      if (detail.Is<google::rpc::ErrorInfo>() && detail.UnpackTo(&info) &&
          common::v1::ErrorReason_Parse(absl::StrCat(kPrefix, info.reason()), &reason)) {
        return reason;
      }
    }
  }
  return common::v1::ERROR_REASON_INTERNAL;
}

absl::Status Hide(absl::Status shown, ErrorReason reason) {
  shown.SetPayload(kHidden, absl::Cord(absl::StrCat(reason)));
  return shown;
}

ErrorReason RealReasonOf(const absl::Status& status) {
  const auto hidden = status.GetPayload(kHidden);
  int number = 0;
  if (hidden && absl::SimpleAtoi(std::string(*hidden), &number) &&
      common::v1::ErrorReason_IsValid(number)) {
    return static_cast<ErrorReason>(number);
  }
  return ReasonOf(status);
}

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status wire;
  if (status.ok()) return wire;
  if (const auto payload = status.GetPayload(kPayload);
      payload && wire.ParseFromString(std::string(*payload))) {
    return wire;
  }
  return ToRpcStatus(MakeError(common::v1::ERROR_REASON_INTERNAL,
                               "服务器内部错误，请联系管理员查看日志。",
                               "Internal error; ask the administrator to look at the log."));
}

absl::Status FromRpcStatus(const google::rpc::Status& wire) {
  if (wire.code() == 0) return absl::OkStatus();
  absl::Status status(static_cast<absl::StatusCode>(wire.code()), wire.message());
  status.SetPayload(kPayload, absl::Cord(wire.SerializeAsString()));
  return status;
}

std::string ChineseText(const absl::Status& status) {
  google::rpc::Status wire;
  const auto payload = status.GetPayload(kPayload);
  if (payload && wire.ParseFromString(std::string(*payload))) {
    for (const auto& detail : wire.details()) {
      google::rpc::LocalizedMessage text;
      if (detail.Is<google::rpc::LocalizedMessage>() && detail.UnpackTo(&text))
        return text.message();
    }
  }
  return std::string(status.message());
}

}  // namespace lianfang
