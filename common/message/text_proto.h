// Reading messages from textproto files: policies, configurations, samples.
#pragma once

#include <string>

#include "google/protobuf/message.h"

namespace lianfang::message {

// Parses `text` into `message`. Unknown fields and bad values are errors. Returns what is wrong
// first, as `line:column: text`; empty when all is well.
std::string ParseTextProto(const std::string& text, google::protobuf::Message* message);

}  // namespace lianfang::message
