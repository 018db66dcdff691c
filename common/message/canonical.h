// The one serialization of a message that digests are made of.
#pragma once

#include <string>

#include "google/protobuf/message.h"

namespace lianfang::message {

// Deterministic serialization: the same message gives the same bytes in the same program.
std::string Canonical(const google::protobuf::Message& message);

}  // namespace lianfang::message
