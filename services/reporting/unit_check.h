// Whether there is such a unit.
#pragma once

#include "common/base/resource_name.h"
#include "common/directory/directory_kinds.h"
#include "common/store/reader.h"

namespace lianfang::reporting {

// RESOURCE_NOT_FOUND for a unit that personnel has not told of.
inline absl::Status CheckUnit(store::Reader& reader, absl::string_view unit_id) {
  LF_ASSIGN_OR_RETURN(const auto unit, reader.FindBody(directory::UnitKind(), unit_id, unit_id));
  return unit ? absl::OkStatus() : store::NotFound(UnitName(unit_id));
}

}  // namespace lianfang::reporting
