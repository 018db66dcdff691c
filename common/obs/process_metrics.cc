#include "common/obs/process_metrics.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "common/obs/metric_table.h"

namespace lianfang::obs {
namespace {

std::string FileText(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Milliseconds since 1970 at which the process started; 0 when the system does not say.
int64_t StartMillis() {
  const std::string stat = FileText("/proc/self/stat");
  // The name, in brackets, may hold anything; what counts comes after it.
  const size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return 0;
  constexpr int kStartTimeField = 20;  // counted from the state, which comes first
  size_t at = name_end + 2;
  for (int i = 1; i < kStartTimeField; ++i) {
    at = stat.find(' ', at);
    if (at == std::string::npos) return 0;
    ++at;
  }
  const int64_t ticks = std::strtoll(stat.c_str() + at, nullptr, 10);
  const std::string system = FileText("/proc/stat");
  const size_t boot = system.find("\nbtime ");
  if (boot == std::string::npos) return 0;
  const int64_t boot_seconds = std::strtoll(system.c_str() + boot + 7, nullptr, 10);
  return boot_seconds * 1000 + ticks * 1000 / sysconf(_SC_CLK_TCK);
}

int64_t ResidentBytes() {
  const std::string statm = FileText("/proc/self/statm");
  const size_t at = statm.find(' ');
  if (at == std::string::npos) return 0;
  return std::strtoll(statm.c_str() + at, nullptr, 10) * sysconf(_SC_PAGESIZE);
}

int64_t CpuMillis() {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
         (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

int64_t OpenFiles() {
  DIR* folder = opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  int64_t count = 0;
  while (const dirent* entry = readdir(folder)) count += entry->d_name[0] != '.' ? 1 : 0;
  closedir(folder);
  return count - 1;  // the folder itself
}

}  // namespace

const char* Version() { return LIANFANG_VERSION; }

std::shared_ptr<void> WatchProcess(Metrics* metrics) {
  metrics->GetGauge(kBuildInfo, {Version()})->Set(1);
  metrics->GetGauge(kProcessStartTime)->Set(StartMillis());
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    metrics->GetGauge(kProcessMaxFiles)->Set(static_cast<int64_t>(files.rlim_cur));
  }
  return metrics->BeforeRead([memory = metrics->GetGauge(kProcessMemory),
                              cpu = metrics->GetCounter(kProcessCpu),
                              open = metrics->GetGauge(kProcessFiles)] {
    memory->Set(ResidentBytes());
    const int64_t used = CpuMillis() - cpu->value();
    if (used > 0) cpu->Add(used);
    open->Set(OpenFiles());
  });
}

}  // namespace lianfang::obs
