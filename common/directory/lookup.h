// Questions about the directory, answered from the tables of directory_kinds.h. The same for
// personnel, which owns them, and for services that follow it. Every list is bounded (see ListAll).
// Inside a change, ask before the first write to the tables of the directory.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/store/reader.h"
#include "google/type/date.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"

namespace lianfang::directory {

// Most records of one kind that a unit may have for questions about all of them.
inline constexpr int kMaxRecords = 20000;
// Records that one query reads.
inline constexpr int kPage = 500;

// All records of a unit that fit, page by page; `query.after` and `query.limit` are ignored. More
// than kMaxRecords is an error: half an answer would be a wrong one.
template <class T>
absl::StatusOr<std::vector<T>> ListAll(store::Reader& reader, const store::RecordKind& kind,
                                       absl::string_view unit_id, store::Query query);

// Whether an active appointment is in force on a day; both its days count.
bool Covers(const personnel::v1::Appointment& appointment, const google::type::Date& date);

// Whether the person is away on a day (请假、外出); the first and the last day of an absence count.
bool IsAbsent(const personnel::v1::Person& person, const google::type::Date& date);

// Those of the named persons who can act on a day, in the order given, each once: who is on the
// unit's active list and not away. Whoever waits for somebody to do something asks this; the other
// questions say who somebody is, and an absence changes nothing of that. Somebody who is not known
// can do nothing.
absl::StatusOr<std::vector<std::string>> Available(store::Reader& reader,
                                                   const std::vector<std::string>& person_names,
                                                   const google::type::Date& date);

// Who holds a post on a day, in the order of appointments' ids, each once, away or not. Nobody for
// a post that is not known.
absl::StatusOr<std::vector<personnel::v1::Person>> HoldersOf(store::Reader& reader,
                                                             absl::string_view post_name,
                                                             const google::type::Date& date);

// The posts that a person holds on a day, in the order of appointments' ids, each once.
absl::StatusOr<std::vector<personnel::v1::Post>> PostsOf(store::Reader& reader,
                                                         absl::string_view person_name,
                                                         const google::type::Date& date);

// Whether one of the person's posts on that day is a principal responsible one (校主要负责人).
absl::StatusOr<bool> IsPrincipalResponsible(store::Reader& reader, absl::string_view person_name,
                                            const google::type::Date& date);

// All principal responsible persons of a unit on a day, each once, away or not.
absl::StatusOr<std::vector<personnel::v1::Person>> PrincipalResponsiblePersons(
    store::Reader& reader, absl::string_view unit_id, const google::type::Date& date);

// Resource name of the department's head; empty when vacant. RESOURCE_NOT_FOUND: no such
// department.
absl::StatusOr<std::string> DepartmentHead(store::Reader& reader,
                                           absl::string_view department_name);

// Resource name of the leader in charge (分管校领导) of a department: its own or, when it has none,
// that of the nearest department above that has one; empty when none has. RESOURCE_NOT_FOUND: no
// such department.
absl::StatusOr<std::string> VicePrincipal(store::Reader& reader, absl::string_view department_name);

// Resource name of a post's department; empty for the unit's leadership. RESOURCE_NOT_FOUND: no
// such post.
absl::StatusOr<std::string> DepartmentOfPost(store::Reader& reader, absl::string_view post_name);

// Whether the person is on the unit's active list.
absl::StatusOr<bool> IsUnitMember(store::Reader& reader, absl::string_view person_name);

// Active leaders (组长), then deputies (副组长) of the leading group.
absl::StatusOr<std::vector<personnel::v1::LeadingGroupMember>> LeadingGroup(
    store::Reader& reader, absl::string_view unit_id);

// Active directors, then members of the leading group's office (防控办).
absl::StatusOr<std::vector<personnel::v1::LeadingGroupMember>> ControlOffice(
    store::Reader& reader, absl::string_view unit_id);

// ---- implementation of the template ----

// The error of a unit that has more records of a kind than kMaxRecords.
absl::Status TooManyRecords(const store::RecordKind& kind, absl::string_view unit_id);

template <class T>
absl::StatusOr<std::vector<T>> ListAll(store::Reader& reader, const store::RecordKind& kind,
                                       absl::string_view unit_id, store::Query query) {
  std::vector<T> all;
  query.after.clear();
  query.limit = kPage;
  while (true) {
    int found = 0;
    LF_RETURN_IF_ERROR(
        reader.Scan(kind, unit_id, query, [&](absl::string_view id, absl::string_view body) {
          ++found;
          if (!all.emplace_back().ParseFromArray(body.data(), static_cast<int>(body.size()))) {
            return store::CorruptRecord(kind, id);
          }
          return absl::OkStatus();
        }));
    if (all.size() > static_cast<size_t>(kMaxRecords)) return TooManyRecords(kind, unit_id);
    if (found < kPage) return all;
    query.after = std::string(IdIn(kind.collection(), all.back().name()));
  }
}

}  // namespace lianfang::directory
