#include "services/reporting/documents/domain/build.h"

#include "absl/strings/str_cat.h"
#include "common/status/error.h"

namespace lianfang::reporting::documents {
namespace {

using Builder = absl::StatusOr<document::Document> (*)(const Facts&);

// By number of the kind.
constexpr Builder kBuilders[] = {
    nullptr,
    BuildSelfChecks,
    BuildDepartmentRisks,
    BuildPowerRisks,
    BuildPowerCatalogue,
    BuildRiskSummary,
    BuildStatistics,
    BuildTaskBreakdown,
    BuildPostDuties,
    BuildWorkflowCharts,
    BuildSigns,
    BuildSigns,
    BuildLetters,
    BuildSelfInspections,
    BuildRectificationNotice,
    BuildPublicNotice,
    BuildRiskPlots,
    BuildProgressPlot,
};
static_assert(std::size(kBuilders) == v1::DocumentKind_ARRAYSIZE);

// What a PDF of them takes stays below half a gigabyte.
constexpr size_t kMaxRows = 5000;
constexpr size_t kMaxSections = 1000;

}  // namespace

absl::Status NothingConfirmed(const Facts& facts) {
  return ErrorBuilder(
             common::v1::ERROR_REASON_RESOURCE_NOT_FOUND,
             facts.draft ? absl::StrCat("没有可以写入《", facts.kind->title, "》的记录。")
                         : absl::StrCat("没有已经审定、可以写入《", facts.kind->title,
                                        "》的记录；可先出草稿。"),
             facts.draft ? "There is no record for this document."
                         : "There is no confirmed record for this document; a draft may have some.")
      .Meta("resource", facts.scope.name);
}

absl::StatusOr<document::Document> Build(const Facts& facts) {
  LF_ASSIGN_OR_RETURN(document::Document document, kBuilders[facts.kind->kind](facts));
  size_t rows = 0;
  for (const document::Section& section : document.sections) {
    for (const document::Block& block : section.blocks) {
      if (const auto* table = std::get_if<document::Table>(&block)) rows += table->rows.size();
    }
  }
  if (rows > kMaxRows || document.sections.size() > kMaxSections) {
    return FieldError(
        common::v1::ERROR_REASON_INVALID_FIELD, "scope",
        absl::StrCat("一份文书最多 ", kMaxRows, " 行、", kMaxSections, " 份表；请按处室分别出具。"),
        absl::StrCat("A document holds at most ", kMaxRows, " rows and ", kMaxSections,
                     " forms; ask for departments one by one."));
  }
  return document;
}

}  // namespace lianfang::reporting::documents
