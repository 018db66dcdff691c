// A backup: what all databases of one installation hold at one moment, in one file.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/crypto/random.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/internal/v1/backup.pb.h"

namespace lianfang::backup {

struct BackupOptions {
  std::string output;
  bool include_keys = false;
  // All services that there are. Those that have a database belong to the backup, whatever the
  // configuration hosts: services follow each other, and one that is ahead of what it follows is
  // taken for damaged.
  std::vector<std::string> services;
  const Clock* clock = nullptr;
  crypto::RandomSource* random = nullptr;
  // Called with the rows of each step and the rows there are; 0: not known.
  std::function<void(int64_t, int64_t)> advance;
};

struct BackupSummary {
  internal::v1::BackupHeader header;
  std::vector<internal::v1::BackupCount> counts;
  int64_t bytes = 0;  // of the file
};

// Works while the services run.
absl::StatusOr<BackupSummary> MakeBackup(const config::v1::ServerConfig& config,
                                         const BackupOptions& options);

}  // namespace lianfang::backup
