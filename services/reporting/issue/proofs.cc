#include "services/reporting/issue/proofs.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/ledger/checkpoint.h"
#include "common/ledger/note.h"
#include "common/status/error.h"
#include "common/store/ledger_store.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"

namespace lianfang::reporting {
namespace {

// One entry; its size does not matter.
constexpr size_t kEntryBytes = size_t{16} << 20;

absl::Status ProveEntry(store::LedgerReader& reader, int64_t sequence, int64_t size,
                        v1::GetUnitReportResponse* response) {
  LF_ASSIGN_OR_RETURN(auto entries, reader.Entries(sequence - 1, 1, true, kEntryBytes));
  if (entries.empty() || entries.front().sequence() != sequence) {
    return absl::DataLossError(absl::StrCat("ledger entry ", sequence, " is missing"));
  }
  *response->mutable_entry() = std::move(entries.front());
  LF_ASSIGN_OR_RETURN(const auto inclusion, reader.Inclusion(sequence, size));
  for (const ledger::Hash& hash : inclusion) {
    response->add_inclusion_proof(crypto::ToBytes(hash));
  }
  return absl::OkStatus();
}

}  // namespace

int64_t KnownSize(const v1::GetUnitReportRequest& request, absl::string_view service) {
  for (const v1::KnownCheckpoint& known : request.known_checkpoints()) {
    if (known.service() == service) return known.size();
  }
  return 0;
}

void FillReport(const v1::GetUnitReportRequest& request, v1::UnitReport report,
                v1::GetUnitReportResponse* response) {
  if (request.known_report() == report.name()) {
    response->set_unchanged(true);
  } else {
    *response->mutable_report() = std::move(report);
  }
}

absl::Status ProveIssued(sql::Connection& connection, absl::string_view unit_id,
                         absl::string_view service, const crypto::Ed25519PrivateKey& key,
                         int64_t sequence, int64_t known_size,
                         v1::GetUnitReportResponse* response) {
  store::LedgerReader reader(&connection, std::string(unit_id));
  LF_ASSIGN_OR_RETURN(const ledger::Frontier head, reader.Head());
  const auto size = static_cast<int64_t>(head.size());
  if (!response->unchanged()) LF_RETURN_IF_ERROR(ProveEntry(reader, sequence, size, response));
  v1::LedgerProof* proof = response->add_ledgers();
  proof->set_service(std::string(service));
  LF_ASSIGN_OR_RETURN(const auto signer,
                      ledger::NoteSigner::Create(store::LedgerOrigin(unit_id, service), key));
  LF_ASSIGN_OR_RETURN(
      *proof->mutable_checkpoint(),
      ledger::SignCheckpoint({signer.verifier().name(), head.size(), head.Root()}, signer));
  if (known_size > size) return absl::OkStatus();
  LF_ASSIGN_OR_RETURN(const auto consistency, reader.Consistency(known_size, size));
  for (const ledger::Hash& hash : consistency) {
    proof->add_consistency_proof(crypto::ToBytes(hash));
  }
  return absl::OkStatus();
}

void AddHandovers(const google::protobuf::RepeatedPtrField<std::string>& handovers,
                  v1::GetUnitReportResponse* response) {
  const auto& given = response->key_handovers();
  for (const std::string& handover : handovers) {
    if (std::find(given.begin(), given.end(), handover) == given.end()) {
      response->add_key_handovers(handover);
    }
  }
}

absl::StatusOr<v1::LedgerProof> ProveUpstream(client::Client& upstream, absl::string_view unit_id,
                                              const internal::v1::FollowPosition& position,
                                              int64_t known_size, absl::Duration timeout) {
  v1::LedgerProof proof;
  proof.set_service(position.service());
  proof.set_checkpoint(position.checkpoint());
  if (known_size <= 0 || known_size >= position.checkpoint_size()) return proof;
  ledger::v1::GetConsistencyProofRequest request;
  request.set_name(absl::StrCat("units/", unit_id, "/ledgers/", position.service()));
  request.set_first_size(known_size);
  request.set_second_size(position.checkpoint_size());
  const auto stub = ledger::v1::LedgerService::NewStub(upstream.channel());
  LF_ASSIGN_OR_RETURN(auto response,
                      upstream.Call(*stub, &ledger::v1::LedgerService::Stub::GetConsistencyProof,
                                    request, {.timeout = timeout}));
  *proof.mutable_consistency_proof() = std::move(*response.mutable_hashes());
  return proof;
}

}  // namespace lianfang::reporting
