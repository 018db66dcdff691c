#include "services/grading/grading_follower.h"

#include "absl/strings/str_cat.h"
#include "common/base/id.h"
#include "common/base/resource_name.h"
#include "common/directory/directory_kinds.h"
#include "common/obs/log.h"
#include "common/rpc/service.h"
#include "common/status/error.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "services/grading/domain/ids.h"
#include "services/grading/domain/review.h"
#include "services/grading/domain/route.h"
#include "services/grading/grading_kinds.h"
#include "services/grading/open_review.h"

namespace lianfang::grading {
namespace {

using risk::v1::RiskPoint;
using risk::v1::SelfCheck;

absl::Status UnknownReference(absl::string_view name) {
  return rpc::MaybeBehind(
      ErrorBuilder(common::v1::ERROR_REASON_REFERENCE_NOT_FOUND, absl::StrCat("没有 ", name, "。"),
                   absl::StrCat("There is no ", name, "."))
          .Meta("resource", name),
      "personnel");
}

absl::Status OpenReview(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                        const SelfCheck& form, const std::string& review_id) {
  // Without them the owner could be taken for somebody else. Risk has checked both, so they come.
  LF_ASSIGN_OR_RETURN(const auto post,
                      tx.Find<personnel::v1::Post>(directory::PostKind(), form.post()));
  if (!post) return UnknownReference(form.post());
  LF_ASSIGN_OR_RETURN(const auto person,
                      tx.Find<personnel::v1::Person>(directory::PersonKind(), form.person()));
  if (!person) return UnknownReference(form.person());
  ReviewSubject subject;
  subject.review_id = review_id;
  subject.record = form.name();
  subject.record_kind = v1::RECORD_KIND_SELF_CHECK;
  subject.revision = form.revision();
  subject.revision_digest = form.revision_digest();
  subject.owners = {form.person()};
  subject.post = form.post();
  subject.department = post->department();
  subject.title = absl::StrCat(form.year(), "年个人廉政风险自查表：", person->display_name(), "（",
                               post->display_name(), "）");
  subject.year = form.year();
  LF_ASSIGN_OR_RETURN(v1::Review review, PlanReview(tx, routes, subject));
  if (const absl::Status reviewers = CheckReviewers({review.steps().begin(), review.steps().end()});
      !reviewers.ok()) {
    obs::Log(obs::Level::kWarning, "review_without_reviewer", {{"review", review.name()}});
  }
  return tx.Put(ReviewKind(), review);
}

absl::Status ApplySelfCheck(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                            const SelfCheck& form) {
  const absl::string_view id = IdIn("selfChecks", form.name());
  if (form.revision() > 0) {
    // The form names its review; what it names must be one of this unit.
    std::string review_id(UnitIdOf(form.review()) == tx.unit_id() ? IdIn("reviews", form.review())
                                                                  : absl::string_view());
    if (!IsValidResourceId(review_id)) review_id = SelfCheckReviewId(id, form.revision());
    LF_ASSIGN_OR_RETURN(const auto review,
                        tx.FindById<v1::Review>(ReviewKind(), tx.unit_id(), review_id));
    if (form.state() == risk::v1::SELF_CHECK_STATE_SUBMITTED && !review) {
      LF_RETURN_IF_ERROR(OpenReview(tx, routes, form, review_id));
    }
    if (form.state() == risk::v1::SELF_CHECK_STATE_DRAFT && review &&
        review->state() == v1::REVIEW_STATE_OPEN) {
      LF_ASSIGN_OR_RETURN(v1::Review withdrawn, Withdraw(*review));
      LF_RETURN_IF_ERROR(tx.Put(ReviewKind(), withdrawn));
    }
  }
  SelfCheck copy = form;
  copy.clear_duties();
  copy.clear_conformity();
  copy.clear_findings();
  return tx.Derive(SelfCheckKind(), id, copy);
}

absl::Status ApplyRiskPoint(store::WriteTx& tx, const RiskPoint& point) {
  RiskPoint copy = point;
  copy.clear_description();
  copy.clear_manifestation();
  copy.clear_key_link();
  return tx.Derive(RiskPointKind(), IdIn("riskPoints", point.name()), copy);
}

}  // namespace

absl::Status ApplyRisk(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                       const ledger::v1::EntryContent& content) {
  for (const auto& resource : content.resources()) {
    SelfCheck form;
    RiskPoint point;
    if (resource.Is<SelfCheck>() && resource.UnpackTo(&form) &&
        UnitIdOf(form.name()) == tx.unit_id()) {
      LF_RETURN_IF_ERROR(ApplySelfCheck(tx, routes, form));
    } else if (resource.Is<RiskPoint>() && resource.UnpackTo(&point) &&
               UnitIdOf(point.name()) == tx.unit_id()) {
      LF_RETURN_IF_ERROR(ApplyRiskPoint(tx, point));
    }
  }
  return absl::OkStatus();
}

}  // namespace lianfang::grading
