// Reviews as the commands and the invariants see them.
#pragma once

#include <string>

#include "lianfang/grading/v1/grading.pb.h"
#include "tests/acceptance/model/world.h"

namespace lianfang::model {

// All open reviews, with those who may take the step that waits today.
const google::protobuf::RepeatedPtrField<grading::v1::Review>& OpenReviews(World& world);

// Reviews that were not open before go the way of whose record it is: looked at after every
// command, since a review goes by the routes of the day on which it was opened, whoever comes to a
// post later.
void CheckOpened(World& world);

// Whether a step may be taken in the school although the record is a principal responsible
// person's: the leading group looks at every grade, the cadres' meeting at all measures, and the
// superior decides after them. 「校主要负责人的岗位风险由分管厅领导审核」
bool MayPassOnToSuperior(const grading::v1::Review& review, int step);

// Digest of the record under review, as the record itself says it now.
std::string DigestOf(World& world, const grading::v1::Review& review);

}  // namespace lianfang::model
