#include "services/risk/domain/volume_rules.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/crypto/sha256.h"
#include "common/message/canonical.h"
#include "common/status/error.h"

namespace lianfang::risk {

absl::Status CheckCompilable(risk::v1::VolumeKind kind, const std::vector<Papers>& papers) {
  const bool charts = kind == risk::v1::VOLUME_KIND_WORKFLOW_CHARTS;
  ErrorBuilder error(common::v1::ERROR_REASON_NOT_COMPILABLE,
                     charts ? "工作流程图尚未收齐，不能汇编。" : "职权目录尚未收齐，不能编制。",
                     "Not everything that belongs into the volume is filed.");
  bool complete = true;
  const auto miss = [&](const std::string& name, absl::string_view zh, absl::string_view en) {
    complete = false;
    error.Field(name, zh, en);
  };
  for (const Papers& of : papers) {
    if (of.has_posts && !of.handed_in && of.filed == 0 && of.pending.empty()) {
      miss(of.department, absl::StrCat(of.display_name, "尚未上交（没有的也要零报告）。"),
           "has handed in nothing, not even a nil return.");
    }
    for (const std::string& name : of.pending) {
      miss(name, absl::StrCat(of.display_name, "：尚未备案。"), "is not filed yet.");
    }
    for (const std::string& name : of.without_chart) {
      miss(name, absl::StrCat(of.display_name, "：该职权没有已备案的工作流程图。"),
           "is a power without a filed workflow chart.");
    }
    for (const auto& [chart, points] : of.unmarked) {
      miss(chart,
           absl::StrCat(of.display_name, "：流程图没有标出风险点 ", absl::StrJoin(points, "、"),
                        "。"),
           absl::StrCat("does not mark risk points: ", absl::StrJoin(points, ", "), "."));
    }
  }
  return complete ? absl::OkStatus() : error.Build();
}

std::string VolumeDigest(const risk::v1::Volume& volume) {
  risk::v1::Volume content;
  content.set_kind(volume.kind());
  content.set_year(volume.year());
  content.set_number(volume.number());
  *content.mutable_items() = volume.items();
  *content.mutable_nil_departments() = volume.nil_departments();
  return crypto::ToBytes(crypto::Sha256(message::Canonical(content)));
}

}  // namespace lianfang::risk
