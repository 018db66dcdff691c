// The facts that rules.h asks of the directory, looked up once a call and only when they matter.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/access/rules.h"
#include "common/auth/identity.h"
#include "common/store/reader.h"

namespace lianfang::access {

// Where the person stands in the unit's directory at that time; nowhere for who is no person of it.
absl::StatusOr<Place> PlaceOf(store::Reader& reader, absl::string_view unit_id,
                              absl::string_view subject, absl::Time now);

// A caller and what may be asked about him. Inside a change, ask before the first write to the
// tables of the directory.
class Viewer {
 public:
  // All three must outlive the viewer.
  Viewer(store::Reader* reader, const auth::Identity* caller, absl::string_view unit_id,
         absl::Time now)
      : reader_(reader), caller_(caller), unit_id_(unit_id), now_(now) {}

  // OK, or why the caller may not; see Check in rules.h.
  absl::Status May(Action action, const Facts& facts);
  // The same where `see` says whether the caller may see the record at all: if not, he is told that
  // there is none.
  absl::Status May(Action action, Action see, const Facts& facts);
  // For lists.
  absl::StatusOr<bool> Sees(Action action, const Facts& facts);

  absl::StatusOr<const Place*> place();

 private:
  store::Reader* reader_;
  const auth::Identity* caller_;
  std::string unit_id_;
  absl::Time now_;
  std::optional<Place> place_;
};

}  // namespace lianfang::access
