// What is shown: publications (公示) and the objections to them.
#include <algorithm>
#include <set>

#include "lianfang/reporting/v1/publicity.pb.h"
#include "lianfang/reporting/v1/reporting.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "tests/acceptance/model/perform.h"

namespace lianfang::model {

using namespace reporting::v1;  // NOLINT: requests

namespace {

const google::protobuf::RepeatedPtrField<Publication>& Publications(World& world) {
  return Everything<ListPublicationsResponse, ListPublicationsRequest>(world).publications();
}

bool IsRunning(const Publication& publication) {
  return publication.state() == PUBLICATION_STATE_OPEN;
}

// Number of the first objection that waits for an answer; 0 when there is none.
int WaitingObjection(const Publication& publication) {
  for (const Objection& objection : publication.objections()) {
    if (objection.state() == OBJECTION_STATE_OPEN) return objection.number();
  }
  return 0;
}

std::vector<std::string> Publishers() { return {kOffice, Person("principal")}; }

// Adds every third of the records, beginning at a place that the command says; mostly those that
// may be shown.
template <class Records, class Fit>
void AddSubjects(const Command& command, const Records& records, Fit fit,
                 Publication* publication) {
  int at = command.on % 3;
  for (const auto& record : records) {
    if (command.fitting && !fit(record)) continue;
    if (at++ % 3 == 0 && publication->subjects_size() < 20) {
      publication->add_subjects(record.name());
    }
  }
}

// Everything that is said to be publicised.
std::set<std::string> Publicised(World& world) {
  std::set<std::string> names;
  for (const auto& point :
       Everything<risk::v1::ListRiskPointsResponse, risk::v1::ListRiskPointsRequest>(world)
           .risk_points()) {
    if (point.state() == risk::v1::RISK_POINT_STATE_PUBLICISED) names.insert(point.name());
  }
  for (const auto& measure :
       Everything<risk::v1::ListMeasuresResponse, risk::v1::ListMeasuresRequest>(world)
           .measures()) {
    if (measure.state() == risk::v1::MEASURE_STATE_PUBLICISED) names.insert(measure.name());
  }
  return names;
}

// Does what neither publishes anything nor takes anything down: an objection, its answer, the end.
template <class Response, class Request>
void DoBeside(World& world, const Actor& actor, const Request& request, Must must) {
  const std::set<std::string> before = Publicised(world);
  if (!world.Do<Response>(actor, request, must).ok()) return;
  if (Publicised(world) != before) world.Problem("changed what is publicised without publishing");
}

}  // namespace

void Publish(World& world, const Command& command) {
  CreatePublicationRequest request;
  request.set_parent(kUnit);
  request.set_publication_id(NewId(world));
  Publication& publication = *request.mutable_publication();
  publication.set_year(YearOf(world));
  publication.set_title("公示");
  publication.set_place("校园网站");
  publication.set_period_days(command.how % 10);
  publication.set_scope(command.how % 4 == 0 ? common::v1::PUBLICITY_SCOPE_WITHIN_SCHOOL
                                             : common::v1::PUBLICITY_SCOPE_LIMITED);
  switch (command.how % 4) {
    case 0:
    case 1:
      publication.set_kind(PUBLICATION_KIND_RISK_POINTS);
      AddSubjects(
          command,
          Everything<risk::v1::ListRiskPointsResponse, risk::v1::ListRiskPointsRequest>(world)
              .risk_points(),
          [](const risk::v1::RiskPoint& point) {
            return point.state() == risk::v1::RISK_POINT_STATE_REGISTERED ||
                   point.state() == risk::v1::RISK_POINT_STATE_PUBLICISED;
          },
          &publication);
      break;
    case 2:
      publication.set_kind(PUBLICATION_KIND_MEASURES);
      AddSubjects(
          command,
          Everything<risk::v1::ListMeasuresResponse, risk::v1::ListMeasuresRequest>(world)
              .measures(),
          [](const risk::v1::Measure& measure) {
            return measure.state() == risk::v1::MEASURE_STATE_FILED ||
                   measure.state() == risk::v1::MEASURE_STATE_PUBLICISED;
          },
          &publication);
      break;
    default:
      publication.set_kind(PUBLICATION_KIND_PERSONAL_FORMS);
      if (command.who % 4 == 0) {
        publication.set_scope(common::v1::PUBLICITY_SCOPE_WITHIN_SCHOOL);  // too wide
      }
      AddSubjects(
          command,
          Everything<risk::v1::ListSelfChecksResponse, risk::v1::ListSelfChecksRequest>(world)
              .self_checks(),
          [](const risk::v1::SelfCheck& form) {
            return form.state() == risk::v1::SELF_CHECK_STATE_APPROVED;
          },
          &publication);
  }
  const bool too_wide = publication.kind() == PUBLICATION_KIND_PERSONAL_FORMS &&
                        publication.scope() == common::v1::PUBLICITY_SCOPE_WITHIN_SCHOOL;
  world
      .Do<CreatePublicationResponse>(CallerOf(world, Publishers()), request,
                                     too_wide ? Must::kFail : Must::kAny)
      .IgnoreError();
}

void ObjectTo(World& world, const Command& command) {
  const Publication* publication = Pick(world, Publications(world), IsRunning);
  if (publication == nullptr) return;
  auto request = On<AddObjectionRequest>(world, *publication);
  request.set_content("所列不全。");
  const auto& persons = Persons();
  DoBeside<AddObjectionResponse>(world, CallerOf(world, {persons[command.how % persons.size()]}),
                                 request, Expected(world));
}

void AnswerObjection(World& world, const Command& command) {
  const Publication* publication = Pick(world, Publications(world), [](const Publication& p) {
    return IsRunning(p) && WaitingObjection(p) > 0;
  });
  if (publication == nullptr) return;
  const int number = std::max(1, WaitingObjection(*publication));
  auto request = On<HandleObjectionRequest>(world, *publication);
  request.set_number(number);
  request.set_upheld(command.how % 3 == 0);
  request.set_answer("已核实。");
  const Actor actor = CallerOf(world, Publishers());
  Must must = Expected(world);
  for (const Objection& objection : publication->objections()) {
    const bool own = objection.number() == number && objection.objector() == actor.subject;
    if (own) must = Must::kFail;
  }
  DoBeside<HandleObjectionResponse>(world, actor, request, must);
}

void ClosePublication(World& world, const Command&) {
  const Publication* publication = Pick(world, Publications(world), [&](const Publication& p) {
    return IsRunning(p) && WaitingObjection(p) == 0 && DayOf(p.end_date()) < world.today();
  });
  if (publication == nullptr) return;
  const bool too_soon =
      DayOf(publication->end_date()) >= world.today() || WaitingObjection(*publication) > 0;
  DoBeside<ClosePublicationResponse>(world, CallerOf(world, Publishers()),
                                     On<ClosePublicationRequest>(world, *publication),
                                     too_soon ? Must::kFail : Expected(world));
}

void WithdrawPublication(World& world, const Command& command) {
  const Publication* publication = Pick(world, Publications(world), IsRunning);
  if (publication == nullptr) return;
  auto request = On<WithdrawPublicationRequest>(world, *publication);
  const bool silent = command.slip == Slip::kNoComment;
  if (!silent) request.set_reason("异议成立。");
  world
      .Do<WithdrawPublicationResponse>(CallerOf(world, Publishers()), request,
                                       silent ? Must::kFail : Expected(world))
      .IgnoreError();
}

}  // namespace lianfang::model
