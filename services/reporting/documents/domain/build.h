// Documents from facts. Pure: the same facts give the same document.
#pragma once

#include "absl/status/statusor.h"
#include "common/document/model.h"
#include "services/reporting/documents/domain/facts.h"

namespace lianfang::reporting::documents {

// RESOURCE_NOT_FOUND where there is nothing that such a document could be made of; INVALID_FIELD
// for more than a document holds.
absl::StatusOr<document::Document> Build(const Facts& facts);

// One for each kind, by family.
absl::StatusOr<document::Document> BuildSelfChecks(const Facts& facts);
absl::StatusOr<document::Document> BuildDepartmentRisks(const Facts& facts);
absl::StatusOr<document::Document> BuildPowerRisks(const Facts& facts);
absl::StatusOr<document::Document> BuildPowerCatalogue(const Facts& facts);
absl::StatusOr<document::Document> BuildRiskSummary(const Facts& facts);
absl::StatusOr<document::Document> BuildStatistics(const Facts& facts);
absl::StatusOr<document::Document> BuildTaskBreakdown(const Facts& facts);
absl::StatusOr<document::Document> BuildPostDuties(const Facts& facts);
absl::StatusOr<document::Document> BuildWorkflowCharts(const Facts& facts);
absl::StatusOr<document::Document> BuildSigns(const Facts& facts);
absl::StatusOr<document::Document> BuildLetters(const Facts& facts);
absl::StatusOr<document::Document> BuildSelfInspections(const Facts& facts);
absl::StatusOr<document::Document> BuildRectificationNotice(const Facts& facts);
absl::StatusOr<document::Document> BuildPublicNotice(const Facts& facts);
absl::StatusOr<document::Document> BuildRiskPlots(const Facts& facts);
absl::StatusOr<document::Document> BuildProgressPlot(const Facts& facts);

// The error of a document that would have no content.
absl::Status NothingConfirmed(const Facts& facts);
// 附件11 as it stands in a report: its parts, one below the other.
std::vector<document::Block> StatisticsBlocks(const Facts& facts);
document::Table StatisticsTable(const Facts& facts);

}  // namespace lianfang::reporting::documents
