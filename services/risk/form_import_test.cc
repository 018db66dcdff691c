// 附件2, 5, 6 and 7 brought in as tables, through the API.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/directory/directory_kinds.h"
#include "common/rpc/status_grpc.h"
#include "common/status/error.h"
#include "google/rpc/error_details.pb.h"
#include "lianfang/risk/v1/form_import.grpc.pb.h"
#include "services/risk/risk_fixture.h"

namespace lianfang::risk {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

constexpr char kLedger[] = "units/a/ledgers/risk";

using Cells = std::vector<std::pair<std::string, std::string>>;

// A row of a sheet; its cells stand in the columns A, B, … in this order.
v1::FormRow RowOf(v1::FormKind form, const std::string& sheet, int row, const Cells& cells) {
  v1::FormRow made;
  made.set_form(form);
  made.set_sheet(sheet);
  made.set_row(row);
  char column = 'A';
  for (const auto& [heading, text] : cells) {
    if (!text.empty()) {
      v1::FormCell* cell = made.add_cells();
      cell->set_heading(heading);
      cell->set_column(std::string(1, column));
      cell->set_text(text);
    }
    ++column;
  }
  return made;
}

v1::FormRow Finding(int row, const std::string& person, const std::string& text,
                    const std::string& category = "执行制度") {
  return RowOf(v1::FORM_KIND_SELF_CHECK, "附件2", row,
               {{"姓名", person},
                {"处室", "总务处"},
                {"岗位", "岗位buyer"},
                {"岗位职责", "负责采购。"},
                {"风险类别", category},
                {"风险点", text},
                {"表现形式", "询价流于形式。"},
                {"存在或潜在", "潜在"},
                {"查找方式", "自己找"}});
}

v1::FormRow Risk(int row, const std::string& text, const std::string& owner = "总务处",
                 const std::string& manifestation = "先领后补单") {
  return RowOf(v1::FORM_KIND_DEPARTMENT_RISKS, "附件5", row,
               {{"处室（单位）", owner},
                {"风险类别", "制度机制"},
                {"重点岗位、环节、部位", "库房"},
                {"风险点", text},
                {"表现形式", manifestation}});
}

v1::FormRow PowerRow(int row, const std::string& name, const std::string& type = "物资采购") {
  return RowOf(v1::FORM_KIND_POWER_CATALOGUE, "附件7", row,
               {{"处室", "总务处"},
                {"职权类别", type},
                {"职权名称", name},
                {"职权内容", "组织采购。"},
                {"行使主体", "总务处"},
                {"行使依据", "《政府采购法》"},
                {"公开形式、范围、时限", "公告栏；校内；每学期"}});
}

v1::FormRow PowerRisk(int row, const std::string& power, const std::string& text) {
  return RowOf(v1::FORM_KIND_POWER_RISKS, "附件6", row,
               {{"处室（单位）", "总务处"},
                {"职权名称", power},
                {"运行环节", "验收"},
                {"风险点", text},
                {"表现形式", "一人验收"}});
}

// Where an error says that cells are bad.
std::vector<std::string> PlacesIn(const absl::Status& status) {
  std::vector<std::string> places;
  const google::rpc::Status wire = ToRpcStatus(status);
  for (const auto& detail : wire.details()) {
    google::rpc::BadRequest bad;
    if (!detail.UnpackTo(&bad)) continue;
    for (const auto& violation : bad.field_violations()) places.push_back(violation.field());
  }
  return places;
}

std::vector<std::string> PlacesIn(const v1::ImportFormsResponse& response) {
  std::vector<std::string> places;
  for (const v1::FormCellError& error : response.errors()) {
    EXPECT_FALSE(error.message_zh().empty());
    EXPECT_FALSE(error.message_en().empty());
    places.push_back(error.cell());
  }
  return places;
}

class FormImportTest : public RiskFixture {
 protected:
  FormImportTest() {
    for (const auto& [id, name] : {std::pair("buyer", "甲"), std::pair("clerk", "乙")}) {
      personnel::v1::Person person;
      person.set_name(absl::StrCat("units/a/persons/", id));
      person.set_display_name(name);
      person.set_state(personnel::v1::RECORD_STATE_ACTIVE);
      PutPersonnel(directory::PersonKind(), person);
    }
    AwaitArrival();
  }

  v1::FormImportOptions Options(bool validate_only = false) {
    v1::FormImportOptions options;
    options.set_parent("units/a");
    options.set_year(2026);
    options.set_validate_only(validate_only);
    options.set_request_id(server_->RequestId());
    return options;
  }

  static absl::StatusOr<v1::ImportFormsResponse> Send(
      client::Client& client, const std::vector<v1::ImportFormsRequest>& messages) {
    grpc::ClientContext context;
    LF_RETURN_IF_ERROR(client.Prepare(context, absl::Seconds(20)));
    v1::FormImportService::Stub stub(client.channel());
    v1::ImportFormsResponse response;
    const auto writer = stub.ImportForms(&context, &response);
    for (const auto& message : messages) {
      if (!writer->Write(message)) break;
    }
    writer->WritesDone();
    const grpc::Status status = writer->Finish();
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  static absl::StatusOr<v1::ImportFormsResponse> Import(client::Client& client,
                                                        const v1::FormImportOptions& options,
                                                        const std::vector<v1::FormRow>& rows) {
    std::vector<v1::ImportFormsRequest> messages(1);
    *messages[0].mutable_options() = options;
    for (const v1::FormRow& row : rows) *messages.emplace_back().mutable_row() = row;
    return Send(client, messages);
  }

  template <class Req, class Resp>
  Resp List(grpc::Status (v1::RiskService::Stub::*method)(grpc::ClientContext*, const Req&,
                                                          Resp*)) {
    Req request;
    request.set_parent("units/a");
    const auto response = Call(As("office"), method, request);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? *response : Resp();
  }
};

TEST_F(FormImportTest, EachFormComesInAsDraftsAndTheSameAgainChangesNothing) {
  const std::vector<v1::FormRow> rows = {Finding(4, "甲", "询价"), Finding(5, "甲", "验收"),
                                         Risk(4, "出入库登记不及时"), PowerRow(4, "物资采购管理")};
  const auto made = Import(As("office"), Options(), rows);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->created(), 3);  // two findings are one form
  EXPECT_EQ(made->updated(), 0);
  EXPECT_TRUE(made->errors().empty());
  EXPECT_EQ(made->position().service(), "risk");

  const auto forms = List(&v1::RiskService::Stub::ListSelfChecks);
  ASSERT_EQ(forms.self_checks_size(), 1);
  EXPECT_EQ(forms.self_checks(0).person(), "units/a/persons/buyer");
  EXPECT_EQ(forms.self_checks(0).state(), v1::SELF_CHECK_STATE_DRAFT);
  EXPECT_EQ(forms.self_checks(0).findings_size(), 2);
  const auto powers = List(&v1::RiskService::Stub::ListPowers);
  ASSERT_EQ(powers.powers_size(), 1);
  EXPECT_EQ(powers.powers(0).state(), v1::FILING_STATE_DRAFT);
  ASSERT_EQ(Points().size(), 1U);
  EXPECT_EQ(Points()[0].state(), v1::RISK_POINT_STATE_DRAFT);
  EXPECT_EQ(Points()[0].category(), common::v1::RISK_CATEGORY_INSTITUTIONAL_MECHANISM);

  // 附件6 names powers that are there; the form has no category, and the power's risk lies in the
  // process.
  const auto risks = Import(As("office"), Options(), {PowerRisk(4, "物资采购管理", "一人验收")});
  ASSERT_THAT(risks, IsOk());
  EXPECT_EQ(risks->created(), 1);
  for (const v1::RiskPoint& point : Points()) {
    if (point.power().empty()) continue;
    EXPECT_EQ(point.power(), powers.powers(0).name());
    EXPECT_EQ(point.category(), common::v1::RISK_CATEGORY_BUSINESS_PROCESS);
    EXPECT_EQ(point.key_link(), "验收");
  }

  const int64_t changes = server_->Changes(kLedger);
  const auto again = Import(As("office"), Options(), rows);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->created() + again->updated(), 0);
  EXPECT_EQ(again->unchanged(), 4);  // rows
  EXPECT_FALSE(again->has_position());
  EXPECT_EQ(server_->Changes(kLedger), changes);

  const auto changed =
      Import(As("office"), Options(), {Risk(4, "出入库登记不及时", "总务处", "月底一次补齐")});
  ASSERT_THAT(changed, IsOk());
  EXPECT_EQ(changed->updated(), 1);
}

TEST_F(FormImportTest, ADryRunNamesEveryBadCellAndChangesNothing) {
  const int64_t changes = server_->Changes(kLedger);
  const std::vector<v1::FormRow> rows = {
      Risk(4, "好的一行"),
      Risk(5, "没有这个处室", "没有的处室"),
      Risk(6, ""),                           // an empty cell is named by its heading
      Risk(7, "好的一行"),                   // as in row 4
      Finding(4, "丙", "无此人"),            //
      Finding(5, "甲", "类别不对", "别的"),  //
      PowerRow(4, "物资采购管理", "不是类别"),
      PowerRisk(9, "没有的职权", "某处"),
  };
  const auto tried = Import(As("office"), Options(true), rows);
  ASSERT_THAT(tried, IsOk());
  EXPECT_THAT(PlacesIn(*tried),
              UnorderedElementsAre("附件5!A5", "附件5!6 风险点", "附件5!D7", "附件2!A4", "附件2!E5",
                                   "附件7!B4", "附件6!B9"));
  EXPECT_FALSE(tried->has_position());
  EXPECT_EQ(server_->Changes(kLedger), changes);

  const auto good = Import(As("office"), Options(true), {Risk(4, "好的一行")});
  ASSERT_THAT(good, IsOk());
  EXPECT_EQ(good->created(), 1);
  EXPECT_TRUE(good->errors().empty());
  EXPECT_TRUE(Points().empty());
  EXPECT_EQ(server_->Changes(kLedger), changes);
}

TEST_F(FormImportTest, WithOneBadCellNothingComesIn) {
  const int64_t changes = server_->Changes(kLedger);
  const auto refused =
      Import(As("office"), Options(),
             {Risk(4, "好的一行"), Risk(5, "没有这个处室", "没有的处室"), PowerRow(4, "采购")});
  EXPECT_THAT(refused, FailsWith(common::v1::ERROR_REASON_IMPORT_REJECTED));
  EXPECT_THAT(PlacesIn(refused.status()), ElementsAre("附件5!A5"));
  EXPECT_TRUE(Points().empty());
  EXPECT_EQ(List(&v1::RiskService::Stub::ListPowers).powers_size(), 0);
  EXPECT_EQ(server_->Changes(kLedger), changes);
}

TEST_F(FormImportTest, AnErrorListsWhatItHasRoomForAndADryRunAll) {
  std::vector<v1::FormRow> rows;
  for (int i = 0; i < 60; ++i) rows.push_back(Risk(4 + i, absl::StrCat("第", i), "没有的处室"));
  const auto refused = Import(As("office"), Options(), rows);
  EXPECT_THAT(refused, FailsWith(common::v1::ERROR_REASON_IMPORT_REJECTED));
  const std::vector<std::string> listed = PlacesIn(refused.status());
  EXPECT_EQ(listed.size(), 12U);
  EXPECT_EQ(listed.front(), "附件5!A4");
  EXPECT_THAT(std::string(refused.status().message()), ::testing::HasSubstr("60 problems"));
  EXPECT_EQ(Import(As("office"), Options(true), rows)->errors_size(), 60);
}

TEST_F(FormImportTest, TheSameRequestAgainGetsTheSameAnswer) {
  const v1::FormImportOptions options = Options();
  const std::vector<v1::FormRow> rows = {Risk(4, "出入库登记不及时"), Risk(5, "盘点不按时")};
  const auto first = Import(As("office"), options, rows);
  ASSERT_THAT(first, IsOk());
  const int64_t changes = server_->Changes(kLedger);
  const auto again = Import(As("office"), options, rows);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->created(), 2);
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(server_->Changes(kLedger), changes);
  EXPECT_EQ(Points().size(), 2U);
  // The same id for something else is no repetition.
  EXPECT_THAT(Import(As("office"), options, {Risk(4, "另一处")}),
              FailsWith(common::v1::ERROR_REASON_REQUEST_ID_REUSED));
}

TEST_F(FormImportTest, WhatIsHandedInChangesByItsOwnWay) {
  ASSERT_THAT(Import(As("head"), Options(), {Risk(4, "出入库登记不及时")}), IsOk());
  ASSERT_THAT(HandIn("head", v1::SUBMISSION_KIND_DEPARTMENT_RISKS, "departments/affairs"), IsOk());
  const auto same = Import(As("head"), Options(), {Risk(4, "出入库登记不及时")});
  ASSERT_THAT(same, IsOk());
  EXPECT_EQ(same->unchanged(), 1);
  const auto other = Import(As("head"), Options(), {Risk(4, "出入库登记不及时", "总务处", "改写")});
  EXPECT_THAT(other, FailsWith(common::v1::ERROR_REASON_IMPORT_REJECTED));
  EXPECT_THAT(PlacesIn(other.status()), ElementsAre("附件5!D4"));
}

TEST_F(FormImportTest, WhoBringsInWhat) {
  struct Case {
    const char* who;
    v1::FormRow row;
    common::v1::ErrorReason reason;
  };
  constexpr auto kOk = common::v1::ERROR_REASON_UNSPECIFIED;
  constexpr auto kNotHis = common::v1::ERROR_REASON_NOT_RECORD_OWNER;
  int text = 0;
  const auto risk = [&](const std::string& owner) {
    return Risk(4, absl::StrCat("风险", ++text), owner);
  };
  const Case cases[] = {
      {"office", risk("总务处"), kOk},
      {"office", risk("实验小学"), kOk},
      {"head", risk("总务处"), kOk},
      {"head", risk("实验小学"), kNotHis},
      {"vp", risk("总务处"), kOk},
      {"principal", risk("实验小学"), kOk},
      {"buyer", risk("总务处"), kNotHis},
      {"clerk", PowerRow(4, "采购"), kNotHis},
      {"head", PowerRow(4, "采购"), kOk},
      {"buyer", Finding(4, "甲", "本人的"), kOk},
      {"clerk", Finding(4, "甲", "他人的"), kNotHis},
      {"head", Finding(4, "甲", "下属的"), kNotHis},
      {"office", Finding(4, "甲", "代录的"), kOk},
  };
  for (const Case& one : cases) {
    for (const bool dry : {true, false}) {
      const int64_t changes = server_->Changes(kLedger);
      const auto result = Import(As(one.who), Options(dry), {one.row});
      EXPECT_EQ(ReasonOf(result.status()), one.reason)
          << one.who << " " << one.row.ShortDebugString() << " " << result.status();
      EXPECT_EQ(server_->Changes(kLedger), changes + (dry || one.reason != kOk ? 0 : 1));
    }
  }
}

TEST_F(FormImportTest, RolesWithoutTheRightAndOtherUnitsAreRefused) {
  for (const char* role : {"auditor", "leading_group", "administrator", "superior_office",
                           "district_reader", "integration"}) {
    EXPECT_THAT(Import(server_->As("services/x", {role}, {"a"}), Options(), {Risk(4, "某处")}),
                FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED))
        << role;
  }
  EXPECT_THAT(
      Import(server_->As("services/x", {"control_office"}, {"b"}), Options(), {Risk(4, "某处")}),
      FailsWith(common::v1::ERROR_REASON_UNIT_NOT_COVERED));
  EXPECT_THAT(Import(server_->WithToken(""), Options(), {Risk(4, "某处")}),
              FailsWith(common::v1::ERROR_REASON_TOKEN_MISSING));
  EXPECT_TRUE(Points().empty());
}

TEST_F(FormImportTest, AStreamThatIsNoImportIsRefused) {
  const auto refused = [&](const std::vector<v1::ImportFormsRequest>& messages) {
    const auto result = Send(As("office"), messages);
    EXPECT_FALSE(result.ok());
    return ReasonOf(result.status());
  };
  v1::ImportFormsRequest options;
  *options.mutable_options() = Options();
  v1::ImportFormsRequest row;
  *row.mutable_row() = Risk(4, "某处");
  v1::ImportFormsRequest nowhere = row;
  nowhere.mutable_row()->set_row(0);
  EXPECT_EQ(refused({row, options}), common::v1::ERROR_REASON_INVALID_FIELD);
  EXPECT_EQ(refused({options, row, options}), common::v1::ERROR_REASON_INVALID_FIELD);
  EXPECT_EQ(refused({options, nowhere}), common::v1::ERROR_REASON_INVALID_FIELD);
  EXPECT_TRUE(Points().empty());
}

}  // namespace
}  // namespace lianfang::risk
