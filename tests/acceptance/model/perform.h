// What the commands share: choosing a record, filling the fields that all requests have. And the
// commands themselves, one function each, in files by what they are about.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "tests/acceptance/model/school.h"
#include "tests/acceptance/model/world.h"

namespace lianfang::model {

// All records of a list, archived ones too where the list knows them.
template <class Response, class Request>
const Response& Everything(World& world) {
  Request request;
  request.set_parent(kUnit);
  if constexpr (requires { request.set_show_archived(true); }) request.set_show_archived(true);
  return world.All<Response>(request);
}

inline const google::protobuf::RepeatedPtrField<risk::v1::RiskPoint>& Points(World& world) {
  return Everything<risk::v1::ListRiskPointsResponse, risk::v1::ListRiskPointsRequest>(world)
      .risk_points();
}

// By what a record is known in every run: its name, or the title where the server makes up the
// name.
template <class Record>
std::string KeyOf(const Record& record) {
  if constexpr (requires { record.code_digest(); }) {
    return record.title();
  } else {
    return record.name();
  }
}

// The record that the command is on: one that `suits` if it asks for one and there is such, or any.
// Null when there is none at all.
template <class Records, class Suits>
auto Pick(World& world, const Records& records, Suits suits) -> decltype(&*records.begin()) {
  std::vector<decltype(&*records.begin())> all;
  std::vector<std::string> keys;
  std::vector<std::string> suitable;
  for (const auto& record : records) {
    all.push_back(&record);
    keys.push_back(KeyOf(record));
    if (suits(record)) suitable.push_back(keys.back());
  }
  const int choice = world.Choose(world.command().on, keys, suitable);
  return choice < 0 ? nullptr : all[static_cast<size_t>(choice)];
}
template <class Records>
auto Pick(World& world, const Records& records) {
  return Pick(world, records, [](const auto&) { return true; });
}
template <class T>
const T& Choose(World& world, const std::vector<T>& from) {
  std::vector<std::string> keys;
  for (const T& one : from) keys.push_back(one.name());
  // Posts and departments never go away.
  return from[static_cast<size_t>(std::max(0, world.Choose(world.command().on, keys)))];
}

// Whether the command sends an etag that is out of date; then it has to be refused.
inline Must Expected(const World& world) {
  return world.command().slip == Slip::kStaleEtag ? Must::kFail : Must::kAny;
}

// The etag to send for a record: as it is, none (whatever it is), or an earlier one.
template <class Record>
std::string EtagFor(World& world, const Record& record) {
  if (world.command().slip == Slip::kStaleEtag) {
    return world.StaleEtag(record.name(), record.etag());
  }
  return world.command().how % 3 == 0 ? "" : record.etag();
}

// A request that names a record and its etag.
template <class Request, class Record>
Request On(World& world, const Record& record) {
  Request request;
  request.set_name(record.name());
  request.set_etag(EtagFor(world, record));
  return request;
}

// Does one step with a record, if there is one.
template <class Response, class Request, class Record>
void Step(World& world, const Record* record, const std::vector<std::string>& fitting) {
  if (record == nullptr) return;
  world.Do<Response>(CallerOf(world, fitting), On<Request>(world, *record), Expected(world))
      .IgnoreError();
}

// Id of a new record: from the command's place, or one of few of a year, so that ids meet again.
inline std::string NewId(const World& world) { return absl::StrCat("n", world.command().number); }
inline std::string SlotId(World& world, absl::string_view prefix, int slots) {
  return absl::StrCat(prefix, YearOf(world), "-", world.command().on % slots);
}

// Where the records of a department are kept: its head, the leader in charge, the control office.
std::vector<std::string> KeepersOf(World& world, const std::string& department);

// forms.cc: self-checks and duties.
void CreateSelfCheck(World&, const Command&);
void UpdateSelfCheck(World&, const Command&);
void SubmitSelfCheck(World&, const Command&);
void WithdrawSelfCheck(World&, const Command&);
void CreatePostDuty(World&, const Command&);
void UpdatePostDuty(World&, const Command&);
void SubmitPostDuty(World&, const Command&);
void WithdrawPostDuty(World&, const Command&);
void RevisePostDuty(World&, const Command&);
void ConfirmPostDuty(World&, const Command&);
void CompilePostDuties(World&, const Command&);

// risks.cc: risk points, powers and charts.
void CreateRiskPoint(World&, const Command&);
void UpdateRiskPoint(World&, const Command&);
void ConfirmRiskPoint(World&, const Command&);
void ArchiveRiskPoint(World&, const Command&);
void CreatePower(World&, const Command&);
void UpdatePower(World&, const Command&);
void ArchivePower(World&, const Command&);
void CreateWorkflow(World&, const Command&);
void UpdateWorkflow(World&, const Command&);
void ArchiveWorkflow(World&, const Command&);
void CompileVolume(World&, const Command&);

// measures.cc: measures, and the forms that are handed in together.
void CreateMeasure(World&, const Command&);
void UpdateMeasure(World&, const Command&);
void ReviseMeasure(World&, const Command&);
void AssessMeasure(World&, const Command&);
void ConfirmMeasure(World&, const Command&);
void ArchiveMeasure(World&, const Command&);
void CreateSubmission(World&, const Command&);
void WithdrawSubmission(World&, const Command&);
void CarryForward(World&, const Command&);

// reviews.cc: decisions, opinions and grades.
void Decide(World&, const Command&);
void AddOpinion(World&, const Command&);
void ProposeGrades(World&, const Command&);
void OverrideGrade(World&, const Command&);

// responsibility.cc: letters, signs, feedback.
void DraftLetters(World&, const Command&);
void SignLetter(World&, const Command&);
void ProduceWarningSign(World&, const Command&);
void DisplayWarningSign(World&, const Command&);
void RemoveWarningSign(World&, const Command&);
void CreateFeedback(World&, const Command&);
void AcceptFeedback(World&, const Command&);
void HandleFeedback(World&, const Command&);
void CloseFeedback(World&, const Command&);

// inspections.cc: reports, examinations, rectifications.
void CreateReport(World&, const Command&);
void UpdateReport(World&, const Command&);
void SubmitReport(World&, const Command&);
void WithdrawReport(World&, const Command&);
void CreateExamination(World&, const Command&);
void ConcludeExamination(World&, const Command&);
void CreateRectification(World&, const Command&);
void StartRectification(World&, const Command&);
void SubmitRectification(World&, const Command&);
void VerifyRectification(World&, const Command&);
void CloseRectification(World&, const Command&);
void ReopenRectification(World&, const Command&);

// publications.cc: what is shown, and objections.
void Publish(World&, const Command&);
void ObjectTo(World&, const Command&);
void AnswerObjection(World&, const Command&);
void ClosePublication(World&, const Command&);
void WithdrawPublication(World&, const Command&);

// changes.cc: what happens to the school meanwhile.
void BeginAppointment(World&, const Command&);
void EndAppointment(World&, const Command&);
void LeavePerson(World&, const Command&);
void ReturnPerson(World&, const Command&);
void MoveDepartment(World&, const Command&);
void ChangeFunctions(World&, const Command&);
void PassDays(World&, const Command&);

}  // namespace lianfang::model
