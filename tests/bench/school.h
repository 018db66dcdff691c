// Schools that registrations are measured with.
#pragma once

#include <string>

#include "common/testing/test_server.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "tests/bench/load.h"

namespace lianfang::bench {

inline constexpr int kCallers = 64;
inline constexpr int kRounds = 5;
inline constexpr absl::Duration kSlice = absl::Seconds(2);
inline constexpr char kCreate[] = "/lianfang.risk.v1.RiskService/CreateRiskPoint";

// Units u0, u1, … with one department each.
void MakeUnits(testing::TestServer& server, int units);
// A registration in that unit, with a request id of its own.
risk::v1::CreateRiskPointRequest ARiskPoint(const std::string& unit);
// Waits until grading has followed all that risk wrote, so that one measurement does not pay for
// the one before.
void Settle(testing::TestServer& server, int units);
// Registrations by kCallers for one slice, spread over the units. Answers are not parsed: what is
// measured is the service.
Result Writes(testing::TestServer& server, int units);

}  // namespace lianfang::bench
