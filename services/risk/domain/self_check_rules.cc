#include "services/risk/domain/self_check_rules.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/id.h"
#include "common/base/resource_name.h"
#include "common/crypto/sha256.h"
#include "common/status/error.h"
#include "services/risk/domain/categories.h"

namespace lianfang::risk {

using risk::v1::SelfCheck;
using risk::v1::SelfCheckRevision;

namespace {

absl::string_view Chinese(risk::v1::SelfCheckState state) {
  switch (state) {
    case risk::v1::SELF_CHECK_STATE_DRAFT:
      return "草稿";
    case risk::v1::SELF_CHECK_STATE_SUBMITTED:
      return "审核中";
    case risk::v1::SELF_CHECK_STATE_RETURNED:
      return "已退回";
    case risk::v1::SELF_CHECK_STATE_APPROVED:
      return "已通过";
    default:
      return "未知";
  }
}

absl::Status Illegal(const SelfCheck& form, absl::string_view zh, absl::string_view en) {
  return ErrorBuilder(
             common::v1::ERROR_REASON_ILLEGAL_TRANSITION,
             absl::StrCat("自查表目前为“", Chinese(form.state()), "”，", zh),
             absl::StrCat("The form is ", risk::v1::SelfCheckState_Name(form.state()), "; ", en))
      .Meta("resource", form.name())
      .Meta("state", risk::v1::SelfCheckState_Name(form.state()));
}

}  // namespace

absl::Status CheckEditable(const SelfCheck& form) {
  if (form.state() == risk::v1::SELF_CHECK_STATE_DRAFT ||
      form.state() == risk::v1::SELF_CHECK_STATE_RETURNED) {
    return absl::OkStatus();
  }
  return Illegal(form, "只有草稿或已退回的表可以修改和提交。",
                 "only a draft or a returned form may be changed or handed in.");
}

absl::Status CheckContent(const SelfCheck& form, absl::string_view unit_id,
                          absl::string_view path) {
  LF_RETURN_IF_ERROR(CheckUnit(form.person(), unit_id, absl::StrCat(path, ".person")));
  LF_RETURN_IF_ERROR(CheckUnit(form.post(), unit_id, absl::StrCat(path, ".post")));
  for (int i = 0; i < form.findings_size(); ++i) {
    LF_RETURN_IF_ERROR(CheckCategory(common::v1::RISK_LAYER_POST, form.findings(i).category(),
                                     absl::StrCat(path, ".findings[", i, "].category")));
  }
  return absl::OkStatus();
}

absl::StatusOr<SelfCheckRevision> Submit(const google::protobuf::Timestamp& now, SelfCheck* form) {
  LF_RETURN_IF_ERROR(CheckEditable(*form));
  if (form->findings().empty()) {
    return FieldError(common::v1::ERROR_REASON_REQUIRED_FIELD, "findings",
                      "提交前至少要填写一个风险点。",
                      "at least one finding must be given before the form is handed in.");
  }
  SelfCheckRevision revision;
  revision.set_revision(form->revision() + 1);
  revision.set_name(RevisionName(form->name(), revision.revision()));
  revision.set_self_check(form->name());
  *revision.mutable_submit_time() = now;
  revision.set_person(form->person());
  revision.set_post(form->post());
  revision.set_year(form->year());
  revision.set_duties(form->duties());
  if (form->has_conformity()) *revision.mutable_conformity() = form->conformity();
  *revision.mutable_findings() = form->findings();

  form->set_state(risk::v1::SELF_CHECK_STATE_SUBMITTED);
  form->set_revision(revision.revision());
  form->set_revision_digest(RevisionDigest(revision));
  *form->mutable_submit_time() = now;
  form->set_review(ReviewName(form->name(), revision.revision()));
  return revision;
}

absl::Status Withdraw(SelfCheck* form) {
  if (form->state() != risk::v1::SELF_CHECK_STATE_SUBMITTED) {
    return Illegal(*form, "只有审核中的表可以撤回。",
                   "only a form under review may be taken back.");
  }
  form->set_state(risk::v1::SELF_CHECK_STATE_DRAFT);
  return absl::OkStatus();
}

bool DecisionApplies(const SelfCheck& form, absl::string_view revision_digest) {
  return form.state() == risk::v1::SELF_CHECK_STATE_SUBMITTED && !revision_digest.empty() &&
         form.revision_digest() == revision_digest;
}

void Approve(absl::string_view comment, SelfCheck* form) {
  form->set_state(risk::v1::SELF_CHECK_STATE_APPROVED);
  form->set_review_comment(std::string(comment));
}

void Return(absl::string_view comment, SelfCheck* form) {
  form->set_state(risk::v1::SELF_CHECK_STATE_RETURNED);
  form->set_review_comment(std::string(comment));
}

std::string RevisionDigest(const SelfCheckRevision& revision) {
  return crypto::ToBytes(crypto::Sha256(revision.SerializeAsString()));
}

std::string RevisionName(absl::string_view self_check, int revision) {
  return absl::StrCat(self_check, "/revisions/", revision);
}

std::string ReviewName(absl::string_view self_check, int revision) {
  const std::string id = absl::StrCat(IdIn("selfChecks", self_check), "-r", revision);
  return RecordName(UnitIdOf(self_check), "reviews", FitId(id));
}

std::string FitId(absl::string_view id) {
  if (id.size() <= kMaxResourceIdBytes) return std::string(id);
  const std::string digest = absl::BytesToHexString(crypto::ToBytes(crypto::Sha256(id)));
  return absl::StrCat(id.substr(0, 46), "-", absl::string_view(digest).substr(0, 16));
}

}  // namespace lianfang::risk
