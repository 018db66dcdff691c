#include "tests/acceptance/model/invariants.h"

#include <algorithm>
#include <map>
#include <set>

#include "common/ledger/checkpoint.h"
#include "common/ledger/merkle.h"
#include "lianfang/grading/v1/inspection.pb.h"
#include "lianfang/grading/v1/responsibility.pb.h"
#include "lianfang/personnel/v1/duty.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "tests/acceptance/model/perform.h"
#include "tests/acceptance/model/reviews.h"

namespace lianfang::model {

using namespace grading::v1;  // NOLINT: records
using common::v1::PostFunction;
using common::v1::RiskLevel;

namespace {

template <class Names>
bool Contains(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Level by the scheme's rule alone. 「单位领导班子正职岗位……应确定为一级廉政风险」
RiskLevel FloorOf(const PostProfile& profile) {
  if (profile.is_unit_head()) return common::v1::RISK_LEVEL_HIGH;
  bool medium = false;
  for (const int function : profile.functions()) {
    if (function <= common::v1::POST_FUNCTION_STAFF_LIFE) return common::v1::RISK_LEVEL_HIGH;
    medium = true;
  }
  return medium ? common::v1::RISK_LEVEL_MEDIUM : common::v1::RISK_LEVEL_LOW;
}

// Records that wait for a review, with the review's name.
std::map<std::string, std::string> WaitingRecords(World& world) {
  std::map<std::string, std::string> waiting;
  const auto add = [&](const auto& records, auto state) {
    for (const auto& record : records) {
      if (record.state() == state) waiting[record.name()] = record.review();
    }
  };
  add(Everything<risk::v1::ListSelfChecksResponse, risk::v1::ListSelfChecksRequest>(world)
          .self_checks(),
      risk::v1::SELF_CHECK_STATE_SUBMITTED);
  add(Everything<risk::v1::ListSubmissionsResponse, risk::v1::ListSubmissionsRequest>(world)
          .submissions(),
      risk::v1::SUBMISSION_STATE_SUBMITTED);
  add(Everything<personnel::v1::ListPostDutiesResponse, personnel::v1::ListPostDutiesRequest>(world)
          .post_duties(),
      personnel::v1::POST_DUTY_STATE_IN_REVIEW);
  add(Everything<ListSelfInspectionReportsResponse, ListSelfInspectionReportsRequest>(world)
          .self_inspection_reports(),
      SELF_INSPECTION_STATE_SUBMITTED);
  const auto& grades = Everything<ListGradesResponse, ListGradesRequest>(world).grades();
  add(grades, GRADE_STATE_SCHOOL_REVIEW);
  add(grades, GRADE_STATE_SUPERIOR_REVIEW);
  return waiting;
}

// Takes a record back as one of those who may; false when none of them can.
template <class Response, class Request>
bool TakeBack(World& world, const std::string& record) {
  for (const std::string& subject : Cast()) {
    Request request;
    request.set_name(record);
    if (world.Do<Response>(ActorOf(world, subject), request).ok()) return true;
  }
  return false;
}

bool CanBeTakenBack(World& world, const Review& review) {
  switch (review.record_kind()) {
    case RECORD_KIND_GRADE:
      return false;
    case RECORD_KIND_SELF_CHECK:
      return TakeBack<risk::v1::WithdrawSelfCheckResponse, risk::v1::WithdrawSelfCheckRequest>(
          world, review.record());
    case RECORD_KIND_POST_DUTY:
      return TakeBack<personnel::v1::WithdrawPostDutyResponse,
                      personnel::v1::WithdrawPostDutyRequest>(world, review.record());
    case RECORD_KIND_SELF_INSPECTION:
      return TakeBack<WithdrawSelfInspectionReportResponse, WithdrawSelfInspectionReportRequest>(
          world, review.record());
    default:
      return TakeBack<risk::v1::WithdrawSubmissionResponse, risk::v1::WithdrawSubmissionRequest>(
          world, review.record());
  }
}

}  // namespace

const std::vector<Invariant>& Invariants() {
  static const auto& invariants = *new std::vector<Invariant>{
      {"reviews", CheckReviews}, {"waiting", CheckWaiting},     {"not stuck", CheckNotStuck},
      {"grades", CheckGrades},   {"papers", CheckPapers},       {"statistics", CheckStatistics},
      {"heads", CheckHeads},     {"publicity", CheckPublicity},
  };
  return invariants;
}

void CheckReviews(World& world) {
  for (const Review& review :
       Everything<ListReviewsResponse, ListReviewsRequest>(world).reviews()) {
    const auto problem = [&](absl::string_view what) {
      world.Problem(absl::StrCat(what, ": ", review.name(), " (", review.title(), ")"));
    };
    for (const ReviewDecision& decision : review.decisions()) {
      if (Contains(review.owners(), decision.decider()) && review.state() == REVIEW_STATE_OPEN) {
        // Whoever came to the post afterwards decided on another's record then.
        if (decision.decider() == review.owner()) problem("decided by its owner");
      }
      if (decision.revision_digest() != review.revision_digest()) {
        problem("decided on something else than what is under review");
      }
    }
    const auto last = review.decisions_size() == 0
                          ? DECISION_UNSPECIFIED
                          : review.decisions(review.decisions_size() - 1).decision();
    // Steps that were taken before he became one stay: each is looked at when it is taken.
    if (review.owner_kind() == OWNER_KIND_PRINCIPAL_RESPONSIBLE && last != DECISION_UNSPECIFIED &&
        review.state() != REVIEW_STATE_OPEN && review.state() != REVIEW_STATE_WITHDRAWN) {
      const ReviewDecision& ending = *review.decisions().rbegin();
      const bool superior =
          ending.decider() == kSuperiorLeader || ending.decider() == kSuperiorOffice;
      if (!superior && !MayPassOnToSuperior(review, ending.step())) {
        problem("a principal responsible person's record decided in the school");
      }
    }
    if (review.state() == REVIEW_STATE_APPROVED &&
        (last != DECISION_APPROVE || review.decisions_size() != review.steps_size())) {
      problem("approved without a decision in every step");
    }
    if (review.state() == REVIEW_STATE_RETURNED && last != DECISION_RETURN) {
      problem("returned by nobody");
    }
  }
}

void CheckWaiting(World& world) {
  std::map<std::string, std::string> waiting = WaitingRecords(world);
  for (const Review& review : OpenReviews(world)) {
    const auto record = waiting.find(review.record());
    if (record == waiting.end() || record->second != review.name()) {
      world.Problem(
          absl::StrCat(review.name(), " is open, but ", review.record(), " does not wait for it"));
      return;
    }
    if (DigestOf(world, review) != review.revision_digest()) {
      world.Problem(
          absl::StrCat(review.name(), " is about another revision than ", review.record(), " has"));
    }
    waiting.erase(record);
  }
  if (!waiting.empty()) {
    GetReviewRequest request;
    request.set_name(waiting.begin()->second);
    const Review review = world.Ask<GetReviewResponse>(world.auditor(), request).review();
    world.Problem(absl::StrCat(waiting.begin()->first, " waits for ", waiting.begin()->second,
                               ", which is ", ReviewState_Name(review.state()), " and about ",
                               review.record()));
  }
  // What a form holds waits as long as the form.
  std::set<std::string> forms;
  for (const auto& form :
       Everything<risk::v1::ListSubmissionsResponse, risk::v1::ListSubmissionsRequest>(world)
           .submissions()) {
    if (form.state() == risk::v1::SUBMISSION_STATE_SUBMITTED) forms.insert(form.name());
  }
  const auto held = [&](const auto& records, auto state) {
    for (const auto& record : records) {
      if (record.state() == state && !forms.contains(record.submission())) {
        world.Problem(absl::StrCat(record.name(), " is handed in with ", record.submission(),
                                   ", which is not under review"));
      }
    }
  };
  held(Everything<risk::v1::ListRiskPointsResponse, risk::v1::ListRiskPointsRequest>(world)
           .risk_points(),
       risk::v1::RISK_POINT_STATE_SUBMITTED);
  held(Everything<risk::v1::ListMeasuresResponse, risk::v1::ListMeasuresRequest>(world).measures(),
       risk::v1::MEASURE_STATE_IN_REVIEW);
  held(Everything<risk::v1::ListPowersResponse, risk::v1::ListPowersRequest>(world).powers(),
       risk::v1::FILING_STATE_SUBMITTED);
  held(Everything<risk::v1::ListWorkflowsResponse, risk::v1::ListWorkflowsRequest>(world)
           .workflows(),
       risk::v1::FILING_STATE_SUBMITTED);
}

void CheckNotStuck(World& world) {
  std::set<std::string> in_hand;
  for (const std::string& subject : Cast()) {
    const Actor actor = ActorOf(world, subject);
    if (subject != kOffice && subject != kSuperiorLeader && subject != kSuperiorOffice &&
        !IsPerson(subject)) {
      continue;
    }
    ListReviewTasksRequest request;
    request.set_parent(kUnit);
    request.set_page_size(500);
    const auto tasks = world.Ask<ListReviewTasksResponse>(actor, request);
    for (const Review& review : tasks.reviews()) {
      in_hand.insert(review.name());
    }
  }
  const auto open = OpenReviews(world);
  for (const Review& review : open) {
    if (in_hand.contains(review.name()) || CanBeTakenBack(world, review)) continue;
    world.Problem(absl::StrCat("stuck, nobody may act and nobody can take it back: ", review.name(),
                               " (", review.title(), ")"));
  }
}

void CheckGrades(World& world) {
  const auto all = Everything<ListGradesResponse, ListGradesRequest>(world);
  for (const Grade& grade : all.grades()) {
    const auto problem = [&](absl::string_view what) {
      world.Problem(absl::StrCat("grade ", what, ": ", grade.name()));
    };
    // 高 is 1, 低 is 3: a greater number is a lower level.
    if (grade.proposal().rule_floor() != FloorOf(grade.profile())) problem("wrong floor");
    if (grade.level() == common::v1::RISK_LEVEL_UNSPECIFIED ||
        grade.level() > grade.proposal().rule_floor() ||
        grade.proposal().level() > grade.proposal().rule_floor()) {
      problem("below the rule's floor");
    }
    if (grade.level() > grade.proposal().level() && grade.override_reason().empty()) {
      problem("lowered without a reason");
    }
    if (grade.proposal().policy_version().empty() || grade.proposal().reasons().empty()) {
      problem("does not say why");
    }
    if (grade.state() == GRADE_STATE_CONFIRMED && grade.confirmed_level() != grade.level()) {
      problem("confirmed at another level");
    }
  }
}

void CheckPapers(World& world) {
  for (const ResponsibilityLetter& letter :
       Everything<ListLettersResponse, ListLettersRequest>(world).responsibility_letters()) {
    const auto problem = [&](absl::string_view what) {
      world.Problem(absl::StrCat("letter ", what, ": ", letter.name()));
    };
    const bool by_a = letter.has_signature_a();
    const bool by_b = letter.has_signature_b();
    if (by_b && !by_a) problem("signed by B before A");
    if (letter.state() == LETTER_STATE_IN_FORCE && !(by_a && by_b)) problem("in force unsigned");
    if (letter.state() == LETTER_STATE_REOPENED && (by_a || by_b)) problem("signatures not void");
    if (by_a && !Contains(letter.party_a(), letter.signature_a().signer())) problem("not A signed");
    if (by_b && letter.party_b() != letter.signature_b().signer()) problem("not B signed");
    if (by_a && letter.signature_a().revision_digest() != letter.revision_digest()) {
      problem("A signed something else");
    }
    if (by_b && letter.signature_b().revision_digest() != letter.revision_digest()) {
      problem("B signed something else");
    }
    if (Contains(letter.party_a(), letter.party_b())) problem("signed with oneself");
  }
  for (const Rectification& rectification :
       Everything<ListRectificationsResponse, ListRectificationsRequest>(world).rectifications()) {
    const bool verified = rectification.state() == RECTIFICATION_STATE_VERIFIED ||
                          rectification.state() == RECTIFICATION_STATE_CLOSED;
    if (verified && (rectification.verifier().empty() ||
                     rectification.verifier() == rectification.responsible())) {
      world.Problem(absl::StrCat("verified by whoever is responsible: ", rectification.name()));
    }
  }
}

void CheckHeads(World& world) {
  for (const auto& [service, size] : world.sizes()) {
    if (size == 0) continue;
    ledger::v1::GetCheckpointRequest request;
    request.set_name(absl::StrCat(kUnit, "/ledgers/", service));
    request.set_known_size(static_cast<int64_t>(world.heads()[service].size));
    const auto answer = world.Ask<ledger::v1::GetCheckpointResponse>(world.auditor(), request);
    const auto verifier = ledger::NoteVerifier::Parse(answer.verifier_key());
    if (!verifier.ok()) {
      world.Problem(absl::StrCat("no key of ", service, ": ", verifier.status().ToString()));
      return;
    }
    const auto checkpoint = ledger::OpenCheckpoint(answer.checkpoint(), *verifier);
    if (!checkpoint.ok()) {
      world.Problem(absl::StrCat("checkpoint of ", service, ": ", checkpoint.status().ToString()));
      return;
    }
    // The audit trail may have grown since.
    if (checkpoint->size < static_cast<uint64_t>(size)) {
      world.Problem(absl::StrCat("the checkpoint of ", service, " has ", checkpoint->size,
                                 " entries where the ledger has ", size));
    }
    ledger::Checkpoint& known = world.heads()[service];
    if (known.size > 0) {
      std::vector<ledger::Hash> proof;
      for (const std::string& bytes : answer.consistency_proof()) {
        std::copy_n(bytes.begin(), std::min(bytes.size(), sizeof(ledger::Hash)),
                    proof.emplace_back().begin());
      }
      const absl::Status grows = ledger::VerifyConsistency(known.size, checkpoint->size, proof,
                                                           known.root, checkpoint->root);
      if (!grows.ok()) {
        world.Problem(absl::StrCat("the ledger of ", service, " does not go on from ", known.size,
                                   ": ", grows.ToString()));
      }
    }
    known = *checkpoint;
  }
}

}  // namespace lianfang::model
