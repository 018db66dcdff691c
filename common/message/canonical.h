// The one serialization of a message that digests are made of.
#pragma once

#include <string>

#include "google/protobuf/message.h"

namespace lianfang::message {

// Deterministic serialization: the same message gives the same bytes in the same program.
std::string Canonical(const google::protobuf::Message& message);

// The same of a request as ledgers may show its digest: without what is secret (option `secret`). A
// digest of a password is an oracle for whoever guesses it.
std::string CanonicalRequest(const google::protobuf::Message& request);

}  // namespace lianfang::message
