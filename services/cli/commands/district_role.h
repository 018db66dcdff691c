// For the commands beside it that work at a district.
#pragma once

namespace lianfang::cli {

// Who registers, changes and pulls a district's members.
inline constexpr char kDistrictRole[] = "district_admin";

}  // namespace lianfang::cli
