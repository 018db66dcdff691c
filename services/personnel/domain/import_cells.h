// The words that people write in the cells of a directory's files, as values. All accept space
// around the word, letters of either case and both the Chinese words and the names of the API.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/table/cell.h"
#include "google/type/date.pb.h"
#include "lianfang/common/v1/types.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"

namespace lianfang::personnel {

using table::TrimCell;

// 是 or 否, also true/false, 1/0, yes/no; an empty cell is 否. Nothing for other words.
std::optional<bool> ParseYesNo(absl::string_view cell);

// 处室, 科室, 教研组 or the name of a DepartmentKind, with or without its prefix.
std::optional<v1::DepartmentKind> ParseDepartmentKind(absl::string_view cell);

// 组长, 副组长, 成员, 办公室主任, 办公室成员 (防控办主任, 防控办成员) or the name of a
// LeadingGroupRole.
std::optional<v1::LeadingGroupRole> ParseRole(absl::string_view cell);

// One function by its Chinese name or its name in the API.
std::optional<common::v1::PostFunction> ParseFunction(absl::string_view word);

// The words for them, as an export writes them and an import reads them.
absl::string_view WordOf(v1::DepartmentKind kind);
absl::string_view WordOf(v1::LeadingGroupRole role);
absl::string_view WordOf(common::v1::PostFunction function);

// All of them, in the order of the API, without other spellings.
std::vector<absl::string_view> DepartmentKindWords();
std::vector<absl::string_view> RoleWords();
std::vector<absl::string_view> FunctionWords();

// The words of a cell between `;`, `；`, `、`, `,`, `，` and `|`, trimmed, without empty ones.
std::vector<std::string> SplitWords(absl::string_view cell);

// `YYYY-MM-DD`; also `YYYY/M/D`, which is what spreadsheet programs make of it when they save a
// file again.
std::optional<google::type::Date> ParseDay(absl::string_view cell);

// `LEADING_GROUP_ROLE_DEPUTY_LEADER` → `deputy-leader`, as in ids.
std::string RoleId(v1::LeadingGroupRole role);

}  // namespace lianfang::personnel
