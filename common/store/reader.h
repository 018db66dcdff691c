// Reading records: by name, or page by page. One interface for handlers that only read (over a
// connection of the read pool) and for changes (which see what they and their batch wrote before).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/sql/database.h"
#include "common/store/record_kind.h"

namespace lianfang::store {

// Which records of a unit, in the order of their ids.
struct Query {
  // column = value, all of them.
  std::vector<std::pair<absl::string_view, IndexValue>> equal;
  // column <> value.
  std::vector<std::pair<absl::string_view, IndexValue>> not_equal;
  // Only ids greater than this one.
  std::string after;
  // At most so many.
  int limit = 500;

  // The same for the same query only.
  std::string Key() const;
};

class Reader {
 public:
  virtual ~Reader() = default;

  // Serialized record; nullopt when there is none.
  virtual absl::StatusOr<std::optional<std::string>> FindBody(const RecordKind& kind,
                                                              absl::string_view unit_id,
                                                              absl::string_view id) = 0;
  // Calls `record` with id and serialized record.
  virtual absl::Status Scan(
      const RecordKind& kind, absl::string_view unit_id, const Query& query,
      absl::FunctionRef<absl::Status(absl::string_view id, absl::string_view body)> record) = 0;
  // Entries in the unit's own ledger.
  virtual absl::StatusOr<int64_t> LedgerSize(absl::string_view unit_id) = 0;

  // The record with this resource name, or nothing. A name of another collection finds nothing.
  template <class T>
  absl::StatusOr<std::optional<T>> Find(const RecordKind& kind, absl::string_view name);
  // The record with this key.
  template <class T>
  absl::StatusOr<std::optional<T>> FindById(const RecordKind& kind, absl::string_view unit_id,
                                            absl::string_view id);
  // The record with this resource name; RESOURCE_NOT_FOUND.
  template <class T>
  absl::StatusOr<T> Get(const RecordKind& kind, absl::string_view name);
  // All records that fit, at most query.limit.
  template <class T>
  absl::StatusOr<std::vector<T>> List(const RecordKind& kind, absl::string_view unit_id,
                                      const Query& query);
};

// Errors of lookups, in one wording.
absl::Status NotFound(absl::string_view name);
absl::Status CorruptRecord(const RecordKind& kind, absl::string_view id);

// Reads over one connection.
class ConnectionReader : public Reader {
 public:
  explicit ConnectionReader(sql::Connection* connection) : connection_(connection) {}
  absl::StatusOr<std::optional<std::string>> FindBody(const RecordKind& kind,
                                                      absl::string_view unit_id,
                                                      absl::string_view id) override;
  absl::Status Scan(
      const RecordKind& kind, absl::string_view unit_id, const Query& query,
      absl::FunctionRef<absl::Status(absl::string_view, absl::string_view)> record) override;
  absl::StatusOr<int64_t> LedgerSize(absl::string_view unit_id) override;

 private:
  sql::Connection* connection_;
};

sql::Param ToParam(const IndexValue& value);

// ---- implementation of the templates ----

}  // namespace lianfang::store

#include "common/base/resource_name.h"
#include "common/status/error.h"

namespace lianfang::store {

template <class T>
absl::StatusOr<std::optional<T>> Reader::FindById(const RecordKind& kind, absl::string_view unit_id,
                                                  absl::string_view id) {
  LF_ASSIGN_OR_RETURN(const std::optional<std::string> body, FindBody(kind, unit_id, id));
  std::optional<T> record;
  if (!body) return record;
  record.emplace();
  if (!record->ParseFromString(*body)) return CorruptRecord(kind, id);
  return record;
}

template <class T>
absl::StatusOr<std::optional<T>> Reader::Find(const RecordKind& kind, absl::string_view name) {
  const std::string id = kind.IdOf(name);
  if (id.empty()) return std::optional<T>();
  return FindById<T>(kind, UnitIdOf(name), id);
}

template <class T>
absl::StatusOr<T> Reader::Get(const RecordKind& kind, absl::string_view name) {
  LF_ASSIGN_OR_RETURN(std::optional<T> record, Find<T>(kind, name));
  if (!record) return NotFound(name);
  return *std::move(record);
}

template <class T>
absl::StatusOr<std::vector<T>> Reader::List(const RecordKind& kind, absl::string_view unit_id,
                                            const Query& query) {
  std::vector<T> records;
  LF_RETURN_IF_ERROR(Scan(kind, unit_id, query, [&](absl::string_view id, absl::string_view body) {
    if (!records.emplace_back().ParseFromArray(body.data(), static_cast<int>(body.size()))) {
      return CorruptRecord(kind, id);
    }
    return absl::OkStatus();
  }));
  return records;
}

}  // namespace lianfang::store
