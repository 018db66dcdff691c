// Whether what the databases of an installation hold is what their ledgers say, recomputed from the
// entries alone: every hash, every digest, every row of every table. Reads one state of all
// databases; services may run.
//
// What it cannot see by itself is a rewrite of everything at once, entries and hashes included:
// that takes a checkpoint that was signed before and kept elsewhere (Options::known).
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/ledger/cosignature.h"
#include "common/ledger/note.h"
#include "common/server/module.h"
#include "common/sql/database.h"
#include "common/verify/finding.h"
#include "common/verify/recount.h"

namespace lianfang::verify {

// A service's database.
struct Source {
  const server::ModuleSpec* module = nullptr;
  sql::Database* database = nullptr;
  // Counts a unit's figures again; may be empty.
  std::function<std::unique_ptr<Recount>(const std::string& unit_id)> recount;
};

struct Options {
  // Keys of ledgers whose checkpoints are checked; of a ledger without one, the signature is not.
  std::vector<crypto::Ed25519PublicKey> ledger_keys;  // of any ledger of the installation
  std::vector<ledger::NoteVerifier> verifiers;        // of the ledger that is their name
  // Hand-overs of the installation's ledger keys, a list a key.
  std::vector<std::vector<std::string>> handovers;
  std::vector<ledger::WitnessKey> witnesses;
  // Signed checkpoints kept elsewhere: ledgers must have grown from them.
  std::vector<std::string> known;
  size_t most_findings = 1000;
  // With the entries looked at since the last time, and how many there are where that is known.
  std::function<void(int64_t, int64_t)> advance;
};

struct LedgerResult {
  std::string service;
  std::string unit_id;
  int64_t size = 0;
  std::string root;   // base64; empty where it cannot be recomputed
  int64_t known = 0;  // known checkpoints that it was compared with
};

struct Result {
  int64_t count = 0;  // of all findings
  std::vector<Finding> findings;
  std::vector<LedgerResult> ledgers;
  int64_t tables = 0;
  int64_t rows = 0;
  int64_t entries = 0;
  // Rows that rest on erased contents and so could not be made again.
  int64_t on_erased = 0;
  int64_t unsigned_checkpoints = 0;  // stored checkpoints whose key was not at hand
  // Ledgers that a service has not followed to their end yet: no difference.
  std::vector<Words> behind;
};

// An error is one of reading; what differs is in the result.
absl::StatusOr<Result> Verify(std::span<const Source> sources, const Options& options);

}  // namespace lianfang::verify
