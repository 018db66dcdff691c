// A risk service in a test, between a directory and a reviewing side that the test plays by writing
// their ledgers. The school `units/a`:
//   departments  affairs (head persons/head, leader in charge persons/vp), old (archived)
//   posts        buyer, clerk and head in affairs; principal (principal responsible); gone
//   (archived) persons      each holds the post of his name; vp and officer hold none leading
//   group: principal leads, vp is his deputy; officer directs its office
#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/rpc/service.h"
#include "common/testing/test_server.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/grading/v1/inspection.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "lianfang/reporting/v1/publicity.pb.h"
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
  // A power of affairs.
  v1::CreatePowerRequest NewPower(const std::string& id);
  // apply → check → pay, without marks.
  v1::CreateWorkflowRequest NewChart(const std::string& id, const std::string& power);

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

  // Hands in a form of 2026 of this owner, e.g. `departments/affairs`, or of the unit.
  absl::StatusOr<v1::Submission> HandIn(const std::string& who, v1::SubmissionKind kind,
                                        const std::string& owner, bool nil_return = false);
  // The same as the head of affairs, and has it approved.
  v1::Submission HandInAndApprove(v1::SubmissionKind kind, bool nil_return = false);

  // Records as the control office sees them, once what the played services wrote has arrived.
  v1::RiskPoint Point(const std::string& id);
  v1::Measure Measure(const std::string& id);
  v1::Power Power(const std::string& id);
  v1::Workflow Chart(const std::string& id);
  v1::Submission HandedIn(const std::string& name);

  // Decides on the form's present revision, or on the one with the given digest.
  template <class T>
  void Decide(const T& form, grading::v1::ReviewState state, const std::string& comment = "") {
    grading::v1::Review review;
    review.set_name(form.review());
    review.set_record(form.name());
    // Of other forms, their name says what they are.
    if (std::is_same_v<T, v1::SelfCheck>) {
      review.set_record_kind(grading::v1::RECORD_KIND_SELF_CHECK);
    }
    review.set_revision(form.revision());
    review.set_revision_digest(form.revision_digest());
    review.set_state(state);
    review.add_decisions()->set_comment("较早的意见");
    review.add_decisions()->set_comment(comment);
    PutReview(review);
  }
  void PutReview(const grading::v1::Review& review);
  void PutReport(const grading::v1::SelfInspectionReport& report);

  // Publishes these records, or withdraws their publication.
  void Publish(const std::vector<std::string>& subjects,
               reporting::v1::PublicationState state = reporting::v1::PUBLICATION_STATE_OPEN,
               const std::string& id = "p", int objections = 0);

  // Ledger position of what the played personnel wrote last.
  void PutPersonnel(const store::RecordKind& kind, const google::protobuf::Message& record) {
    personnel_at_.set_sequence(personnel_.Put(kind, record));
  }

  // Holds the post from 2020 on; to that day of May 2026, if one is given.
  void PutAppointment(const std::string& who, const std::string& post, int last_day = 0);

  PlayedService personnel_;
  PlayedService grading_;
  PlayedService risk_;
  PlayedService reporting_;
  std::unique_ptr<testing::TestServer> server_;
  common::v1::LedgerPosition personnel_at_;
  common::v1::LedgerPosition grading_at_;
  common::v1::LedgerPosition reporting_at_;

 private:
  // Asks for what is at least as fresh as what the played services wrote.
  template <class Request>
  void NotBefore(Request* request) {
    for (const auto* at : {&personnel_at_, &grading_at_, &reporting_at_}) {
      if (at->sequence() > 0) *request->add_not_before() = *at;
    }
  }
  template <class Req, class Resp>
  Resp Read(grpc::Status (v1::RiskService::Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
            const std::string& name) {
    Req request;
    request.set_name(name);
    NotBefore(&request);
    const auto response = Call(As("office"), method, request);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? *response : Resp();
  }
};

}  // namespace lianfang::risk
