// Powers and workflow charts: entered, drawn, compiled. 「编制职权目录」 「梳理工作流程」
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/cli/play/player.h"

namespace lianfang::cli {
namespace {

using RiskStub = risk::v1::RiskService::Stub;
using risk::v1::Power;
using risk::v1::Workflow;

}  // namespace

absl::StatusOr<StageResult> Player::EnterPowers(StageProgress& progress) {
  risk::v1::ListPowersRequest list;
  list.set_show_archived(true);
  LF_ASSIGN_OR_RETURN(const auto existing,
                      All<Power>(risk_, &RiskStub::ListPowers,
                                 &risk::v1::ListPowersResponse::mutable_powers, list));
  return MakeMissing<Power>(sample_.year.powers(), existing, progress, [&](const Power& power) {
    risk::v1::CreatePowerRequest request;
    request.set_parent(unit_);
    request.set_power_id(std::string(IdIn("powers", power.name())));
    *request.mutable_power() = power;
    return Change(KeeperOf(power.department()), risk_, &RiskStub::CreatePower, request).status();
  });
}

absl::StatusOr<StageResult> Player::DrawCharts(StageProgress& progress) {
  risk::v1::ListWorkflowsRequest list;
  list.set_show_archived(true);
  LF_ASSIGN_OR_RETURN(const auto existing,
                      All<Workflow>(risk_, &RiskStub::ListWorkflows,
                                    &risk::v1::ListWorkflowsResponse::mutable_workflows, list));
  std::map<std::string, std::string> department_of;  // power → department
  for (const Power& power : sample_.year.powers()) {
    department_of[power.name()] = power.department();
  }
  return MakeMissing<Workflow>(
      sample_.year.workflows(), existing, progress, [&](const Workflow& chart) {
        risk::v1::CreateWorkflowRequest request;
        request.set_parent(unit_);
        request.set_workflow_id(std::string(IdIn("workflows", chart.name())));
        *request.mutable_workflow() = chart;
        const auto it = department_of.find(chart.power());
        const client::Client& drawer = it == department_of.end() ? Office() : KeeperOf(it->second);
        return Change(drawer, risk_, &RiskStub::CreateWorkflow, request).status();
      });
}

absl::StatusOr<StageResult> Player::CompileVolumes(StageProgress& progress) {
  risk::v1::ListVolumesRequest list;
  list.set_year(sample_.year.year());
  LF_ASSIGN_OR_RETURN(const auto volumes,
                      All<risk::v1::Volume>(risk_, &RiskStub::ListVolumes,
                                            &risk::v1::ListVolumesResponse::mutable_volumes, list));
  std::set<risk::v1::VolumeKind> compiled;
  for (const auto& [name, volume] : volumes) compiled.insert(volume.kind());
  StageResult result{.found = static_cast<int64_t>(compiled.size())};
  const std::pair<risk::v1::VolumeKind, bool> kinds[] = {
      {risk::v1::VOLUME_KIND_POWER_CATALOGUE, !sample_.year.powers().empty()},
      {risk::v1::VOLUME_KIND_WORKFLOW_CHARTS, !sample_.year.workflows().empty()},
  };
  progress.Start(2 - result.found);
  for (const auto& [kind, wanted] : kinds) {
    if (!wanted || compiled.contains(kind)) continue;
    risk::v1::CompileVolumeRequest request;
    request.set_parent(unit_);
    request.set_kind(kind);
    request.set_year(sample_.year.year());
    LF_RETURN_IF_ERROR(
        Change(actors_.AsRole("leading_group"), risk_, &RiskStub::CompileVolume, request).status());
    progress.Advance();
    ++result.done;
  }
  return result;
}

}  // namespace lianfang::cli
