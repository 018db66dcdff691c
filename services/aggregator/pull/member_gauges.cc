#include "services/aggregator/pull/member_gauges.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "common/obs/metric_table.h"
#include "common/status/error.h"
#include "common/store/ledger_store.h"
#include "common/store/reader.h"
#include "google/protobuf/util/time_util.h"
#include "services/aggregator/member_store.h"

namespace lianfang::aggregator {
namespace {

using aggregation::v1::Member;
using google::protobuf::util::TimeUtil;

constexpr int kGaugeHeadsPage = 500;
constexpr std::array kStates = {
    std::pair{aggregation::v1::MEMBER_STATE_REGISTERED, "registered"},
    std::pair{aggregation::v1::MEMBER_STATE_VERIFIED, "verified"},
    std::pair{aggregation::v1::MEMBER_STATE_UNTRUSTED, "untrusted"},
    std::pair{aggregation::v1::MEMBER_STATE_UNREACHABLE, "unreachable"}};

}  // namespace

absl::Status MeasureMembers(sql::Connection& connection, Puller& puller, obs::Metrics& metrics) {
  std::array<int64_t, aggregation::v1::MemberState_ARRAYSIZE> count{};
  int64_t oldest = 0;
  store::ConnectionReader reader(&connection);
  std::string after;
  while (true) {
    LF_ASSIGN_OR_RETURN(const auto heads, store::ListHeads(connection, after, kGaugeHeadsPage));
    if (heads.empty()) break;
    for (const auto& [unit_id, size] : heads) {
      reporting::v1::Statistics total;
      LF_RETURN_IF_ERROR(ReadRows(reader, unit_id, &total, [&](const Member& member) {
                           ++count.at(aggregation::v1::MemberState_IsValid(member.state())
                                          ? member.state()
                                          : aggregation::v1::MEMBER_STATE_UNSPECIFIED);
                           if (!member.has_verify_time() ||
                               member.state() == aggregation::v1::MEMBER_STATE_UNTRUSTED) {
                             return;
                           }
                           // A pull that brings nothing new is not on the ledger.
                           const int64_t verified =
                               std::max(TimeUtil::TimestampToSeconds(member.verify_time()),
                                        absl::ToUnixSeconds(puller.VerifiedAt(member.name())));
                           oldest = oldest == 0 ? verified : std::min(oldest, verified);
                         }).status());
    }
    after = heads.back().first;
  }
  for (const auto& [state, name] : kStates) {
    metrics.GetGauge(obs::kMembers, {name})->Set(count.at(state));
  }
  metrics.GetGauge(obs::kOldestPullTime)->Set(oldest);
  return absl::OkStatus();
}

}  // namespace lianfang::aggregator
