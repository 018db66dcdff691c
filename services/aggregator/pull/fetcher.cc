#include "services/aggregator/pull/fetcher.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#include "absl/time/clock.h"
#include "common/client/client.h"
#include "common/rpc/status_grpc.h"
#include "common/status/error.h"
#include "lianfang/reporting/v1/reporting.grpc.pb.h"
#include "services/aggregator/domain/backoff.h"
#include "services/aggregator/domain/witness.h"
#include "services/aggregator/pull/credential.h"

namespace lianfang::aggregator {
namespace {

using reporting::v1::GetUnitReportResponse;

absl::Status Stopping() {
  return MakeError(common::v1::ERROR_REASON_CANCELLED, "服务器正在停止，本次拉取没有完成。",
                   "The server is stopping; the pull was not completed.");
}

}  // namespace

Fetcher::Fetcher(Options options, crypto::RandomSource* random)
    : options_(std::move(options)), random_(random) {}

Fetcher::~Fetcher() { Stop(); }

absl::StatusOr<GetUnitReportResponse> Fetcher::Fetch(const aggregation::v1::Member& member) {
  LF_ASSIGN_OR_RETURN(const std::string token,
                      ReadCredential(options_.credentials_dir, member.credential()));
  const auto channel = ChannelTo(member.endpoint());
  const client::Client client(channel, [&token]() -> absl::StatusOr<std::string> { return token; });
  const auto stub = reporting::v1::ReportingService::NewStub(channel);
  const reporting::v1::GetUnitReportRequest request = RequestFor(member);
  // Deadlines are of the real world, whatever clock the records get their times from.
  const absl::Time deadline = absl::Now() + options_.timeout;
  for (int attempt = 1;; ++attempt) {
    grpc::ClientContext context;
    LF_RETURN_IF_ERROR(client.Prepare(context, deadline - absl::Now()));
    if (!Enter(&context)) return Stopping();
    GetUnitReportResponse response;
    const grpc::Status status = stub->GetUnitReport(&context, request, &response);
    Leave(&context);
    if (status.ok()) return response;
    if (stopped()) return Stopping();
    const absl::Duration delay = BackoffDelay(attempt, Random());
    if (status.error_code() != grpc::StatusCode::UNAVAILABLE || attempt >= options_.attempts ||
        absl::Now() + delay >= deadline) {
      return rpc::FromGrpc(status);
    }
    if (!Pause(delay)) return Stopping();
  }
}

void Fetcher::Stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  for (grpc::ClientContext* context : running_) context->TryCancel();
  stop_.notify_all();
}

bool Fetcher::stopped() {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

std::shared_ptr<grpc::Channel> Fetcher::ChannelTo(const std::string& endpoint) {
  const std::lock_guard lock(mutex_);
  if (const auto it = lookup_.find(endpoint); it != lookup_.end()) {
    channels_.splice(channels_.begin(), channels_, it->second);
    return channels_.front().second;
  }
  channels_.emplace_front(endpoint, client::MakeChannel(endpoint));
  lookup_[endpoint] = channels_.begin();
  if (channels_.size() > options_.channels) {
    lookup_.erase(channels_.back().first);
    channels_.pop_back();
  }
  return channels_.front().second;
}

bool Fetcher::Enter(grpc::ClientContext* context) {
  const std::lock_guard lock(mutex_);
  if (!stopped_) running_.insert(context);
  return !stopped_;
}

void Fetcher::Leave(grpc::ClientContext* context) {
  const std::lock_guard lock(mutex_);
  running_.erase(context);
}

bool Fetcher::Pause(absl::Duration delay) {
  std::unique_lock lock(mutex_);
  return !stop_.wait_for(lock, absl::ToChronoNanoseconds(delay), [this] { return stopped_; });
}

double Fetcher::Random() {
  std::array<uint8_t, 4> bytes{};
  // Without randomness the pause is merely the same for all.
  if (!random_->Fill(bytes).ok()) return 0.5;
  uint32_t value = 0;
  std::memcpy(&value, bytes.data(), sizeof(value));
  return value / 4294967296.0;
}

}  // namespace lianfang::aggregator
