// Keeps the audit trail: adds up what calls of one kind come within a minute, and writes a record
// of it to the ledger of the unit. The first call of its kind is written at once; how many
// followed, when the minute is over or the server stops. So what a killed process loses is at most
// by how much the last minute's counts grew.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "common/audit/audit_record.h"
#include "common/base/clock.h"
#include "common/base/id_source.h"
#include "common/rpc/call_hooks.h"
#include "common/rpc/service.h"

namespace lianfang::audit {

class Recorder final : public rpc::AuditSink {
 public:
  // Records that may be open at a time in one unit of one service: as much as a caller can make a
  // ledger grow a minute. What is beyond is added up without saying who and which method.
  static constexpr size_t kMaxOfUnit = 64;
  static constexpr size_t kMaxOpen = 4096;

  Recorder(const Clock* clock, IdSource* ids) : clock_(clock), ids_(ids) {}
  ~Recorder() override { Stop(); }

  // Before the first call; `services` by name must outlive the recorder.
  void Start(std::map<std::string, rpc::Service*> services);
  // Writes what is open, then stops. The services' writers must still be running. Idempotent.
  void Stop();

  void Take(rpc::AuditEvent event) override;

 private:
  // service, unit, kind, subject, method, reason
  using Key = std::tuple<std::string, std::string, int, std::string, std::string, int>;
  // service, unit; the unit is empty for all that may not exist
  using Bucket = std::pair<std::string, std::string>;
  struct Tally {
    Bucket bucket;
    std::string service;
    std::string unit_id;
    bool unit_is_sure = true;
    std::string id;
    ledger::v1::AuditRecord record;
    absl::Time end;       // of its minute
    int64_t written = 0;  // the count that the ledger says
    bool writing = false;
  };
  using Tallies = std::vector<std::shared_ptr<Tally>>;
  using Open = std::map<Key, std::shared_ptr<Tally>>;

  // The tally that a sighting belongs to.
  Tally& TallyOf(const Sighting& sighting, absl::Time now);  // under mutex_
  Open::iterator Retire(Open::iterator open);                // under mutex_
  // What is to be written now, marked as being written; forgets what is over and written.
  Tallies Collect();  // under mutex_
  void Loop();
  // Settles on whose ledger those go that name a unit which may not exist.
  void SettleUnits(const Tallies& tallies);
  void Write(const Tallies& tallies);
  void Submit(const std::string& service, const std::string& unit_id,
              std::vector<std::pair<std::shared_ptr<Tally>, ledger::v1::AuditRecord>> records);

  const Clock* const clock_;
  IdSource* const ids_;
  std::map<std::string, rpc::Service*> services_;
  std::set<std::string> hosted_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Open open_;                                // under mutex_
  std::map<Bucket, size_t> open_in_;         // under mutex_
  std::deque<std::shared_ptr<Tally>> over_;  // whose minute is over; under mutex_
  size_t running_ = 0;                       // writes under way; under mutex_
  bool fresh_ = false;                       // something was never written; under mutex_
  bool stopping_ = false;                    // under mutex_
  std::thread thread_;
};

}  // namespace lianfang::audit
