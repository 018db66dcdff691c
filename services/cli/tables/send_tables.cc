#include "services/cli/tables/send_tables.h"

#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "common/base/resource_name.h"
#include "common/rpc/status_grpc.h"
#include "common/status/error.h"
#include "common/table/import_problems.h"
#include "google/rpc/error_details.pb.h"
#include "lianfang/personnel/v1/personnel.grpc.pb.h"
#include "lianfang/risk/v1/form_import.grpc.pb.h"

namespace lianfang::cli {
namespace {

using lianfang::table::ColumnLetters;
using lianfang::table::SheetRow;

// Days of a directory that a spreadsheet keeps as numbers: 45000 for 2023-03-15.
bool IsDayColumn(absl::string_view heading) {
  return heading == "任职日期" || heading == "离任日期";
}

std::string Day(const std::string& text) {
  int serial = 0;
  if (text.size() != 5 || !absl::SimpleAtoi(text, &serial)) return text;
  const absl::CivilDay day = absl::CivilDay(1899, 12, 30) + serial;
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

// `DIRECTORY_FILE_POSTS` is `posts` in places that the service names.
std::string FileId(const KnownTable& table) { return absl::StrReplaceAll(table.id, {{"-", "_"}}); }

std::string SheetOf(const std::vector<FoundTable>& tables, absl::string_view file_id) {
  for (const FoundTable& found : tables) {
    if (FileId(*found.table) == file_id) return found.sheet;
  }
  return std::string(file_id);
}

std::string DirectoryPlace(const std::vector<FoundTable>& tables, absl::string_view file,
                           absl::string_view line, absl::string_view column) {
  for (const FoundTable& found : tables) {
    if (FileId(*found.table) != file) continue;
    // The service names a column as the API does.
    std::string wanted = found.table->HeadingOfApiName(column);
    if (wanted.empty()) wanted = std::string(column);
    for (const auto& [at, heading] : found.headings) {
      if (heading == wanted) return absl::StrCat(found.sheet, "!", ColumnLetters(at), line);
    }
  }
  return absl::StrCat(SheetOf(tables, file), "!", line, " ", column);
}

// `附件5!6 风险点`, of a cell that is empty and so was not sent, with its column: `附件5!E6`.
std::string FormPlace(const std::vector<FoundTable>& tables, const std::string& place) {
  const size_t mark = place.rfind('!');
  const size_t space = place.find(' ', mark == std::string::npos ? 0 : mark);
  if (mark == std::string::npos || space == std::string::npos) return place;
  const std::string heading = place.substr(space + 1);
  for (const FoundTable& found : tables) {
    if (lianfang::table::Quoted(found.sheet) != place.substr(0, mark)) continue;
    for (const auto& [column, of] : found.headings) {
      if (of == heading) {
        return absl::StrCat(place.substr(0, mark + 1), ColumnLetters(column),
                            place.substr(mark + 1, space - mark - 1));
      }
    }
  }
  return place;
}

// The first message, then one a row as `fill` makes it of the row; ends when the server takes no
// more.
template <class Writer, class Message, class Fill>
void SendRows(Writer& writer, Message& message, const std::vector<FoundTable>& tables, Fill fill) {
  bool taken = writer.Write(message);
  for (const FoundTable& found : tables) {
    for (const SheetRow& row : found.rows) {
      if (!taken) return;
      message.mutable_row()->Clear();
      fill(found, row, message.mutable_row());
      taken = writer.Write(message);
    }
  }
}

// A stream that the server ends early says why in Finish.
template <class Writer>
absl::Status EndOf(Writer& writer) {
  writer.WritesDone();
  return rpc::FromGrpc(writer.Finish());
}

}  // namespace

absl::StatusOr<ImportOutcome> SendDirectory(const client::Client& client,
                                            const std::vector<FoundTable>& tables,
                                            const ImportTarget& target) {
  grpc::ClientContext context;
  LF_RETURN_IF_ERROR(client.Prepare(context, target.timeout));
  personnel::v1::PersonnelService::Stub stub(client.channel());
  personnel::v1::ImportDirectoryResponse response;
  const auto writer = stub.ImportDirectory(&context, &response);
  personnel::v1::ImportDirectoryRequest message;
  message.mutable_options()->set_parent(UnitName(target.unit_id));
  message.mutable_options()->set_validate_only(target.validate_only);
  message.mutable_options()->set_request_id(target.request_id);
  SendRows(*writer, message, tables, [](const FoundTable& found, const SheetRow& row, auto* sent) {
    sent->set_file(std::get<personnel::v1::DirectoryFile>(found.table->kind));
    sent->set_line(row.row);
    // The service wants all columns of a row, empty ones too.
    for (const auto& [column, heading] : found.headings) {
      const auto cell = row.cells.find(column);
      const std::string text = cell == row.cells.end() ? "" : cell->second;
      (*sent->mutable_columns())[heading] = IsDayColumn(heading) ? Day(text) : text;
    }
  });
  LF_RETURN_IF_ERROR(EndOf(*writer));
  ImportOutcome outcome{.created = response.created_count(),
                        .updated = response.updated_count(),
                        .unchanged = response.unchanged_count(),
                        .bad = {}};
  for (const auto& problem : response.problems()) {
    outcome.bad.push_back(
        {DirectoryPlace(tables, problem.file(), absl::StrCat(problem.line()), problem.column()),
         problem.reason(), problem.reason()});
  }
  return outcome;
}

absl::StatusOr<ImportOutcome> SendForms(const client::Client& client,
                                        const std::vector<FoundTable>& tables,
                                        const ImportTarget& target) {
  grpc::ClientContext context;
  LF_RETURN_IF_ERROR(client.Prepare(context, target.timeout));
  risk::v1::FormImportService::Stub stub(client.channel());
  risk::v1::ImportFormsResponse response;
  const auto writer = stub.ImportForms(&context, &response);
  risk::v1::ImportFormsRequest message;
  message.mutable_options()->set_parent(UnitName(target.unit_id));
  message.mutable_options()->set_year(target.year);
  message.mutable_options()->set_validate_only(target.validate_only);
  message.mutable_options()->set_request_id(target.request_id);
  SendRows(*writer, message, tables, [](const FoundTable& found, const SheetRow& row, auto* sent) {
    sent->set_form(std::get<risk::v1::FormKind>(found.table->kind));
    sent->set_sheet(found.sheet);
    sent->set_row(row.row);
    for (const auto& [column, heading] : found.headings) {
      const auto cell = row.cells.find(column);
      if (cell == row.cells.end()) continue;
      auto* to = sent->add_cells();
      to->set_heading(heading);
      to->set_column(ColumnLetters(column));
      to->set_text(cell->second);
    }
  });
  LF_RETURN_IF_ERROR(EndOf(*writer));
  ImportOutcome outcome{.created = response.created(),
                        .updated = response.updated(),
                        .unchanged = response.unchanged(),
                        .bad = {}};
  for (const auto& error : response.errors()) {
    outcome.bad.push_back(
        {FormPlace(tables, error.cell()), error.message_zh(), error.message_en()});
  }
  return outcome;
}

std::vector<BadCell> BadCellsOf(const absl::Status& status, const std::vector<FoundTable>& tables) {
  std::vector<BadCell> cells;
  if (ReasonOf(status) != common::v1::ERROR_REASON_IMPORT_REJECTED) return cells;
  const google::rpc::Status wire = ToRpcStatus(status);
  for (const auto& detail : wire.details()) {
    google::rpc::BadRequest bad;
    if (!detail.Is<google::rpc::BadRequest>() || !detail.UnpackTo(&bad)) continue;
    for (const auto& violation : bad.field_violations()) {
      // The text in both languages, `中文 / English`.
      const std::vector<std::string> texts =
          absl::StrSplit(violation.description(), absl::MaxSplits(" / ", 1));
      const std::vector<std::string> place =
          absl::StrSplit(violation.field(), absl::MaxSplits(':', 2));
      cells.push_back({place.size() == 3 ? DirectoryPlace(tables, place[0], place[1], place[2])
                                         : FormPlace(tables, violation.field()),
                       texts[0], texts.back()});
    }
  }
  return cells;
}

}  // namespace lianfang::cli
