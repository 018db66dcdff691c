#include "lianfang/personnel/v1/duty.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "tests/acceptance/model/perform.h"

namespace lianfang::model {

using namespace risk::v1;       // NOLINT: requests of the forms
using namespace personnel::v1;  // NOLINT

namespace {

using SelfCheckList = ListSelfChecksResponse;
using DutyList = ListPostDutiesResponse;

const SelfCheckList& SelfChecks(World& world) {
  return Everything<SelfCheckList, ListSelfChecksRequest>(world);
}
const DutyList& Duties(World& world) { return Everything<DutyList, ListPostDutiesRequest>(world); }

bool IsOpen(const SelfCheck& form) {
  return form.state() == SELF_CHECK_STATE_DRAFT || form.state() == SELF_CHECK_STATE_RETURNED;
}
bool IsOpen(const PostDuty& duty) {
  return duty.state() == POST_DUTY_STATE_DRAFT || duty.state() == POST_DUTY_STATE_RETURNED;
}
bool IsApproved(const PostDuty& duty) {
  return duty.state() == POST_DUTY_STATE_APPROVED || duty.state() == POST_DUTY_STATE_COMPILED;
}

// Up to three findings, of the categories of the personal form.
void AddFindings(SelfCheck* form, int how) {
  for (int i = 0; i < how % 4; ++i) {
    Finding& finding = *form->add_findings();
    finding.set_category((how + i) % 3 == 0   ? common::v1::RISK_CATEGORY_MORALITY
                         : (how + i) % 3 == 1 ? common::v1::RISK_CATEGORY_POST_DUTY
                                              : common::v1::RISK_CATEGORY_RULE_EXECUTION);
    finding.set_description(absl::StrCat("风险", how, "之", i));
    finding.set_manifestation("询价流于形式。");
    finding.set_kind(FINDING_KIND_POTENTIAL);
    finding.set_method(how % 2 == 0 ? common::v1::FINDING_METHOD_SELF
                                    : common::v1::FINDING_METHOD_PEERS);
    if (how % 5 == 0) finding.set_sensitive_topic(common::v1::SENSITIVE_TOPIC_FEES);
    if (how % 7 == 0) {
      finding.mutable_factors()->set_likelihood(LIKELIHOOD_CERTAIN);
      finding.mutable_factors()->set_consequence(CONSEQUENCE_MAJOR);
    }
  }
}

// Who writes the duty of a post.
std::vector<std::string> WritersOf(World& world, const std::string& post) {
  for (const auto& one : PostsOf(world)) {
    if (one.name() != post || one.department().empty()) continue;
    std::vector<std::string> writers = {kOffice};
    for (const auto& department : DepartmentsOf(world)) {
      if (department.name() == one.department() && !department.head().empty()) {
        writers.push_back(department.head());
      }
    }
    return writers;
  }
  std::vector<std::string> writers = HoldersOf(world, post);
  writers.emplace_back(kOffice);
  return writers;
}

}  // namespace

void CreateSelfCheck(World& world, const Command& command) {
  const auto posts = PostsOf(world);
  const auto& post = Choose(world, posts);
  const auto holders = HoldersOf(world, post.name());
  const auto& persons = command.fitting && !holders.empty() ? holders : Persons();
  const int choice = world.Choose(command.who, Persons(), persons);
  const std::string person = Persons()[static_cast<size_t>(std::max(0, choice))];
  const int year = command.how % 16 == 0 ? YearOf(world) + 1 : YearOf(world);
  CreateSelfCheckRequest request;
  request.set_parent(kUnit);
  request.set_self_check_id(NewId(world));
  SelfCheck& form = *request.mutable_self_check();
  form.set_person(person);
  form.set_post(post.name());
  form.set_year(year);
  form.set_duties("负责本岗位工作。");
  AddFindings(&form, command.how);
  world.Do<CreateSelfCheckResponse>(CallerOf(world, {person}), request).IgnoreError();
}

void UpdateSelfCheck(World& world, const Command& command) {
  const SelfCheck* form =
      Pick(world, SelfChecks(world).self_checks(), [](const SelfCheck& f) { return IsOpen(f); });
  if (form == nullptr) return;
  UpdateSelfCheckRequest request;
  request.mutable_self_check()->set_name(form->name());
  request.mutable_self_check()->set_etag(EtagFor(world, *form));
  AddFindings(request.mutable_self_check(), command.how | 1);
  request.mutable_update_mask()->add_paths("findings");
  world.Do<UpdateSelfCheckResponse>(CallerOf(world, {form->person()}), request, Expected(world))
      .IgnoreError();
}

void SubmitSelfCheck(World& world, const Command&) {
  const SelfCheck* form =
      Pick(world, SelfChecks(world).self_checks(), [](const SelfCheck& f) { return IsOpen(f); });
  if (form == nullptr) return;
  Step<SubmitSelfCheckResponse, SubmitSelfCheckRequest>(world, form, {form->person()});
}

void WithdrawSelfCheck(World& world, const Command&) {
  const SelfCheck* form = Pick(world, SelfChecks(world).self_checks(), [](const SelfCheck& f) {
    return f.state() == SELF_CHECK_STATE_SUBMITTED;
  });
  if (form == nullptr) return;
  Step<WithdrawSelfCheckResponse, WithdrawSelfCheckRequest>(world, form, {form->person()});
}

void CreatePostDuty(World& world, const Command& command) {
  const auto posts = PostsOf(world);
  const auto& post = Choose(world, posts);
  CreatePostDutyRequest request;
  request.set_parent(kUnit);
  request.set_post_duty_id(NewId(world));
  request.mutable_post_duty()->set_post(post.name());
  request.mutable_post_duty()->set_year(command.how % 16 == 0 ? YearOf(world) + 1 : YearOf(world));
  if (command.how % 8 != 1) request.mutable_post_duty()->add_items("做好本岗位工作。");
  world.Do<CreatePostDutyResponse>(CallerOf(world, WritersOf(world, post.name())), request)
      .IgnoreError();
}

void UpdatePostDuty(World& world, const Command& command) {
  const PostDuty* duty =
      Pick(world, Duties(world).post_duties(), [](const PostDuty& d) { return IsOpen(d); });
  if (duty == nullptr) return;
  UpdatePostDutyRequest request;
  request.mutable_post_duty()->set_name(duty->name());
  request.mutable_post_duty()->set_etag(EtagFor(world, *duty));
  request.mutable_post_duty()->add_items(absl::StrCat("第", command.how, "条。"));
  request.mutable_update_mask()->add_paths("items");
  world
      .Do<UpdatePostDutyResponse>(CallerOf(world, WritersOf(world, duty->post())), request,
                                  Expected(world))
      .IgnoreError();
}

void SubmitPostDuty(World& world, const Command&) {
  const PostDuty* duty =
      Pick(world, Duties(world).post_duties(), [](const PostDuty& d) { return IsOpen(d); });
  if (duty == nullptr) return;
  Step<SubmitPostDutyResponse, SubmitPostDutyRequest>(world, duty, WritersOf(world, duty->post()));
}

void WithdrawPostDuty(World& world, const Command&) {
  const PostDuty* duty = Pick(world, Duties(world).post_duties(), [](const PostDuty& d) {
    return d.state() == POST_DUTY_STATE_IN_REVIEW;
  });
  if (duty == nullptr) return;
  Step<WithdrawPostDutyResponse, WithdrawPostDutyRequest>(world, duty,
                                                          WritersOf(world, duty->post()));
}

void RevisePostDuty(World& world, const Command&) {
  const PostDuty* duty =
      Pick(world, Duties(world).post_duties(), [](const PostDuty& d) { return IsApproved(d); });
  if (duty == nullptr) return;
  Step<RevisePostDutyResponse, RevisePostDutyRequest>(world, duty, WritersOf(world, duty->post()));
}

void ConfirmPostDuty(World& world, const Command&) {
  const PostDuty* duty = Pick(world, Duties(world).post_duties(), [](const PostDuty& d) {
    return IsApproved(d) && d.marks_size() > 0;
  });
  if (duty == nullptr) return;
  Step<ConfirmPostDutyResponse, ConfirmPostDutyRequest>(world, duty,
                                                        WritersOf(world, duty->post()));
}

void CompilePostDuties(World& world, const Command&) {
  CompilePostDutiesRequest request;
  request.set_parent(kUnit);
  request.set_year(YearOf(world));
  world.Do<CompilePostDutiesResponse>(CallerOf(world, {kOffice, Person("principal")}), request)
      .IgnoreError();
}

}  // namespace lianfang::model
