// Every kind of document in every format that it offers, from a school in which there is something
// to write in each: whoever may have it gets it, the same at the same state, and nobody else does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/acceptance/document_steps.h"

namespace lianfang::acceptance {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

namespace v1 = reporting::v1;

constexpr v1::DocumentFormat kFormats[] = {v1::DOCUMENT_FORMAT_PDF, v1::DOCUMENT_FORMAT_XLSX,
                                           v1::DOCUMENT_FORMAT_SVG, v1::DOCUMENT_FORMAT_PNG,
                                           v1::DOCUMENT_FORMAT_CSV};

// Who may have a document of the department supply besides the offices.
enum class For { kOffices, kOneself, kDepartment, kPerson, kEverybody };

struct Paper {
  v1::DocumentKind kind;
  std::string scope;  // of supply, or what the unit has one of
  std::vector<v1::DocumentFormat> formats;
  std::string begins;  // of the number
  std::string says;    // words that stand on it
  For whom;
};

std::string What(const Paper& paper, v1::DocumentFormat format) {
  return absl::StrCat(v1::DocumentKind_Name(paper.kind), " of ", paper.scope, " as ",
                      v1::DocumentFormat_Name(format));
}

// What another tool reads out of a PDF, without spaces: text is set letter by letter.
std::string TextOf(const std::string& pdf) {
  std::string folder = (std::filesystem::temp_directory_path() / "lf-papers-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return "";
  std::ofstream(folder + "/a.pdf", std::ios::binary) << pdf;
  std::string text;
  FILE* pipe = popen(absl::StrCat("pdftotext -raw ", folder, "/a.pdf -").c_str(), "r");
  if (pipe == nullptr) return "";
  char buffer[4096];
  for (size_t size = 0; (size = fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
    text.append(buffer, size);
  }
  pclose(pipe);
  std::filesystem::remove_all(folder);
  text.erase(std::remove_if(text.begin(), text.end(),
                            [](char c) { return c == ' ' || c == '\n' || c == '\f'; }),
             text.end());
  return text;
}

class EveryDocumentTest : public DocumentSteps {
 protected:
  // A year in which each document has something to say.
  void PlayYear() {
    On(5, 20);
    ApproveAllDuties();
    ConfirmAllGrades();
    const std::string point = RegisterPoint("rp-supply", "supply");
    FilePower("purchase", "supply");
    FileChart("purchase", "supply", {});
    FileDepartmentMeasure("two-signatures", "supply", point);
    On(10, 8);
    PutUp(SignOf(Post("buyer")).name());
    PutUp(SignOf(Department("supply")).name());
    DraftLetters();
    letter_ = LetterOf("buyer").name();
    On(11, 5);
    Must(Call(head("supply"), &InspectionStub::CreateSelfInspectionReport,
              NewReport("r1", Department("supply"), true)));
    report_ = Named("selfInspectionReports", "r1");
    ApproveSteps(Must(SubmitReport(head("supply"), report_)).review());
    On(11, 25);
    const auto examination = Must(Call(office(), &InspectionStub::CreateExamination,
                                       NewExamination("e1", "supply", "buyer")));
    rectification_ =
        Must(Do(office(), &InspectionStub::ConcludeExamination, examination.examination().name()))
            .examination()
            .problems(0)
            .rectification();
    publication_ = Must(Call(office(), &PublicityStub::CreatePublication,
                             NewPublication(reporting::v1::PUBLICATION_KIND_RISK_POINTS, {point})))
                       .publication()
                       .name();
  }

  // A paper a kind, in the order of the kinds.
  std::vector<Paper> Papers() const {
    const std::vector<v1::DocumentFormat> table = {
        v1::DOCUMENT_FORMAT_PDF, v1::DOCUMENT_FORMAT_XLSX, v1::DOCUMENT_FORMAT_CSV};
    const std::vector<v1::DocumentFormat> picture = {
        v1::DOCUMENT_FORMAT_PDF, v1::DOCUMENT_FORMAT_SVG, v1::DOCUMENT_FORMAT_PNG};
    const std::vector<v1::DocumentFormat> text = {v1::DOCUMENT_FORMAT_PDF};
    const std::string supply = Department("supply");
    return {
        {v1::DOCUMENT_KIND_SELF_CHECK, Person("buyer"), table, "2013-FJ2-", "个人廉政风险自查表",
         For::kOneself},
        {v1::DOCUMENT_KIND_DEPARTMENT_RISKS, supply, table, "2013-FJ5-", "廉政风险排查登记表",
         For::kDepartment},
        {v1::DOCUMENT_KIND_POWER_RISKS, supply, table, "2013-FJ6-", "职权运行风险排查登记表",
         For::kDepartment},
        {v1::DOCUMENT_KIND_POWER_CATALOGUE, supply, table, "2013-FJ7-", "职权目录表",
         For::kEverybody},
        {v1::DOCUMENT_KIND_RISK_SUMMARY, supply, table, "2013-FJ8-", "廉政风险识别一览表",
         For::kDepartment},
        {v1::DOCUMENT_KIND_STATISTICS, "", table, "2013-FJ11-", "廉政风险防控统计表",
         For::kOffices},
        {v1::DOCUMENT_KIND_TASK_BREAKDOWN, "", table, "2013-RW-", "主要流程及任务分解表",
         For::kEverybody},
        {v1::DOCUMENT_KIND_POST_DUTIES, supply, table, "2013-GZ-", "岗位职责汇编", For::kEverybody},
        {v1::DOCUMENT_KIND_WORKFLOW_CHART, Named("powers", "purchase"), picture, "2013-LC-",
         "流程图", For::kEverybody},
        {v1::DOCUMENT_KIND_DESK_SIGN, Post("buyer"), picture, "2013-ZP-", "廉政风险警示牌",
         For::kEverybody},
        {v1::DOCUMENT_KIND_WALL_SIGN, supply, picture, "2013-QP-", "廉政风险警示牌",
         For::kEverybody},
        {v1::DOCUMENT_KIND_RESPONSIBILITY_LETTER, letter_, text, "2013-ZR-", "责任书",
         For::kPerson},
        {v1::DOCUMENT_KIND_SELF_INSPECTION_REPORT, report_, text, "2013-ZC-", "自查报告",
         For::kDepartment},
        {v1::DOCUMENT_KIND_RECTIFICATION_NOTICE, rectification_, text, "2013-ZG-", "整改通知书",
         For::kPerson},
        {v1::DOCUMENT_KIND_PUBLIC_NOTICE, publication_, text, "2013-GS-", "公示", For::kEverybody},
        {v1::DOCUMENT_KIND_RISK_PLOTS,
         "",
         {v1::DOCUMENT_FORMAT_PDF, v1::DOCUMENT_FORMAT_SVG, v1::DOCUMENT_FORMAT_PNG},
         "2013-TJ-",
         "廉政风险分布图",
         For::kOffices},
        {v1::DOCUMENT_KIND_PROGRESS_PLOT, "", picture, "2013-JD-", "工作进度图", For::kOffices},
    };
  }

  std::string letter_;
  std::string report_;
  std::string rectification_;
  std::string publication_;
};

TEST_F(EveryDocumentTest, ComesInTheFormatsThatItHasAndTheSameAtTheSameState) {
  ASSERT_NO_THROW(PlayYear());
  const std::vector<Paper> papers = Papers();
  ASSERT_EQ(papers.size(), static_cast<size_t>(v1::DocumentKind_ARRAYSIZE - 1));
  static const std::map<v1::DocumentFormat, std::string> begins = {
      {v1::DOCUMENT_FORMAT_PDF, "%PDF-"},
      {v1::DOCUMENT_FORMAT_XLSX, "PK"},
      {v1::DOCUMENT_FORMAT_SVG, "<?xml"},
      {v1::DOCUMENT_FORMAT_PNG, "\x89PNG"},
      {v1::DOCUMENT_FORMAT_CSV, "\xEF\xBB\xBF"}};
  for (size_t i = 0; i < papers.size(); ++i) {
    const Paper& paper = papers[i];
    EXPECT_EQ(paper.kind, static_cast<v1::DocumentKind>(i + 1));
    std::string number;
    for (const v1::DocumentFormat format : kFormats) {
      SCOPED_TRACE(What(paper, format));
      const auto made = Render(office(), paper.kind, paper.scope, format);
      const bool offered =
          std::find(paper.formats.begin(), paper.formats.end(), format) != paper.formats.end();
      if (!offered) {
        EXPECT_THAT(made, FailsWith(common::v1::ERROR_REASON_INVALID_FIELD));
        EXPECT_THAT(made.status().ToString(), HasSubstr("format"));
        continue;
      }
      ASSERT_THAT(made, IsOk());
      EXPECT_THAT(made->bytes, StartsWith(begins.at(format)));
      EXPECT_EQ(made->head.size(), static_cast<int64_t>(made->bytes.size()));
      EXPECT_THAT(made->head.issued().number(), StartsWith(paper.begins));
      // The contents have one number, whatever they are written as.
      if (number.empty()) number = made->head.issued().number();
      EXPECT_EQ(made->head.issued().number(), number);
      const auto again = Render(auditor(), paper.kind, paper.scope, format);
      ASSERT_THAT(again, IsOk());
      EXPECT_EQ(again->bytes, made->bytes);
      if (format == v1::DOCUMENT_FORMAT_PDF) {
        const std::string text = TextOf(made->bytes);
        EXPECT_THAT(text, HasSubstr(paper.says));
        EXPECT_THAT(text, HasSubstr(number));
        EXPECT_THAT(text, HasSubstr(made->head.issued().short_digest()));
        EXPECT_THAT(text, Not(HasSubstr("草稿")));
      }
    }
  }
}

TEST_F(EveryDocumentTest, SaysThatItIsADraft) {
  ASSERT_NO_THROW(PlayYear());
  for (const Paper& paper : Papers()) {
    SCOPED_TRACE(What(paper, v1::DOCUMENT_FORMAT_PDF));
    const auto made =
        Render(office(), paper.kind, paper.scope, v1::DOCUMENT_FORMAT_PDF, /*draft=*/true);
    ASSERT_THAT(made, IsOk());
    EXPECT_FALSE(made->head.has_issued());
    EXPECT_THAT(made->head.file_name(), HasSubstr("草稿"));
    EXPECT_THAT(TextOf(made->bytes), HasSubstr("草稿，未编号"));
  }
  EXPECT_TRUE(Must(Call(office(), &DocumentStub::ListIssuedDocuments, {})).documents().empty());
}

TEST_F(EveryDocumentTest, GoesToThoseWhoseBusinessItIs) {
  ASSERT_NO_THROW(PlayYear());
  const auto not_his = FailsWith(common::v1::ERROR_REASON_NOT_RECORD_OWNER);
  for (const Paper& paper : Papers()) {
    SCOPED_TRACE(What(paper, v1::DOCUMENT_FORMAT_PDF));
    const auto as = [&](client::Client& client) {
      return Render(client, paper.kind, paper.scope).status();
    };
    for (client::Client* client : {&office(), &principal(), &auditor()}) {
      EXPECT_THAT(as(*client), IsOk());
    }
    const bool everybody = paper.whom == For::kEverybody;
    const auto expect = [&](client::Client& client, bool may, const char* who) {
      SCOPED_TRACE(who);
      if (may) {
        EXPECT_THAT(as(client), IsOk());
      } else {
        EXPECT_THAT(as(client), not_his);
      }
    };
    const bool of_department = paper.whom == For::kDepartment || paper.whom == For::kPerson;
    expect(With("services/leading-group", {"leading_group"}), paper.whom != For::kOneself,
           "the leading group");
    expect(As("buyer"), everybody || paper.whom == For::kPerson || paper.whom == For::kOneself,
           "whose it is");
    expect(head("supply"), everybody || of_department, "the head");
    // The leaders are of the leading group too; here by being in charge alone.
    expect(With(Person("vp-logistics"), {"staff", "vice_principal"}), everybody || of_department,
           "the leader in charge");
    expect(As("storekeeper"), everybody, "a colleague");
    expect(head("finance"), everybody, "the head of another department");
    // Nobody of the school; somebody who was never in it; and the school is not his.
    for (const char* role : {"administrator", "integration", "district_reader", "superior_office",
                             "superior_leader", "feedback_box", "service"}) {
      EXPECT_THAT(as(With(absl::StrCat("services/", role), {role})),
                  FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED))
          << role;
    }
    EXPECT_THAT(as(With(Person("stranger"), {"staff"})), not_his);
    EXPECT_THAT(Render(office(), paper.kind, paper.scope, v1::DOCUMENT_FORMAT_PDF, false,
                       "units/elsewhere"),
                FailsWith(common::v1::ERROR_REASON_UNIT_NOT_COVERED));
    client::Client& foreign =
        server().As("units/elsewhere/persons/head", {"staff", "department_head"}, {"elsewhere"});
    EXPECT_THAT(as(foreign), FailsWith(common::v1::ERROR_REASON_UNIT_NOT_COVERED));
    // A scope of another unit is no scope of this one.
    if (!paper.scope.empty()) {
      EXPECT_THAT(Render(office(), paper.kind,
                         absl::StrCat("units/elsewhere/", paper.scope.substr(sizeof(kUnit)))),
                  FailsWith(common::v1::ERROR_REASON_INVALID_FIELD));
    }
  }
}

// 附件7 says by which code other records name a power, and which chart shows how it runs.
TEST_F(EveryDocumentTest, ThePowerCatalogueNamesCodeAndChart) {
  ASSERT_NO_THROW(PlayYear());
  const auto made = Render(office(), v1::DOCUMENT_KIND_POWER_CATALOGUE, Department("supply"),
                           v1::DOCUMENT_FORMAT_CSV);
  ASSERT_THAT(made, IsOk());
  EXPECT_THAT(made->bytes, HasSubstr("序号,编码,处室,职权类别"));
  EXPECT_THAT(made->bytes, HasSubstr("1,purchase,总务处,"));
  EXPECT_THAT(made->bytes, HasSubstr("联系电话,流程图,备注"));
  EXPECT_THAT(made->bytes, HasSubstr("流程图,"));
}

// A head sees nobody's form, so neither all of them on one paper.
TEST_F(EveryDocumentTest, AllSelfChecksOfADepartmentAreTheOfficesAlone) {
  ASSERT_NO_THROW(PlayYear());
  const auto as = [&](client::Client& client) {
    return Render(client, v1::DOCUMENT_KIND_SELF_CHECK, Department("supply")).status();
  };
  EXPECT_THAT(as(office()), IsOk());
  EXPECT_THAT(as(principal()), IsOk());
  for (client::Client* client :
       {&head("supply"), &As("buyer"), &With("services/leading-group", {"leading_group"})}) {
    EXPECT_THAT(as(*client), FailsWith(common::v1::ERROR_REASON_NOT_RECORD_OWNER));
  }
}

// Whoever may not have a document is not told whether there is what it would be about.
TEST_F(EveryDocumentTest, DoesNotTellWhatThereIs) {
  ASSERT_NO_THROW(PlayYear());
  for (const Paper& paper : Papers()) {
    if (paper.whom == For::kEverybody || paper.scope.empty()) continue;
    SCOPED_TRACE(What(paper, v1::DOCUMENT_FORMAT_PDF));
    const std::string none =
        absl::StrCat(paper.scope.substr(0, paper.scope.rfind('/')), "/nobody-gave-this");
    const absl::Status there = Render(head("finance"), paper.kind, paper.scope).status();
    const absl::Status missing = Render(head("finance"), paper.kind, none).status();
    EXPECT_FALSE(there.ok());
    EXPECT_EQ(there.ToString(), missing.ToString());
  }
}

}  // namespace
}  // namespace lianfang::acceptance
