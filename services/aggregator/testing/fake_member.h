// Members for tests: a school with ledgers in memory, which can be copied, so that a test keeps an
// earlier state and lets the school go back to it; and a server that serves one.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/crypto/ed25519.h"
#include "common/ledger/checkpoint.h"
#include "common/ledger/merkle.h"
#include "common/ledger/note.h"
#include "grpcpp/grpcpp.h"
#include "lianfang/aggregation/v1/aggregation.pb.h"
#include "lianfang/ledger/v1/ledger.pb.h"
#include "lianfang/reporting/v1/reporting.grpc.pb.h"

namespace lianfang::aggregator {

// Counts that add up: `count` risk points, all high, on as many posts.
reporting::v1::Statistics Figures(int64_t count);

class FakeLedger {
 public:
  FakeLedger(const std::string& unit_id, const std::string& service, char seed);

  void Append(const std::string& header);
  size_t size() const { return frontiers_.size(); }
  ledger::Hash RootAt(size_t size) const;
  std::string Note(size_t size) const;
  std::vector<ledger::Hash> Inclusion(size_t sequence, size_t size) const;
  // Empty unless 0 < known < size.
  std::vector<ledger::Hash> Consistency(size_t known, size_t size) const;
  std::string key() const { return signer_.verifier().ToString(); }
  void Rotate(char seed);
  const std::string& service() const { return service_; }

 private:
  absl::StatusOr<std::vector<ledger::Hash>> Read(const std::vector<ledger::NodeId>& nodes) const;

  std::string service_;
  ledger::NoteSigner signer_;
  ledger::Frontier frontier_;
  std::vector<ledger::Frontier> frontiers_;
  std::vector<std::string> hashes_;
};

// Keeps the ledgers `risk` and `reporting`.
class FakeSchool {
 public:
  // `seed` makes the keys.
  explicit FakeSchool(std::string unit_id, char seed = 'k');

  // An entry of risk's ledger.
  void Work(const std::string& what);
  // Issues a report with these figures, of risk's ledger as it is.
  void Issue(const reporting::v1::Statistics& total);
  // An entry of reporting's ledger that is no report.
  void Note(const std::string& what);

  reporting::v1::GetUnitReportResponse Answer(
      const reporting::v1::GetUnitReportRequest& request) const;

  std::string unit() const { return "units/" + unit_id_; }
  // Hash of the proof that one size of a ledger continues another; nothing for a size that it never
  // had.
  std::optional<std::vector<ledger::Hash>> Prove(const std::string& service, size_t first,
                                                 size_t second) const;

  // Hands over to another key, made of `seed`.
  void Rotate(char seed);

  std::vector<std::string> keys() const { return {reporting_.key(), risk_.key()}; }
  const reporting::v1::UnitReport& report() const { return report_; }
  // As it would be registered, at this endpoint.
  aggregation::v1::Member AsMember(const std::string& endpoint) const;

 private:
  std::string unit_id_;
  char seed_;
  std::vector<std::string> handovers_;
  FakeLedger reporting_;
  FakeLedger risk_;
  reporting::v1::UnitReport report_;
  ledger::v1::Entry entry_;  // of the report
};

// Answers for LedgerService as FakeServer says.
class FakeLedgerService;

class FakeServer final : public reporting::v1::ReportingService::Service {
 public:
  using Tamper = std::function<void(reporting::v1::GetUnitReportResponse*)>;

  explicit FakeServer(FakeSchool school);
  ~FakeServer() override;

  const std::string& address() const { return address_; }
  // Serves this school from now on, and changes its answers by `tamper`.
  void Serve(FakeSchool school, Tamper tamper = nullptr);
  // The next `count` calls fail with this code.
  void Fail(int count, grpc::StatusCode code);
  // Calls wait until Release.
  void Hold();
  void Release();
  // Waits until so many calls have come in.
  void AwaitCalls(int count);
  int calls();
  // Most calls that were being served at a time.
  int most_at_once();
  // Cosigned checkpoints that were brought, in order, with the witness's key.
  std::vector<ledger::v1::AddCosignatureRequest> cosignatures();
  // Of the last call.
  std::string authorization();
  std::string traceparent();

  grpc::Status GetUnitReport(grpc::ServerContext* context,
                             const reporting::v1::GetUnitReportRequest* request,
                             reporting::v1::GetUnitReportResponse* response) override;

  grpc::Status AddCosignature(const ledger::v1::AddCosignatureRequest& request);
  grpc::Status GetConsistencyProof(const ledger::v1::GetConsistencyProofRequest& request,
                                   ledger::v1::GetConsistencyProofResponse* response);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<ledger::v1::AddCosignatureRequest> cosignatures_;  // under mutex_
  std::unique_ptr<FakeLedgerService> ledgers_;
  FakeSchool school_;          // under mutex_
  Tamper tamper_;              // under mutex_
  int failures_ = 0;           // under mutex_
  grpc::StatusCode code_{};    // under mutex_
  bool held_ = false;          // under mutex_
  int calls_ = 0;              // under mutex_
  int now_ = 0;                // under mutex_
  int most_ = 0;               // under mutex_
  std::string authorization_;  // under mutex_
  std::string traceparent_;    // under mutex_
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace lianfang::aggregator
