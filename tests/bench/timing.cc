#include "tests/bench/timing.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lianfang/personnel/v1/access.grpc.pb.h"
#include "lianfang/personnel/v1/personnel.grpc.pb.h"
#include "lianfang/risk/v1/risk.grpc.pb.h"
#include "services/grading/module.h"
#include "services/personnel/module.h"
#include "services/risk/module.h"
#include "tests/bench/school.h"

namespace lianfang::bench {
namespace {

using personnel::v1::AccessService;
using personnel::v1::PersonnelService;
using risk::v1::RiskService;

constexpr int kAccounts = 24;
constexpr int kRiskPoints = 50;
constexpr int kRoundsOfPoints = 40;

double MillisOf(const std::function<absl::Status()>& call, std::string* answer) {
  const absl::Time begin = absl::Now();
  const absl::Status status = call();
  const double millis = absl::ToDoubleMilliseconds(absl::Now() - begin);
  *answer = common::v1::ErrorReason_Name(ReasonOf(status));
  return millis;
}

// How often one of `first` took longer than one of `second`: 0.5 tells nothing.
double Longer(const std::vector<double>& first, std::vector<double> second) {
  std::sort(second.begin(), second.end());
  double pairs = 0;
  for (const double one : first) {
    pairs +=
        static_cast<double>(std::lower_bound(second.begin(), second.end(), one) - second.begin());
  }
  return pairs / static_cast<double>(first.size() * second.size());
}

struct Question {
  const char* what;
  std::function<absl::Status(int)> there;
  std::function<absl::Status(int)> not_there;
};

// In turn, so that what else the machine does falls on both.
void Compare(const Question& question, int times) {
  std::vector<double> there;
  std::vector<double> not_there;
  std::string first;
  std::string second;
  for (int i = 0; i < times; ++i) {
    there.push_back(MillisOf([&] { return question.there(i); }, &first));
    not_there.push_back(MillisOf([&] { return question.not_there(i); }, &second));
  }
  std::printf(
      "%s, %d of each: there %s p50 %.3f ms, not there %s p50 %.3f ms, ratio of medians %.3f; "
      "longer when there: %.2f of pairs (0.5 tells nothing)\n",
      question.what, times, first.c_str(), Median(there), second.c_str(), Median(not_there),
      Median(there) / Median(not_there), Longer(there, not_there));
}

void MakeAccounts(testing::TestServer& server) {
  auto& admin = server.As("operators/installation", {"administrator"});
  for (int i = 0; i < kAccounts; ++i) {
    personnel::v1::CreatePersonRequest person;
    person.set_parent("units/u0");
    person.set_person_id(absl::StrCat("known", i));
    person.mutable_person()->set_display_name("教师");
    person.set_request_id(server.RequestId());
    personnel::v1::CreateAccountRequest account;
    account.set_parent("units/u0");
    account.set_account_id(person.person_id());
    account.mutable_account()->set_kind(personnel::v1::ACCOUNT_KIND_PERSON);
    account.mutable_account()->set_person("units/u0/persons/" + person.person_id());
    account.set_first_password("first-pass-word");
    account.set_request_id(server.RequestId());
    const auto made =
        testing::Call<PersonnelService>(admin, &PersonnelService::Stub::CreatePerson, person);
    const auto opened =
        testing::Call<AccessService>(admin, &AccessService::Stub::CreateAccount, account);
    if (!made.ok() || !opened.ok()) {
      std::printf("failed: %s %s\n", made.status().ToString().c_str(),
                  opened.status().ToString().c_str());
    }
  }
}

}  // namespace

void Timing() {
  testing::TestServer server(
      {personnel::PersonnelModule(), risk::RiskModule(), grading::GradingModule()});
  MakeUnits(server, 1);
  MakeAccounts(server);
  auto& nobody = server.WithToken("");
  const auto sign_in = [&](const std::string& id) {
    // What was tried before must not count.
    server.clock().Advance(absl::Hours(1));
    personnel::v1::LoginRequest request;
    request.set_account("units/u0/accounts/" + id);
    request.set_password("not-the-password");
    return testing::Call<AccessService>(nobody, &AccessService::Stub::Login, request).status();
  };
  Compare(
      {"signing in with a wrong password", [&](int i) { return sign_in(absl::StrCat("known", i)); },
       [&](int i) { return sign_in(absl::StrCat("nobody", i)); }},
      kAccounts);

  auto& office = server.As("units/u0/persons/office", {"control_office"});
  for (int i = 0; i < kRiskPoints; ++i) {
    auto request = ARiskPoint("u0");
    request.set_risk_point_id(absl::StrCat("known", i));
    const auto made =
        testing::Call<RiskService>(office, &RiskService::Stub::CreateRiskPoint, request);
    if (!made.ok()) std::printf("failed: %s\n", made.status().ToString().c_str());
  }
  auto& staff = server.As("units/u0/persons/stranger", {"staff"});
  const auto read = [&](const std::string& id) {
    risk::v1::GetRiskPointRequest request;
    request.set_name("units/u0/riskPoints/" + id);
    return testing::Call<RiskService>(staff, &RiskService::Stub::GetRiskPoint, request).status();
  };
  Compare({"reading a risk point of others",
           [&](int i) { return read(absl::StrCat("known", i % kRiskPoints)); },
           [&](int i) { return read(absl::StrCat("none-", i % kRiskPoints)); }},
          kRiskPoints * kRoundsOfPoints);
}

}  // namespace lianfang::bench
