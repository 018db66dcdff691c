#include "services/risk/self_checks.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/directory/date.h"
#include "common/directory/lookup.h"
#include "common/review/plan.h"
#include "common/rpc/service.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "services/risk/access.h"
#include "services/risk/domain/self_check_rules.h"
#include "services/risk/risk_kinds.h"
#include "services/risk/today.h"

namespace lianfang::risk {

using google::protobuf::util::TimeUtil;

namespace {

// The form is for one of the person's posts of today.
absl::Status CheckHoldsPost(store::WriteTx& tx, const v1::SelfCheck& form) {
  LF_ASSIGN_OR_RETURN(const std::vector<personnel::v1::Post> posts,
                      directory::PostsOf(tx, form.person(), Today(tx)));
  if (std::any_of(posts.begin(), posts.end(),
                  [&](const personnel::v1::Post& post) { return post.name() == form.post(); })) {
    return absl::OkStatus();
  }
  return rpc::MaybeBehind(
      ErrorBuilder(common::v1::ERROR_REASON_REFERENCE_NOT_FOUND,
                   "没有该岗位，或者本人今天不在该岗位任职。",
                   "There is no such post, or the person does not hold it today.")
          .Field("self_check.post", "不是本人今天任职的岗位。",
                 "is not a post that the person holds today.")
          .Meta("resource", form.post()),
      "personnel");
}

// Asked when the form is handed in, so that nobody waits for a reviewer who is not there.
absl::Status CheckHasReviewer(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                              const v1::SelfCheck& form) {
  LF_ASSIGN_OR_RETURN(const std::string department, directory::DepartmentOfPost(tx, form.post()));
  review::Subject subject;
  subject.record_kind = grading::v1::RECORD_KIND_SELF_CHECK;
  subject.owners = {form.person()};
  subject.post = form.post();
  subject.department = department;
  LF_ASSIGN_OR_RETURN(const std::vector<grading::v1::ReviewStep> steps,
                      review::PlanSteps(tx, tx.unit_id(), routes, subject, Today(tx)));
  const absl::Status status = review::CheckReviewers(steps);
  return status.ok() ? status : rpc::MaybeBehind(status, "personnel");
}

absl::Status CheckWrites(store::WriteTx& tx, const v1::SelfCheck& form) {
  return ViewerOf(tx).May(access::Action::kWriteSelfCheck, access::Action::kSeeSelfCheck,
                          FactsOf(form));
}

}  // namespace

absl::Status CreateSelfCheck(store::WriteTx& tx, v1::SelfCheck& form) {
  LF_RETURN_IF_ERROR(CheckContent(form, tx.unit_id(), "self_check"));
  LF_RETURN_IF_ERROR(ViewerOf(tx).May(access::Action::kWriteSelfCheck, FactsOf(form)));
  LF_RETURN_IF_ERROR(CheckHoldsPost(tx, form));
  store::Query same;
  same.equal.emplace_back("person", form.person());
  same.equal.emplace_back("post", form.post());
  same.equal.emplace_back("year", int64_t{form.year()});
  same.limit = 1;
  LF_ASSIGN_OR_RETURN(const std::vector<v1::SelfCheck> existing,
                      tx.List<v1::SelfCheck>(SelfCheckKind(), tx.unit_id(), same));
  if (!existing.empty()) {
    return ErrorBuilder(common::v1::ERROR_REASON_RESOURCE_EXISTS,
                        absl::StrCat("本人该岗位 ", form.year(), " 年度的自查表已经有了：",
                                     existing.front().name(), "。"),
                        absl::StrCat("There is a form for this person, post and year already: ",
                                     existing.front().name(), "."))
        .Meta("resource", existing.front().name());
  }
  form.set_state(v1::SELF_CHECK_STATE_DRAFT);
  return absl::OkStatus();
}

absl::Status UpdateSelfCheck(store::WriteTx& tx, const v1::SelfCheck& old, v1::SelfCheck& next) {
  LF_RETURN_IF_ERROR(CheckWrites(tx, old));
  LF_RETURN_IF_ERROR(CheckEditable(old));
  return CheckContent(next, tx.unit_id(), "self_check");
}

absl::Status SubmitSelfCheck(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                             v1::SelfCheck& form) {
  LF_RETURN_IF_ERROR(CheckWrites(tx, form));
  LF_ASSIGN_OR_RETURN(v1::SelfCheckRevision revision,
                      Submit(TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(tx.now())), &form));
  LF_RETURN_IF_ERROR(CheckHoldsPost(tx, form));
  LF_RETURN_IF_ERROR(CheckHasReviewer(tx, routes, form));
  // The form first: the entry is about it.
  LF_RETURN_IF_ERROR(tx.Put(SelfCheckKind(), form));
  return tx.Put(SelfCheckRevisionKind(), revision);
}

absl::Status WithdrawSelfCheck(store::WriteTx& tx, v1::SelfCheck& form) {
  LF_RETURN_IF_ERROR(CheckWrites(tx, form));
  return Withdraw(&form);
}

}  // namespace lianfang::risk
