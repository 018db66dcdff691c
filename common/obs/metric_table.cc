#include "common/obs/metric_table.h"

namespace lianfang::obs {
namespace {

using enum MetricType;

constexpr const char* kNone[] = {"-"};
constexpr std::span<const char* const> kNoLabels(kNone, 0);
constexpr const char* kMethodLabels[] = {"grpc_type", "grpc_service", "grpc_method"};
constexpr const char* kCodeLabels[] = {"grpc_type", "grpc_service", "grpc_method", "grpc_code"};
constexpr const char* kGrpcServiceLabels[] = {"grpc_service"};
constexpr const char* kReasonLabels[] = {"grpc_service", "reason"};
constexpr const char* kPoolLabels[] = {"pool"};
constexpr const char* kServiceLabels[] = {"service"};
constexpr const char* kOutcomeLabels[] = {"service", "outcome"};
constexpr const char* kCauseLabels[] = {"service", "cause"};
constexpr const char* kEngineLabels[] = {"service", "engine"};
constexpr const char* kUpstreamLabels[] = {"service", "upstream"};
constexpr const char* kStateLabels[] = {"state"};
constexpr const char* kVersionLabels[] = {"version"};
constexpr const char* kUseLabels[] = {"use"};

constexpr double kNanoseconds = 1e-9;
constexpr bool kSparse = true;
constexpr int64_t kMillisecond = 1'000'000;
constexpr int64_t kCallBounds[] = {kMillisecond / 4,     kMillisecond / 2,    kMillisecond,
                                   5 * kMillisecond / 2, 5 * kMillisecond,    10 * kMillisecond,
                                   25 * kMillisecond,    50 * kMillisecond,   100 * kMillisecond,
                                   250 * kMillisecond,   500 * kMillisecond,  1000 * kMillisecond,
                                   2500 * kMillisecond,  5000 * kMillisecond, 10000 * kMillisecond};
constexpr int64_t kBatchBounds[] = {1, 2, 4, 8, 16, 32, 64, 128};

}  // namespace

const Metric kCallsStarted = {
    "grpc_server_started_total", "Calls that came in.", kCounter, kMethodLabels, 1, {}, kSparse};
const Metric kCallsHandled = {"grpc_server_handled_total",
                              "Calls that were answered, by code.",
                              kCounter,
                              kCodeLabels,
                              1,
                              {},
                              kSparse};
const Metric kCallSeconds = {"grpc_server_handling_seconds",
                             "Time from a call's arrival to its answer; of a stream, to its end.",
                             kHistogram,
                             kMethodLabels,
                             kNanoseconds,
                             kCallBounds,
                             kSparse};
const Metric kCallsRunning = {"lianfang_calls_running", "Calls that run now.", kGauge,
                              kGrpcServiceLabels};
const Metric kCallErrors = {"lianfang_call_errors_total",
                            "Calls that were answered with an error, by its reason.", kCounter,
                            kReasonLabels};

const Metric kReadQueueDepth = {"lianfang_read_queue_depth", "Jobs that wait for a thread.", kGauge,
                                kPoolLabels};
const Metric kReadQueueCapacity = {"lianfang_read_queue_capacity",
                                   "Jobs that may wait for a thread.", kGauge, kPoolLabels};
const Metric kReadsRefused = {"lianfang_read_queue_refused_total",
                              "Jobs refused since the queue was full.", kCounter, kPoolLabels};

const Metric kWriteQueueDepth = {"lianfang_write_queue_depth", "Changes that wait for the writer.",
                                 kGauge, kServiceLabels};
const Metric kWriteQueueCapacity = {"lianfang_write_queue_capacity",
                                    "Changes that may wait for the writer.", kGauge,
                                    kServiceLabels};
const Metric kWritesRefused = {"lianfang_write_queue_refused_total",
                               "Changes refused since the queue was full.", kCounter,
                               kServiceLabels};
const Metric kTransactions = {"lianfang_transactions_total",
                              "Transactions of the writer: committed, or failed for good.",
                              kCounter, kOutcomeLabels};
const Metric kTransactionSeconds = {"lianfang_transaction_seconds",
                                    "Time from a transaction's begin to its commit.",
                                    kHistogram,
                                    kServiceLabels,
                                    kNanoseconds,
                                    kCallBounds};
const Metric kBatchChanges = {"lianfang_transaction_changes",
                              "Changes in a transaction.",
                              kHistogram,
                              kServiceLabels,
                              1,
                              kBatchBounds};
const Metric kTransactionRetries = {
    "lianfang_transaction_retries_total",
    "Transactions run again, by cause: deadlock, lost, unknown_commit, duplicate, data.", kCounter,
    kCauseLabels};
const Metric kConnectionsOpened = {"lianfang_database_connections_opened_total",
                                   "Connections to the database that were opened.", kCounter,
                                   kEngineLabels};
const Metric kConnectionsOpen = {"lianfang_database_connections_open",
                                 "Connections to the database that are open.", kGauge,
                                 kEngineLabels};
const Metric kConnectionsFailed = {"lianfang_database_connections_failed_total",
                                   "Attempts to connect to a database host that failed.", kCounter,
                                   kEngineLabels};

const Metric kServiceReady = {"lianfang_service_ready",
                              "1 while the service's health is SERVING, else 0.", kGauge,
                              kServiceLabels};
const Metric kDatabaseUp = {"lianfang_database_up",
                            "1 while the database can be read and written, else 0.", kGauge,
                            kServiceLabels};
const Metric kDataFreeBytes = {"lianfang_data_free_bytes", "Free space where the data folder is.",
                               kGauge, kNoLabels};
const Metric kLedgerEntries = {"lianfang_ledger_entries",
                               "Entries of the service's ledgers, of all units together.", kGauge,
                               kServiceLabels};
const Metric kLedgerUnits = {"lianfang_ledger_units", "Units that have a ledger of the service.",
                             kGauge, kServiceLabels};

const Metric kFollowLagEntries = {"lianfang_follow_lag_entries",
                                  "Entries of the upstream that are not applied yet, of all units.",
                                  kGauge, kUpstreamLabels};
const Metric kFollowLagEntriesMax = {"lianfang_follow_lag_entries_max",
                                     "The same of the unit that is behind most.", kGauge,
                                     kUpstreamLabels};
const Metric kFollowUnits = {"lianfang_follow_units", "Units whose ledgers are followed.", kGauge,
                             kUpstreamLabels};
const Metric kFollowFailures = {"lianfang_follow_failures_total", "Rounds over a unit that failed.",
                                kCounter, kUpstreamLabels};
const Metric kFollowLevelTime = {
    "lianfang_follow_level_timestamp_seconds",
    "When the follower was last known to be level with its upstream; before that, when it started.",
    kGauge, kUpstreamLabels, 1e-3};

const Metric kMembers = {"lianfang_members", "Members of the aggregator, by state.", kGauge,
                         kStateLabels};
const Metric kOldestPullTime = {
    "lianfang_members_oldest_verified_timestamp_seconds",
    "Of the members that have been verified, when the one verified longest ago was; 0: none.",
    kGauge, kNoLabels};

const Metric kStreamsCut = {"lianfang_streams_cut_total",
                            "Calls that were ended since their peer took or sent nothing.",
                            kCounter, kNoLabels};
const Metric kCertificateExpiry = {
    "lianfang_certificate_expiry_seconds",
    "When the first certificate of a file in use expires, Unix time; 0: it cannot be read.", kGauge,
    kUseLabels};

const Metric kClock = {"lianfang_clock_timestamp_seconds",
                       "What the server's clock says, to be compared with the one who asks.",
                       kGauge, kNoLabels, 1e-3};
const Metric kBuildInfo = {"lianfang_build_info", "1, with the version.", kGauge, kVersionLabels};
const Metric kProcessStartTime = {"process_start_time_seconds", "When the process started.", kGauge,
                                  kNoLabels, 1e-3};
const Metric kProcessMemory = {"process_resident_memory_bytes", "Memory that the process holds.",
                               kGauge, kNoLabels};
const Metric kProcessCpu = {"process_cpu_seconds_total", "Processor time of the process.", kCounter,
                            kNoLabels, 1e-3};
const Metric kProcessFiles = {"process_open_fds", "Open file descriptors.", kGauge, kNoLabels};
const Metric kProcessMaxFiles = {"process_max_fds", "File descriptors that may be open.", kGauge,
                                 kNoLabels};

std::span<const Metric* const> AllMetrics() {
  static constexpr const Metric* kAll[] = {
      &kCallsStarted,        &kCallsHandled,      &kCallSeconds,
      &kCallsRunning,        &kCallErrors,        &kReadQueueDepth,
      &kReadQueueCapacity,   &kReadsRefused,      &kWriteQueueDepth,
      &kWriteQueueCapacity,  &kWritesRefused,     &kTransactions,
      &kTransactionSeconds,  &kBatchChanges,      &kTransactionRetries,
      &kConnectionsOpened,   &kConnectionsOpen,   &kConnectionsFailed,
      &kServiceReady,        &kDatabaseUp,        &kDataFreeBytes,
      &kLedgerEntries,       &kLedgerUnits,       &kFollowLagEntries,
      &kFollowLagEntriesMax, &kFollowUnits,       &kFollowFailures,
      &kFollowLevelTime,     &kMembers,           &kOldestPullTime,
      &kStreamsCut,          &kCertificateExpiry, &kClock,
      &kBuildInfo,           &kProcessStartTime,  &kProcessMemory,
      &kProcessCpu,          &kProcessFiles,      &kProcessMaxFiles};
  return kAll;
}

}  // namespace lianfang::obs
