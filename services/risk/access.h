// What of a record the rules of common/access ask.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/access/place.h"
#include "common/rpc/serve.h"
#include "common/store/write_tx.h"
#include "lianfang/risk/v1/feedback.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "lianfang/risk/v1/submission.pb.h"

namespace lianfang::risk {

access::Facts FactsOf(const v1::SelfCheck& form);
access::Facts FactsOf(const v1::SelfCheckRevision& revision);
access::Facts FactsOf(const v1::RiskPoint& point);
access::Facts FactsOf(const v1::Submission& form);
access::Facts FactsOf(const v1::Feedback& feedback);
// As its risk point says.
absl::StatusOr<access::Facts> FactsOf(store::Reader& reader, const v1::Measure& measure);

access::Viewer ViewerOf(const rpc::CallContext& call, store::Reader& reader);
access::Viewer ViewerOf(store::WriteTx& tx);

// The owners under which tip-offs are counted that are about who stands there.
std::vector<std::string> OwnersAt(const access::Place& place);

}  // namespace lianfang::risk
