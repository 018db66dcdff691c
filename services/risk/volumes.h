// The unit's volumes of powers and workflow charts. 「领导小组组织编制单位职权目录」
#pragma once

#include "absl/status/status.h"
#include "common/store/write_tx.h"
#include "lianfang/risk/v1/power.pb.h"

namespace lianfang::risk {

// Compiles what is filed, and writes the volume and what it takes up. RESOURCE_EXISTS,
// NOT_COMPILABLE.
absl::Status CompileVolume(store::WriteTx& tx, const v1::CompileVolumeRequest& request);

}  // namespace lianfang::risk
