// Putting the proofs of an issued report together.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/client/client.h"
#include "common/crypto/ed25519.h"
#include "common/sql/database.h"
#include "lianfang/internal/v1/state.pb.h"
#include "lianfang/reporting/v1/reporting.pb.h"

namespace lianfang::reporting {

// Size of a service's ledger that the caller knows; 0 when it knows none.
int64_t KnownSize(const v1::GetUnitReportRequest& request, absl::string_view service);

// Begins the answer: with the report, or, for a caller who knows it, only with that it is
// unchanged.
void FillReport(const v1::GetUnitReportRequest& request, v1::UnitReport report,
                v1::GetUnitReportResponse* response);

// Fills in what the issuing ledger (of `service`) proves: unless the report is unchanged, the entry
// with number `sequence` as it is stored and its inclusion in the ledger as it is now; the
// checkpoint of that, signed with `key`, and its continuity since `known_size`. A caller that knows
// more than there is gets no continuity: it shall see that the ledger shrank.
absl::Status ProveIssued(sql::Connection& connection, absl::string_view unit_id,
                         absl::string_view service, const crypto::Ed25519PrivateKey& key,
                         int64_t sequence, int64_t known_size, v1::GetUnitReportResponse* response);

// Adds the hand-overs of a ledger's key, where the answer has them not yet.
void AddHandovers(const google::protobuf::RepeatedPtrField<std::string>& handovers,
                  v1::GetUnitReportResponse* response);

// The checkpoint that a follower verified, with its continuity since `known_size`, which `upstream`
// is asked for when it is needed. Blocks.
absl::StatusOr<v1::LedgerProof> ProveUpstream(client::Client& upstream, absl::string_view unit_id,
                                              const internal::v1::FollowPosition& position,
                                              int64_t known_size, absl::Duration timeout);

}  // namespace lianfang::reporting
