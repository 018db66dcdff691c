#include <utility>

#include "common/rpc/standard.h"
#include "lianfang/risk/v1/power.pb.h"
#include "services/risk/powers.h"
#include "services/risk/risk_handler.h"
#include "services/risk/risk_kinds.h"
#include "services/risk/volumes.h"
#include "services/risk/workflows.h"

namespace lianfang::risk {
namespace {

using rpc::CallContext;
using store::WriteTx;

// State and archived ones, which powers and charts are listed by alike.
template <class Request>
void ByState(const Request& request, store::Query* query) {
  if (request.state() != v1::FILING_STATE_UNSPECIFIED) {
    query->equal.emplace_back("state", int64_t{request.state()});
  } else if (!request.show_archived()) {
    query->not_equal.emplace_back("state", int64_t{v1::FILING_STATE_ARCHIVED});
  }
}

store::Query PowersQuery(const CallContext&, const v1::ListPowersRequest& request) {
  store::Query query;
  if (!request.department().empty()) query.equal.emplace_back("department", request.department());
  ByState(request, &query);
  return query;
}

store::Query WorkflowsQuery(const CallContext&, const v1::ListWorkflowsRequest& request) {
  store::Query query;
  if (!request.power().empty()) query.equal.emplace_back("power", request.power());
  ByState(request, &query);
  return query;
}

store::Query VolumesQuery(const CallContext&, const v1::ListVolumesRequest& request) {
  store::Query query;
  if (request.kind() != v1::VOLUME_KIND_UNSPECIFIED) {
    query.equal.emplace_back("kind", int64_t{request.kind()});
  }
  if (request.year() != 0) query.equal.emplace_back("year", int64_t{request.year()});
  return query;
}

}  // namespace

void RegisterPowers(rpc::Registry& registry, rpc::Service& host) {
  rpc::Standard<v1::Power>(&registry, kService, &host, &PowerKind())
      .Create<v1::CreatePowerRequest, v1::CreatePowerResponse>("CreatePower", CreatePower)
      .Get<v1::GetPowerRequest, v1::GetPowerResponse>("GetPower")
      .List<v1::ListPowersRequest, v1::ListPowersResponse>("ListPowers", PowersQuery)
      .Update<v1::UpdatePowerRequest, v1::UpdatePowerResponse>("UpdatePower", UpdatePower)
      .Verb<v1::ArchivePowerRequest, v1::ArchivePowerResponse>(
          "ArchivePower",
          [](WriteTx& tx, const auto&, v1::Power& power) { return ArchivePower(tx, power); });

  rpc::Standard<v1::Workflow>(&registry, kService, &host, &WorkflowKind())
      .Create<v1::CreateWorkflowRequest, v1::CreateWorkflowResponse>("CreateWorkflow",
                                                                     CreateWorkflow)
      .Get<v1::GetWorkflowRequest, v1::GetWorkflowResponse>("GetWorkflow")
      .List<v1::ListWorkflowsRequest, v1::ListWorkflowsResponse>("ListWorkflows", WorkflowsQuery)
      .Update<v1::UpdateWorkflowRequest, v1::UpdateWorkflowResponse>("UpdateWorkflow",
                                                                     UpdateWorkflow)
      .Verb<v1::ArchiveWorkflowRequest, v1::ArchiveWorkflowResponse>(
          "ArchiveWorkflow",
          [](WriteTx& tx, const auto&, v1::Workflow& chart) { return ArchiveWorkflow(tx, chart); });

  registry.Write<v1::CompileVolumeRequest, v1::CompileVolumeResponse>(kService, "CompileVolume",
                                                                      host, CompileVolume);
  rpc::Standard<v1::Volume>(&registry, kService, &host, &VolumeKind())
      .Get<v1::GetVolumeRequest, v1::GetVolumeResponse>("GetVolume")
      .List<v1::ListVolumesRequest, v1::ListVolumesResponse>("ListVolumes", VolumesQuery);
}

}  // namespace lianfang::risk
