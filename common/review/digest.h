// What a review binds to: the digest of a record's content.
#pragma once

#include <cstdint>
#include <string>

#include "google/protobuf/message.h"

namespace lianfang::review {

// SHA-256, 32 bytes, over what people wrote into a record (its fields that are not OUTPUT_ONLY) and
// the number of the revision. States, times, comments and marks do not change it; any change of the
// content does.
std::string RecordDigest(const google::protobuf::Message& record, int32_t revision);

}  // namespace lianfang::review
