// The grading rule as pure functions: what a post is and does, and a policy, give a level and the
// reasons for it. Compiled once, then shared by all threads.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lianfang/common/v1/types.pb.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/risk/v1/risk.pb.h"

namespace lianfang::grading {

// Most risks that a profile holds; see PostProfile.
inline constexpr int kMaxRisks = 200;

// A grading policy made ready: functions as bits, texts put together. Immutable.
class CompiledPolicy {
 public:
  // `policy` must have passed policy::CheckGrading.
  explicit CompiledPolicy(const v1::GradingPolicy& policy);

  const v1::GradingPolicy& source() const { return source_; }
  // `{id}@{version}`.
  const std::string& version() const { return version_; }

  struct Rule {
    std::string id;
    std::string clause;
    common::v1::RiskLevel level;
    uint32_t functions;  // one bit a function, by its number
    bool unit_head;
    bool otherwise;
  };
  // Highest level first; rules of one level in the policy's order; the `otherwise` rule last.
  const std::vector<Rule>& rules() const { return rules_; }

  static constexpr int kLikelihoods = risk::v1::Likelihood_ARRAYSIZE;
  static constexpr int kConsequences = risk::v1::Consequence_ARRAYSIZE;
  // What one combination of the matrix gives; `level` is unspecified where a factor is.
  struct Cell {
    double score = 0;
    common::v1::RiskLevel level = common::v1::RISK_LEVEL_UNSPECIFIED;
    std::string input;  // 风险：完全可能×重大=1000
  };
  bool has_matrix() const { return source_.has_matrix(); }
  const Cell& cell(int likelihood, int consequence) const {
    return cells_[likelihood][consequence];
  }

 private:
  v1::GradingPolicy source_;
  std::string version_;
  std::vector<Rule> rules_;
  std::array<std::array<Cell, kConsequences>, kLikelihoods> cells_;
};

// Grades one post. The level is the highest that a rule, the matrix (highest L×C of the risks whose
// two factors are assessed) or the number of kinds of risk asks for; the reasons are all that
// fired, the deciding one first. `out` is empty before; on an error its content means nothing.
// Errors: UNKNOWN_ENUM_VALUE (a function or factor that is unspecified or unknown; an unspecified
// factor is none), INVALID_FIELD (label or numbers outside their limits); fields are paths in the
// profile.
absl::Status Grade(const v1::PostProfile& profile, const CompiledPolicy& policy,
                   v1::PostGrade* out);

// Level of one risk by the policy's matrix. Errors: POLICY_NOT_FOUND (no matrix), REQUIRED_FIELD,
// UNKNOWN_ENUM_VALUE.
absl::Status AssessRisk(const risk::v1::RiskFactors& factors, const CompiledPolicy& policy,
                        v1::AssessRiskResponse* out);

// A level in Chinese, 高 中 低; empty for none.
absl::string_view LevelName(common::v1::RiskLevel level);

}  // namespace lianfang::grading
