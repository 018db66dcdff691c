// The metrics by name; see metric_table.cc.
#pragma once

#include "common/obs/metrics.h"

namespace lianfang::obs {

// Calls. The names that gRPC's own interceptors use, so that ready-made dashboards fit.
extern const Metric kCallsStarted;
extern const Metric kCallsHandled;
extern const Metric kCallSeconds;
extern const Metric kCallsRunning;
extern const Metric kCallErrors;

extern const Metric kReadQueueDepth;
extern const Metric kReadQueueCapacity;
extern const Metric kReadsRefused;

extern const Metric kWriteQueueDepth;
extern const Metric kWriteQueueCapacity;
extern const Metric kWritesRefused;
extern const Metric kTransactions;
extern const Metric kTransactionSeconds;
extern const Metric kBatchChanges;
extern const Metric kTransactionRetries;
extern const Metric kConnectionsOpened;
extern const Metric kConnectionsOpen;
extern const Metric kConnectionsFailed;

extern const Metric kServiceReady;
extern const Metric kDatabaseUp;
extern const Metric kDataFreeBytes;
extern const Metric kLedgerEntries;
extern const Metric kLedgerUnits;

extern const Metric kFollowLagEntries;
extern const Metric kFollowLagEntriesMax;
extern const Metric kFollowUnits;
extern const Metric kFollowFailures;
extern const Metric kFollowLevelTime;

extern const Metric kMembers;
extern const Metric kOldestPullTime;

extern const Metric kStreamsCut;
extern const Metric kCertificateExpiry;

extern const Metric kClock;
extern const Metric kBuildInfo;
extern const Metric kProcessStartTime;
extern const Metric kProcessMemory;
extern const Metric kProcessCpu;
extern const Metric kProcessFiles;
extern const Metric kProcessMaxFiles;

}  // namespace lianfang::obs
