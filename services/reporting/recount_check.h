// The statistics counted from nothing out of the newest revisions of all records, for verification:
// not by what keeps them (Counters), but by the plain rules of domain/recount.h.
#pragma once

#include <memory>
#include <string>

#include "common/verify/recount.h"

namespace lianfang::reporting {

std::unique_ptr<verify::Recount> NewRecount(const std::string& unit_id);

}  // namespace lianfang::reporting
