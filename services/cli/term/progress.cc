#include "services/cli/term/progress.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/utf8.h"

namespace lianfang::cli {
namespace {

constexpr absl::Duration kRedraw = absl::Milliseconds(100);
constexpr absl::Duration kPlainInterval = absl::Seconds(10);
constexpr int kMinBar = 10;
constexpr int kMaxBar = 40;
constexpr int kLikelySpeed = sizeof("/, 99999/s, 0:00:00") - 1;

// `done` of `total` in parts of `parts`, rounded down, at most `parts`; total is above 0.
int Share(int64_t done, int64_t total, int parts) {
  if (done >= total) return parts;
  // In floating point, because a count of bytes times 100 may not fit; below 1 after the check
  // above except by rounding.
  const int share = static_cast<int>(static_cast<long double>(done) * parts / total);
  return std::min(share, parts - 1);
}

// "0:07", "12:34" or "1:02:03".
std::string FormatElapsed(absl::Duration elapsed) {
  const int64_t seconds = absl::ToInt64Seconds(std::max(elapsed, absl::ZeroDuration()));
  if (seconds < 3600) return absl::StrFormat("%d:%02d", seconds / 60, seconds % 60);
  return absl::StrFormat("%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

}  // namespace

Progress::Progress(Sink* sink, Options options, absl::string_view title, int64_t total)
    : sink_(sink),
      options_(std::move(options)),
      title_(Printable(title)),
      total_(std::max<int64_t>(total, 0)),
      start_(options_.now()),
      last_(start_) {
  const std::lock_guard lock(mutex_);
  if (options_.terminal) {
    Draw(start_);
  } else {
    sink_->Write(absl::StrCat(title_, ": ", Counts(), "\n"));
  }
}

Progress::~Progress() {
  const std::lock_guard lock(mutex_);
  if (!finished_ && options_.terminal) sink_->Write("\n");
}

void Progress::Advance(int64_t n) {
  const std::lock_guard lock(mutex_);
  if (finished_ || n <= 0) return;
  done_ = n > std::numeric_limits<int64_t>::max() - done_ ? std::numeric_limits<int64_t>::max()
                                                          : done_ + n;
  const absl::Time now = options_.now();
  if (!options_.terminal) {
    Report(now);
  } else if (now - last_ >= kRedraw || now < last_) {
    Draw(now);
  }
}

void Progress::Finish(absl::string_view summary) {
  const std::lock_guard lock(mutex_);
  if (finished_) return;
  finished_ = true;
  const std::string line =
      absl::StrCat(title_, ": ", Printable(summary), " (", Counts(), Speed(options_.now()), ")");
  if (options_.terminal) Overwrite(line);
  sink_->Write(options_.terminal ? "\n" : absl::StrCat(line, "\n"));
}

// "12/34", or "12" when the total is not known.
std::string Progress::Counts() const {
  return total_ > 0 ? absl::StrCat(done_, "/", total_) : absl::StrCat(done_);
}

// ", 12.3/s, 0:07"; without the rate while it is not known.
std::string Progress::Speed(absl::Time now) const {
  const absl::Duration elapsed = now - start_;
  std::string out;
  if (elapsed > absl::ZeroDuration() && done_ > 0) {
    const double rate = static_cast<double>(done_) / absl::ToDoubleSeconds(elapsed);
    out = absl::StrFormat(", %.*f/s", rate < 100 ? 1 : 0, rate);
  }
  return absl::StrCat(out, ", ", FormatElapsed(elapsed));
}

// Writes `line` over the last drawing. The last column of the terminal stays free: a line that
// fills it would break, and the next drawing would start below.
void Progress::Overwrite(absl::string_view line) {
  const std::string cut = TruncateToWidth(line, options_.width - 1);
  sink_->Write(absl::StrCat("\r", PadRight(cut, std::min(drawn_width_, options_.width - 1))));
  drawn_width_ = DisplayWidth(cut);
}

void Progress::Draw(absl::Time now) {
  last_ = now;
  const std::string numbers = absl::StrCat(Counts(), Speed(now));
  if (total_ == 0) {
    Overwrite(absl::StrCat(title_, " ", numbers));
    return;
  }
  const std::string percent = absl::StrFormat("%3d%%", Share(done_, total_, 100));
  // The title gives way to the numbers, the bar to both. The bar is as long as it can be with the
  // longest numbers that are likely, so that it does not change its length from drawing to drawing.
  const int likely = 2 * DisplayWidth(absl::StrCat(total_)) + kLikelySpeed;
  const int numbers_width = DisplayWidth(numbers);
  const int room = options_.width - 1 - numbers_width - DisplayWidth(percent) - 2;
  const std::string title = TruncateToWidth(title_, room);
  const int bar_room = room - std::max(0, likely - numbers_width) - DisplayWidth(title) - 3;
  std::string line = title;
  if (bar_room >= kMinBar) {
    const int bar = std::min(bar_room, kMaxBar);
    const int filled = Share(done_, total_, bar);
    absl::StrAppend(&line, " [", std::string(static_cast<size_t>(filled), '#'),
                    std::string(static_cast<size_t>(bar - filled), '.'), "]");
  }
  Overwrite(absl::StrCat(line, line.empty() ? "" : " ", percent, " ", numbers));
}

void Progress::Report(absl::Time now) {
  if (total_ == 0) {
    if (now - last_ < kPlainInterval && now >= last_) return;
  } else {
    const int tenth = Share(done_, total_, 10);
    // The whole is told by Finish.
    if (tenth <= last_tenth_ || tenth == 10) return;
    last_tenth_ = tenth;
  }
  last_ = now;
  sink_->Write(absl::StrCat(title_, ": ",
                            total_ > 0 ? absl::StrCat(Share(done_, total_, 100), "%, ") : "",
                            Counts(), Speed(now), "\n"));
}

}  // namespace lianfang::cli
