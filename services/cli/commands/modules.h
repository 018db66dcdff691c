// All services that the program carries.
#pragma once

#include <vector>

#include "common/server/module.h"

namespace lianfang::cli {

std::vector<server::ModuleSpec> AllModules();

}  // namespace lianfang::cli
