// A call as it is counted and logged: begun when it comes in, ended once with its answer. Takes
// well below a microsecond as long as calls are not logged.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "common/obs/metrics.h"
#include "common/obs/trace.h"
#include "common/rpc/method.h"
#include "grpcpp/grpcpp.h"
#include "lianfang/common/v1/errors.pb.h"

namespace lianfang::rpc {

// Counters of a gRPC service's errors, by the number of their reason.
using ErrorCounters = std::vector<obs::Counter*>;

std::shared_ptr<const ErrorCounters> MakeErrorCounters(obs::Metrics& metrics,
                                                       const std::string& service);

// How the calls of a method are counted.
struct MethodMetrics {
  MethodMetrics(obs::Metrics& metrics, const google::protobuf::MethodDescriptor& method,
                std::shared_ptr<const ErrorCounters> of_service);
  // Calls that have begun and not ended.
  int64_t running() const;

  static constexpr size_t kCodes = 17;
  obs::Counter* started;
  std::array<obs::Counter*, kCodes> handled;  // by code
  obs::Histogram* seconds;
  std::shared_ptr<const ErrorCounters> errors;
};

class CallRecord {
 public:
  // `method` must outlive the record.
  CallRecord(const Method& method, const grpc::CallbackServerContext& context,
             obs::TraceIds& traces);

  const obs::TraceContext& trace() const { return trace_; }

  // Call one of them once, before the answer goes out; it is given back.
  grpc::Status End(const absl::Status& status) const;
  grpc::Status End(grpc::Status answer) const;

 private:
  void Count(grpc::StatusCode code, common::v1::ErrorReason reason) const;

  const Method* method_;
  obs::TraceContext trace_;
  std::chrono::steady_clock::time_point begin_;
};

}  // namespace lianfang::rpc
