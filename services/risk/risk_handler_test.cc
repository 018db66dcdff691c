// Risk points and measures through the API.
#include <functional>
#include <set>
#include <string>

#include "common/directory/directory_kinds.h"
#include "services/risk/risk_fixture.h"

namespace lianfang::risk {
namespace {

using common::v1::ErrorReason;
using Stub = v1::RiskService::Stub;

TEST_F(RiskFixture, ADepartmentsPointIsRegisteredAtOnce) {
  auto request = NewPoint("rp");
  request.mutable_risk_point()->set_state(v1::RISK_POINT_STATE_PUBLICISED);
  request.mutable_risk_point()->set_source("units/a/selfChecks/x/revisions/1");
  const auto made = Call(As("head"), &Stub::CreateRiskPoint, request);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->risk_point().name(), "units/a/riskPoints/rp");
  EXPECT_EQ(made->risk_point().state(), v1::RISK_POINT_STATE_REGISTERED);
  EXPECT_EQ(made->risk_point().department(), "units/a/departments/affairs");
  EXPECT_EQ(made->risk_point().source(), "");
  v1::GetRiskPointRequest get;
  get.set_name("units/a/riskPoints/rp");
  const auto read = Call(As("head"), &Stub::GetRiskPoint, get);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->risk_point().SerializeAsString(), made->risk_point().SerializeAsString());
}

TEST_F(RiskFixture, BadPointsAreRefusedAndLeaveNothing) {
  const struct {
    const char* what;
    std::function<void(v1::CreateRiskPointRequest&)> change;
    ErrorReason reason;
  } cases[] = {
      {"unit that the caller does not cover", [](auto& r) { r.set_parent("units/b"); },
       common::v1::ERROR_REASON_UNIT_NOT_COVERED},
      {"a post's point",
       [](auto& r) {
         r.mutable_risk_point()->set_layer(common::v1::RISK_LAYER_POST);
         r.mutable_risk_point()->set_owner("units/a/posts/buyer");
         r.mutable_risk_point()->set_category(common::v1::RISK_CATEGORY_POST_DUTY);
       },
       common::v1::ERROR_REASON_INVALID_FIELD},
      {"owner of another layer",
       [](auto& r) { r.mutable_risk_point()->set_layer(common::v1::RISK_LAYER_UNIT); },
       common::v1::ERROR_REASON_INVALID_FIELD},
      {"department of another unit",
       [](auto& r) { r.mutable_risk_point()->set_owner("units/b/departments/affairs"); },
       common::v1::ERROR_REASON_INVALID_FIELD},
      {"unknown department",
       [](auto& r) { r.mutable_risk_point()->set_owner("units/a/departments/none"); },
       common::v1::ERROR_REASON_REFERENCE_NOT_FOUND},
      {"archived department",
       [](auto& r) { r.mutable_risk_point()->set_owner("units/a/departments/old"); },
       common::v1::ERROR_REASON_REFERENCE_NOT_FOUND},
      {"a personal form's category",
       [](auto& r) { r.mutable_risk_point()->set_category(common::v1::RISK_CATEGORY_MORALITY); },
       common::v1::ERROR_REASON_INVALID_FIELD},
      {"unknown category",
       [](auto& r) {
         r.mutable_risk_point()->set_category(static_cast<common::v1::RiskCategory>(42));
       },
       common::v1::ERROR_REASON_UNKNOWN_ENUM_VALUE},
      {"no layer", [](auto& r) { r.mutable_risk_point()->clear_layer(); },
       common::v1::ERROR_REASON_REQUIRED_FIELD},
      {"empty text", [](auto& r) { r.mutable_risk_point()->clear_description(); },
       common::v1::ERROR_REASON_REQUIRED_FIELD},
      {"text too long",
       [](auto& r) { r.mutable_risk_point()->set_manifestation(std::string(3001, 'x')); },
       common::v1::ERROR_REASON_INVALID_FIELD},
      {"an id that is none", [](auto& r) { r.set_risk_point_id("Not/An/Id"); },
       common::v1::ERROR_REASON_INVALID_FIELD},
  };
  client::Client& office = As("office");
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    auto request = NewPoint("rp");
    c.change(request);
    EXPECT_THAT(Call(office, &Stub::CreateRiskPoint, request), FailsWith(c.reason));
  }
  EXPECT_TRUE(Points().empty());
}

TEST_F(RiskFixture, PointsAreKeptByThoseInCharge) {
  const struct {
    const char* who;
    bool department;
    bool unit;
  } cases[] = {{"head", true, false}, {"vp", true, false}, {"office", true, true}};
  int n = 0;
  for (const auto& c : cases) {
    SCOPED_TRACE(c.who);
    const auto check = [](const auto& result, bool ok) {
      if (ok) {
        EXPECT_THAT(result, IsOk());
      } else {
        EXPECT_THAT(result, FailsWith(common::v1::ERROR_REASON_NOT_RECORD_OWNER));
      }
    };
    auto request = NewPoint("rp-" + std::to_string(++n));
    check(Call(As(c.who), &Stub::CreateRiskPoint, request), c.department);
    request = NewPoint("rp-" + std::to_string(++n));
    request.mutable_risk_point()->set_layer(common::v1::RISK_LAYER_UNIT);
    request.mutable_risk_point()->set_owner("units/a");
    const auto made = Call(As(c.who), &Stub::CreateRiskPoint, request);
    check(made, c.unit);
    if (made.ok()) {
      EXPECT_EQ(made->risk_point().department(), "");
    }
  }
  // A head of another department is nobody here.
  client::Client& other = server_->As("units/a/persons/clerk", {"department_head"}, {"a"});
  EXPECT_THAT(Call(other, &Stub::CreateRiskPoint, NewPoint("x")),
              FailsWith(common::v1::ERROR_REASON_NOT_RECORD_OWNER));
  // Staff may not call the method at all.
  EXPECT_THAT(Call(As("buyer"), &Stub::CreateRiskPoint, NewPoint("x")),
              FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
  v1::ArchiveRiskPointRequest archive;
  archive.set_name("units/a/riskPoints/rp-1");
  archive.set_request_id(server_->RequestId());
  EXPECT_THAT(Call(other, &Stub::ArchiveRiskPoint, archive),
              FailsWith(common::v1::ERROR_REASON_NOT_RECORD_OWNER));
}

TEST_F(RiskFixture, ADepartmentThatWasMadeAMomentAgoIsKnown) {
  personnel::v1::Department department;
  department.set_name("units/a/departments/new");
  department.set_head("units/a/persons/clerk");
  department.set_state(personnel::v1::RECORD_STATE_ACTIVE);
  personnel_.Put(directory::DepartmentKind(), department);
  auto request = NewPoint("rp");
  request.mutable_risk_point()->set_owner(department.name());
  EXPECT_THAT(Call(server_->As("units/a/persons/clerk", {"department_head"}, {"a"}),
                   &Stub::CreateRiskPoint, request),
              IsOk());
}

TEST_F(RiskFixture, APointSentAgainIsOneChange) {
  auto request = NewPoint("");
  const auto first = Call(As("office"), &Stub::CreateRiskPoint, request);
  const auto again = Call(As("office"), &Stub::CreateRiskPoint, request);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(first->risk_point().name(), again->risk_point().name());
  EXPECT_EQ(first->position().sequence(), again->position().sequence());
  EXPECT_EQ(Points().size(), 1u);
  request.mutable_risk_point()->set_description("另一个风险点。");
  EXPECT_THAT(Call(As("office"), &Stub::CreateRiskPoint, request),
              FailsWith(common::v1::ERROR_REASON_REQUEST_ID_REUSED));
}

TEST_F(RiskFixture, APointIsChangedWhileItIsRegistered) {
  const auto made = Call(As("head"), &Stub::CreateRiskPoint, NewPoint("rp"));
  ASSERT_THAT(made, IsOk());
  v1::UpdateRiskPointRequest update;
  *update.mutable_risk_point() = made->risk_point();
  update.mutable_risk_point()->set_key_link("验收");
  update.mutable_risk_point()->set_description("不该变的。");
  update.mutable_update_mask()->add_paths("key_link");
  update.set_request_id(server_->RequestId());
  const auto changed = Call(As("head"), &Stub::UpdateRiskPoint, update);
  ASSERT_THAT(changed, IsOk());
  EXPECT_EQ(changed->risk_point().key_link(), "验收");
  EXPECT_EQ(changed->risk_point().description(), made->risk_point().description());

  update.set_request_id(server_->RequestId());
  EXPECT_THAT(Call(As("head"), &Stub::UpdateRiskPoint, update),
              FailsWith(common::v1::ERROR_REASON_ETAG_MISMATCH));
  *update.mutable_risk_point() = changed->risk_point();
  update.mutable_risk_point()->set_category(common::v1::RISK_CATEGORY_RULE_EXECUTION);
  update.clear_update_mask();
  EXPECT_THAT(Call(As("head"), &Stub::UpdateRiskPoint, update),
              FailsWith(common::v1::ERROR_REASON_INVALID_FIELD));
  update.mutable_update_mask()->add_paths("owner");
  EXPECT_THAT(Call(As("head"), &Stub::UpdateRiskPoint, update),
              FailsWith(common::v1::ERROR_REASON_INVALID_FIELD));

  v1::ArchiveRiskPointRequest archive;
  archive.set_name("units/a/riskPoints/rp");
  archive.set_request_id(server_->RequestId());
  const auto archived = Call(As("head"), &Stub::ArchiveRiskPoint, archive);
  ASSERT_THAT(archived, IsOk());
  EXPECT_EQ(archived->risk_point().state(), v1::RISK_POINT_STATE_ARCHIVED);
  archive.set_request_id(server_->RequestId());
  EXPECT_THAT(Call(As("head"), &Stub::ArchiveRiskPoint, archive),
              FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  update.clear_update_mask();
  update.mutable_update_mask()->add_paths("key_link");
  update.mutable_risk_point()->clear_etag();
  update.mutable_risk_point()->set_category(common::v1::RISK_CATEGORY_BUSINESS_PROCESS);
  update.set_request_id(server_->RequestId());
  EXPECT_THAT(Call(As("head"), &Stub::UpdateRiskPoint, update),
              FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  EXPECT_THAT(Call(As("head"), &Stub::CreateMeasure, NewMeasure("m", "rp")),
              FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
}

TEST_F(RiskFixture, PointsAreListedByOwnerLayerYearAndState) {
  client::Client& office = As("office");
  for (int i = 0; i < 5; ++i) {
    auto request = NewPoint("rp-" + std::to_string(i));
    if (i == 1) request.mutable_risk_point()->set_year(2027);
    if (i == 2) {
      request.mutable_risk_point()->set_layer(common::v1::RISK_LAYER_UNIT);
      request.mutable_risk_point()->set_owner("units/a");
    }
    ASSERT_THAT(Call(office, &Stub::CreateRiskPoint, request), IsOk());
  }
  v1::ArchiveRiskPointRequest archive;
  archive.set_name("units/a/riskPoints/rp-3");
  archive.set_request_id(server_->RequestId());
  ASSERT_THAT(Call(office, &Stub::ArchiveRiskPoint, archive), IsOk());
  const struct {
    const char* what;
    std::function<void(v1::ListRiskPointsRequest&)> change;
    std::set<std::string> ids;
  } cases[] = {
      {"all", [](auto&) {}, {"rp-0", "rp-1", "rp-2", "rp-4"}},
      {"archived too",
       [](auto& r) { r.set_show_archived(true); },
       {"rp-0", "rp-1", "rp-2", "rp-3", "rp-4"}},
      {"of the unit", [](auto& r) { r.set_layer(common::v1::RISK_LAYER_UNIT); }, {"rp-2"}},
      {"of the department",
       [](auto& r) { r.set_owner("units/a/departments/affairs"); },
       {"rp-0", "rp-1", "rp-4"}},
      {"of a year", [](auto& r) { r.set_year(2027); }, {"rp-1"}},
      {"of nobody", [](auto& r) { r.set_owner("units/b"); }, {}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    v1::ListRiskPointsRequest list;
    list.set_parent("units/a");
    list.set_page_size(2);
    c.change(list);
    std::set<std::string> ids;
    do {
      const auto page = Call(office, &Stub::ListRiskPoints, list);
      ASSERT_THAT(page, IsOk());
      EXPECT_LE(page->risk_points_size(), 2);
      for (const auto& point : page->risk_points()) {
        EXPECT_TRUE(ids.insert(point.name().substr(point.name().rfind('/') + 1)).second);
      }
      list.set_page_token(page->next_page_token());
    } while (!list.page_token().empty());
    EXPECT_EQ(ids, c.ids);
  }
}

TEST_F(RiskFixture, AMeasureTreatsAPointUntilItIsArchived) {
  client::Client& office = As("office");
  ASSERT_THAT(Call(office, &Stub::CreateRiskPoint, NewPoint("rp")), IsOk());
  ASSERT_THAT(Call(office, &Stub::CreateRiskPoint, NewPoint("other")), IsOk());
  const auto made = Call(office, &Stub::CreateMeasure, NewMeasure("m", "rp"));
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->measure().state(), v1::MEASURE_STATE_PROPOSED);
  ASSERT_THAT(Call(office, &Stub::CreateMeasure, NewMeasure("n", "other")), IsOk());

  v1::UpdateMeasureRequest update;
  *update.mutable_measure() = made->measure();
  update.mutable_measure()->set_outcome_after("验收单均有两人签字。");
  update.mutable_update_mask()->add_paths("outcome_after");
  update.set_request_id(server_->RequestId());
  const auto changed = Call(office, &Stub::UpdateMeasure, update);
  ASSERT_THAT(changed, IsOk());
  EXPECT_EQ(changed->measure().outcome_after(), "验收单均有两人签字。");
  update.set_request_id(server_->RequestId());
  EXPECT_THAT(Call(office, &Stub::UpdateMeasure, update),
              FailsWith(common::v1::ERROR_REASON_ETAG_MISMATCH));
  *update.mutable_measure() = changed->measure();
  update.mutable_measure()->set_responsible_post("units/a/posts/none");
  update.mutable_update_mask()->add_paths("responsible_post");
  EXPECT_THAT(Call(office, &Stub::UpdateMeasure, update),
              FailsWith(common::v1::ERROR_REASON_REFERENCE_NOT_FOUND));

  v1::ArchiveRiskPointRequest archive_point;
  archive_point.set_name("units/a/riskPoints/rp");
  archive_point.set_request_id(server_->RequestId());
  EXPECT_THAT(Call(office, &Stub::ArchiveRiskPoint, archive_point),
              FailsWith(common::v1::ERROR_REASON_STILL_IN_USE));

  v1::ListMeasuresRequest list;
  list.set_parent("units/a");
  list.set_risk_point("units/a/riskPoints/rp");
  auto listed = Call(office, &Stub::ListMeasures, list);
  ASSERT_THAT(listed, IsOk());
  ASSERT_EQ(listed->measures_size(), 1);
  EXPECT_EQ(listed->measures(0).name(), "units/a/measures/m");

  v1::ArchiveMeasureRequest archive;
  archive.set_name("units/a/measures/m");
  archive.set_request_id(server_->RequestId());
  ASSERT_THAT(Call(office, &Stub::ArchiveMeasure, archive), IsOk());
  archive.set_request_id(server_->RequestId());
  EXPECT_THAT(Call(office, &Stub::ArchiveMeasure, archive),
              FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  *update.mutable_measure() = changed->measure();
  update.mutable_measure()->clear_etag();
  update.set_request_id(server_->RequestId());
  EXPECT_THAT(Call(office, &Stub::UpdateMeasure, update),
              FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  listed = Call(office, &Stub::ListMeasures, list);
  ASSERT_THAT(listed, IsOk());
  EXPECT_EQ(listed->measures_size(), 0);
  list.set_show_archived(true);
  listed = Call(office, &Stub::ListMeasures, list);
  ASSERT_THAT(listed, IsOk());
  EXPECT_EQ(listed->measures_size(), 1);
  archive_point.set_request_id(server_->RequestId());
  EXPECT_THAT(Call(office, &Stub::ArchiveRiskPoint, archive_point), IsOk());
}

TEST_F(RiskFixture, BadMeasuresAreRefused) {
  client::Client& office = As("office");
  ASSERT_THAT(Call(office, &Stub::CreateRiskPoint, NewPoint("rp")), IsOk());
  const struct {
    const char* what;
    std::function<void(v1::CreateMeasureRequest&)> change;
    ErrorReason reason;
  } cases[] = {
      {"unknown risk point",
       [](auto& r) { r.mutable_measure()->set_risk_point("units/a/riskPoints/none"); },
       common::v1::ERROR_REASON_REFERENCE_NOT_FOUND},
      {"risk point of another unit",
       [](auto& r) { r.mutable_measure()->set_risk_point("units/b/riskPoints/rp"); },
       common::v1::ERROR_REASON_INVALID_FIELD},
      {"unknown post",
       [](auto& r) { r.mutable_measure()->set_responsible_post("units/a/posts/none"); },
       common::v1::ERROR_REASON_REFERENCE_NOT_FOUND},
      {"archived post",
       [](auto& r) { r.mutable_measure()->set_responsible_post("units/a/posts/gone"); },
       common::v1::ERROR_REASON_REFERENCE_NOT_FOUND},
      {"no such day",
       [](auto& r) {
         r.mutable_measure()->mutable_due_date()->set_year(2026);
         r.mutable_measure()->mutable_due_date()->set_month(2);
         r.mutable_measure()->mutable_due_date()->set_day(30);
       },
       common::v1::ERROR_REASON_INVALID_FIELD},
      {"no stage", [](auto& r) { r.mutable_measure()->clear_stage(); },
       common::v1::ERROR_REASON_REQUIRED_FIELD},
      {"text too long", [](auto& r) { r.mutable_measure()->set_content(std::string(3001, 'x')); },
       common::v1::ERROR_REASON_INVALID_FIELD},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    auto request = NewMeasure("m", "rp");
    c.change(request);
    EXPECT_THAT(Call(office, &Stub::CreateMeasure, request), FailsWith(c.reason));
  }
}

}  // namespace
}  // namespace lianfang::risk
