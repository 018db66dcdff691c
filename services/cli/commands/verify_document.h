// lianfang verify --document: whether a paper is the recorded one.
#pragma once

#include "services/cli/core/session.h"

namespace lianfang::cli {

absl::Status VerifyDocument(Session& session);

}  // namespace lianfang::cli
