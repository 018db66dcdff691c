// The records of the aggregator as tables.
#pragma once

#include <span>

#include "absl/strings/string_view.h"
#include "common/base/embedded.h"
#include "common/store/record_kind.h"

namespace lianfang::aggregator {

// Members, on the ledger.
const store::RecordKind& MemberKind();
// What the roll-up reads, derived from the members: slim members by their ids, and the row
// kTotalRow, whose report holds the total of all members that count and, as `number`, how many are
// registered. One query reads rows and total of one state.
const store::RecordKind& MemberRowKind();
// Not an id that a member could have.
inline constexpr absl::string_view kTotalRow = "_total";

// What each member's report adds to the months, kinds and campaigns of the total, derived from the
// members by their ids; read when a member changes, and not by the roll-up.
const store::RecordKind& MemberSumsKind();

// Kinds that are on the ledger, the reports for the layer above among them.
std::span<const store::RecordKind* const> Kinds();

// Migrations that make the tables of the members; their component is `aggregator`.
std::span<const EmbeddedFile> Schema();

}  // namespace lianfang::aggregator
