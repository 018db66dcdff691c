// Reading all rows of a kind that fit, page by page.
#pragma once

#include <string>
#include <utility>

#include "common/status/error.h"
#include "common/store/reader.h"

namespace lianfang::reporting {

// Calls `row` with the id and the record of every row that fits, in the order of ids; `query.after`
// is where it begins, `query.limit` is ignored.
template <class T, class Row>
absl::Status ScanAll(store::Reader& reader, const store::RecordKind& kind,
                     absl::string_view unit_id, store::Query query, Row row) {
  constexpr int kPage = 500;
  query.limit = kPage;
  while (true) {
    int found = 0;
    std::string last;
    LF_RETURN_IF_ERROR(
        reader.Scan(kind, unit_id, query, [&](absl::string_view id, absl::string_view body) {
          ++found;
          last = std::string(id);
          T record;
          if (!record.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
            return store::CorruptRecord(kind, id);
          }
          row(id, std::move(record));
          return absl::OkStatus();
        }));
    if (found < kPage) return absl::OkStatus();
    query.after = std::move(last);
  }
}

}  // namespace lianfang::reporting
