// A load generator: a fixed number of callers, each with one call under way, over real connections.
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "common/client/client.h"

namespace lianfang::bench {

struct Result {
  double per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  int64_t failed = 0;
};

// What calls of these lengths in that time were.
inline Result Summary(std::vector<double> millis, absl::Duration took, int64_t failed) {
  std::sort(millis.begin(), millis.end());
  Result result{.failed = failed};
  if (!millis.empty()) {
    result.per_second = static_cast<double>(millis.size()) / absl::ToDoubleSeconds(took);
    result.p50_ms = millis[millis.size() / 2];
    result.p99_ms = millis[millis.size() * 99 / 100];
  }
  return result;
}

// Runs for `duration`. `make(n)` gives the n-th request.
template <class Req, class Resp>
Result Run(const std::string& address, const std::string& method, const std::string& token,
           int callers, absl::Duration duration, std::function<Req(int64_t)> make) {
  struct Caller {
    std::unique_ptr<grpc::ClientContext> context;
    Req request;
    Resp response;
    absl::Time start;
    std::vector<double> millis;
  };
  // A few connections, as several clients would have.
  std::vector<std::unique_ptr<grpc::TemplatedGenericStub<Req, Resp>>> stubs;
  for (int i = 0; i < 4; ++i) {
    stubs.push_back(
        std::make_unique<grpc::TemplatedGenericStub<Req, Resp>>(client::MakeChannel(address)));
  }
  std::vector<Caller> all(callers);
  std::atomic<int64_t> number{0};
  std::atomic<int64_t> failed{0};
  std::mutex mutex;
  std::condition_variable idle;
  int running = callers;
  const std::string header = "Bearer " + token;
  const absl::Time begin = absl::Now();
  const absl::Time end = begin + duration;
  std::function<void(int)> next = [&](int i) {
    Caller& caller = all[i];
    if (absl::Now() >= end) {
      const std::lock_guard lock(mutex);
      if (--running == 0) idle.notify_all();
      return;
    }
    caller.context = std::make_unique<grpc::ClientContext>();
    caller.context->AddMetadata("authorization", header);
    caller.context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    caller.request = make(number++);
    caller.response.Clear();
    caller.start = absl::Now();
    stubs[i % stubs.size()]->UnaryCall(
        caller.context.get(), method, grpc::StubOptions(), &caller.request, &caller.response,
        [&, i](const grpc::Status& status) {
          Caller& done = all[i];
          done.millis.push_back(absl::ToDoubleMilliseconds(absl::Now() - done.start));
          if (!status.ok()) ++failed;
          next(i);
        });
  };
  for (int i = 0; i < callers; ++i) next(i);
  std::unique_lock lock(mutex);
  idle.wait(lock, [&] { return running == 0; });
  const absl::Duration took = absl::Now() - begin;
  std::vector<double> millis;
  for (const Caller& caller : all) {
    millis.insert(millis.end(), caller.millis.begin(), caller.millis.end());
  }
  return Summary(std::move(millis), took, failed);
}

inline double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

}  // namespace lianfang::bench
