// GetUnitReport, which waits for others: for the ledgers that are followed, for the writer that
// issues the report, for the read pool, and for the upstreams' proofs.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/client/client.h"
#include "common/crypto/ed25519.h"
#include "common/policy/policies.h"
#include "common/rpc/read_pool.h"
#include "common/rpc/serve.h"
#include "common/rpc/service.h"
#include "lianfang/reporting/v1/reporting.pb.h"

namespace lianfang::reporting {

// What the calls need; lives as long as the server.
struct UnitReportEnvironment {
  rpc::Service* service = nullptr;
  rpc::ReadPool* reads = nullptr;
  const policy::Policies* policies = nullptr;
  crypto::Ed25519PrivateKey key;
  google::protobuf::RepeatedPtrField<std::string> key_handovers;
  // By the name of the service.
  std::map<std::string, client::Client*> upstreams;
  std::function<void(std::function<void()>)> background;
};

// Calls `done` once, from some thread. The statistics are those at the very positions whose
// checkpoints are given.
void StartUnitReport(const UnitReportEnvironment& environment, const rpc::CallContext& call,
                     std::shared_ptr<const v1::GetUnitReportRequest> request,
                     std::function<void(absl::StatusOr<v1::GetUnitReportResponse>)> done);

}  // namespace lianfang::reporting
