// lianfang template: tables for offices to fill in, which lianfang import takes.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/document/form_words.h"
#include "common/document/write.h"
#include "common/status/error.h"
#include "services/cli/commands/commands.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/files.h"
#include "services/cli/tables/known_tables.h"

namespace lianfang::cli {
namespace {

constexpr Flag kTemplateFlags[] = {
    {"table",
     "TABLE",
     Flag::kValue,
     {"directory（全部名录）、departments、posts、persons、appointments、leading-group、"
      "self-check（附件2）、department-risks（附件5）、power-risks（附件6）、power-"
      "catalogue（附件7）；"
      "默认 directory",
      "directory (all of it), departments, posts, persons, appointments, leading-group, "
      "self-check (附件2), department-risks (附件5), power-risks (附件6), power-catalogue (附件7); "
      "default directory"}},
    {"out",
     "FILE",
     Flag::kValue,
     {"写到的文件，.xlsx 或 .csv（必填）", "file to write, .xlsx or .csv (needed)"}},
};

// The words that a column takes; empty where any text will do.
std::string WordsOf(absl::string_view heading) {
  if (heading == "风险类别") {
    return document::AllWords<common::v1::RiskCategory>(common::v1::RiskCategory_ARRAYSIZE);
  }
  if (heading == "存在或潜在") {
    return document::AllWords<risk::v1::FindingKind>(risk::v1::FindingKind_ARRAYSIZE);
  }
  if (heading == "查找方式") {
    return document::AllWords<common::v1::FindingMethod>(common::v1::FindingMethod_ARRAYSIZE);
  }
  if (heading == "职权类别") {
    return document::AllWords<risk::v1::PowerType>(risk::v1::PowerType_ARRAYSIZE);
  }
  return "";
}

// What each column is, for whoever fills it in.
document::Table Legend(const std::vector<const KnownTable*>& tables) {
  document::Table legend;
  legend.title = "说明";
  legend.columns = {
      {"表", "table", 20}, {"列", "column", 20}, {"填写", "fill in", 10}, {"内容", "content", 50}};
  for (const KnownTable* table : tables) {
    for (const document::Column& column : table->columns) {
      const bool needed = std::find(table->needed.begin(), table->needed.end(), column.heading) !=
                          table->needed.end();
      std::string meaning = table->is_directory() ? std::string() : WordsOf(column.heading);
      if (!meaning.empty()) meaning = absl::StrCat("可填：", meaning, "\n");
      legend.rows.push_back(
          {{std::string(table->title), std::string(column.heading),
            std::string(needed ? "须有此列" : "可省略"), absl::StrCat(meaning, column.meaning)},
           false});
    }
  }
  return legend;
}

absl::Status RunTemplate(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string out, session.arguments().Require("out"));
  const std::string wanted =
      session.arguments().Has("table") ? session.arguments().Get("table") : "directory";
  std::vector<const KnownTable*> tables;
  for (const KnownTable& table : KnownTables()) {
    if (wanted == table.id || (wanted == "directory" && table.is_directory())) {
      tables.push_back(&table);
    }
  }
  const bool csv = absl::EndsWithIgnoreCase(out, ".csv");
  if (tables.empty() || (!csv && !absl::EndsWithIgnoreCase(out, ".xlsx")) ||
      (csv && tables.size() > 1)) {
    return UsageError(
        "--table 须为帮助中列出的一种，--out 须以 .xlsx 或 .csv 结尾；CSV 只容一张表。",
        "--table is one of those that help lists, --out ends with .xlsx or .csv; a "
        "CSV file holds one table.");
  }
  document::Document document;
  document.title = wanted == "directory" ? "单位名录" : tables.front()->title;
  for (const KnownTable* table : tables) {
    document::Table& sheet = document.sheets.emplace_back();
    sheet.title = table->title;
    sheet.columns = table->columns;
  }
  if (!csv) document.sheets.push_back(Legend(tables));
  LF_ASSIGN_OR_RETURN(
      const document::File file,
      document::Write(document, csv ? document::Format::kCsv : document::Format::kXlsx));
  LF_RETURN_IF_ERROR(WriteFile(out, file.bytes));
  session.Say(absl::StrCat("已写入 ", out), absl::StrCat("wrote ", out));
  return absl::OkStatus();
}

}  // namespace

const Command kTemplate = {"template",
                           {"生成供填写的空白表（名录、附件2、5、6、7）",
                            "writes tables to fill in (directory, 附件2, 5, 6, 7)"},
                           kTemplateFlags,
                           RunTemplate};

}  // namespace lianfang::cli
