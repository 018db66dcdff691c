#include "services/grading/domain/grade.h"

#include <algorithm>

#include "absl/numeric/bits.h"
#include "absl/strings/str_cat.h"
#include "common/base/utf8.h"
#include "common/status/error.h"

namespace lianfang::grading {
namespace {

using common::v1::RiskLevel;
using enum common::v1::RiskLevel;

constexpr int kFunctions = common::v1::PostFunction_ARRAYSIZE;
static_assert(kFunctions <= 32, "functions are bits of a uint32_t");

// In the order of PostFunction, in the scheme's words.
constexpr absl::string_view kFunctionNames[kFunctions] = {
    "",
    "执法权",
    "投资决策权",
    "财务",
    "物资采购",
    "基建维修",
    "工程招投标",
    "重要项目管理",
    "工程建设基建",
    "招生",
    "招聘",
    "与教职工教育教学生活密切相关",
    "一般经济管理",
    "社会事务管理",
    "公共服务",
};
constexpr absl::string_view kLikelihoodNames[] = {"", "可能性小", "可能性一般", "可能性较大",
                                                  "完全可能"};
constexpr absl::string_view kConsequenceNames[] = {"", "较轻", "一般", "较大", "重大"};
static_assert(std::size(kLikelihoodNames) == risk::v1::Likelihood_ARRAYSIZE);
static_assert(std::size(kConsequenceNames) == risk::v1::Consequence_ARRAYSIZE);

// Limits of a profile; the same as in grading.proto, which the wrapper cannot apply to one item of
// a batch alone.
constexpr int kMaxPostBytes = 200;
constexpr int kMaxFunctions = 20;
constexpr int kMaxKinds = 10000;

// 1 is the highest level.
bool IsHigher(RiskLevel a, RiskLevel b) { return b == RISK_LEVEL_UNSPECIFIED || a < b; }

absl::Status Invalid(absl::string_view field, absl::string_view zh, absl::string_view en) {
  return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, field, zh, en);
}

absl::Status Unknown(absl::string_view field, int value) {
  return FieldError(common::v1::ERROR_REASON_UNKNOWN_ENUM_VALUE, field,
                    absl::StrCat("没有编号为 ", value, " 的选项。"),
                    absl::StrCat("has no value ", value, "."));
}

absl::Status CheckFactors(const risk::v1::RiskFactors& factors, absl::string_view at) {
  if (!risk::v1::Likelihood_IsValid(factors.likelihood())) {
    return Unknown(absl::StrCat(at, "likelihood"), factors.likelihood());
  }
  if (!risk::v1::Consequence_IsValid(factors.consequence())) {
    return Unknown(absl::StrCat(at, "consequence"), factors.consequence());
  }
  if (!risk::v1::ExerciseFrequency_IsValid(factors.exercise_frequency())) {
    return Unknown(absl::StrCat(at, "exercise_frequency"), factors.exercise_frequency());
  }
  return absl::OkStatus();
}

bool IsPlainAscii(absl::string_view text) {
  for (const char c : text) {
    if (c < 0x20 || c > 0x7e) return false;
  }
  return true;
}

absl::Status CheckProfile(const v1::PostProfile& profile) {
  if (profile.post().size() > kMaxPostBytes) {
    return Invalid("post", "文字过长：最多 200 字节。", "too long: at most 200 bytes.");
  }
  if (!IsPlainAscii(profile.post()) && HasControlCharacters(profile.post(), false)) {
    return Invalid("post", "含有不可见的控制字符。", "has control or invisible characters.");
  }
  if (profile.functions_size() > kMaxFunctions) {
    return Invalid("functions", "项数过多：最多 20 项。", "too many items: at most 20.");
  }
  if (profile.risks_size() > kMaxRisks) {
    return Invalid("risks", "项数过多：最多 200 项。", "too many items: at most 200.");
  }
  if (profile.risk_kind_count() < 0 || profile.risk_kind_count() > kMaxKinds) {
    return Invalid("risk_kind_count", "应在 0 到 10000 之间。", "must be from 0 to 10000.");
  }
  return absl::OkStatus();
}

// 职能：财务、物资采购
void AppendFunctions(uint32_t functions, std::string* text) {
  text->append("职能：");
  for (bool first = true; functions != 0; functions &= functions - 1, first = false) {
    if (!first) text->append("、");
    const absl::string_view name = kFunctionNames[absl::countr_zero(functions)];
    text->append(name.data(), name.size());
  }
}

// Appends a reason; moves it to the front when it asks for more than what decided so far.
v1::GradeReason* AddReason(const std::string& rule_id, RiskLevel level, const std::string& clause,
                           v1::PostGrade* out) {
  v1::GradeReason* reason = out->add_reasons();
  reason->set_rule_id(rule_id);
  reason->set_level(level);
  reason->set_clause(clause);
  if (IsHigher(level, out->level())) {
    out->set_level(level);
    for (int i = out->reasons_size() - 1; i > 0; --i) {
      out->mutable_reasons()->SwapElements(i, i - 1);
    }
  }
  return reason;
}

void ApplyRules(const v1::PostProfile& profile, uint32_t functions, const CompiledPolicy& policy,
                v1::PostGrade* out) {
  for (const CompiledPolicy::Rule& rule : policy.rules()) {
    const uint32_t matched = rule.functions & functions;
    const bool head = rule.unit_head && profile.is_unit_head();
    // 「除高、中级以外的其它岗位」: only what no other rule names.
    const bool fires = rule.otherwise ? out->reasons().empty() : matched != 0 || head;
    if (!fires) continue;
    std::string* input = AddReason(rule.id, rule.level, rule.clause, out)->mutable_input();
    if (head) input->append("单位领导班子正职岗位");
    if (head && matched != 0) input->append("；");
    if (matched != 0) AppendFunctions(matched, input);
    if (rule.otherwise) {
      input->append(functions == 0 ? "无所列职能" : "职能不在高、中级所列范围");
    }
  }
  out->set_rule_floor(out->level());
}

void ApplyMatrix(const CompiledPolicy::Cell& cell, const CompiledPolicy& policy,
                 v1::PostGrade* out) {
  static const std::string* const id = new std::string("matrix");
  out->set_score(cell.score);
  AddReason(*id, cell.level, policy.source().matrix().clause(), out)->set_input(cell.input);
}

void ApplyCount(const v1::PostProfile& profile, const v1::CountRule& rule, v1::PostGrade* out) {
  static const std::string* const id = new std::string("count");
  static const std::string* const override_id = new std::string("count-override");
  const int kinds = profile.risk_kind_count();
  if (kinds > 0) {
    const RiskLevel level = kinds >= rule.high_from()     ? RISK_LEVEL_HIGH
                            : kinds >= rule.medium_from() ? RISK_LEVEL_MEDIUM
                                                          : RISK_LEVEL_LOW;
    absl::StrAppend(AddReason(*id, level, rule.clause(), out)->mutable_input(), "风险种类：",
                    kinds);
  }
  if (!rule.overrides()) return;
  const std::pair<bool, const char*> circumstances[] = {
      {profile.major_influence(), "对权力行使有重大影响"},
      {profile.unlimited_discretion(), "自由裁量权缺乏合理限制"},
      {profile.prior_misconduct(), "曾发生不廉洁行为"},
  };
  std::string* input = nullptr;
  for (const auto& [holds, name] : circumstances) {
    if (!holds) continue;
    if (input == nullptr) {
      input = AddReason(*override_id, RISK_LEVEL_HIGH, rule.clause(), out)->mutable_input();
    } else {
      input->append("、");
    }
    input->append(name);
  }
}

}  // namespace

CompiledPolicy::CompiledPolicy(const v1::GradingPolicy& policy)
    : source_(policy), version_(absl::StrCat(policy.id(), "@", policy.version())) {
  for (const v1::GradingRule& rule : policy.rules()) {
    uint32_t functions = 0;
    for (const int function : rule.any_function()) functions |= uint32_t{1} << function;
    rules_.push_back(
        {rule.id(), rule.clause(), rule.level(), functions, rule.unit_head(), rule.otherwise()});
  }
  std::stable_sort(rules_.begin(), rules_.end(), [](const Rule& a, const Rule& b) {
    return a.otherwise != b.otherwise ? b.otherwise : a.level < b.level;
  });
  for (const auto& l : policy.matrix().likelihood()) {
    for (const auto& c : policy.matrix().consequence()) {
      Cell& cell = cells_[l.likelihood()][c.consequence()];
      cell.score = l.points() * c.points();
      cell.level = cell.score >= policy.matrix().high_from()     ? RISK_LEVEL_HIGH
                   : cell.score >= policy.matrix().medium_from() ? RISK_LEVEL_MEDIUM
                                                                 : RISK_LEVEL_LOW;
      cell.input = absl::StrCat("风险：", kLikelihoodNames[l.likelihood()], "×",
                                kConsequenceNames[c.consequence()], "=", cell.score);
    }
  }
}

absl::Status Grade(const v1::PostProfile& profile, const CompiledPolicy& policy,
                   v1::PostGrade* out) {
  LF_RETURN_IF_ERROR(CheckProfile(profile));
  uint32_t functions = 0;
  for (int i = 0; i < profile.functions_size(); ++i) {
    const int function = profile.functions(i);
    if (function <= 0 || function >= kFunctions) {
      return Unknown(absl::StrCat("functions[", i, "]"), function);
    }
    functions |= uint32_t{1} << function;
  }
  const CompiledPolicy::Cell* worst = nullptr;
  for (int i = 0; i < profile.risks_size(); ++i) {
    const auto& factors = profile.risks(i);
    if (factors.likelihood() < 0 || factors.likelihood() >= CompiledPolicy::kLikelihoods ||
        factors.consequence() < 0 || factors.consequence() >= CompiledPolicy::kConsequences ||
        !risk::v1::ExerciseFrequency_IsValid(factors.exercise_frequency())) {
      return CheckFactors(factors, absl::StrCat("risks[", i, "]."));
    }
    const auto& cell = policy.cell(factors.likelihood(), factors.consequence());
    if (cell.level == RISK_LEVEL_UNSPECIFIED) continue;  // not assessed, or no matrix
    if (worst == nullptr || cell.score > worst->score) worst = &cell;
  }
  out->set_post(profile.post());
  ApplyRules(profile, functions, policy, out);
  if (worst != nullptr) ApplyMatrix(*worst, policy, out);
  if (policy.source().has_count()) ApplyCount(profile, policy.source().count(), out);
  out->set_grade_number(out->level());
  out->set_policy_version(policy.version());
  return absl::OkStatus();
}

absl::Status AssessRisk(const risk::v1::RiskFactors& factors, const CompiledPolicy& policy,
                        v1::AssessRiskResponse* out) {
  if (!policy.has_matrix()) {
    return FieldError(common::v1::ERROR_REASON_POLICY_NOT_FOUND, "policy",
                      "该评定规则没有风险矩阵。", "is a policy without a matrix.");
  }
  LF_RETURN_IF_ERROR(CheckFactors(factors, "factors."));
  for (const auto& [given, field] :
       {std::pair(int{factors.likelihood()}, "factors.likelihood"),
        std::pair(int{factors.consequence()}, "factors.consequence")}) {
    if (given == 0) {
      return FieldError(common::v1::ERROR_REASON_REQUIRED_FIELD, field, "必须填写。",
                        "must be given.");
    }
  }
  const auto& cell = policy.cell(factors.likelihood(), factors.consequence());
  out->set_level(cell.level);
  out->set_score(cell.score);
  out->set_policy_version(policy.version());
  v1::GradeReason* reason = out->mutable_reason();
  reason->set_rule_id("matrix");
  reason->set_level(cell.level);
  reason->set_clause(policy.source().matrix().clause());
  reason->set_input(cell.input);
  return absl::OkStatus();
}

absl::string_view LevelName(RiskLevel level) {
  switch (level) {
    case RISK_LEVEL_HIGH:
      return "高";
    case RISK_LEVEL_MEDIUM:
      return "中";
    case RISK_LEVEL_LOW:
      return "低";
    default:
      return "";
  }
}

}  // namespace lianfang::grading
