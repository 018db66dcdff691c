// Checks one ledger from outside: everything that its signed checkpoint commits to.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/client/client.h"
#include "common/ledger/merkle.h"
#include "common/store/erased_contents.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::cli {

struct LedgerResult {
  int64_t size = 0;      // entries that the checkpoint commits to
  int64_t contents = 0;  // of them with a content that was there and was checked
  int64_t erased = 0;    // of them with a content that an erasure has emptied
  std::vector<ledger::v1::Erasure> erasures;  // that the ledger holds, oldest first
  ledger::Hash root = {};                     // of the tree that was recomputed from the entries
  std::string problem_zh;                     // what does not hold; empty when all does
  std::string problem_en;
};

// Gets what each entry says that holds and has a content.
using EntrySink =
    std::function<void(const ledger::v1::EntryHeader&, const ledger::v1::EntryContent&)>;

// Takes entries in order and keeps the tree that they make; stops at the first that does not fit.
class EntryChecker {
 public:
  EntryChecker(std::string unit, std::string service, EntrySink sink = nullptr)
      : unit_(std::move(unit)), service_(std::move(service)), sink_(std::move(sink)) {}

  // False when something does not hold: result() says what, and further entries are refused.
  bool Take(const ledger::v1::Entry& entry);
  // After the last entry: whether erasures on the ledger cover all contents that came empty.
  bool Finish();
  const ledger::Frontier& tree() const { return tree_; }
  LedgerResult& result() { return result_; }

 private:
  bool Fail(std::string zh, std::string en);

  const std::string unit_;
  const std::string service_;
  const EntrySink sink_;
  ledger::Frontier tree_;
  store::ErasedContents erased_;
  LedgerResult result_;
};

// Fetches the checkpoint, then all entries that it commits to with their contents, and compares:
// signature by one of `keys` (verifier keys; empty: by the key that the server names), origin,
// numbers without gaps, digests of contents, erasures for those that are empty, root. `advance` is
// called with the entries of each page and the size. An error is one of fetching; what differs is
// in the result.
absl::StatusOr<LedgerResult> VerifyLedger(const client::Client& client, const std::string& unit_id,
                                          const std::string& service,
                                          const std::vector<std::string>& keys,
                                          absl::Duration timeout,
                                          const std::function<void(int64_t, int64_t)>& advance,
                                          EntrySink sink = nullptr);

}  // namespace lianfang::cli
