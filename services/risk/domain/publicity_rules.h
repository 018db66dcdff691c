// What a record shows of the publications (公示) that it is in: it is PUBLICISED as long as one of
// them shows it as it is and was not withdrawn.
#pragma once

#include <algorithm>
#include <string>

namespace lianfang::risk {

// A publication begins; false when that changes nothing, e.g. because the record is not approved.
template <class T, class State>
bool ShowIn(const std::string& publication, State approved, State publicised, T* record) {
  if (record->state() != approved && record->state() != publicised) return false;
  auto& in = *record->mutable_publications();
  if (std::find(in.begin(), in.end(), publication) != in.end()) return false;
  in.Add(std::string(publication));
  record->set_state(publicised);
  return true;
}

// A publication is withdrawn; false when that changes nothing, e.g. because it showed the record as
// it no longer is.
template <class T, class State>
bool TakeOutOf(const std::string& publication, State approved, State publicised, T* record) {
  if (record->state() != publicised) return false;
  auto& in = *record->mutable_publications();
  const auto at = std::find(in.begin(), in.end(), publication);
  // Records that were published before they kept this list have an empty one.
  if (at == in.end() && !in.empty()) return false;
  if (at != in.end()) in.erase(at);
  if (in.empty()) record->set_state(approved);
  return true;
}

}  // namespace lianfang::risk
