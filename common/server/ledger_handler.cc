#include "common/server/ledger_handler.h"

#include "absl/strings/str_cat.h"
#include "common/auth/share.h"
#include "common/base/resource_name.h"
#include "common/client/limits.h"
#include "common/ledger/checkpoint.h"
#include "common/server/ledger_service_name.h"
#include "common/status/error.h"
#include "common/store/ledger_store.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::server {
namespace {

constexpr int kDefaultEntries = 100;
constexpr int kHeadsPage = 500;
// A page of entries stays well below what clients take.
constexpr size_t kMaxPageBytes = client::kMaxMessageBytes / 2;

using ledger::v1::GetCheckpointRequest;
using ledger::v1::GetCheckpointResponse;
using ledger::v1::GetConsistencyProofRequest;
using ledger::v1::GetConsistencyProofResponse;
using ledger::v1::GetInclusionProofRequest;
using ledger::v1::GetInclusionProofResponse;
using ledger::v1::ListEntriesRequest;
using ledger::v1::ListEntriesResponse;
using ledger::v1::WatchHeadsRequest;
using ledger::v1::WatchHeadsResponse;

absl::Status TooLarge(absl::string_view field, uint64_t size) {
  return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, field,
                    absl::StrCat("超过了台账的长度 ", size, "。"),
                    absl::StrCat("is beyond the ledger's size, ", size, "."));
}

template <class Hashes>
void CopyHashes(const std::vector<ledger::Hash>& from, Hashes* to) {
  for (const ledger::Hash& hash : from) to->Add(crypto::ToBytes(hash));
}

}  // namespace

absl::Status NoSuchLedger(absl::string_view name) {
  return ErrorBuilder(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND,
                      absl::StrCat("本服务器没有台账 ", name, "。"),
                      absl::StrCat("This server does not keep the ledger ", name, "."))
      .Meta("resource", name);
}

void RegisterLedgerService(rpc::Registry& registry,
                           const std::map<std::string, HostedLedger>& hosted,
                           const LedgerKey& key) {
  const auto host_of = [&hosted](const auto& request) -> absl::StatusOr<rpc::Service*> {
    const auto it = hosted.find(std::string(IdIn("ledgers", request.name())));
    if (it == hosted.end()) return NoSuchLedger(request.name());
    return it->second.service;
  };

  registry.ReadLedger<GetCheckpointRequest, GetCheckpointResponse>(
      kLedgerService, "GetCheckpoint", host_of,
      [key](const rpc::CallContext& call, rpc::Service& service, sql::Connection& connection,
            const GetCheckpointRequest& request, GetCheckpointResponse* response) -> absl::Status {
        store::LedgerReader reader(&connection, call.unit_id);
        LF_ASSIGN_OR_RETURN(const ledger::Frontier head, reader.Head());
        if (static_cast<uint64_t>(request.known_size()) > head.size()) {
          return TooLarge("known_size", head.size());
        }
        const std::string origin = store::LedgerOrigin(call.unit_id, service.name);
        LF_ASSIGN_OR_RETURN(const auto signer, ledger::NoteSigner::Create(origin, key.key));
        LF_ASSIGN_OR_RETURN(*response->mutable_checkpoint(),
                            ledger::SignCheckpoint({origin, head.size(), head.Root()}, signer));
        response->set_size(static_cast<int64_t>(head.size()));
        response->set_verifier_key(signer.verifier().ToString());
        response->mutable_key_handovers()->Add(key.handovers.begin(), key.handovers.end());
        LF_ASSIGN_OR_RETURN(
            const auto proof,
            reader.Consistency(request.known_size(), static_cast<int64_t>(head.size())));
        CopyHashes(proof, response->mutable_consistency_proof());
        return absl::OkStatus();
      });

  const int read_contents = registry.environment().permissions->Register("ledger.contents.read");
  registry.ReadLedger<ListEntriesRequest, ListEntriesResponse>(
      kLedgerService, "ListEntries", host_of,
      [read_contents](const rpc::CallContext& call, rpc::Service&, sql::Connection& connection,
                      const ListEntriesRequest& request,
                      ListEntriesResponse* response) -> absl::Status {
        if (request.include_content() && !call.identity->granted[read_contents]) {
          return MakeError(common::v1::ERROR_REASON_PERMISSION_DENIED, "您不能读取台账内容。",
                           "No role of the caller grants reading contents.");
        }
        store::LedgerReader reader(&connection, call.unit_id);
        LF_ASSIGN_OR_RETURN(const ledger::Frontier head, reader.Head());
        const int limit = request.page_size() > 0 ? request.page_size() : kDefaultEntries;
        LF_ASSIGN_OR_RETURN(auto entries, reader.Entries(request.after_sequence(), limit,
                                                         request.include_content(), kMaxPageBytes));
        for (auto& entry : entries) *response->add_entries() = std::move(entry);
        response->set_size(static_cast<int64_t>(head.size()));
        return absl::OkStatus();
      });

  registry.ReadLedger<GetInclusionProofRequest, GetInclusionProofResponse>(
      kLedgerService, "GetInclusionProof", host_of,
      [](const rpc::CallContext& call, rpc::Service&, sql::Connection& connection,
         const GetInclusionProofRequest& request,
         GetInclusionProofResponse* response) -> absl::Status {
        store::LedgerReader reader(&connection, call.unit_id);
        LF_ASSIGN_OR_RETURN(const ledger::Frontier head, reader.Head());
        if (static_cast<uint64_t>(request.size()) > head.size()) {
          return TooLarge("size", head.size());
        }
        if (request.sequence() > request.size()) {
          return TooLarge("sequence", static_cast<uint64_t>(request.size()));
        }
        LF_ASSIGN_OR_RETURN(const auto proof, reader.Inclusion(request.sequence(), request.size()));
        CopyHashes(proof, response->mutable_hashes());
        return absl::OkStatus();
      });

  registry.ReadLedger<GetConsistencyProofRequest, GetConsistencyProofResponse>(
      kLedgerService, "GetConsistencyProof", host_of,
      [](const rpc::CallContext& call, rpc::Service&, sql::Connection& connection,
         const GetConsistencyProofRequest& request,
         GetConsistencyProofResponse* response) -> absl::Status {
        store::LedgerReader reader(&connection, call.unit_id);
        LF_ASSIGN_OR_RETURN(const ledger::Frontier head, reader.Head());
        if (static_cast<uint64_t>(request.second_size()) > head.size()) {
          return TooLarge("second_size", head.size());
        }
        if (request.first_size() > request.second_size()) {
          return TooLarge("first_size", static_cast<uint64_t>(request.second_size()));
        }
        LF_ASSIGN_OR_RETURN(const auto proof,
                            reader.Consistency(request.first_size(), request.second_size()));
        CopyHashes(proof, response->mutable_hashes());
        return absl::OkStatus();
      });

  rpc::ReadPool* reads = registry.environment().reads;
  registry.ServerStream<WatchHeadsRequest, WatchHeadsResponse>(
      kLedgerService, "WatchHeads",
      [&hosted, reads](const rpc::CallContext& call, const WatchHeadsRequest& request,
                       rpc::Waker waker) -> absl::StatusOr<std::shared_ptr<rpc::StreamSource>> {
        const auto it = hosted.find(request.service());
        if (it == hosted.end()) return NoSuchLedger(request.service());
        // Subscribed before the heads are read, so that none is missed in between.
        auto subscription = it->second.hub->Subscribe(
            std::move(waker),
            [identity = call.identity](absl::string_view unit) { return identity->Covers(unit); });
        reads->Submit(auth::ShareOf(call.identity.get()), absl::InfiniteFuture(),
                      [subscription, service = it->second.service](const absl::Status& status) {
                        if (!status.ok()) return;
                        auto connection = service->readers->Borrow();
                        if (!connection.ok()) return;
                        std::string after;
                        while (true) {
                          auto heads = store::ListHeads(**connection, after, kHeadsPage);
                          if (!heads.ok() || heads->empty()) return;
                          for (const auto& [unit, size] : *heads) subscription->Push(unit, size);
                          after = heads->back().first;
                        }
                      });
        return subscription;
      });
}

}  // namespace lianfang::server
