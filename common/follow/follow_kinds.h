// The record that says how far a follower is; see internal.v1.FollowPosition. Its key is the
// upstream's name.
#pragma once

#include "common/store/record_kind.h"

namespace lianfang::follow {

const store::RecordKind& FollowPositionKind();

}  // namespace lianfang::follow
