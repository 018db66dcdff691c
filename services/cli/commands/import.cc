// lianfang import: a unit's directory from a folder of CSV files, or directory and forms from
// workbooks and CSV files.
#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/server/random_ids.h"
#include "common/status/error.h"
#include "services/cli/commands/commands.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/files.h"
#include "services/cli/core/import_folder.h"
#include "services/cli/tables/send_tables.h"

namespace lianfang::cli {
namespace {

constexpr size_t kMaxFileBytes = size_t{32} << 20;

constexpr Flag kImportFlags[] = {
    {"unit", "UNIT", Flag::kValue, {"单位代码（必填）", "id of the unit (needed)"}},
    {"dir",
     "FOLDER",
     Flag::kValue,
     {"含 departments.csv、posts.csv、persons.csv、appointments.csv、leading_group.csv 的文件夹",
      "folder with departments.csv, posts.csv, persons.csv, appointments.csv, leading_group.csv"}},
    {"file",
     "FILE",
     Flag::kValue,
     {"填好的 XLSX 或 CSV 表（见 lianfang template）",
      "filled table, XLSX or CSV (see lianfang template)"}},
    {"table",
     "TABLE",
     Flag::kValue,
     {"文件中是哪一种表；不给则按表头识别", "which table it is; otherwise by its headings"}},
    {"year",
     "YEAR",
     Flag::kValue,
     {"附件2、5、6、7 的年度（导入这些表时必填）",
      "year of the forms (needed for 附件2, 5, 6, 7)"}},
    {"validate-only", "", Flag::kSwitch, {"只检查，不改动", "checks and changes nothing"}},
};

absl::Status Done(const Session& session, const ImportOutcome& outcome) {
  const bool validate_only = session.arguments().Has("validate-only");
  session.Say(absl::StrCat(validate_only ? "检查通过，未改动；将" : "", "新建 ", outcome.created,
                           "，更新 ", outcome.updated, "，未变 ", outcome.unchanged),
              absl::StrCat(validate_only ? "valid, nothing changed; would be " : "", "created ",
                           outcome.created, ", updated ", outcome.updated, ", unchanged ",
                           outcome.unchanged));
  return absl::OkStatus();
}

absl::Status Refused(const Session& session, const std::vector<BadCell>& cells,
                     const absl::Status& status) {
  if (!session.json()) {
    Table table({{session.zh() ? "位置" : "cell"}, {session.zh() ? "原因" : "reason"}});
    for (const BadCell& cell : cells) table.AddRow({cell.place, session.zh() ? cell.zh : cell.en});
    session.Print(table);
  }
  if (!status.ok()) {
    return session.json() ? status : Failure(ChineseText(status), status.message());
  }
  return Failure(absl::StrCat("有 ", cells.size(), " 处问题，未改动。"),
                 absl::StrCat("Nothing was changed; what is wrong: ", cells.size(), "."));
}

absl::Status ImportFolder(Session& session, const std::string& unit) {
  const bool validate_only = session.arguments().Has("validate-only");
  LF_ASSIGN_OR_RETURN(const DirectoryFiles files, ReadDirectory(session.arguments().Get("dir")));
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("personnel", "administrator"));
  const auto progress =
      session.StartProgress("导入（字节）", "import (bytes)", static_cast<int64_t>(files.bytes));
  const auto response = ImportFiles(
      *client, unit, files, validate_only, server::NewUuid(*session.environment().random),
      session.timeout(), [&](int64_t bytes) { progress->Advance(bytes); });
  if (!response.ok()) {
    Table table = BadRowsTable(session.lang());
    if (!BadRows(response.status(), session.lang(), &table)) return response.status();
    // The rows are the result; what follows them is the error's own line.
    if (!session.json()) session.Print(table);
    return session.json() ? response.status()
                          : Failure(ChineseText(response.status()), response.status().message());
  }
  progress->Finish(session.zh() ? "完成" : "done");
  if (session.json()) LF_RETURN_IF_ERROR(session.PrintJson(*response));
  std::vector<BadCell> bad;
  for (const auto& problem : response->problems()) {
    bad.push_back({absl::StrCat(problem.file(), ".csv ", problem.line(), " ", problem.column()),
                   problem.reason(), problem.reason()});
  }
  if (!bad.empty()) return Refused(session, bad, absl::OkStatus());
  return Done(session, {.created = response->created_count(),
                        .updated = response->updated_count(),
                        .unchanged = response->unchanged_count(),
                        .bad = {}});
}

absl::Status ImportFile(Session& session, const std::string& unit) {
  const std::string name = session.arguments().Get("file");
  const KnownTable* only = nullptr;
  if (session.arguments().Has("table")) {
    only = FindTable(session.arguments().Get("table"));
    if (only == nullptr) {
      return UsageError("--table 不是已知的表；见 lianfang template --help。",
                        "--table names no table; see lianfang template --help.");
    }
  }
  LF_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(name, kMaxFileBytes));
  LF_ASSIGN_OR_RETURN(const auto sheets, ReadSheets(name, bytes));
  LF_ASSIGN_OR_RETURN(const std::vector<FoundTable> tables, FindTables(sheets, only));
  const bool directory = tables.front().table->is_directory();
  if (std::any_of(tables.begin(), tables.end(), [directory](const FoundTable& found) {
        return found.table->is_directory() != directory;
      })) {
    return Failure("名录和附件不能在一次导入中混用；请分成两个文件。",
                   "A directory and forms cannot come in together; make two files of them.");
  }
  ImportTarget target{.unit_id = unit,
                      .validate_only = session.arguments().Has("validate-only"),
                      .request_id = server::NewUuid(*session.environment().random),
                      .timeout = session.timeout()};
  if (!directory) {
    LF_ASSIGN_OR_RETURN(const std::string year, session.arguments().Require("year"));
    if (!absl::SimpleAtoi(year, &target.year) || target.year < 2000 || target.year > 2999) {
      return UsageError("--year 须为 2000 至 2999 的年份。", "--year is a year from 2000 to 2999.");
    }
  }
  LF_ASSIGN_OR_RETURN(const auto client, directory ? session.Connect("personnel", "administrator")
                                                   : session.Connect("risk", "control_office"));
  const auto outcome =
      directory ? SendDirectory(*client, tables, target) : SendForms(*client, tables, target);
  if (!outcome.ok()) {
    const auto cells = BadCellsOf(outcome.status(), tables);
    return cells.empty() ? outcome.status() : Refused(session, cells, outcome.status());
  }
  if (!outcome->bad.empty()) return Refused(session, outcome->bad, absl::OkStatus());
  return Done(session, *outcome);
}

absl::Status RunImport(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  const bool folder = session.arguments().Has("dir");
  if (folder == session.arguments().Has("file")) {
    return UsageError("须给出 --dir 或 --file 之一。", "Give one of --dir and --file.");
  }
  return folder ? ImportFolder(session, unit) : ImportFile(session, unit);
}

}  // namespace

const Command kImport = {"import",
                         {"导入单位的机构、岗位、人员（CSV 文件夹），或填好的 XLSX、CSV 表",
                          "imports a unit's directory (a folder of CSV files), or filled tables"},
                         kImportFlags,
                         RunImport};

}  // namespace lianfang::cli
