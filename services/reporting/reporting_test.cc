// The service over real gRPC. Its upstreams are stand-ins that put records on their ledgers as they
// are told, so that every state can be had.
#include <gtest/gtest.h>

#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/directory/directory_kinds.h"
#include "common/ledger/note.h"
#include "common/store/write_tx.h"
#include "common/testing/test_server.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "lianfang/reporting/v1/reporting.grpc.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "services/reporting/issue/verify.h"
#include "services/reporting/module.h"

namespace lianfang::reporting {
namespace {

using testing::FailsWith;
using testing::IsOk;
using v1::ReportingService;

constexpr char kTables[] =
    "CREATE TABLE stand_in_records (unit_id {ID} NOT NULL, id {ID} NOT NULL, sequence {INT} NOT "
    "NULL, body {BYTES} NOT NULL, PRIMARY KEY (unit_id, id)) {OPTIONS};\n";
const EmbeddedFile kSchema[] = {{"0001_records.sql", kTables}};

template <class T>
const store::RecordKind& KindOf(const char* collection) {
  static const auto* kind =
      new store::RecordKind("stand_in_records", collection, T::default_instance(), {});
  return *kind;
}

class ReportingTest : public ::testing::Test {
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

  std::map<std::string, rpc::Service*> upstreams_;
  std::map<std::string, int64_t> sizes_;
  testing::TestServer server_{
      {StandIn("personnel"), StandIn("risk"), StandIn("grading"), ReportingModule()}};
  client::Client& client_ = server_.As("services/test", {"control_office"});
};

TEST_F(ReportingTest, StatisticsHaveARowADepartmentAndTheTotal) {
  PutUnit();
  PutDepartment("teaching", "教导处");
  PutDepartment("general", "总务处");
  PutPost("principal", "校长", "");
  PutPost("clerk", "教务员", "teaching");
  PutPost("buyer", "采购员", "general");
  PutPoint("a", "clerk");
  PutPoint("b", "buyer");
  PutPoint("c", "buyer");
  PutMeasure("m", "b", "buyer");
  PutGrade("buyer", common::v1::RISK_LEVEL_HIGH);
  PutGrade("clerk", common::v1::RISK_LEVEL_LOW, grading::v1::GRADE_STATE_SUPERIOR_REVIEW);

  const auto answer = Statistics();
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->total().post_count(), 3);
  EXPECT_EQ(answer->total().person_count(), 3);
  EXPECT_EQ(answer->total().self_checks_due(), 3);
  EXPECT_EQ(answer->total().risk_point_count(), 3);
  EXPECT_EQ(answer->total().risk_points_by_level(0).count(), 1) << "the clerk's is not confirmed";
  EXPECT_EQ(answer->total().risk_points_by_level(1).count(), 2);
  EXPECT_EQ(answer->total().measure_count(), 1);
  EXPECT_EQ(answer->total().risk_points_without_measure(), 2);
  ASSERT_EQ(answer->departments_size(), 3);
  EXPECT_EQ(answer->departments(0).department(), "");
  EXPECT_EQ(answer->departments(0).display_name(), "校领导");
  EXPECT_EQ(answer->departments(1).department(), "units/u/departments/general");
  EXPECT_EQ(answer->departments(1).display_name(), "总务处");
  EXPECT_EQ(answer->departments(1).level(), common::v1::RISK_LEVEL_HIGH);
  EXPECT_EQ(answer->departments(2).level(), common::v1::RISK_LEVEL_UNSPECIFIED);
  EXPECT_EQ(answer->departments(2).statistics().risk_point_count(), 1);
  ASSERT_EQ(answer->positions_size(), 3);
  for (const auto& position : answer->positions()) {
    EXPECT_EQ(position.sequence(), sizes_.at(position.service())) << position.service();
  }
}

TEST_F(ReportingTest, UnknownUnitsAreNotFound) {
  EXPECT_THAT(Statistics("units/none"), FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(Report(), FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(Summary({}), FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
}

TEST_F(ReportingTest, SummaryShowsConfirmedPostsOnly) {
  PutUnit();
  PutDepartment("general", "总务处");
  PutPost("buyer", "采购员", "general");
  PutPost("clerk", "文员", "general");
  PutPoint("a", "buyer");
  PutPoint("b", "clerk");
  PutMeasure("m", "a", "clerk");
  PutGrade("buyer", common::v1::RISK_LEVEL_HIGH, grading::v1::GRADE_STATE_SUPERIOR_REVIEW);
  auto answer = Summary({});
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->rows_size(), 0);

  PutGrade("buyer", common::v1::RISK_LEVEL_HIGH);
  answer = Summary({});
  ASSERT_THAT(answer, IsOk());
  ASSERT_EQ(answer->rows_size(), 1);
  const v1::RiskSummaryRow& row = answer->rows(0);
  EXPECT_EQ(row.department(), "总务处");
  EXPECT_EQ(row.post(), "采购员");
  ASSERT_EQ(row.holders_size(), 1);
  EXPECT_EQ(row.holders(0), "采购员的任职人");
  EXPECT_EQ(row.description(), "风险点a");
  EXPECT_EQ(row.manifestation(), "表现a");
  EXPECT_EQ(row.category(), common::v1::RISK_CATEGORY_POST_DUTY);
  EXPECT_EQ(row.level(), common::v1::RISK_LEVEL_HIGH);
  EXPECT_EQ(row.risk_point(), "units/u/riskPoints/a");
  EXPECT_EQ(row.school_review_time().seconds(), 100);
  EXPECT_EQ(row.superior_review_time().seconds(), 200);
  ASSERT_EQ(row.measures_size(), 1);
  EXPECT_EQ(row.measures(0).content(), "措施m");
  EXPECT_EQ(row.measures(0).responsible_post(), "文员");

  risk::v1::RiskPoint archived = Point("a", "buyer");
  archived.set_state(risk::v1::RISK_POINT_STATE_ARCHIVED);
  Put("risk", KindOf<risk::v1::RiskPoint>("riskPoints"), archived);
  answer = Summary({});
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->rows_size(), 0);
}

TEST_F(ReportingTest, SummaryPagesJoinToTheWhole) {
  PutUnit();
  PutDepartment("a", "甲处");
  PutDepartment("b", "乙处");
  PutPost("head", "校长", "");
  int point = 0;
  for (const std::string post : {"head", "a1", "a2", "b1"}) {
    if (post != "head") PutPost(post, post, post.substr(0, 1));
    PutGrade(post, common::v1::RISK_LEVEL_MEDIUM);
    for (int i = 0; i < 3; ++i) PutPoint(absl::StrCat("p", ++point), post);
  }
  PutPost("a3", "没有风险点", "a");
  PutGrade("a3", common::v1::RISK_LEVEL_LOW);
  const std::vector<std::string> wanted = {"p1", "p2", "p3", "p4",  "p5",  "p6",
                                           "p7", "p8", "p9", "p10", "p11", "p12"};
  const auto read = [&](int size, const std::string& department) {
    std::vector<std::string> rows;
    v1::GetRiskSummaryRequest request;
    request.set_page_size(size);
    request.set_department(department);
    for (int pages = 0; pages < 20; ++pages) {
      const auto page = Summary(request);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) break;
      EXPECT_LE(page->rows_size(), size);
      EXPECT_GT(page->rows_size(), 0) << "no page is empty";
      for (const auto& row : page->rows()) rows.push_back(row.risk_point().substr(19));
      request.set_page_token(page->next_page_token());
      if (request.page_token().empty()) break;
    }
    return rows;
  };
  for (const int size : {1, 2, 3, 4, 6, 11, 12, 13}) {
    auto rows = read(size, "");
    // Ids are in the order of text within a post.
    std::sort(rows.end() - 3, rows.end(), [](const auto& x, const auto& y) {
      return x.size() != y.size() ? x.size() < y.size() : x < y;
    });
    EXPECT_EQ(rows, wanted) << "page size " << size;
  }
  for (const int size : {1, 2, 6, 7}) {
    EXPECT_EQ(read(size, "units/u/departments/a"),
              (std::vector<std::string>{"p4", "p5", "p6", "p7", "p8", "p9"}))
        << "page size " << size;
  }
}

TEST_F(ReportingTest, ReportsProveThemselvesAndGrow) {
  PutUnit();
  PutDepartment("general", "总务处");
  PutPost("buyer", "采购员", "general");
  PutPoint("a", "buyer");
  const auto first = Report();
  ASSERT_THAT(first, IsOk());
  const auto verified = VerifyUnitReport(*first, Keys(), {}, "units/u");
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->report.number(), 1);
  EXPECT_EQ(verified->report.display_name(), "实验小学");
  EXPECT_EQ(verified->report.year(), 2026);
  EXPECT_EQ(verified->report.total().risk_point_count(), 1);
  EXPECT_EQ(verified->report.posts_size(), 0);
  ASSERT_EQ(verified->checkpoints.size(), 3u) << "grading has no entry yet";
  EXPECT_EQ(verified->checkpoints.at("personnel").checkpoint.size,
            static_cast<uint64_t>(sizes_.at("personnel")));

  std::map<std::string, ledger::Checkpoint> known;
  for (const auto& [service, seen] : verified->checkpoints) known[service] = seen.checkpoint;
  const auto again = Report(known);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->report().number(), 1) << "nothing is new";
  ASSERT_TRUE(VerifyUnitReport(*again, Keys(), known, "units/u").ok());

  PutPoint("b", "buyer");
  PutPoint("c", "buyer");
  PutGrade("buyer", common::v1::RISK_LEVEL_HIGH);
  PutPost("clerk", "文员", "general");
  const auto later = Report(known);
  ASSERT_THAT(later, IsOk());
  const auto grown = VerifyUnitReport(*later, Keys(), known, "units/u");
  ASSERT_TRUE(grown.ok()) << grown.status();
  EXPECT_EQ(grown->report.number(), 2);
  EXPECT_EQ(grown->report.total().risk_point_count(), 3);
  EXPECT_EQ(grown->checkpoints.size(), 4u);
  ASSERT_EQ(grown->report.posts_size(), 1);
  EXPECT_EQ(grown->report.posts(0).post(), "units/u/posts/buyer");
  EXPECT_EQ(grown->report.posts(0).department(), "units/u/departments/general");
  EXPECT_EQ(grown->report.SerializeAsString().find("任职人"), std::string::npos)
      << "no person's name goes up";

  v1::ListReportsRequest list;
  list.set_parent("units/u");
  const auto reports =
      testing::Call<ReportingService>(client_, &ReportingService::Stub::ListReports, list);
  ASSERT_THAT(reports, IsOk());
  ASSERT_EQ(reports->reports_size(), 2);
  EXPECT_EQ(reports->reports(0).SerializeAsString(), later->report().SerializeAsString());
}

TEST_F(ReportingTest, ManyCallersGetOneReport) {
  PutUnit();
  PutPost("principal", "校长", "");
  std::vector<std::future<absl::StatusOr<v1::GetUnitReportResponse>>> calls;
  for (int i = 0; i < 8; ++i) {
    calls.push_back(std::async(std::launch::async, [this] { return Report(); }));
  }
  for (auto& call : calls) {
    const auto answer = call.get();
    ASSERT_THAT(answer, IsOk());
    EXPECT_EQ(answer->report().number(), 1);
    EXPECT_TRUE(VerifyUnitReport(*answer, Keys(), {}, "units/u").ok());
  }
}

}  // namespace
}  // namespace lianfang::reporting
