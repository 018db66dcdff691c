#include "services/risk/risk_follower.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/directory/directory_apply.h"
#include "common/directory/directory_kinds.h"
#include "common/status/error.h"
#include "common/store/erasure.h"
#include "google/protobuf/util/time_util.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/grading/v1/inspection.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "lianfang/reporting/v1/publicity.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "services/risk/domain/change_rules.h"
#include "services/risk/domain/measure_rules.h"
#include "services/risk/domain/risk_point_rules.h"
#include "services/risk/domain/self_check_rules.h"
#include "services/risk/marking.h"
#include "services/risk/risk_kinds.h"
#include "services/risk/submissions.h"

namespace lianfang::risk {
namespace {

// Where the point of one finding of a form is, or is to be.
struct Slot {
  std::string name;
  std::optional<v1::RiskPoint> stored;
};

// A point that somebody registered by hand under a form's id is left alone.
absl::StatusOr<Slot> SlotOf(store::WriteTx& tx, absl::string_view self_check, int number) {
  Slot slot;
  for (const bool taken : {false, true}) {
    const std::string id = PointId(IdIn("selfChecks", self_check), number, taken);
    slot.name = RecordName(tx.unit_id(), RiskPointKind().collection(), id);
    LF_ASSIGN_OR_RETURN(slot.stored, tx.Find<v1::RiskPoint>(RiskPointKind(), slot.name));
    if (!slot.stored || CameFrom(*slot.stored, self_check)) return slot;
  }
  return absl::InternalError(absl::StrCat(slot.name, " is another form's"));
}

absl::Status RegisterPoints(store::WriteTx& tx, const v1::SelfCheck& form) {
  LF_ASSIGN_OR_RETURN(const v1::SelfCheckRevision revision,
                      tx.Get<v1::SelfCheckRevision>(SelfCheckRevisionKind(),
                                                    RevisionName(form.name(), form.revision())));
  LF_ASSIGN_OR_RETURN(const std::optional<personnel::v1::Post> post,
                      tx.Find<personnel::v1::Post>(directory::PostKind(), form.post()));
  const std::vector<v1::RiskPoint> fresh =
      PointsOf(revision, post ? post->department() : std::string());
  for (int number = 1; number <= kMaxFindings; ++number) {
    LF_ASSIGN_OR_RETURN(Slot slot, SlotOf(tx, form.name(), number));
    v1::RiskPoint point;
    if (static_cast<size_t>(number) <= fresh.size()) {
      point = fresh[static_cast<size_t>(number) - 1];
      if (slot.stored) point = ApprovedAgain(*slot.stored, point);
      point.set_name(slot.name);
    } else {
      // Numbers have no gaps: the first that was never used is the end.
      if (!slot.stored) break;
      point = *std::move(slot.stored);
      if (!Archive(&point).ok()) continue;
    }
    LF_RETURN_IF_ERROR(tx.Put(RiskPointKind(), point));
  }
  return absl::OkStatus();
}

absl::Status ApplyReview(store::WriteTx& tx, const grading::v1::Review& review) {
  const bool approved = review.state() == grading::v1::REVIEW_STATE_APPROVED;
  const bool returned = review.state() == grading::v1::REVIEW_STATE_RETURNED;
  if ((!approved && !returned) || UnitIdOf(review.record()) != tx.unit_id()) {
    return absl::OkStatus();
  }
  if (!IdIn("submissions", review.record()).empty()) return ApplyDecision(tx, review);
  if (review.record_kind() != grading::v1::RECORD_KIND_SELF_CHECK) return absl::OkStatus();
  LF_ASSIGN_OR_RETURN(std::optional<v1::SelfCheck> form,
                      tx.Find<v1::SelfCheck>(SelfCheckKind(), review.record()));
  if (!form || !DecisionApplies(*form, review.revision_digest())) return absl::OkStatus();
  const std::string comment =
      review.decisions().empty() ? std::string() : review.decisions().rbegin()->comment();
  if (approved) {
    Approve(comment, &*form);
  } else {
    Return(comment, &*form);
  }
  LF_RETURN_IF_ERROR(tx.Put(SelfCheckKind(), *form));
  return approved ? RegisterPoints(tx, *form) : absl::OkStatus();
}

// 「对没有实现预定目标的，要分析查找原因并完善有关措施，直至达标」: the measures of an accepted
// report that did not meet its targets are worth another look.
absl::Status ApplyReport(store::WriteTx& tx, const grading::v1::SelfInspectionReport& report,
                         Marking* marking) {
  if (report.state() != grading::v1::SELF_INSPECTION_STATE_IMPROVING) return absl::OkStatus();
  const auto unmet = std::count_if(report.targets().begin(), report.targets().end(),
                                   [](const auto& target) { return !target.met(); });
  const Change change = {.cause = common::v1::MARK_CAUSE_INSPECTION,
                         .source = report.name(),
                         .reason = absl::StrCat("自查有", unmet, "项目标没有实现"),
                         .owner = ""};
  for (const auto& outcome : report.measures()) {
    if (UnitIdOf(outcome.measure()) != tx.unit_id()) continue;
    LF_RETURN_IF_ERROR(marking->Measure(outcome.measure(), change));
  }
  return absl::OkStatus();
}

// Collects what a new version of a record of the directory changes.
template <class T>
absl::Status Compare(store::WriteTx& tx, const store::RecordKind& kind,
                     const google::protobuf::Any& resource, std::vector<Change>* changes) {
  T next;
  if (!resource.UnpackTo(&next)) {
    return absl::DataLossError("a record on personnel's ledger cannot be read");
  }
  if (UnitIdOf(next.name()) != tx.unit_id()) return absl::OkStatus();
  LF_ASSIGN_OR_RETURN(const std::optional<T> old, tx.Find<T>(kind, next.name()));
  for (Change& change : ChangesOf(old ? &*old : nullptr, next)) {
    changes->push_back(std::move(change));
  }
  return absl::OkStatus();
}

// Whether a record was changed after what the publication says of itself.
template <class Record>
bool ChangedSince(const reporting::v1::Publication& publication, const Record& record) {
  return google::protobuf::util::TimeUtil::TimestampToNanoseconds(record.update_time()) >
         google::protobuf::util::TimeUtil::TimestampToNanoseconds(publication.update_time());
}

// `again`: an erasure on reporting's ledger states the publication once more, as it has been. What
// was changed since is then no longer what it shows.
absl::Status ApplyPublication(store::WriteTx& tx, const reporting::v1::Publication& publication,
                              bool again) {
  // An open one with objections began before: since then, what it shows may say something else.
  const bool begins = publication.state() == reporting::v1::PUBLICATION_STATE_OPEN &&
                      publication.objections().empty();
  // One that has hung out its days stays published.
  if (!begins && publication.state() != reporting::v1::PUBLICATION_STATE_WITHDRAWN) {
    return absl::OkStatus();
  }
  for (const std::string& subject : publication.subjects()) {
    if (UnitIdOf(subject) != tx.unit_id()) continue;
    LF_ASSIGN_OR_RETURN(std::optional<v1::RiskPoint> point,
                        tx.Find<v1::RiskPoint>(RiskPointKind(), subject));
    if (point && !(begins && again && ChangedSince(publication, *point)) &&
        SetPublicised(begins, publication.name(), &*point)) {
      LF_RETURN_IF_ERROR(tx.Put(RiskPointKind(), *point));
    }
    LF_ASSIGN_OR_RETURN(std::optional<v1::Measure> measure,
                        tx.Find<v1::Measure>(MeasureKind(), subject));
    if (measure && !(begins && again && ChangedSince(publication, *measure)) &&
        SetPublicised(begins, publication.name(), &*measure)) {
      LF_RETURN_IF_ERROR(tx.Put(MeasureKind(), *measure));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ApplyPersonnel(store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                            const ledger::v1::EntryContent& content) {
  std::vector<Change> changes;
  for (const google::protobuf::Any& resource : content.resources()) {
    if (resource.Is<personnel::v1::Appointment>()) {
      LF_RETURN_IF_ERROR(Compare<personnel::v1::Appointment>(tx, directory::AppointmentKind(),
                                                             resource, &changes));
    } else if (resource.Is<personnel::v1::Post>()) {
      LF_RETURN_IF_ERROR(
          Compare<personnel::v1::Post>(tx, directory::PostKind(), resource, &changes));
    } else if (resource.Is<personnel::v1::Department>()) {
      LF_RETURN_IF_ERROR(
          Compare<personnel::v1::Department>(tx, directory::DepartmentKind(), resource, &changes));
    }
  }
  Marking marking(&tx);
  for (const Change& change : changes) {
    LF_RETURN_IF_ERROR(marking.Points("owner", change.owner, change));
  }
  LF_RETURN_IF_ERROR(directory::ApplyDirectory(tx, header, content));
  return marking.Write();
}

absl::Status ApplyPublications(store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                               const ledger::v1::EntryContent& content) {
  const bool again = header.method() == store::kEraseMethod;
  for (const google::protobuf::Any& resource : content.resources()) {
    if (!resource.Is<reporting::v1::Publication>()) continue;
    reporting::v1::Publication publication;
    if (!resource.UnpackTo(&publication)) {
      return absl::DataLossError("a publication on reporting's ledger cannot be read");
    }
    LF_RETURN_IF_ERROR(ApplyPublication(tx, publication, again));
  }
  return absl::OkStatus();
}

absl::Status ApplyReviews(store::WriteTx& tx, const ledger::v1::EntryHeader&,
                          const ledger::v1::EntryContent& content) {
  Marking marking(&tx);
  for (const google::protobuf::Any& resource : content.resources()) {
    if (!resource.Is<grading::v1::SelfInspectionReport>()) continue;
    grading::v1::SelfInspectionReport report;
    if (!resource.UnpackTo(&report)) {
      return absl::DataLossError("a report on grading's ledger cannot be read");
    }
    LF_RETURN_IF_ERROR(ApplyReport(tx, report, &marking));
  }
  for (const google::protobuf::Any& resource : content.resources()) {
    if (!resource.Is<grading::v1::Review>()) continue;
    grading::v1::Review review;
    if (!resource.UnpackTo(&review)) {
      return absl::DataLossError("a review on grading's ledger cannot be read");
    }
    LF_RETURN_IF_ERROR(ApplyReview(tx, review));
  }
  return marking.Write();
}

}  // namespace lianfang::risk
