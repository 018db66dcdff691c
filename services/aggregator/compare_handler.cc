#include "services/aggregator/compare_handler.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "lianfang/aggregation/v1/aggregation.pb.h"
#include "services/aggregator/domain/compare.h"
#include "services/aggregator/domain/rollup.h"
#include "services/aggregator/member_store.h"

namespace lianfang::aggregator {
namespace {

using aggregation::v1::ComparedFigure;
using aggregation::v1::CompareMembersRequest;
using aggregation::v1::CompareMembersResponse;

absl::Status CompareMembers(const rpc::CallContext& call, store::Reader& reader,
                            const CompareMembersRequest& request,
                            CompareMembersResponse* response) {
  std::vector<ComparedFigure> figures;
  for (int i = 0; i < request.figures_size(); ++i) {
    const ComparedFigure figure = request.figures(i);
    if (figure == aggregation::v1::COMPARED_FIGURE_UNSPECIFIED ||
        !aggregation::v1::ComparedFigure_IsValid(figure)) {
      return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, absl::StrCat("figures[", i, "]"),
                        "没有这样的指标。", "is no figure.");
    }
    figures.push_back(figure);
  }
  if (figures.empty()) figures = AllFigures();
  std::vector<reporting::v1::MemberSummary> members;
  reporting::v1::UnitReport totals;
  LF_RETURN_IF_ERROR(
      ReadRollup(reader, call.unit_id, &totals, [&](const aggregation::v1::Member& member) {
        if (Counts(member)) members.push_back(Summarize(member));
      }).status());
  for (const ComparedFigure figure : figures) {
    *response->add_comparisons() = Compare(figure, members);
  }
  return absl::OkStatus();
}

}  // namespace

void RegisterCompareMembers(rpc::Registry& registry, rpc::Service& service) {
  registry.Read<CompareMembersRequest, CompareMembersResponse>(
      "lianfang.aggregation.v1.AggregationService", "CompareMembers", service, CompareMembers);
}

}  // namespace lianfang::aggregator
