// Two processes over one database: what one of them is told, the other one knows soon after,
// without a message between them. Runs by with_mariadb.
#include <string>

#include "common/testing/test_database.h"
#include "common/testing/until.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"
#include "lianfang/risk/v1/risk.grpc.pb.h"
#include "services/personnel/access/access_fixture.h"
#include "services/risk/module.h"

namespace lianfang::personnel {
namespace {

using testing::Until;

constexpr auto kEnded = common::v1::ERROR_REASON_SESSION_ENDED;

// Before the fixture, which starts the first replica.
class SharedStorage {
 protected:
  SharedStorage() {
    auto* keys = config_.mutable_keys();
    keys->set_token_key(folder_.path() + "/token.pem");
    keys->set_ledger_key(folder_.path() + "/ledger.pem");
    keys->set_secrets_key(folder_.path() + "/secrets.key");
    *config_.mutable_storage() = testing::TestStorage();
  }
  const testing::TempFolder folder_;
  config::v1::ServerConfig config_;
};

class ReplicasTest : protected SharedStorage, public AccessFixture {
 protected:
  ReplicasTest() : AccessFixture(SharedStorage::config_) {}
  void SetUp() override {
    ASSERT_TRUE(testing::OnServer()) << "run it by tests/conformance/with_mariadb";
  }

  // The risk service by itself, on a storage that its replicas share.
  config::v1::ServerConfig Elsewhere(const config::v1::Storage& storage) {
    config::v1::ServerConfig config;
    *config.mutable_keys() = config_.keys();
    *config.mutable_storage() = storage;
    for (const char* service : {"personnel", "grading"}) {
      auto* upstream = config.add_upstreams();
      upstream->set_service(service);
      upstream->set_endpoint(server_.address());
    }
    return config;
  }
  void Suspend(const std::string& id) {
    v1::Account account = AccountNow(id);
    account.set_state(v1::ACCOUNT_STATE_SUSPENDED);
    ASSERT_THAT(Update(account), IsOk());
  }
  static absl::Status UseAt(testing::TestServer& server, const v1::Tokens& tokens) {
    v1::ListSessionsRequest request;
    request.set_parent(tokens.session().substr(0, tokens.session().find("/sessions/")));
    return testing::Call<v1::AccessService>(server.WithToken(tokens.access_token()),
                                            &Access::ListSessions, request)
        .status();
  }
  static absl::Status ReadPowersAt(testing::TestServer& server, const v1::Tokens& tokens) {
    risk::v1::ListPowersRequest request;
    request.set_parent("units/u");
    return testing::Call<risk::v1::RiskService>(server.WithToken(tokens.access_token()),
                                                &risk::v1::RiskService::Stub::ListPowers, request)
        .status();
  }
};

TEST_F(ReplicasTest, AReplicaOfPersonnelRefusesWhomTheOtherSuspended) {
  testing::TestServer other(Modules(), config_);
  const v1::Tokens tokens = Ready("clerk");
  ASSERT_THAT(UseAt(other, tokens), IsOk());
  Suspend("clerk");
  EXPECT_TRUE(Until([&] { return ReasonOf(UseAt(other, tokens)) == kEnded; }));
}

// Only one of the two applies an entry of personnel's ledger; both must know what it says.
TEST_F(ReplicasTest, BothReplicasOfAFollowerRefuseWhomPersonnelSuspended) {
  const config::v1::ServerConfig config = Elsewhere(testing::TestStorage());
  testing::TestServer one({risk::RiskModule()}, config);
  testing::TestServer two({risk::RiskModule()}, config);
  for (const std::string id : {"clerk", "head", "vp", "principal"}) {
    const v1::Tokens tokens = Ready(id);
    ASSERT_THAT(ReadPowersAt(one, tokens), IsOk());
    ASSERT_THAT(ReadPowersAt(two, tokens), IsOk());
    Suspend(id);
    EXPECT_TRUE(Until([&] { return ReasonOf(ReadPowersAt(one, tokens)) == kEnded; })) << id;
    EXPECT_TRUE(Until([&] { return ReasonOf(ReadPowersAt(two, tokens)) == kEnded; })) << id;
  }
}

// A watcher of one replica hears of what the other one writes.
TEST_F(ReplicasTest, WatchersHearOfTheOtherReplicasEntries) {
  testing::TestServer other(Modules(), config_);
  grpc::ClientContext context;
  auto& service = other.As("services/risk", {"service"});
  ASSERT_THAT(service.Prepare(context, absl::Seconds(30)), IsOk());
  const auto stub = ledger::v1::LedgerService::NewStub(service.channel());
  ledger::v1::WatchHeadsRequest watch;
  watch.set_service("personnel");
  const auto stream = stub->WatchHeads(&context, watch);
  ledger::v1::WatchHeadsResponse head;
  ASSERT_TRUE(stream->Read(&head)) << "as it is";
  v1::CreatePersonRequest person;
  person.set_parent("units/u");
  person.set_person_id("late");
  person.mutable_person()->set_display_name("教师");
  const auto made = Direct(&Directory::CreatePerson, person);
  ASSERT_THAT(made, IsOk());
  bool heard = head.unit() == "units/u" && head.size() >= made->position().sequence();
  while (!heard && stream->Read(&head)) {
    heard = head.unit() == "units/u" && head.size() >= made->position().sequence();
  }
  EXPECT_TRUE(heard);
  context.TryCancel();
}

}  // namespace
}  // namespace lianfang::personnel
