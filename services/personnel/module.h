// The personnel service as a server hosts it.
#pragma once

#include "common/server/module.h"

namespace lianfang::personnel {

// Keeps the directory and the duties of posts; follows grading for the decisions on these.
server::ModuleSpec PersonnelModule();

}  // namespace lianfang::personnel
