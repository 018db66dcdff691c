// Marks that say "look at this record again" (修正完善). 「及时调整风险点和风险防控措施」
#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/repeated_field.h"
#include "lianfang/common/v1/types.pb.h"

namespace lianfang::review {

using Marks = google::protobuf::RepeatedPtrField<common::v1::ReviewMark>;

// Most marks that a record keeps: whoever looks at it again sees why it is worth the while, and a
// record that nobody looks at does not grow without end.
inline constexpr int kMaxMarks = 20;

// Marks a record, at most once for each cause and source. Returns whether the record changed: an
// earlier mark stays as it is.
bool AddMark(common::v1::MarkCause cause, absl::string_view source, absl::string_view reason,
             absl::Time now, Marks* marks);

}  // namespace lianfang::review
