#include "services/aggregator/pull/fetcher.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/resource_name.h"
#include "common/client/client.h"
#include "common/rpc/status_grpc.h"
#include "common/status/error.h"
#include "lianfang/aggregation/v1/aggregation.grpc.pb.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"
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

absl::Status Fetcher::Attempt(
    const std::string& endpoint, const std::string& credential, absl::Duration timeout,
    absl::FunctionRef<grpc::Status(const std::shared_ptr<grpc::Channel>&, grpc::ClientContext*)>
        call) {
  LF_RETURN_IF_ERROR(options_.transport.MayReach(endpoint));
  LF_ASSIGN_OR_RETURN(const std::string token,
                      ReadCredential(options_.credentials_dir, credential));
  const auto channel = ChannelTo(endpoint);
  const client::Client client(channel, [&token]() -> absl::StatusOr<std::string> { return token; });
  // Deadlines are of the real world, whatever clock the records get their times from.
  const absl::Time deadline = absl::Now() + timeout;
  for (int attempt = 1;; ++attempt) {
    grpc::ClientContext context;
    LF_RETURN_IF_ERROR(client.Prepare(context, deadline - absl::Now()));
    if (!Enter(&context)) return Stopping();
    const grpc::Status status = call(channel, &context);
    Leave(&context);
    if (status.ok()) return absl::OkStatus();
    if (stopped()) return Stopping();
    const absl::Duration delay = BackoffDelay(attempt, Random());
    if (status.error_code() != grpc::StatusCode::UNAVAILABLE || attempt >= options_.attempts ||
        absl::Now() + delay >= deadline) {
      return rpc::FromGrpc(status);
    }
    if (!Pause(delay)) return Stopping();
  }
}

absl::StatusOr<GetUnitReportResponse> Fetcher::Fetch(const aggregation::v1::Member& member) {
  const reporting::v1::GetUnitReportRequest request = RequestFor(member);
  GetUnitReportResponse response;
  LF_RETURN_IF_ERROR(
      Attempt(member.endpoint(), member.credential(), options_.timeout,
              [&](const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext* context) {
                response.Clear();
                return reporting::v1::ReportingService::NewStub(channel)->GetUnitReport(
                    context, request, &response);
              }));
  return response;
}

bool Fetcher::Deliver(const aggregation::v1::Member& member,
                      const std::vector<aggregation::v1::VerifiedCheckpoint>& checkpoints) {
  const absl::Time deadline = absl::Now() + options_.short_timeout;
  for (const auto& checkpoint : checkpoints) {
    ledger::v1::AddCosignatureRequest request;
    request.set_name(absl::StrCat(member.unit(), "/ledgers/", checkpoint.service()));
    request.set_checkpoint(checkpoint.cosigned_checkpoint());
    request.set_witness_key(options_.witness_key(UnitIdOf(member.name())));
    const absl::Status status =
        Attempt(member.endpoint(), member.credential(), deadline - absl::Now(),
                [&](const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext* context) {
                  ledger::v1::AddCosignatureResponse response;
                  return ledger::v1::LedgerService::NewStub(channel)->AddCosignature(
                      context, request, &response);
                });
    if (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
        absl::IsCancelled(status)) {
      return false;
    }
  }
  return true;
}

absl::StatusOr<std::vector<std::string>> Fetcher::Consistency(const aggregation::v1::Member& member,
                                                              absl::string_view service,
                                                              int64_t first, int64_t second) {
  ledger::v1::GetConsistencyProofRequest request;
  request.set_name(absl::StrCat(member.unit(), "/ledgers/", service));
  request.set_first_size(first);
  request.set_second_size(second);
  ledger::v1::GetConsistencyProofResponse response;
  LF_RETURN_IF_ERROR(
      Attempt(member.endpoint(), member.credential(), options_.short_timeout,
              [&](const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext* context) {
                response.Clear();
                return ledger::v1::LedgerService::NewStub(channel)->GetConsistencyProof(
                    context, request, &response);
              }));
  return std::vector<std::string>(response.hashes().begin(), response.hashes().end());
}

absl::StatusOr<aggregation::v1::ExchangeCheckpointsResponse> Fetcher::Exchange(
    const aggregation::v1::CompareCheckpointsRequest& other,
    const aggregation::v1::ExchangeCheckpointsRequest& request) {
  aggregation::v1::ExchangeCheckpointsResponse response;
  LF_RETURN_IF_ERROR(
      Attempt(other.endpoint(), other.credential(), options_.timeout,
              [&](const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext* context) {
                response.Clear();
                return aggregation::v1::AggregationService::NewStub(channel)->ExchangeCheckpoints(
                    context, request, &response);
              }));
  return response;
}

absl::StatusOr<reporting::v1::ListSuperiorTasksResponse> Fetcher::SuperiorTasks(
    const aggregation::v1::Member& member, const reporting::v1::ListSuperiorTasksRequest& request,
    absl::Duration timeout) {
  reporting::v1::ListSuperiorTasksResponse response;
  LF_RETURN_IF_ERROR(
      Attempt(member.endpoint(), member.credential(), timeout,
              [&](const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext* context) {
                response.Clear();
                return reporting::v1::ReportingService::NewStub(channel)->ListSuperiorTasks(
                    context, request, &response);
              }));
  return response;
}

absl::StatusOr<reporting::v1::RelayDecisionResponse> Fetcher::Relay(
    const aggregation::v1::Member& member, const reporting::v1::RelayDecisionRequest& request,
    absl::Duration timeout) {
  reporting::v1::RelayDecisionResponse response;
  LF_RETURN_IF_ERROR(
      Attempt(member.endpoint(), member.credential(), timeout,
              [&](const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext* context) {
                response.Clear();
                return reporting::v1::ReportingService::NewStub(channel)->RelayDecision(
                    context, request, &response);
              }));
  return response;
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
  channels_.emplace_front(endpoint, client::MakeChannel(endpoint, options_.transport));
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
