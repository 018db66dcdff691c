// Asking members for their reports over the network. Blocks; many threads may fetch at once.
#pragma once

#include <condition_variable>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
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
    // For all attempts at one member together.
    absl::Duration timeout = absl::Seconds(20);
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

  // Ends running fetches at once and refuses later ones. Does not wait for them.
  void Stop();
  bool stopped();

 private:
  using Channels = std::list<std::pair<std::string, std::shared_ptr<grpc::Channel>>>;

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
