#include "common/server/cosignature_handler.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/auth/share.h"
#include "common/base/resource_name.h"
#include "common/ledger/checkpoint.h"
#include "common/ledger/cosignature.h"
#include "common/ledger/key_handover.h"
#include "common/ledger/merkle.h"
#include "common/rpc/standard.h"
#include "common/server/ledger_service_name.h"
#include "common/status/error.h"
#include "common/store/ledger_store.h"
#include "google/protobuf/util/time_util.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::server {
namespace {

// What an id may have; the witnesses of this suite are named after units.
constexpr size_t kMaxNameBytes = 128;

using google::protobuf::util::TimeUtil;
using ledger::v1::AddCosignatureRequest;
using ledger::v1::AddCosignatureResponse;
using ledger::v1::Cosignature;
using ledger::v1::ListCosignaturesRequest;
using ledger::v1::ListCosignaturesResponse;

using CosignDone = std::function<void(absl::StatusOr<AddCosignatureResponse>)>;

// By the name of the witness.
const store::RecordKind& CosignatureKind() {
  static const auto* kind =
      new store::RecordKind("cosignatures", "", Cosignature::default_instance(), {});
  return *kind;
}

absl::Status Invalid(absl::string_view field, absl::string_view zh, absl::string_view en) {
  return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, field, zh, en);
}

// Of the key now, or of one before: a witness may have seen the ledger last before it was rotated.
absl::StatusOr<ledger::Checkpoint> OwnCheckpoint(const std::string& note, const std::string& origin,
                                                 const LedgerKey& key) {
  std::vector<crypto::Ed25519PublicKey> keys = {key.key.public_key()};
  for (const std::string& handover : key.handovers) {
    LF_ASSIGN_OR_RETURN(auto opened, ledger::OpenKeyHandover(handover));
    keys.push_back(std::move(opened.from));
  }
  for (const crypto::Ed25519PublicKey& one : keys) {
    LF_ASSIGN_OR_RETURN(const auto verifier, ledger::NoteVerifier::Create(origin, one));
    auto checkpoint = ledger::OpenCheckpoint(note, verifier, origin);
    if (checkpoint.ok()) return checkpoint;
  }
  return Invalid("checkpoint", "不是本台账签名的检查点。", "is not signed by this ledger.");
}

// Whether the ledger had this root at this size.
absl::Status CheckRoot(sql::Connection& connection, const std::string& unit_id,
                       const ledger::Checkpoint& checkpoint) {
  store::LedgerReader reader(&connection, unit_id);
  LF_ASSIGN_OR_RETURN(const ledger::Frontier head, reader.Head());
  bool own = checkpoint.size > 0 && checkpoint.size <= head.size();
  if (own && checkpoint.size == head.size()) own = checkpoint.root == head.Root();
  if (own && checkpoint.size < head.size()) {
    LF_ASSIGN_OR_RETURN(const auto proof, reader.Consistency(static_cast<int64_t>(checkpoint.size),
                                                             static_cast<int64_t>(head.size())));
    own =
        ledger::VerifyConsistency(checkpoint.size, head.size(), proof, checkpoint.root, head.Root())
            .ok();
  }
  if (own) return absl::OkStatus();
  return Invalid("checkpoint", "本台账从未有过这个检查点。", "is none that this ledger ever had.");
}

absl::StatusOr<Cosignature> Check(sql::Connection& connection, const rpc::CallContext& call,
                                  const AddCosignatureRequest& request, const rpc::Service& service,
                                  const LedgerKey& key) {
  const auto witness = ledger::WitnessKey::Parse(request.witness_key());
  if (!witness.ok() || witness->name().size() > kMaxNameBytes) {
    return Invalid("witness_key", "不是见证人的公钥。", "is no key of a witness.");
  }
  const std::string origin = store::LedgerOrigin(call.unit_id, service.name);
  LF_ASSIGN_OR_RETURN(const auto checkpoint, OwnCheckpoint(request.checkpoint(), origin, key));
  const auto time = ledger::OpenCosignature(request.checkpoint(), *witness);
  if (!time.ok()) {
    return Invalid("checkpoint", "没有这位见证人的签名。", "is not cosigned by this witness.");
  }
  LF_RETURN_IF_ERROR(CheckRoot(connection, call.unit_id, checkpoint));
  Cosignature cosignature;
  cosignature.set_ledger(request.name());
  cosignature.set_witness(witness->name());
  cosignature.set_size(static_cast<int64_t>(checkpoint.size));
  cosignature.set_checkpoint(request.checkpoint());
  *cosignature.mutable_time() = TimeUtil::SecondsToTimestamp(absl::ToUnixSeconds(*time));
  return cosignature;
}

// Keeps it unless a newer one of the same witness is kept.
absl::Status Keep(store::WriteTx& tx, const Cosignature& cosignature) {
  LF_ASSIGN_OR_RETURN(const auto kept, tx.FindById<Cosignature>(CosignatureKind(), tx.unit_id(),
                                                                cosignature.witness()));
  if (!kept) {
    LF_ASSIGN_OR_RETURN(const auto all, tx.List<Cosignature>(CosignatureKind(), tx.unit_id(),
                                                             {.limit = kMaxWitnesses}));
    if (all.size() >= kMaxWitnesses) {
      return Invalid("witness_key", absl::StrCat("见证人最多 ", kMaxWitnesses, " 位。"),
                     absl::StrCat("is of one witness more than ", kMaxWitnesses, "."));
    }
  } else if (kept->size() > cosignature.size()) {
    return absl::OkStatus();
  }
  return tx.Derive(CosignatureKind(), cosignature.witness(), cosignature);
}

void Write(rpc::Service& service, const rpc::CallContext& call, const Cosignature& cosignature,
           CosignDone done) {
  store::Mutation mutation;
  mutation.unit_id = call.unit_id;
  mutation.actor = call.identity;
  mutation.method = call.method->full_name;
  mutation.deadline = call.deadline;
  mutation.knows_when_done = true;
  mutation.apply = [cosignature](store::WriteTx& tx) { return Keep(tx, cosignature); };
  mutation.done = [cosignature,
                   done = std::move(done)](const absl::StatusOr<store::Committed>& outcome) {
    AddCosignatureResponse response;
    *response.mutable_cosignature() = cosignature;
    if (outcome.ok()) {
      done(std::move(response));
    } else {
      done(outcome.status());
    }
  };
  service.writer->Submit(std::move(mutation));
}

}  // namespace

void RegisterCosignatures(rpc::Registry& registry,
                          const std::map<std::string, HostedLedger>& hosted, const LedgerKey& key) {
  rpc::ReadPool* reads = registry.environment().reads;
  registry.Async<AddCosignatureRequest, AddCosignatureResponse>(
      kLedgerService, "AddCosignature",
      [&hosted, &key, reads](const rpc::CallContext& call,
                             const std::shared_ptr<const AddCosignatureRequest>& request,
                             CosignDone done) {
        const auto it = hosted.find(std::string(IdIn("ledgers", request->name())));
        if (it == hosted.end()) {
          done(NoSuchLedger(request->name()));
          return;
        }
        reads->Submit(auth::ShareOf(call.identity.get()), call.deadline,
                      [&key, service = it->second.service, call, request,
                       done = std::move(done)](const absl::Status& status) {
                        if (!status.ok()) {
                          done(status);
                          return;
                        }
                        auto connection = service->readers->Borrow();
                        auto cosignature = connection.ok()
                                               ? Check(**connection, call, *request, *service, key)
                                               : absl::StatusOr<Cosignature>(connection.status());
                        if (cosignature.ok()) {
                          Write(*service, call, *cosignature, done);
                        } else {
                          done(cosignature.status());
                        }
                      });
      });
  registry.ReadLedger<ListCosignaturesRequest, ListCosignaturesResponse>(
      kLedgerService, "ListCosignatures",
      [&hosted](const ListCosignaturesRequest& request) -> absl::StatusOr<rpc::Service*> {
        const auto it = hosted.find(std::string(IdIn("ledgers", request.parent())));
        if (it == hosted.end()) return NoSuchLedger(request.parent());
        return it->second.service;
      },
      [](const rpc::CallContext& call, rpc::Service&, sql::Connection& connection,
         const ListCosignaturesRequest& request, ListCosignaturesResponse* response) {
        store::ConnectionReader reader(&connection);
        return rpc::ListPage(call, reader, CosignatureKind(), request, {}, response);
      });
}

}  // namespace lianfang::server
