#include "common/rpc/call_record.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "common/obs/log.h"
#include "common/obs/metric_table.h"
#include "common/rpc/status_grpc.h"
#include "common/status/error.h"

namespace lianfang::rpc {
namespace {

using common::v1::ErrorReason;

// As gRPC's own interceptors name them in metrics.
constexpr const char* kCodeNames[MethodMetrics::kCodes] = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

size_t IndexOf(grpc::StatusCode code) {
  const auto index = static_cast<size_t>(code);
  return index < MethodMetrics::kCodes ? index : static_cast<size_t>(grpc::StatusCode::UNKNOWN);
}

std::string NameOf(ErrorReason reason) {
  return std::string(absl::StripPrefix(common::v1::ErrorReason_Name(reason), "ERROR_REASON_"));
}

}  // namespace

std::shared_ptr<const ErrorCounters> MakeErrorCounters(obs::Metrics& metrics,
                                                       const std::string& service) {
  auto counters = std::make_shared<ErrorCounters>(common::v1::ErrorReason_ARRAYSIZE);
  // UNSPECIFIED counts errors without a reason of ours: from gRPC itself.
  for (int reason = 0; reason < common::v1::ErrorReason_ARRAYSIZE; ++reason) {
    if (!common::v1::ErrorReason_IsValid(reason)) continue;
    (*counters)[reason] =
        metrics.GetCounter(obs::kCallErrors, {service, NameOf(static_cast<ErrorReason>(reason))});
  }
  return counters;
}

MethodMetrics::MethodMetrics(obs::Metrics& metrics,
                             const google::protobuf::MethodDescriptor& method,
                             std::shared_ptr<const ErrorCounters> of_service)
    : errors(std::move(of_service)) {
  const char* type = method.client_streaming()
                         ? (method.server_streaming() ? "bidi_stream" : "client_stream")
                         : (method.server_streaming() ? "server_stream" : "unary");
  const std::vector<std::string> names = {type, method.service()->full_name(), method.name()};
  started = metrics.GetCounter(obs::kCallsStarted, names);
  seconds = metrics.GetHistogram(obs::kCallSeconds, names);
  for (size_t code = 0; code < kCodes; ++code) {
    auto with_code = names;
    with_code.emplace_back(kCodeNames[code]);
    handled[code] = metrics.GetCounter(obs::kCallsHandled, std::move(with_code));
  }
}

int64_t MethodMetrics::running() const {
  // What ends while this is read must not make the number negative.
  int64_t ended = 0;
  for (const obs::Counter* counter : handled) ended += counter->value();
  return started->value() - ended;
}

CallRecord::CallRecord(const Method& method, const grpc::CallbackServerContext& context,
                       obs::TraceIds& traces)
    : method_(&method), begin_(std::chrono::steady_clock::now()) {
  absl::string_view header;
  const auto& metadata = context.client_metadata();
  if (const auto it = metadata.find(obs::kTraceparent); it != metadata.end()) {
    header = absl::string_view(it->second.data(), it->second.size());
  }
  // Who sent the call may know its trace.
  if (!method.anonymous) trace_ = traces.Begin(header);
  method.metrics->started->Add();
}

void CallRecord::Count(grpc::StatusCode code, ErrorReason reason) const {
  const auto took = std::chrono::steady_clock::now() - begin_;
  const MethodMetrics& metrics = *method_->metrics;
  metrics.seconds->Observe(std::chrono::nanoseconds(took).count());
  if (code != grpc::StatusCode::OK) {
    const auto index = static_cast<size_t>(reason);
    const bool known = index < metrics.errors->size() && (*metrics.errors)[index] != nullptr;
    (*metrics.errors)[known ? index : 0]->Add();
  }
  metrics.handled[IndexOf(code)]->Add();
  if (method_->anonymous || !obs::Enabled(obs::Level::kInfo)) return;
  const obs::ScopedTrace scope(trace_);
  const std::string name = reason == common::v1::ERROR_REASON_UNSPECIFIED ? "" : NameOf(reason);
  obs::Log(obs::Level::kInfo, "call",
           {{"method", method_->full_name},
            {"code", kCodeNames[IndexOf(code)]},
            {"reason", name},
            {"milliseconds",
             absl::StrFormat("%.3f", std::chrono::duration<double, std::milli>(took).count())}});
}

grpc::Status CallRecord::End(const absl::Status& status) const {
  if (status.ok()) return End(grpc::Status::OK);
  const obs::ScopedTrace scope(trace_);
  grpc::Status answer = ToGrpc(status);
  Count(answer.error_code(), ReasonOf(status));
  return answer;
}

grpc::Status CallRecord::End(grpc::Status answer) const {
  Count(answer.error_code(), common::v1::ERROR_REASON_UNSPECIFIED);
  return answer;
}

}  // namespace lianfang::rpc
