// A personnel service in a test, with a reviewing side that the test plays by writing grading's
// ledger. The school `units/u`:
//   departments  affairs (head persons/head, leader in charge persons/vp)
//   posts        buyer and head in affairs; principal (principal responsible) and vp in none
//   persons      each holds the post of his name; clerk holds none
#pragma once

#include <string>
#include <vector>

#include "common/rpc/service.h"
#include "common/testing/test_server.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/personnel/v1/duty.grpc.pb.h"
#include "lianfang/personnel/v1/personnel.grpc.pb.h"

namespace lianfang::personnel {

using testing::FailsWith;
using testing::IsOk;

class DutyFixture : public ::testing::Test {
 protected:
  using Duties = v1::DutyService::Stub;
  using Directory = v1::PersonnelService::Stub;

  DutyFixture();

  // Clients by what they are: As("buyer") is a member of staff, As("head") a department head too,
  // As("vp"), As("principal"), As("office") the control office, As("admin") the administrator.
  client::Client& As(const std::string& who);

  template <class Req, class Resp>
  absl::StatusOr<Resp> Call(const std::string& who,
                            grpc::Status (Duties::*method)(grpc::ClientContext*, const Req&, Resp*),
                            const Req& request) {
    return testing::Call<v1::DutyService>(As(who), method, request);
  }
  template <class Req, class Resp>
  absl::StatusOr<Resp> Keep(grpc::Status (Directory::*method)(grpc::ClientContext*, const Req&,
                                                              Resp*),
                            Req request) {
    request.set_request_id(server_.RequestId());
    return testing::Call<v1::PersonnelService>(As("admin"), method, request);
  }

  // Requests that are in order; the test changes what it is about. The duty of a post has the id
  // `{post}-2026`.
  v1::CreatePostDutyRequest NewDuty(const std::string& post);

  absl::StatusOr<v1::PostDuty> Create(const std::string& who, const std::string& post);
  // A verb on a post's duty of 2026.
  template <class Req, class Resp>
  absl::StatusOr<v1::PostDuty> Do(const std::string& who,
                                  grpc::Status (Duties::*method)(grpc::ClientContext*, const Req&,
                                                                 Resp*),
                                  const std::string& post, const std::string& etag = "") {
    Req request;
    request.set_name(DutyName(post));
    request.set_etag(etag);
    request.set_request_id(server_.RequestId());
    LF_ASSIGN_OR_RETURN(const Resp response, Call(who, method, request));
    return response.post_duty();
  }
  absl::StatusOr<v1::PostDuty> Submit(const std::string& who, const std::string& post) {
    return Do(who, &Duties::SubmitPostDuty, post);
  }
  // A post's duty that is under review, or was approved.
  v1::PostDuty Submitted(const std::string& who, const std::string& post);
  v1::PostDuty Approved(const std::string& who, const std::string& post);

  static std::string DutyName(const std::string& post) {
    return "units/u/postDuties/" + post + "-2026";
  }
  // As it is once what grading's ledger holds has arrived.
  v1::PostDuty Duty(const std::string& post);

  // Decides on the duty's revision by an entry of grading's ledger.
  void Decide(const v1::PostDuty& duty, grading::v1::ReviewState state,
              const std::string& comment = "");
  void PutReview(const grading::v1::Review& review);
  grading::v1::Review ReviewOf(const v1::PostDuty& duty, grading::v1::ReviewState state);

  void Appoint(const std::string& person, const std::string& post);
  // The person is away on the server's today.
  void SendAway(const std::string& person);

  rpc::Service* grading_ = nullptr;
  common::v1::LedgerPosition grading_at_;
  testing::TestServer server_;
};

}  // namespace lianfang::personnel
