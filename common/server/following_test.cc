// A service that follows another, seen from outside: two small modules on a real server.
#include <future>
#include <map>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "common/server/measure_test_module.h"
#include "common/testing/test_server.h"
#include "lianfang/risk/v1/risk.grpc.pb.h"

namespace lianfang::server {
namespace {

using testing::IsOk;

// What a follower was given, by unit.
struct Followed {
  rpc::Service* service = nullptr;
  std::mutex mutex;
  std::map<std::string, int64_t> entries;  // under mutex
};

ModuleSpec FollowingModule(Followed* followed) {
  return {.name = "grading", .wire = [followed](ModuleContext& context) {
            followed->service = &context.service();
            context.Follow("risk", [followed](store::WriteTx& tx, const ledger::v1::EntryHeader&,
                                              const ledger::v1::EntryContent&) {
              const std::lock_guard lock(followed->mutex);
              ++followed->entries[tx.unit_id()];
              return absl::OkStatus();
            });
            return absl::OkStatus();
          }};
}

// A service that starts late, or was away, finds more than its writer lets wait. Whoever waits for
// it to be level must not be turned away for that.
TEST(FollowingTest, ABacklogLargerThanTheQueueIsTakenInPortions) {
  constexpr int kUnits = 5;
  constexpr int kEntries = 12;
  config::v1::ServerConfig config;
  config.mutable_limits()->set_write_queue(8);
  testing::TestServer server({MeasureModule()}, config);
  auto& office = server.As("units/u0/persons/office", {"control_office"});
  for (int i = 0; i < kUnits * kEntries; ++i) {
    const std::string unit = absl::StrCat("units/u", i % kUnits);
    risk::v1::CreateMeasureRequest request;
    request.set_parent(unit);
    request.set_request_id(server.RequestId());
    request.mutable_measure()->set_risk_point(unit + "/riskPoints/r");
    request.mutable_measure()->set_stage(common::v1::MEASURE_STAGE_EARLY_PREVENTION);
    request.mutable_measure()->set_content("双人验收，逐项登记。");
    request.mutable_measure()->set_responsible_post(unit + "/posts/p");
    ASSERT_THAT(testing::Call<risk::v1::RiskService>(
                    office, &risk::v1::RiskService::Stub::CreateMeasure, request),
                IsOk());
  }

  Followed followed;
  server.Restart({MeasureModule(), FollowingModule(&followed)});
  std::vector<std::promise<absl::Status>> level(kUnits);
  for (int i = 0; i < kUnits; ++i) {
    followed.service->upstreams.at("risk")->Await(
        absl::StrCat("u", i), /*sequence=*/0, absl::Now() + absl::Seconds(30),
        [&level, i](const absl::Status& status) { level[i].set_value(status); });
  }
  for (auto& one : level) EXPECT_THAT(one.get_future().get(), IsOk());
  const std::lock_guard lock(followed.mutex);
  for (int i = 0; i < kUnits; ++i) {
    EXPECT_GE(followed.entries[absl::StrCat("u", i)], kEntries) << i;
  }
}

}  // namespace
}  // namespace lianfang::server
