// Powers, workflow charts and volumes through the API.
#include <functional>
#include <string>

#include "common/directory/directory_kinds.h"
#include "services/risk/risk_fixture.h"

namespace lianfang::risk {
namespace {

using common::v1::ErrorReason;
using Stub = v1::RiskService::Stub;

class PowerTest : public RiskFixture {
 protected:
  absl::StatusOr<v1::UpdatePowerResponse> Rename(const std::string& who, const std::string& id,
                                                 const std::string& name,
                                                 const std::string& etag = "") {
    v1::UpdatePowerRequest update;
    update.mutable_power()->set_name("units/a/powers/" + id);
    update.mutable_power()->set_power_name(name);
    update.mutable_power()->set_etag(etag);
    update.mutable_update_mask()->add_paths("power_name");
    update.set_request_id(server_->RequestId());
    return Call(As(who), &Stub::UpdatePower, update);
  }
  absl::StatusOr<v1::ArchivePowerResponse> ArchiveOf(const std::string& who,
                                                     const std::string& id) {
    v1::ArchivePowerRequest archive;
    archive.set_name("units/a/powers/" + id);
    archive.set_request_id(server_->RequestId());
    return Call(As(who), &Stub::ArchivePower, archive);
  }
  absl::StatusOr<v1::ArchiveWorkflowResponse> ArchiveChart(const std::string& id) {
    v1::ArchiveWorkflowRequest archive;
    archive.set_name("units/a/workflows/" + id);
    archive.set_request_id(server_->RequestId());
    return Call(As("head"), &Stub::ArchiveWorkflow, archive);
  }
  absl::StatusOr<v1::CompileVolumeResponse> Compile(v1::VolumeKind kind, const std::string& id) {
    v1::CompileVolumeRequest compile;
    compile.set_parent("units/a");
    compile.set_volume_id(id);
    compile.set_kind(kind);
    compile.set_year(2026);
    compile.set_request_id(server_->RequestId());
    return Call(As("office"), &Stub::CompileVolume, compile);
  }
  // A department without powers; its post is held by nobody.
  void PutDepartment(const std::string& id) {
    personnel::v1::Department department;
    department.set_name("units/a/departments/" + id);
    department.set_display_name("处室" + id);
    department.set_head("units/a/persons/head");
    department.set_vice_principal("units/a/persons/vp");
    department.set_state(personnel::v1::RECORD_STATE_ACTIVE);
    PutPersonnel(directory::DepartmentKind(), department);
    personnel::v1::Post post;
    post.set_name("units/a/posts/of-" + id);
    post.set_department(department.name());
    post.set_state(personnel::v1::RECORD_STATE_ACTIVE);
    PutPersonnel(directory::PostKind(), post);
    AwaitArrival();
  }
};

TEST_F(PowerTest, ADepartmentWritesDownItsPowers) {
  auto request = NewPower("p");
  request.mutable_power()->set_state(v1::FILING_STATE_COMPILED);
  request.mutable_power()->set_revision(7);
  const auto made = Call(As("head"), &Stub::CreatePower, request);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->power().name(), "units/a/powers/p");
  EXPECT_EQ(made->power().state(), v1::FILING_STATE_DRAFT);
  EXPECT_EQ(made->power().revision(), 0);
  EXPECT_GT(made->position().sequence(), 0);
  EXPECT_EQ(Power("p").SerializeAsString(), made->power().SerializeAsString());
  // The same request again is the same power.
  const auto again = Call(As("head"), &Stub::CreatePower, request);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->position().sequence(), made->position().sequence());
  EXPECT_THAT(Call(As("head"), &Stub::CreatePower, NewPower("p")),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_EXISTS));
  v1::GetPowerRequest get;
  get.set_name("units/a/powers/none");
  EXPECT_THAT(Call(As("buyer"), &Stub::GetPower, get),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
}

TEST_F(PowerTest, BadPowersAreRefused) {
  const struct {
    const char* what;
    const char* who;
    std::function<void(v1::CreatePowerRequest&)> change;
    ErrorReason reason;
  } cases[] = {
      {"another unit", "head", [](auto& r) { r.set_parent("units/b"); },
       common::v1::ERROR_REASON_UNIT_NOT_COVERED},
      {"department of another unit", "head",
       [](auto& r) { r.mutable_power()->set_department("units/b/departments/affairs"); },
       common::v1::ERROR_REASON_INVALID_FIELD},
      {"archived department", "office",
       [](auto& r) { r.mutable_power()->set_department("units/a/departments/old"); },
       common::v1::ERROR_REASON_REFERENCE_NOT_FOUND},
      {"archived post", "head",
       [](auto& r) { r.mutable_power()->set_responsible_post("units/a/posts/gone"); },
       common::v1::ERROR_REASON_REFERENCE_NOT_FOUND},
      {"no basis", "head", [](auto& r) { r.mutable_power()->clear_legal_basis(); },
       common::v1::ERROR_REASON_REQUIRED_FIELD},
      {"withheld without a reason", "head",
       [](auto& r) {
         r.mutable_power()->mutable_disclosure()->set_scope(common::v1::PUBLICITY_SCOPE_NONE);
       },
       common::v1::ERROR_REASON_REQUIRED_FIELD},
      {"the leadership's, by a head", "head",
       [](auto& r) { r.mutable_power()->clear_department(); },
       common::v1::ERROR_REASON_NOT_RECORD_OWNER},
      {"by staff", "buyer", [](auto&) {}, common::v1::ERROR_REASON_PERMISSION_DENIED},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    auto request = NewPower("p");
    c.change(request);
    EXPECT_THAT(Call(As(c.who), &Stub::CreatePower, request), FailsWith(c.reason));
  }
  client::Client& other = server_->As("units/a/persons/clerk", {"department_head"}, {"a"});
  EXPECT_THAT(Call(other, &Stub::CreatePower, NewPower("p")),
              FailsWith(common::v1::ERROR_REASON_NOT_RECORD_OWNER));
  auto leadership = NewPower("q");
  leadership.mutable_power()->clear_department();
  EXPECT_THAT(Call(As("principal"), &Stub::CreatePower, leadership), IsOk());
}

TEST_F(PowerTest, AFiledPowerThatIsChangedIsADraftOfTheNextRevision) {
  ASSERT_THAT(Call(As("head"), &Stub::CreatePower, NewPower("p")), IsOk());
  HandInAndApprove(v1::SUBMISSION_KIND_POWER_CATALOGUE);
  const v1::Power filed = Power("p");
  EXPECT_EQ(filed.state(), v1::FILING_STATE_FILED);
  EXPECT_EQ(filed.revision(), 1);

  EXPECT_THAT(Rename("head", "p", "采购", "stale"),
              FailsWith(common::v1::ERROR_REASON_ETAG_MISMATCH));
  client::Client& other = server_->As("units/a/persons/clerk", {"department_head"}, {"a"});
  v1::UpdatePowerRequest update;
  *update.mutable_power() = filed;
  update.set_request_id(server_->RequestId());
  EXPECT_THAT(Call(other, &Stub::UpdatePower, update),
              FailsWith(common::v1::ERROR_REASON_NOT_RECORD_OWNER));
  const auto changed = Rename("head", "p", "采购", filed.etag());
  ASSERT_THAT(changed, IsOk());
  EXPECT_EQ(changed->power().state(), v1::FILING_STATE_DRAFT);
  EXPECT_EQ(changed->power().revision(), 1);
  HandInAndApprove(v1::SUBMISSION_KIND_POWER_CATALOGUE);
  EXPECT_EQ(Power("p").revision(), 2);
  EXPECT_NE(Power("p").revision_digest(), filed.revision_digest());

  // Under review it stays as it is.
  ASSERT_THAT(Rename("head", "p", "物资采购"), IsOk());
  ASSERT_THAT(HandIn("head", v1::SUBMISSION_KIND_POWER_CATALOGUE, "departments/affairs"), IsOk());
  EXPECT_THAT(Rename("head", "p", "别的"), FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  EXPECT_THAT(ArchiveOf("head", "p"), FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
}

TEST_F(PowerTest, APowerIsArchivedWhenNothingIsAboutItAnyMore) {
  ASSERT_THAT(Call(As("head"), &Stub::CreatePower, NewPower("p")), IsOk());
  auto point = NewPoint("rp");
  point.mutable_risk_point()->set_power("units/a/powers/p");
  ASSERT_THAT(Call(As("head"), &Stub::CreateRiskPoint, point), IsOk());
  ASSERT_THAT(Call(As("head"), &Stub::CreateWorkflow, NewChart("w", "p")), IsOk());
  EXPECT_THAT(ArchiveOf("head", "p"), FailsWith(common::v1::ERROR_REASON_STILL_IN_USE));
  v1::ArchiveRiskPointRequest archive;
  archive.set_name("units/a/riskPoints/rp");
  archive.set_request_id(server_->RequestId());
  ASSERT_THAT(Call(As("head"), &Stub::ArchiveRiskPoint, archive), IsOk());
  EXPECT_THAT(ArchiveOf("head", "p"), FailsWith(common::v1::ERROR_REASON_STILL_IN_USE));
  ASSERT_THAT(ArchiveChart("w"), IsOk());
  EXPECT_THAT(ArchiveOf("buyer", "p"), FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
  ASSERT_THAT(ArchiveOf("head", "p"), IsOk());
  EXPECT_THAT(ArchiveOf("head", "p"), FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));

  // Nothing new is about it.
  point = NewPoint("late");
  point.mutable_risk_point()->set_power("units/a/powers/p");
  EXPECT_THAT(Call(As("head"), &Stub::CreateRiskPoint, point),
              FailsWith(common::v1::ERROR_REASON_REFERENCE_NOT_FOUND));
  EXPECT_THAT(Call(As("head"), &Stub::CreateWorkflow, NewChart("late", "p")),
              FailsWith(common::v1::ERROR_REASON_REFERENCE_NOT_FOUND));
  v1::ListPowersRequest list;
  list.set_parent("units/a");
  EXPECT_EQ(Call(As("buyer"), &Stub::ListPowers, list)->powers_size(), 0);
  list.set_show_archived(true);
  EXPECT_EQ(Call(As("buyer"), &Stub::ListPowers, list)->powers_size(), 1);
  list.set_department("units/a/departments/other");
  EXPECT_EQ(Call(As("buyer"), &Stub::ListPowers, list)->powers_size(), 0);
}

TEST_F(PowerTest, APowerOfAnotherDepartmentIsNoPlaceForItsRisks) {
  PutDepartment("teaching");
  auto power = NewPower("p");
  power.mutable_power()->set_department("units/a/departments/teaching");
  ASSERT_THAT(Call(As("office"), &Stub::CreatePower, power), IsOk());
  auto point = NewPoint("rp");
  point.mutable_risk_point()->set_power("units/a/powers/p");
  EXPECT_THAT(Call(As("office"), &Stub::CreateRiskPoint, point),
              FailsWith(common::v1::ERROR_REASON_INVALID_FIELD));
}

TEST_F(PowerTest, APowerHasOneChart) {
  ASSERT_THAT(Call(As("head"), &Stub::CreatePower, NewPower("p")), IsOk());
  const auto made = Call(As("head"), &Stub::CreateWorkflow, NewChart("w", "p"));
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->workflow().state(), v1::FILING_STATE_DRAFT);
  EXPECT_EQ(made->workflow().department(), "units/a/departments/affairs");
  EXPECT_THAT(Call(As("head"), &Stub::CreateWorkflow, NewChart("w2", "p")),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_EXISTS));
  ASSERT_THAT(ArchiveChart("w"), IsOk());
  EXPECT_THAT(ArchiveChart("w"), FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  EXPECT_THAT(Call(As("head"), &Stub::CreateWorkflow, NewChart("w2", "p")), IsOk());
  v1::ListWorkflowsRequest list;
  list.set_parent("units/a");
  list.set_power("units/a/powers/p");
  auto listed = Call(As("buyer"), &Stub::ListWorkflows, list);
  ASSERT_THAT(listed, IsOk());
  ASSERT_EQ(listed->workflows_size(), 1);
  EXPECT_EQ(listed->workflows(0).name(), "units/a/workflows/w2");
  list.set_state(v1::FILING_STATE_ARCHIVED);
  listed = Call(As("buyer"), &Stub::ListWorkflows, list);
  ASSERT_THAT(listed, IsOk());
  ASSERT_EQ(listed->workflows_size(), 1);
  EXPECT_EQ(listed->workflows(0).name(), "units/a/workflows/w");
}

TEST_F(PowerTest, BadChartsAreRefused) {
  ASSERT_THAT(Call(As("head"), &Stub::CreatePower, NewPower("p")), IsOk());
  const struct {
    const char* what;
    const char* who;
    std::function<void(v1::CreateWorkflowRequest&)> change;
    ErrorReason reason;
  } cases[] = {
      {"unknown power", "head",
       [](auto& r) { r.mutable_workflow()->set_power("units/a/powers/none"); },
       common::v1::ERROR_REASON_REFERENCE_NOT_FOUND},
      {"power of another unit", "head",
       [](auto& r) { r.mutable_workflow()->set_power("units/b/powers/p"); },
       common::v1::ERROR_REASON_INVALID_FIELD},
      {"unknown post", "head",
       [](auto& r) { r.mutable_workflow()->mutable_nodes(2)->set_post("units/a/posts/none"); },
       common::v1::ERROR_REASON_REFERENCE_NOT_FOUND},
      {"same node twice", "head",
       [](auto& r) { r.mutable_workflow()->mutable_nodes(2)->set_id("apply"); },
       common::v1::ERROR_REASON_INVALID_FIELD},
      {"a node's id that is none", "head",
       [](auto& r) { r.mutable_workflow()->mutable_nodes(2)->set_id("付款"); },
       common::v1::ERROR_REASON_INVALID_FIELD},
      {"by staff", "buyer", [](auto&) {}, common::v1::ERROR_REASON_PERMISSION_DENIED},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    auto request = NewChart("w", "p");
    c.change(request);
    EXPECT_THAT(Call(As(c.who), &Stub::CreateWorkflow, request), FailsWith(c.reason));
  }
  client::Client& other = server_->As("units/a/persons/clerk", {"department_head"}, {"a"});
  EXPECT_THAT(Call(other, &Stub::CreateWorkflow, NewChart("w", "p")),
              FailsWith(common::v1::ERROR_REASON_NOT_RECORD_OWNER));
}

TEST_F(PowerTest, AChartThatIsHandedInMarksEveryRiskOfItsPower) {
  ASSERT_THAT(Call(As("head"), &Stub::CreatePower, NewPower("p")), IsOk());
  ASSERT_THAT(Call(As("head"), &Stub::CreateWorkflow, NewChart("w", "p")), IsOk());
  for (const bool draft : {true, false}) {
    auto point = NewPoint(draft ? "draft" : "registered");
    point.mutable_risk_point()->set_power("units/a/powers/p");
    point.set_draft(draft);
    ASSERT_THAT(Call(As("head"), &Stub::CreateRiskPoint, point), IsOk());
  }
  auto elsewhere = NewPoint("elsewhere");
  ASSERT_THAT(Call(As("head"), &Stub::CreateRiskPoint, elsewhere), IsOk());
  const auto hand_in = [&] {
    return HandIn("head", v1::SUBMISSION_KIND_WORKFLOW_CHARTS, "departments/affairs");
  };
  const auto mark = [&](const std::vector<std::string>& points) {
    v1::UpdateWorkflowRequest update;
    update.mutable_workflow()->set_name("units/a/workflows/w");
    for (const std::string& id : points) {
      v1::RiskMark& on_node = *update.mutable_workflow()->add_risk_marks();
      on_node.set_node("check");
      on_node.set_risk_point("units/a/riskPoints/" + id);
    }
    update.mutable_update_mask()->add_paths("risk_marks");
    update.set_request_id(server_->RequestId());
    return Call(As("head"), &Stub::UpdateWorkflow, update);
  };
  EXPECT_THAT(hand_in(), FailsWith(common::v1::ERROR_REASON_CHART_INCOMPLETE));
  ASSERT_THAT(mark({"registered"}), IsOk());
  EXPECT_THAT(hand_in(), FailsWith(common::v1::ERROR_REASON_CHART_INCOMPLETE));
  ASSERT_THAT(mark({"registered", "draft", "elsewhere"}), IsOk());
  EXPECT_THAT(hand_in(), FailsWith(common::v1::ERROR_REASON_INVALID_FIELD));
  // What is refused leaves nothing.
  EXPECT_EQ(Chart("w").state(), v1::FILING_STATE_DRAFT);
  ASSERT_THAT(mark({"registered", "draft"}), IsOk());
  ASSERT_THAT(hand_in(), IsOk());
  EXPECT_EQ(Chart("w").state(), v1::FILING_STATE_SUBMITTED);
  EXPECT_THAT(mark({}), FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
}

TEST_F(PowerTest, AVolumeIsCompiledWhenAllHaveHandedIn) {
  ASSERT_THAT(Call(As("head"), &Stub::CreatePower, NewPower("p")), IsOk());
  const auto missing = Compile(v1::VOLUME_KIND_POWER_CATALOGUE, "v");
  EXPECT_THAT(missing, FailsWith(common::v1::ERROR_REASON_NOT_COMPILABLE));
  EXPECT_NE(ToRpcStatus(missing.status()).DebugString().find("units/a/powers/p"),
            std::string::npos);
  HandInAndApprove(v1::SUBMISSION_KIND_POWER_CATALOGUE);
  PutDepartment("teaching");
  EXPECT_THAT(Compile(v1::VOLUME_KIND_POWER_CATALOGUE, "v"),
              FailsWith(common::v1::ERROR_REASON_NOT_COMPILABLE));
  const auto nil =
      HandIn("head", v1::SUBMISSION_KIND_POWER_CATALOGUE, "departments/teaching", true);
  ASSERT_THAT(nil, IsOk());
  Decide(*nil, grading::v1::REVIEW_STATE_APPROVED);
  AwaitArrival();

  const auto compiled = Compile(v1::VOLUME_KIND_POWER_CATALOGUE, "v");
  ASSERT_THAT(compiled, IsOk());
  const v1::Volume& volume = compiled->volume();
  EXPECT_EQ(volume.name(), "units/a/volumes/v");
  EXPECT_EQ(volume.number(), 1);
  EXPECT_EQ(volume.compiler(), "services/office");
  EXPECT_EQ(volume.digest().size(), 32u);
  ASSERT_EQ(volume.items_size(), 1);
  const v1::Power power = Power("p");
  EXPECT_EQ(volume.items(0).name(), power.name());
  EXPECT_EQ(volume.items(0).revision(), 1);
  EXPECT_EQ(volume.items(0).digest(), power.revision_digest());
  ASSERT_EQ(volume.nil_departments_size(), 1);
  EXPECT_EQ(volume.nil_departments(0), "units/a/departments/teaching");
  EXPECT_EQ(power.state(), v1::FILING_STATE_COMPILED);
  EXPECT_EQ(power.volume(), volume.name());

  EXPECT_THAT(Compile(v1::VOLUME_KIND_POWER_CATALOGUE, "v"),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_EXISTS));
  const auto second = Compile(v1::VOLUME_KIND_POWER_CATALOGUE, "v2");
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->volume().number(), 2);
  v1::GetVolumeRequest get;
  get.set_name(volume.name());
  const auto read = Call(As("buyer"), &Stub::GetVolume, get);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->volume().SerializeAsString(), volume.SerializeAsString());
  v1::ListVolumesRequest list;
  list.set_parent("units/a");
  list.set_kind(v1::VOLUME_KIND_POWER_CATALOGUE);
  EXPECT_EQ(Call(As("buyer"), &Stub::ListVolumes, list)->volumes_size(), 2);
  list.set_year(2027);
  EXPECT_EQ(Call(As("buyer"), &Stub::ListVolumes, list)->volumes_size(), 0);

  v1::CompileVolumeRequest compile;
  compile.set_parent("units/a");
  compile.set_kind(v1::VOLUME_KIND_POWER_CATALOGUE);
  compile.set_year(2026);
  compile.set_request_id(server_->RequestId());
  EXPECT_THAT(Call(As("head"), &Stub::CompileVolume, compile),
              FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
}

TEST_F(PowerTest, AVolumeOfChartsHasOneForEveryPower) {
  for (const char* id : {"p", "q"}) {
    ASSERT_THAT(Call(As("head"), &Stub::CreatePower, NewPower(id)), IsOk());
  }
  HandInAndApprove(v1::SUBMISSION_KIND_POWER_CATALOGUE);
  ASSERT_THAT(Call(As("head"), &Stub::CreateWorkflow, NewChart("w", "p")), IsOk());
  HandInAndApprove(v1::SUBMISSION_KIND_WORKFLOW_CHARTS);
  const auto missing = Compile(v1::VOLUME_KIND_WORKFLOW_CHARTS, "v");
  EXPECT_THAT(missing, FailsWith(common::v1::ERROR_REASON_NOT_COMPILABLE));
  const std::string text = ToRpcStatus(missing.status()).DebugString();
  EXPECT_NE(text.find("units/a/powers/q"), std::string::npos);
  EXPECT_EQ(text.find("units/a/powers/p"), std::string::npos);
  ASSERT_THAT(Call(As("head"), &Stub::CreateWorkflow, NewChart("x", "q")), IsOk());
  HandInAndApprove(v1::SUBMISSION_KIND_WORKFLOW_CHARTS);

  // A risk point that came after the chart was filed, and a draft, which nobody has to mark yet.
  for (const bool draft : {true, false}) {
    auto point = NewPoint(draft ? "draft" : "late");
    point.mutable_risk_point()->set_power("units/a/powers/p");
    point.set_draft(draft);
    ASSERT_THAT(Call(As("head"), &Stub::CreateRiskPoint, point), IsOk());
  }
  const auto unmarked = Compile(v1::VOLUME_KIND_WORKFLOW_CHARTS, "v");
  EXPECT_THAT(unmarked, FailsWith(common::v1::ERROR_REASON_NOT_COMPILABLE));
  const std::string lacking = ToRpcStatus(unmarked.status()).DebugString();
  EXPECT_NE(lacking.find("units/a/workflows/w"), std::string::npos);
  EXPECT_NE(lacking.find("units/a/riskPoints/late"), std::string::npos);
  EXPECT_EQ(lacking.find("units/a/workflows/x"), std::string::npos);
  EXPECT_EQ(lacking.find("units/a/riskPoints/draft"), std::string::npos);
  v1::ArchiveRiskPointRequest archive;
  archive.set_name("units/a/riskPoints/late");
  archive.set_request_id(server_->RequestId());
  ASSERT_THAT(Call(As("head"), &Stub::ArchiveRiskPoint, archive), IsOk());

  const auto compiled = Compile(v1::VOLUME_KIND_WORKFLOW_CHARTS, "v");
  ASSERT_THAT(compiled, IsOk());
  EXPECT_EQ(compiled->volume().items_size(), 2);
  EXPECT_EQ(Chart("x").state(), v1::FILING_STATE_COMPILED);
  // The powers themselves are of another volume.
  EXPECT_EQ(Power("p").state(), v1::FILING_STATE_FILED);
}

}  // namespace
}  // namespace lianfang::risk
