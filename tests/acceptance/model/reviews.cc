#include "tests/acceptance/model/reviews.h"

#include <algorithm>

#include "lianfang/grading/v1/inspection.pb.h"
#include "lianfang/personnel/v1/duty.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "tests/acceptance/model/perform.h"

namespace lianfang::model {

using namespace grading::v1;  // NOLINT: requests

namespace {

bool Contains(const google::protobuf::RepeatedPtrField<std::string>& names,
              const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

template <class Response, class Request>
auto GetAs(World& world, const std::string& name) {
  Request request;
  request.set_name(name);
  return world.Ask<Response>(world.auditor(), request);
}

bool IsJoint(const ReviewStep& step) { return step.kind() == STEP_KIND_JOINT_REVIEW; }

// Those whom the step that waits is for.
std::vector<std::string> TakersOf(const ReviewStep& step) {
  if (step.role() == REVIEWER_ROLE_SUPERIOR_LEADER) return {kSuperiorLeader};
  if (step.role() == REVIEWER_ROLE_SUPERIOR_OFFICE) return {kSuperiorOffice};
  const auto& takers = IsJoint(step) ? step.convenors() : step.assignees();
  return {takers.begin(), takers.end()};
}

const ReviewStep* Waiting(const Review& review) {
  return review.state() == REVIEW_STATE_OPEN && review.current_step() < review.steps_size()
             ? &review.steps(review.current_step())
             : nullptr;
}

// The review to decide on; mostly an open one.
const Review* PickReview(World& world, bool joint) {
  const auto& open = OpenReviews(world);
  if (open.empty()) return nullptr;
  return Pick(world, open, [joint](const Review& review) {
    const ReviewStep* step = Waiting(review);
    return step != nullptr && (!joint || IsJoint(*step));
  });
}

// Whose record it is by the record and the directory, whatever the review says of it. Of what a
// department or the unit hands in nobody is the owner.
std::vector<std::string> OwnersToday(World& world, const Review& review) {
  const std::string& name = review.record();
  switch (review.record_kind()) {
    case RECORD_KIND_SELF_CHECK:
      return {GetAs<risk::v1::GetSelfCheckResponse, risk::v1::GetSelfCheckRequest>(world, name)
                  .self_check()
                  .person()};
    case RECORD_KIND_POST_DUTY:
      return HoldersOf(
          world,
          GetAs<personnel::v1::GetPostDutyResponse, personnel::v1::GetPostDutyRequest>(world, name)
              .post_duty()
              .post());
    case RECORD_KIND_GRADE:
      return HoldersOf(world, GetAs<GetGradeResponse, GetGradeRequest>(world, name).grade().post());
    case RECORD_KIND_MEASURE:
      return HoldersOf(
          world, GetAs<risk::v1::GetSubmissionResponse, risk::v1::GetSubmissionRequest>(world, name)
                     .submission()
                     .owner());
    default:
      return {};
  }
}

// What has to hold of a decision that was accepted, by the directory and the record themselves.
void CheckDecision(World& world, const Actor& actor, const Review& before,
                   const std::string& digest, const ReviewDecision& decision) {
  const auto problem = [&](absl::string_view what) {
    world.Problem(absl::StrCat(what, " (", before.title(), ")"));
  };
  if (decision.decider() != actor.subject) problem("the decision names another decider");
  if (decision.revision_digest() != digest) {
    problem("the decision is on something else than what the record was");
  }
  if (Contains(before.owners(), actor.subject) || before.owner() == actor.subject) {
    problem("decided on his own record");
  }
  for (const std::string& owner : OwnersToday(world, before)) {
    if (owner == actor.subject) problem("decided on the record of his own post");
  }
  if (!IsPerson(actor.subject)) return;
  if (IsAway(world, actor.subject)) problem("decided while absent");
  const ReviewStep& step = before.steps(before.current_step());
  // What the review says of its owner is that of the day; the directory is asked as well.
  const bool principals =
      before.owner_kind() == OWNER_KIND_PRINCIPAL_RESPONSIBLE ||
      (before.owner_kind() != OWNER_KIND_DEPARTMENT && before.owner_kind() != OWNER_KIND_UNIT &&
       IsPrincipalResponsible(world, before.owner()));
  if (principals && !MayPassOnToSuperior(before, before.current_step())) {
    problem("the school decided on a principal responsible person's record");
  }
  const ReviewerRole role = IsJoint(step) ? step.convenor_role() : step.role();
  bool holds = Holds(world, actor.subject, role, before.department());
  for (const int stand_in : step.stand_ins()) {
    holds |= IsJoint(step) &&
             Holds(world, actor.subject, static_cast<ReviewerRole>(stand_in), before.department());
  }
  if (!holds) problem(absl::StrCat("does not hold ", ReviewerRole_Name(role)));
}

}  // namespace

void CheckOpened(World& world) {
  for (const Review& review : OpenReviews(world)) {
    if (!world.IsNew(review.name())) continue;
    bool of_principal = false;
    for (const std::string& owner : OwnersToday(world, review)) {
      of_principal |= IsPrincipalResponsible(world, owner);
    }
    if (of_principal && review.owner_kind() != OWNER_KIND_PRINCIPAL_RESPONSIBLE) {
      world.Problem(absl::StrCat("opened as another's, but of a principal responsible person: ",
                                 review.name(), " (", review.title(), ")"));
    }
  }
}

bool MayPassOnToSuperior(const Review& review, int step) {
  if (step + 1 >= review.steps_size()) return false;
  return review.record_kind() == RECORD_KIND_GRADE || IsJoint(review.steps(step));
}

const google::protobuf::RepeatedPtrField<Review>& OpenReviews(World& world) {
  // Who takes a step depends on the directory too: the reviews come again when that grows.
  ListReviewsRequest request;
  request.set_parent(kUnit);
  request.set_state(REVIEW_STATE_OPEN);
  auto* seen = request.add_not_before();
  seen->set_unit(kUnit);
  seen->set_service("personnel");
  seen->set_sequence(world.sizes().at("personnel"));
  return world.All<ListReviewsResponse>(request).reviews();
}

std::string DigestOf(World& world, const Review& review) {
  const std::string& name = review.record();
  switch (review.record_kind()) {
    case RECORD_KIND_SELF_CHECK:
      return GetAs<risk::v1::GetSelfCheckResponse, risk::v1::GetSelfCheckRequest>(world, name)
          .self_check()
          .revision_digest();
    case RECORD_KIND_POST_DUTY:
      return GetAs<personnel::v1::GetPostDutyResponse, personnel::v1::GetPostDutyRequest>(world,
                                                                                          name)
          .post_duty()
          .revision_digest();
    case RECORD_KIND_GRADE:
      return GetAs<GetGradeResponse, GetGradeRequest>(world, name).grade().revision_digest();
    case RECORD_KIND_SELF_INSPECTION:
      return GetAs<GetSelfInspectionReportResponse, GetSelfInspectionReportRequest>(world, name)
          .self_inspection_report()
          .revision_digest();
    default:
      return GetAs<risk::v1::GetSubmissionResponse, risk::v1::GetSubmissionRequest>(world, name)
          .submission()
          .revision_digest();
  }
}

void Decide(World& world, const Command& command) {
  const Review* picked = PickReview(world, /*joint=*/false);
  if (picked == nullptr) return;
  const Review review = *picked;
  const ReviewStep* step = Waiting(review);
  if (step == nullptr) return;
  const std::vector<std::string> takers = TakersOf(*step);
  const Actor actor = CallerOf(world, takers);
  const std::string digest = DigestOf(world, review);
  auto request = On<DecideRequest>(world, review);
  request.set_decision(command.how % 5 == 0 ? DECISION_RETURN : DECISION_APPROVE);
  request.set_revision_digest(digest);
  if (command.slip == Slip::kWrongDigest) request.mutable_revision_digest()->back() ^= 1;
  const bool silent = command.slip == Slip::kNoComment;
  if (request.decision() == DECISION_RETURN && !silent) request.set_comment("请补充。");
  // Whoever the step waits for may decide; a meeting's convenor has to wait for its opinions.
  Must must = Must::kAny;
  const bool wrong = command.slip == Slip::kStaleEtag || command.slip == Slip::kWrongDigest ||
                     (request.decision() == DECISION_RETURN && silent);
  if (wrong || std::find(takers.begin(), takers.end(), actor.subject) == takers.end()) {
    must = Must::kFail;
  } else if (!IsJoint(*step) || request.decision() == DECISION_RETURN) {
    must = Must::kSucceed;
  }
  const auto answer = world.Do<DecideResponse>(actor, request, must);
  if (!answer.ok()) return;
  const Review& after = answer->review();
  if (after.decisions_size() != review.decisions_size() + 1) {
    world.Problem(absl::StrCat("the review has ", after.decisions_size(), " decisions after ",
                               review.decisions_size()));
    return;
  }
  CheckDecision(world, actor, review, digest, after.decisions(after.decisions_size() - 1));
}

void AddOpinion(World& world, const Command& command) {
  const Review* picked = PickReview(world, /*joint=*/true);
  if (picked == nullptr) return;
  const Review review = *picked;
  const ReviewStep* step = Waiting(review);
  if (step == nullptr) return;
  const Actor actor = CallerOf(world, {step->assignees().begin(), step->assignees().end()});
  const std::string digest = DigestOf(world, review);
  auto request = On<AddOpinionRequest>(world, review);
  request.set_stance(command.how % 6 == 0 ? STANCE_DISAGREE : STANCE_AGREE);
  request.set_revision_digest(digest);
  if (command.slip == Slip::kWrongDigest) request.mutable_revision_digest()->back() ^= 1;
  const bool silent = command.slip == Slip::kNoComment;
  if (request.stance() == STANCE_DISAGREE && !silent) request.set_comment("措施不具体。");
  Must must = Must::kAny;
  if (command.slip == Slip::kStaleEtag || command.slip == Slip::kWrongDigest ||
      (request.stance() == STANCE_DISAGREE && silent) || !IsJoint(*step) ||
      !Contains(step->assignees(), actor.subject)) {
    must = Must::kFail;
  } else {
    must = Must::kSucceed;
  }
  const auto answer = world.Do<AddOpinionResponse>(actor, request, must);
  if (!answer.ok()) return;
  int given = 0;
  for (const ReviewOpinion& opinion : answer->review().opinions()) {
    if (opinion.step() != review.current_step() || opinion.person() != actor.subject) continue;
    ++given;
    if (opinion.stance() != request.stance() || opinion.revision_digest() != digest) {
      world.Problem(absl::StrCat("the opinion says something else"));
    }
  }
  if (given != 1) {
    world.Problem(absl::StrCat("the member has ", given, " opinions"));
  }
}

void ProposeGrades(World& world, const Command& command) {
  ProposeGradesRequest request;
  request.set_parent(kUnit);
  request.set_year(command.how % 16 == 0 ? YearOf(world) + 1 : YearOf(world));
  world.Do<ProposeGradesResponse>(CallerOf(world, {kOffice}), request).IgnoreError();
}

void OverrideGrade(World& world, const Command& command) {
  const auto& grades = Everything<ListGradesResponse, ListGradesRequest>(world).grades();
  const Grade* grade = Pick(world, grades);
  if (grade == nullptr) return;
  auto request = On<OverrideGradeRequest>(world, *grade);
  request.set_level(static_cast<common::v1::RiskLevel>(1 + command.how % 3));
  const bool silent = command.slip == Slip::kNoComment;
  if (!silent) request.set_reason("岗位权力集中。");
  Must must = Expected(world);
  // 高 is 1, 低 is 3: a greater number is a lower level.
  if (request.level() > grade->proposal().rule_floor()) must = Must::kFail;
  if (silent && request.level() > grade->proposal().level()) must = Must::kFail;
  world.Do<OverrideGradeResponse>(CallerOf(world, {kOffice, Person("principal")}), request, must)
      .IgnoreError();
}

}  // namespace lianfang::model
