// The personnel service as a server hosts it.
#pragma once

#include "common/server/module.h"

namespace lianfang::personnel {

// Keeps the directory; follows nobody.
server::ModuleSpec PersonnelModule();

}  // namespace lianfang::personnel
