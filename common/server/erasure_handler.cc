#include "common/server/erasure_handler.h"

#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/auth/share.h"
#include "common/base/resource_name.h"
#include "common/crypto/sha256.h"
#include "common/message/canonical.h"
#include "common/rpc/respond.h"
#include "common/rpc/standard.h"
#include "common/server/ledger_service_name.h"
#include "common/status/error.h"
#include "common/store/erasure.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::server {
namespace {

using ledger::v1::EraseRecordRequest;
using ledger::v1::EraseRecordResponse;
using ledger::v1::ListErasuresRequest;
using ledger::v1::ListErasuresResponse;

using EraseDone = std::function<void(absl::StatusOr<EraseRecordResponse>)>;

absl::StatusOr<const HostedLedger*> LedgerOf(const std::map<std::string, HostedLedger>& hosted,
                                             absl::string_view name) {
  const auto it = hosted.find(std::string(IdIn("ledgers", name)));
  if (it == hosted.end()) return NoSuchLedger(name);
  return &it->second;
}

absl::Status CheckRequest(const EraseRecordRequest& request, absl::string_view unit_id) {
  if (absl::StripAsciiWhitespace(request.reason()).empty()) {
    return FieldError(common::v1::ERROR_REASON_REASON_REQUIRED, "reason",
                      "必须写明依法删除的理由和依据。", "say why, and by which law.");
  }
  if (UnitIdOf(request.record()) != unit_id) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "record",
                      "必须是该台账所属单位的记录。", "must be a record of the ledger's unit.");
  }
  return absl::OkStatus();
}

// The change, after a read that has looked through the ledger: the writer waits for as little as
// can be.
void Submit(const HostedLedger& ledger, const rpc::CallContext& call,
            const std::shared_ptr<const EraseRecordRequest>& request, store::HeldText found,
            EraseDone done) {
  rpc::Service& host = *ledger.service;
  store::Mutation mutation;
  mutation.unit_id = call.unit_id;
  mutation.actor = call.identity;
  mutation.method = call.method->full_name;
  mutation.request_id = request->request_id();
  mutation.request_digest = crypto::Sha256(message::CanonicalRequest(*request));
  mutation.deadline = call.deadline;
  mutation.apply = [&ledger, request, found = std::move(found)](store::WriteTx& tx) {
    return store::Erase(tx, ledger.kinds,
                        {ledger.service->name, request->record(), request->reason()}, found);
  };
  mutation.done = [&host, unit_id = call.unit_id,
                   done = std::move(done)](absl::StatusOr<store::Committed> outcome) {
    if (!outcome.ok()) {
      done(outcome.status());
      return;
    }
    EraseRecordResponse response;
    rpc::FillResponse(*outcome, unit_id, host.name, &response);
    done(std::move(response));
  };
  rpc::Transact(host, std::move(mutation));
}

}  // namespace

void RegisterErasure(rpc::Registry& registry, const std::map<std::string, HostedLedger>& hosted) {
  rpc::ReadPool* reads = registry.environment().reads;
  registry.Async<EraseRecordRequest, EraseRecordResponse>(
      kLedgerService, "EraseRecord",
      [&hosted, reads](const rpc::CallContext& call,
                       const std::shared_ptr<const EraseRecordRequest>& request, EraseDone done) {
        const auto ledger = LedgerOf(hosted, request->name());
        const absl::Status fits =
            ledger.ok() ? CheckRequest(*request, call.unit_id) : ledger.status();
        if (!fits.ok()) {
          done(fits);
          return;
        }
        reads->Submit(
            auth::ShareOf(call.identity.get()), call.deadline,
            [call, request, ledger = *ledger, done = std::move(done)](absl::Status status) {
              store::HeldText found;
              if (status.ok()) {
                status = ledger->service->readers->Read([&](sql::Connection& connection) {
                  found = {};
                  store::ConnectionReader reader(&connection);
                  LF_ASSIGN_OR_RETURN(const int64_t size, reader.LedgerSize(call.unit_id));
                  return store::FindText(connection, call.unit_id, request->record(), size, &found);
                });
              }
              if (!status.ok()) {
                done(status);
                return;
              }
              Submit(*ledger, call, request, std::move(found), done);
            });
      });

  registry.ReadLedger<ListErasuresRequest, ListErasuresResponse>(
      kLedgerService, "ListErasures",
      [&hosted](const ListErasuresRequest& request) -> absl::StatusOr<rpc::Service*> {
        LF_ASSIGN_OR_RETURN(const HostedLedger* ledger, LedgerOf(hosted, request.parent()));
        return ledger->service;
      },
      [](const rpc::CallContext& call, rpc::Service&, sql::Connection& connection,
         const ListErasuresRequest& request, ListErasuresResponse* response) {
        store::ConnectionReader reader(&connection);
        return rpc::ListPage(call, reader, store::ErasureKind(), request, {}, response);
      });
}

}  // namespace lianfang::server
