// The aggregator as a module.
#pragma once

#include "common/server/module.h"

namespace lianfang::aggregator {

server::ModuleSpec AggregatorModule();

// Whether this process serves ReportingService for the units that the aggregator rolls up. Where
// the module `reporting` is hosted too (all five are when none is named), that one serves it: one
// server has one ReportingService.
bool ServesReporting(const config::v1::ServerConfig& config);

}  // namespace lianfang::aggregator
