// One unit's ledger as its rows stand: numbers, headers, digests of contents, the Merkle tree, and
// the head. Pure: the caller reads the rows.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/crypto/sha256.h"
#include "common/ledger/merkle.h"
#include "common/store/erased_contents.h"
#include "common/verify/finding.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::verify {

// A row of ledger_entries. Views of the caller's.
struct EntryRow {
  int64_t sequence = 0;
  absl::string_view request_id;
  absl::string_view header;
  absl::string_view hashes;
  absl::string_view content;
  absl::string_view erasure;
};

// A row of ledger_heads.
struct HeadRow {
  int64_t size = 0;
  std::string frontier;
  int64_t writes = 0;
};

// What an entry says, where its row can be relied on.
struct CheckedEntry {
  ledger::v1::EntryHeader header;
  ledger::v1::EntryContent content;
};

class LedgerCheck {
 public:
  // `sizes`: where the tree is to be known at the end.
  LedgerCheck(std::string service, std::string unit_id, std::set<int64_t> sizes,
              Findings* findings);

  // Rows in the order of their numbers. Nothing for an entry that says nothing that can be used.
  std::optional<CheckedEntry> Take(const EntryRow& row);
  // After the last row: trees and head.
  void Finish(const std::optional<HeadRow>& head);

  // After Finish: entries that stand without a gap, and the tree at the sizes asked for, as far as
  // these stand.
  int64_t size() const { return static_cast<int64_t>(leaves_.size()); }
  const std::map<int64_t, ledger::Frontier>& at() const { return at_; }
  // Root of the whole tree, base64; empty where entries are missing.
  const std::string& root() const { return root_; }
  // All erasures of the ledger.
  std::vector<ledger::v1::Erasure> erasures() const { return erased_.erasures(); }

 private:
  void Add(const char* table, int64_t key, std::string field, std::string stored,
           std::string expected, Words problem);
  void Entry(int64_t key, std::string field, std::string stored, std::string expected,
             Words problem) {
    Add("ledger_entries", key, std::move(field), std::move(stored), std::move(expected),
        std::move(problem));
  }
  void Missing(int64_t from, int64_t to);
  void CheckTree(const std::optional<HeadRow>& head);
  void CheckHead(const HeadRow& head, const std::string& frontier);

  const std::string service_;
  const std::string unit_id_;
  const std::set<int64_t> sizes_;
  Findings* findings_;
  int64_t last_ = 0;     // number of the last row
  bool broken_ = false;  // entries are missing: there is no tree
  std::vector<ledger::Hash> leaves_;
  std::vector<std::string> hashes_;  // as stored
  store::ErasedContents erased_;
  std::map<int64_t, ledger::Frontier> at_;
  std::string root_;
};

}  // namespace lianfang::verify
