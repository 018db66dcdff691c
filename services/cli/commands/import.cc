// lianfang import: the directory of a unit from a folder of CSV files.
#include "absl/strings/str_cat.h"
#include "common/server/random_ids.h"
#include "common/status/error.h"
#include "services/cli/commands/commands.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/import_folder.h"

namespace lianfang::cli {
namespace {

constexpr Flag kFlags[] = {
    {"unit", "UNIT", Flag::kValue, {"单位代码（必填）", "id of the unit (needed)"}},
    {"dir",
     "FOLDER",
     Flag::kValue,
     {"含 departments.csv、posts.csv、persons.csv、appointments.csv、leading_group.csv "
      "的文件夹（必填）",
      "folder with departments.csv, posts.csv, persons.csv, appointments.csv, leading_group.csv "
      "(needed)"}},
    {"validate-only", "", Flag::kSwitch, {"只检查，不改动", "checks and changes nothing"}},
};

absl::Status RunImport(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  LF_ASSIGN_OR_RETURN(const std::string folder, session.arguments().Require("dir"));
  const bool validate_only = session.arguments().Has("validate-only");
  LF_ASSIGN_OR_RETURN(const DirectoryFiles files, ReadDirectory(folder));
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
  if (session.json()) return session.PrintJson(*response);
  session.Say(
      absl::StrCat(validate_only ? "检查通过，未改动；将" : "", "新建 ", response->created_count(),
                   "，更新 ", response->updated_count(), "，未变 ", response->unchanged_count()),
      absl::StrCat(validate_only ? "valid, nothing changed; would be " : "", "created ",
                   response->created_count(), ", updated ", response->updated_count(),
                   ", unchanged ", response->unchanged_count()));
  return absl::OkStatus();
}

}  // namespace

const Command kImport = {"import",
                         {"从 CSV 文件夹导入单位的机构、岗位、人员",
                          "imports a unit's directory from a folder of CSV files"},
                         kFlags,
                         RunImport};

}  // namespace lianfang::cli
