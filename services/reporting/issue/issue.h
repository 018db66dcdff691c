// Issuing a unit's reports on its own ledger. Used by reporting, and by an aggregator for the layer
// above: both keep the same two tables.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "absl/status/statusor.h"
#include "common/base/embedded.h"
#include "common/store/record_kind.h"
#include "common/store/write_tx.h"
#include "lianfang/reporting/v1/reporting.pb.h"

namespace lianfang::reporting {

// UnitReport records, on the ledger: `units/{unit}/reports/{number, padded to 8 digits}`.
const store::RecordKind& ReportKind();
// Which report is the newest; derived.
const store::RecordKind& IssuedKind();
// Migrations of the two tables; component `reports`.
std::span<const EmbeddedFile> IssueSchema();

struct Issued {
  v1::UnitReport report;
  // Entry of the unit's own ledger that holds it.
  int64_t sequence = 0;
};

// Issues `report`, whose name, number and time are ignored, as the unit's next one; or keeps the
// last one when that says the same.
absl::StatusOr<Issued> Issue(store::WriteTx& tx, v1::UnitReport report);

// The last report, when `report` says the same; nothing when Issue would issue another one.
absl::StatusOr<std::optional<Issued>> FindIssued(store::Reader& reader, absl::string_view unit_id,
                                                 const v1::UnitReport& report);

// What an entry of the own ledger with a report leaves in IssuedKind(): derives no more than that.
absl::Status DeriveIssued(store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                          const ledger::v1::EntryContent& content);

// A page of the unit's reports, newest first: a key lookup a report.
absl::Status ListIssued(store::Reader& reader, absl::string_view unit_id,
                        const v1::ListReportsRequest& request, v1::ListReportsResponse* response);

}  // namespace lianfang::reporting
