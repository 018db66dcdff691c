// What verification finds: one value that is not what the ledgers say.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace lianfang::verify {

// In two languages.
struct Words {
  std::string zh;
  std::string en;
};

struct Finding {
  std::string service;  // whose database
  std::string table;
  std::string unit_id;  // first part of the row's key; empty where a table has none
  std::string key;      // the rest of it
  std::string field;    // column, or path within the record; empty: the whole row
  // Entry of the ledger by which it was judged, and whose ledger that is; 0: none.
  int64_t sequence = 0;
  std::string ledger;
  // Numbers and names as they are; what people wrote, and other bytes, by length and digest.
  std::string stored;
  std::string expected;
  Words problem;
};

// Counts all, keeps the first ones.
class Findings {
 public:
  explicit Findings(size_t most) : most_(most) {}

  void Add(Finding finding);
  int64_t count() const { return count_; }
  const std::vector<Finding>& kept() const { return kept_; }

 private:
  const size_t most_;
  int64_t count_ = 0;
  std::vector<Finding> kept_;
};

// A value as a finding shows it.
std::string Shown(absl::string_view bytes);
// The same for an id or a resource name, which say nothing of a person but who it is.
std::string ShownName(absl::string_view name);

}  // namespace lianfang::verify
