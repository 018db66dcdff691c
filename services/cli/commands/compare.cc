// lianfang compare: the members of a district beside each other.
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "lianfang/aggregation/v1/aggregation.grpc.pb.h"
#include "services/cli/commands/commands.h"
#include "services/cli/render/tower_tables.h"

namespace lianfang::cli {
namespace {

constexpr Flag kCompareFlags[] = {
    {"unit",
     "DISTRICT",
     Flag::kValue,
     {"汇总单位代码（必填）", "id of the aggregator's unit (needed)"}},
};

absl::Status RunCompare(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("aggregator", "district_admin"));
  using Stub = aggregation::v1::AggregationService::Stub;
  Stub stub(client->channel());
  aggregation::v1::CompareMembersRequest request;
  request.set_parent(UnitName(unit));
  LF_ASSIGN_OR_RETURN(const auto response,
                      client->Call(stub, &Stub::CompareMembers, request, session.call_options()));
  if (session.json()) return session.PrintJson(response);
  for (const auto& comparison : response.comparisons()) {
    if (comparison.members().empty()) {
      const std::string figure = FigureWord(comparison.figure(), session.lang());
      session.Say(figure + "：还没有单位有这一指标", figure + ": no member has this figure yet");
      continue;
    }
    session.Print(ComparisonTable(comparison, session.lang()));
  }
  return absl::OkStatus();
}

}  // namespace

const Command kCompare = {
    "compare",
    {"各下级单位指标对比，标出离群单位", "members beside each other, with those that stand out"},
    kCompareFlags,
    RunCompare};

}  // namespace lianfang::cli
