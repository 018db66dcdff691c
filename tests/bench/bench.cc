// The suite's figures, as ratios of two things measured in turn in one run. Usage: lianfang_bench
// [grade|batch|write|server|report|tower|flood|documents|recount|timing]… Nothing here decides a
// test: machines are noisy, and a reader judges.
#include <sys/resource.h>

#include <array>
#include <cstdio>
#include <future>

#include "absl/synchronization/mutex.h"
#include "common/rpc/table_service.h"
#include "common/testing/test_database.h"
#include "common/testing/test_server.h"
#include "lianfang/grading/v1/grading.grpc.pb.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"
#include "lianfang/personnel/v1/personnel.grpc.pb.h"
#include "lianfang/reporting/v1/reporting.grpc.pb.h"
#include "lianfang/risk/v1/risk.grpc.pb.h"
#include "services/grading/module.h"
#include "services/personnel/module.h"
#include "services/reporting/module.h"
#include "services/risk/module.h"
#include "tests/bench/bare.h"
#include "tests/bench/documents.h"
#include "tests/bench/flood.h"
#include "tests/bench/recount.h"
#include "tests/bench/school.h"
#include "tests/bench/timing.h"
#include "tests/bench/tower.h"

namespace lianfang::bench {
namespace {

using grading::v1::BatchGradePostsRequest;
using grading::v1::BatchGradePostsResponse;
using grading::v1::GradePostRequest;
using grading::v1::GradePostResponse;

// The least that a gRPC server can do: takes a message and gives it back.
class Echo final : public grpc::Service {
 public:
  Echo() {
    AddMethod(new grpc::internal::RpcServiceMethod("/bench.Echo/Echo",
                                                   grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodCallback(0,
                       new grpc::internal::CallbackUnaryHandler<GradePostRequest, GradePostRequest>(
                           [](grpc::CallbackServerContext* context, const GradePostRequest* request,
                              GradePostRequest* response) {
                             auto* reactor = context->DefaultReactor();
                             *response = *request;
                             reactor->Finish(grpc::Status::OK);
                             return reactor;
                           }));
  }
};

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

GradePostRequest APost(int64_t n) {
  GradePostRequest request;
  auto* profile = request.mutable_profile();
  profile->set_post("units/u/posts/p-" + std::to_string(n % 1000));
  if (n % 3 == 0) profile->add_functions(common::v1::POST_FUNCTION_FINANCE);
  if (n % 3 != 2) profile->add_functions(common::v1::POST_FUNCTION_PUBLIC_SERVICE);
  return request;
}

void Grade() {
  Echo echo;
  testing::TestServer server(
      {personnel::PersonnelModule(), risk::RiskModule(), grading::GradingModule()}, {}, {&echo});
  const std::string token = server.Token("integrations/timetable", {"integration"});
  // Many short rounds, each time the other one first: what else the machine does falls on both.
  constexpr int kPairs = 40;
  constexpr absl::Duration kShort = absl::Milliseconds(250);
  const auto plain = [&] {
    return Run<GradePostRequest, GradePostRequest>(server.address(), "/bench.Echo/Echo", token,
                                                   kCallers, kShort, APost);
  };
  const auto graded = [&] {
    return Run<GradePostRequest, GradePostResponse>(server.address(),
                                                    "/lianfang.grading.v1.GradingService/GradePost",
                                                    token, kCallers, kShort, APost);
  };
  std::vector<double> ratios;
  for (int round = 0; round < kPairs; ++round) {
    std::array<Result, 2> results;
    const size_t first = round % 2;
    for (const size_t which : {first, 1 - first}) results[which] = which == 0 ? plain() : graded();
    ratios.push_back(results[1].per_second / results[0].per_second);
    std::printf(
        "  echo %.0f/s p99 %.2f ms | GradePost %.0f/s p99 %.2f ms, failed %ld | ratio %.3f\n",
        results[0].per_second, results[0].p99_ms, results[1].per_second, results[1].p99_ms,
        static_cast<long>(results[1].failed), ratios.back());
  }
  std::printf("GradePost / echo, median of %d: %.3f (goal 0.85)\n", kPairs, Median(ratios));
}

void Batch() {
  testing::TestServer server(
      {personnel::PersonnelModule(), risk::RiskModule(), grading::GradingModule()});
  // Bytes that were made once go out, and the answer is not parsed: what is measured is the server
  // and the transport.
  BatchGradePostsRequest request;
  for (int i = 0; i < 10'000; ++i) *request.add_profiles() = APost(i).profile();
  const grpc::Slice slice(request.SerializeAsString());
  const grpc::ByteBuffer bytes(&slice, 1);
  const std::string header = "Bearer " + server.Token("integrations/timetable", {"integration"});
  grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub(
      client::MakeChannel(server.address()));
  std::vector<double> rates;
  for (int round = 0; round < kRounds; ++round) {
    const double cpu = CpuSeconds();
    int64_t posts = 0;
    const absl::Time end = absl::Now() + kSlice;
    while (absl::Now() < end) {
      grpc::ClientContext context;
      context.AddMetadata("authorization", header);
      grpc::ByteBuffer response;
      std::promise<grpc::Status> done;
      stub.UnaryCall(&context, "/lianfang.grading.v1.GradingService/BatchGradePosts",
                     grpc::StubOptions(), &bytes, &response,
                     [&](const grpc::Status& status) { done.set_value(status); });
      const grpc::Status status = done.get_future().get();
      if (!status.ok()) {
        std::printf("failed: %s\n", status.error_message().c_str());
        return;
      }
      posts += request.profiles_size();
    }
    rates.push_back(static_cast<double>(posts) / (CpuSeconds() - cpu));
    std::printf("  %.0f posts per CPU second, both ends of the transport included\n", rates.back());
  }
  std::printf("BatchGradePosts, median: %.0f posts per CPU second (goal 500,000)\n", Median(rates));
}

// With grading beside the service, which writes rows of its own for each registration, and without:
// what is between the two is what following costs on these processors.
struct Setting {
  int units;
  bool followed;
};
constexpr Setting kSettings[] = {{64, true}, {64, false}, {1, true}, {1, false}};

const char* Words(const Setting& setting) {
  return setting.followed ? "followed by grading" : "by itself";
}

std::vector<server::ModuleSpec> Modules(const Setting& setting) {
  const server::ModuleSpec nobody{.name = "grading",
                                  .wire = [](server::ModuleContext&) { return absl::OkStatus(); }};
  return {personnel::PersonnelModule(), risk::RiskModule(),
          setting.followed ? grading::GradingModule() : nobody};
}

// Registrations of one slice.
Result WritesOf(testing::TestServer& server, const Setting& setting) {
  const Result result = Writes(server, setting.units);
  if (setting.followed) Settle(server, setting.units);
  return result;
}

void Write() {
  config::v1::ServerConfig one;
  one.mutable_limits()->set_write_batch(1);
  for (const Setting& setting : kSettings) {
    std::vector<double> ratios;
    std::vector<double> p99;
    testing::TestServer grouped(Modules(setting));
    testing::TestServer single(Modules(setting), one);
    for (testing::TestServer* server : {&grouped, &single}) {
      MakeUnits(*server, setting.units);
      WritesOf(*server, setting);  // the first calls wait for the directory
    }
    for (int round = 0; round < kRounds; ++round) {
      const Result many = WritesOf(grouped, setting);
      const Result few = WritesOf(single, setting);
      ratios.push_back(many.per_second / few.per_second);
      p99.push_back(many.p99_ms);
      std::printf(
          "  %d unit(s), %s: grouped %.0f/s p50 %.2f p99 %.2f ms, failed %ld | one a commit "
          "%.0f/s p99 %.2f ms | ratio %.2f\n",
          setting.units, Words(setting), many.per_second, many.p50_ms, many.p99_ms,
          static_cast<long>(many.failed), few.per_second, few.p99_ms, ratios.back());
    }
    std::printf(
        "Durable registration in %d unit(s), %s: grouped / one a commit, median %.2f (goal 3); p99 "
        "median %.2f ms (goal 15)\n",
        setting.units, Words(setting), Median(ratios), Median(p99));
  }
}

// The same on the server that LIANFANG_TEST_MYSQL names, beside a program that commits each
// registration by itself.
void WriteServer() {
  if (!testing::OnServer()) {
    std::printf("no LIANFANG_TEST_MYSQL: run by tests/conformance/with_mariadb\n");
    return;
  }
  for (const Setting& setting : kSettings) {
    testing::TestServer server(Modules(setting));
    Bare bare(server, setting.units);
    MakeUnits(server, setting.units);
    WritesOf(server, setting);
    std::vector<double> ratios;
    std::vector<double> p99;
    for (int round = 0; round < kRounds; ++round) {
      const double plain = bare.PerSecond(kSlice);
      const Result service = WritesOf(server, setting);
      ratios.push_back(service.per_second / plain);
      p99.push_back(service.p99_ms);
      std::printf(
          "  %d unit(s), %s: service %.0f/s p50 %.2f p99 %.2f ms, failed %ld | bare program %.0f/s "
          "| ratio %.2f\n",
          setting.units, Words(setting), service.per_second, service.p50_ms, service.p99_ms,
          static_cast<long>(service.failed), plain, ratios.back());
    }
    std::printf(
        "Durable registration on a server in %d unit(s), %s: service / bare program with %d "
        "connections, median %.2f (goal 2.5); p99 median %.2f ms (goal 15)\n",
        setting.units, Words(setting), Bare::kConnections, Median(ratios), Median(p99));
  }
}

double ReportMillis(testing::TestServer& server, client::Client& reader, int repeats) {
  std::vector<double> millis;
  for (int i = 0; i < repeats; ++i) {
    reporting::v1::GetUnitReportRequest request;
    request.set_unit("units/u0");
    const absl::Time start = absl::Now();
    const auto response = testing::Call<reporting::v1::ReportingService>(
        reader, &reporting::v1::ReportingService::Stub::GetUnitReport, request);
    if (!response.ok()) std::printf("failed: %s\n", response.status().ToString().c_str());
    millis.push_back(absl::ToDoubleMilliseconds(absl::Now() - start));
    // Something new each time, so that a report is issued and not repeated.
    const std::string token = server.Token("units/u0/persons/office", {"control_office"});
    Run<risk::v1::CreateRiskPointRequest, risk::v1::CreateRiskPointResponse>(
        server.address(), kCreate, token, 1, absl::Milliseconds(1),
        [&](int64_t) { return ARiskPoint("u0"); });
  }
  return Median(millis);
}

void Report() {
  const std::vector<server::ModuleSpec> modules = {personnel::PersonnelModule(), risk::RiskModule(),
                                                   grading::GradingModule(),
                                                   reporting::ReportingModule()};
  testing::TestServer small(modules);
  testing::TestServer large(modules);
  const auto fill = [](testing::TestServer& server, int64_t points) {
    MakeUnits(server, 1);
    const std::string token = server.Token("units/u0/persons/office", {"control_office"});
    int64_t done = 0;
    while (done < points) {
      const Result result =
          Run<risk::v1::CreateRiskPointRequest, risk::v1::CreateRiskPointResponse>(
              server.address(), kCreate, token, kCallers, absl::Milliseconds(200),
              [&](int64_t) { return ARiskPoint("u0"); });
      done += static_cast<int64_t>(result.per_second * 0.2);
    }
    reporting::v1::GetStatisticsRequest request;
    request.set_unit("units/u0");
    auto* position = request.add_not_before();
    position->set_unit("units/u0");
    position->set_service("risk");
    position->set_sequence(done);
    auto& reader = server.As("districts/d", {"district_reader"});
    for (int tries = 0; tries < 100; ++tries) {
      const auto response = testing::Call<reporting::v1::ReportingService>(
          reader, &reporting::v1::ReportingService::Stub::GetStatistics, request);
      if (response.ok()) {
        std::printf("  %ld risk points\n", static_cast<long>(response->total().risk_point_count()));
        return;
      }
    }
  };
  fill(small, 1'000);
  fill(large, 100'000);
  auto& small_reader = small.As("districts/d", {"district_reader"});
  auto& large_reader = large.As("districts/d", {"district_reader"});
  std::vector<double> ratios;
  for (int round = 0; round < kRounds; ++round) {
    const double a = ReportMillis(small, small_reader, 40);
    const double b = ReportMillis(large, large_reader, 40);
    ratios.push_back(b / a);
    std::printf(
        "  GetUnitReport: %.2f ms behind the small one, %.2f ms behind the large one, ratio %.2f\n",
        a, b, b / a);
  }
  std::printf("GetUnitReport, 100,000 / 1,000 risk points, median ratio %.2f (goal 1.2)\n",
              Median(ratios));
}

}  // namespace
}  // namespace lianfang::bench

int main(int argc, char** argv) {
  using namespace lianfang::bench;  // NOLINT: the program's own
  // As the servers' own programs do.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  if (argc == kFloodCallerArguments && argv[1] == std::string(kFloodCaller)) return CallFor(argv);
  const std::vector<std::pair<std::string, void (*)()>> all = {
      {"grade", Grade},     {"batch", Batch},  {"write", Write}, {"server", WriteServer},
      {"report", Report},   {"tower", Tower},  {"flood", Flood}, {"documents", Documents},
      {"recount", Recount}, {"timing", Timing}};
  for (const auto& [name, run] : all) {
    bool wanted = argc == 1;
    for (int i = 1; i < argc; ++i) wanted = wanted || argv[i] == name;
    if (!wanted) continue;
    std::printf("%s\n", name.c_str());
    run();
    std::fflush(stdout);
  }
}
