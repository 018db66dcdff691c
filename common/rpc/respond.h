// From what a change wrote to the answer its caller gets; the same function for a first and a
// repeated request.
#pragma once

#include "common/store/writer.h"
#include "google/protobuf/message.h"

namespace lianfang::rpc {

// Starts from the result that the change set, if it set one of the response's type. Then each field
// of a record's type takes the records of that type in the order they were written: a single field
// the first, a repeated field all; `position` takes the place in the ledger.
void FillResponse(const store::Committed& committed, absl::string_view unit_id,
                  absl::string_view service, google::protobuf::Message* response);

}  // namespace lianfang::rpc
