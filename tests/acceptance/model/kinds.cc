// The table of all commands. A larger weight makes a command more frequent; those that a year is
// mostly made of come often, those that turn the school over come now and then.
#include "tests/acceptance/model/perform.h"

namespace lianfang::model {

const std::vector<Kind>& Kinds() {
  static const auto& kinds = *new std::vector<Kind>{
      {"decide", 180, Decide},
      {"add opinion", 70, AddOpinion},
      {"create self-check", 40, CreateSelfCheck},
      {"update self-check", 20, UpdateSelfCheck},
      {"submit self-check", 45, SubmitSelfCheck},
      {"withdraw self-check", 10, WithdrawSelfCheck},
      {"create duty", 30, CreatePostDuty},
      {"update duty", 15, UpdatePostDuty},
      {"submit duty", 40, SubmitPostDuty},
      {"withdraw duty", 8, WithdrawPostDuty},
      {"revise duty", 8, RevisePostDuty},
      {"confirm duty", 8, ConfirmPostDuty},
      {"compile duties", 4, CompilePostDuties},
      {"create risk point", 40, CreateRiskPoint},
      {"update risk point", 20, UpdateRiskPoint},
      {"confirm risk point", 8, ConfirmRiskPoint},
      {"archive risk point", 6, ArchiveRiskPoint},
      {"create power", 20, CreatePower},
      {"update power", 10, UpdatePower},
      {"archive power", 4, ArchivePower},
      {"create chart", 20, CreateWorkflow},
      {"update chart", 15, UpdateWorkflow},
      {"archive chart", 4, ArchiveWorkflow},
      {"compile volume", 8, CompileVolume},
      {"create measure", 60, CreateMeasure},
      {"update measure", 20, UpdateMeasure},
      {"revise measure", 8, ReviseMeasure},
      {"assess measure", 12, AssessMeasure},
      {"confirm measure", 8, ConfirmMeasure},
      {"archive measure", 5, ArchiveMeasure},
      {"hand in form", 70, CreateSubmission},
      {"take form back", 10, WithdrawSubmission},
      {"carry forward", 2, CarryForward},
      {"propose grades", 20, ProposeGrades},
      {"override grade", 10, OverrideGrade},
      {"draft letters", 8, DraftLetters},
      {"sign letter", 30, SignLetter},
      {"produce sign", 15, ProduceWarningSign},
      {"display sign", 15, DisplayWarningSign},
      {"remove sign", 3, RemoveWarningSign},
      {"send feedback", 10, CreateFeedback},
      {"accept feedback", 10, AcceptFeedback},
      {"handle feedback", 10, HandleFeedback},
      {"close feedback", 8, CloseFeedback},
      {"create report", 15, CreateReport},
      {"update report", 10, UpdateReport},
      {"submit report", 15, SubmitReport},
      {"withdraw report", 8, WithdrawReport},
      {"create examination", 8, CreateExamination},
      {"conclude examination", 8, ConcludeExamination},
      {"create rectification", 6, CreateRectification},
      {"start rectification", 12, StartRectification},
      {"submit rectification", 12, SubmitRectification},
      {"verify rectification", 12, VerifyRectification},
      {"close rectification", 10, CloseRectification},
      {"reopen rectification", 4, ReopenRectification},
      {"publish", 16, Publish},
      {"object to publication", 10, ObjectTo},
      {"answer objection", 10, AnswerObjection},
      {"close publication", 10, ClosePublication},
      {"withdraw publication", 4, WithdrawPublication},
      {"begin appointment", 8, BeginAppointment},
      {"end appointment", 5, EndAppointment},
      {"leave", 8, LeavePerson},
      {"return", 12, ReturnPerson},
      {"move department", 4, MoveDepartment},
      {"change functions", 5, ChangeFunctions},
      {"pass days", 25, PassDays},
  };
  return kinds;
}

std::vector<std::string> KeepersOf(World& world, const std::string& department) {
  std::vector<std::string> keepers;
  if (!department.empty()) keepers = HeadAndLeader(world, department);
  keepers.emplace_back(kOffice);
  return keepers;
}

}  // namespace lianfang::model
