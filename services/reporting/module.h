#pragma once

#include "common/server/module.h"

namespace lianfang::reporting {

// The reporting service: follows personnel, risk and grading, and issues the unit's reports.
server::ModuleSpec ReportingModule();

}  // namespace lianfang::reporting
