#include "common/store/unit_cache.h"

#include <utility>

namespace lianfang::store {
namespace {

// What a kept row costs beside its bytes, roughly.
constexpr size_t kRowOverhead = 96;
// Of one query; a longer answer is not kept.
constexpr size_t kMaxQueryBytes = 256 << 10;

size_t BytesOf(const UnitCache::Rows& rows) {
  size_t bytes = kRowOverhead;
  for (const auto& [id, body] : rows) bytes += id.size() + body.size() + kRowOverhead;
  return bytes;
}

}  // namespace

UnitCache::Unit* UnitCache::FindUnit(absl::string_view unit_id) {
  const auto it = units_.find(unit_id);
  return it == units_.end() ? nullptr : &it->second;
}

void UnitCache::Validate(const std::string& unit_id, int64_t writes) {
  Unit* unit = FindUnit(unit_id);
  if (unit == nullptr) {
    uses_.push_front(unit_id);
    unit = &units_[unit_id];
    unit->use = uses_.begin();
  } else {
    uses_.splice(uses_.begin(), uses_, unit->use);
    if (unit->writes != writes) Clear(*unit);
  }
  unit->writes = writes;
}

void UnitCache::Committed(const std::string& unit_id, int64_t writes) {
  if (Unit* unit = FindUnit(unit_id)) unit->writes = writes;
}

void UnitCache::Forget(const std::string& unit_id) {
  const auto it = units_.find(unit_id);
  if (it == units_.end()) return;
  bytes_ -= it->second.bytes;
  uses_.erase(it->second.use);
  units_.erase(it);
}

const std::string* UnitCache::Find(const RecordKind& kind, absl::string_view unit_id,
                                   absl::string_view id) {
  Unit* unit = FindUnit(unit_id);
  if (unit == nullptr) return nullptr;
  const auto of_kind = unit->kinds.find(&kind);
  if (of_kind == unit->kinds.end()) return nullptr;
  const auto body = of_kind->second.bodies.find(id);
  return body == of_kind->second.bodies.end() ? nullptr : &body->second;
}

void UnitCache::Keep(const RecordKind& kind, absl::string_view unit_id, absl::string_view id,
                     absl::string_view body) {
  Unit* unit = FindUnit(unit_id);
  if (unit == nullptr) return;
  Grow(*unit, id.size() + body.size() + kRowOverhead);
  unit->kinds[&kind].bodies[id] = std::string(body);
}

const UnitCache::Rows* UnitCache::FindRows(const RecordKind& kind, absl::string_view unit_id,
                                           absl::string_view query) {
  Unit* unit = FindUnit(unit_id);
  if (unit == nullptr) return nullptr;
  const auto of_kind = unit->kinds.find(&kind);
  if (of_kind == unit->kinds.end()) return nullptr;
  const auto rows = of_kind->second.queries.find(query);
  return rows == of_kind->second.queries.end() ? nullptr : &rows->second;
}

void UnitCache::KeepRows(const RecordKind& kind, absl::string_view unit_id, absl::string_view query,
                         Rows rows) {
  Unit* unit = FindUnit(unit_id);
  const size_t bytes = BytesOf(rows) + query.size();
  if (unit == nullptr || bytes > kMaxQueryBytes) return;
  Grow(*unit, bytes);
  unit->kinds[&kind].queries[query] = std::move(rows);
}

void UnitCache::Wrote(const RecordKind& kind, const std::string& unit_id, const std::string& id,
                      const std::string& body) {
  Unit* unit = FindUnit(unit_id);
  if (unit == nullptr) return;
  const auto of_kind = unit->kinds.find(&kind);
  if (of_kind == unit->kinds.end()) return;
  DropQueries(*unit, of_kind->second);
  const auto known = of_kind->second.bodies.find(id);
  if (known == of_kind->second.bodies.end()) return;
  Shrink(*unit, known->second.size());
  known->second = body;
  unit->bytes += body.size();
  bytes_ += body.size();
}

void UnitCache::DropQueries(Unit& unit, Kind& kind) {
  for (const auto& [query, rows] : kind.queries) Shrink(unit, BytesOf(rows) + query.size());
  kind.queries.clear();
}

void UnitCache::Clear(Unit& unit) {
  unit.kinds.clear();
  bytes_ -= unit.bytes;
  unit.bytes = 0;
}

void UnitCache::Shrink(Unit& unit, size_t bytes) {
  unit.bytes -= bytes;
  bytes_ -= bytes;
}

// Makes room: the units that were not used for longest go first. The unit itself stays, since a
// transaction is at it; it starts over when it alone is too big.
void UnitCache::Grow(Unit& unit, size_t bytes) {
  while (bytes_ + bytes > max_bytes_ && uses_.size() > 1 && &units_[uses_.back()] != &unit) {
    Forget(std::string(uses_.back()));
  }
  if (bytes_ + bytes > max_bytes_) Clear(unit);
  unit.bytes += bytes;
  bytes_ += bytes;
}

}  // namespace lianfang::store
