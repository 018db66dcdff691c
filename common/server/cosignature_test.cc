// Witnesses' signatures and rotated keys, through the API of a server with one small module.

#include "common/ledger/cosignature.h"

#include "common/ledger/checkpoint.h"
#include "common/ledger/key_handover.h"
#include "common/server/ledger_key.h"
#include "common/server/measure_test_module.h"
#include "common/server/server.h"
#include "common/store/ledger_store.h"
#include "common/testing/test_server.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"
#include "lianfang/risk/v1/risk.grpc.pb.h"

namespace lianfang::server {
namespace {

using ledger::v1::AddCosignatureRequest;
using ledger::v1::GetCheckpointResponse;
using ledger::v1::LedgerService;
using ledger::v1::ListCosignaturesResponse;
using risk::v1::CreateMeasureRequest;
using testing::FailsWith;
using testing::IsOk;

class CosignatureTest : public ::testing::Test {
 protected:
  void Grow() {
    CreateMeasureRequest request;
    request.set_parent("units/u");
    request.set_request_id(server_.RequestId());
    request.mutable_measure()->set_risk_point("units/u/riskPoints/r");
    request.mutable_measure()->set_stage(common::v1::MEASURE_STAGE_EARLY_PREVENTION);
    request.mutable_measure()->set_content("双人验收，逐项登记。");
    request.mutable_measure()->set_responsible_post("units/u/posts/p");
    EXPECT_THAT(testing::Call<risk::v1::RiskService>(
                    server_.As("units/u/persons/office", {"control_office"}, {"u"}),
                    &risk::v1::RiskService::Stub::CreateMeasure, request),
                IsOk());
  }
  GetCheckpointResponse Checkpoint() {
    ledger::v1::GetCheckpointRequest request;
    request.set_name("units/u/ledgers/risk");
    const auto response =
        testing::Call<LedgerService>(District(), &LedgerService::Stub::GetCheckpoint, request);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? *response : GetCheckpointResponse();
  }
  client::Client& District() { return server_.As("units/district", {"district_reader"}, {"u"}); }
  static crypto::Ed25519PrivateKey Key(char seed) {
    return *crypto::Ed25519PrivateKey::FromSeed(std::string(32, seed));
  }
  AddCosignatureRequest Cosigned(const std::string& note, const std::string& unit = "district",
                                 char seed = 'w') {
    AddCosignatureRequest request;
    request.set_name("units/u/ledgers/risk");
    request.set_checkpoint(
        *ledger::Cosign(note, ledger::WitnessName(unit), Key(seed), server_.clock().Now()));
    request.set_witness_key(
        ledger::WitnessKey::Create(ledger::WitnessName(unit), Key(seed).public_key())->ToString());
    return request;
  }
  absl::StatusOr<ledger::v1::AddCosignatureResponse> Add(const AddCosignatureRequest& request) {
    return testing::Call<LedgerService>(District(), &LedgerService::Stub::AddCosignature, request);
  }
  ListCosignaturesResponse List() {
    ledger::v1::ListCosignaturesRequest request;
    request.set_parent("units/u/ledgers/risk");
    const auto response =
        testing::Call<LedgerService>(server_.As("auditors/a", {"auditor"}, {"u"}),
                                     &LedgerService::Stub::ListCosignatures, request);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? *response : ListCosignaturesResponse();
  }

  testing::TestServer server_{{MeasureModule()}};
};

TEST_F(CosignatureTest, KeepsTheNewestOfEachWitness) {
  Grow();
  const std::string first = Checkpoint().checkpoint();
  Grow();
  const std::string second = Checkpoint().checkpoint();
  const auto added = Add(Cosigned(second));
  ASSERT_THAT(added, IsOk());
  EXPECT_EQ(added->cosignature().witness(), "lianfang/units/district/witness");
  EXPECT_EQ(added->cosignature().size(), 2);
  // One of an earlier size comes late, and another witness has seen only that.
  ASSERT_THAT(Add(Cosigned(first)), IsOk());
  ASSERT_THAT(Add(Cosigned(first, "city", 'v')), IsOk());
  const ListCosignaturesResponse list = List();
  ASSERT_EQ(list.cosignatures_size(), 2);
  EXPECT_EQ(list.cosignatures(0).witness(), "lianfang/units/city/witness");
  EXPECT_EQ(list.cosignatures(0).size(), 1);
  EXPECT_EQ(list.cosignatures(1).size(), 2);
  EXPECT_EQ(list.cosignatures(1).time().seconds(), absl::ToUnixSeconds(server_.clock().Now()));
  EXPECT_EQ(Checkpoint().size(), 2) << "a signature is no entry";
}

TEST_F(CosignatureTest, RefusesWhatIsNotOfThisLedger) {
  Grow();
  const std::string note = Checkpoint().checkpoint();
  const auto refused = [this](const AddCosignatureRequest& request) {
    EXPECT_THAT(Add(request), FailsWith(common::v1::ERROR_REASON_INVALID_FIELD));
  };
  AddCosignatureRequest request = Cosigned(note);
  request.set_checkpoint(note);
  refused(request);  // not cosigned
  request = Cosigned(note);
  request.set_witness_key(Cosigned(note, "city", 'v').witness_key());
  refused(request);  // by another witness
  request.set_witness_key("nonsense");
  refused(request);
  // Signed by somebody else.
  const auto stranger = ledger::NoteSigner::Create(store::LedgerOrigin("u", "risk"), Key('x'));
  refused(Cosigned(*ledger::SignCheckpoint({stranger->verifier().name(), 1, {}}, *stranger)));
  EXPECT_EQ(List().cosignatures_size(), 0);
  request = Cosigned(note);
  request.set_name("units/u/ledgers/grading");
  EXPECT_THAT(Add(request), FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(testing::Call<LedgerService>(server_.As("units/u/persons/p", {"staff"}, {"u"}),
                                           &LedgerService::Stub::AddCosignature, Cosigned(note)),
              FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
}

// The ledger's own key signs a tree that the ledger never had: as after a restore of an older
// state.
TEST_F(CosignatureTest, RefusesACheckpointThatTheLedgerNeverHad) {
  Grow();
  const auto key = LoadLedgerKey(server_.data_dir() + "/keys/ledger.pem");
  ASSERT_TRUE(key.ok());
  const auto signer = ledger::NoteSigner::Create(store::LedgerOrigin("u", "risk"), key->key);
  for (const uint64_t size : {0, 1, 2}) {
    const auto note = ledger::SignCheckpoint({signer->verifier().name(), size, {}}, *signer);
    EXPECT_THAT(Add(Cosigned(*note)), FailsWith(common::v1::ERROR_REASON_INVALID_FIELD)) << size;
  }
}

TEST_F(CosignatureTest, HandsOverToAnotherKey) {
  Grow();
  const GetCheckpointResponse before = Checkpoint();
  EXPECT_EQ(before.key_handovers_size(), 0);
  ASSERT_TRUE(RotateLedgerKey(server_.data_dir() + "/keys/ledger.pem", server_.clock().Now(),
                              crypto::SystemRandom())
                  .ok());
  EXPECT_EQ(Checkpoint().verifier_key(), before.verifier_key()) << "until it starts again";
  server_.Restart();
  const GetCheckpointResponse after = Checkpoint();
  EXPECT_NE(after.verifier_key(), before.verifier_key());
  const auto trusted = ledger::NoteVerifier::Parse(before.verifier_key());
  const std::vector<std::string> handovers(after.key_handovers().begin(),
                                           after.key_handovers().end());
  const auto keys = ledger::FollowHandovers(*trusted, handovers);
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_EQ(keys->back().ToString(), after.verifier_key());
  EXPECT_TRUE(ledger::OpenCheckpoint(after.checkpoint(), keys->back()).ok());
  // A witness that has seen the ledger before the rotation only now brings what it signed.
  EXPECT_THAT(Add(Cosigned(before.checkpoint())), IsOk());
}

}  // namespace
}  // namespace lianfang::server
