// The service that several handlers carry out parts of.
#pragma once

#include <cstddef>

#include "absl/strings/string_view.h"
#include "common/client/limits.h"

namespace lianfang::aggregator {

inline constexpr absl::string_view kAggregationService =
    "lianfang.aggregation.v1.AggregationService";
// A page of members, whose reports may be large, or of tasks ends early: it stays well below what
// clients take.
inline constexpr size_t kMaxPageBytes = client::kMaxMessageBytes / 2;

}  // namespace lianfang::aggregator
