// The words of forms for the values of enumerations, and back.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "lianfang/common/v1/types.pb.h"
#include "lianfang/risk/v1/power.pb.h"
#include "lianfang/risk/v1/risk.pb.h"

namespace lianfang::document {

const char* WordOf(common::v1::RiskCategory category);
// 自己找, 群众帮, 领导提, 集体定.
const char* WordOf(common::v1::FindingMethod method);
// 存在, 潜在.
const char* WordOf(risk::v1::FindingKind kind);
const char* WordOf(risk::v1::PowerType type);
// 不公开, 科室内, 校内, 一定范围内, 向社会.
const char* WordOf(common::v1::PublicityScope scope);

// The value whose word it is; the unspecified one for no word of the enumeration.
template <class Enum>
Enum FromWord(absl::string_view word, int values) {
  for (int value = 1; value < values; ++value) {
    if (word == WordOf(static_cast<Enum>(value))) return static_cast<Enum>(value);
  }
  return static_cast<Enum>(0);
}

// 公开形式、范围、时限 in one cell: `{form}；{scope}；{time}`, `不公开；{reason}`; parts that are
// not said are left out.
std::string DisclosureText(const risk::v1::Disclosure& disclosure);
// Nothing is wrong with an empty cell. False: no scope is named.
bool ParseDisclosure(absl::string_view text, risk::v1::Disclosure* disclosure);

// All words, for messages: 「思想道德、岗位职责…」.
template <class Enum>
std::string AllWords(int values) {
  std::string all;
  for (int value = 1; value < values; ++value) {
    if (value > 1) all += "、";
    all += WordOf(static_cast<Enum>(value));
  }
  return all;
}

}  // namespace lianfang::document
