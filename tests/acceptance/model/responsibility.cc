#include "lianfang/grading/v1/responsibility.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "tests/acceptance/model/perform.h"

namespace lianfang::model {

using namespace grading::v1;  // NOLINT: requests
using namespace risk::v1;     // NOLINT

namespace {

const google::protobuf::RepeatedPtrField<WarningSign>& Signs(World& world) {
  return Everything<ListWarningSignsResponse, ListWarningSignsRequest>(world).warning_signs();
}

const google::protobuf::RepeatedPtrField<Feedback>& FeedbackOf(World& world) {
  return Everything<ListFeedbackResponse, ListFeedbackRequest>(world).feedback();
}

}  // namespace

void DraftLetters(World& world, const Command&) {
  DraftLettersRequest request;
  request.set_parent(kUnit);
  request.set_year(YearOf(world));
  world.Do<DraftLettersResponse>(CallerOf(world, {kOffice}), request).IgnoreError();
}

void SignLetter(World& world, const Command& command) {
  const auto& letters =
      Everything<ListLettersResponse, ListLettersRequest>(world).responsibility_letters();
  const ResponsibilityLetter* letter = Pick(world, letters, [](const ResponsibilityLetter& l) {
    return l.state() != LETTER_STATE_IN_FORCE && l.state() != LETTER_STATE_EXPIRED;
  });
  if (letter == nullptr) return;
  std::vector<std::string> signers(letter->party_a().begin(), letter->party_a().end());
  if (letter->state() == LETTER_STATE_SIGNED_BY_PARTY_A || command.how % 7 == 0) {
    signers = {letter->party_b()};
  }
  auto request = On<SignLetterRequest>(world, *letter);
  request.set_revision_digest(letter->revision_digest());
  if (command.slip == Slip::kWrongDigest) request.mutable_revision_digest()->back() ^= 1;
  const Must must = command.slip == Slip::kWrongDigest ? Must::kFail : Expected(world);
  world.Do<SignLetterResponse>(CallerOf(world, signers), request, must).IgnoreError();
}

void ProduceWarningSign(World& world, const Command&) {
  const WarningSign* sign = Pick(world, Signs(world), [](const WarningSign& s) {
    return s.state() == WARNING_SIGN_STATE_GENERATED || s.state() == WARNING_SIGN_STATE_REVISED;
  });
  Step<ProduceWarningSignResponse, ProduceWarningSignRequest>(world, sign, {kOffice});
}

void DisplayWarningSign(World& world, const Command&) {
  const WarningSign* sign = Pick(world, Signs(world), [](const WarningSign& s) {
    return s.state() == WARNING_SIGN_STATE_PRODUCED;
  });
  Step<DisplayWarningSignResponse, DisplayWarningSignRequest>(world, sign, {kOffice});
}

void RemoveWarningSign(World& world, const Command& command) {
  const WarningSign* sign = Pick(world, Signs(world), [](const WarningSign& s) {
    return s.state() != WARNING_SIGN_STATE_REMOVED;
  });
  if (sign == nullptr) return;
  auto request = On<RemoveWarningSignRequest>(world, *sign);
  const bool silent = command.slip == Slip::kNoComment;
  if (!silent) request.set_reason("岗位撤销。");
  world
      .Do<RemoveWarningSignResponse>(CallerOf(world, {kOffice}), request,
                                     silent ? Must::kFail : Expected(world))
      .IgnoreError();
}

void CreateFeedback(World& world, const Command& command) {
  const auto posts = PostsOf(world);
  const auto departments = DepartmentsOf(world);
  CreateFeedbackRequest request;
  request.set_parent(kUnit);
  Feedback& feedback = *request.mutable_feedback();
  if (command.how % 3 == 0) feedback.set_subject(Choose(world, posts).name());
  if (command.how % 3 == 1) feedback.set_subject(Choose(world, departments).name());
  // Its id is the server's and another in each run: by the title it is known again.
  feedback.set_title(absl::StrCat("意见", world.command().number));
  feedback.set_content("采购价格偏高。");
  world.Do<CreateFeedbackResponse>(CallerOf(world, {"services/box", Person("teacher")}), request)
      .IgnoreError();
}

void AcceptFeedback(World& world, const Command&) {
  const auto& all = FeedbackOf(world);
  const Feedback* feedback =
      Pick(world, all, [](const Feedback& f) { return f.state() == FEEDBACK_STATE_RECEIVED; });
  Step<AcceptFeedbackResponse, AcceptFeedbackRequest>(world, feedback,
                                                      {kOffice, Person("director")});
}

void HandleFeedback(World& world, const Command& command) {
  const auto& all = FeedbackOf(world);
  const Feedback* feedback =
      Pick(world, all, [](const Feedback& f) { return f.state() == FEEDBACK_STATE_ACCEPTED; });
  if (feedback == nullptr) return;
  auto request = On<HandleFeedbackRequest>(world, *feedback);
  request.set_finding(static_cast<FeedbackFinding>(1 + command.how % 3));
  request.set_result("已核查。");
  world
      .Do<HandleFeedbackResponse>(CallerOf(world, {kOffice, Person("director")}), request,
                                  Expected(world))
      .IgnoreError();
}

void CloseFeedback(World& world, const Command& command) {
  const auto& all = FeedbackOf(world);
  const Feedback* feedback =
      Pick(world, all, [](const Feedback& f) { return f.state() == FEEDBACK_STATE_HANDLED; });
  if (feedback == nullptr) return;
  auto request = On<CloseFeedbackRequest>(world, *feedback);
  if (command.how % 2 == 0) request.set_reason("与本校无关。");
  world.Do<CloseFeedbackResponse>(CallerOf(world, {kOffice}), request, Expected(world))
      .IgnoreError();
}

}  // namespace lianfang::model
