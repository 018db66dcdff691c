// Examinations and rectifications as pure functions. 「根据考核结果，纠正存在问题，督促整改落实」
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lianfang/grading/v1/inspection.pb.h"

namespace lianfang::grading {

// OWN_RECORD for whoever is responsible: what he has to do and by when, and whether he did, others
// say.
absl::Status CheckNotResponsible(const grading::v1::Rectification& rectification,
                                 const std::string& actor);

// OWN_RECORD when the head of the examined department examines it. `examiners`: whoever does.
absl::Status CheckExaminers(const std::vector<std::string>& examiners, absl::string_view head);

// ILLEGAL_TRANSITION when the examination is concluded.
absl::Status CheckOpen(const v1::Examination& examination);

// A concluded examination and the rectifications of its problems.
struct Conclusion {
  v1::Examination examination;
  std::vector<v1::Rectification> rectifications;
};

// Fixes result and problems. A problem without a responsible person is the head's. Errors:
// ILLEGAL_TRANSITION, REQUIRED_FIELD.
absl::StatusOr<Conclusion> Conclude(const v1::Examination& examination, absl::string_view head,
                                    const std::string& concluder, absl::Time now);

// ILLEGAL_TRANSITION when the rectification has been handed in and not been opened again.
absl::Status CheckEditable(const v1::Rectification& rectification);

// The responsible person begins. Errors: NOT_RECORD_OWNER, ILLEGAL_TRANSITION, REQUIRED_FIELD.
absl::StatusOr<v1::Rectification> Start(const v1::Rectification& rectification,
                                        const std::string& actor, const std::string& measure);

// He reports that it is done; late after the end of the due day, in the school's time zone. Errors:
// NOT_RECORD_OWNER, ILLEGAL_TRANSITION, REQUIRED_FIELD.
absl::StatusOr<v1::Rectification> Submit(const v1::Rectification& rectification,
                                         const std::string& actor, const std::string& result,
                                         absl::Time now);

// Somebody else checks it. Errors: OWN_RECORD, ILLEGAL_TRANSITION, REASON_REQUIRED.
absl::StatusOr<v1::Rectification> Verify(const v1::Rectification& rectification,
                                         const std::string& actor, bool passed,
                                         const std::string& comment, absl::Time now);

// Struck off the list. Errors: OWN_RECORD, ILLEGAL_TRANSITION.
absl::StatusOr<v1::Rectification> Close(const v1::Rectification& rectification,
                                        const std::string& actor, absl::Time now);

// The problem came back. Errors: ILLEGAL_TRANSITION, REASON_REQUIRED.
absl::StatusOr<v1::Rectification> Reopen(const v1::Rectification& rectification,
                                         const std::string& reason);

}  // namespace lianfang::grading
