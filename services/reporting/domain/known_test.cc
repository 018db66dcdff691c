#include "services/reporting/domain/known.h"

#include <gtest/gtest.h>

#include <string>

#include "lianfang/reporting/v1/campaign.pb.h"

namespace lianfang::reporting {
namespace {

using state::v1::Known;

constexpr char kPost[] = "units/u/posts/p";
constexpr char kDepartment[] = "units/u/departments/d";

struct Wanted {
  v1::TaskKind kind;
  v1::TaskState state;
  bool handed_in;
  bool approved;
};

void Expect(const Known& known, const Wanted& wanted, const std::string& what) {
  EXPECT_EQ(known.kind(), wanted.kind) << what;
  EXPECT_EQ(known.state(), wanted.state) << what;
  EXPECT_EQ(known.has_hand_in_time(), wanted.handed_in) << what;
  EXPECT_EQ(known.approved(), wanted.approved) << what;
}

TEST(KnownTest, PostDuties) {
  const struct {
    personnel::v1::PostDutyState state;
    int approved_revision;
    Wanted wanted;
  } cases[] = {
      {personnel::v1::POST_DUTY_STATE_DRAFT,
       0,
       {v1::TASK_KIND_POST_DUTY, v1::TASK_STATE_STARTED, false, false}},
      {personnel::v1::POST_DUTY_STATE_IN_REVIEW,
       0,
       {v1::TASK_KIND_POST_DUTY, v1::TASK_STATE_HANDED_IN, true, false}},
      {personnel::v1::POST_DUTY_STATE_RETURNED,
       0,
       {v1::TASK_KIND_POST_DUTY, v1::TASK_STATE_RETURNED, true, false}},
      {personnel::v1::POST_DUTY_STATE_APPROVED,
       1,
       {v1::TASK_KIND_POST_DUTY, v1::TASK_STATE_DONE, true, true}},
      {personnel::v1::POST_DUTY_STATE_COMPILED,
       1,
       {v1::TASK_KIND_POST_DUTY, v1::TASK_STATE_DONE, true, true}},
      // The next revision is being written; the one in force stays.
      {personnel::v1::POST_DUTY_STATE_DRAFT,
       1,
       {v1::TASK_KIND_POST_DUTY, v1::TASK_STATE_DONE, true, true}},
  };
  for (const auto& test : cases) {
    personnel::v1::PostDuty duty;
    duty.set_name("units/u/postDuties/x");
    duty.set_post(kPost);
    duty.set_year(2026);
    duty.set_state(test.state);
    duty.set_approved_revision(test.approved_revision);
    const Known known = KnownOf(duty);
    Expect(known, test.wanted, personnel::v1::PostDutyState_Name(test.state));
    EXPECT_EQ(known.owner(), kPost);
    EXPECT_EQ(known.year(), 2026);
    EXPECT_EQ(known.statistics().duties_approved(), test.wanted.approved ? 1 : 0);
  }
}

TEST(KnownTest, SelfChecks) {
  const struct {
    risk::v1::SelfCheckState state;
    v1::TaskState wanted;
    int submitted;
    int approved;
  } cases[] = {
      {risk::v1::SELF_CHECK_STATE_DRAFT, v1::TASK_STATE_STARTED, 0, 0},
      {risk::v1::SELF_CHECK_STATE_SUBMITTED, v1::TASK_STATE_HANDED_IN, 1, 0},
      {risk::v1::SELF_CHECK_STATE_RETURNED, v1::TASK_STATE_RETURNED, 1, 0},
      {risk::v1::SELF_CHECK_STATE_APPROVED, v1::TASK_STATE_DONE, 1, 1},
  };
  for (const auto& test : cases) {
    risk::v1::SelfCheck check;
    check.set_name("units/u/selfChecks/x");
    check.set_post(kPost);
    check.set_person("units/u/persons/a");
    check.set_state(test.state);
    const Known known = KnownOf(check);
    Expect(known, {v1::TASK_KIND_SELF_CHECK, test.wanted, test.submitted == 1, test.approved == 1},
           risk::v1::SelfCheckState_Name(test.state));
    EXPECT_EQ(known.person(), "units/u/persons/a");
    EXPECT_EQ(known.statistics().self_checks_submitted(), test.submitted);
    EXPECT_EQ(known.statistics().self_checks_approved(), test.approved);
  }
}

TEST(KnownTest, PointsRegisteredWithoutAForm) {
  risk::v1::RiskPoint point;
  point.set_name("units/u/riskPoints/x");
  point.set_owner(kDepartment);
  point.set_state(risk::v1::RISK_POINT_STATE_REGISTERED);
  EXPECT_EQ(KnownOf(point).kind(), v1::TASK_KIND_DEPARTMENT_RISKS);
  EXPECT_TRUE(KnownOf(point).has_hand_in_time());
  point.set_power("units/u/powers/w");
  EXPECT_EQ(KnownOf(point).kind(), v1::TASK_KIND_POWER_RISKS);
  point.set_submission("units/u/submissions/s");
  EXPECT_EQ(KnownOf(point).kind(), v1::TASK_KIND_UNSPECIFIED) << "the form counts";
  point.clear_submission();
  point.set_state(risk::v1::RISK_POINT_STATE_DRAFT);
  EXPECT_EQ(KnownOf(point).kind(), v1::TASK_KIND_UNSPECIFIED);
}

TEST(KnownTest, Submissions) {
  const struct {
    risk::v1::SubmissionKind kind;
    v1::TaskKind task;
  } kinds[] = {
      {risk::v1::SUBMISSION_KIND_DEPARTMENT_RISKS, v1::TASK_KIND_DEPARTMENT_RISKS},
      {risk::v1::SUBMISSION_KIND_POWER_RISKS, v1::TASK_KIND_POWER_RISKS},
      {risk::v1::SUBMISSION_KIND_POWER_CATALOGUE, v1::TASK_KIND_POWER_CATALOGUE},
      {risk::v1::SUBMISSION_KIND_WORKFLOW_CHARTS, v1::TASK_KIND_WORKFLOW_CHARTS},
      {risk::v1::SUBMISSION_KIND_POST_MEASURES, v1::TASK_KIND_POST_MEASURES},
      {risk::v1::SUBMISSION_KIND_DEPARTMENT_MEASURES, v1::TASK_KIND_DEPARTMENT_MEASURES},
      {risk::v1::SUBMISSION_KIND_UNIT_MEASURES, v1::TASK_KIND_UNIT_MEASURES},
  };
  const struct {
    risk::v1::SubmissionState state;
    v1::TaskState wanted;
    bool handed_in;
  } states[] = {
      {risk::v1::SUBMISSION_STATE_SUBMITTED, v1::TASK_STATE_HANDED_IN, true},
      {risk::v1::SUBMISSION_STATE_RETURNED, v1::TASK_STATE_RETURNED, true},
      {risk::v1::SUBMISSION_STATE_APPROVED, v1::TASK_STATE_DONE, true},
      {risk::v1::SUBMISSION_STATE_WITHDRAWN, v1::TASK_STATE_STARTED, false},
  };
  for (const auto& kind : kinds) {
    for (const auto& state : states) {
      risk::v1::Submission submission;
      submission.set_name("units/u/submissions/x");
      submission.set_kind(kind.kind);
      submission.set_owner(kDepartment);
      submission.set_state(state.state);
      Expect(KnownOf(submission), {kind.task, state.wanted, state.handed_in, false},
             risk::v1::SubmissionKind_Name(kind.kind));
    }
  }
}

TEST(KnownTest, PowersAndChartsCountWhileTheyAreFiled) {
  for (int state = 1; state < risk::v1::FilingState_ARRAYSIZE; ++state) {
    const bool filed =
        state == risk::v1::FILING_STATE_FILED || state == risk::v1::FILING_STATE_COMPILED;
    risk::v1::Power power;
    power.set_name("units/u/powers/x");
    power.set_state(static_cast<risk::v1::FilingState>(state));
    EXPECT_EQ(KnownOf(power).owner(), "units/u") << "the leadership's is the unit's";
    power.set_department(kDepartment);
    EXPECT_EQ(KnownOf(power).owner(), kDepartment);
    EXPECT_EQ(KnownOf(power).year(), 0);
    EXPECT_EQ(KnownOf(power).statistics().power_count(), filed ? 1 : 0) << state;
    EXPECT_EQ(KnownOf(power).approved(), filed) << state;
    risk::v1::Workflow workflow;
    workflow.set_name("units/u/workflows/x");
    workflow.set_state(static_cast<risk::v1::FilingState>(state));
    EXPECT_EQ(KnownOf(workflow).statistics().workflow_count(), filed ? 1 : 0) << state;
    EXPECT_EQ(KnownOf(workflow).approved(), filed) << state;
  }
}

TEST(KnownTest, Volumes) {
  personnel::v1::DutyVolume duties;
  duties.set_name("units/u/dutyVolumes/2026-0001");
  Expect(KnownOf(duties), {v1::TASK_KIND_DUTY_VOLUME, v1::TASK_STATE_DONE, true, true}, "duties");
  EXPECT_EQ(KnownOf(duties).owner(), "units/u");
  risk::v1::Volume volume;
  volume.set_name("units/u/volumes/x");
  volume.set_kind(risk::v1::VOLUME_KIND_POWER_CATALOGUE);
  EXPECT_EQ(KnownOf(volume).kind(), v1::TASK_KIND_UNIT_POWER_CATALOGUE);
  volume.set_kind(risk::v1::VOLUME_KIND_WORKFLOW_CHARTS);
  EXPECT_EQ(KnownOf(volume).kind(), v1::TASK_KIND_UNIT_WORKFLOW_CHARTS);
}

TEST(KnownTest, GradesAreHandedInByTheLeadingGroup) {
  const struct {
    grading::v1::GradeState state;
    bool agreed;
    v1::TaskState wanted;
  } cases[] = {
      {grading::v1::GRADE_STATE_SCHOOL_REVIEW, false, v1::TASK_STATE_STARTED},
      {grading::v1::GRADE_STATE_SUPERIOR_REVIEW, true, v1::TASK_STATE_HANDED_IN},
      {grading::v1::GRADE_STATE_CONFIRMED, true, v1::TASK_STATE_DONE},
      {grading::v1::GRADE_STATE_RETURNED, false, v1::TASK_STATE_RETURNED},
      {grading::v1::GRADE_STATE_RETURNED, true, v1::TASK_STATE_RETURNED},
  };
  for (const auto& test : cases) {
    grading::v1::Grade grade;
    grade.set_name("units/u/grades/x");
    grade.set_post(kPost);
    grade.set_state(test.state);
    if (test.agreed) grade.mutable_school_review_time()->set_seconds(5);
    Expect(KnownOf(grade), {v1::TASK_KIND_GRADE, test.wanted, test.agreed, false},
           grading::v1::GradeState_Name(test.state));
  }
}

TEST(KnownTest, Signs) {
  for (int state = 1; state < grading::v1::WarningSignState_ARRAYSIZE; ++state) {
    grading::v1::WarningSign sign;
    sign.set_name("units/u/warningSigns/x");
    sign.set_subject(kDepartment);
    sign.set_state(static_cast<grading::v1::WarningSignState>(state));
    const bool removed = state == grading::v1::WARNING_SIGN_STATE_REMOVED;
    const bool displayed = state == grading::v1::WARNING_SIGN_STATE_DISPLAYED;
    const Known known = KnownOf(sign);
    EXPECT_EQ(known.kind() == v1::TASK_KIND_WARNING_SIGN, !removed) << state;
    EXPECT_EQ(known.statistics().sign_count(), removed ? 0 : 1) << state;
    EXPECT_EQ(known.statistics().signs_displayed(), displayed ? 1 : 0) << state;
    EXPECT_EQ(known.has_hand_in_time(), displayed) << state;
  }
}

TEST(KnownTest, Letters) {
  for (int state = 1; state < grading::v1::LetterState_ARRAYSIZE; ++state) {
    grading::v1::ResponsibilityLetter letter;
    letter.set_name("units/u/responsibilityLetters/x");
    letter.set_party_b("units/u/persons/b");
    letter.add_scope()->set_subject(kDepartment);
    letter.set_state(static_cast<grading::v1::LetterState>(state));
    const bool expired = state == grading::v1::LETTER_STATE_EXPIRED;
    const bool signed_by_both = state == grading::v1::LETTER_STATE_IN_FORCE;
    Known known = KnownOf(letter);
    EXPECT_EQ(known.owner(), kDepartment);
    EXPECT_EQ(known.person(), "units/u/persons/b");
    EXPECT_EQ(known.statistics().letter_count(), expired ? 0 : 1) << state;
    EXPECT_EQ(known.statistics().letters_signed(), signed_by_both ? 1 : 0) << state;
    EXPECT_EQ(known.state() == v1::TASK_STATE_DONE, signed_by_both) << state;
    letter.add_scope()->set_subject("units/u/departments/e");
    EXPECT_EQ(KnownOf(letter).owner(), "units/u") << "over several departments";
  }
}

TEST(KnownTest, SelfInspections) {
  const struct {
    grading::v1::SelfInspectionState state;
    v1::TaskState wanted;
    int submitted;
  } cases[] = {
      {grading::v1::SELF_INSPECTION_STATE_DRAFT, v1::TASK_STATE_STARTED, 0},
      {grading::v1::SELF_INSPECTION_STATE_SUBMITTED, v1::TASK_STATE_HANDED_IN, 1},
      {grading::v1::SELF_INSPECTION_STATE_RETURNED, v1::TASK_STATE_RETURNED, 1},
      {grading::v1::SELF_INSPECTION_STATE_ACCEPTED, v1::TASK_STATE_DONE, 1},
      {grading::v1::SELF_INSPECTION_STATE_IMPROVING, v1::TASK_STATE_HANDED_IN, 1},
  };
  for (const auto& test : cases) {
    grading::v1::SelfInspectionReport report;
    report.set_name("units/u/selfInspectionReports/x");
    report.set_subject(kDepartment);
    report.set_previous("units/u/selfInspectionReports/w");
    report.set_state(test.state);
    report.add_targets()->set_met(true);
    report.add_targets()->set_met(false);
    const Known known = KnownOf(report);
    Expect(known, {v1::TASK_KIND_DEPARTMENT_INSPECTION, test.wanted, test.submitted == 1, false},
           grading::v1::SelfInspectionState_Name(test.state));
    EXPECT_EQ(known.statistics().inspections_submitted(), test.submitted);
    EXPECT_EQ(known.statistics().targets_unmet(), test.submitted);
    EXPECT_EQ(known.supersedes(), "units/u/selfInspectionReports/w");
    report.set_met_by("units/u/selfInspectionReports/y");
    EXPECT_EQ(KnownOf(report).statistics().targets_unmet(), 0) << "a later round met all";
    report.set_subject("units/u");
    EXPECT_EQ(KnownOf(report).kind(), v1::TASK_KIND_UNIT_INSPECTION);
  }
}

TEST(KnownTest, ExaminationsAndRectifications) {
  grading::v1::Examination examination;
  examination.set_name("units/u/examinations/x");
  examination.set_department(kDepartment);
  examination.set_state(grading::v1::EXAMINATION_STATE_DRAFT);
  Expect(KnownOf(examination), {v1::TASK_KIND_EXAMINATION, v1::TASK_STATE_STARTED, false, false},
         "draft");
  examination.set_state(grading::v1::EXAMINATION_STATE_CONCLUDED);
  Expect(KnownOf(examination), {v1::TASK_KIND_EXAMINATION, v1::TASK_STATE_DONE, true, false},
         "concluded");
  for (int state = 1; state < grading::v1::RectificationState_ARRAYSIZE; ++state) {
    grading::v1::Rectification one;
    one.set_name("units/u/rectifications/x");
    one.set_state(static_cast<grading::v1::RectificationState>(state));
    EXPECT_EQ(KnownOf(one).owner(), "units/u");
    EXPECT_EQ(KnownOf(one).statistics().rectification_count(), 1);
    EXPECT_EQ(KnownOf(one).statistics().rectifications_closed(),
              state == grading::v1::RECTIFICATION_STATE_CLOSED ? 1 : 0);
  }
}

TEST(KnownTest, Publications) {
  const struct {
    v1::PublicationKind kind;
    v1::TaskKind task;
  } cases[] = {
      {v1::PUBLICATION_KIND_POST_DUTIES, v1::TASK_KIND_DUTY_PUBLICATION},
      {v1::PUBLICATION_KIND_RISK_POINTS, v1::TASK_KIND_RISK_PUBLICATION},
      {v1::PUBLICATION_KIND_MEASURES, v1::TASK_KIND_MEASURE_PUBLICATION},
      {v1::PUBLICATION_KIND_POWER_CATALOGUE, v1::TASK_KIND_UNSPECIFIED},
  };
  for (const auto& test : cases) {
    v1::Publication publication;
    publication.set_name("units/u/publications/x");
    publication.set_kind(test.kind);
    publication.set_state(v1::PUBLICATION_STATE_OPEN);
    Expect(KnownOf(publication), {test.task, v1::TASK_STATE_DONE, true, false}, "open");
    EXPECT_EQ(KnownOf(publication).statistics().publication_count(), 1);
    publication.set_state(v1::PUBLICATION_STATE_WITHDRAWN);
    Expect(KnownOf(publication), {test.task, v1::TASK_STATE_STARTED, false, false}, "withdrawn");
    EXPECT_EQ(KnownOf(publication).statistics().publication_count(), 0);
  }
}

}  // namespace
}  // namespace lianfang::reporting
