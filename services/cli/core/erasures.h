// What was erased, as people read it.
#pragma once

#include "google/protobuf/repeated_ptr_field.h"
#include "lianfang/ledger/v1/ledger.pb.h"
#include "services/cli/term/lang.h"
#include "services/cli/term/table.h"

namespace lianfang::cli {

// A row an erasure: when, what, how much, by whom, why.
Table ErasuresTable(const google::protobuf::RepeatedPtrField<ledger::v1::Erasure>& erasures,
                    Lang lang);

}  // namespace lianfang::cli
