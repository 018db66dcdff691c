// The risk service as the server hosts it.
#pragma once

#include "common/server/module.h"

namespace lianfang::risk {

server::ModuleSpec RiskModule();

}  // namespace lianfang::risk
