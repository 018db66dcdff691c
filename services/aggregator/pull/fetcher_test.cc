#include "services/aggregator/pull/fetcher.h"

#include <fstream>
#include <thread>

#include "common/crypto/random.h"
#include "common/status/error.h"
#include "common/testing/test_server.h"
#include "services/aggregator/testing/fake_member.h"

namespace lianfang::aggregator {
namespace {

using testing::FailsWith;
using testing::IsOk;

class FetcherTest : public ::testing::Test {
 protected:
  FetcherTest() {
    std::ofstream(folder_.path() + "/school.token") << "the-token\n";
    FakeSchool school("m");
    school.Work("one");
    school.Issue(Figures(1));
    member_ = school.AsMember(server_.address());
    server_.Serve(std::move(school));
  }
  std::unique_ptr<Fetcher> Make(absl::Duration timeout = absl::Seconds(20)) {
    return std::make_unique<Fetcher>(
        Fetcher::Options{.credentials_dir = folder_.path(), .timeout = timeout}, &random_);
  }

  testing::TempFolder folder_;
  crypto::DeterministicRandom random_{1};
  FakeServer server_{FakeSchool("m")};
  aggregation::v1::Member member_;
};

TEST_F(FetcherTest, CallsWithTheCredential) {
  const auto answer = Make()->Fetch(member_);
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->report().total().risk_point_count(), 1);
  EXPECT_EQ(server_.authorization(), "Bearer the-token");
}

TEST_F(FetcherTest, DoesNotCallWithoutOne) {
  member_.set_credential("other");
  EXPECT_THAT(Make()->Fetch(member_), FailsWith(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE));
  EXPECT_EQ(server_.calls(), 0);
}

TEST_F(FetcherTest, TriesAgainOnlyWhatMayHelp) {
  struct Row {
    int failures;
    grpc::StatusCode code;
    bool ok;
    int calls;
  };
  for (const Row& row : {Row{3, grpc::StatusCode::UNAVAILABLE, true, 4},
                         Row{4, grpc::StatusCode::UNAVAILABLE, false, 4},
                         Row{1, grpc::StatusCode::PERMISSION_DENIED, false, 1},
                         Row{1, grpc::StatusCode::UNKNOWN, false, 1}}) {
    const int before = server_.calls();
    server_.Fail(row.failures, row.code);
    EXPECT_EQ(Make()->Fetch(member_).ok(), row.ok) << row.code;
    EXPECT_EQ(server_.calls() - before, row.calls) << row.code;
    server_.Fail(0, grpc::StatusCode::OK);
  }
}

TEST_F(FetcherTest, DoesNotWaitForASlowMember) {
  server_.Hold();
  EXPECT_TRUE(absl::IsDeadlineExceeded(Make(absl::Milliseconds(100))->Fetch(member_).status()));
}

TEST_F(FetcherTest, StopEndsWhatRuns) {
  const auto fetcher = Make();
  server_.Hold();
  absl::Status status;
  std::thread running([&] { status = fetcher->Fetch(member_).status(); });
  server_.AwaitCalls(1);
  fetcher->Stop();
  running.join();
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
  EXPECT_TRUE(absl::IsCancelled(fetcher->Fetch(member_).status()));
  EXPECT_EQ(server_.calls(), 1);
}

TEST_F(FetcherTest, KeepsFewConnections) {
  Fetcher fetcher({.credentials_dir = folder_.path(), .channels = 1}, &random_);
  FakeServer other{FakeSchool("m")};
  FakeSchool school("m");
  school.Work("one");
  school.Issue(Figures(1));
  other.Serve(school);
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(fetcher.Fetch(member_), IsOk());
    EXPECT_THAT(fetcher.Fetch(school.AsMember(other.address())), IsOk());
  }
}

}  // namespace
}  // namespace lianfang::aggregator
