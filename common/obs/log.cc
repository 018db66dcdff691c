#include "common/obs/log.h"

#include <unistd.h>

#include <atomic>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/obs/trace.h"

namespace lianfang::obs {
namespace {

std::atomic<Level> minimum{Level::kWarning};

constexpr absl::string_view kNames[] = {"debug", "info", "warning", "error"};

void AppendJson(absl::string_view text, std::string* out) {
  out->push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(out, "\\u%04x", c);
    } else {
      out->push_back(c);
    }
  }
  out->push_back('"');
}

}  // namespace

void SetLevel(Level level) { minimum = level; }

bool Enabled(Level level) { return level >= minimum.load(std::memory_order_relaxed); }

void Log(Level level, absl::string_view event,
         std::initializer_list<std::pair<absl::string_view, absl::string_view>> facts) {
  if (!Enabled(level)) return;
  std::string line = absl::StrCat(
      "{\"time\":\"", absl::FormatTime(absl::RFC3339_full, absl::Now(), absl::UTCTimeZone()),
      "\",\"level\":\"", kNames[static_cast<int>(level)], "\",\"event\":");
  AppendJson(event, &line);
  for (const auto& [key, value] : facts) {
    line.push_back(',');
    AppendJson(key, &line);
    line.push_back(':');
    AppendJson(value, &line);
  }
  if (const TraceContext& trace = CurrentTrace(); trace.valid()) {
    absl::StrAppend(&line, ",\"trace\":\"", trace.TraceId(), "\"");
  }
  line.append("}\n");
  // One write, so that lines of several threads do not mix. A log that cannot be written stops
  // nothing.
  const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
  static_cast<void>(written);
}

}  // namespace lianfang::obs
