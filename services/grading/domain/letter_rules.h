// Responsibility letters as pure functions: who signs with whom along the chain, what a letter
// says, how it is signed and opened again.
// 「建立廉政风险分级管理责任制，组织签订廉政风险分级管理责任书，根据行政权力廉政风险的不同等级，实行分级负责」
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/grading/v1/responsibility.pb.h"
#include "services/grading/domain/cause.h"

namespace lianfang::grading {

// A department in use.
struct ChainDepartment {
  std::string name;
  std::string display_name;
  std::string head;            // empty: vacant
  std::string vice_principal;  // its own, or that of the nearest department above; empty: none
  common::v1::RiskLevel level = common::v1::RISK_LEVEL_UNSPECIFIED;
};

// A post in use.
struct ChainPost {
  std::string name;
  std::string display_name;
  std::string department;  // empty for the leadership
  std::vector<std::string> holders;
  common::v1::RiskLevel level = common::v1::RISK_LEVEL_UNSPECIFIED;
};

// Who answers to whom in a unit.
struct Chain {
  std::string unit_id;
  int year = 0;
  std::vector<std::string> principals;  // 校主要负责人
  std::vector<ChainDepartment> departments;
  std::vector<ChainPost> posts;
};

struct ChainLetters {
  std::vector<v1::ResponsibilityLetter> letters;  // content and names, no state
  std::vector<v1::LetterlessSubject> letterless;
};

// The letters that the chain asks for. Principal responsible persons answer for everything and sign
// as party A only. A leader in charge has one letter for his departments and his own posts; a head
// one for each department, with his posts in it; everybody else one for each post. Where a place is
// vacant the next above is party A.
ChainLetters DraftChain(const Chain& chain, const config::v1::LettersPolicy& policy);

// The letter after drafting; none when it says the same and holds. `earlier` is null for a new one.
std::optional<v1::ResponsibilityLetter> Redraft(const v1::ResponsibilityLetter* earlier,
                                                const v1::ResponsibilityLetter& drafted);

// The letter when its parties are no longer in the chain; none when it has expired already.
std::optional<v1::ResponsibilityLetter> Expire(const v1::ResponsibilityLetter& letter);

// The next revision of a letter whose ground changed: levels of its scope are what `levels` says
// (others stay), signatures are void, the causes are marks. None for an expired letter.
std::optional<v1::ResponsibilityLetter> Reopen(
    const v1::ResponsibilityLetter& letter,
    const std::map<std::string, common::v1::RiskLevel>& levels, const std::vector<Cause>& causes,
    const config::v1::LettersPolicy& policy, absl::Time now);

// The letter after the signature. Errors: NOT_RECORD_OWNER, ILLEGAL_TRANSITION (expired),
// REVISION_CHANGED, ALREADY_SIGNED, SIGNING_ORDER.
absl::StatusOr<v1::ResponsibilityLetter> Sign(const v1::ResponsibilityLetter& letter,
                                              const std::string& signer,
                                              const std::string& revision_digest, absl::Time now);

}  // namespace lianfang::grading
