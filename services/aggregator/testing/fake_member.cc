#include "services/aggregator/testing/fake_member.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/resource_name.h"
#include "common/crypto/sha256.h"
#include "common/ledger/key_handover.h"
#include "common/rpc/status_grpc.h"
#include "common/status/error.h"
#include "common/store/ledger_store.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"

namespace lianfang::aggregator {

using reporting::v1::GetUnitReportRequest;
using reporting::v1::GetUnitReportResponse;
using reporting::v1::Statistics;

Statistics Figures(int64_t count) {
  Statistics figures;
  figures.set_post_count(count);
  figures.set_person_count(count);
  figures.set_risk_point_count(count);
  const auto add = [count](auto* buckets) {
    auto* bucket = buckets->Add();
    bucket->set_count(count);
    return bucket;
  };
  add(figures.mutable_risk_points_by_level())->set_level(common::v1::RISK_LEVEL_HIGH);
  add(figures.mutable_risk_points_by_category())
      ->set_category(common::v1::RISK_CATEGORY_BUSINESS_PROCESS);
  add(figures.mutable_risk_points_by_layer())->set_layer(common::v1::RISK_LAYER_POST);
  add(figures.mutable_risk_points_by_method())->set_method(common::v1::FINDING_METHOD_SELF);
  add(figures.mutable_risk_points_by_topic())->set_topic(common::v1::SENSITIVE_TOPIC_FEES);
  add(figures.mutable_posts_by_level())->set_level(common::v1::RISK_LEVEL_HIGH);
  return figures;
}

FakeLedger::FakeLedger(const std::string& unit_id, const std::string& service, char seed)
    : service_(service),
      signer_(*ledger::NoteSigner::Create(
          store::LedgerOrigin(unit_id, service),
          *crypto::Ed25519PrivateKey::FromSeed(std::string(32, seed)))) {}

void FakeLedger::Rotate(char seed) {
  signer_ = *ledger::NoteSigner::Create(
      signer_.verifier().name(), *crypto::Ed25519PrivateKey::FromSeed(std::string(32, seed)));
}

void FakeLedger::Append(const std::string& header) {
  hashes_.push_back(frontier_.Append(ledger::HashLeaf(header)));
  frontiers_.push_back(frontier_);
}

ledger::Hash FakeLedger::RootAt(size_t size) const {
  return size == 0 ? ledger::EmptyRoot() : frontiers_[size - 1].Root();
}

std::string FakeLedger::Note(size_t size) const {
  return *ledger::SignCheckpoint({signer_.verifier().name(), size, RootAt(size)}, signer_);
}

absl::StatusOr<std::vector<ledger::Hash>> FakeLedger::Read(
    const std::vector<ledger::NodeId>& nodes) const {
  std::vector<ledger::Hash> hashes;
  for (const ledger::NodeId& node : nodes) {
    hashes.push_back(*crypto::DigestFromBytes(
        hashes_[ledger::CompletingLeaf(node)].substr(static_cast<size_t>(node.level) * 32, 32)));
  }
  return hashes;
}

std::vector<ledger::Hash> FakeLedger::Inclusion(size_t sequence, size_t size) const {
  return *ledger::InclusionProof(
      sequence - 1, size, [this](const std::vector<ledger::NodeId>& nodes) { return Read(nodes); });
}

std::vector<ledger::Hash> FakeLedger::Consistency(size_t known, size_t size) const {
  if (known == 0 || known >= size) return {};
  return *ledger::ConsistencyProof(
      known, size, [this](const std::vector<ledger::NodeId>& nodes) { return Read(nodes); });
}

FakeSchool::FakeSchool(std::string unit_id, char seed)
    : unit_id_(std::move(unit_id)),
      seed_(seed),
      reporting_(unit_id_, "reporting", seed),
      risk_(unit_id_, "risk", seed) {}

void FakeSchool::Work(const std::string& what) { risk_.Append(what); }

void FakeSchool::Note(const std::string& what) { reporting_.Append(what); }

void FakeSchool::Issue(const Statistics& total) {
  const int64_t number = report_.number() + 1;
  report_.Clear();
  report_.set_name(absl::StrFormat("%s/reports/%08d", unit(), number));
  report_.set_unit(unit());
  report_.set_display_name(absl::StrCat("学校", unit_id_));
  report_.set_number(number);
  report_.set_year(2026);
  auto* counted = report_.add_ledgers();
  counted->set_service("risk");
  counted->set_size(static_cast<int64_t>(risk_.size()));
  counted->set_root(crypto::ToBytes(risk_.RootAt(risk_.size())));
  *report_.mutable_total() = total;
  ledger::v1::EntryContent content;
  content.add_resources()->PackFrom(report_);
  entry_.set_sequence(static_cast<int64_t>(reporting_.size()) + 1);
  entry_.set_content(content.SerializeAsString());
  ledger::v1::EntryHeader header;
  header.set_unit(unit());
  header.set_service("reporting");
  header.set_sequence(entry_.sequence());
  header.set_resource(report_.name());
  header.set_content_digest(crypto::ToBytes(crypto::Sha256(entry_.content())));
  entry_.set_header(header.SerializeAsString());
  reporting_.Append(entry_.header());
}

GetUnitReportResponse FakeSchool::Answer(const GetUnitReportRequest& request) const {
  GetUnitReportResponse response;
  if (request.known_report() == report_.name()) {
    response.set_unchanged(true);
  } else {
    *response.mutable_report() = report_;
    *response.mutable_entry() = entry_;
    for (const auto& hash :
         reporting_.Inclusion(static_cast<size_t>(entry_.sequence()), reporting_.size())) {
      response.add_inclusion_proof(crypto::ToBytes(hash));
    }
  }
  const auto prove = [&](const FakeLedger& ledger, size_t size) {
    auto* proof = response.add_ledgers();
    proof->set_service(ledger.service());
    proof->set_checkpoint(ledger.Note(size));
    for (const auto& known : request.known_checkpoints()) {
      if (known.service() != ledger.service()) continue;
      for (const auto& hash : ledger.Consistency(static_cast<size_t>(known.size()), size)) {
        proof->add_consistency_proof(crypto::ToBytes(hash));
      }
    }
  };
  prove(reporting_, reporting_.size());
  prove(risk_, static_cast<size_t>(report_.ledgers(0).size()));
  response.mutable_key_handovers()->Add(handovers_.begin(), handovers_.end());
  return response;
}

std::optional<std::vector<ledger::Hash>> FakeSchool::Prove(const std::string& service, size_t first,
                                                           size_t second) const {
  const FakeLedger& ledger = service == "risk" ? risk_ : reporting_;
  if (second > ledger.size() || first > second) return std::nullopt;
  return ledger.Consistency(first, second);
}

void FakeSchool::Rotate(char seed) {
  const auto key = [](char of) {
    return *crypto::Ed25519PrivateKey::FromSeed(std::string(32, of));
  };
  handovers_.push_back(*ledger::SignKeyHandover(key(seed_), key(seed), absl::UnixEpoch()));
  seed_ = seed;
  reporting_.Rotate(seed);
  risk_.Rotate(seed);
}

aggregation::v1::Member FakeSchool::AsMember(const std::string& endpoint) const {
  aggregation::v1::Member member;
  member.set_unit(unit());
  member.set_kind(aggregation::v1::MEMBER_KIND_SCHOOL);
  member.set_endpoint(endpoint);
  for (const std::string& key : keys()) member.add_verifier_keys(key);
  member.set_credential("school");
  return member;
}

class FakeLedgerService final : public ledger::v1::LedgerService::Service {
 public:
  explicit FakeLedgerService(FakeServer* server) : server_(server) {}
  grpc::Status AddCosignature(grpc::ServerContext*,
                              const ledger::v1::AddCosignatureRequest* request,
                              ledger::v1::AddCosignatureResponse*) override {
    return server_->AddCosignature(*request);
  }
  grpc::Status GetConsistencyProof(grpc::ServerContext*,
                                   const ledger::v1::GetConsistencyProofRequest* request,
                                   ledger::v1::GetConsistencyProofResponse* response) override {
    return server_->GetConsistencyProof(*request, response);
  }

 private:
  FakeServer* const server_;
};

FakeServer::FakeServer(FakeSchool school)
    : ledgers_(std::make_unique<FakeLedgerService>(this)), school_(std::move(school)) {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(this);
  builder.RegisterService(ledgers_.get());
  server_ = builder.BuildAndStart();
  address_ = absl::StrCat("127.0.0.1:", port);
}

FakeServer::~FakeServer() {
  Release();
  server_->Shutdown();
}

void FakeServer::Serve(FakeSchool school, Tamper tamper) {
  const std::lock_guard lock(mutex_);
  school_ = std::move(school);
  tamper_ = std::move(tamper);
}

void FakeServer::Fail(int count, grpc::StatusCode code) {
  const std::lock_guard lock(mutex_);
  failures_ = count;
  code_ = code;
}

void FakeServer::Hold() {
  const std::lock_guard lock(mutex_);
  held_ = true;
}

void FakeServer::Release() {
  const std::lock_guard lock(mutex_);
  held_ = false;
  changed_.notify_all();
}

void FakeServer::AwaitCalls(int count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return calls_ >= count; });
}

int FakeServer::calls() {
  const std::lock_guard lock(mutex_);
  return calls_;
}

int FakeServer::most_at_once() {
  const std::lock_guard lock(mutex_);
  return most_;
}

std::vector<ledger::v1::AddCosignatureRequest> FakeServer::cosignatures() {
  const std::lock_guard lock(mutex_);
  return cosignatures_;
}

grpc::Status FakeServer::AddCosignature(const ledger::v1::AddCosignatureRequest& request) {
  const std::lock_guard lock(mutex_);
  cosignatures_.push_back(request);
  return grpc::Status::OK;
}

grpc::Status FakeServer::GetConsistencyProof(const ledger::v1::GetConsistencyProofRequest& request,
                                             ledger::v1::GetConsistencyProofResponse* response) {
  const std::lock_guard lock(mutex_);
  const auto proof = school_.Prove(std::string(IdIn("ledgers", request.name())),
                                   static_cast<size_t>(request.first_size()),
                                   static_cast<size_t>(request.second_size()));
  if (!proof) {
    return rpc::ToGrpc(FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "second_size",
                                  "超过了台账的长度。", "is beyond the ledger's size."));
  }
  for (const ledger::Hash& hash : *proof) response->add_hashes(crypto::ToBytes(hash));
  return grpc::Status::OK;
}

std::string FakeServer::authorization() {
  const std::lock_guard lock(mutex_);
  return authorization_;
}

std::string FakeServer::traceparent() {
  const std::lock_guard lock(mutex_);
  return traceparent_;
}

grpc::Status FakeServer::GetUnitReport(grpc::ServerContext* context,
                                       const GetUnitReportRequest* request,
                                       GetUnitReportResponse* response) {
  std::unique_lock lock(mutex_);
  ++calls_;
  most_ = std::max(most_, ++now_);
  const auto said = [&metadata = context->client_metadata()](const char* key) {
    const auto it = metadata.find(key);
    return it == metadata.end() ? "" : std::string(it->second.data(), it->second.size());
  };
  authorization_ = said("authorization");
  traceparent_ = said("traceparent");
  changed_.notify_all();
  changed_.wait(lock, [this] { return !held_; });
  --now_;
  if (failures_ > 0) {
    --failures_;
    return {code_, "as the test says"};
  }
  *response = school_.Answer(*request);
  if (tamper_) tamper_(response);
  return grpc::Status::OK;
}

}  // namespace lianfang::aggregator
