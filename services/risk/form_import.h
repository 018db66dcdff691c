// The import of forms that come as tables: drafts, all or none.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "common/store/write_tx.h"
#include "lianfang/risk/v1/form_import.pb.h"

namespace lianfang::risk {

// IMPORT_REJECTED, NOT_RECORD_OWNER, INVALID_FIELD and REQUIRED_FIELD for a stream that is not
// options first, then rows.
absl::Status ImportForms(store::WriteTx& tx,
                         const std::vector<std::shared_ptr<v1::ImportFormsRequest>>& messages);

}  // namespace lianfang::risk
