#include "tests/bench/flood.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lianfang/risk/v1/risk.grpc.pb.h"
#include "services/grading/module.h"
#include "services/personnel/module.h"
#include "services/risk/module.h"
#include "tests/bench/school.h"

namespace lianfang::bench {
namespace {

using risk::v1::CreateRiskPointRequest;
using risk::v1::CreateRiskPointResponse;
using risk::v1::ListRiskPointsRequest;
using risk::v1::ListRiskPointsResponse;

constexpr char kList[] = "/lianfang.risk.v1.RiskService/ListRiskPoints";
constexpr char kReads[] = "reads";
constexpr char kRegistrations[] = "registrations";
constexpr int kQuiet = 2;
constexpr int kLoud = 512;

// In a process of its own, so that neither caller pays for the other's work, nor the server.
Result Calls(testing::TestServer& server, const std::string& what, const std::string& token,
             int callers, absl::Duration time) {
  const std::string command = absl::StrCat(
      std::filesystem::read_symlink("/proc/self/exe").string(), " ", kFloodCaller, " ",
      server.address(), " ", token, " ", what, " ", callers, " ", absl::ToInt64Milliseconds(time));
  Result result;
  std::FILE* answer = popen(command.c_str(), "r");
  if (answer == nullptr || std::fscanf(answer, "%lf %lf %lf %ld", &result.per_second,
                                       &result.p50_ms, &result.p99_ms, &result.failed) != 4) {
    std::printf("failed: %s did not answer\n", what.c_str());
  }
  if (answer != nullptr) pclose(answer);
  return result;
}

// Alone and beside the flood in turn, in one run. What is left of the flood is what the limits let
// through.
void Measure(testing::TestServer& server, const std::string& what, const char* limits) {
  const std::string quiet = server.Token("units/u0/persons/quiet", {"control_office"});
  const std::string loud = server.Token("units/u0/persons/loud", {"control_office"});
  std::vector<double> ratios;
  std::vector<double> ratios99;
  int64_t quiet_failed = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Result alone = Calls(server, what, quiet, kQuiet, kSlice);
    Result flooding;
    std::thread flood([&] { flooding = Calls(server, what, loud, kLoud, kSlice * 2); });
    const Result beside = Calls(server, what, quiet, kQuiet, kSlice);
    flood.join();
    quiet_failed += beside.failed;
    ratios.push_back(beside.p50_ms / alone.p50_ms);
    ratios99.push_back(beside.p99_ms / alone.p99_ms);
    std::printf(
        "  %s, %s: alone p50 %.2f p99 %.2f ms | beside %.0f/s of another (%ld refused) p50 %.2f "
        "p99 %.2f ms, failed %ld | ratio %.1f\n",
        what.c_str(), limits, alone.p50_ms, alone.p99_ms, flooding.per_second,
        static_cast<long>(flooding.failed), beside.p50_ms, beside.p99_ms,
        static_cast<long>(beside.failed), ratios.back());
  }
  std::printf(
      "%s, %s: a quiet identity's p50 beside one with %d calls at once / alone, median %.1f; p99 "
      "%.1f; its calls that failed: %ld\n",
      what.c_str(), limits, kLoud, Median(ratios), Median(ratios99),
      static_cast<long>(quiet_failed));
}

}  // namespace

void Flood() {
  const std::vector<server::ModuleSpec> modules = {personnel::PersonnelModule(), risk::RiskModule(),
                                                   grading::GradingModule()};
  for (const bool limited : {true, false}) {
    config::v1::ServerConfig config;
    // A queue shorter than the flood: it is full all the time.
    config.mutable_limits()->set_read_queue(256);
    config.mutable_limits()->set_write_queue(256);
    if (limited) config.mutable_limits()->set_calls_per_second(2000);
    testing::TestServer server(modules, config);
    MakeUnits(server, 1);
    Writes(server, 1);
    Settle(server, 1);
    const char* limits = limited ? "2,000 calls a second each" : "no limit of rate";
    Measure(server, kReads, limits);
    Measure(server, kRegistrations, limits);
  }
}

int CallFor(char** argv) {
  const std::string address = argv[2];
  const std::string token = argv[3];
  const int callers = std::atoi(argv[5]);
  const absl::Duration time = absl::Milliseconds(std::atoi(argv[6]));
  const auto register_one = [](int64_t) { return ARiskPoint("u0"); };
  const auto list = [](int64_t) {
    ListRiskPointsRequest request;
    request.set_parent("units/u0");
    request.set_page_size(20);
    return request;
  };
  const Result result = argv[4] == std::string(kRegistrations)
                            ? Run<CreateRiskPointRequest, CreateRiskPointResponse>(
                                  address, kCreate, token, callers, time, register_one)
                            : Run<ListRiskPointsRequest, ListRiskPointsResponse>(
                                  address, kList, token, callers, time, list);
  std::printf("%f %f %f %ld\n", result.per_second, result.p50_ms, result.p99_ms,
              static_cast<long>(result.failed));
  return 0;
}

}  // namespace lianfang::bench
