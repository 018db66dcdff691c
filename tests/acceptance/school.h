// A school that goes through the scheme's year: all five services in one server, a directory, a
// client for whoever acts, and the chains that most tests need before they come to the point.
//
// `units/school`, the campaign of 2013. Who holds a post has its name, except the two teachers:
//   leadership    secretary and principal (校主要负责人, 正职), vp-teaching, vp-logistics
//   party-office  (secretary in charge)     party-office-head, office-clerk
//   teaching      (vp-teaching in charge)   teaching-head, registrar, teacher (teacher-a,
//   teacher-b) moral         (vp-teaching in charge)   moral-head, counsellor supply (vp-logistics
//   in charge)  supply-head, buyer, storekeeper finance       (vp-logistics in charge)
//   finance-head, cashier
// Levels by the scheme's rule: low teacher, counsellor, office-clerk; medium registrar, moral-head,
// storekeeper, party-office-head; high all others.
// Leading group: secretary and principal lead, the vice principals are deputies, the heads members;
// party-office-head directs its office (防控办), office-clerk is a member of that.
#pragma once

#include <concepts>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/testing/test_server.h"
#include "lianfang/grading/v1/grading.grpc.pb.h"
#include "lianfang/grading/v1/inspection.grpc.pb.h"
#include "lianfang/grading/v1/responsibility.grpc.pb.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"
#include "lianfang/personnel/v1/duty.grpc.pb.h"
#include "lianfang/personnel/v1/personnel.grpc.pb.h"
#include "lianfang/reporting/v1/campaign.grpc.pb.h"
#include "lianfang/reporting/v1/publicity.grpc.pb.h"
#include "lianfang/reporting/v1/reporting.grpc.pb.h"
#include "lianfang/reporting/v1/warning.grpc.pb.h"
#include "lianfang/risk/v1/risk.grpc.pb.h"

namespace lianfang::acceptance {

using testing::FailsWith;
using testing::IsOk;

using PersonnelStub = personnel::v1::PersonnelService::Stub;
using DutyStub = personnel::v1::DutyService::Stub;
using RiskStub = risk::v1::RiskService::Stub;
using GradingStub = grading::v1::GradingService::Stub;
using ReviewStub = grading::v1::ReviewService::Stub;
using ResponsibilityStub = grading::v1::ResponsibilityService::Stub;
using InspectionStub = grading::v1::InspectionService::Stub;
using ReportingStub = reporting::v1::ReportingService::Stub;
using CampaignStub = reporting::v1::CampaignService::Stub;
using PublicityStub = reporting::v1::PublicityService::Stub;
using WarningStub = reporting::v1::WarningService::Stub;
using LedgerStub = ledger::v1::LedgerService::Stub;

// Year of the campaign: the scheme's own.
inline constexpr int kYear = 2013;

inline constexpr char kUnit[] = "units/school";

// Resource names of the school, by id.
inline std::string Named(const char* collection, const std::string& id) {
  return absl::StrCat(kUnit, "/", collection, "/", id);
}
inline std::string Person(const std::string& id) { return Named("persons", id); }
inline std::string Post(const std::string& id) { return Named("posts", id); }
inline std::string Department(const std::string& id) { return Named("departments", id); }

// Where a test called from: clang-tidy 14 does not know std::source_location.
struct CallSite {
  const char* file;
  int line;
  static constexpr CallSite Here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }
};

// What is there. A failure ends the test: nothing after it would mean anything.
template <class T>
T Must(absl::StatusOr<T> result, CallSite at = CallSite::Here()) {
  if (!result.ok()) {
    throw std::runtime_error(absl::StrCat(at.file, ":", at.line, ": ", result.status().ToString()));
  }
  return *std::move(result);
}

class School : public ::testing::Test {
 protected:
  // The clock stands at 1 March of the campaign's year.
  School();

  // Sets the clock to 08:00 of that day of the campaign's year, by the school's time, or to another
  // hour; or to a day of another year.
  void On(int month, int day, int hour = 8) { OnDay(kYear, month, day, hour); }
  void OnDay(int year, int month, int day, int hour = 8);

  // ---- who acts ----

  // A person of the school, with all roles that he has.
  client::Client& As(const std::string& person);
  client::Client& secretary() { return As("secretary"); }
  client::Client& principal() { return As("principal"); }
  // Director of the control office (校防控办), with that role and no other.
  client::Client& office();
  // Leader in charge of a department.
  client::Client& leader_of(const std::string& department);
  client::Client& head(const std::string& department) { return As(department + "-head"); }
  client::Client& staff(const std::string& person) { return As(person); }
  // 分管厅领导 and 厅防控办: identities of the superior, not persons of the school.
  client::Client& superior_leader() { return With("superiors/leader", {"superior_leader"}); }
  client::Client& superior_office() { return With("superiors/office", {"superior_office"}); }
  client::Client& administrator() { return With("services/administrator", {"administrator"}); }
  client::Client& auditor() { return With("services/auditor", {"auditor"}); }
  // The way in for people without an identity of their own.
  client::Client& feedback_box() { return With("services/feedback-box", {"feedback_box"}); }
  // Any identity with these roles.
  client::Client& With(const std::string& subject, const std::vector<std::string>& roles);

  // ---- calls ----

  // Calls a method once everything that was done before has reached every service. Fills in what a
  // test has nothing to say about: `request_id`, and the unit as `parent`.
  //   Call(head("supply"), &RiskStub::CreatePower, request)
  template <class Stub, class Req, class Resp>
  absl::StatusOr<Resp> Call(client::Client& client,
                            grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                            Req request) {
    if constexpr (requires { request.set_request_id(std::string()); }) {
      if (request.request_id().empty()) request.set_request_id(server_->RequestId());
    }
    if constexpr (requires { request.set_parent(std::string()); }) {
      if (request.parent().empty()) request.set_parent(kUnit);
    }
    if (unsettled_) Settle();
    absl::StatusOr<Resp> response = Once(client, method, request);
    if constexpr (requires(Resp resp) { resp.position(); }) unsettled_ = true;
    return response;
  }

  // A method whose request says only which record: Do(client, &RiskStub::ArchivePower, name); and
  // reading it, as the auditor: Get(&RiskStub::GetPower, name).
  template <class Stub, class Req, class Resp>
  absl::StatusOr<Resp> Do(client::Client& client,
                          grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                          const std::string& name) {
    Req request;
    request.set_name(name);
    return Call(client, method, request);
  }
  template <class Stub, class Req, class Resp>
  Resp Get(grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
           const std::string& name, CallSite at = CallSite::Here()) {
    return Must(Do(auditor(), method, name), at);
  }

  // ---- reviews ----

  grading::v1::Review ReviewNamed(const std::string& name);
  // Decides on the revision that is under review now.
  absl::StatusOr<grading::v1::Review> Decide(client::Client& client, const std::string& review,
                                             grading::v1::Decision decision,
                                             const std::string& comment = "");
  absl::StatusOr<grading::v1::Review> Approve(client::Client& client, const std::string& review) {
    return Decide(client, review, grading::v1::DECISION_APPROVE);
  }
  absl::StatusOr<grading::v1::Review> Return(client::Client& client, const std::string& review,
                                             const std::string& comment) {
    return Decide(client, review, grading::v1::DECISION_RETURN, comment);
  }
  // Has whoever the steps wait for approve them, all of them or one; in a joint review all agree.
  grading::v1::Review ApproveSteps(const std::string& review, int steps = 100);
  // Names of the records whose reviews wait for the caller.
  std::vector<std::string> Inbox(client::Client& client);

  // ---- R-1 岗位职责 ----

  // Whoever writes the duty of a post: the head of its department, or its holder.
  client::Client& WriterOf(const std::string& post);
  personnel::v1::CreatePostDutyRequest NewDuty(const std::string& post);
  // Written and handed in; and taken through its review. Its id is the post's.
  personnel::v1::PostDuty HandInDuty(const std::string& post);
  personnel::v1::PostDuty ApproveDuty(const std::string& post);
  personnel::v1::PostDuty DutyOf(const std::string& post);
  // Of all posts.
  void ApproveAllDuties();

  // ---- R-2 《个人廉政风险自查表》 ----

  // A form with two findings; its id is `sc-` and the person's.
  risk::v1::CreateSelfCheckRequest NewSelfCheck(const std::string& person);
  risk::v1::SelfCheck HandInSelfCheck(const std::string& person);
  risk::v1::SelfCheck ApproveSelfCheck(const std::string& person);
  risk::v1::SelfCheck SelfCheckOf(const std::string& person);
  void ApproveAllSelfChecks();

  // ---- measures: records and the forms with which they are handed in ----

  // A draft of a point of a department (by its head) or, without one, of the unit (by the office);
  // of a power, if one is named.
  risk::v1::CreateRiskPointRequest NewRiskPoint(const std::string& id,
                                                const std::string& department,
                                                const std::string& power = "");
  risk::v1::RiskPoint DraftRiskPoint(const std::string& id, const std::string& department,
                                     const std::string& power = "");
  risk::v1::CreatePowerRequest NewPower(const std::string& id, const std::string& department);
  risk::v1::Power DraftPower(const std::string& id, const std::string& department);
  // Chart `id` of the power of the same id: apply → check → pay, these points marked on `check`.
  risk::v1::CreateWorkflowRequest NewChart(const std::string& id, const std::string& department,
                                           const std::vector<std::string>& risk_points = {});
  risk::v1::Workflow DraftChart(const std::string& id, const std::string& department,
                                const std::vector<std::string>& risk_points = {});
  // A measure against a point, for which a post answers.
  risk::v1::CreateMeasureRequest NewMeasure(const std::string& id, const std::string& risk_point,
                                            const std::string& responsible_post);
  // Hands in what is drafted: `owner` is a resource name.
  absl::StatusOr<risk::v1::Submission> HandIn(client::Client& client, risk::v1::SubmissionKind kind,
                                              const std::string& owner, bool nil_return = false);
  // And has all steps of its review approve it.
  risk::v1::Submission HandInAndApprove(client::Client& client, risk::v1::SubmissionKind kind,
                                        const std::string& owner, bool nil_return = false);
  // Points of an owner (a resource name) in the campaign's year, archived ones left out.
  std::vector<risk::v1::RiskPoint> PointsOf(const std::string& owner);

  // ---- R-6 岗位风险等级 ----

  absl::StatusOr<grading::v1::ProposeGradesResponse> ProposeGrades();
  grading::v1::Grade GradeOf(const std::string& post);
  // Takes the proposed grade through both reviews.
  grading::v1::Grade ConfirmGrade(const std::string& post);
  // Self-checks of all, grades proposed and confirmed.
  void ConfirmAllGrades();

  // ---- the year ----

  // The pieces of a task of the campaign, e.g. `self-checks`, as the office sees them; and the one
  // of a subject (a post, a department, the unit) or, where several have the same, of a person.
  std::vector<reporting::v1::CampaignTaskItem> Pieces(const std::string& task);
  reporting::v1::CampaignTaskItem Piece(const std::string& task, const std::string& of);
  reporting::v1::CreatePublicationRequest NewPublication(reporting::v1::PublicationKind kind,
                                                         const std::vector<std::string>& subjects,
                                                         common::v1::PublicityScope scope);

  testing::TestServer& server() { return *server_; }
  // Ids of all persons and of all posts.
  const std::vector<std::string>& persons() const { return persons_; }
  const std::vector<std::string>& posts() const { return posts_; }

 private:
  template <class Stub, class Req, class Resp>
  absl::StatusOr<Resp> Once(client::Client& client,
                            grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                            const Req& request) {
    Stub stub(client.channel());
    return client.Call(stub, method, request, {.timeout = absl::Seconds(20), .attempts = 1});
  }
  // Waits until each service has followed the others as far as they are.
  void Settle();
  int64_t HeadOf(const std::string& service);
  void ImportDirectory();

  std::unique_ptr<testing::TestServer> server_;
  std::map<std::string, client::Client*> clients_;  // by subject and roles
  bool unsettled_ = false;
  std::vector<std::string> persons_;
  std::vector<std::string> posts_;
};

}  // namespace lianfang::acceptance
