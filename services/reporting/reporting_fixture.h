// The service over real gRPC, for tests. Its upstreams are stand-ins that put records on their
// ledgers as they are told, so that every state can be had.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/directory/directory_kinds.h"
#include "common/ledger/checkpoint.h"
#include "common/ledger/note.h"
#include "common/store/write_tx.h"
#include "common/testing/test_server.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/personnel/v1/duty.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "lianfang/reporting/v1/reporting.grpc.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "services/reporting/module.h"

namespace lianfang::reporting {

using testing::FailsWith;
using testing::IsOk;
using v1::ReportingService;

inline constexpr char kTables[] =
    "CREATE TABLE stand_in_records (unit_id {ID} NOT NULL, id {ID} NOT NULL, sequence {INT} NOT "
    "NULL, body {BYTES} NOT NULL, PRIMARY KEY (unit_id, id)) {OPTIONS};\n";
inline const EmbeddedFile kSchema[] = {{"0001_records.sql", kTables}};

template <class T>
const store::RecordKind& KindOf(const char* collection) {
  static const auto* kind =
      new store::RecordKind("stand_in_records", collection, T::default_instance(), {});
  return *kind;
}

class ReportingFixture : public ::testing::Test {
 protected:
  server::ModuleSpec StandIn(const std::string& name) {
    return {.name = name,
            .schemas = {{"directory", directory::Schema()}, {"stand_in", kSchema}},
            .wire =
                [this, name](server::ModuleContext& context) {
                  upstreams_[name] = &context.service();
                  return absl::OkStatus();
                },
            .kinds = {}};
  }

  // One entry on an upstream's ledger with these changes.
  void Write(const std::string& service, const std::function<absl::Status(store::WriteTx&)>& apply,
             const std::string& unit = "u") {
    std::promise<absl::Status> done;
    store::Mutation mutation;
    mutation.unit_id = unit;
    auto identity = std::make_shared<auth::Identity>();
    identity->subject = "test";
    mutation.actor = identity;
    mutation.method = "test";
    mutation.apply = apply;
    mutation.done = [&](const absl::StatusOr<store::Committed>& outcome) {
      done.set_value(outcome.status());
    };
    upstreams_.at(service)->writer->Submit(std::move(mutation));
    ASSERT_THAT(done.get_future().get(), IsOk());
    ++sizes_[service];
  }
  template <class T>
  void Put(const std::string& service, const store::RecordKind& kind, T record) {
    Write(service, [&](store::WriteTx& tx) { return tx.Put(kind, record); });
  }

  void PutUnit() {
    personnel::v1::Unit unit;
    unit.set_name("units/u");
    unit.set_display_name("实验小学");
    Put("personnel", directory::UnitKind(), unit);
  }
  void PutDepartment(const std::string& id, const std::string& name) {
    personnel::v1::Department department;
    department.set_name("units/u/departments/" + id);
    department.set_display_name(name);
    department.set_state(personnel::v1::RECORD_STATE_ACTIVE);
    Put("personnel", directory::DepartmentKind(), department);
  }
  void PutPost(const std::string& id, const std::string& name, const std::string& department) {
    personnel::v1::Post post;
    post.set_name("units/u/posts/" + id);
    post.set_display_name(name);
    if (!department.empty()) post.set_department("units/u/departments/" + department);
    post.set_state(personnel::v1::RECORD_STATE_ACTIVE);
    personnel::v1::Person person;
    person.set_name("units/u/persons/of-" + id);
    person.set_display_name(name + "的任职人");
    person.set_state(personnel::v1::RECORD_STATE_ACTIVE);
    personnel::v1::Appointment appointment;
    appointment.set_name("units/u/appointments/of-" + id);
    appointment.set_post(post.name());
    appointment.set_person(person.name());
    appointment.set_state(personnel::v1::RECORD_STATE_ACTIVE);
    // An import: all in one entry.
    Write("personnel", [&](store::WriteTx& tx) -> absl::Status {
      LF_RETURN_IF_ERROR(tx.Put(directory::AppointmentKind(), appointment));
      LF_RETURN_IF_ERROR(tx.Put(directory::PersonKind(), person));
      return tx.Put(directory::PostKind(), post);
    });
  }
  risk::v1::RiskPoint Point(const std::string& id, const std::string& post) {
    risk::v1::RiskPoint point;
    point.set_name("units/u/riskPoints/" + id);
    point.set_owner("units/u/posts/" + post);
    point.set_layer(common::v1::RISK_LAYER_POST);
    point.set_year(2026);
    point.set_category(common::v1::RISK_CATEGORY_POST_DUTY);
    point.set_method(common::v1::FINDING_METHOD_SELF);
    point.set_description("风险点" + id);
    point.set_manifestation("表现" + id);
    point.set_state(risk::v1::RISK_POINT_STATE_REGISTERED);
    return point;
  }
  void PutPoint(const std::string& id, const std::string& post) {
    Put("risk", KindOf<risk::v1::RiskPoint>("riskPoints"), Point(id, post));
  }
  void PutMeasure(const std::string& id, const std::string& point, const std::string& post) {
    risk::v1::Measure measure;
    measure.set_name("units/u/measures/" + id);
    measure.set_risk_point("units/u/riskPoints/" + point);
    measure.set_responsible_post("units/u/posts/" + post);
    measure.set_stage(common::v1::MEASURE_STAGE_INTERIM_MONITORING);
    measure.set_content("措施" + id);
    measure.set_state(risk::v1::MEASURE_STATE_FILED);
    Put("risk", KindOf<risk::v1::Measure>("measures"), measure);
  }
  void PutGrade(const std::string& post, common::v1::RiskLevel level,
                grading::v1::GradeState state = grading::v1::GRADE_STATE_CONFIRMED) {
    grading::v1::Grade grade;
    grade.set_name("units/u/grades/" + post);
    grade.set_post("units/u/posts/" + post);
    grade.set_year(2026);
    grade.set_level(level);
    grade.set_state(state);
    grade.mutable_school_review_time()->set_seconds(100);
    grade.mutable_confirm_time()->set_seconds(200);
    Put("grading", KindOf<grading::v1::Grade>("grades"), grade);
  }

  // All positions that the upstreams have now.
  template <class Req>
  void AskForAll(Req* request) {
    for (const auto& [service, size] : sizes_) {
      auto* position = request->add_not_before();
      position->set_unit("units/u");
      position->set_service(service);
      position->set_sequence(size);
    }
  }
  absl::StatusOr<v1::GetStatisticsResponse> Statistics(const std::string& unit = "units/u") {
    v1::GetStatisticsRequest request;
    request.set_unit(unit);
    if (unit == "units/u") AskForAll(&request);
    return testing::Call<ReportingService>(client_, &ReportingService::Stub::GetStatistics,
                                           request);
  }
  absl::StatusOr<v1::GetRiskSummaryResponse> Summary(v1::GetRiskSummaryRequest request) {
    request.set_unit("units/u");
    AskForAll(&request);
    return testing::Call<ReportingService>(client_, &ReportingService::Stub::GetRiskSummary,
                                           request);
  }
  absl::StatusOr<v1::GetUnitReportResponse> Report(
      const std::map<std::string, ledger::Checkpoint>& known = {}) {
    v1::GetUnitReportRequest request;
    request.set_unit("units/u");
    for (const auto& [service, checkpoint] : known) {
      auto* added = request.add_known_checkpoints();
      added->set_service(service);
      added->set_size(static_cast<int64_t>(checkpoint.size));
    }
    return testing::Call<ReportingService>(client_, &ReportingService::Stub::GetUnitReport,
                                           request);
  }
  std::vector<ledger::NoteVerifier> Keys() {
    std::vector<ledger::NoteVerifier> keys;
    for (const char* service : {"personnel", "risk", "grading", "reporting"}) {
      keys.push_back(*ledger::NoteVerifier::Parse(*server_.server().VerifierKey("u", service)));
    }
    return keys;
  }

  // Calls a method with everything that the upstreams have now.
  template <class ServiceT, class Req, class Resp>
  absl::StatusOr<Resp> Read(client::Client& client,
                            grpc::Status (ServiceT::Stub::*method)(grpc::ClientContext*, const Req&,
                                                                   Resp*),
                            Req request) {
    AskForAll(&request);
    return testing::Call<ServiceT>(client, method, request);
  }
  // Calls a method that changes something.
  template <class ServiceT, class Req, class Resp>
  absl::StatusOr<Resp> Change(client::Client& client,
                              grpc::Status (ServiceT::Stub::*method)(grpc::ClientContext*,
                                                                     const Req&, Resp*),
                              Req request) {
    if (request.request_id().empty()) request.set_request_id(server_.RequestId());
    return testing::Call<ServiceT>(client, method, request);
  }
  void Today(int year, int month, int day, int hour = 8) {
    server_.clock().Set(absl::FromCivil(absl::CivilSecond(year, month, day, hour),
                                        absl::FixedTimeZone(8 * 60 * 60)));
  }

  std::map<std::string, rpc::Service*> upstreams_;
  std::map<std::string, int64_t> sizes_;
  testing::TestServer server_{
      {StandIn("personnel"), StandIn("risk"), StandIn("grading"), ReportingModule()}};
  client::Client& client_ = server_.As("services/test", {"control_office"});
};

}  // namespace lianfang::reporting
