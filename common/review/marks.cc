#include "common/review/marks.h"

#include <string>

#include "google/protobuf/util/time_util.h"

namespace lianfang::review {

using google::protobuf::util::TimeUtil;

bool AddMark(common::v1::MarkCause cause, absl::string_view source, absl::string_view reason,
             absl::Time now, Marks* marks) {
  if (marks->size() >= kMaxMarks) return false;
  for (const common::v1::ReviewMark& mark : *marks) {
    if (mark.cause() == cause && mark.source() == source) return false;
  }
  common::v1::ReviewMark* mark = marks->Add();
  mark->set_cause(cause);
  mark->set_source(std::string(source));
  mark->set_reason(std::string(reason));
  *mark->mutable_time() = TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now));
  return true;
}

}  // namespace lianfang::review
