#include "services/risk/submissions.h"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/review/plan.h"
#include "common/rpc/service.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "services/risk/access.h"
#include "services/risk/domain/item_rules.h"
#include "services/risk/domain/risk_point_rules.h"
#include "services/risk/domain/submission_rules.h"
#include "services/risk/keepers.h"
#include "services/risk/risk_kinds.h"
#include "services/risk/today.h"
#include "services/risk/workflows.h"

namespace lianfang::risk {

using google::protobuf::util::TimeUtil;

namespace {

template <class T>
const store::RecordKind& KindOf();
template <>
const store::RecordKind& KindOf<v1::RiskPoint>() {
  return RiskPointKind();
}
template <>
const store::RecordKind& KindOf<v1::Power>() {
  return PowerKind();
}
template <>
const store::RecordKind& KindOf<v1::Workflow>() {
  return WorkflowKind();
}
template <>
const store::RecordKind& KindOf<v1::Measure>() {
  return MeasureKind();
}

// Whose form it is, as the directory says.
struct Owner {
  std::string display_name;
  std::string department;            // empty for the leadership and the unit
  std::vector<std::string> persons;  // whose own record it is
};

absl::Status FindPost(store::WriteTx& tx, const v1::Submission& form, bool in_use, Owner* owner) {
  LF_ASSIGN_OR_RETURN(const auto post,
                      tx.Find<personnel::v1::Post>(directory::PostKind(), form.owner()));
  if (!post || (in_use && post->state() != personnel::v1::RECORD_STATE_ACTIVE)) {
    return rpc::MaybeBehind(NoReference("submission.owner", form.owner()), "personnel");
  }
  owner->display_name = post->display_name();
  owner->department = post->department();
  LF_ASSIGN_OR_RETURN(const std::vector<personnel::v1::Person> holders,
                      directory::HoldersOf(tx, form.owner(), Today(tx)));
  for (const auto& holder : holders) owner->persons.push_back(holder.name());
  return absl::OkStatus();
}

absl::Status FindOwningDepartment(store::WriteTx& tx, const v1::Submission& form, bool in_use,
                                  Owner* owner) {
  LF_ASSIGN_OR_RETURN(const std::optional<personnel::v1::Department> department,
                      FindDepartment(tx, form.owner(), in_use, "submission.owner"));
  if (!department) return absl::OkStatus();
  owner->display_name = department->display_name();
  owner->department = department->name();
  if (!department->head().empty()) owner->persons.push_back(department->head());
  return absl::OkStatus();
}

absl::Status FindUnit(store::WriteTx& tx, const v1::Submission& form, Owner* owner) {
  LF_ASSIGN_OR_RETURN(const auto unit,
                      tx.Find<personnel::v1::Unit>(directory::UnitKind(), form.owner()));
  if (!unit) return rpc::MaybeBehind(NoReference("submission.owner", form.owner()), "personnel");
  owner->display_name = unit->display_name();
  return absl::OkStatus();
}

// The holder of a post hands in its forms (「由本人对照」), the head of a department or the leader
// in charge of it the department's (「由科室负责人填报有关表格」), the principal the unit's and
// departments', the control office all.
access::Action HandInOf(common::v1::RiskLayer layer) {
  switch (layer) {
    case common::v1::RISK_LAYER_POST:
      return access::Action::kHandInOfPost;
    case common::v1::RISK_LAYER_DEPARTMENT:
      return access::Action::kHandInOfDepartment;
    default:
      return access::Action::kHandInOfUnit;
  }
}

// NOT_RECORD_OWNER unless the actor hands in and takes back this owner's forms. `in_use`: the owner
// has to be in use, too.
absl::StatusOr<Owner> FindOwner(store::WriteTx& tx, const v1::Submission& form, bool in_use) {
  Owner owner;
  const common::v1::RiskLayer layer = LayerOf(form.owner());
  if (layer == common::v1::RISK_LAYER_POST) {
    LF_RETURN_IF_ERROR(FindPost(tx, form, in_use, &owner));
  } else if (layer == common::v1::RISK_LAYER_DEPARTMENT) {
    LF_RETURN_IF_ERROR(FindOwningDepartment(tx, form, in_use, &owner));
  } else {
    LF_RETURN_IF_ERROR(FindUnit(tx, form, &owner));
  }
  LF_RETURN_IF_ERROR(FromDirectory(ViewerOf(tx).May(HandInOf(layer), FactsOf(form))));
  // Who hands in a form for others made it his own; the control office only writes for them.
  const std::string& actor = tx.actor().subject;
  if (!tx.actor().HasRole("control_office") &&
      std::find(owner.persons.begin(), owner.persons.end(), actor) == owner.persons.end()) {
    owner.persons.push_back(actor);
  }
  return owner;
}

// What a form will hold, up to the limits of one form.
struct Collected {
  std::tuple<std::vector<v1::RiskPoint>, std::vector<v1::Power>, std::vector<v1::Workflow>,
             std::vector<v1::Measure>>
      items;
  size_t count = 0;
  size_t bytes = 0;

  // Takes the record when it waits to be handed in; false when the form is full.
  template <class T>
  bool Take(T&& item) {
    if (!CanBeHandedIn(item)) return true;
    const size_t size = item.ByteSizeLong();
    if (count == kMaxFormItems || (count > 0 && bytes + size > kMaxFormBytes)) return false;
    ++count;
    bytes += size;
    std::get<std::vector<std::decay_t<T>>>(items).push_back(std::forward<T>(item));
    return true;
  }
};

template <class T>
absl::StatusOr<std::vector<T>> ListBy(store::WriteTx& tx, absl::string_view column,
                                      store::IndexValue value) {
  store::Query query;
  query.equal.emplace_back(column, std::move(value));
  return directory::ListAll<T>(tx, KindOf<T>(), tx.unit_id(), std::move(query));
}

absl::StatusOr<std::vector<v1::RiskPoint>> PointsOfForm(store::WriteTx& tx,
                                                        const v1::Submission& form) {
  store::Query query;
  query.equal.emplace_back("owner", form.owner());
  query.equal.emplace_back("year", int64_t{form.year()});
  return directory::ListAll<v1::RiskPoint>(tx, RiskPointKind(), tx.unit_id(), std::move(query));
}

absl::Status CollectPoints(store::WriteTx& tx, const v1::Submission& form, Collected* collected) {
  const bool about_powers = form.kind() == v1::SUBMISSION_KIND_POWER_RISKS;
  LF_ASSIGN_OR_RETURN(std::vector<v1::RiskPoint> points, PointsOfForm(tx, form));
  for (v1::RiskPoint& point : points) {
    if (point.power().empty() == about_powers) continue;
    if (!collected->Take(std::move(point))) break;
  }
  return absl::OkStatus();
}

// Measures are against risks that the school has recognised: those whose point is not registered
// yet wait.
absl::Status CollectMeasures(store::WriteTx& tx, const v1::Submission& form, Collected* collected) {
  LF_ASSIGN_OR_RETURN(const std::vector<v1::RiskPoint> points, PointsOfForm(tx, form));
  for (const v1::RiskPoint& point : points) {
    if (!IsRegistered(point)) continue;
    LF_ASSIGN_OR_RETURN(std::vector<v1::Measure> measures,
                        ListBy<v1::Measure>(tx, "risk_point", point.name()));
    for (v1::Measure& measure : measures) {
      if (!collected->Take(std::move(measure))) return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

template <class T>
absl::Status CollectOfDepartment(store::WriteTx& tx, const Owner& owner, Collected* collected) {
  LF_ASSIGN_OR_RETURN(std::vector<T> records, ListBy<T>(tx, "department", owner.department));
  for (T& record : records) {
    if (!collected->Take(std::move(record))) break;
  }
  return absl::OkStatus();
}

absl::Status Collect(store::WriteTx& tx, const v1::Submission& form, const Owner& owner,
                     Collected* collected) {
  switch (RecordKindOf(form.kind())) {
    case grading::v1::RECORD_KIND_RISK_POINT:
      return CollectPoints(tx, form, collected);
    case grading::v1::RECORD_KIND_POWER:
      return CollectOfDepartment<v1::Power>(tx, owner, collected);
    case grading::v1::RECORD_KIND_WORKFLOW:
      LF_RETURN_IF_ERROR(CollectOfDepartment<v1::Workflow>(tx, owner, collected));
      for (const v1::Workflow& chart : std::get<std::vector<v1::Workflow>>(collected->items)) {
        LF_RETURN_IF_ERROR(CheckComplete(tx, chart, form.year()));
      }
      return absl::OkStatus();
    default:
      return CollectMeasures(tx, form, collected);
  }
}

absl::Status CheckAmount(const v1::Submission& form, const Collected& collected) {
  if (form.nil_return() && collected.count > 0) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "submission.nil_return",
                      "还有未提交的记录，不能零报告。",
                      "there are records to hand in, so this is no nil return.");
  }
  if (form.nil_return() || collected.count > 0) return absl::OkStatus();
  // What was returned a moment ago may not have arrived.
  return rpc::MaybeBehind(
      MakeError(common::v1::ERROR_REASON_NOTHING_TO_SUBMIT, "没有可以提交的草稿或已退回的记录。",
                "There is no draft and no returned record that could be handed in."),
      "grading");
}

absl::Status CheckReviewers(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                            const v1::Submission& form) {
  review::Subject subject;
  subject.record_kind = RecordKindOf(form.kind());
  subject.owners = {form.owners().begin(), form.owners().end()};
  if (LayerOf(form.owner()) == common::v1::RISK_LAYER_POST) subject.post = form.owner();
  subject.department = form.department();
  subject.owner_kind = OwnerKindOf(form.owner());
  LF_ASSIGN_OR_RETURN(const std::vector<grading::v1::ReviewStep> steps,
                      review::PlanSteps(tx, tx.unit_id(), routes, subject, Today(tx)));
  const absl::Status status = review::CheckReviewers(steps);
  return status.ok() ? status : rpc::MaybeBehind(status, "personnel");
}

absl::StatusOr<int> TimesHandedIn(store::WriteTx& tx, const v1::Submission& form) {
  store::Query query;
  query.equal.emplace_back("owner", form.owner());
  query.equal.emplace_back("kind", int64_t{form.kind()});
  query.equal.emplace_back("year", int64_t{form.year()});
  LF_ASSIGN_OR_RETURN(
      const std::vector<v1::Submission> earlier,
      directory::ListAll<v1::Submission>(tx, SubmissionKind(), tx.unit_id(), std::move(query)));
  return static_cast<int>(earlier.size());
}

// Does `change` to every record of the form that is under review with it.
template <class T, class F>
absl::Status ForItem(store::WriteTx& tx, const v1::Submission& form, const std::string& name,
                     F change) {
  LF_ASSIGN_OR_RETURN(std::optional<T> item, tx.Find<T>(KindOf<T>(), name));
  if (!item || !IsUnderReview(*item, form.name())) return absl::OkStatus();
  change(&*item);
  return tx.Put(KindOf<T>(), *item);
}

template <class F>
absl::Status ForEachItem(store::WriteTx& tx, const v1::Submission& form, F change) {
  for (const v1::SubmissionItem& item : form.items()) {
    switch (RecordKindOf(form.kind())) {
      case grading::v1::RECORD_KIND_RISK_POINT:
        LF_RETURN_IF_ERROR(ForItem<v1::RiskPoint>(tx, form, item.name(), change));
        break;
      case grading::v1::RECORD_KIND_POWER:
        LF_RETURN_IF_ERROR(ForItem<v1::Power>(tx, form, item.name(), change));
        break;
      case grading::v1::RECORD_KIND_WORKFLOW:
        LF_RETURN_IF_ERROR(ForItem<v1::Workflow>(tx, form, item.name(), change));
        break;
      default:
        LF_RETURN_IF_ERROR(ForItem<v1::Measure>(tx, form, item.name(), change));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CreateSubmission(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                              v1::Submission& form) {
  LF_RETURN_IF_ERROR(CheckForm(form, tx.unit_id()));
  LF_ASSIGN_OR_RETURN(Owner owner, FindOwner(tx, form, /*in_use=*/true));
  Collected collected;
  LF_RETURN_IF_ERROR(Collect(tx, form, owner, &collected));
  LF_RETURN_IF_ERROR(CheckAmount(form, collected));

  form.set_department(owner.department);
  for (std::string& person : owner.persons) form.add_owners(std::move(person));
  form.set_submitter(tx.actor().subject);
  LF_RETURN_IF_ERROR(CheckReviewers(tx, routes, form));

  LF_ASSIGN_OR_RETURN(const int times, TimesHandedIn(tx, form));
  form.set_state(v1::SUBMISSION_STATE_SUBMITTED);
  form.set_revision(times + 1);
  form.set_review(FormReviewName(form.name(), form.revision()));
  *form.mutable_submit_time() = TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(tx.now()));
  std::apply(
      [&](auto&... of_kind) {
        const auto hand_in = [&](auto& items) {
          for (auto& item : items) *form.add_items() = HandIn(form, &item);
        };
        (hand_in(of_kind), ...);
      },
      collected.items);
  form.set_title(TitleOf(form, owner.display_name));
  form.set_revision_digest(FormDigest(form));

  // The form first: the entry is about it.
  LF_RETURN_IF_ERROR(tx.Put(SubmissionKind(), form));
  absl::Status written;
  std::apply(
      [&](auto&... of_kind) {
        const auto write = [&](auto& items) {
          for (auto& item : items) {
            using T = std::decay_t<decltype(item)>;
            if (written.ok()) written = tx.Put(KindOf<T>(), item);
          }
        };
        (write(of_kind), ...);
      },
      collected.items);
  return written;
}

absl::Status WithdrawSubmission(store::WriteTx& tx, v1::Submission& form) {
  LF_RETURN_IF_ERROR(ViewerOf(tx).May(access::Action::kSeeRisk, FactsOf(form)));
  LF_RETURN_IF_ERROR(FindOwner(tx, form, /*in_use=*/false).status());
  LF_RETURN_IF_ERROR(Withdraw(&form));
  LF_RETURN_IF_ERROR(tx.Put(SubmissionKind(), form));
  return ForEachItem(tx, form, [](auto* item) { TakeBackItem(item); });
}

absl::Status ApplyDecision(store::WriteTx& tx, const grading::v1::Review& review) {
  LF_ASSIGN_OR_RETURN(std::optional<v1::Submission> form,
                      tx.Find<v1::Submission>(SubmissionKind(), review.record()));
  if (!form || !DecisionApplies(*form, review.revision_digest())) return absl::OkStatus();
  const bool approved = review.state() == grading::v1::REVIEW_STATE_APPROVED;
  const std::string comment =
      review.decisions().empty() ? std::string() : review.decisions().rbegin()->comment();
  form->set_state(approved ? v1::SUBMISSION_STATE_APPROVED : v1::SUBMISSION_STATE_RETURNED);
  form->set_review_comment(comment);
  LF_RETURN_IF_ERROR(tx.Put(SubmissionKind(), *form));
  return ForEachItem(tx, *form, [&](auto* item) {
    if (approved) {
      ApproveItem(comment, item);
    } else {
      ReturnItem(comment, item);
    }
  });
}

}  // namespace lianfang::risk
