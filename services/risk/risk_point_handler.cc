#include <memory>

#include "common/rpc/standard.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "services/risk/access.h"
#include "services/risk/measures.h"
#include "services/risk/risk_handler.h"
#include "services/risk/risk_kinds.h"
#include "services/risk/risk_points.h"

namespace lianfang::risk {
namespace {

using rpc::CallContext;
using store::Reader;
using store::WriteTx;

store::Query PointsQuery(const CallContext&, const v1::ListRiskPointsRequest& request) {
  store::Query query;
  if (!request.owner().empty()) query.equal.emplace_back("owner", request.owner());
  if (request.layer() != common::v1::RISK_LAYER_UNSPECIFIED) {
    query.equal.emplace_back("layer", int64_t{request.layer()});
  }
  if (request.year() != 0) query.equal.emplace_back("year", int64_t{request.year()});
  if (!request.power().empty()) query.equal.emplace_back("power", request.power());
  if (request.state() != v1::RISK_POINT_STATE_UNSPECIFIED) {
    query.equal.emplace_back("state", int64_t{request.state()});
  } else if (!request.show_archived()) {
    query.not_equal.emplace_back("state", int64_t{v1::RISK_POINT_STATE_ARCHIVED});
  }
  return query;
}

store::Query MeasuresQuery(const CallContext&, const v1::ListMeasuresRequest& request) {
  store::Query query;
  if (!request.risk_point().empty()) query.equal.emplace_back("risk_point", request.risk_point());
  if (request.state() != v1::MEASURE_STATE_UNSPECIFIED) {
    query.equal.emplace_back("state", int64_t{request.state()});
  } else if (!request.show_archived()) {
    query.not_equal.emplace_back("state", int64_t{v1::MEASURE_STATE_ARCHIVED});
  }
  return query;
}

absl::Status SeesPoint(const CallContext& call, Reader& reader, const v1::RiskPoint& point) {
  return ViewerOf(call, reader).May(access::Action::kSeeRisk, FactsOf(point));
}

rpc::Standard<v1::RiskPoint>::Sees SeesPoints(const CallContext& call, Reader& reader) {
  return [viewer = std::make_shared<access::Viewer>(ViewerOf(call, reader))](
             const v1::RiskPoint& point) {
    return viewer->Sees(access::Action::kSeeRisk, FactsOf(point));
  };
}

absl::Status SeesMeasure(const CallContext& call, Reader& reader, const v1::Measure& measure) {
  LF_ASSIGN_OR_RETURN(const access::Facts facts, FactsOf(reader, measure));
  return ViewerOf(call, reader).May(access::Action::kSeeRisk, facts);
}

rpc::Standard<v1::Measure>::Sees SeesMeasures(const CallContext& call, Reader& reader) {
  // Whoever sees all of them need not have each risk point looked up.
  if (access::RolesSuffice(*call.identity, access::Action::kSeeRisk)) {
    return [](const v1::Measure&) { return true; };
  }
  return [viewer = std::make_shared<access::Viewer>(ViewerOf(call, reader)),
          &reader](const v1::Measure& measure) -> absl::StatusOr<bool> {
    LF_ASSIGN_OR_RETURN(const access::Facts facts, FactsOf(reader, measure));
    return viewer->Sees(access::Action::kSeeRisk, facts);
  };
}

}  // namespace

void RegisterRiskPoints(rpc::Registry& registry, rpc::Service& host) {
  registry.Write<v1::CreateRiskPointRequest, v1::CreateRiskPointResponse>(
      kService, "CreateRiskPoint", host,
      [](WriteTx& tx, const v1::CreateRiskPointRequest& request) {
        v1::RiskPoint point;
        LF_RETURN_IF_ERROR(rpc::PrepareCreate(tx, RiskPointKind(), request, &point));
        LF_RETURN_IF_ERROR(CreateRiskPoint(tx, request.draft(), point));
        return tx.Put(RiskPointKind(), point);
      });
  rpc::Standard<v1::RiskPoint>(&registry, kService, &host, &RiskPointKind())
      .Get<v1::GetRiskPointRequest, v1::GetRiskPointResponse>("GetRiskPoint", SeesPoint)
      .ListSeen<v1::ListRiskPointsRequest, v1::ListRiskPointsResponse>("ListRiskPoints",
                                                                       PointsQuery, SeesPoints)
      .Update<v1::UpdateRiskPointRequest, v1::UpdateRiskPointResponse>("UpdateRiskPoint",
                                                                       UpdateRiskPoint)
      .Verb<v1::ArchiveRiskPointRequest, v1::ArchiveRiskPointResponse>(
          "ArchiveRiskPoint", [](WriteTx& tx, const auto&,
                                 v1::RiskPoint& point) { return ArchiveRiskPoint(tx, point); })
      .Verb<v1::ConfirmRiskPointRequest, v1::ConfirmRiskPointResponse>(
          "ConfirmRiskPoint", [](WriteTx& tx, const auto&, v1::RiskPoint& point) {
            return ConfirmRiskPoint(tx, point);
          });

  rpc::Standard<v1::Measure>(&registry, kService, &host, &MeasureKind())
      .Create<v1::CreateMeasureRequest, v1::CreateMeasureResponse>("CreateMeasure", CreateMeasure)
      .Get<v1::GetMeasureRequest, v1::GetMeasureResponse>("GetMeasure", SeesMeasure)
      .ListSeen<v1::ListMeasuresRequest, v1::ListMeasuresResponse>("ListMeasures", MeasuresQuery,
                                                                   SeesMeasures)
      .Update<v1::UpdateMeasureRequest, v1::UpdateMeasureResponse>("UpdateMeasure", UpdateMeasure)
      .Verb<v1::ArchiveMeasureRequest, v1::ArchiveMeasureResponse>(
          "ArchiveMeasure", [](WriteTx& tx, const auto&,
                               v1::Measure& measure) { return ArchiveMeasure(tx, measure); })
      .Verb<v1::ReviseMeasureRequest, v1::ReviseMeasureResponse>(
          "ReviseMeasure",
          [](WriteTx& tx, const auto&, v1::Measure& measure) { return ReviseMeasure(tx, measure); })
      .Verb<v1::AssessMeasureRequest, v1::AssessMeasureResponse>("AssessMeasure", AssessMeasure)
      .Verb<v1::ConfirmMeasureRequest, v1::ConfirmMeasureResponse>(
          "ConfirmMeasure", [](WriteTx& tx, const auto&, v1::Measure& measure) {
            return ConfirmMeasure(tx, measure);
          });
}

}  // namespace lianfang::risk
