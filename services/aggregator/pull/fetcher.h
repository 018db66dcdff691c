// Asking members for their reports over the network. Blocks; many threads may fetch at once.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/client/transport.h"
#include "common/crypto/random.h"
#include "grpcpp/grpcpp.h"
#include "lianfang/aggregation/v1/aggregation.pb.h"
#include "lianfang/reporting/v1/reporting.pb.h"

namespace lianfang::aggregator {

class Fetcher {
 public:
  struct Options {
    // Folder of the credential files.
    std::string credentials_dir;
    // How members are called.
    client::Transport transport = {};
    // For all attempts at one member together.
    absl::Duration timeout = absl::Seconds(20);
    // For bringing a member all its cosignatures, and for asking for a proof.
    absl::Duration short_timeout = absl::Seconds(5);
    // Key of the witness, for members to know who has signed, by the aggregator's unit.
    std::function<std::string(absl::string_view unit_id)> witness_key = nullptr;
    int attempts = 4;
    // Connections kept for the next pull; the one used longest ago goes first.
    size_t channels = 512;
  };
  // `random` must outlive the fetcher.
  Fetcher(Options options, crypto::RandomSource* random);
  ~Fetcher();
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;

  // The member's answer, not verified. Only UNAVAILABLE is tried again. CANCELLED once Stop was
  // called; other errors say why the member gave no answer.
  absl::StatusOr<reporting::v1::GetUnitReportResponse> Fetch(const aggregation::v1::Member& member);

  // Brings the member cosigned checkpoints, one after the other. False when it could not be
  // reached; what it refuses is not worth trying again.
  bool Deliver(const aggregation::v1::Member& member,
               const std::vector<aggregation::v1::VerifiedCheckpoint>& checkpoints);

  // The member's proof that one size of a ledger continues another.
  absl::StatusOr<std::vector<std::string>> Consistency(const aggregation::v1::Member& member,
                                                       absl::string_view service, int64_t first,
                                                       int64_t second);

  // Another aggregator's checkpoints, for ours.
  absl::StatusOr<aggregation::v1::ExchangeCheckpointsResponse> Exchange(
      const aggregation::v1::CompareCheckpointsRequest& other,
      const aggregation::v1::ExchangeCheckpointsRequest& request);

  // What waits for the superior at the member.
  absl::StatusOr<reporting::v1::ListSuperiorTasksResponse> SuperiorTasks(
      const aggregation::v1::Member& member, const reporting::v1::ListSuperiorTasksRequest& request,
      absl::Duration timeout);
  // Brings the member the superior's decision.
  absl::StatusOr<reporting::v1::RelayDecisionResponse> Relay(
      const aggregation::v1::Member& member, const reporting::v1::RelayDecisionRequest& request,
      absl::Duration timeout);

  // Ends running fetches at once and refuses later ones. Does not wait for them.
  void Stop();
  bool stopped();

 private:
  using Channels = std::list<std::pair<std::string, std::shared_ptr<grpc::Channel>>>;

  // Calls with the deadline of a fetch until it is answered, refused, or Stop was called.
  absl::Status Attempt(
      const std::string& endpoint, const std::string& credential, absl::Duration timeout,
      absl::FunctionRef<grpc::Status(const std::shared_ptr<grpc::Channel>&, grpc::ClientContext*)>
          call);
  std::shared_ptr<grpc::Channel> ChannelTo(const std::string& endpoint);
  // Makes a context known to Stop, or finds that Stop was called.
  bool Enter(grpc::ClientContext* context);
  void Leave(grpc::ClientContext* context);
  // False when Stop was called meanwhile.
  bool Pause(absl::Duration delay);
  double Random();

  const Options options_;
  crypto::RandomSource* const random_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopped_ = false;                              // under mutex_
  std::set<grpc::ClientContext*> running_;            // under mutex_
  Channels channels_;                                 // newest use first, under mutex_
  std::map<std::string, Channels::iterator> lookup_;  // by endpoint, under mutex_
};

}  // namespace lianfang::aggregator
