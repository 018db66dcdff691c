// Whether the records that a server shows are the newest revisions that its ledger holds: none
// more, none less, none different. For whoever sees a server and not its database.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/client/client.h"
#include "common/store/record_kind.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::cli {

// The newest revision of each record, from contents in the order of their entries.
class NewestRecords {
 public:
  explicit NewestRecords(const std::vector<const store::RecordKind*>& kinds) : kinds_(kinds) {}

  void Take(const ledger::v1::EntryContent& content);
  // Serialized, by resource name.
  const std::map<std::string, std::string>& Of(const store::RecordKind& kind) const;

 private:
  const std::vector<const store::RecordKind*>& kinds_;
  std::map<const store::RecordKind*, std::map<std::string, std::string>> records_;
};

// A record that is shown otherwise than it should be.
struct ShownOtherwise {
  std::string name;
  std::string field;  // empty: the record as a whole
  std::string shown;  // empty: it is not shown
  std::string expected;
};

struct RecordsResult {
  int64_t compared = 0;
  std::vector<ShownOtherwise> differences;
};

// Reads the lists of a kind's records (`List…` methods of the service) and compares. Kinds that no
// list shows as they are stored are passed over. An error is one of reading.
absl::StatusOr<RecordsResult> CompareShown(const client::Client& client, const std::string& unit_id,
                                           const store::RecordKind& kind,
                                           const std::map<std::string, std::string>& newest,
                                           absl::Duration timeout);

}  // namespace lianfang::cli
