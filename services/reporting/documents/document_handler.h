// DocumentService.
#pragma once

#include "common/server/module.h"

namespace lianfang::reporting::documents {

void RegisterDocuments(server::ModuleContext& context);

}  // namespace lianfang::reporting::documents
