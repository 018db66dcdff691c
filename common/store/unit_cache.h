// Records that a writer has read before, so that the changes of a unit do not ask the database
// again and again for the same directory. Exact, not approximately fresh: each transaction that
// writes anything of a unit counts up its head's `writes`, and what was read stands only while that
// number is the one that this writer left behind. Used by one thread.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "common/store/record_kind.h"

namespace lianfang::store {

class UnitCache {
 public:
  // Records of a query: ids and bodies.
  using Rows = std::vector<std::pair<std::string, std::string>>;

  explicit UnitCache(size_t max_bytes) : max_bytes_(max_bytes) {}

  // The unit's head says `writes`, and is locked: forgets what was read at another number.
  void Validate(const std::string& unit_id, int64_t writes);
  // A transaction of this writer was committed and left `writes` behind.
  void Committed(const std::string& unit_id, int64_t writes);
  // What a failed transaction has put here does not stand.
  void Forget(const std::string& unit_id);

  // Null where nothing is known; a record that is not there is never known.
  const std::string* Find(const RecordKind& kind, absl::string_view unit_id, absl::string_view id);
  void Keep(const RecordKind& kind, absl::string_view unit_id, absl::string_view id,
            absl::string_view body);

  const Rows* FindRows(const RecordKind& kind, absl::string_view unit_id, absl::string_view query);
  void KeepRows(const RecordKind& kind, absl::string_view unit_id, absl::string_view query,
                Rows rows);

  // A row was written: what is known of it changes, and queries of its kind are asked anew.
  void Wrote(const RecordKind& kind, const std::string& unit_id, const std::string& id,
             const std::string& body);

  size_t bytes() const { return bytes_; }

 private:
  struct Kind {
    absl::flat_hash_map<std::string, std::string> bodies;
    absl::flat_hash_map<std::string, Rows> queries;
  };
  struct Unit {
    int64_t writes = 0;
    size_t bytes = 0;
    absl::flat_hash_map<const RecordKind*, Kind> kinds;
    std::list<std::string>::iterator use;
  };

  Unit* FindUnit(absl::string_view unit_id);
  void Grow(Unit& unit, size_t bytes);
  void Shrink(Unit& unit, size_t bytes);
  void Clear(Unit& unit);
  void DropQueries(Unit& unit, Kind& kind);

  const size_t max_bytes_;
  size_t bytes_ = 0;
  absl::flat_hash_map<std::string, Unit> units_;
  std::list<std::string> uses_;  // newest first
};

}  // namespace lianfang::store
