// What the operating system says of the process, by the names that Prometheus' client libraries
// use.
#pragma once

#include <memory>

#include "common/obs/metrics.h"

namespace lianfang::obs {

// This program's version, e.g. `0.1.0`.
const char* Version();

// Reads it before each reading of the metrics, as long as the returned object lives.
std::shared_ptr<void> WatchProcess(Metrics* metrics);

}  // namespace lianfang::obs
