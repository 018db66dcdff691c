#include "services/risk/risk_kinds.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/base/resource_name.h"
#include "lianfang/risk/v1/feedback.pb.h"
#include "lianfang/risk/v1/power.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "lianfang/risk/v1/submission.pb.h"

namespace lianfang::risk::schema {
std::span<const lianfang::EmbeddedFile> Files();
}  // namespace lianfang::risk::schema

namespace lianfang::risk {

const store::RecordKind& SelfCheckKind() {
  static const auto& kind =
      *new store::RecordKind("self_checks", "selfChecks", v1::SelfCheck::default_instance(),
                             {"person", "post", "year", "state"});
  return kind;
}

const store::RecordKind& SelfCheckRevisionKind() {
  static const auto& kind = *new store::RecordKind("self_check_revisions", "selfChecks",
                                                   v1::SelfCheckRevision::default_instance(),
                                                   {"self_check"}, &RevisionId);
  return kind;
}

const store::RecordKind& RiskPointKind() {
  static const auto& kind =
      *new store::RecordKind("risk_points", "riskPoints", v1::RiskPoint::default_instance(),
                             {"layer", "owner", "year", "state", "power"});
  return kind;
}

const store::RecordKind& MeasureKind() {
  static const auto& kind = *new store::RecordKind(
      "measures", "measures", v1::Measure::default_instance(), {"risk_point", "state"});
  return kind;
}

const store::RecordKind& PowerKind() {
  static const auto& kind = *new store::RecordKind(
      "powers", "powers", v1::Power::default_instance(), {"department", "state"});
  return kind;
}

const store::RecordKind& WorkflowKind() {
  static const auto& kind = *new store::RecordKind(
      "workflows", "workflows", v1::Workflow::default_instance(), {"power", "department", "state"});
  return kind;
}

const store::RecordKind& VolumeKind() {
  static const auto& kind = *new store::RecordKind(
      "volumes", "volumes", v1::Volume::default_instance(), {"kind", "year"});
  return kind;
}

const store::RecordKind& SubmissionKind() {
  static const auto& kind =
      *new store::RecordKind("submissions", "submissions", v1::Submission::default_instance(),
                             {"kind", "owner", "year", "state", "submitter"});
  return kind;
}

const store::RecordKind& FeedbackKind() {
  static const auto& kind = *new store::RecordKind(
      "feedback", "feedback", v1::Feedback::default_instance(), {"owner", "state", "code_digest"});
  return kind;
}

std::span<const store::RecordKind* const> Kinds() {
  static const store::RecordKind* const kinds[] = {
      &SelfCheckKind(), &SelfCheckRevisionKind(), &RiskPointKind(), &MeasureKind(),
      &PowerKind(),     &WorkflowKind(),          &VolumeKind(),    &SubmissionKind(),
      &FeedbackKind()};
  return kinds;
}

std::string RevisionId(absl::string_view name) {
  const std::vector<absl::string_view> parts =
      absl::StrSplit(IdIn("selfChecks", name), absl::MaxSplits('/', 2));
  int number = 0;
  if (parts.size() != 3 || parts[0].empty() || parts[1] != "revisions" ||
      !absl::SimpleAtoi(parts[2], &number) || number < 1 || absl::StrCat(number) != parts[2]) {
    return std::string();
  }
  return absl::StrFormat("%s/%010d", parts[0], number);
}

std::span<const EmbeddedFile> Schema() { return schema::Files(); }

}  // namespace lianfang::risk
