// ImportDirectory as one change.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "common/auth/access_state.h"
#include "common/store/write_tx.h"
#include "lianfang/personnel/v1/personnel.pb.h"

namespace lianfang::personnel {

// Imports the files of the stream: all of them, or nothing with IMPORT_REJECTED. The counts are the
// change's result. `access` learns whose tokens say no longer what holds.
absl::Status ImportDirectory(
    store::WriteTx& tx, auth::AccessState* access,
    const std::vector<std::shared_ptr<v1::ImportDirectoryRequest>>& messages);

}  // namespace lianfang::personnel
