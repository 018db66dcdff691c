#include "services/risk/carry_forward.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/status/error.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "services/risk/domain/carry_rules.h"
#include "services/risk/domain/risk_point_rules.h"
#include "services/risk/risk_kinds.h"

namespace lianfang::risk {
namespace {

// Drafts of the new year: all is read and decided first, then written.
class Carrier {
 public:
  Carrier(store::WriteTx* tx, int from_year, int to_year)
      : tx_(tx), from_year_(from_year), to_year_(to_year) {}

  absl::Status Collect() {
    LF_ASSIGN_OR_RETURN(const std::vector<v1::RiskPoint> points, PointsOfYear(from_year_));
    LF_ASSIGN_OR_RETURN(const std::vector<v1::RiskPoint> later, PointsOfYear(to_year_));
    // What a point of the old year became in the new one.
    for (const v1::RiskPoint& point : later) {
      if (!point.carried_from().empty() && point.state() != v1::RISK_POINT_STATE_ARCHIVED) {
        became_[point.carried_from()] = point.name();
      }
    }
    std::map<std::string, std::vector<v1::RiskPoint>> by_form;
    for (const v1::RiskPoint& point : points) {
      if (!GoesOn(point)) continue;
      if (point.layer() == common::v1::RISK_LAYER_POST) {
        by_form[SelfCheckOf(point)].push_back(point);
      } else {
        LF_RETURN_IF_ERROR(CollectPoint(point));
      }
    }
    for (const auto& [form, found] : by_form) {
      if (!form.empty()) LF_RETURN_IF_ERROR(CollectSelfCheck(form, found));
    }
    for (const v1::RiskPoint& point : points) {
      if (became_.contains(point.name())) LF_RETURN_IF_ERROR(CollectMeasures(point.name()));
    }
    return absl::OkStatus();
  }

  absl::Status Write() {
    for (v1::RiskPoint& point : points_) LF_RETURN_IF_ERROR(tx_->Put(RiskPointKind(), point));
    for (v1::SelfCheck& form : self_checks_) LF_RETURN_IF_ERROR(tx_->Put(SelfCheckKind(), form));
    for (v1::Measure& measure : measures_) LF_RETURN_IF_ERROR(tx_->Put(MeasureKind(), measure));
    v1::CarryForwardResponse result;
    result.set_self_checks(static_cast<int>(self_checks_.size()));
    result.set_risk_points(static_cast<int>(points_.size()));
    result.set_measures(static_cast<int>(measures_.size()));
    result.set_more(more_);
    tx_->SetResult(result);
    return absl::OkStatus();
  }

 private:
  // Whether another draft fits into this change.
  bool HasRoom() {
    if (points_.size() + self_checks_.size() + measures_.size() < kMaxCarried) return true;
    more_ = true;
    return false;
  }

  absl::StatusOr<std::vector<v1::RiskPoint>> PointsOfYear(int year) {
    store::Query query;
    query.equal.emplace_back("year", int64_t{year});
    return directory::ListAll<v1::RiskPoint>(*tx_, RiskPointKind(), tx_->unit_id(),
                                             std::move(query));
  }

  // Name of a record's copy; nothing when there is one, archived or not: what was taken off in the
  // new year does not come back.
  absl::StatusOr<std::optional<std::string>> NewName(const store::RecordKind& kind,
                                                     const std::string& name) {
    const std::string id = CarriedId(IdIn(kind.collection(), name), to_year_);
    LF_ASSIGN_OR_RETURN(const auto there, tx_->FindBody(kind, tx_->unit_id(), id));
    if (there) return std::optional<std::string>();
    return std::optional<std::string>(RecordName(tx_->unit_id(), kind.collection(), id));
  }

  absl::Status CollectPoint(const v1::RiskPoint& point) {
    if (became_.contains(point.name())) return absl::OkStatus();
    LF_ASSIGN_OR_RETURN(const auto name, NewName(RiskPointKind(), point.name()));
    if (!name || !HasRoom()) return absl::OkStatus();
    points_.push_back(Carried(point, to_year_, *name));
    became_[point.name()] = *name;
    return absl::OkStatus();
  }

  // Only for who still holds the post and has not begun a form of the new year.
  absl::Status CollectSelfCheck(const std::string& form_name,
                                const std::vector<v1::RiskPoint>& found) {
    LF_ASSIGN_OR_RETURN(const auto form, tx_->Find<v1::SelfCheck>(SelfCheckKind(), form_name));
    if (!form || form->state() != v1::SELF_CHECK_STATE_APPROVED) return absl::OkStatus();
    LF_ASSIGN_OR_RETURN(const auto name, NewName(SelfCheckKind(), form_name));
    if (!name) return absl::OkStatus();
    store::Query begun;
    begun.equal.emplace_back("person", form->person());
    begun.equal.emplace_back("post", form->post());
    begun.equal.emplace_back("year", int64_t{to_year_});
    begun.limit = 1;
    LF_ASSIGN_OR_RETURN(const std::vector<v1::SelfCheck> others,
                        tx_->List<v1::SelfCheck>(SelfCheckKind(), tx_->unit_id(), begun));
    if (!others.empty()) return absl::OkStatus();
    const auto today = directory::DateOf(tx_->now(), directory::SchoolTimeZone());
    LF_ASSIGN_OR_RETURN(const std::vector<personnel::v1::Post> posts,
                        directory::PostsOf(*tx_, form->person(), today));
    if (std::none_of(posts.begin(), posts.end(), [&](const personnel::v1::Post& post) {
          return post.name() == form->post();
        })) {
      return absl::OkStatus();
    }
    if (HasRoom()) self_checks_.push_back(Carried(*form, found, to_year_, *name));
    return absl::OkStatus();
  }

  absl::Status CollectMeasures(const std::string& point) {
    store::Query query;
    query.equal.emplace_back("risk_point", point);
    LF_ASSIGN_OR_RETURN(
        const std::vector<v1::Measure> measures,
        directory::ListAll<v1::Measure>(*tx_, MeasureKind(), tx_->unit_id(), std::move(query)));
    for (const v1::Measure& measure : measures) {
      if (!GoesOn(measure)) continue;
      LF_ASSIGN_OR_RETURN(const auto name, NewName(MeasureKind(), measure.name()));
      if (!name || !HasRoom()) continue;
      measures_.push_back(Carried(measure, became_[point], *name));
    }
    return absl::OkStatus();
  }

  store::WriteTx* tx_;
  int from_year_;
  int to_year_;
  std::map<std::string, std::string> became_;
  std::vector<v1::RiskPoint> points_;
  std::vector<v1::SelfCheck> self_checks_;
  std::vector<v1::Measure> measures_;
  bool more_ = false;
};

}  // namespace

absl::Status CarryForward(store::WriteTx& tx, const v1::CarryForwardRequest& request) {
  if (request.to_year() <= request.from_year()) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "to_year", "必须晚于来源年度。",
                      "must be later than from_year.");
  }
  Carrier carrier(&tx, request.from_year(), request.to_year());
  LF_RETURN_IF_ERROR(carrier.Collect());
  return carrier.Write();
}

}  // namespace lianfang::risk
