// Reading and writing members together with the rows that are derived from them.
#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "common/store/reader.h"
#include "common/store/write_tx.h"
#include "lianfang/aggregation/v1/aggregation.pb.h"
#include "lianfang/reporting/v1/reporting.pb.h"

namespace lianfang::aggregator {

// RESOURCE_EXISTS when another member has the same unit, ILLEGAL_TRANSITION when there are
// kMaxMembers.
absl::Status CheckRoom(store::WriteTx& tx, const aggregation::v1::Member& member);

// Brings the derived rows in line with a member that is being written; call it in the same change,
// before or after the member itself is Put.
absl::Status DeriveRows(store::WriteTx& tx, const aggregation::v1::Member& member);

// The unit's kept total; nothing when it has no members.
absl::StatusOr<std::optional<reporting::v1::Statistics>> ReadTotal(store::Reader& reader,
                                                                   absl::string_view unit_id);

// The kept totals as a report without names or numbers: counts, months, kinds, campaigns, and the
// schools; then `row` as with ReadRows.
absl::StatusOr<bool> ReadRollup(store::Reader& reader, absl::string_view unit_id,
                                reporting::v1::UnitReport* totals,
                                absl::FunctionRef<void(const aggregation::v1::Member&)> row);

// The kept total, then `row` for each slim member in the order of ids: all of one state. False when
// the unit has no members.
absl::StatusOr<bool> ReadRows(store::Reader& reader, absl::string_view unit_id,
                              reporting::v1::Statistics* total,
                              absl::FunctionRef<void(const aggregation::v1::Member&)> row);

}  // namespace lianfang::aggregator
