// Documents: what a school hands in, hangs up or sends, made from what is confirmed and nothing
// else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/csv.h"
#include "common/document/form_columns.h"
#include "services/reporting/domain/words.h"
#include "tests/acceptance/document_steps.h"

namespace lianfang::acceptance {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class DocumentsTest : public DocumentSteps {};

TEST_F(DocumentsTest, Annex8IsWhatTheSuperiorConfirmedCellByCell) {
  ApproveAllDuties();
  ConfirmAllGrades();
  reporting::v1::GetRiskSummaryRequest request;
  request.set_unit(kUnit);
  request.set_year(kYear);
  request.set_page_size(500);
  const auto summary = Must(Call(auditor(), &ReportingStub::GetRiskSummary, request));
  ASSERT_GT(summary.rows_size(), 10);
  const Made csv = Must(Render(office(), reporting::v1::DOCUMENT_KIND_RISK_SUMMARY, "",
                               reporting::v1::DOCUMENT_FORMAT_CSV));
  const auto table = ParseCsv(csv.bytes);
  ASSERT_TRUE(table.ok()) << table.status();
  ASSERT_TRUE(table->problems.empty());
  std::vector<std::string> header;
  for (const auto& column : document::RiskSummaryColumns()) header.emplace_back(column.heading);
  EXPECT_EQ(table->table.header, header);
  ASSERT_EQ(table->table.rows.size(), static_cast<size_t>(summary.rows_size()));
  for (int i = 0; i < summary.rows_size(); ++i) {
    const auto& row = summary.rows(i);
    const auto& cells = table->table.rows[static_cast<size_t>(i)].cells;
    EXPECT_EQ(cells[0], absl::StrCat(i + 1));
    EXPECT_EQ(cells[1], row.department().empty() ? "校领导" : row.department());
    EXPECT_EQ(cells[2], row.post());
    EXPECT_EQ(cells[3], absl::StrJoin(row.holders(), "、"));
    EXPECT_EQ(cells[4], row.description());
    EXPECT_EQ(cells[5], row.manifestation());
    EXPECT_EQ(cells[6], reporting::CategoryWord(row.category()));
    EXPECT_EQ(cells[7], reporting::LevelWord(row.level()));
    EXPECT_EQ(cells[10].size(), 10U);  // a day
    EXPECT_EQ(cells[11].size(), 10U);
  }
}

TEST_F(DocumentsTest, TheSameContentsKeepTheirNumberAndBytes) {
  ApproveAllDuties();
  ConfirmAllGrades();
  const Made first = Must(Render(office(), reporting::v1::DOCUMENT_KIND_RISK_SUMMARY));
  EXPECT_EQ(first.head.issued().number(), "2013-FJ8-0001");
  EXPECT_EQ(first.head.file_name(), "附件8-处室（单位）廉政风险识别一览表-2013.pdf");
  EXPECT_EQ(first.head.media_type(), "application/pdf");
  EXPECT_EQ(first.head.size(), static_cast<int64_t>(first.bytes.size()));
  EXPECT_GT(first.head.pages(), 0);
  EXPECT_THAT(first.bytes, StartsWith("%PDF-"));
  for (const size_t chunk : first.chunks) EXPECT_LE(chunk, 64U << 10);
  EXPECT_EQ(first.head.issued().positions_size(), 4);
  const Made again = Must(Render(principal(), reporting::v1::DOCUMENT_KIND_RISK_SUMMARY));
  EXPECT_EQ(again.bytes, first.bytes);
  EXPECT_EQ(again.head.issued().SerializeAsString(), first.head.issued().SerializeAsString());
  // Another scope is another document, with the next number.
  const Made department =
      Must(Render(office(), reporting::v1::DOCUMENT_KIND_RISK_SUMMARY, Department("supply")));
  EXPECT_EQ(department.head.issued().number(), "2013-FJ8-0002");

  // Whoever has the paper asks for what is recorded.
  reporting::v1::GetIssuedDocumentRequest get;
  get.set_name(absl::StrCat(kUnit, "/documents/2013-fj8-0001"));
  const auto recorded = Must(
      Call(With("services/district", {"district_reader"}), &DocumentStub::GetIssuedDocument, get));
  EXPECT_EQ(recorded.document().short_digest(), first.head.issued().short_digest());
  get.set_name(absl::StrCat(kUnit, "/documents/2013-fj8-0009"));
  EXPECT_THAT(Call(office(), &DocumentStub::GetIssuedDocument, get),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
  reporting::v1::ListIssuedDocumentsRequest list;
  list.set_page_size(1);
  const auto newest = Must(Call(office(), &DocumentStub::ListIssuedDocuments, list));
  ASSERT_EQ(newest.documents_size(), 1);
  EXPECT_EQ(newest.documents(0).number(), "2013-FJ8-0002");
  list.set_page_token(newest.next_page_token());
  const auto older = Must(Call(office(), &DocumentStub::ListIssuedDocuments, list));
  ASSERT_EQ(older.documents_size(), 1);
  EXPECT_EQ(older.documents(0).number(), "2013-FJ8-0001");
  EXPECT_TRUE(older.next_page_token().empty());
}

TEST_F(DocumentsTest, WhatIsNotConfirmedIsInDraftsOnly) {
  HandInSelfCheck("buyer");
  EXPECT_THAT(Render(office(), reporting::v1::DOCUMENT_KIND_SELF_CHECK, Person("buyer")),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
  const Made draft = Must(Render(office(), reporting::v1::DOCUMENT_KIND_SELF_CHECK, Person("buyer"),
                                 reporting::v1::DOCUMENT_FORMAT_PDF, true));
  EXPECT_FALSE(draft.head.has_issued());
  EXPECT_THAT(draft.head.file_name(), HasSubstr("草稿"));
  EXPECT_TRUE(Must(Call(office(), &DocumentStub::ListIssuedDocuments, {})).documents().empty());
}

TEST_F(DocumentsTest, NobodyGetsWhatIsNotHisBusiness) {
  ApproveSelfCheck("buyer");
  constexpr auto kForm = reporting::v1::DOCUMENT_KIND_SELF_CHECK;
  EXPECT_THAT(Render(staff("buyer"), kForm, Person("buyer")).status(), IsOk());
  EXPECT_THAT(Render(principal(), kForm, Department("supply")).status(), IsOk());
  EXPECT_THAT(Render(auditor(), kForm, Person("buyer")).status(), IsOk());
  const auto denied = FailsWith(common::v1::ERROR_REASON_NOT_RECORD_OWNER);
  EXPECT_THAT(Render(staff("storekeeper"), kForm, Person("buyer")), denied);
  EXPECT_THAT(Render(head("finance"), kForm, Department("supply")), denied);
  EXPECT_THAT(Render(head("supply"), kForm, Department("supply")), denied);
  EXPECT_THAT(Render(leader_of("supply"), kForm, Department("supply")), denied);
  EXPECT_THAT(Render(staff("buyer"), reporting::v1::DOCUMENT_KIND_STATISTICS), denied);
  EXPECT_THAT(Render(staff("buyer"), reporting::v1::DOCUMENT_KIND_RISK_SUMMARY), denied);
  EXPECT_THAT(Render(superior_office(), reporting::v1::DOCUMENT_KIND_RISK_SUMMARY),
              FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
}

TEST_F(DocumentsTest, RefusesScopesAndFormatsThatAKindDoesNotHave) {
  const auto refused = FailsWith(common::v1::ERROR_REASON_INVALID_FIELD);
  EXPECT_THAT(Render(office(), reporting::v1::DOCUMENT_KIND_STATISTICS, Department("supply")),
              refused);
  EXPECT_THAT(
      Render(office(), reporting::v1::DOCUMENT_KIND_RISK_SUMMARY, "units/other/departments/a"),
      refused);
  EXPECT_THAT(Render(office(), reporting::v1::DOCUMENT_KIND_RISK_SUMMARY, "",
                     reporting::v1::DOCUMENT_FORMAT_SVG),
              refused);
  EXPECT_THAT(Render(office(), reporting::v1::DOCUMENT_KIND_WORKFLOW_CHART, "",
                     reporting::v1::DOCUMENT_FORMAT_XLSX),
              refused);
}

}  // namespace
}  // namespace lianfang::acceptance
