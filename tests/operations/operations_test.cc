// What an operator sees of a server: metrics over HTTP, the log of calls, and rules and runbook
// that speak of what there is.
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/obs/http_get.h"
#include "common/obs/log.h"
#include "common/obs/metric_table.h"
#include "common/obs/trace.h"
#include "common/rpc/read_pool.h"
#include "common/testing/test_server.h"
#include "common/testing/until.h"
#include "lianfang/grading/v1/grading.grpc.pb.h"
#include "lianfang/personnel/v1/personnel.grpc.pb.h"
#include "services/aggregator/module.h"
#include "services/grading/module.h"
#include "services/personnel/module.h"
#include "services/reporting/module.h"
#include "services/risk/module.h"

namespace lianfang {
namespace {

using grading::v1::GradePostRequest;
using grading::v1::GradePostResponse;
using grading::v1::GradingService;
using personnel::v1::PersonnelService;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;

constexpr char kTraceId[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kTraceparent[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

std::vector<server::ModuleSpec> AllModules() {
  return {personnel::PersonnelModule(), risk::RiskModule(), grading::GradingModule(),
          reporting::ReportingModule(), aggregator::AggregatorModule()};
}

config::v1::ServerConfig WithMetrics() {
  config::v1::ServerConfig config;
  config.set_metrics_listen("127.0.0.1:0");
  return config;
}

// What a server serves: values by name and labels as they stand in the text, and types by name.
struct Scrape {
  explicit Scrape(testing::TestServer& server)
      : text(obs::HttpGet(server.server().metrics_address(), "/metrics")) {
    for (absl::string_view line : absl::StrSplit(text, '\n')) {
      if (absl::ConsumePrefix(&line, "# TYPE ")) {
        const std::pair<std::string, std::string> words = absl::StrSplit(line, ' ');
        types.insert(words);
        continue;
      }
      const size_t space = line.rfind(' ');
      double value = 0;
      if (space == absl::string_view::npos || line[0] == '#' ||
          !absl::SimpleAtod(line.substr(space + 1), &value)) {
        continue;
      }
      values[std::string(line.substr(0, space))] = value;
    }
  }
  // -1: no such series.
  double operator[](const std::string& series) const {
    const auto it = values.find(series);
    return it == values.end() ? -1 : it->second;
  }

  std::string text;
  std::map<std::string, double> values;
  std::map<std::string, std::string> types;
};

class OperationsTest : public ::testing::Test {
 protected:
  static GradePostRequest Good() {
    GradePostRequest request;
    request.mutable_profile()->set_post("units/u/posts/p-1");
    request.mutable_profile()->add_functions(common::v1::POST_FUNCTION_FINANCE);
    return request;
  }
  absl::StatusOr<GradePostResponse> Grade(client::Client& client, const GradePostRequest& request) {
    return testing::Call<GradingService>(client, &GradingService::Stub::GradePost, request);
  }
  absl::Status CreateUnit(const std::string& id) {
    personnel::v1::CreateUnitRequest request;
    request.set_unit_id(id);
    request.set_request_id(server_.RequestId());
    request.mutable_unit()->set_display_name("示范小学");
    request.mutable_unit()->set_kind(personnel::v1::UNIT_KIND_SCHOOL);
    return testing::Call<PersonnelService>(admin_, &PersonnelService::Stub::CreateUnit, request)
        .status();
  }
  static std::string OfGradePost(const std::string& name, const std::string& more = "") {
    return absl::StrCat(name,
                        "{grpc_type=\"unary\",grpc_service=\"lianfang.grading.v1.GradingService\","
                        "grpc_method=\"GradePost\"",
                        more, "}");
  }
  static std::string Error(const std::string& reason) {
    return absl::StrCat(
        "lianfang_call_errors_total{grpc_service=\"lianfang.grading.v1.GradingService\",reason=\"",
        reason, "\"}");
  }

  testing::TestServer server_{AllModules(), WithMetrics()};
  client::Client& timetable_ = server_.As("integrations/timetable", {"integration"});
  client::Client& nobody_ = server_.As("units/u/persons/nobody", {"no_such_role"});
  client::Client& admin_ = server_.As("operators/admin", {"administrator"});
};

TEST_F(OperationsTest, CallsAreCountedByMethodCodeAndReason) {
  const Scrape before(server_);
  EXPECT_EQ(before[Error("PERMISSION_DENIED")], 0) << "a rate needs the zero";
  EXPECT_EQ(before[OfGradePost("grpc_server_handled_total", ",grpc_code=\"OK\"")], -1);
  for (int i = 0; i < 3; ++i) ASSERT_THAT(Grade(timetable_, Good()), IsOk());
  EXPECT_THAT(Grade(nobody_, Good()), FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(Grade(timetable_, {}), FailsWith(common::v1::ERROR_REASON_REQUIRED_FIELD));
  EXPECT_THAT(Grade(server_.WithToken(""), Good()),
              FailsWith(common::v1::ERROR_REASON_TOKEN_MISSING));

  const Scrape now(server_);
  const auto handled = [&](const std::string& code) {
    return now[OfGradePost("grpc_server_handled_total", absl::StrCat(",grpc_code=\"", code, "\""))];
  };
  EXPECT_EQ(handled("OK"), 3);
  EXPECT_EQ(handled("PERMISSION_DENIED"), 1);
  EXPECT_EQ(handled("INVALID_ARGUMENT"), 1);
  EXPECT_EQ(handled("UNAUTHENTICATED"), 1);
  EXPECT_EQ(now[OfGradePost("grpc_server_started_total")], 6);
  EXPECT_EQ(now[OfGradePost("grpc_server_handling_seconds_count")], 6);
  EXPECT_GT(now[OfGradePost("grpc_server_handling_seconds_sum")], 0);
  EXPECT_LT(now[OfGradePost("grpc_server_handling_seconds_sum")], 60);
  EXPECT_EQ(now[Error("PERMISSION_DENIED")], 1);
  EXPECT_EQ(now[Error("REQUIRED_FIELD")], 1);
  EXPECT_EQ(now[Error("TOKEN_MISSING")], 1);
  EXPECT_EQ(now["lianfang_calls_running{grpc_service=\"lianfang.grading.v1.GradingService\"}"], 0);
}

TEST_F(OperationsTest, StreamsAreCountedAsWhatTheyAre) {
  const auto stub = GradingService::NewStub(timetable_.channel());
  grpc::ClientContext context;
  ASSERT_THAT(timetable_.Prepare(context, absl::Seconds(30)), IsOk());
  const auto stream = stub->StreamGradePosts(&context);
  grading::v1::StreamGradePostsRequest request;
  *request.mutable_profile() = Good().profile();
  ASSERT_TRUE(stream->Write(request));
  grading::v1::StreamGradePostsResponse response;
  ASSERT_TRUE(stream->Read(&response));
  const std::string running =
      "lianfang_calls_running{grpc_service=\"lianfang.grading.v1.GradingService\"}";
  EXPECT_EQ(Scrape(server_)[running], 1);
  stream->WritesDone();
  ASSERT_TRUE(stream->Finish().ok());
  const Scrape now(server_);
  EXPECT_EQ(now[running], 0);
  EXPECT_EQ(now["grpc_server_handled_total{grpc_type=\"bidi_stream\",grpc_service=\"lianfang."
                "grading.v1.GradingService\",grpc_method=\"StreamGradePosts\",grpc_code=\"OK\"}"],
            1);
}

TEST_F(OperationsTest, WhatTheDatabasesHoldIsToldWhenItIsAskedFor) {
  EXPECT_EQ(Scrape(server_)["lianfang_ledger_entries{service=\"personnel\"}"], 0);
  ASSERT_THAT(CreateUnit("first"), IsOk());
  ASSERT_THAT(CreateUnit("second"), IsOk());
  const Scrape now(server_);
  EXPECT_EQ(now["lianfang_ledger_entries{service=\"personnel\"}"], 2);
  EXPECT_EQ(now["lianfang_ledger_units{service=\"personnel\"}"], 2);
  EXPECT_GT(now["lianfang_data_free_bytes"], 0);
  EXPECT_EQ(now["lianfang_read_queue_capacity{pool=\"read\"}"], 1024);
  // The suite's own services read too, at any time.
  EXPECT_TRUE(testing::Until(
      [&] { return Scrape(server_)["lianfang_read_queue_depth{pool=\"read\"}"] == 0; }));
  EXPECT_NEAR(now["lianfang_clock_timestamp_seconds"],
              absl::ToDoubleSeconds(server_.clock().Now() - absl::UnixEpoch()), 0.5);
}

TEST_F(OperationsTest, TransactionsAndTheirChangesAreCounted) {
  const std::string committed =
      "lianfang_transactions_total{service=\"personnel\",outcome=\"committed\"}";
  const std::string changes = "lianfang_transaction_changes_sum{service=\"personnel\"}";
  const Scrape before(server_);
  ASSERT_THAT(CreateUnit("first"), IsOk());
  ASSERT_THAT(CreateUnit("second"), IsOk());
  EXPECT_FALSE(CreateUnit("second").ok());
  const Scrape now(server_);
  EXPECT_EQ(now[changes] - before[changes], 3) << "a change that is refused was tried, too";
  EXPECT_GT(now[committed], before[committed]);
  EXPECT_LE(now[committed] - before[committed], 3);
  EXPECT_EQ(now["lianfang_transactions_total{service=\"personnel\",outcome=\"failed\"}"], 0);
}

TEST_F(OperationsTest, NobodysNameIsAmongTheMetrics) {
  ASSERT_THAT(CreateUnit("zhixing"), IsOk());
  EXPECT_THAT(Grade(nobody_, Good()), Not(IsOk()));
  const Scrape now(server_);
  EXPECT_THAT(now.text, Not(HasSubstr("units/")));
  EXPECT_THAT(now.text, Not(HasSubstr("zhixing")));
  EXPECT_THAT(now.text, Not(HasSubstr("nobody")));
  EXPECT_THAT(now.text, Not(HasSubstr("示范")));
}

TEST_F(OperationsTest, ServersOfOneProcessCountApart) {
  testing::TestServer other(AllModules(), WithMetrics());
  ASSERT_THAT(Grade(timetable_, Good()), IsOk());
  EXPECT_EQ(Scrape(server_)[OfGradePost("grpc_server_started_total")], 1);
  EXPECT_EQ(Scrape(other)[OfGradePost("grpc_server_started_total")], -1);
}

TEST_F(OperationsTest, MetricsAreServedOnlyWhenTheyAreWanted) {
  testing::TestServer without(AllModules());
  EXPECT_EQ(without.server().metrics_address(), "");

  testing::TempFolder folder;
  config::v1::ServerConfig busy;
  busy.set_listen("127.0.0.1:0");
  busy.set_data_dir(folder.path());
  busy.mutable_storage()->mutable_sqlite();
  busy.set_metrics_listen(server_.server().metrics_address());
  const auto started = server::Server::Start(busy, AllModules());
  EXPECT_THAT(started, FailsWith(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE));
  EXPECT_THAT(started.status().message(), HasSubstr("metrics_listen"));
}

TEST_F(OperationsTest, ACallIsALineOfTheLogWithItsTraceAndWithoutItsData) {
  obs::SetLevel(obs::Level::kInfo);
  ::testing::internal::CaptureStderr();
  const auto stub = GradingService::NewStub(timetable_.channel());
  grpc::ClientContext context;
  ASSERT_THAT(timetable_.Prepare(context, absl::Seconds(20)), IsOk());
  context.AddMetadata("traceparent", kTraceparent);
  GradePostResponse response;
  EXPECT_TRUE(stub->GradePost(&context, Good(), &response).ok());
  EXPECT_THAT(Grade(nobody_, Good()), Not(IsOk()));
  const std::string log = ::testing::internal::GetCapturedStderr();
  obs::SetLevel(obs::Level::kWarning);

  std::vector<std::string> calls;
  for (const absl::string_view line : absl::StrSplit(log, '\n')) {
    if (line.find("GradePost") != absl::string_view::npos) calls.emplace_back(line);
  }
  ASSERT_EQ(calls.size(), 2U) << log;
  EXPECT_THAT(calls[0], HasSubstr(R"("level":"info","event":"call",)"
                                  R"("method":"lianfang.grading.v1.GradingService/GradePost",)"
                                  R"("code":"OK","reason":"","milliseconds":")"));
  EXPECT_THAT(calls[0], HasSubstr(absl::StrCat("\"trace\":\"", kTraceId, "\"}")));
  EXPECT_THAT(calls[1], HasSubstr(R"("code":"PERMISSION_DENIED","reason":"PERMISSION_DENIED")"));
  EXPECT_TRUE(std::regex_search(calls[1], std::regex(R"("trace":"[0-9a-f]{32}"\}$)"))) << calls[1];
  EXPECT_THAT(calls[1], Not(HasSubstr(kTraceId)));
  for (const std::string& call : calls) {
    EXPECT_THAT(call, Not(HasSubstr("units/")));
    EXPECT_THAT(call, Not(HasSubstr("nobody")));
    EXPECT_THAT(call, Not(HasSubstr("timetable")));
  }
}

TEST_F(OperationsTest, AClientSendsTheTraceThatItsThreadWorksFor) {
  obs::SetLevel(obs::Level::kInfo);
  ::testing::internal::CaptureStderr();
  {
    const obs::ScopedTrace scope(*obs::ParseTraceparent(kTraceparent));
    // Read and written in other threads than the one that takes the call.
    EXPECT_THAT(CreateUnit("traced"), IsOk());
    personnel::v1::GetUnitRequest request;
    request.set_name("units/traced");
    EXPECT_THAT(testing::Call<PersonnelService>(admin_, &PersonnelService::Stub::GetUnit, request),
                IsOk());
  }
  const std::string log = ::testing::internal::GetCapturedStderr();
  obs::SetLevel(obs::Level::kWarning);
  for (const char* method : {"PersonnelService/CreateUnit", "PersonnelService/GetUnit"}) {
    EXPECT_TRUE(std::regex_search(
        log, std::regex(absl::StrCat(method, "\"[^\n]*\"trace\":\"", kTraceId, "\"\\}"))))
        << log;
  }
}

TEST(ReadPoolTest, WorksForTheCallOfWhoeverHandedTheJobIn) {
  obs::Metrics metrics;
  rpc::ReadPool pool({.threads = 1, .queue = 1, .metrics = &metrics, .name = "read"});
  std::mutex mutex;
  std::unique_lock hold(mutex);
  std::vector<uint64_t> seen;
  {
    const obs::ScopedTrace scope({.high = 7, .low = 7, .span = 7});
    pool.Submit("", absl::InfiniteFuture(), [&](const absl::Status&) {
      const std::lock_guard lock(mutex);
      seen.push_back(obs::CurrentTrace().high);
    });
  }
  obs::Gauge* depth = metrics.GetGauge(obs::kReadQueueDepth, {"read"});
  while (depth->value() != 0) std::this_thread::yield();
  // The only thread waits in the first job; one job may wait, the next is refused.
  pool.Submit("", absl::InfiniteFuture(), [&](const absl::Status&) {
    const std::lock_guard lock(mutex);
    seen.push_back(obs::CurrentTrace().high);
  });
  EXPECT_EQ(depth->value(), 1);
  absl::Status refused;
  pool.Submit("", absl::InfiniteFuture(), [&](const absl::Status& status) { refused = status; });
  EXPECT_THAT(refused, FailsWith(common::v1::ERROR_REASON_OVERLOADED));
  EXPECT_EQ(metrics.GetCounter(obs::kReadsRefused, {"read"})->value(), 1);
  hold.unlock();
  pool.Stop();
  EXPECT_THAT(seen, ::testing::ElementsAre(7, 0));
  EXPECT_EQ(depth->value(), 0);
}

std::string FileText(const std::string& path) {
  std::ifstream file(absl::StrCat(LIANFANG_SOURCE_DIR, "/deploy/operations/", path));
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST_F(OperationsTest, RulesAndRunbooksNameOnlyMetricsThatAreServed) {
  const Scrape now(server_);
  std::map<std::string, const obs::Metric*> known;
  for (const obs::Metric* metric : obs::AllMetrics()) {
    known[metric->name] = metric;
    EXPECT_TRUE(now.types.contains(metric->name)) << metric->name << " is not served";
  }
  const std::regex name(R"((lianfang|grpc_server|process)_[a-z_]*[a-z])");
  // With what stands in the braces after it, if anything.
  const std::regex selector(R"(((lianfang|grpc_server|process)_[a-z_]*[a-z])\{([^}]*)\})");
  const std::regex label(R"(([a-z_]+)\s*(=|!=|=~|!~)\s*")");
  const std::set<std::string> of_the_scrape = {"job", "instance", "le"};
  const auto metric_of = [&](const std::string& word) -> const obs::Metric* {
    for (const char* suffix : {"", "_bucket", "_sum", "_count"}) {
      std::string base = word;
      if (!absl::EndsWith(base, suffix)) continue;
      base.resize(base.size() - std::string(suffix).size());
      if (const auto it = known.find(base); it != known.end()) return it->second;
    }
    return nullptr;
  };
  for (const char* file : {"alerts.yml", "alerts_test.yml", "runbook.md", "runbook.zh-CN.md"}) {
    const std::string text = FileText(file);
    int found = 0;
    for (std::sregex_iterator it(text.begin(), text.end(), name); it != std::sregex_iterator();
         ++it) {
      EXPECT_NE(metric_of(it->str()), nullptr) << file << ": " << it->str();
      ++found;
    }
    EXPECT_GT(found, 10) << file;
    for (std::sregex_iterator it(text.begin(), text.end(), selector); it != std::sregex_iterator();
         ++it) {
      const obs::Metric* metric = metric_of((*it)[1]);
      if (metric == nullptr) continue;
      const std::set<std::string> labels(metric->labels.begin(), metric->labels.end());
      const std::string inside = (*it)[3];
      for (std::sregex_iterator l(inside.begin(), inside.end(), label); l != std::sregex_iterator();
           ++l) {
        EXPECT_TRUE(labels.contains((*l)[1]) || of_the_scrape.contains((*l)[1]))
            << file << ": " << it->str();
      }
    }
  }
}

}  // namespace
}  // namespace lianfang
