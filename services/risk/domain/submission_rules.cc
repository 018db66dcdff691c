#include "services/risk/domain/submission_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/id.h"
#include "common/base/resource_name.h"
#include "common/crypto/sha256.h"
#include "common/message/canonical.h"
#include "common/status/error.h"
#include "services/risk/domain/categories.h"
#include "services/risk/domain/self_check_rules.h"

namespace lianfang::risk {

using common::v1::RiskLayer;
using risk::v1::Submission;

namespace {

// The one layer whose owners hand in the form; UNSPECIFIED: departments and the unit.
RiskLayer LayerOfForm(risk::v1::SubmissionKind kind) {
  switch (kind) {
    case risk::v1::SUBMISSION_KIND_POST_MEASURES:
      return common::v1::RISK_LAYER_POST;
    case risk::v1::SUBMISSION_KIND_DEPARTMENT_MEASURES:
      return common::v1::RISK_LAYER_DEPARTMENT;
    case risk::v1::SUBMISSION_KIND_UNIT_MEASURES:
      return common::v1::RISK_LAYER_UNIT;
    default:
      return common::v1::RISK_LAYER_UNSPECIFIED;
  }
}

absl::string_view FormName(risk::v1::SubmissionKind kind) {
  switch (kind) {
    case risk::v1::SUBMISSION_KIND_DEPARTMENT_RISKS:
      return "廉政风险排查登记表";
    case risk::v1::SUBMISSION_KIND_POWER_RISKS:
      return "职权运行风险排查登记表";
    case risk::v1::SUBMISSION_KIND_POWER_CATALOGUE:
      return "职权目录表";
    case risk::v1::SUBMISSION_KIND_WORKFLOW_CHARTS:
      return "工作流程图";
    case risk::v1::SUBMISSION_KIND_POST_MEASURES:
      return "岗位风险防控措施";
    case risk::v1::SUBMISSION_KIND_DEPARTMENT_MEASURES:
      return "科室风险防控措施";
    case risk::v1::SUBMISSION_KIND_UNIT_MEASURES:
      return "学校风险防控措施";
    default:
      return "";
  }
}

}  // namespace

RiskLayer LayerOf(absl::string_view owner) {
  if (IsValidResourceId(IdIn("posts", owner))) return common::v1::RISK_LAYER_POST;
  if (IsValidResourceId(IdIn("departments", owner))) return common::v1::RISK_LAYER_DEPARTMENT;
  if (IsValidResourceId(IdIn("", owner))) return common::v1::RISK_LAYER_UNIT;
  return common::v1::RISK_LAYER_UNSPECIFIED;
}

absl::Status CheckForm(const Submission& form, absl::string_view unit_id) {
  LF_RETURN_IF_ERROR(CheckUnit(form.owner(), unit_id, "submission.owner"));
  const RiskLayer layer = LayerOf(form.owner());
  const RiskLayer wanted = LayerOfForm(form.kind());
  const bool fits =
      wanted == common::v1::RISK_LAYER_UNSPECIFIED
          ? layer == common::v1::RISK_LAYER_DEPARTMENT || layer == common::v1::RISK_LAYER_UNIT
          : layer == wanted;
  if (!fits) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "submission.owner",
                      "这种表不由该层次（岗位、科室或单位）填报。",
                      "is of a layer (post, department or unit) that does not hand in this form.");
  }
  if (form.nil_return() && form.kind() != risk::v1::SUBMISSION_KIND_POWER_CATALOGUE &&
      form.kind() != risk::v1::SUBMISSION_KIND_WORKFLOW_CHARTS) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "submission.nil_return",
                      "只有职权目录表和工作流程图可以零报告。",
                      "is for the catalogue of powers and for workflow charts only.");
  }
  return absl::OkStatus();
}

grading::v1::RecordKind RecordKindOf(risk::v1::SubmissionKind kind) {
  switch (kind) {
    case risk::v1::SUBMISSION_KIND_DEPARTMENT_RISKS:
    case risk::v1::SUBMISSION_KIND_POWER_RISKS:
      return grading::v1::RECORD_KIND_RISK_POINT;
    case risk::v1::SUBMISSION_KIND_POWER_CATALOGUE:
      return grading::v1::RECORD_KIND_POWER;
    case risk::v1::SUBMISSION_KIND_WORKFLOW_CHARTS:
      return grading::v1::RECORD_KIND_WORKFLOW;
    case risk::v1::SUBMISSION_KIND_POST_MEASURES:
    case risk::v1::SUBMISSION_KIND_DEPARTMENT_MEASURES:
    case risk::v1::SUBMISSION_KIND_UNIT_MEASURES:
      return grading::v1::RECORD_KIND_MEASURE;
    default:
      return grading::v1::RECORD_KIND_UNSPECIFIED;
  }
}

grading::v1::OwnerKind OwnerKindOf(absl::string_view owner) {
  switch (LayerOf(owner)) {
    case common::v1::RISK_LAYER_DEPARTMENT:
      return grading::v1::OWNER_KIND_DEPARTMENT;
    case common::v1::RISK_LAYER_UNIT:
      return grading::v1::OWNER_KIND_UNIT;
    default:
      return grading::v1::OWNER_KIND_UNSPECIFIED;
  }
}

std::string TitleOf(const Submission& form, absl::string_view owner) {
  const std::string title = absl::StrCat(form.year(), "年", FormName(form.kind()), "：", owner);
  if (form.nil_return()) return absl::StrCat(title, "（零报告）");
  return absl::StrCat(title, "（", form.items_size(), "项）");
}

std::string FormDigest(const Submission& form) {
  Submission content;
  content.set_name(form.name());
  content.set_kind(form.kind());
  content.set_owner(form.owner());
  content.set_year(form.year());
  content.set_nil_return(form.nil_return());
  content.set_note(form.note());
  content.set_revision(form.revision());
  *content.mutable_items() = form.items();
  return crypto::ToBytes(crypto::Sha256(message::Canonical(content)));
}

std::string FormReviewName(absl::string_view form, int revision) {
  const std::string id = absl::StrCat(IdIn("submissions", form), "-s", revision);
  return RecordName(UnitIdOf(form), "reviews", FitId(id));
}

absl::Status Withdraw(Submission* form) {
  if (form->state() != risk::v1::SUBMISSION_STATE_SUBMITTED) {
    return ErrorBuilder(common::v1::ERROR_REASON_ILLEGAL_TRANSITION, "只有审核中的表可以撤回。",
                        "Only a form under review may be taken back.")
        .Meta("resource", form->name())
        .Meta("state", risk::v1::SubmissionState_Name(form->state()));
  }
  form->set_state(risk::v1::SUBMISSION_STATE_WITHDRAWN);
  return absl::OkStatus();
}

bool DecisionApplies(const Submission& form, absl::string_view revision_digest) {
  return form.state() == risk::v1::SUBMISSION_STATE_SUBMITTED && !revision_digest.empty() &&
         form.revision_digest() == revision_digest;
}

}  // namespace lianfang::risk
