// lianfang render, lianfang documents: the papers that a school hands in, hangs up or sends.
#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/resource_name.h"
#include "common/base/utf8.h"
#include "common/client/client.h"
#include "common/rpc/status_grpc.h"
#include "common/status/error.h"
#include "lianfang/grading/v1/inspection.grpc.pb.h"
#include "lianfang/personnel/v1/personnel.grpc.pb.h"
#include "lianfang/reporting/v1/document.grpc.pb.h"
#include "lianfang/reporting/v1/reporting.grpc.pb.h"
#include "services/cli/commands/commands.h"
#include "services/cli/commands/year.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/files.h"
#include "services/cli/core/pages.h"
#include "services/cli/render/words.h"

namespace lianfang::cli {
namespace {

using reporting::v1::DocumentFormat;
using reporting::v1::DocumentKind;
using DocumentStub = reporting::v1::DocumentService::Stub;

// Larger than any document, so that a server that never ends does not fill the disk.
constexpr size_t kMaxFile = size_t{1} << 30;

constexpr Flag kRenderFlags[] = {
    {"kind",
     "KIND",
     Flag::kWord,
     {"文书：self-check（附件2）、department-risks（5）、power-risks（6）、power-catalogue（7）、"
      "risk-summary（8）、statistics（11）、task-breakdown、post-duties、workflow-chart、desk-"
      "sign、"
      "wall-sign、responsibility-letter、self-inspection-report、rectification-notice、"
      "public-notice、risk-plots、progress-plot；也可写作不带 --kind 的一个词",
      "which one: self-check, department-risks, power-risks, power-catalogue, risk-summary, "
      "statistics, task-breakdown, post-duties, workflow-chart, desk-sign, wall-sign, "
      "responsibility-letter, self-inspection-report, rectification-notice, public-notice, "
      "risk-plots, progress-plot; may stand without --kind"}},
    kUnitFlag,
    {"scope",
     "NAME",
     Flag::kValue,
     {"范围：处室、人员、岗位、职权、责任书、自查报告、整改、公示，如 "
      "departments/teaching；默认全单位",
      "what it is about, e.g. departments/teaching; default: the unit"}},
    {"year", "YEAR", Flag::kValue, {"年度；默认最近的年度", "year; default: the newest"}},
    {"to",
     "FORMAT",
     Flag::kValue,
     {"pdf（默认）、xlsx、svg、png、csv", "pdf (default), xlsx, svg, png, csv"}},
    {"draft", "", Flag::kSwitch, {"草稿：未审定的记录也写入", "also what is not confirmed yet"}},
    {"all",
     "",
     Flag::kSwitch,
     {"全套文书，写入 --out 文件夹", "the whole set, into the folder --out"}},
    {"out",
     "PATH",
     Flag::kValue,
     {"文件；默认用文书自己的名称。与 --all 一起：文件夹",
      "file; default: the document's own name. With --all: a folder"}},
};

constexpr Flag kDocumentsFlags[] = {kUnitFlag};

// `DOCUMENT_KIND_RISK_SUMMARY` is `risk-summary` here.
template <class Enum>
absl::StatusOr<Enum> EnumOf(const google::protobuf::EnumDescriptor* type, const char* prefix,
                            const std::string& word, const char* zh, const char* en) {
  const std::string name =
      absl::StrCat(prefix, absl::AsciiStrToUpper(absl::StrReplaceAll(word, {{"-", "_"}})));
  const auto* value = type->FindValueByName(name);
  if (value != nullptr && value->number() != 0) return static_cast<Enum>(value->number());
  return UsageError(absl::StrCat("没有这样的", zh, "：", Printable(word)),
                    absl::StrCat("There is no such ", en, ": ", Printable(word)));
}

struct Made {
  reporting::v1::DocumentHead head;
  std::string bytes;
};

absl::StatusOr<Made> Fetch(const Session& session, const client::Client& client,
                           const reporting::v1::RenderDocumentRequest& request) {
  DocumentStub stub(client.channel());
  grpc::ClientContext context;
  LF_RETURN_IF_ERROR(client.Prepare(context, session.timeout()));
  const auto reader = stub.RenderDocument(&context, request);
  Made made;
  reporting::v1::RenderDocumentResponse response;
  while (reader->Read(&response)) {
    if (response.has_head()) made.head = response.head();
    made.bytes += response.data();
    if (made.bytes.size() > kMaxFile) {
      context.TryCancel();
      return Failure("文书太大。", "The document is too large.");
    }
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return rpc::FromGrpc(status);
  if (static_cast<int64_t>(made.bytes.size()) != made.head.size()) {
    return Failure("文书没有传完。", "The document did not come whole.");
  }
  return made;
}

// The document's own name, without what could lead out of the folder.
std::string FileName(const Made& made) {
  std::string name = absl::StrReplaceAll(made.head.file_name(), {{"/", "_"}});
  if (name.empty() || name.front() == '.') name.insert(0, "_");
  return name;
}

void SayMade(const Session& session, const std::string& path, const Made& made) {
  const auto& issued = made.head.issued();
  const std::string number = issued.number().empty()
                                 ? ""
                                 : absl::StrCat("　", issued.number(), "　", issued.short_digest());
  session.Say(absl::StrCat(path, number), absl::StrCat(path, number));
}

reporting::v1::RenderDocumentRequest RequestOf(const std::string& unit, DocumentKind kind,
                                               const std::string& scope, int year,
                                               DocumentFormat format, bool draft) {
  reporting::v1::RenderDocumentRequest request;
  request.set_parent(UnitName(unit));
  request.set_kind(kind);
  request.set_scope(scope);
  request.set_year(year);
  request.set_format(format);
  request.set_draft(draft);
  return request;
}

// What the whole set has besides the documents of the unit.
struct Scopes {
  std::vector<std::string> departments;
  std::vector<std::string> leaders;  // persons who hold a post without a department
  std::vector<std::string> rectifications;
  std::vector<std::string> publications;
};

absl::StatusOr<Scopes> ScopesOf(const Session& session, const std::string& unit, int year) {
  Scopes scopes;
  LF_ASSIGN_OR_RETURN(const auto people, session.Connect("personnel", kOfficeRole));
  using People = personnel::v1::PersonnelService::Stub;
  People directory(people->channel());
  personnel::v1::ListDepartmentsRequest departments;
  departments.set_parent(UnitName(unit));
  LF_RETURN_IF_ERROR(EachPage(
      departments,
      [&](const auto& page) {
        return people->Call(directory, &People::ListDepartments, page, session.call_options());
      },
      [&](const auto& page) {
        for (const auto& one : page.departments()) scopes.departments.push_back(one.name());
        return absl::OkStatus();
      }));
  std::vector<std::string> posts;
  personnel::v1::ListPostsRequest listed;
  listed.set_parent(UnitName(unit));
  LF_RETURN_IF_ERROR(EachPage(
      listed,
      [&](const auto& page) {
        return people->Call(directory, &People::ListPosts, page, session.call_options());
      },
      [&](const auto& page) {
        for (const auto& one : page.posts()) {
          if (one.department().empty()) posts.push_back(one.name());
        }
        return absl::OkStatus();
      }));
  personnel::v1::ListAppointmentsRequest appointments;
  appointments.set_parent(UnitName(unit));
  LF_RETURN_IF_ERROR(EachPage(
      appointments,
      [&](const auto& page) {
        return people->Call(directory, &People::ListAppointments, page, session.call_options());
      },
      [&](const auto& page) {
        for (const auto& one : page.appointments()) {
          const bool leads = std::find(posts.begin(), posts.end(), one.post()) != posts.end();
          auto& leaders = scopes.leaders;
          if (leads && std::find(leaders.begin(), leaders.end(), one.person()) == leaders.end()) {
            leaders.push_back(one.person());
          }
        }
        return absl::OkStatus();
      }));
  LF_ASSIGN_OR_RETURN(const auto grading, session.Connect("grading", kOfficeRole));
  using Inspections = grading::v1::InspectionService::Stub;
  Inspections inspections(grading->channel());
  grading::v1::ListRectificationsRequest rectifications;
  rectifications.set_parent(UnitName(unit));
  LF_RETURN_IF_ERROR(EachPage(
      rectifications,
      [&](const auto& page) {
        return grading->Call(inspections, &Inspections::ListRectifications, page,
                             session.call_options());
      },
      [&](const auto& page) {
        for (const auto& one : page.rectifications()) {
          if (year == 0 || one.year() == year) scopes.rectifications.push_back(one.name());
        }
        return absl::OkStatus();
      }));
  LF_ASSIGN_OR_RETURN(const auto reporting, session.Connect("reporting", kOfficeRole));
  using Reports = reporting::v1::ReportingService::Stub;
  Reports reports(reporting->channel());
  reporting::v1::ListPublicationsRequest publications;
  publications.set_parent(UnitName(unit));
  LF_RETURN_IF_ERROR(EachPage(
      publications,
      [&](const auto& page) {
        return reporting->Call(reports, &Reports::ListPublications, page, session.call_options());
      },
      [&](const auto& page) {
        for (const auto& one : page.publications()) {
          const bool withdrawn = one.state() == reporting::v1::PUBLICATION_STATE_WITHDRAWN;
          if (!withdrawn && (year == 0 || one.year() == year)) {
            scopes.publications.push_back(one.name());
          }
        }
        return absl::OkStatus();
      }));
  return scopes;
}

absl::Status RenderAll(const Session& session, const std::string& unit, int year, bool draft) {
  LF_ASSIGN_OR_RETURN(const std::string folder, session.arguments().Require("out"));
  if (mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) {
    return Failure(absl::StrCat("无法建立文件夹 ", Printable(folder), "。"),
                   absl::StrCat("Cannot make the folder ", Printable(folder), "."));
  }
  LF_ASSIGN_OR_RETURN(const Scopes scopes, ScopesOf(session, unit, year));
  std::vector<reporting::v1::RenderDocumentRequest> requests;
  const auto add = [&](DocumentKind kind, const std::string& scope,
                       DocumentFormat format = reporting::v1::DOCUMENT_FORMAT_PDF) {
    requests.push_back(RequestOf(unit, kind, scope, year, format, draft));
  };
  for (const std::string& leader : scopes.leaders) {
    add(reporting::v1::DOCUMENT_KIND_SELF_CHECK, leader);
  }
  for (const std::string& department : scopes.departments) {
    add(reporting::v1::DOCUMENT_KIND_SELF_CHECK, department);
  }
  for (const DocumentKind table :
       {reporting::v1::DOCUMENT_KIND_DEPARTMENT_RISKS, reporting::v1::DOCUMENT_KIND_POWER_RISKS,
        reporting::v1::DOCUMENT_KIND_POWER_CATALOGUE, reporting::v1::DOCUMENT_KIND_RISK_SUMMARY,
        reporting::v1::DOCUMENT_KIND_STATISTICS, reporting::v1::DOCUMENT_KIND_TASK_BREAKDOWN,
        reporting::v1::DOCUMENT_KIND_POST_DUTIES}) {
    add(table, "");
    add(table, "", reporting::v1::DOCUMENT_FORMAT_XLSX);
  }
  for (const DocumentKind kind :
       {reporting::v1::DOCUMENT_KIND_WORKFLOW_CHART, reporting::v1::DOCUMENT_KIND_DESK_SIGN,
        reporting::v1::DOCUMENT_KIND_WALL_SIGN, reporting::v1::DOCUMENT_KIND_RESPONSIBILITY_LETTER,
        reporting::v1::DOCUMENT_KIND_SELF_INSPECTION_REPORT,
        reporting::v1::DOCUMENT_KIND_RISK_PLOTS, reporting::v1::DOCUMENT_KIND_PROGRESS_PLOT}) {
    add(kind, "");
  }
  for (const std::string& one : scopes.rectifications) {
    add(reporting::v1::DOCUMENT_KIND_RECTIFICATION_NOTICE, one);
  }
  for (const std::string& one : scopes.publications) {
    add(reporting::v1::DOCUMENT_KIND_PUBLIC_NOTICE, one);
  }
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("reporting", kOfficeRole));
  const auto progress =
      session.StartProgress("生成全套文书", "rendering", static_cast<int64_t>(requests.size()));
  int made = 0;
  int64_t pages = 0;
  for (const auto& request : requests) {
    auto document = Fetch(session, *client, request);
    if (document.ok()) {
      LF_RETURN_IF_ERROR(
          WriteFile(absl::StrCat(folder, "/", FileName(*document)), document->bytes));
      ++made;
      pages += document->head.pages();
    } else if (ReasonOf(document.status()) != common::v1::ERROR_REASON_RESOURCE_NOT_FOUND) {
      return document.status();
    }
    progress->Advance();
  }
  progress->Finish(session.zh() ? "完成" : "done");
  session.Say(absl::StrCat("写入 ", made, " 份文书，PDF 共 ", pages, " 页；",
                           requests.size() - static_cast<size_t>(made), " 份没有可写的记录"),
              absl::StrCat(made, " documents written, ", pages, " pages of PDF; ",
                           requests.size() - static_cast<size_t>(made), " have no records"));
  return absl::OkStatus();
}

absl::Status RunRender(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  LF_ASSIGN_OR_RETURN(const int year, NumberOf(session, "year", 2000, 2999, 0));
  const bool draft = session.arguments().Has("draft");
  if (session.arguments().Has("all")) return RenderAll(session, unit, year, draft);
  LF_ASSIGN_OR_RETURN(const std::string word, session.arguments().Require("kind"));
  LF_ASSIGN_OR_RETURN(const auto kind,
                      EnumOf<DocumentKind>(reporting::v1::DocumentKind_descriptor(),
                                           "DOCUMENT_KIND_", word, "文书", "document"));
  std::string form = session.arguments().Get("to");
  if (form.empty()) form = "pdf";
  LF_ASSIGN_OR_RETURN(const auto format,
                      EnumOf<DocumentFormat>(reporting::v1::DocumentFormat_descriptor(),
                                             "DOCUMENT_FORMAT_", form, "格式", "format"));
  std::string scope = session.arguments().Get("scope");
  if (!scope.empty() && UnitIdOf(scope).empty()) {
    scope = absl::StrCat(UnitName(unit), "/", scope);
  }
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("reporting", kOfficeRole));
  LF_ASSIGN_OR_RETURN(const Made made,
                      Fetch(session, *client, RequestOf(unit, kind, scope, year, format, draft)));
  std::string path = session.arguments().Get("out");
  if (path.empty()) path = FileName(made);
  LF_RETURN_IF_ERROR(WriteFile(path, made.bytes));
  if (session.json()) return session.PrintJson(made.head);
  SayMade(session, path, made);
  return absl::OkStatus();
}

absl::Status RunDocuments(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("reporting", kOfficeRole));
  DocumentStub stub(client->channel());
  reporting::v1::ListIssuedDocumentsRequest request;
  request.set_parent(UnitName(unit));
  constexpr int kListed = 200;
  request.set_page_size(kListed);
  LF_ASSIGN_OR_RETURN(const auto response, client->Call(stub, &DocumentStub::ListIssuedDocuments,
                                                        request, session.call_options()));
  if (session.json()) return session.PrintJson(response);
  for (const auto& document : response.documents()) {
    const std::string line = absl::StrCat(document.number(), "  ", document.short_digest(), "  ",
                                          DayOf(document.create_time()), "  ", document.title());
    session.Say(line, line);
  }
  return absl::OkStatus();
}

}  // namespace

const Command kRender = {
    "render",
    {"出具文书：附件2、5、6、7、8、11、职责汇编、流程图、警示牌、责任书、自查报告、整改通知、公示",
     "makes the scheme's documents: forms, charts, signs, letters, reports, notices"},
    kRenderFlags,
    RunRender};

const Command kDocuments = {
    "documents",
    {"已编号的文书，最近的在前", "documents with a number, the newest first"},
    kDocumentsFlags,
    RunDocuments};

}  // namespace lianfang::cli
