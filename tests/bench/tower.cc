#include "tests/bench/tower.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/testing/test_server.h"
#include "lianfang/aggregation/v1/aggregation.grpc.pb.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"
#include "services/aggregator/module.h"
#include "services/aggregator/testing/fake_member.h"

namespace lianfang::bench {
namespace {

using aggregation::v1::AggregationService;
using aggregator::FakeSchool;
using aggregator::Figures;

constexpr int kConcurrency = 8;
constexpr int kRegistering = 16;
constexpr int kEarlierReports = 20;
constexpr absl::Duration kLongest = absl::Minutes(30);

double Seconds(const timespec& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double ThreadSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return Seconds(time);
}

double ProcessSeconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return Seconds(time);
}

double ResidentMegabytes() {
  std::ifstream file("/proc/self/statm");
  int64_t all = 0;
  int64_t resident = 0;
  file >> all >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

// Takes cosignatures.
class Ledgers final : public ledger::v1::LedgerService::Service {
 public:
  grpc::Status AddCosignature(grpc::ServerContext*, const ledger::v1::AddCosignatureRequest*,
                              ledger::v1::AddCosignatureResponse*) override {
    ++taken_;
    return grpc::Status::OK;
  }
  int64_t taken() const { return taken_; }

 private:
  std::atomic<int64_t> taken_{0};
};

// N schools behind one port: ledgers, signatures and proofs are those of schools; what is not there
// is their databases.
class Simulator final : public reporting::v1::ReportingService::Service {
 public:
  explicit Simulator(int count) {
    for (int i = 0; i < count; ++i) {
      schools_.push_back(std::make_unique<FakeSchool>(absl::StrCat("s", i)));
      for (int report = 0; report < kEarlierReports; ++report) Change(i);
    }
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(this);
    builder.RegisterService(&ledgers_);
    server_ = builder.BuildAndStart();
    address_ = absl::StrCat("127.0.0.1:", port);
  }
  ~Simulator() override { server_->Shutdown(); }

  const std::string& address() const { return address_; }
  const FakeSchool& school(int i) const { return *schools_[static_cast<size_t>(i)]; }
  // While nobody pulls.
  void Change(int i) {
    FakeSchool& school = *schools_[static_cast<size_t>(i)];
    school.Work("something");
    school.Issue(Figures(school.report().number() + 1));
  }
  double busy_seconds() const { return static_cast<double>(busy_nanos_) / 1e9; }
  int64_t bytes() const { return bytes_; }
  int64_t cosignatures() const { return ledgers_.taken(); }

  grpc::Status GetUnitReport(grpc::ServerContext*,
                             const reporting::v1::GetUnitReportRequest* request,
                             reporting::v1::GetUnitReportResponse* response) override {
    const double start = ThreadSeconds();
    size_t number = 0;
    if (!absl::SimpleAtoi(UnitIdOf(request->unit()).substr(1), &number) ||
        number >= schools_.size()) {
      return {grpc::StatusCode::NOT_FOUND, "no such school"};
    }
    *response = schools_[number]->Answer(*request);
    bytes_ += static_cast<int64_t>(response->ByteSizeLong());
    busy_nanos_ += static_cast<int64_t>((ThreadSeconds() - start) * 1e9);
    return grpc::Status::OK;
  }

 private:
  std::vector<std::unique_ptr<FakeSchool>> schools_;
  Ledgers ledgers_;
  std::atomic<int64_t> busy_nanos_{0};
  std::atomic<int64_t> bytes_{0};
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

void Register(testing::TestServer& server, client::Client& client, const Simulator& simulator,
              int count) {
  std::atomic<int> next{0};
  std::vector<std::string> request_ids;
  for (int i = 0; i < count; ++i) request_ids.push_back(server.RequestId());
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kRegistering; ++thread) {
    threads.emplace_back([&] {
      for (int i = next++; i < count; i = next++) {
        aggregation::v1::RegisterMemberRequest request;
        request.set_parent("units/district");
        request.set_member_id(absl::StrCat("s", i));
        request.set_request_id(request_ids[static_cast<size_t>(i)]);
        *request.mutable_member() = simulator.school(i).AsMember(simulator.address());
        const auto response = testing::Call<AggregationService>(
            client, &AggregationService::Stub::RegisterMember, request);
        if (!response.ok()) std::printf("failed: %s\n", response.status().ToString().c_str());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// One PullAll.
void Pull(client::Client& client, const Simulator& simulator, int count, const char* what) {
  const int64_t bytes = simulator.bytes();
  const int64_t cosignatures = simulator.cosignatures();
  const double busy = simulator.busy_seconds();
  const double processor = ProcessSeconds();
  const double before = ResidentMegabytes();
  double most = before;
  const auto stub = AggregationService::NewStub(client.channel());
  grpc::ClientContext context;
  if (!client.Prepare(context, kLongest).ok()) return;
  aggregation::v1::PullAllRequest request;
  request.set_parent("units/district");
  const absl::Time start = absl::Now();
  const auto reader = stub->PullAll(&context, request);
  aggregation::v1::PullAllResponse response;
  int verified = 0;
  int unchanged = 0;
  int pulled = 0;
  while (reader->Read(&response)) {
    verified += response.member().state() == aggregation::v1::MEMBER_STATE_VERIFIED ? 1 : 0;
    unchanged += response.unchanged() ? 1 : 0;
    if (++pulled % 100 == 0) most = std::max(most, ResidentMegabytes());
  }
  const grpc::Status status = reader->Finish();
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  const double all = ProcessSeconds() - processor;
  if (!status.ok()) std::printf("failed: %s\n", status.error_message().c_str());
  const double per_member = 1e6 / count;
  std::printf(
      "  %5d members, %s: %.2f s, %.3f ms a member, %.0f pulls/s; processor time %.0f us a member, "
      "of it the schools' proofs %.0f us; %.0f bytes and %.1f cosignatures a member; resident %.0f "
      "MB before, %.0f MB at most; %d verified, %d unchanged\n",
      count, what, seconds, 1e3 * seconds / count, count / seconds, all * per_member,
      (simulator.busy_seconds() - busy) * per_member,
      static_cast<double>(simulator.bytes() - bytes) / count,
      static_cast<double>(simulator.cosignatures() - cosignatures) / count, before, most, verified,
      unchanged);
  std::fflush(stdout);
}

}  // namespace

void Tower() {
  for (const int count : {100, 1'000, 10'000}) {
    testing::TempFolder credentials;
    std::ofstream(absl::StrCat(credentials.path(), "/school.token")) << "a-token";
    config::v1::ServerConfig config;
    config.add_modules("aggregator");
    config.set_credentials_dir(credentials.path());
    config.mutable_limits()->set_pull_concurrency(kConcurrency);
    Simulator simulator(count);
    testing::TestServer server({aggregator::AggregatorModule()}, config);
    client::Client& client = server.As("operators/district", {"district_admin"});
    Register(server, client, simulator, count);
    Pull(client, simulator, count, "first    ");
    for (int round = 0; round < 2; ++round) {
      for (int i = 0; i < count; ++i) simulator.Change(i);
      Pull(client, simulator, count, "changed  ");
      Pull(client, simulator, count, "unchanged");
    }
  }
}

}  // namespace lianfang::bench
