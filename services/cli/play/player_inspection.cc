// Self-inspections, examinations, rectifications. 「检查考核修正」
#include <algorithm>
#include <atomic>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/cli/play/player.h"

namespace lianfang::cli {
namespace {

using InspectionStub = grading::v1::InspectionService::Stub;
using config::v1::SampleExamination;
using grading::v1::Examination;
using grading::v1::Rectification;
using grading::v1::SelfInspectionReport;

}  // namespace

absl::StatusOr<StageResult> Player::Inspect(const std::vector<const SelfInspectionReport*>& reports,
                                            StageProgress& progress) {
  grading::v1::ListSelfInspectionReportsRequest list;
  list.set_year(sample_.year.year());
  LF_ASSIGN_OR_RETURN(
      const auto known,
      All<SelfInspectionReport>(
          inspection_, &InspectionStub::ListSelfInspectionReports,
          &grading::v1::ListSelfInspectionReportsResponse::mutable_self_inspection_reports, list));
  std::vector<const SelfInspectionReport*> to_do;
  std::set<std::string> ours;
  for (const SelfInspectionReport* report : reports) {
    ours.insert(report->name());
    const auto it = known.find(report->name());
    if (it == known.end() || it->second.state() == grading::v1::SELF_INSPECTION_STATE_DRAFT) {
      to_do.push_back(report);
    }
  }
  const absl::Status worked = ForEach<const SelfInspectionReport*>(
      to_do, progress, [&](const SelfInspectionReport* const& wanted) -> absl::Status {
        const client::Client& writer = KeeperOf(wanted->subject());
        SelfInspectionReport report;
        if (const auto it = known.find(wanted->name()); it != known.end()) {
          report = it->second;
        } else {
          grading::v1::CreateSelfInspectionReportRequest request;
          request.set_parent(unit_);
          request.set_self_inspection_report_id(
              std::string(IdIn("selfInspectionReports", wanted->name())));
          *request.mutable_self_inspection_report() = *wanted;
          LF_ASSIGN_OR_RETURN(
              const auto created,
              Change(writer, inspection_, &InspectionStub::CreateSelfInspectionReport, request));
          report = created.self_inspection_report();
        }
        grading::v1::SubmitSelfInspectionReportRequest submit;
        submit.set_name(report.name());
        submit.set_etag(report.etag());
        return Change(writer, inspection_, &InspectionStub::SubmitSelfInspectionReport, submit)
            .status();
      });
  LF_RETURN_IF_ERROR(worked);
  StageResult result{.done = static_cast<int64_t>(to_do.size())};
  result.found = static_cast<int64_t>(reports.size()) - result.done;
  StageProgress quiet(&session_, {"审核自查报告", "review reports"});
  LF_ASSIGN_OR_RETURN(const int64_t decided,
                      TakeReviews(grading::v1::RECORD_KIND_SELF_INSPECTION, ours, quiet));
  result.done += decided;
  return result;
}

absl::StatusOr<StageResult> Player::InspectDepartments(StageProgress& progress) {
  // A later round follows when the one before is accepted. 「直至达标」
  std::vector<std::vector<const SelfInspectionReport*>> rounds;
  std::map<std::string, size_t> seen;
  for (const SelfInspectionReport& report : sample_.year.self_inspections()) {
    if (report.subject() == unit_) continue;
    const size_t round = seen[report.subject()]++;
    if (rounds.size() <= round) rounds.resize(round + 1);
    rounds[round].push_back(&report);
  }
  StageResult result;
  for (size_t i = 0; i < rounds.size(); ++i) {
    StageProgress later(&session_, {"科室自查（再次）", "inspect departments again"});
    LF_ASSIGN_OR_RETURN(const StageResult of_round, Inspect(rounds[i], i == 0 ? progress : later));
    result.done += of_round.done;
    result.found += of_round.found;
  }
  return result;
}

absl::StatusOr<StageResult> Player::InspectUnit(StageProgress& progress) {
  std::vector<const SelfInspectionReport*> reports;
  for (const SelfInspectionReport& report : sample_.year.self_inspections()) {
    if (report.subject() == unit_) reports.push_back(&report);
  }
  return Inspect(reports, progress);
}

absl::StatusOr<StageResult> Player::Examine(StageProgress& progress) {
  grading::v1::ListExaminationsRequest list;
  list.set_year(sample_.year.year());
  LF_ASSIGN_OR_RETURN(
      const auto known,
      All<Examination>(inspection_, &InspectionStub::ListExaminations,
                       &grading::v1::ListExaminationsResponse::mutable_examinations, list));
  std::vector<const SampleExamination*> all;
  for (const SampleExamination& sample : sample_.year.examinations()) all.push_back(&sample);
  std::atomic<int64_t> done = 0;
  const absl::Status worked = ForEach<const SampleExamination*>(
      all, progress, [&](const SampleExamination* const& sample) -> absl::Status {
        Examination examination;
        if (const auto it = known.find(sample->examination().name()); it != known.end()) {
          examination = it->second;
        } else {
          grading::v1::CreateExaminationRequest request;
          request.set_parent(unit_);
          request.set_examination_id(
              std::string(IdIn("examinations", sample->examination().name())));
          *request.mutable_examination() = sample->examination();
          LF_ASSIGN_OR_RETURN(
              const auto created,
              Change(Office(), inspection_, &InspectionStub::CreateExamination, request));
          examination = created.examination();
          ++done;
        }
        if (examination.state() == grading::v1::EXAMINATION_STATE_DRAFT) {
          grading::v1::ConcludeExaminationRequest request;
          request.set_name(examination.name());
          request.set_etag(examination.etag());
          LF_ASSIGN_OR_RETURN(
              const auto concluded,
              Change(Office(), inspection_, &InspectionStub::ConcludeExamination, request));
          examination = concluded.examination();
          ++done;
        }
        LF_ASSIGN_OR_RETURN(const int64_t rectified, Rectify(*sample, examination));
        done += rectified;
        return absl::OkStatus();
      });
  LF_RETURN_IF_ERROR(worked);
  StageResult result{.done = done.load()};
  if (result.done == 0) result.found = static_cast<int64_t>(all.size());
  return result;
}

absl::StatusOr<int64_t> Player::Rectify(const SampleExamination& sample,
                                        const Examination& examination) {
  int64_t done = 0;
  const int count = std::min(sample.rectifications_size(), examination.problems_size());
  for (int i = 0; i < count; ++i) {
    const config::v1::SampleRectification& wanted = sample.rectifications(i);
    grading::v1::GetRectificationRequest get;
    get.set_name(examination.problems(i).rectification());
    LF_ASSIGN_OR_RETURN(const auto found,
                        Call(Office(), inspection_, &InspectionStub::GetRectification, get));
    Rectification record = found.rectification();
    const client::Client& responsible = actors_.As(record.responsible(), "staff");
    const auto named = [&record](auto request) {
      request.set_name(record.name());
      request.set_etag(record.etag());
      return request;
    };
    if (record.state() == grading::v1::RECTIFICATION_STATE_OPEN) {
      auto request = named(grading::v1::StartRectificationRequest());
      request.set_measure(wanted.measure());
      LF_ASSIGN_OR_RETURN(const auto started, Change(responsible, inspection_,
                                                     &InspectionStub::StartRectification, request));
      record = started.rectification();
      ++done;
    }
    if (record.state() == grading::v1::RECTIFICATION_STATE_IN_PROGRESS) {
      auto request = named(grading::v1::SubmitRectificationRequest());
      request.set_result(wanted.result());
      LF_ASSIGN_OR_RETURN(
          const auto submitted,
          Change(responsible, inspection_, &InspectionStub::SubmitRectification, request));
      record = submitted.rectification();
      ++done;
    }
    if (record.state() == grading::v1::RECTIFICATION_STATE_SUBMITTED) {
      auto request = named(grading::v1::VerifyRectificationRequest());
      request.set_passed(true);
      request.set_comment(wanted.verify_comment());
      LF_ASSIGN_OR_RETURN(
          const auto verified,
          Change(Office(), inspection_, &InspectionStub::VerifyRectification, request));
      record = verified.rectification();
      ++done;
    }
    if (record.state() == grading::v1::RECTIFICATION_STATE_VERIFIED) {
      LF_RETURN_IF_ERROR(Change(Office(), inspection_, &InspectionStub::CloseRectification,
                                named(grading::v1::CloseRectificationRequest()))
                             .status());
      ++done;
    }
  }
  return done;
}

}  // namespace lianfang::cli
