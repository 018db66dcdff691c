// What a member must be to be registered. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/ledger/note.h"
#include "lianfang/aggregation/v1/aggregation.pb.h"

namespace lianfang::aggregator {

// Members of one unit. A province has a few thousand schools.
inline constexpr int kMaxMembers = 10'000;

// Checks what the proto cannot say of a member that the unit `parent_id` registers: its unit is
// another one, its endpoint is `host:port` of the network, its keys are keys of its own unit's
// ledgers, one a ledger, with that of the ledger which issues its reports. INVALID_FIELD with the
// path of the field in a RegisterMemberRequest.
absl::Status CheckNewMember(const aggregation::v1::Member& member, absl::string_view parent_id);

// The part of that which concerns the keys; `path` is that of the field that gives them.
absl::Status CheckKeys(const aggregation::v1::Member& member, absl::string_view path);

// INVALID_FIELD unless `endpoint` is one.
absl::Status CheckEndpoint(absl::string_view field, absl::string_view endpoint);

// The member's keys, as they were checked at its registration.
absl::StatusOr<std::vector<ledger::NoteVerifier>> ParseKeys(const aggregation::v1::Member& member);

// Service whose ledger holds the reports of such a member.
absl::string_view IssuingService(aggregation::v1::MemberKind kind);

// Whether `endpoint` is `host:port`: a name or IPv4 address, or an IPv6 address in brackets, and a
// port from 1 to 65535. No scheme: a registration must not make the server open local sockets.
bool IsEndpoint(absl::string_view endpoint);

}  // namespace lianfang::aggregator
