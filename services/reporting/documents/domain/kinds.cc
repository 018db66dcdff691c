#include "services/reporting/documents/domain/kinds.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"

namespace lianfang::reporting::documents {
namespace {

using S = ScopeType;

constexpr S kUnitOnly[] = {S::kUnit};
constexpr S kOfDepartments[] = {S::kUnit, S::kDepartment};
constexpr S kOfPersons[] = {S::kPerson, S::kDepartment};
constexpr S kOfPowers[] = {S::kUnit, S::kDepartment, S::kPower};
constexpr S kOfPosts[] = {S::kUnit, S::kDepartment, S::kPost};
constexpr S kOfLetters[] = {S::kUnit, S::kLetter};
constexpr S kOfInspections[] = {S::kUnit, S::kInspection};
constexpr S kOneRectification[] = {S::kRectification};
constexpr S kOnePublication[] = {S::kPublication};

constexpr KindInfo kKinds[] = {
    {v1::DOCUMENT_KIND_SELF_CHECK, "FJ2", "附件2", "个人廉政风险自查表", kOfPersons, true, false,
     false, Audience::kOneself},
    {v1::DOCUMENT_KIND_DEPARTMENT_RISKS, "FJ5", "附件5", "处室（单位）廉政风险排查登记表",
     kOfDepartments, true, false, false, Audience::kDepartment},
    {v1::DOCUMENT_KIND_POWER_RISKS, "FJ6", "附件6", "处室（单位）职权运行风险排查登记表",
     kOfDepartments, true, false, false, Audience::kDepartment},
    {v1::DOCUMENT_KIND_POWER_CATALOGUE, "FJ7", "附件7", "科室廉政风险防控职权目录表",
     kOfDepartments, true, false, false, Audience::kEverybody},
    {v1::DOCUMENT_KIND_RISK_SUMMARY, "FJ8", "附件8", "处室（单位）廉政风险识别一览表",
     kOfDepartments, true, false, false, Audience::kDepartment},
    {v1::DOCUMENT_KIND_STATISTICS, "FJ11", "附件11", "处室廉政风险防控统计表", kUnitOnly, true,
     false, false, Audience::kNobody},
    {v1::DOCUMENT_KIND_TASK_BREAKDOWN, "RW", "", "廉政风险防控工作主要流程及任务分解表", kUnitOnly,
     true, false, false, Audience::kEverybody},
    {v1::DOCUMENT_KIND_POST_DUTIES, "GZ", "", "岗位职责汇编", kOfDepartments, true, false, false,
     Audience::kEverybody},
    {v1::DOCUMENT_KIND_WORKFLOW_CHART, "LC", "", "工作流程图", kOfPowers, false, true, false,
     Audience::kEverybody},
    {v1::DOCUMENT_KIND_DESK_SIGN, "ZP", "", "廉政风险警示牌（上桌）", kOfPosts, false, true, false,
     Audience::kEverybody},
    {v1::DOCUMENT_KIND_WALL_SIGN, "QP", "", "廉政风险警示牌（上墙）", kOfPosts, false, true, false,
     Audience::kEverybody},
    {v1::DOCUMENT_KIND_RESPONSIBILITY_LETTER, "ZR", "", "廉政风险分级管理责任书", kOfLetters, false,
     false, false, Audience::kPerson},
    {v1::DOCUMENT_KIND_SELF_INSPECTION_REPORT, "ZC", "", "廉政风险防控自查报告", kOfInspections,
     false, false, true, Audience::kDepartment},
    {v1::DOCUMENT_KIND_RECTIFICATION_NOTICE, "ZG", "", "整改通知书", kOneRectification, false,
     false, true, Audience::kPerson},
    {v1::DOCUMENT_KIND_PUBLIC_NOTICE, "GS", "", "公示", kOnePublication, false, false, true,
     Audience::kEverybody},
    {v1::DOCUMENT_KIND_RISK_PLOTS, "TJ", "", "廉政风险分布图", kUnitOnly, false, true, false,
     Audience::kNobody},
    {v1::DOCUMENT_KIND_PROGRESS_PLOT, "JD", "", "工作进度图", kUnitOnly, false, true, false,
     Audience::kNobody},
};

struct Collection {
  const char* name;
  ScopeType type;
};
constexpr Collection kCollections[] = {
    {"departments", S::kDepartment},
    {"persons", S::kPerson},
    {"posts", S::kPost},
    {"powers", S::kPower},
    {"responsibilityLetters", S::kLetter},
    {"selfInspectionReports", S::kInspection},
    {"rectifications", S::kRectification},
    {"publications", S::kPublication},
};

}  // namespace

const KindInfo* InfoOf(v1::DocumentKind kind) {
  const auto* found = std::find_if(std::begin(kKinds), std::end(kKinds),
                                   [&](const KindInfo& info) { return info.kind == kind; });
  return found == std::end(kKinds) ? nullptr : found;
}

std::span<const KindInfo> AllKinds() { return kKinds; }

absl::StatusOr<Scope> ParseScope(const KindInfo& info, absl::string_view unit_id,
                                 absl::string_view scope) {
  Scope parsed{ScopeType::kUnit, UnitName(unit_id)};
  if (!scope.empty() && scope != parsed.name) {
    const auto* found =
        std::find_if(std::begin(kCollections), std::end(kCollections), [&](const Collection& one) {
          const absl::string_view id = IdIn(one.name, scope);
          return !id.empty() && id.find('/') == absl::string_view::npos &&
                 RecordName(unit_id, one.name, id) == scope;
        });
    if (found == std::end(kCollections)) {
      return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "scope",
                        "范围须为本单位的一条记录的资源名。",
                        "The scope is the resource name of a record of the unit.");
    }
    parsed = {found->type, std::string(scope)};
  }
  if (std::find(info.scopes.begin(), info.scopes.end(), parsed.type) == info.scopes.end()) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "scope",
                      absl::StrCat("《", info.title, "》没有这样的范围。"),
                      "The document does not have such a scope.");
  }
  return parsed;
}

absl::StatusOr<document::Format> FormatOf(const KindInfo& info, v1::DocumentFormat format) {
  const auto refused = [&] {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "format",
                      absl::StrCat("《", info.title, "》没有这种格式。"),
                      "The document does not come in this format.");
  };
  switch (format) {
    case v1::DOCUMENT_FORMAT_XLSX:
      if (!info.table) return refused();
      return document::Format::kXlsx;
    case v1::DOCUMENT_FORMAT_CSV:
      if (!info.table) return refused();
      return document::Format::kCsv;
    case v1::DOCUMENT_FORMAT_SVG:
      if (!info.picture) return refused();
      return document::Format::kSvg;
    case v1::DOCUMENT_FORMAT_PNG:
      if (!info.picture) return refused();
      return document::Format::kPng;
    default:
      return document::Format::kPdf;
  }
}

const char* ExtensionOf(document::Format format) {
  switch (format) {
    case document::Format::kXlsx:
      return ".xlsx";
    case document::Format::kCsv:
      return ".csv";
    case document::Format::kSvg:
      return ".svg";
    case document::Format::kPng:
      return ".png";
    case document::Format::kPdf:
      break;
  }
  return ".pdf";
}

const char* MediaTypeOf(document::Format format) {
  switch (format) {
    case document::Format::kXlsx:
      return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    case document::Format::kCsv:
      return "text/csv; charset=utf-8";
    case document::Format::kSvg:
      return "image/svg+xml";
    case document::Format::kPng:
      return "image/png";
    case document::Format::kPdf:
      break;
  }
  return "application/pdf";
}

}  // namespace lianfang::reporting::documents
