// The tables of reporting: what it derives, with its keys, and what it decides. Keys are ids, or
// what follows the unit in a resource name.
#pragma once

#include <span>
#include <string>

#include "common/base/embedded.h"
#include "common/store/record_kind.h"
#include "google/protobuf/timestamp.pb.h"

namespace lianfang::reporting {

const store::RecordKind& ScopeKind();
const store::RecordKind& OwnerKind();
const store::RecordKind& HolderKind();
const store::RecordKind& PointKind();
const store::RecordKind& PointMeasureKind();
const store::RecordKind& CubeKind();
const store::RecordKind& KnownKind();
const store::RecordKind& FeedbackKind();
const store::RecordKind& AttentionKind();
const store::RecordKind& CountedAppointmentKind();
const store::RecordKind& SummaryPostKind();

// Records of this service's own ledger.
const store::RecordKind& CampaignKind();
const store::RecordKind& WarningKind();
const store::RecordKind& PublicationKind();

// Key of the unit's row in ScopeKind(), and of the leadership's. Both come before those of
// departments, which are their ids: `*` and `-` are smaller than what ids begin with.
inline constexpr char kUnitScope[] = "*";
inline constexpr char kLeadershipScope[] = "-";
std::string ScopeKey(absl::string_view department);
// `unit`, `posts/{post}` or `departments/{department}`.
std::string OwnerKey(absl::string_view name);
// What follows the unit in a resource name, e.g. `postDuties/{post_duty}`.
std::string KnownKey(absl::string_view name);
// `{year}/{department or -}`.
std::string CubeKey(int32_t year, absl::string_view department);
// `{YYYY-MM-DD}/{feedback}`: by the day on which it came.
std::string FeedbackKey(absl::string_view feedback, const google::protobuf::Timestamp& time);
// `{kind}/{collection}/{record}`.
std::string AttentionKey(int kind, absl::string_view record);
// `{department or -}/{post}`: the order of 附件8.
std::string SummaryKey(absl::string_view department, absl::string_view post);

// Migrations of the tables; component `reporting`.
std::span<const EmbeddedFile> Schema();

}  // namespace lianfang::reporting
