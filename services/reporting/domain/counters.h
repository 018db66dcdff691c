// How records change what is counted. Pure: rows come from and go to a CountRows.
//
// Counting is incremental in three steps, each the same: what a row adds to the next one is worked
// out before and after a change, the old is taken away and the new is added.
//   measure → risk point → owner (post, department or unit) → scope (department, leadership) → unit
//   any other record → owner → …
// An owner keeps the sum of its risk points, so a post that is graded or moves to another
// department takes all of them along at the cost of one row, however many there are.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "lianfang/risk/v1/feedback.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "services/reporting/state/state.pb.h"

namespace lianfang::reporting {

// Rows of one unit, by their keys (resource names where not said otherwise). A row that does not
// exist is an empty message. What is pointed to may be changed, and lives as long as the CountRows.
class CountRows {
 public:
  virtual ~CountRows() = default;
  virtual absl::StatusOr<state::v1::Scope*> UnitScope() = 0;
  // Empty: the leadership.
  virtual absl::StatusOr<state::v1::Scope*> ScopeOf(absl::string_view department) = 0;
  virtual absl::StatusOr<state::v1::Owner*> OwnerOf(absl::string_view name) = 0;
  virtual absl::StatusOr<state::v1::Holder*> HolderOf(absl::string_view person) = 0;
  virtual absl::StatusOr<state::v1::Point*> PointOf(absl::string_view risk_point) = 0;
  virtual absl::StatusOr<state::v1::PointMeasure*> MeasureOf(absl::string_view measure) = 0;
  // Cells of a department, or of the leadership, in a year.
  virtual absl::StatusOr<state::v1::Cube*> CubeOf(int32_t year, absl::string_view department) = 0;
  virtual absl::StatusOr<state::v1::Known*> KnownOf(absl::string_view record) = 0;
  virtual absl::StatusOr<state::v1::KnownFeedback*> FeedbackOf(
      const risk::v1::Feedback& feedback) = 0;
  virtual absl::StatusOr<state::v1::Attention*> AttentionOf(v1::WarningKind kind,
                                                            absl::string_view record) = 0;
  virtual absl::StatusOr<state::v1::CountedAppointment*> AppointmentOf(
      absl::string_view appointment) = 0;
  virtual absl::StatusOr<state::v1::SummaryPost*> SummaryPostOf(absl::string_view department,
                                                                absl::string_view post) = 0;
};

// Whether an appointment is in force on a day: in use, and not over. The last day counts. Nothing
// is said of the first day: whoever is appointed ahead hands his self-check in ahead.
bool InForce(const personnel::v1::Appointment& appointment, absl::CivilDay today);

// Changes the rows as new revisions of records come in, in the order of their ledgers. The ledgers
// of different services may come in any order relative to each other: the rows depend on the newest
// revisions only.
class Counters {
 public:
  Counters(CountRows* rows, std::string unit) : rows_(rows), unit_(std::move(unit)) {}

  absl::Status Apply(const personnel::v1::Department& department);
  absl::Status Apply(const personnel::v1::Post& post);
  // `today`: the day of the change.
  absl::Status Apply(const personnel::v1::Appointment& appointment, absl::CivilDay today);
  absl::Status Apply(const risk::v1::RiskPoint& point);
  absl::Status Apply(const risk::v1::Measure& measure);
  // A grade counts while it is confirmed; of several years, the newest.
  absl::Status Apply(const grading::v1::Grade& grade);
  absl::Status Apply(const risk::v1::Feedback& feedback);
  // Any other record, as known.h sees it.
  absl::Status Apply(const state::v1::Known& known);
  // Entries of a ledger that are counted now.
  absl::Status SetPosition(absl::string_view service, int64_t sequence);

 private:
  absl::StatusOr<state::v1::Owner*> LoadOwner(absl::string_view name);
  absl::Status ChangeOwner(absl::string_view name,
                           const std::function<void(state::v1::Owner&)>& change);
  absl::Status ChangePoint(absl::string_view name,
                           const std::function<void(state::v1::Point&)>& change);
  // Counts a record again after `change` to its row.
  absl::Status Recount(const state::v1::Known& known,
                       const std::function<void(state::v1::Known&)>& change);
  // Notes whether a registered risk point has no measure, or a measure not the effect wanted.
  absl::Status MindUntreated(const state::v1::Point& point);
  absl::Status MindEffect(const risk::v1::Measure& measure);
  absl::Status AddToScope(absl::string_view department, const state::v1::Counts& counts, int sign);
  // Gives a department or the unit the highest level of its posts.
  absl::Status LiftLevel(absl::string_view owner);
  absl::Status Hold(absl::string_view person, absl::string_view scope, int delta);
  absl::Status ShowInSummary(absl::string_view scope, const state::v1::Owner& post, bool visible);

  CountRows* rows_;
  std::string unit_;  // resource name
};

}  // namespace lianfang::reporting
