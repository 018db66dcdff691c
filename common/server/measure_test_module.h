// A module of one kind of record, for the tests of what every module is given.
#pragma once

#include "common/rpc/standard.h"
#include "common/server/module.h"
#include "lianfang/risk/v1/risk.pb.h"

namespace lianfang::server {

inline const store::RecordKind& MeasureKind() {
  static const auto* kind = new store::RecordKind(
      "measures", "measures", risk::v1::Measure::default_instance(), {"risk_point"});
  return *kind;
}

inline constexpr EmbeddedFile kMeasureSchema[] = {
    {"0001_test.sql",
     "CREATE TABLE measures (unit_id {ID} NOT NULL, id {ID} NOT NULL, sequence {INT} NOT NULL, "
     "body {BYTES} NOT NULL, risk_point {ID} NOT NULL, PRIMARY KEY (unit_id, id)) {OPTIONS};"}};

inline ModuleSpec MeasureModule() {
  return {.name = "risk",
          .schemas = {{"test", kMeasureSchema}},
          .wire =
              [](ModuleContext& context) {
                rpc::Standard<risk::v1::Measure>(&context.registry(),
                                                 "lianfang.risk.v1.RiskService", &context.service(),
                                                 &MeasureKind())
                    .Create<risk::v1::CreateMeasureRequest, risk::v1::CreateMeasureResponse>(
                        "CreateMeasure",
                        [](store::WriteTx&, risk::v1::Measure&) { return absl::OkStatus(); })
                    .Get<risk::v1::GetMeasureRequest, risk::v1::GetMeasureResponse>("GetMeasure")
                    .List<risk::v1::ListMeasuresRequest, risk::v1::ListMeasuresResponse>(
                        "ListMeasures",
                        [](const rpc::CallContext&, const risk::v1::ListMeasuresRequest& request) {
                          store::Query query;
                          if (!request.risk_point().empty()) {
                            query.equal.emplace_back("risk_point", request.risk_point());
                          }
                          return query;
                        })
                    .Update<risk::v1::UpdateMeasureRequest, risk::v1::UpdateMeasureResponse>(
                        "UpdateMeasure", [](store::WriteTx&, const risk::v1::Measure&,
                                            risk::v1::Measure&) { return absl::OkStatus(); });
                return absl::OkStatus();
              },
          .kinds = {&MeasureKind()}};
}

}  // namespace lianfang::server
