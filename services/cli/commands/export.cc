// lianfang export: a unit's directory as the tables that lianfang import takes.
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/base/resource_name.h"
#include "common/document/write.h"
#include "common/status/error.h"
#include "lianfang/personnel/v1/personnel.grpc.pb.h"
#include "services/cli/commands/commands.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/files.h"
#include "services/cli/core/pages.h"
#include "services/cli/tables/known_tables.h"
#include "services/personnel/domain/import_cells.h"

namespace lianfang::cli {
namespace {

using personnel::v1::PersonnelService;

constexpr Flag kExportFlags[] = {
    {"unit", "UNIT", Flag::kValue, {"单位代码（必填）", "id of the unit (needed)"}},
    {"out", "FILE", Flag::kValue, {"写到的文件，.xlsx（必填）", "file to write, .xlsx (needed)"}},
};

std::string Id(absl::string_view name) {
  return std::string(
      name.substr(name.rfind('/') == absl::string_view::npos ? name.size() : name.rfind('/') + 1));
}

std::string Day(const google::type::Date& date) {
  return date.year() == 0
             ? ""
             : absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

const char* YesNo(bool value) { return value ? "是" : "否"; }

// All records of a list that are in use.
template <class Record, class Request, class Response, class Records>
absl::StatusOr<std::vector<Record>> All(
    const client::Client& client, const Session& session, const std::string& unit,
    grpc::Status (PersonnelService::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
    Records records) {
  PersonnelService::Stub stub(client.channel());
  Request request;
  request.set_parent(UnitName(unit));
  std::vector<Record> all;
  LF_RETURN_IF_ERROR(EachPage(
      request,
      [&](const Request& page) { return client.Call(stub, method, page, session.call_options()); },
      [&](const Response& response) {
        for (const Record& record : records(response)) {
          if (record.state() == personnel::v1::RECORD_STATE_ACTIVE) all.push_back(record);
        }
        return absl::OkStatus();
      }));
  return all;
}

void AddRow(document::Table* table, const std::vector<std::string>& cells) {
  document::Row& row = table->rows.emplace_back();
  for (const std::string& cell : cells) row.cells.emplace_back(cell);
}

absl::Status Fill(const client::Client& client, const Session& session, const std::string& unit,
                  std::map<std::string, document::Table*>& sheets) {
  LF_ASSIGN_OR_RETURN(const auto departments,
                      (All<personnel::v1::Department>(
                          client, session, unit, &PersonnelService::Stub::ListDepartments, [
                          ](const personnel::v1::ListDepartmentsResponse& response) -> const auto& {
                            return response.departments();
                          })));
  for (const auto& one : departments) {
    AddRow(sheets.at("departments"),
           {Id(one.name()), one.display_name(), std::string(personnel::WordOf(one.kind())),
            Id(one.parent()), Id(one.head()), Id(one.vice_principal())});
  }
  LF_ASSIGN_OR_RETURN(const auto posts,
                      (All<personnel::v1::Post>(
                          client, session, unit, &PersonnelService::Stub::ListPosts,
                          [](const personnel::v1::ListPostsResponse& response) -> const auto& {
                            return response.posts();
                          })));
  for (const auto& one : posts) {
    std::vector<std::string> functions;
    for (const int function : one.functions()) {
      functions.emplace_back(personnel::WordOf(static_cast<common::v1::PostFunction>(function)));
    }
    AddRow(sheets.at("posts"), {Id(one.name()), one.display_name(), Id(one.department()),
                                absl::StrJoin(functions, "、"), YesNo(one.is_unit_head()),
                                YesNo(one.principal_responsible()), one.duties()});
  }
  LF_ASSIGN_OR_RETURN(const auto persons,
                      (All<personnel::v1::Person>(
                          client, session, unit, &PersonnelService::Stub::ListPersons,
                          [](const personnel::v1::ListPersonsResponse& response) -> const auto& {
                            return response.persons();
                          })));
  for (const auto& one : persons) {
    AddRow(sheets.at("persons"), {Id(one.name()), one.display_name()});
  }
  LF_ASSIGN_OR_RETURN(
      const auto appointments,
      (All<personnel::v1::Appointment>(
          client, session, unit, &PersonnelService::Stub::ListAppointments,
          [](const personnel::v1::ListAppointmentsResponse& response) -> const auto& {
            return response.appointments();
          })));
  for (const auto& one : appointments) {
    AddRow(sheets.at("appointments"),
           {Id(one.person()), Id(one.post()), Day(one.start_date()), Day(one.end_date())});
  }
  LF_ASSIGN_OR_RETURN(
      const auto members,
      (All<personnel::v1::LeadingGroupMember>(
          client, session, unit, &PersonnelService::Stub::ListLeadingGroupMembers,
          [](const personnel::v1::ListLeadingGroupMembersResponse& response) -> const auto& {
            return response.leading_group_members();
          })));
  for (const auto& one : members) {
    AddRow(sheets.at("leading-group"),
           {Id(one.person()), std::string(personnel::WordOf(one.role()))});
  }
  return absl::OkStatus();
}

absl::Status RunExport(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  LF_ASSIGN_OR_RETURN(const std::string out, session.arguments().Require("out"));
  if (!absl::EndsWithIgnoreCase(out, ".xlsx")) {
    return UsageError("--out 须以 .xlsx 结尾。", "--out ends with .xlsx.");
  }
  document::Document document;
  document.title = "单位名录";
  for (const KnownTable& table : KnownTables()) {
    if (!table.is_directory()) continue;
    document::Table& sheet = document.sheets.emplace_back();
    sheet.title = table.title;
    sheet.columns = table.columns;
  }
  std::map<std::string, document::Table*> sheets;
  size_t next = 0;
  for (const KnownTable& table : KnownTables()) {
    if (table.is_directory()) sheets[table.id] = &document.sheets[next++];
  }
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("personnel", "administrator"));
  LF_RETURN_IF_ERROR(Fill(*client, session, unit, sheets));
  LF_ASSIGN_OR_RETURN(const document::File file,
                      document::Write(document, document::Format::kXlsx));
  LF_RETURN_IF_ERROR(WriteFile(out, file.bytes));
  session.Say(absl::StrCat("已写入 ", out), absl::StrCat("wrote ", out));
  return absl::OkStatus();
}

}  // namespace

const Command kExport = {"export",
                         {"导出单位名录为 XLSX 表（可再导入）",
                          "writes a unit's directory as a workbook that import takes"},
                         kExportFlags,
                         RunExport};

}  // namespace lianfang::cli
