// Risk points: what becomes of findings, who keeps the points of departments and the unit, and
// which changes they take.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lianfang/risk/v1/risk.pb.h"

namespace lianfang::risk {

// Risk points of an approved revision, one a finding in the same order, REGISTERED and without
// names. `department` is the post's, empty for the leadership.
// 「经组织严格审核把关后，将风险点登记汇总，在一定范围内公示」
std::vector<risk::v1::RiskPoint> PointsOf(const risk::v1::SelfCheckRevision& revision,
                                          absl::string_view department);

// Most findings of a form, hence most points that one form ever made.
inline constexpr int kMaxFindings = 50;

// Id of the point of finding `number` (from 1): `{self_check id}-{number}`, shortened as FitId
// does. `taken`: that id belongs to another point already, so this one gets an id made from a
// digest.
std::string PointId(absl::string_view self_check_id, int number, bool taken);

// Whether a point came from a revision of this form (`units/u/selfChecks/s`).
bool CameFrom(const risk::v1::RiskPoint& point, absl::string_view self_check);

// What the point is after its form was approved again: what the form says, and what was added to
// the point since (key link, power, name, times) kept.
risk::v1::RiskPoint ApprovedAgain(const risk::v1::RiskPoint& stored,
                                  const risk::v1::RiskPoint& fresh);

// INVALID_FIELD at `layer` for a point of a post: these come from approved forms only.
absl::Status CheckRegistrable(const risk::v1::RiskPoint& point);

// ILLEGAL_TRANSITION for a point that is under review or archived.
absl::Status CheckChangeable(const risk::v1::RiskPoint& point);

// Whether the point is on the register: counted, graded, treated by measures.
bool IsRegistered(const risk::v1::RiskPoint& point);

// Says that a registered point still holds as it is: its marks go. ILLEGAL_TRANSITION when it is
// not on the register.
absl::Status Confirm(risk::v1::RiskPoint* point);

// Whether two versions of a point say different things of the risk itself, so that what treats it
// has to be looked at again.
bool SaysOtherwise(const risk::v1::RiskPoint& old, const risk::v1::RiskPoint& next);

// State of a point after a change: one that was published and says something else now has to be
// published again.
risk::v1::RiskPointState AfterChange(const risk::v1::RiskPoint& old,
                                     const risk::v1::RiskPoint& next);

// What the register shows of a registered point after a publication of it began, or after the
// publication was withdrawn; false when there is nothing to change.
bool SetPublicised(bool publicised, const std::string& publication, risk::v1::RiskPoint* point);

// A point of a post stays as it was approved: a decision binds to what was reviewed. Only what the
// form does not ask, or what classifies (key link, topic, project kind, factors), may be changed.
// INVALID_FIELD otherwise.
absl::Status CheckApprovedText(const risk::v1::RiskPoint& old, const risk::v1::RiskPoint& next);

// Archives the point. ILLEGAL_TRANSITION when it is archived already or under review.
absl::Status Archive(risk::v1::RiskPoint* point);

}  // namespace lianfang::risk
