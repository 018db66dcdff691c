#include "services/personnel/duties.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/access/place.h"
#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/review/plan.h"
#include "common/rpc/service.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "services/personnel/domain/duty_marks.h"
#include "services/personnel/domain/duty_rules.h"
#include "services/personnel/domain/duty_volume.h"
#include "services/personnel/domain/rules.h"
#include "services/personnel/duty_kinds.h"
#include "services/personnel/personnel_rules.h"

namespace lianfang::personnel {

using google::protobuf::util::TimeUtil;

namespace {

google::type::Date Today(const store::WriteTx& tx) {
  return directory::DateOf(tx.now(), directory::SchoolTimeZone());
}

google::protobuf::Timestamp Now(const store::WriteTx& tx) {
  return TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(tx.now()));
}

// REFERENCE_NOT_FOUND in `field` unless the post is there. Whoever only takes back or corrects what
// there is may do so after the post was archived.
absl::StatusOr<PostFacts> FactsOf(store::WriteTx& tx, const std::string& post_name,
                                  absl::string_view field, bool in_use) {
  std::optional<v1::Post> post;
  std::optional<v1::RecordState> state;
  if (UnitIdOf(post_name) == tx.unit_id()) {
    LF_ASSIGN_OR_RETURN(post, tx.Find<v1::Post>(directory::PostKind(), post_name));
    if (post) state = in_use ? post->state() : v1::RECORD_STATE_ACTIVE;
  }
  LF_RETURN_IF_ERROR(CheckReference(tx.unit_id(), field, post_name, state));
  PostFacts facts;
  facts.display_name = post->display_name();
  facts.department = post->department();
  if (!facts.department.empty()) {
    LF_ASSIGN_OR_RETURN(facts.head, directory::DepartmentHead(tx, facts.department));
  }
  LF_ASSIGN_OR_RETURN(const std::vector<v1::Person> holders,
                      directory::HoldersOf(tx, post_name, Today(tx)));
  for (const v1::Person& holder : holders) facts.holders.push_back(holder.name());
  return facts;
}

// The facts of a duty's post, when the caller may write the duty.
absl::StatusOr<PostFacts> Allow(store::WriteTx& tx, const v1::PostDuty& duty, bool in_use = false) {
  LF_ASSIGN_OR_RETURN(PostFacts facts, FactsOf(tx, duty.post(), "post_duty.post", in_use));
  access::Facts whose;
  whose.name = duty.name();
  whose.post = duty.post();
  whose.department = facts.department;
  access::Viewer viewer(&tx, &tx.actor(), tx.unit_id(), tx.now());
  LF_RETURN_IF_ERROR(viewer.May(facts.department.empty() ? access::Action::kWriteDutyOfLeader
                                                         : access::Action::kWriteDutyOfDepartment,
                                whose));
  return facts;
}

// What a duty under review does not allow, it may allow once a decision arrives that has been made
// already: whoever just heard of one goes on at once.
absl::Status PerhapsDecided(const v1::PostDuty& duty, absl::Status status) {
  if (status.ok() || duty.state() != v1::POST_DUTY_STATE_IN_REVIEW) return status;
  return rpc::MaybeBehind(std::move(status), "grading");
}

// All duties of a post.
absl::StatusOr<std::vector<v1::PostDuty>> DutiesOf(store::WriteTx& tx, const std::string& post) {
  store::Query query;
  query.equal.emplace_back("post", post);
  return directory::ListAll<v1::PostDuty>(tx, PostDutyKind(), tx.unit_id(), std::move(query));
}

// Somebody must be there for every step: asked now, when the drafter can do something about it.
absl::Status CheckHasReviewers(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                               const PostFacts& post, const v1::PostDuty& duty) {
  review::Subject subject;
  subject.record_kind = grading::v1::RECORD_KIND_POST_DUTY;
  subject.owners = post.holders;
  subject.post = duty.post();
  subject.department = post.department;
  // What somebody wrote himself he does not judge, whosever post it is.
  subject.barred = {duty.drafter()};
  LF_ASSIGN_OR_RETURN(const std::vector<grading::v1::ReviewStep> steps,
                      review::PlanSteps(tx, tx.unit_id(), routes, subject, Today(tx)));
  return review::CheckReviewers(steps);
}

}  // namespace

absl::Status CreatePostDuty(store::WriteTx& tx, v1::PostDuty& duty) {
  LF_RETURN_IF_ERROR(RequireUnit(tx, "parent"));
  LF_RETURN_IF_ERROR(CheckContent(duty, tx.unit_id()));
  LF_ASSIGN_OR_RETURN(const PostFacts post, Allow(tx, duty, true));
  LF_ASSIGN_OR_RETURN(const std::vector<v1::PostDuty> duties, DutiesOf(tx, duty.post()));
  const auto same = std::find_if(duties.begin(), duties.end(), [&](const v1::PostDuty& other) {
    return other.year() == duty.year();
  });
  if (same != duties.end()) {
    return ErrorBuilder(
               common::v1::ERROR_REASON_RESOURCE_EXISTS,
               absl::StrCat("该岗位 ", duty.year(), " 年度的岗位职责已经有了：", same->name(),
                            "。"),
               absl::StrCat("The post has a duty for this year already: ", same->name(), "."))
        .Meta("resource", same->name());
  }
  Start(post, &duty);
  return absl::OkStatus();
}

absl::Status UpdatePostDuty(store::WriteTx& tx, const v1::PostDuty& old, v1::PostDuty& next) {
  LF_RETURN_IF_ERROR(Allow(tx, old).status());
  LF_RETURN_IF_ERROR(PerhapsDecided(old, CheckEditable(old)));
  return CheckContent(next, tx.unit_id());
}

absl::Status SubmitPostDuty(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                            v1::PostDuty& duty) {
  LF_ASSIGN_OR_RETURN(const PostFacts post, Allow(tx, duty, true));
  LF_RETURN_IF_ERROR(PerhapsDecided(duty, CheckEditable(duty)));
  LF_ASSIGN_OR_RETURN(v1::PostDutyRevision revision,
                      Submit(post, tx.actor().subject, Now(tx), &duty));
  LF_RETURN_IF_ERROR(CheckHasReviewers(tx, routes, post, duty));
  // The duty first: the entry is about it.
  LF_RETURN_IF_ERROR(tx.Put(PostDutyKind(), duty));
  return tx.Put(PostDutyRevisionKind(), revision);
}

absl::Status WithdrawPostDuty(store::WriteTx& tx, v1::PostDuty& duty) {
  LF_RETURN_IF_ERROR(Allow(tx, duty).status());
  return Withdraw(&duty);
}

absl::Status RevisePostDuty(store::WriteTx& tx, v1::PostDuty& duty) {
  LF_RETURN_IF_ERROR(Allow(tx, duty, true).status());
  return PerhapsDecided(duty, Revise(&duty));
}

absl::Status ConfirmPostDuty(store::WriteTx& tx, v1::PostDuty& duty) {
  LF_RETURN_IF_ERROR(Allow(tx, duty, true).status());
  return Confirm(&duty);
}

absl::Status CompilePostDuties(store::WriteTx& tx, const v1::CompilePostDutiesRequest& request) {
  LF_RETURN_IF_ERROR(RequireUnit(tx, "parent"));
  VolumeInput input;
  input.unit_id = tx.unit_id();
  input.year = request.year();
  store::Query in_use;
  in_use.equal.emplace_back("state", int64_t{v1::RECORD_STATE_ACTIVE});
  LF_ASSIGN_OR_RETURN(input.posts, directory::ListAll<v1::Post>(tx, directory::PostKind(),
                                                                tx.unit_id(), std::move(in_use)));
  store::Query of_year;
  of_year.equal.emplace_back("year", int64_t{request.year()});
  LF_ASSIGN_OR_RETURN(input.duties,
                      directory::ListAll<v1::PostDuty>(tx, PostDutyKind(), tx.unit_id(), of_year));
  LF_ASSIGN_OR_RETURN(
      std::vector<v1::DutyVolume> volumes,
      directory::ListAll<v1::DutyVolume>(tx, DutyVolumeKind(), tx.unit_id(), std::move(of_year)));
  for (v1::DutyVolume& volume : volumes) {
    if (!input.newest || input.newest->number() < volume.number()) {
      input.newest = std::move(volume);
    }
  }
  absl::StatusOr<v1::DutyVolume> planned = PlanVolume(input, tx.actor().subject, Now(tx));
  if (ReasonOf(planned.status()) == common::v1::ERROR_REASON_NOT_COMPILABLE) {
    return rpc::MaybeBehind(planned.status(), "grading");
  }
  LF_ASSIGN_OR_RETURN(v1::DutyVolume volume, std::move(planned));
  // The volume first: the entry is about it.
  LF_RETURN_IF_ERROR(tx.Put(DutyVolumeKind(), volume));
  for (const v1::DutyVolumeItem& item : volume.items()) {
    const auto duty =
        std::find_if(input.duties.begin(), input.duties.end(),
                     [&](const v1::PostDuty& one) { return one.name() == item.post_duty(); });
    if (duty == input.duties.end() || duty->state() != v1::POST_DUTY_STATE_APPROVED) continue;
    Compile(volume.name(), &*duty);
    LF_RETURN_IF_ERROR(tx.Put(PostDutyKind(), *duty));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<v1::PostDuty>> MarkedDuty(store::WriteTx& tx, const v1::Post& old,
                                                       const v1::Post& next) {
  LF_ASSIGN_OR_RETURN(const std::vector<v1::PostDuty> duties, DutiesOf(tx, next.name()));
  std::optional<v1::PostDuty> duty = DutyToMark(duties);
  if (duty && !MarkChange(old, next, tx.now(), &*duty)) duty.reset();
  return duty;
}

}  // namespace lianfang::personnel
