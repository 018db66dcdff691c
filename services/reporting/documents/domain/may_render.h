// Whose business a document is.
#pragma once

#include "common/auth/identity.h"
#include "services/reporting/documents/domain/facts.h"

namespace lianfang::reporting::documents {

// Whether the caller may have this document: everything for whoever keeps, leads or audits the
// unit; of departments for their heads and the leaders in charge; his own for a person; to
// everybody what hangs out. All else is refused. The facts have to be collected before: a letter's
// parties and a rectification's responsible person stand in them.
bool MayRender(const auth::Identity& caller, const Facts& facts);

}  // namespace lianfang::reporting::documents
