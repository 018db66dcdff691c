// The API as its descriptors say it.
#pragma once

#include <string>
#include <vector>

#include "google/api/field_behavior.pb.h"
#include "google/protobuf/descriptor.h"

namespace lianfang::contract {

// Of all services, in the order of the files.
std::vector<const google::protobuf::MethodDescriptor*> AllMethods();

bool HasBehavior(const google::protobuf::FieldDescriptor* field, google::api::FieldBehavior wanted);

// `selfChecks/*/revisions/*` of `units/*/selfChecks/*/revisions/*`; empty for units.
std::string CollectionOf(const std::string& pattern);

// The repeated field of a list's answer that holds its records; null when it is no list of records
// with names.
const google::protobuf::FieldDescriptor* RecordsOf(
    const google::protobuf::MethodDescriptor* method);

}  // namespace lianfang::contract
