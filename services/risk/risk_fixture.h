// A risk service in a test, between a directory and a reviewing side that the test plays by writing
// their ledgers. The school `units/a`:
//   departments  affairs (head persons/head, leader in charge persons/vp), old (archived)
//   posts        buyer, clerk and head in affairs; principal (principal responsible); gone
//   (archived) persons      each holds the post of his name; vp holds none
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/rpc/service.h"
#include "common/testing/test_server.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "lianfang/risk/v1/risk.grpc.pb.h"

namespace lianfang::risk {

using testing::FailsWith;
using testing::IsOk;

// A service without an API of its own: the test writes its ledger.
class PlayedService {
 public:
  explicit PlayedService(server::ModuleSpec spec) : spec_(std::move(spec)) {}
  // The module, which tells this object where its service is.
  server::ModuleSpec Module();
  // Writes a record as one entry; returns the entry's number.
  int64_t Put(const store::RecordKind& kind, const google::protobuf::Message& record,
              const std::string& unit_id = "a");
  const std::string& name() const { return spec_.name; }

 private:
  server::ModuleSpec spec_;
  rpc::Service* host_ = nullptr;
};

class RiskFixture : public ::testing::Test {
 protected:
  RiskFixture();

  // Clients by role names of the directory: As("buyer") is a member of staff, As("head") a
  // department head too, As("principal") the principal; As("office") the control office.
  client::Client& As(const std::string& who);

  template <class Req, class Resp>
  absl::StatusOr<Resp> Call(client::Client& client,
                            grpc::Status (v1::RiskService::Stub::*method)(grpc::ClientContext*,
                                                                          const Req&, Resp*),
                            const Req& request) {
    return testing::Call<v1::RiskService>(client, method, request);
  }

  // Requests that are in order; the test changes what it is about.
  v1::CreateSelfCheckRequest NewForm(const std::string& who, const std::string& id,
                                     int findings = 2);
  v1::CreateRiskPointRequest NewPoint(const std::string& id);
  v1::CreateMeasureRequest NewMeasure(const std::string& id, const std::string& point);

  absl::StatusOr<v1::SelfCheck> Create(const std::string& who, const std::string& id,
                                       int findings = 2);
  absl::StatusOr<v1::SelfCheck> Submit(const std::string& who, const std::string& id);
  absl::StatusOr<v1::SelfCheck> Withdraw(const std::string& who, const std::string& id);
  // As the principal sees it, once what the played services wrote so far has arrived.
  v1::SelfCheck Form(const std::string& id);
  // All points of the unit, archived ones too, likewise.
  std::vector<v1::RiskPoint> Points();

  // Waits until what the played services wrote so far has arrived. A service never waits for news
  // that would only make it refuse, so a test that expects a refusal does.
  void AwaitArrival() { Points(); }

  // Decides on the form's present revision, or on the one with the given digest.
  void Decide(const v1::SelfCheck& form, grading::v1::ReviewState state,
              const std::string& comment = "");

  // Holds the post from 2020 on; to that day of May 2026, if one is given.
  void PutAppointment(const std::string& who, const std::string& post, int last_day = 0);

  PlayedService personnel_;
  PlayedService grading_;
  PlayedService risk_;
  std::unique_ptr<testing::TestServer> server_;
  common::v1::LedgerPosition personnel_at_;
  common::v1::LedgerPosition grading_at_;
};

}  // namespace lianfang::risk
