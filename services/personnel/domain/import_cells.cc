#include "services/personnel/domain/import_cells.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/directory/date.h"

namespace lianfang::personnel {
namespace {

template <class E>
struct Word {
  absl::string_view text;
  E value;
};

constexpr Word<v1::DepartmentKind> kDepartmentKinds[] = {
    {"处室", v1::DEPARTMENT_KIND_OFFICE},
    {"科室", v1::DEPARTMENT_KIND_SECTION},
    {"教研组", v1::DEPARTMENT_KIND_SECTION},
};

constexpr Word<v1::LeadingGroupRole> kRoles[] = {
    {"组长", v1::LEADING_GROUP_ROLE_LEADER},
    {"副组长", v1::LEADING_GROUP_ROLE_DEPUTY_LEADER},
    {"成员", v1::LEADING_GROUP_ROLE_MEMBER},
    {"办公室主任", v1::LEADING_GROUP_ROLE_OFFICE_DIRECTOR},
    {"办公室成员", v1::LEADING_GROUP_ROLE_OFFICE_MEMBER},
    {"防控办主任", v1::LEADING_GROUP_ROLE_OFFICE_DIRECTOR},
    {"防控办成员", v1::LEADING_GROUP_ROLE_OFFICE_MEMBER},
};

constexpr Word<common::v1::PostFunction> kFunctions[] = {
    {"执法权", common::v1::POST_FUNCTION_LAW_ENFORCEMENT},
    {"投资决策权", common::v1::POST_FUNCTION_INVESTMENT_DECISION},
    {"财务", common::v1::POST_FUNCTION_FINANCE},
    {"物资采购", common::v1::POST_FUNCTION_PROCUREMENT},
    {"基建维修", common::v1::POST_FUNCTION_INFRASTRUCTURE_REPAIR},
    {"工程招投标", common::v1::POST_FUNCTION_PROJECT_BIDDING},
    {"重要项目管理", common::v1::POST_FUNCTION_KEY_PROJECT_MANAGEMENT},
    {"工程建设基建", common::v1::POST_FUNCTION_CONSTRUCTION},
    {"招生", common::v1::POST_FUNCTION_ADMISSIONS},
    {"招聘", common::v1::POST_FUNCTION_RECRUITMENT},
    {"与教职工教育教学生活密切相关", common::v1::POST_FUNCTION_STAFF_LIFE},
    {"一般经济管理", common::v1::POST_FUNCTION_GENERAL_ECONOMIC_MANAGEMENT},
    {"社会事务管理", common::v1::POST_FUNCTION_SOCIAL_AFFAIRS_MANAGEMENT},
    {"公共服务", common::v1::POST_FUNCTION_PUBLIC_SERVICE},
};

constexpr Word<bool> kYesNo[] = {
    {"", false}, {"是", true}, {"否", false}, {"true", true}, {"false", false},
    {"1", true}, {"0", false}, {"yes", true}, {"no", false},
};

template <class E, size_t N>
std::optional<E> Find(const Word<E> (&words)[N], absl::string_view text) {
  for (const Word<E>& word : words) {
    if (word.text == text) return word.value;
  }
  return std::nullopt;
}

// The first word of a value; empty for none.
template <class E, size_t N>
absl::string_view FirstWord(const Word<E> (&words)[N], E value) {
  for (const Word<E>& word : words) {
    if (word.value == value) return word.text;
  }
  return "";
}

// The first words of all values.
template <class E, size_t N>
std::vector<absl::string_view> FirstWords(const Word<E> (&words)[N]) {
  std::vector<absl::string_view> first;
  for (const Word<E>& word : words) {
    if (FirstWord(words, word.value) == word.text) first.push_back(word.text);
  }
  return first;
}

// An enum value by its name, with or without `prefix`; never the unspecified one.
template <class E, class Parse>
std::optional<E> ByName(absl::string_view text, absl::string_view prefix, Parse parse) {
  std::string name = absl::AsciiStrToUpper(text);
  if (!absl::StartsWith(name, prefix)) name = absl::StrCat(prefix, name);
  E value{};
  if (!parse(name, &value) || value == E{}) return std::nullopt;
  return value;
}

}  // namespace

absl::string_view WordOf(v1::DepartmentKind kind) { return FirstWord(kDepartmentKinds, kind); }
absl::string_view WordOf(v1::LeadingGroupRole role) { return FirstWord(kRoles, role); }
absl::string_view WordOf(common::v1::PostFunction function) {
  return FirstWord(kFunctions, function);
}

std::vector<absl::string_view> DepartmentKindWords() { return FirstWords(kDepartmentKinds); }
std::vector<absl::string_view> RoleWords() { return FirstWords(kRoles); }
std::vector<absl::string_view> FunctionWords() { return FirstWords(kFunctions); }

std::optional<bool> ParseYesNo(absl::string_view cell) {
  return Find(kYesNo, absl::AsciiStrToLower(TrimCell(cell)));
}

std::optional<v1::DepartmentKind> ParseDepartmentKind(absl::string_view cell) {
  const absl::string_view text = TrimCell(cell);
  if (const auto found = Find(kDepartmentKinds, text)) return found;
  return ByName<v1::DepartmentKind>(text, "DEPARTMENT_KIND_", &v1::DepartmentKind_Parse);
}

std::optional<v1::LeadingGroupRole> ParseRole(absl::string_view cell) {
  const absl::string_view text = TrimCell(cell);
  if (const auto found = Find(kRoles, text)) return found;
  return ByName<v1::LeadingGroupRole>(text, "LEADING_GROUP_ROLE_", &v1::LeadingGroupRole_Parse);
}

std::optional<common::v1::PostFunction> ParseFunction(absl::string_view word) {
  const absl::string_view text = TrimCell(word);
  if (const auto found = Find(kFunctions, text)) return found;
  return ByName<common::v1::PostFunction>(text, "POST_FUNCTION_", &common::v1::PostFunction_Parse);
}

std::vector<std::string> SplitWords(absl::string_view cell) {
  const std::string plain =
      absl::StrReplaceAll(cell, {{"；", ";"}, {"、", ";"}, {"，", ";"}, {",", ";"}, {"|", ";"}});
  std::vector<std::string> words;
  for (const absl::string_view part : absl::StrSplit(plain, ';')) {
    const absl::string_view word = TrimCell(part);
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

std::optional<google::type::Date> ParseDay(absl::string_view cell) {
  const absl::string_view text = TrimCell(cell);
  if (!absl::StrContains(text, '/')) return directory::ParseDate(text);
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '/');
  if (parts.size() != 3 || parts[1].empty() || parts[1].size() > 2 || parts[2].empty() ||
      parts[2].size() > 2) {
    return std::nullopt;
  }
  const auto two = [](absl::string_view part) {
    return part.size() == 1 ? absl::StrCat("0", part) : std::string(part);
  };
  return directory::ParseDate(absl::StrCat(parts[0], "-", two(parts[1]), "-", two(parts[2])));
}

std::string RoleId(v1::LeadingGroupRole role) {
  absl::string_view name = v1::LeadingGroupRole_Name(role);
  absl::ConsumePrefix(&name, "LEADING_GROUP_ROLE_");
  return absl::StrReplaceAll(absl::AsciiStrToLower(name), {{"_", "-"}});
}

}  // namespace lianfang::personnel
