// Errors that say why: a reason that programs branch on, a field where there is one, and a text
// that a school's clerk understands, in Chinese and English. Carried in absl::Status as a payload
// until the one place (common/rpc/status_grpc) where it becomes a gRPC status.
#pragma once

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"
#include "lianfang/common/v1/errors.pb.h"

namespace lianfang {

using common::v1::ErrorReason;

// Canonical code of a reason; the reasons' comments in errors.proto name the same ones.
absl::StatusCode CodeOf(ErrorReason reason);

// Builds an error. Each setter may be left out; Field may be called many times.
class ErrorBuilder {
 public:
  ErrorBuilder(ErrorReason reason, absl::string_view zh, absl::string_view en);

  // A field at fault, as a dotted path of the request, with what is wrong with it.
  ErrorBuilder& Field(absl::string_view path, absl::string_view zh, absl::string_view en);
  // A fact for programs, e.g. "unit" → "units/a".
  ErrorBuilder& Meta(absl::string_view key, absl::string_view value);
  // Trying again helps, not before this time has passed.
  ErrorBuilder& RetryAfter(absl::Duration delay);

  absl::Status Build() const;
  operator absl::Status() const { return Build(); }  // NOLINT: reads as the error it is

 private:
  ErrorReason reason_;
  std::string zh_;
  std::string en_;
  std::vector<std::pair<std::string, std::string>> fields_;
  std::vector<std::pair<std::string, std::string>> metadata_;
  absl::Duration retry_ = absl::ZeroDuration();
};

// The error with a reason and its texts.
absl::Status MakeError(ErrorReason reason, absl::string_view zh, absl::string_view en);

// An error about one field of the request.
absl::Status FieldError(ErrorReason reason, absl::string_view field, absl::string_view zh,
                        absl::string_view en);

// Reason of an error; INTERNAL for an error without one, UNSPECIFIED for OK.
ErrorReason ReasonOf(const absl::Status& status);

// An error that keeps to itself why the call was refused: the caller sees `shown` and nothing else,
// whoever keeps the audit trail sees `reason`.
absl::Status Hide(absl::Status shown, ErrorReason reason);

// Why a call was refused: what Hide was told, or ReasonOf.
ErrorReason RealReasonOf(const absl::Status& status);

// The error as google.rpc.Status with its details; what goes over the wire. An error without a
// reason shows nothing of its text: it could hold what nobody outside should read.
google::rpc::Status ToRpcStatus(const absl::Status& status);

// The reverse, for clients.
absl::Status FromRpcStatus(const google::rpc::Status& status);

// Chinese text of an error; its message where there is none.
std::string ChineseText(const absl::Status& status);

}  // namespace lianfang

#define LF_CONCAT_INNER(a, b) a##b
#define LF_CONCAT(a, b) LF_CONCAT_INNER(a, b)
#define LF_RETURN_IF_ERROR(expr)                                            \
  do {                                                                      \
    if (absl::Status lf_status = (expr); !lf_status.ok()) return lf_status; \
  } while (false)
#define LF_ASSIGN_OR_RETURN(lhs, expr) \
  LF_ASSIGN_OR_RETURN_IMPL(LF_CONCAT(lf_or_, __LINE__), lhs, expr)
#define LF_ASSIGN_OR_RETURN_IMPL(tmp, lhs, expr) \
  auto tmp = (expr);                             \
  if (!tmp.ok()) return std::move(tmp).status(); \
  lhs = *std::move(tmp)
