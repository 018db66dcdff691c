#include "services/grading/domain/letter_rules.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/crypto/sha256.h"
#include "common/message/canonical.h"
#include "common/review/marks.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "services/grading/domain/department_level.h"
#include "services/grading/domain/ids.h"

namespace lianfang::grading {
namespace {

using common::v1::RISK_LEVEL_UNSPECIFIED;
using common::v1::RiskLevel;
using google::protobuf::util::TimeUtil;
using v1::LetterlessSubject;
using v1::ResponsibilityLetter;

template <class Values, class Value>
bool Contains(const Values& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

void AddScope(absl::string_view subject, absl::string_view display_name, RiskLevel level,
              ResponsibilityLetter* letter) {
  v1::LetterScope* scope = letter->add_scope();
  scope->set_subject(std::string(subject));
  scope->set_display_name(std::string(display_name));
  scope->set_level(level);
}

// Level and clauses from the scope.
void Complete(const config::v1::LettersPolicy& policy, ResponsibilityLetter* letter) {
  std::set<int> levels;
  letter->clear_level();
  for (const v1::LetterScope& scope : letter->scope()) {
    letter->set_level(Higher(letter->level(), scope.level()));
    levels.insert(scope.level());
  }
  letter->set_grade_number(letter->level());
  letter->set_title(policy.title());
  letter->set_policy_version(absl::StrCat(policy.id(), "@", policy.version()));
  letter->clear_clauses();
  for (const auto& rule : policy.clauses()) {
    const bool tier = rule.tiers().empty() || Contains(rule.tiers(), int{letter->tier()});
    const bool level =
        rule.levels().empty() || std::any_of(rule.levels().begin(), rule.levels().end(),
                                             [&](int one) { return levels.contains(one); });
    if (!tier || !level) continue;
    v1::LetterClause* clause = letter->add_clauses();
    clause->set_text(rule.text());
    clause->set_source(rule.source());
  }
}

// What the parties sign, without who signed it and when.
ResponsibilityLetter ContentOf(const ResponsibilityLetter& letter) {
  ResponsibilityLetter content;
  content.set_name(letter.name());
  content.set_year(letter.year());
  content.set_tier(letter.tier());
  *content.mutable_party_a() = letter.party_a();
  content.set_party_b(letter.party_b());
  *content.mutable_scope() = letter.scope();
  content.set_level(letter.level());
  content.set_title(letter.title());
  *content.mutable_clauses() = letter.clauses();
  content.set_department(letter.department());
  return content;
}

// Begins the next revision with this content; nobody has signed it.
void OpenRevision(const ResponsibilityLetter& content, ResponsibilityLetter* letter) {
  letter->set_year(content.year());
  letter->set_tier(content.tier());
  *letter->mutable_party_a() = content.party_a();
  letter->set_party_b(content.party_b());
  *letter->mutable_scope() = content.scope();
  letter->set_level(content.level());
  letter->set_grade_number(content.level());
  letter->set_title(content.title());
  *letter->mutable_clauses() = content.clauses();
  letter->set_policy_version(content.policy_version());
  letter->set_department(content.department());
  const bool fresh = letter->state() == v1::LETTER_STATE_UNSPECIFIED ||
                     letter->state() == v1::LETTER_STATE_DRAFT ||
                     letter->state() == v1::LETTER_STATE_EXPIRED;
  letter->set_state(fresh ? v1::LETTER_STATE_DRAFT : v1::LETTER_STATE_REOPENED);
  letter->set_revision(letter->revision() + 1);
  letter->clear_signature_a();
  letter->clear_signature_b();
  ResponsibilityLetter bound = ContentOf(*letter);
  bound.set_revision(letter->revision());
  letter->set_revision_digest(crypto::ToBytes(crypto::Sha256(message::Canonical(bound))));
}

// Makes the letters of a chain.
class Drafter {
 public:
  Drafter(const Chain& chain, const config::v1::LettersPolicy& policy)
      : chain_(chain), policy_(policy) {
    for (const ChainDepartment& department : chain.departments) {
      by_name_[department.name] = &department;
      const std::string& leader = department.vice_principal;
      if (!leader.empty() && !IsPrincipal(leader)) in_charge_[leader].push_back(&department);
    }
  }

  ChainLetters Run() {
    for (const auto& [leader, departments] : in_charge_) ForLeader(leader, departments);
    for (const ChainDepartment& department : chain_.departments) ForHead(department);
    for (const ChainPost& post : chain_.posts) ForPost(post);
    return std::move(result_);
  }

 private:
  bool IsPrincipal(const std::string& person) const { return Contains(chain_.principals, person); }
  bool IsLeader(const std::string& person) const { return in_charge_.contains(person); }

  void Without(const std::string& subject, LetterlessSubject::Reason reason) {
    LetterlessSubject& one = result_.letterless.emplace_back();
    one.set_subject(subject);
    one.set_reason(reason);
  }

  // The nearest who can be party A for a person in a department: its head, the leader in charge,
  // the principals.
  std::vector<std::string> Above(const ChainDepartment* department, bool head,
                                 const std::string& person) const {
    if (department != nullptr) {
      if (head && !department->head.empty() && department->head != person) {
        return {department->head};
      }
      const std::string& leader = department->vice_principal;
      if (!leader.empty() && leader != person) return {leader};
    }
    std::vector<std::string> principals = chain_.principals;
    std::erase(principals, person);
    return principals;
  }

  void Add(v1::LetterTier tier, absl::string_view tier_id, absl::string_view subject,
           std::vector<std::string> party_a, const std::string& party_b,
           const std::string& department, ResponsibilityLetter letter) {
    letter.set_name(RecordName(chain_.unit_id, "responsibilityLetters",
                               LetterId(tier_id, subject, party_b, chain_.year)));
    letter.set_year(chain_.year);
    letter.set_tier(tier);
    std::sort(party_a.begin(), party_a.end());
    for (std::string& person : party_a) letter.add_party_a(std::move(person));
    letter.set_party_b(party_b);
    letter.set_department(department);
    Complete(policy_, &letter);
    result_.letters.push_back(std::move(letter));
  }

  void ForLeader(const std::string& leader,
                 const std::vector<const ChainDepartment*>& departments) {
    ResponsibilityLetter letter;
    bool graded = false;
    for (const ChainDepartment* department : departments) {
      graded |= department->level != RISK_LEVEL_UNSPECIFIED;
      AddScope(department->name, department->display_name, department->level, &letter);
    }
    for (const ChainPost& post : chain_.posts) {
      if (!post.department.empty() || !Contains(post.holders, leader)) continue;
      graded |= post.level != RISK_LEVEL_UNSPECIFIED;
      AddScope(post.name, post.display_name, post.level, &letter);
    }
    // Which departments are not graded is said with their heads' letters.
    if (!graded) return;
    std::vector<std::string> party_a = Above(nullptr, false, leader);
    if (party_a.empty()) {
      Without(departments.front()->name, LetterlessSubject::REASON_NO_PARTY_A);
      return;
    }
    Add(v1::LETTER_TIER_VICE_PRINCIPAL, "vp", UnitName(chain_.unit_id), std::move(party_a), leader,
        "", std::move(letter));
  }

  void ForHead(const ChainDepartment& department) {
    if (department.head.empty()) {
      Without(department.name, LetterlessSubject::REASON_VACANT);
      return;
    }
    if (IsPrincipal(department.head)) return;
    if (department.level == RISK_LEVEL_UNSPECIFIED) {
      Without(department.name, LetterlessSubject::REASON_NOT_GRADED);
      return;
    }
    std::vector<std::string> party_a = Above(&department, false, department.head);
    if (party_a.empty()) {
      Without(department.name, LetterlessSubject::REASON_NO_PARTY_A);
      return;
    }
    ResponsibilityLetter letter;
    AddScope(department.name, department.display_name, department.level, &letter);
    for (const ChainPost& post : chain_.posts) {
      if (post.department == department.name && Contains(post.holders, department.head)) {
        AddScope(post.name, post.display_name, post.level, &letter);
      }
    }
    Add(v1::LETTER_TIER_DEPARTMENT_HEAD, "head", department.name, std::move(party_a),
        department.head, department.name, std::move(letter));
  }

  void ForPost(const ChainPost& post) {
    const auto found = by_name_.find(post.department);
    const ChainDepartment* department = found == by_name_.end() ? nullptr : found->second;
    if (post.holders.empty()) {
      Without(post.name, LetterlessSubject::REASON_VACANT);
      return;
    }
    for (const std::string& holder : post.holders) {
      const bool covered = IsPrincipal(holder) || (department == nullptr && IsLeader(holder)) ||
                           (department != nullptr && department->head == holder);
      if (covered) continue;
      if (post.level == RISK_LEVEL_UNSPECIFIED) {
        Without(post.name, LetterlessSubject::REASON_NOT_GRADED);
        return;
      }
      std::vector<std::string> party_a = Above(department, true, holder);
      if (party_a.empty()) {
        Without(post.name, LetterlessSubject::REASON_NO_PARTY_A);
        return;
      }
      ResponsibilityLetter letter;
      AddScope(post.name, post.display_name, post.level, &letter);
      Add(v1::LETTER_TIER_POST_HOLDER, "post", post.name, std::move(party_a), holder,
          post.department, std::move(letter));
    }
  }

  const Chain& chain_;
  const config::v1::LettersPolicy& policy_;
  std::map<std::string, const ChainDepartment*> by_name_;
  std::map<std::string, std::vector<const ChainDepartment*>> in_charge_;  // by leader
  ChainLetters result_;
};

absl::Status AlreadySigned() {
  return MakeError(common::v1::ERROR_REASON_ALREADY_SIGNED, "本方已经签字。",
                   "The party has signed this revision already.");
}

}  // namespace

ChainLetters DraftChain(const Chain& chain, const config::v1::LettersPolicy& policy) {
  return Drafter(chain, policy).Run();
}

std::optional<ResponsibilityLetter> Redraft(const ResponsibilityLetter* earlier,
                                            const ResponsibilityLetter& drafted) {
  if (earlier != nullptr && earlier->state() != v1::LETTER_STATE_EXPIRED &&
      message::Canonical(ContentOf(*earlier)) == message::Canonical(ContentOf(drafted))) {
    return std::nullopt;
  }
  ResponsibilityLetter next = earlier == nullptr ? ResponsibilityLetter() : *earlier;
  next.set_name(drafted.name());
  OpenRevision(drafted, &next);
  return next;
}

std::optional<ResponsibilityLetter> Expire(const ResponsibilityLetter& letter) {
  if (letter.state() == v1::LETTER_STATE_EXPIRED) return std::nullopt;
  ResponsibilityLetter next = letter;
  next.set_state(v1::LETTER_STATE_EXPIRED);
  next.clear_marks();
  return next;
}

std::optional<ResponsibilityLetter> Reopen(const ResponsibilityLetter& letter,
                                           const std::map<std::string, RiskLevel>& levels,
                                           const std::vector<Cause>& causes,
                                           const config::v1::LettersPolicy& policy,
                                           absl::Time now) {
  if (letter.state() == v1::LETTER_STATE_EXPIRED) return std::nullopt;
  ResponsibilityLetter content = letter;
  for (v1::LetterScope& scope : *content.mutable_scope()) {
    const auto level = levels.find(scope.subject());
    if (level != levels.end()) scope.set_level(level->second);
  }
  // Only another level is another text; what was agreed else is the policy's of its day.
  if (!levels.empty()) Complete(policy, &content);
  ResponsibilityLetter next = letter;
  OpenRevision(content, &next);
  for (const Cause& cause : causes) {
    review::AddMark(cause.cause, cause.source, cause.reason, now, next.mutable_marks());
  }
  return next;
}

absl::StatusOr<ResponsibilityLetter> Sign(const ResponsibilityLetter& letter,
                                          const std::string& signer,
                                          const std::string& revision_digest, absl::Time now) {
  const bool party_a = Contains(letter.party_a(), signer);
  if (!party_a && signer != letter.party_b()) {
    return MakeError(common::v1::ERROR_REASON_NOT_RECORD_OWNER, "您不是本责任书的签订人。",
                     "The caller is neither party of the letter.");
  }
  if (letter.state() == v1::LETTER_STATE_EXPIRED) {
    return MakeError(common::v1::ERROR_REASON_ILLEGAL_TRANSITION, "责任书已经失效。",
                     "The letter has expired.");
  }
  if (revision_digest != letter.revision_digest()) {
    return FieldError(common::v1::ERROR_REASON_REVISION_CHANGED, "revision_digest",
                      "与责任书现在的内容不一致，请重新阅读后再签字。",
                      "is not the digest of the letter as it is; read it again.");
  }
  if (party_a ? letter.has_signature_a() : letter.has_signature_b()) return AlreadySigned();
  if (!party_a && !letter.has_signature_a()) {
    return MakeError(common::v1::ERROR_REASON_SIGNING_ORDER, "请甲方先签字。",
                     "Party A signs first.");
  }
  ResponsibilityLetter next = letter;
  auto* signature = party_a ? next.mutable_signature_a() : next.mutable_signature_b();
  signature->set_signer(signer);
  if (!party_a && letter.tier() == v1::LETTER_TIER_POST_HOLDER && letter.scope_size() == 1) {
    signature->set_post(letter.scope(0).subject());
  }
  signature->set_revision(letter.revision());
  signature->set_revision_digest(letter.revision_digest());
  *signature->mutable_time() = TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now));
  next.set_state(party_a ? v1::LETTER_STATE_SIGNED_BY_PARTY_A : v1::LETTER_STATE_IN_FORCE);
  if (!party_a) next.clear_marks();
  return next;
}

}  // namespace lianfang::grading
