// What monitoring is told of the members: how many are in which state, and how long ago the one
// that was verified longest ago was.
#pragma once

#include "absl/status/status.h"
#include "common/obs/metrics.h"
#include "common/sql/database.h"
#include "services/aggregator/pull/puller.h"

namespace lianfang::aggregator {

// Reads the members of all units of this aggregator, unit by unit, and sets the gauges. Members
// that are not trusted have no age: they are not pulled until a person has settled it.
absl::Status MeasureMembers(sql::Connection& connection, Puller& puller, obs::Metrics& metrics);

}  // namespace lianfang::aggregator
