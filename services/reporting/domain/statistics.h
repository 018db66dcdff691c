// Adding up Statistics: each bucket by itself, whichever fields there are.
#pragma once

#include "lianfang/reporting/v1/reporting.pb.h"

namespace lianfang::reporting {

// Adds `sign` (1 or -1) times every count of `delta` to `to`. Buckets stay in ascending order of
// their enum values; those that become zero go away.
void Add(v1::Statistics* to, const v1::Statistics& delta, int sign);

// The same counts with a bucket for every enum value, in order, so that a reader sees every sum:
// levels and topics from the unspecified one, the others from the first named value.
v1::Statistics Complete(const v1::Statistics& counts);

// The highest level with a count above zero; unspecified when there is none.
common::v1::RiskLevel HighestLevel(
    const google::protobuf::RepeatedPtrField<v1::LevelCount>& levels);

}  // namespace lianfang::reporting
