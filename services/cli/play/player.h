// Plays a sample year through the public API, each role with its own token.
//
// Every stage looks first and does only what is not there yet, so that a run that was broken off is
// continued by the next one, and a run after a complete one changes nothing. What somebody else has
// entered meanwhile is left alone.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lianfang/config/v1/sample.pb.h"
#include "lianfang/grading/v1/grading.grpc.pb.h"
#include "lianfang/personnel/v1/personnel.grpc.pb.h"
#include "lianfang/risk/v1/risk.grpc.pb.h"
#include "services/cli/core/import_folder.h"
#include "services/cli/core/session.h"
#include "services/cli/play/actors.h"
#include "services/cli/play/positions.h"

namespace lianfang::cli {

// The sample in a folder: `year.txtpb` and `directory/*.csv`.
struct Sample {
  config::v1::SampleYear year;
  DirectoryFiles directory;
};
absl::StatusOr<Sample> ReadSample(const std::string& folder);

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
  // `session` and `sample` must outlive the player.
  Player(const Session* session, const Sample* sample, std::shared_ptr<const TokenMint> mint,
         int concurrency);

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

  absl::StatusOr<StageResult> MakeUnit(StageProgress& progress);
  absl::StatusOr<StageResult> ImportSample(StageProgress& progress);
  absl::StatusOr<StageResult> SubmitForms(StageProgress& progress);
  absl::StatusOr<StageResult> ReviewForms(StageProgress& progress);
  absl::StatusOr<StageResult> CorrectForms(StageProgress& progress);
  absl::StatusOr<StageResult> RegisterRisks(StageProgress& progress);
  absl::StatusOr<StageResult> ProposeGrades(StageProgress& progress);
  absl::StatusOr<StageResult> ConfirmGrades(StageProgress& progress);
  absl::StatusOr<StageResult> ProposeMeasures(StageProgress& progress);

  // Where the unit's ledgers are now, with what followers have brought about.
  absl::Status LearnPositions();
  // Departments, posts, appointments and leading group, as the server has them.
  absl::Status LoadSchool();
  // The forms of the year by name, not older than what is known.
  absl::StatusOr<std::map<std::string, risk::v1::SelfCheck>> ListForms();
  absl::Status SubmitForm(const risk::v1::SelfCheck& form, const std::string& person);

  struct Reviewer {
    std::string subject;
    std::string role;
  };
  // What waits for the reviewer and is of the kind and the year.
  absl::StatusOr<std::vector<grading::v1::Review>> TasksOf(const Reviewer& reviewer,
                                                           grading::v1::RecordKind kind);
  absl::StatusOr<std::vector<grading::v1::Review>> OpenReviews(grading::v1::RecordKind kind);
  // Decides all tasks of one reviewer; `comment_of` gives the comment to return with, or nothing.
  absl::StatusOr<int64_t> DecideTasks(
      const Reviewer& reviewer, grading::v1::RecordKind kind, StageProgress& progress,
      const std::function<std::string(const grading::v1::Review&)>& comment_of,
      const std::function<bool(const grading::v1::Review&)>& ours);
  // Who answers for the department and may enter its risks: its head, or the control office.
  const client::Client& KeeperOf(const std::string& department);

  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> Call(const client::Client& client, Stub& stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request) {
    return client.Call(stub, method, request, session_.call_options());
  }

  const Session& session_;
  const Sample& sample_;
  const std::string unit_;
  const int concurrency_;
  const std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;  // by service
  Actors actors_;
  personnel::v1::PersonnelService::Stub personnel_;
  risk::v1::RiskService::Stub risk_;
  grading::v1::GradingService::Stub grading_;
  grading::v1::ReviewService::Stub reviews_;
  Positions positions_;
  std::vector<StageRecord> stages_;

  std::map<std::string, personnel::v1::Department> departments_;  // by name
  std::map<std::string, personnel::v1::Post> posts_;              // by name
  std::map<std::string, std::vector<std::string>> holders_;       // post → persons in office
  std::vector<std::string> principals_;                           // persons
  std::vector<std::string> leading_group_;                        // persons: leaders and deputies
};

}  // namespace lianfang::cli
