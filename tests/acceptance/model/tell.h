// Calls in words, for whoever reads why a walk failed; and what those words are made of.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "google/protobuf/message.h"
#include "tests/acceptance/model/command.h"
#include "tests/acceptance/model/remote.h"

namespace lianfang::model {

// A text field of a message; empty when there is no such field.
std::string StringIn(const google::protobuf::Message& message, absl::string_view field);
// The record that a request or a response is about; null when it holds none.
const google::protobuf::Message* RecordIn(const google::protobuf::Message& message);

// Name of an error's reason, e.g. `OWN_RECORD`; empty without an error.
std::string ReasonNameOf(const absl::Status& status);
// Reason and text.
std::string Why(const absl::Status& status);

// Who does what, e.g. `2026-05-13 persons/buyer (staff): submit self check selfChecks/n3 → `, with
// what else the request says and what the command gets wrong on purpose.
std::string TellCall(const Actor& actor, const google::protobuf::Message& request,
                     const Command& command, absl::CivilDay today);

}  // namespace lianfang::model
