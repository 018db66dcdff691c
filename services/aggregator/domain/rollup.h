// What members' reports add up to. Pure.
#pragma once

#include "absl/status/status.h"
#include "lianfang/aggregation/v1/aggregation.pb.h"
#include "lianfang/reporting/v1/reporting.pb.h"

namespace lianfang::aggregator {

// No scope has more of anything; sums over all members stay far from overflow.
inline constexpr int64_t kMaxCount = 1'000'000'000'000;
// Buckets of one breakdown, unknown values of newer versions included.
inline constexpr int kMaxBuckets = 64;

// OK when the counts may be added up: none negative or above kMaxCount, and the sum of every
// breakdown is what its comment says. MEMBER_UNTRUSTED otherwise, naming the field.
absl::Status CheckStatistics(const reporting::v1::Statistics& statistics);

// Whether the member's figures are in the totals: its newest report was verified, and no later pull
// gave reason for distrust. A member that cannot be reached counts as it was last seen.
bool Counts(const aggregation::v1::Member& member);

// OK when a report may be used: its total, months, kinds and campaigns. Servers that do not count
// by month, kind or campaign leave them out. MEMBER_UNTRUSTED otherwise.
absl::Status CheckReport(const reporting::v1::UnitReport& report);

// What a member adds to the months, kinds and campaigns of the totals.
reporting::v1::UnitReport SumsOf(const aggregation::v1::Member& member);

// Schools that a member stands for, itself included.
int64_t SchoolCount(const aggregation::v1::Member& member);

// Moves a total from one state of a member to its next one. A member that does not count adds
// nothing; `before` may be empty.
void MoveTotal(const aggregation::v1::Member& before, const aggregation::v1::Member& after,
               reporting::v1::Statistics* total);

// The member without what is large: no keys, checkpoints or evidence, and of its report only unit,
// name, number, year, total, schools and the newest campaign.
aggregation::v1::Member Slim(const aggregation::v1::Member& member);

// Row of the member for readers and for the layer above. Without figures when it does not count.
reporting::v1::MemberSummary Summarize(const aggregation::v1::Member& member);

// Puts the member into the list that its state calls for, and its figures, if they count, into the
// rows.
void AddToRollup(const aggregation::v1::Member& member, aggregation::v1::GetRollupResponse* rollup);

}  // namespace lianfang::aggregator
