// The grading service as the server hosts it.
#pragma once

#include "common/server/module.h"

namespace lianfang::grading {

server::ModuleSpec GradingModule();

}  // namespace lianfang::grading
