// A district's comparison of its schools as a plot.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "lianfang/aggregation/v1/aggregation.pb.h"

namespace lianfang::cli {

// Writes the file; its name's end says which format. Not a document with a number: the figures are
// the roll-up's, which its own ledger has.
absl::Status PlotRollup(const aggregation::v1::GetRollupResponse& rollup, const std::string& unit,
                        const std::string& path);

}  // namespace lianfang::cli
