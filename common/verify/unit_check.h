// One unit in all databases: its ledgers, then every table that they decide.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/verify/derived_rows.h"
#include "common/verify/ledger_check.h"
#include "common/verify/replay.h"
#include "common/verify/schema_check.h"
#include "common/verify/stored_notes.h"
#include "common/verify/verify.h"

namespace lianfang::verify {

// Signed checkpoints kept elsewhere, by unit and service.
using KnownCheckpoints = std::map<std::pair<std::string, std::string>, std::vector<std::string>>;

class UnitCheck {
 public:
  UnitCheck(sql::Snapshot& snapshot, const std::vector<ServiceTables>& services,
            const Options& options, const KnownCheckpoints& known, std::string unit_id,
            Findings* findings, Result* result);

  absl::Status Run();

 private:
  // What is known of the unit in one service's database.
  struct State {
    const ServiceTables* service = nullptr;
    std::map<std::string, StoredPosition> positions;        // by upstream
    std::map<std::string, StoredCosignature> cosignatures;  // by witness
    std::unique_ptr<LedgerCheck> ledger;
    std::unique_ptr<Replay> replay;
    std::unique_ptr<DerivedRows> derived;
    std::unique_ptr<Recount> recount;
    std::map<std::string, std::string> figures;  // stored rows that the recount is compared with
    // Newest entry of an upstream that own entries say they come from.
    std::map<std::string, int64_t> followed;
    bool present = false;          // any row of the unit is there
    bool derived_differ = false;   // of the rows that other ledgers decide
    std::set<std::string> unread;  // ledgers that cannot be read: their service is not at hand
  };

  template <class Stored>
  absl::Status ReadStored(const State& state, const std::string& name,
                          std::map<std::string, Stored>* rows);
  absl::Status ReadLedger(State* state);
  void Derive(const State& from, const CheckedEntry& entry);
  absl::StatusOr<std::optional<HeadRow>> ReadHead(const State& state);
  absl::Status Compare(State* state);
  absl::Status CompareSealed(State* state);
  absl::Status CompareTable(State* state, const store::RecordKind& kind, ExpectedRows expected,
                            bool derived);
  bool RestsOnErased(absl::string_view id, const std::string& body) const;
  void CheckFigures(const State& state);
  void CheckPositions(State* state);
  void CheckKnown(const State& state);
  void Summarize(const State& state);

  Finding Of(const State& state, absl::string_view table, absl::string_view key) const;
  void Add(Finding finding) { findings_->Add(std::move(finding)); }
  State* Find(absl::string_view service);

  sql::Snapshot& snapshot_;
  const Options& options_;
  const KnownCheckpoints& known_;
  const std::string unit_id_;
  Findings* findings_;
  Result* result_;
  std::vector<State> states_;
  std::set<std::string> erased_;  // names of records whose text was erased
};

}  // namespace lianfang::verify
