// Steps of phases 3 and 4 and of the year around them, on top of the school: measures, signs,
// letters, inspections, publications, warnings, the campaign, and changes of the directory.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/type/date.pb.h"
#include "tests/acceptance/school.h"

namespace lianfang::acceptance {

google::type::Date Day(int year, int month, int day);
// Ids of persons, sorted: `Persons(step.assignees())` of resource names.
template <class Names>
std::set<std::string> Ids(const Names& names) {
  std::set<std::string> ids;
  for (const std::string& name : names) ids.insert(name.substr(name.rfind('/') + 1));
  return ids;
}

class YearTest : public School {
 protected:
  // ---- risk points, registered ----

  // The first risk point of a person's approved form; approves the form.
  std::string PointOf(const std::string& person);
  // A point of a department, or without one of the unit, through its review. Its resource name.
  std::string RegisterPoint(const std::string& id, const std::string& department);
  // A power of a department, filed; and its chart with these points marked.
  std::string FilePower(const std::string& id, const std::string& department);
  std::string FileChart(const std::string& id, const std::string& department,
                        const std::vector<std::string>& risk_points);

  // ---- R-7 measures ----

  absl::StatusOr<risk::v1::Measure> Propose(client::Client& client, const std::string& id,
                                            const std::string& risk_point,
                                            const std::string& responsible_post);
  // Proposed, handed in and filed, by the person for his own post.
  std::string FilePostMeasure(const std::string& id, const std::string& person,
                              const std::string& risk_point);
  std::string FileDepartmentMeasure(const std::string& id, const std::string& department,
                                    const std::string& risk_point);
  risk::v1::Measure MeasureOf(const std::string& name);
  risk::v1::RiskPoint RiskPointOf(const std::string& name);
  absl::StatusOr<grading::v1::Review> Opine(client::Client& client, const std::string& review,
                                            grading::v1::Stance stance,
                                            const std::string& comment = "");
  absl::StatusOr<risk::v1::Measure> Assess(client::Client& client, const std::string& measure,
                                           risk::v1::MeasureEffect effect,
                                           const std::string& before, const std::string& after);

  // ---- R-8 signs, R-9 letters ----

  // Has these persons' forms approved and the grades of their posts, proposed now, confirmed.
  void ConfirmGradesOf(const std::vector<std::string>& persons);
  // The sign of a post or department (a resource name); ends the test when it has not exactly one.
  grading::v1::WarningSign SignOf(const std::string& subject);
  std::vector<grading::v1::WarningSign> SignsOf(const std::string& subject);
  // Made and put up.
  grading::v1::WarningSign PutUp(const std::string& sign);
  grading::v1::DraftLettersResponse DraftLetters();
  // The letter in force or to be signed in which the person is party B.
  grading::v1::ResponsibilityLetter LetterOf(const std::string& person);
  absl::StatusOr<grading::v1::ResponsibilityLetter> SignLetter(
      client::Client& client, const grading::v1::ResponsibilityLetter& letter);
  absl::StatusOr<grading::v1::Grade> Override(const std::string& post, common::v1::RiskLevel level,
                                              const std::string& reason);

  // ---- R-11, R-12 ----

  // A report with one target.
  grading::v1::CreateSelfInspectionReportRequest NewReport(const std::string& id,
                                                           const std::string& subject, bool met);
  absl::StatusOr<grading::v1::SelfInspectionReport> SubmitReport(client::Client& client,
                                                                 const std::string& name);
  grading::v1::SelfInspectionReport ReportOf(const std::string& name);
  // With one problem, for which the person is responsible.
  grading::v1::CreateExaminationRequest NewExamination(const std::string& id,
                                                       const std::string& department,
                                                       const std::string& responsible);

  // ---- the year ----

  reporting::v1::CreatePublicationRequest NewPublication(reporting::v1::PublicationKind kind,
                                                         const std::vector<std::string>& subjects);
  risk::v1::CreateFeedbackRequest NewFeedback(const std::string& subject);
  // The warnings of a kind that the caller sees.
  std::vector<reporting::v1::Warning> WarningsOf(client::Client& client,
                                                 reporting::v1::WarningKind kind);
  reporting::v1::AdjudicateWarningRequest NewAdjudication(const std::string& warning);
  // The pieces of a task, as the office sees them.
  std::vector<reporting::v1::CampaignTaskItem> Pieces(const std::string& task);
  std::vector<reporting::v1::Reminder> Reminders(client::Client& client, int within_days);
  reporting::v1::GetStatisticsResponse Statistics(int year = kYear);

  // ---- the directory, as the administrator changes it ----

  void Appoint(const std::string& person, const std::string& post, const google::type::Date& since);
  // Ends what the person holds of the post with that day.
  void EndAppointment(const std::string& person, const std::string& post,
                      const google::type::Date& last_day);
  void SetHead(const std::string& department, const std::string& person);
  void SetVicePrincipal(const std::string& department, const std::string& person);
  void SetFunctions(const std::string& post,
                    const std::vector<common::v1::PostFunction>& functions);
  void GoOnLeave(const std::string& person, const google::type::Date& first,
                 const google::type::Date& last);
  // Takes everybody out of the leading group and its office who is not named.
  void KeepInLeadingGroup(const std::set<std::string>& persons);
  void AddPost(const std::string& id, const std::string& display_name,
               const std::string& department);
};

}  // namespace lianfang::acceptance
