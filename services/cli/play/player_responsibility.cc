// Warning signs and responsibility letters. 「建立廉政风险预警系统」 「实行廉政风险分级管理」
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/cli/play/player.h"

namespace lianfang::cli {
namespace {

using ResponsibilityStub = grading::v1::ResponsibilityService::Stub;
using grading::v1::ResponsibilityLetter;
using grading::v1::WarningSign;

bool IsToMake(const WarningSign& sign) {
  return sign.state() == grading::v1::WARNING_SIGN_STATE_GENERATED ||
         sign.state() == grading::v1::WARNING_SIGN_STATE_REVISED;
}

bool IsToSign(const ResponsibilityLetter& letter) {
  return letter.state() == grading::v1::LETTER_STATE_DRAFT ||
         letter.state() == grading::v1::LETTER_STATE_SIGNED_BY_PARTY_A ||
         letter.state() == grading::v1::LETTER_STATE_REOPENED;
}

}  // namespace

absl::StatusOr<StageResult> Player::MakeSigns(StageProgress& progress) {
  grading::v1::ListWarningSignsRequest list;
  list.set_year(sample_.year.year());
  LF_ASSIGN_OR_RETURN(
      const auto signs,
      All<WarningSign>(responsibility_, &ResponsibilityStub::ListWarningSigns,
                       &grading::v1::ListWarningSignsResponse::mutable_warning_signs, list));
  std::vector<WarningSign> to_do;
  for (const auto& [name, sign] : signs) {
    if (IsToMake(sign) || sign.state() == grading::v1::WARNING_SIGN_STATE_PRODUCED) {
      to_do.push_back(sign);
    }
  }
  const absl::Status worked =
      ForEach<WarningSign>(to_do, progress, [&](const WarningSign& found) -> absl::Status {
        WarningSign sign = found;
        if (IsToMake(sign)) {
          grading::v1::ProduceWarningSignRequest produce;
          produce.set_name(sign.name());
          produce.set_etag(sign.etag());
          produce.set_phone(sample_.year.supervision_phone());
          LF_ASSIGN_OR_RETURN(
              const auto produced,
              Change(Office(), responsibility_, &ResponsibilityStub::ProduceWarningSign, produce));
          sign = produced.warning_sign();
        }
        grading::v1::DisplayWarningSignRequest display;
        display.set_name(sign.name());
        display.set_etag(sign.etag());
        return Change(Office(), responsibility_, &ResponsibilityStub::DisplayWarningSign, display)
            .status();
      });
  LF_RETURN_IF_ERROR(worked);
  return StageResult{.done = static_cast<int64_t>(to_do.size()),
                     .found = static_cast<int64_t>(signs.size() - to_do.size())};
}

absl::StatusOr<StageResult> Player::SignLetters(StageProgress& progress) {
  const auto list_letters = [this] {
    grading::v1::ListLettersRequest list;
    list.set_year(sample_.year.year());
    return All<ResponsibilityLetter>(
        responsibility_, &ResponsibilityStub::ListLetters,
        &grading::v1::ListLettersResponse::mutable_responsibility_letters, list);
  };
  LF_ASSIGN_OR_RETURN(auto letters, list_letters());
  if (letters.empty()) {
    grading::v1::DraftLettersRequest request;
    request.set_parent(unit_);
    request.set_year(sample_.year.year());
    LF_RETURN_IF_ERROR(
        Change(Office(), responsibility_, &ResponsibilityStub::DraftLetters, request).status());
    LF_ASSIGN_OR_RETURN(letters, list_letters());
  }
  std::vector<ResponsibilityLetter> to_do;
  for (const auto& [name, letter] : letters) {
    if (IsToSign(letter)) to_do.push_back(letter);
  }
  const absl::Status worked = ForEach<ResponsibilityLetter>(
      to_do, progress, [&](const ResponsibilityLetter& found) -> absl::Status {
        ResponsibilityLetter letter = found;
        // Party A first: who asks for the responsibility signs before who takes it.
        for (const std::string& signer : {letter.party_a(0), letter.party_b()}) {
          if (signer != letter.party_b() && letter.has_signature_a()) continue;
          grading::v1::SignLetterRequest request;
          request.set_name(letter.name());
          request.set_etag(letter.etag());
          request.set_revision_digest(letter.revision_digest());
          LF_ASSIGN_OR_RETURN(const auto is_signed,
                              Change(actors_.As(signer, "staff"), responsibility_,
                                     &ResponsibilityStub::SignLetter, request));
          letter = is_signed.responsibility_letter();
        }
        return absl::OkStatus();
      });
  LF_RETURN_IF_ERROR(worked);
  return StageResult{.done = static_cast<int64_t>(to_do.size()),
                     .found = static_cast<int64_t>(letters.size() - to_do.size())};
}

}  // namespace lianfang::cli
