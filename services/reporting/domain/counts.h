// Counts as values: adding them up, what a row adds to the next one, and how they are shown. Pure.
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "services/reporting/state/state.pb.h"

namespace lianfang::reporting {

using Cells = google::protobuf::RepeatedPtrField<state::v1::Cell>;

// Adds `sign` (1 or -1) times every cell of `delta` to `to`. Cells stay in ascending order of their
// properties; those that become zero go away.
void AddCells(Cells* to, const Cells& delta, int sign);

// Adds `sign` (1 or -1) times `delta` to `to`, which stays in canonical form.
void AddCounts(state::v1::Counts* to, const state::v1::Counts& delta, int sign);

// The year's counts, made where they belong when they are not there.
state::v1::YearCounts* YearOf(state::v1::Counts* counts, int32_t year);

// The level that was confirmed for an owner in a year; unspecified when there is none.
common::v1::RiskLevel LevelIn(const state::v1::Owner& owner, int32_t year);

// Whether the name of an owner is a post's.
bool IsPost(absl::string_view name);

// What an owner adds to its scope, but for persons: they are counted once a scope however many
// posts they hold.
state::v1::Counts OfOwner(const state::v1::Owner& owner);

// What a risk point adds to its owner; cells without level and layer, which the owner gives.
state::v1::Counts OfPoint(const state::v1::Point& point);

// What a record of another kind adds to its owner.
state::v1::Counts OfKnown(const state::v1::Known& known);

// Statistics of a scope as they are shown, with every bucket: all risk points and measures whatever
// their year, and what is counted by campaign alone of one year.
v1::Statistics Shown(const state::v1::Counts& counts, int32_t year);

// Statistics of one campaign year only, with every bucket; posts, persons, powers and charts are
// those of now.
v1::Statistics ShownYear(const state::v1::Counts& counts, int32_t year);

// Whether there is anything in them.
bool HasCounts(const v1::Statistics& statistics);

// Newest campaign year in which something was handed in, registered, confirmed or done; 0 when
// there is none. Measures alone do not begin a year: they may be drafts carried forward.
int32_t NewestYear(const state::v1::Counts& counts);

}  // namespace lianfang::reporting
