// A new year begins with what the year before ended with: drafts that name what they were carried
// from. 「及时调整风险点和风险防控措施」
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lianfang/risk/v1/risk.pb.h"

namespace lianfang::risk {

// Id of the copy of a record in another year: `{id}-{year}`, shortened as FitId does. Always the
// same, so that nothing is copied twice.
std::string CarriedId(absl::string_view id, int year);

// Whether a record is in force and so goes on into the next year.
bool GoesOn(const risk::v1::RiskPoint& point);
bool GoesOn(const risk::v1::Measure& measure);

// Draft of a risk point of a department or the unit for a later year, under this name.
risk::v1::RiskPoint Carried(const risk::v1::RiskPoint& point, int year, absl::string_view name);

// Draft of an approved self-check for a later year: its findings are the risk points that came from
// it and are still in force. The answers on conduct are of each year anew.
risk::v1::SelfCheck Carried(const risk::v1::SelfCheck& form,
                            const std::vector<risk::v1::RiskPoint>& points, int year,
                            absl::string_view name);

// Draft of a measure against the risk point that its own was carried forward to. How things stood
// at the end of the old year is how they stand before; the due date is of each year anew.
risk::v1::Measure Carried(const risk::v1::Measure& measure, absl::string_view risk_point,
                          absl::string_view name);

// The self-check that a point of a post came from, `units/u/selfChecks/s`; empty for others.
std::string SelfCheckOf(const risk::v1::RiskPoint& point);

}  // namespace lianfang::risk
