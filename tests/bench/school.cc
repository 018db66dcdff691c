#include "tests/bench/school.h"

#include <cstdio>

#include "common/crypto/random.h"
#include "common/server/random_ids.h"
#include "lianfang/grading/v1/grading.grpc.pb.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"
#include "lianfang/personnel/v1/personnel.grpc.pb.h"
#include "tests/bench/light_load.h"

namespace lianfang::bench {

void MakeUnits(testing::TestServer& server, int units) {
  auto& admin = server.As("admin", {"administrator"});
  for (int i = 0; i < units; ++i) {
    const std::string unit = "u" + std::to_string(i);
    personnel::v1::CreateUnitRequest create;
    create.set_unit_id(unit);
    create.mutable_unit()->set_display_name("学校");
    create.mutable_unit()->set_kind(personnel::v1::UNIT_KIND_SCHOOL);
    create.set_request_id(server.RequestId());
    const auto made = testing::Call<personnel::v1::PersonnelService>(
        admin, &personnel::v1::PersonnelService::Stub::CreateUnit, create);
    personnel::v1::CreateDepartmentRequest department;
    department.set_parent("units/" + unit);
    department.set_department_id("d");
    department.mutable_department()->set_display_name("总务处");
    department.mutable_department()->set_kind(personnel::v1::DEPARTMENT_KIND_OFFICE);
    department.set_request_id(server.RequestId());
    const auto second = testing::Call<personnel::v1::PersonnelService>(
        admin, &personnel::v1::PersonnelService::Stub::CreateDepartment, department);
    if (!made.ok() || !second.ok()) {
      std::printf("failed: %s %s\n", made.status().ToString().c_str(),
                  second.status().ToString().c_str());
      return;
    }
  }
}

risk::v1::CreateRiskPointRequest ARiskPoint(const std::string& unit) {
  risk::v1::CreateRiskPointRequest request;
  request.set_parent("units/" + unit);
  static auto* const random = new crypto::DrawnAhead(&crypto::SystemRandom());
  request.set_request_id(server::NewUuid(*random));
  auto* point = request.mutable_risk_point();
  point->set_layer(common::v1::RISK_LAYER_DEPARTMENT);
  point->set_owner("units/" + unit + "/departments/d");
  point->set_year(2026);
  point->set_category(common::v1::RISK_CATEGORY_BUSINESS_PROCESS);
  point->set_description("采购验收由一人经办，数量与质量可能不符。");
  point->set_manifestation("验收单只有一人签字；入库数量与发票不一致。");
  point->set_method(common::v1::FINDING_METHOD_SELF);
  return request;
}

void Settle(testing::TestServer& server, int units) {
  auto& office = server.As("units/u0/persons/office", {"control_office"});
  for (int i = 0; i < units; ++i) {
    const std::string unit = "units/u" + std::to_string(i);
    ledger::v1::GetCheckpointRequest head;
    head.set_name(unit + "/ledgers/risk");
    const auto size = testing::Call<ledger::v1::LedgerService>(
        office, &ledger::v1::LedgerService::Stub::GetCheckpoint, head);
    grading::v1::ListGradesRequest list;
    list.set_parent(unit);
    auto* position = list.add_not_before();
    position->set_unit(unit);
    position->set_service("risk");
    position->set_sequence(size.ok() ? size->size() : 0);
    bool settled = false;
    for (int tries = 0; tries < 20 && !settled; ++tries) {
      settled = testing::Call<grading::v1::GradingService>(
                    office, &grading::v1::GradingService::Stub::ListGrades, list)
                    .ok();
    }
    if (!size.ok() || !settled) std::printf("failed: %s is not followed\n", unit.c_str());
  }
}

Result Writes(testing::TestServer& server, int units) {
  const std::string token = server.Token("units/u0/persons/office", {"control_office"});
  return RunLight({.address = server.address(),
                   .method = kCreate,
                   .token = token,
                   .callers = kCallers,
                   .duration = kSlice,
                   .make = [&](int64_t n) {
                     return ARiskPoint("u" + std::to_string(n % units)).SerializeAsString();
                   }});
}

}  // namespace lianfang::bench
