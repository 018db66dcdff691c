#include "lianfang/risk/v1/risk.pb.h"
#include "tests/acceptance/model/perform.h"

namespace lianfang::model {

using namespace risk::v1;  // NOLINT: requests

namespace {

const google::protobuf::RepeatedPtrField<Measure>& Measures(World& world) {
  return Everything<ListMeasuresResponse, ListMeasuresRequest>(world).measures();
}
const google::protobuf::RepeatedPtrField<Submission>& Forms(World& world) {
  return Everything<ListSubmissionsResponse, ListSubmissionsRequest>(world).submissions();
}

bool IsWritten(const Measure& measure) {
  return measure.state() == MEASURE_STATE_DRAFT || measure.state() == MEASURE_STATE_PROPOSED ||
         measure.state() == MEASURE_STATE_RETURNED;
}
bool IsFiled(const Measure& measure) {
  return measure.state() == MEASURE_STATE_FILED || measure.state() == MEASURE_STATE_PUBLICISED;
}

// Who answers for an owner: the holders of the post, the head and the leader, and the office.
std::vector<std::string> InCharge(World& world, const std::string& owner) {
  std::vector<std::string> persons = HoldersOf(world, owner);
  for (std::string& person : HeadAndLeader(world, owner)) persons.push_back(std::move(person));
  persons.emplace_back(kOffice);
  return persons;
}

std::vector<std::string> InChargeOf(World& world, const Measure& measure) {
  for (const RiskPoint& point : Points(world)) {
    if (point.name() == measure.risk_point()) return InCharge(world, point.owner());
  }
  return {kOffice};
}

}  // namespace

void CreateMeasure(World& world, const Command& command) {
  const RiskPoint* point = Pick(world, Points(world), [](const RiskPoint& p) {
    return p.state() == RISK_POINT_STATE_REGISTERED || p.state() == RISK_POINT_STATE_PUBLICISED;
  });
  CreateMeasureRequest request;
  request.set_parent(kUnit);
  request.set_measure_id(SlotId(world, "m", 30));
  Measure& measure = *request.mutable_measure();
  measure.set_risk_point(point == nullptr ? absl::StrCat(kUnit, "/riskPoints/none")
                                          : point->name());
  measure.set_stage(static_cast<common::v1::MeasureStage>(1 + command.how % 3));
  measure.set_content("实行双人验收。");
  const auto posts = PostsOf(world);
  measure.set_responsible_post(posts[command.how % posts.size()].name());
  const auto fitting =
      point == nullptr ? std::vector<std::string>{kOffice} : InCharge(world, point->owner());
  world.Do<CreateMeasureResponse>(CallerOf(world, fitting), request).IgnoreError();
}

void UpdateMeasure(World& world, const Command& command) {
  const Measure* measure =
      Pick(world, Measures(world), [](const Measure& m) { return IsWritten(m); });
  if (measure == nullptr) return;
  UpdateMeasureRequest request;
  request.mutable_measure()->set_name(measure->name());
  request.mutable_measure()->set_etag(EtagFor(world, *measure));
  request.mutable_measure()->set_content(absl::StrCat("措施", command.how));
  request.mutable_update_mask()->add_paths("content");
  world
      .Do<UpdateMeasureResponse>(CallerOf(world, InChargeOf(world, *measure)), request,
                                 Expected(world))
      .IgnoreError();
}

void ReviseMeasure(World& world, const Command&) {
  const Measure* measure =
      Pick(world, Measures(world), [](const Measure& m) { return IsFiled(m); });
  if (measure == nullptr) return;
  Step<ReviseMeasureResponse, ReviseMeasureRequest>(world, measure, InChargeOf(world, *measure));
}

void AssessMeasure(World& world, const Command& command) {
  const Measure* measure =
      Pick(world, Measures(world), [](const Measure& m) { return IsFiled(m); });
  if (measure == nullptr) return;
  auto request = On<AssessMeasureRequest>(world, *measure);
  request.set_effect(static_cast<MeasureEffect>(1 + command.how % 3));
  if (command.how % 4 != 0) request.set_outcome_before("验收无记录。");
  request.set_outcome_after("验收记录齐全。");
  world
      .Do<AssessMeasureResponse>(CallerOf(world, {kOffice, Person("principal")}), request,
                                 Expected(world))
      .IgnoreError();
}

void ConfirmMeasure(World& world, const Command&) {
  const Measure* measure = Pick(world, Measures(world),
                                [](const Measure& m) { return IsFiled(m) && m.marks_size() > 0; });
  if (measure == nullptr) return;
  Step<ConfirmMeasureResponse, ConfirmMeasureRequest>(world, measure, InChargeOf(world, *measure));
}

void ArchiveMeasure(World& world, const Command&) {
  const Measure* measure =
      Pick(world, Measures(world), [](const Measure& m) { return IsFiled(m); });
  if (measure == nullptr) return;
  Step<ArchiveMeasureResponse, ArchiveMeasureRequest>(world, measure, {kOffice});
}

namespace {

// Makes it the form of measures that wait to be handed in, where there are such.
void HandInMeasures(World& world, Submission* form) {
  const Measure* measure =
      Pick(world, Measures(world), [](const Measure& m) { return IsWritten(m); });
  if (measure == nullptr) return;
  for (const RiskPoint& point : Points(world)) {
    if (point.name() != measure->risk_point()) continue;
    form->set_kind(point.layer() == common::v1::RISK_LAYER_POST ? SUBMISSION_KIND_POST_MEASURES
                   : point.layer() == common::v1::RISK_LAYER_DEPARTMENT
                       ? SUBMISSION_KIND_DEPARTMENT_MEASURES
                       : SUBMISSION_KIND_UNIT_MEASURES);
    form->set_owner(point.owner());
    form->set_year(point.year());
    form->set_nil_return(false);
  }
}

}  // namespace

void CreateSubmission(World& world, const Command& command) {
  const auto posts = PostsOf(world);
  const auto departments = DepartmentsOf(world);
  CreateSubmissionRequest request;
  request.set_parent(kUnit);
  request.set_submission_id(NewId(world));
  Submission& form = *request.mutable_submission();
  form.set_kind(static_cast<SubmissionKind>(1 + command.how % 7));
  form.set_year(command.how / 7 % 13 == 0 ? YearOf(world) + 1 : YearOf(world));
  if (form.kind() == SUBMISSION_KIND_POST_MEASURES) {
    form.set_owner(Choose(world, posts).name());
  } else if (form.kind() == SUBMISSION_KIND_UNIT_MEASURES || command.who % 5 == 0) {
    form.set_owner(kUnit);
  } else {
    form.set_owner(Choose(world, departments).name());
  }
  form.set_nil_return(command.how / 7 % 5 == 0);
  if (command.fitting && command.how % 2 == 0) HandInMeasures(world, &form);
  world.Do<CreateSubmissionResponse>(CallerOf(world, InCharge(world, form.owner())), request)
      .IgnoreError();
}

void WithdrawSubmission(World& world, const Command&) {
  const Submission* form = Pick(world, Forms(world), [](const Submission& f) {
    return f.state() == SUBMISSION_STATE_SUBMITTED;
  });
  if (form == nullptr) return;
  Step<WithdrawSubmissionResponse, WithdrawSubmissionRequest>(world, form,
                                                              InCharge(world, form->owner()));
}

void CarryForward(World& world, const Command& command) {
  CarryForwardRequest request;
  request.set_parent(kUnit);
  request.set_from_year(YearOf(world));
  request.set_to_year(command.how % 8 == 0 ? YearOf(world) : YearOf(world) + 1);
  world.Do<CarryForwardResponse>(CallerOf(world, {kOffice}), request).IgnoreError();
}

}  // namespace lianfang::model
