// Plays a sample year through the public API, each role with its own token.
//
// Every stage looks first and does only what is not there yet, so that a run that was broken off is
// continued by the next one, and a run after a complete one changes nothing. What somebody else has
// entered meanwhile is left alone.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "lianfang/config/v1/sample.pb.h"
#include "lianfang/grading/v1/grading.grpc.pb.h"
#include "lianfang/grading/v1/inspection.grpc.pb.h"
#include "lianfang/grading/v1/responsibility.grpc.pb.h"
#include "lianfang/personnel/v1/duty.grpc.pb.h"
#include "lianfang/personnel/v1/personnel.grpc.pb.h"
#include "lianfang/reporting/v1/campaign.grpc.pb.h"
#include "lianfang/reporting/v1/publicity.grpc.pb.h"
#include "lianfang/reporting/v1/reporting.grpc.pb.h"
#include "lianfang/reporting/v1/warning.grpc.pb.h"
#include "lianfang/risk/v1/risk.grpc.pb.h"
#include "services/cli/core/pages.h"
#include "services/cli/core/session.h"
#include "services/cli/play/actors.h"
#include "services/cli/play/parallel.h"
#include "services/cli/play/positions.h"
#include "services/cli/play/sample.h"

namespace lianfang::cli {

// How a stage went.
struct StageResult {
  int64_t done = 0;   // made or decided now
  int64_t found = 0;  // was there before
};

struct StageRecord {
  const char* title_zh;
  const char* title_en;
  StageResult result;
  absl::Duration time;
};

// The progress of one stage, which knows how much there is to do only once it has looked.
class StageProgress {
 public:
  StageProgress(const Session* session, Text title) : session_(session), title_(title) {}

  // There are `total` pieces to do. Called once, before Advance.
  void Start(int64_t total);
  void Advance(int64_t n = 1);
  void Finish(absl::string_view summary);

 private:
  const Session* session_;
  Text title_;
  std::unique_ptr<Progress> progress_;
};

class Player {
 public:
  // By name of the service; the player calls these four.
  using Channels = std::map<std::string, std::shared_ptr<grpc::Channel>, std::less<>>;
  static constexpr const char* kServices[] = {"personnel", "risk", "grading", "reporting"};
  // `session` and `sample` must outlive the player.
  Player(const Session* session, const Sample* sample, std::shared_ptr<const TokenMint> mint,
         int concurrency, Channels channels);

  absl::Status Play();

  const std::vector<StageRecord>& stages() const { return stages_; }
  const Positions& positions() const { return positions_; }
  Actors& actors() { return actors_; }
  const std::string& unit_id() const { return sample_.year.unit_id(); }
  const std::string& unit() const { return unit_; }

 private:
  // Runs a stage with its progress and its time.
  template <class Work>
  absl::Status Stage(Text title, Work work);

  // player_directory.cc
  absl::StatusOr<StageResult> MakeUnit(StageProgress& progress);
  absl::StatusOr<StageResult> ImportSample(StageProgress& progress);
  // player_forms.cc
  absl::StatusOr<StageResult> SubmitForms(StageProgress& progress);
  absl::StatusOr<StageResult> ReviewForms(StageProgress& progress);
  absl::StatusOr<StageResult> CorrectForms(StageProgress& progress);
  // player_duties.cc
  absl::StatusOr<StageResult> WriteDuties(StageProgress& progress);
  absl::StatusOr<StageResult> ReviewDuties(StageProgress& progress);
  absl::StatusOr<StageResult> CompileDuties(StageProgress& progress);
  // player_powers.cc
  absl::StatusOr<StageResult> EnterPowers(StageProgress& progress);
  absl::StatusOr<StageResult> DrawCharts(StageProgress& progress);
  absl::StatusOr<StageResult> CompileVolumes(StageProgress& progress);
  // player_risks.cc
  absl::StatusOr<StageResult> EnterRisks(StageProgress& progress);
  absl::StatusOr<StageResult> ProposeMeasures(StageProgress& progress);
  absl::StatusOr<StageResult> AssessMeasures(StageProgress& progress);
  // player_submissions.cc
  absl::StatusOr<StageResult> HandInRisks(StageProgress& progress);
  absl::StatusOr<StageResult> HandInPowers(StageProgress& progress);
  absl::StatusOr<StageResult> HandInCharts(StageProgress& progress);
  absl::StatusOr<StageResult> HandInMeasures(StageProgress& progress);
  absl::StatusOr<StageResult> ReviewRisks(StageProgress& progress);
  absl::StatusOr<StageResult> ReviewPowers(StageProgress& progress);
  absl::StatusOr<StageResult> ReviewCharts(StageProgress& progress);
  absl::StatusOr<StageResult> ReviewMeasures(StageProgress& progress);
  // player_grades.cc
  absl::StatusOr<StageResult> ProposeGrades(StageProgress& progress);
  absl::StatusOr<StageResult> ConfirmGrades(StageProgress& progress);
  // player_responsibility.cc
  absl::StatusOr<StageResult> MakeSigns(StageProgress& progress);
  absl::StatusOr<StageResult> SignLetters(StageProgress& progress);
  // player_public.cc
  absl::StatusOr<StageResult> OpenCampaign(StageProgress& progress);
  absl::StatusOr<StageResult> PublishDuties(StageProgress& progress);
  absl::StatusOr<StageResult> PublishRisks(StageProgress& progress);
  absl::StatusOr<StageResult> PublishMeasures(StageProgress& progress);
  absl::StatusOr<StageResult> TakeFeedback(StageProgress& progress);
  absl::StatusOr<StageResult> AdjudicateWarnings(StageProgress& progress);
  // player_inspection.cc
  absl::StatusOr<StageResult> InspectDepartments(StageProgress& progress);
  absl::StatusOr<StageResult> InspectUnit(StageProgress& progress);
  absl::StatusOr<StageResult> Examine(StageProgress& progress);

  // Where the unit's ledgers are now, with what followers have brought about.
  absl::Status LearnPositions();
  // Waits until every service has taken in what the others did so far, and learns what it made of
  // it: decisions, which grading keeps, change records of personnel and risk.
  absl::Status Settle();
  // Departments, posts, appointments and leading group, as the server has them.
  absl::Status LoadSchool();
  // The self-checks of the year by name, not older than what is known.
  absl::StatusOr<std::map<std::string, risk::v1::SelfCheck>> ListForms();
  absl::Status SubmitForm(const risk::v1::SelfCheck& form, const std::string& person);

  // ---- reviews (player_reviews.cc) ----
  // Takes the steps of all open reviews of the kind whose record is one of `ours`, each by
  // whoever's turn it is, until they are over. `comment_of` gives the comment to return with, or
  // nothing; `opinion_of` what a member of a joint review says. The number of decisions and
  // opinions.
  using CommentOf = std::function<std::string(const grading::v1::Review&)>;
  using OpinionOf = std::function<config::v1::SampleOpinion(const grading::v1::Review&,
                                                            const std::string& person)>;
  absl::StatusOr<int64_t> TakeReviews(grading::v1::RecordKind kind,
                                      const std::set<std::string>& ours, StageProgress& progress,
                                      const CommentOf& comment_of = nullptr,
                                      const OpinionOf& opinion_of = nullptr);
  absl::Status TakeStep(grading::v1::Review* review, const CommentOf& comment_of,
                        const OpinionOf& opinion_of, int64_t* calls);
  absl::Status GiveOpinions(grading::v1::Review* review, const OpinionOf& opinion_of,
                            int64_t* calls);
  // Who decides on the step that waits; nobody when nobody can.
  const client::Client* DeciderOf(const grading::v1::Review& review);

  // ---- forms of several records (player_submissions.cc) ----
  bool HasForm(risk::v1::SubmissionKind kind, const std::string& owner) const;
  absl::StatusOr<StageResult> HandIn(const std::set<risk::v1::SubmissionKind>& kinds,
                                     StageProgress& progress);
  absl::StatusOr<StageResult> ReviewKind(grading::v1::RecordKind kind,
                                         const std::set<risk::v1::SubmissionKind>& kinds,
                                         StageProgress& progress);
  absl::StatusOr<StageResult> Publish(reporting::v1::PublicationKind kind, StageProgress& progress);
  absl::StatusOr<StageResult> Inspect(
      const std::vector<const grading::v1::SelfInspectionReport*>& reports,
      StageProgress& progress);
  absl::StatusOr<int64_t> Rectify(const config::v1::SampleExamination& sample,
                                  const grading::v1::Examination& examination);

  const client::Client& Office() { return actors_.AsRole("control_office"); }
  // Who answers for the department and may enter its risks: its head, or the control office.
  const client::Client& KeeperOf(const std::string& department);
  // Who hands in for a post, a department or the unit: a holder, the head, the control office.
  const client::Client& SubmitterOf(const std::string& owner);

  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> Call(const client::Client& client, Stub& stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request) {
    return client.Call(stub, method, request, session_.call_options());
  }

  // A change: the same one, made again, is the same request.
  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> Change(const client::Client& client, Stub& stub,
                                  grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                               Response*),
                                  Request request) {
    request.set_request_id(
        UuidOf(absl::StrCat(Request::descriptor()->name(), " ", request.SerializeAsString())));
    LF_ASSIGN_OR_RETURN(Response response, Call(client, stub, method, request));
    if (response.has_position()) positions_.Add(response.position());
    return response;
  }

  // All records of a list by name, as the control office sees them, not older than what is known.
  template <class Record, class Stub, class Request, class Response>
  absl::StatusOr<std::map<std::string, Record>> All(
      Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
      google::protobuf::RepeatedPtrField<Record>* (Response::*records)(), Request request) {
    std::map<std::string, Record> all;
    request.set_parent(unit_);
    positions_.CopyTo(request.mutable_not_before());
    LF_RETURN_IF_ERROR(EachPage(
        request, [&](const auto& page) { return Call(Office(), stub, method, page); },
        [&](auto& page) {
          for (Record& record : *(page.*records)()) {
            const std::string name = record.name();
            all[name] = std::move(record);
          }
          return absl::OkStatus();
        }));
    return all;
  }

  // Does `work` for each of `pieces`, some at a time.
  template <class Piece>
  absl::Status ForEach(const std::vector<Piece>& pieces, StageProgress& progress,
                       const std::function<absl::Status(const Piece&)>& work) {
    progress.Start(static_cast<int64_t>(pieces.size()));
    return InParallel(pieces.size(), concurrency_, [&](size_t i) -> absl::Status {
      LF_RETURN_IF_ERROR(work(pieces[i]));
      progress.Advance();
      return absl::OkStatus();
    });
  }

  // Does `make` for each of the sample's records whose name is not among `existing`.
  template <class Record, class Existing>
  absl::StatusOr<StageResult> MakeMissing(const google::protobuf::RepeatedPtrField<Record>& wanted,
                                          const Existing& existing, StageProgress& progress,
                                          const std::function<absl::Status(const Record&)>& make) {
    std::vector<const Record*> missing;
    for (const Record& record : wanted) {
      if (!existing.contains(record.name())) missing.push_back(&record);
    }
    LF_RETURN_IF_ERROR(ForEach<const Record*>(
        missing, progress, [&](const Record* const& record) { return make(*record); }));
    const auto done = static_cast<int64_t>(missing.size());
    return StageResult{.done = done, .found = wanted.size() - done};
  }

  const Session& session_;
  const Sample& sample_;
  const std::string unit_;
  const int concurrency_;
  const Channels channels_;  // by service
  Actors actors_;
  personnel::v1::PersonnelService::Stub personnel_;
  personnel::v1::DutyService::Stub duties_;
  risk::v1::RiskService::Stub risk_;
  grading::v1::GradingService::Stub grading_;
  grading::v1::ReviewService::Stub reviews_;
  grading::v1::ResponsibilityService::Stub responsibility_;
  grading::v1::InspectionService::Stub inspection_;
  reporting::v1::CampaignService::Stub campaigns_;
  reporting::v1::PublicityService::Stub publicity_;
  reporting::v1::ReportingService::Stub reporting_;
  reporting::v1::WarningService::Stub warnings_;
  Positions positions_;
  std::vector<StageRecord> stages_;

  std::map<std::string, personnel::v1::Department> departments_;  // by name
  std::map<std::string, personnel::v1::Post> posts_;              // by name
  std::map<std::string, std::vector<std::string>> holders_;       // post → persons in office
  std::set<std::string> principals_;                              // persons
};

}  // namespace lianfang::cli
