// Reviews as the commands and the invariants see them.
#pragma once

#include <string>

#include "lianfang/grading/v1/grading.pb.h"
#include "tests/acceptance/model/world.h"

namespace lianfang::model {

// All open reviews, with those who may take the step that waits today.
const google::protobuf::RepeatedPtrField<grading::v1::Review>& OpenReviews(World& world);

// Digest of the record under review, as the record itself says it now.
std::string DigestOf(World& world, const grading::v1::Review& review);

}  // namespace lianfang::model
