// Resource names: `units/{unit}` and `units/{unit}/{collection}/{id}`.
#pragma once

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace lianfang {

// The unit's id in any name below `units/`; empty when there is none.
inline absl::string_view UnitIdOf(absl::string_view name) {
  if (!absl::StartsWith(name, "units/")) return {};
  name.remove_prefix(6);
  return name.substr(0, name.find('/'));
}

inline std::string UnitName(absl::string_view unit_id) { return absl::StrCat("units/", unit_id); }

// What follows `units/{unit}/{collection}/`; empty when the name is of another collection.
inline absl::string_view IdIn(absl::string_view collection, absl::string_view name) {
  const absl::string_view unit = UnitIdOf(name);
  if (unit.empty()) return {};
  name.remove_prefix(6 + unit.size());
  if (collection.empty()) return name.empty() ? unit : absl::string_view();
  if (name.empty()) return {};
  name.remove_prefix(1);
  if (!absl::StartsWith(name, collection)) return {};
  name.remove_prefix(collection.size());
  if (name.size() < 2 || name[0] != '/') return {};
  return name.substr(1);
}

inline std::string RecordName(absl::string_view unit_id, absl::string_view collection,
                              absl::string_view id) {
  if (collection.empty()) return UnitName(unit_id);
  return absl::StrCat("units/", unit_id, "/", collection, "/", id);
}

}  // namespace lianfang
