#include "common/document/form_words.h"

#include <iterator>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace lianfang::document {
namespace {

template <size_t N>
const char* At(const char* const (&words)[N], int number) {
  return number >= 0 && static_cast<size_t>(number) < N ? words[number] : "";
}

}  // namespace

const char* WordOf(common::v1::RiskCategory category) {
  static constexpr const char* kWords[] = {"",         "思想道德", "岗位职责", "业务流程",
                                           "制度机制", "外部环境", "执行制度", "教育教学"};
  static_assert(std::size(kWords) == common::v1::RiskCategory_ARRAYSIZE);
  return At(kWords, category);
}

const char* WordOf(common::v1::FindingMethod method) {
  static constexpr const char* kWords[] = {"", "自己找", "群众帮", "领导提", "集体定"};
  static_assert(std::size(kWords) == common::v1::FindingMethod_ARRAYSIZE);
  return At(kWords, method);
}

const char* WordOf(risk::v1::FindingKind kind) {
  static constexpr const char* kWords[] = {"", "存在", "潜在"};
  static_assert(std::size(kWords) == risk::v1::FindingKind_ARRAYSIZE);
  return At(kWords, kind);
}

const char* WordOf(risk::v1::PowerType type) {
  static constexpr const char* kWords[] = {"",         "用人",         "用钱",
                                           "招生",     "收费",         "评优",
                                           "职评",     "物资采购",     "基建维修、工程招投标",
                                           "行政审批", "教育教学管理", "其他管理职责"};
  static_assert(std::size(kWords) == risk::v1::PowerType_ARRAYSIZE);
  return At(kWords, type);
}

const char* WordOf(common::v1::PublicityScope scope) {
  static constexpr const char* kWords[] = {"", "不公开", "科室内", "校内", "一定范围内", "向社会"};
  static_assert(std::size(kWords) == common::v1::PublicityScope_ARRAYSIZE);
  return At(kWords, scope);
}

std::string DisclosureText(const risk::v1::Disclosure& disclosure) {
  std::vector<std::string> parts;
  for (const std::string& part : {disclosure.form(), std::string(WordOf(disclosure.scope())),
                                  disclosure.time(), disclosure.withheld_reason()}) {
    if (!part.empty()) parts.push_back(part);
  }
  return absl::StrJoin(parts, "；");
}

bool ParseDisclosure(absl::string_view text, risk::v1::Disclosure* disclosure) {
  if (text.empty()) return true;
  std::vector<std::string> before;
  std::vector<std::string> after;
  for (const absl::string_view part : absl::StrSplit(text, "；")) {
    const auto scope =
        FromWord<common::v1::PublicityScope>(part, common::v1::PublicityScope_ARRAYSIZE);
    if (disclosure->scope() == common::v1::PUBLICITY_SCOPE_UNSPECIFIED &&
        scope != common::v1::PUBLICITY_SCOPE_UNSPECIFIED) {
      disclosure->set_scope(scope);
      continue;
    }
    const bool first = disclosure->scope() == common::v1::PUBLICITY_SCOPE_UNSPECIFIED;
    (first ? before : after).emplace_back(part);
  }
  if (disclosure->scope() == common::v1::PUBLICITY_SCOPE_UNSPECIFIED) return false;
  disclosure->set_form(absl::StrJoin(before, "；"));
  const std::string rest = absl::StrJoin(after, "；");
  if (disclosure->scope() == common::v1::PUBLICITY_SCOPE_NONE) {
    disclosure->set_withheld_reason(rest);
  } else {
    disclosure->set_time(rest);
  }
  return true;
}

}  // namespace lianfang::document
