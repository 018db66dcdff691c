#include "lianfang/risk/v1/risk.pb.h"
#include "tests/acceptance/model/perform.h"

namespace lianfang::model {

using namespace risk::v1;  // NOLINT: requests

namespace {

const google::protobuf::RepeatedPtrField<Power>& Powers(World& world) {
  return Everything<ListPowersResponse, ListPowersRequest>(world).powers();
}
const google::protobuf::RepeatedPtrField<Workflow>& Charts(World& world) {
  return Everything<ListWorkflowsResponse, ListWorkflowsRequest>(world).workflows();
}

bool OnRegister(const RiskPoint& point) {
  return point.state() == RISK_POINT_STATE_REGISTERED ||
         point.state() == RISK_POINT_STATE_PUBLICISED;
}
bool CanChange(const RiskPoint& point) {
  return point.state() != RISK_POINT_STATE_SUBMITTED && point.state() != RISK_POINT_STATE_ARCHIVED;
}
template <class Filed>
bool CanBeChanged(const Filed& filed) {
  return filed.state() != FILING_STATE_SUBMITTED && filed.state() != FILING_STATE_ARCHIVED;
}

// apply → check → pay, with the power's risk points on the nodes: all of them, or all but one.
void Draw(World& world, const std::string& power, int how, Workflow* chart) {
  static constexpr const char* kNodes[] = {"apply", "check", "pay"};
  for (int i = 0; i < 3; ++i) {
    WorkflowNode& node = *chart->add_nodes();
    node.set_id(kNodes[i]);
    node.set_title(kNodes[i]);
    if (i == 0) continue;
    WorkflowEdge& edge = *chart->add_edges();
    edge.set_from(kNodes[i - 1]);
    edge.set_to(kNodes[i]);
  }
  bool leave_out = how % 5 == 0;
  for (const RiskPoint& point : Points(world)) {
    if (point.power() != power || point.state() == RISK_POINT_STATE_ARCHIVED) continue;
    if (std::exchange(leave_out, false)) continue;
    RiskMark& mark = *chart->add_risk_marks();
    mark.set_node(kNodes[how % 3]);
    mark.set_risk_point(point.name());
  }
}

}  // namespace

void CreateRiskPoint(World& world, const Command& command) {
  const auto departments = DepartmentsOf(world);
  const bool of_unit = command.how % 5 == 0;
  const std::string department = of_unit ? "" : Choose(world, departments).name();
  CreateRiskPointRequest request;
  request.set_parent(kUnit);
  request.set_risk_point_id(SlotId(world, "p", 20));
  request.set_draft(command.how % 2 == 0);
  RiskPoint& point = *request.mutable_risk_point();
  point.set_layer(of_unit ? common::v1::RISK_LAYER_UNIT : common::v1::RISK_LAYER_DEPARTMENT);
  point.set_owner(of_unit ? kUnit : department);
  point.set_year(command.how % 13 == 0 ? YearOf(world) + 1 : YearOf(world));
  point.set_category(command.how % 3 == 0 ? common::v1::RISK_CATEGORY_BUSINESS_PROCESS
                                          : common::v1::RISK_CATEGORY_INSTITUTIONAL_MECHANISM);
  point.set_description("验收与采购由同一人经办。");
  point.set_manifestation("未见第二人签字。");
  point.set_method(common::v1::FINDING_METHOD_COLLECTIVE);
  if (command.how % 7 == 0) point.set_sensitive_topic(common::v1::SENSITIVE_TOPIC_MONEY);
  if (command.how % 3 != 0 && !of_unit) {
    for (const Power& power : Powers(world)) {
      if (power.department() == department && power.state() != FILING_STATE_ARCHIVED) {
        point.set_power(power.name());
      }
    }
  }
  world
      .Do<CreateRiskPointResponse>(
          CallerOf(world, department.empty() ? std::vector<std::string>{kOffice}
                                             : KeepersOf(world, department)),
          request)
      .IgnoreError();
}

void UpdateRiskPoint(World& world, const Command& command) {
  const RiskPoint* point =
      Pick(world, Points(world), [](const RiskPoint& p) { return CanChange(p); });
  if (point == nullptr) return;
  UpdateRiskPointRequest request;
  RiskPoint& change = *request.mutable_risk_point();
  change.set_name(point->name());
  change.set_etag(EtagFor(world, *point));
  switch (command.how % 3) {
    case 0:
      change.set_key_link(absl::StrCat("环节", command.how));
      request.mutable_update_mask()->add_paths("key_link");
      break;
    case 1:
      change.set_description(absl::StrCat("改写的风险", command.how));
      request.mutable_update_mask()->add_paths("description");
      break;
    default:
      change.mutable_factors()->set_likelihood(static_cast<Likelihood>(command.who % 5));
      change.mutable_factors()->set_consequence(static_cast<Consequence>(command.on % 5));
      request.mutable_update_mask()->add_paths("factors");
  }
  world
      .Do<UpdateRiskPointResponse>(CallerOf(world, KeepersOf(world, point->department())), request,
                                   Expected(world))
      .IgnoreError();
}

void ConfirmRiskPoint(World& world, const Command&) {
  const RiskPoint* point = Pick(
      world, Points(world), [](const RiskPoint& p) { return OnRegister(p) && p.marks_size() > 0; });
  if (point == nullptr) return;
  Step<ConfirmRiskPointResponse, ConfirmRiskPointRequest>(world, point,
                                                          KeepersOf(world, point->department()));
}

void ArchiveRiskPoint(World& world, const Command&) {
  const RiskPoint* point =
      Pick(world, Points(world), [](const RiskPoint& p) { return CanChange(p); });
  if (point == nullptr) return;
  Step<ArchiveRiskPointResponse, ArchiveRiskPointRequest>(world, point,
                                                          KeepersOf(world, point->department()));
}

void CreatePower(World& world, const Command& command) {
  const auto departments = DepartmentsOf(world);
  const std::string department = command.how % 6 == 0 ? "" : Choose(world, departments).name();
  CreatePowerRequest request;
  request.set_parent(kUnit);
  request.set_power_id(SlotId(world, "w", 6));
  Power& power = *request.mutable_power();
  power.set_power_name("物资采购");
  power.set_content("组织采购。");
  power.set_exercising_body("总务处");
  power.set_legal_basis("政府采购法");
  power.set_type(POWER_TYPE_PROCUREMENT);
  power.set_department(department);
  world.Do<CreatePowerResponse>(CallerOf(world, KeepersOf(world, department)), request)
      .IgnoreError();
}

void UpdatePower(World& world, const Command& command) {
  const Power* power = Pick(world, Powers(world), [](const Power& p) { return CanBeChanged(p); });
  if (power == nullptr) return;
  UpdatePowerRequest request;
  request.mutable_power()->set_name(power->name());
  request.mutable_power()->set_etag(EtagFor(world, *power));
  request.mutable_power()->set_content(absl::StrCat("采购内容", command.how));
  request.mutable_update_mask()->add_paths("content");
  world
      .Do<UpdatePowerResponse>(CallerOf(world, KeepersOf(world, power->department())), request,
                               Expected(world))
      .IgnoreError();
}

void ArchivePower(World& world, const Command&) {
  const Power* power = Pick(world, Powers(world), [](const Power& p) { return CanBeChanged(p); });
  if (power == nullptr) return;
  Step<ArchivePowerResponse, ArchivePowerRequest>(world, power,
                                                  KeepersOf(world, power->department()));
}

void CreateWorkflow(World& world, const Command& command) {
  const Power* power = Pick(world, Powers(world), [&](const Power& p) {
    for (const Workflow& chart : Charts(world)) {
      if (chart.power() == p.name() && chart.state() != FILING_STATE_ARCHIVED) return false;
    }
    return p.state() != FILING_STATE_ARCHIVED;
  });
  if (power == nullptr) return;
  CreateWorkflowRequest request;
  request.set_parent(kUnit);
  request.set_workflow_id(NewId(world));
  request.mutable_workflow()->set_power(power->name());
  Draw(world, power->name(), command.how, request.mutable_workflow());
  world.Do<CreateWorkflowResponse>(CallerOf(world, KeepersOf(world, power->department())), request)
      .IgnoreError();
}

void UpdateWorkflow(World& world, const Command& command) {
  const Workflow* chart =
      Pick(world, Charts(world), [](const Workflow& c) { return CanBeChanged(c); });
  if (chart == nullptr) return;
  UpdateWorkflowRequest request;
  Draw(world, chart->power(), command.how, request.mutable_workflow());
  request.mutable_workflow()->set_name(chart->name());
  request.mutable_workflow()->set_etag(EtagFor(world, *chart));
  for (const char* field : {"nodes", "edges", "risk_marks"}) {
    request.mutable_update_mask()->add_paths(field);
  }
  world
      .Do<UpdateWorkflowResponse>(CallerOf(world, KeepersOf(world, chart->department())), request,
                                  Expected(world))
      .IgnoreError();
}

void ArchiveWorkflow(World& world, const Command&) {
  const Workflow* chart =
      Pick(world, Charts(world), [](const Workflow& c) { return CanBeChanged(c); });
  if (chart == nullptr) return;
  Step<ArchiveWorkflowResponse, ArchiveWorkflowRequest>(world, chart,
                                                        KeepersOf(world, chart->department()));
}

namespace {

// Archives what is neither filed nor under review, as the control office does before it compiles.
template <class Request, class Response, class Records>
void ArchiveUnfiled(World& world, const Records& records) {
  for (const auto& record : records) {
    if (record.state() != FILING_STATE_DRAFT && record.state() != FILING_STATE_RETURNED) continue;
    Request request;
    request.set_name(record.name());
    world.Do<Response>(ActorOf(world, kOffice), request).IgnoreError();
  }
}

}  // namespace

void CompileVolume(World& world, const Command& command) {
  if (command.fitting && command.how % 3 != 0) {
    // Copies: what is archived changes the lists. Charts first: a power with a chart stays.
    const auto charts = Charts(world);
    ArchiveUnfiled<ArchiveWorkflowRequest, ArchiveWorkflowResponse>(world, charts);
    const auto powers = Powers(world);
    ArchiveUnfiled<ArchivePowerRequest, ArchivePowerResponse>(world, powers);
  }
  CompileVolumeRequest request;
  request.set_parent(kUnit);
  request.set_volume_id(NewId(world));
  request.set_kind(command.how % 2 == 0 ? VOLUME_KIND_POWER_CATALOGUE
                                        : VOLUME_KIND_WORKFLOW_CHARTS);
  request.set_year(YearOf(world));
  world.Do<CompileVolumeResponse>(CallerOf(world, {kOffice, Person("principal")}), request)
      .IgnoreError();
}

}  // namespace lianfang::model
