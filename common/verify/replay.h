// What a ledger says its unit's records are now: the newest revision of each.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/store/record_kind.h"
#include "common/verify/derived_rows.h"

namespace lianfang::verify {

class Replay {
 public:
  Replay(const std::vector<const store::RecordKind*>* kinds, std::string unit_id)
      : kinds_(kinds), unit_id_(std::move(unit_id)) {}

  // Entries in the order of their numbers. What is no record of a kind is a part of an answer.
  absl::Status Take(const CheckedEntry& entry);

  ExpectedRows& RowsOf(const store::RecordKind& kind) { return rows_[&kind]; }

 private:
  const std::vector<const store::RecordKind*>* kinds_;
  const std::string unit_id_;
  std::map<const store::RecordKind*, ExpectedRows> rows_;
};

}  // namespace lianfang::verify
