// Sending the tables of a file to the service that takes them.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/client/client.h"
#include "services/cli/tables/known_tables.h"

namespace lianfang::cli {

struct ImportTarget {
  std::string unit_id;
  int year = 0;  // of forms
  bool validate_only = false;
  std::string request_id;
  absl::Duration timeout;
};

// A place that is wrong, as people find it again.
struct BadCell {
  std::string place;  // `附件5!D12`; for a directory `岗位 12 处室代码`
  std::string zh;
  std::string en;
};

struct ImportOutcome {
  int created = 0;
  int updated = 0;
  int unchanged = 0;
  std::vector<BadCell> bad;  // of a dry run
};

// The tables of a directory, by ImportDirectory.
absl::StatusOr<ImportOutcome> SendDirectory(const client::Client& client,
                                            const std::vector<FoundTable>& tables,
                                            const ImportTarget& target);

// 附件2, 5, 6 and 7, by ImportForms.
absl::StatusOr<ImportOutcome> SendForms(const client::Client& client,
                                        const std::vector<FoundTable>& tables,
                                        const ImportTarget& target);

// The places that an IMPORT_REJECTED error lists.
std::vector<BadCell> BadCellsOf(const absl::Status& status, const std::vector<FoundTable>& tables);

}  // namespace lianfang::cli
