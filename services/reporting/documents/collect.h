// Reading what documents are built from: the own tables, and the records that the services above
// keep.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/client/client.h"
#include "common/policy/policies.h"
#include "common/rpc/serve.h"
#include "common/store/reader.h"
#include "services/reporting/documents/domain/facts.h"

namespace lianfang::reporting::documents {

// How far each ledger was when something was read, by service; the own one too.
using Positions = std::map<std::string, int64_t>;

// Where this service stands. NOT_CAUGHT_UP is not its business: compare before and after.
absl::StatusOr<Positions> ReadPositions(store::Reader& reader, absl::string_view unit_id,
                                        const std::vector<std::string>& upstreams,
                                        absl::string_view own);

// The directory, the year when none was asked for, and what reporting itself keeps for the kind.
absl::Status ReadOwn(const rpc::CallContext& call, store::Reader& reader,
                     const policy::Policies& policies, Facts* facts);

// What the upstreams keep for the kind, from states not older than `positions`. Blocks.
absl::Status ReadUpstreams(const std::map<std::string, client::Client*>& upstreams,
                           const std::string& unit_id, const Positions& positions,
                           absl::Time deadline, Facts* facts);

}  // namespace lianfang::reporting::documents
