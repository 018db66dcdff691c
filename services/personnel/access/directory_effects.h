// Whose tokens say no longer what holds when a record of the directory changes.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/store/write_tx.h"
#include "lianfang/personnel/v1/personnel.pb.h"

namespace lianfang::personnel {

// Persons whose place in the directory a change of the record may change; `old` is null for a new
// one. Resource names, some empty.
std::vector<std::string> PersonsTouched(const v1::Department* old, const v1::Department& next);
std::vector<std::string> PersonsTouched(const v1::Person* old, const v1::Person& next);
std::vector<std::string> PersonsTouched(const v1::Appointment* old, const v1::Appointment& next);
std::vector<std::string> PersonsTouched(const v1::LeadingGroupMember* old,
                                        const v1::LeadingGroupMember& next);

// The same for a post: who holds it. Asks, so before the first write to appointments.
absl::StatusOr<std::vector<std::string>> PersonsTouched(store::WriteTx& tx, const v1::Post* old,
                                                        const v1::Post& next);

}  // namespace lianfang::personnel
