#ifndef LIANFANG_SERVICES_CLI_TERM_PROGRESS_H_
#define LIANFANG_SERVICES_CLI_TERM_PROGRESS_H_

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/cli/term/sink.h"

namespace lianfang::cli {

// Tells a person how far a long piece of work is.
//
// On a terminal, one line with a bar, the count, the rate and the time taken is drawn again over
// itself, at most ten times a second. Elsewhere (a log, a pipe) plain lines are written: one at the
// start, one when each further tenth is reached, one at the end; without a known total, one every
// ten seconds in which something advances.
//
// Safe from several threads.
class Progress {
 public:
  struct Options {
    bool terminal = false;            // Whether the sink is one, as isatty says.
    int width = 80;                   // Columns of the terminal.
    std::function<absl::Time()> now;  // The clock; must be set. It may go back.
  };

  // Starts, at the time it is created, on `total` pieces; 0 or less for an unknown number. `sink`
  // must live longer than this.
  Progress(Sink* sink, Options options, absl::string_view title, int64_t total);

  // Ends the line on a terminal, so that an error message starts on its own; says nothing more when
  // Finish was not called, because then the work did not finish.
  ~Progress();

  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `n` more pieces are done; 0 and less count nothing. No effect after Finish.
  void Advance(int64_t n = 1);

  // The work ended; writes `summary` with the count and the time taken. Only the first call counts.
  void Finish(absl::string_view summary);

 private:
  // All of these need mutex_ to be held.
  std::string Counts() const;
  std::string Speed(absl::Time now) const;
  void Draw(absl::Time now);
  void Overwrite(absl::string_view line);
  void Report(absl::Time now);

  Sink* const sink_;
  const Options options_;
  const std::string title_;
  const int64_t total_;
  const absl::Time start_;

  std::mutex mutex_;  // Guards what follows, and the order of writes to sink_.
  int64_t done_ = 0;
  bool finished_ = false;
  absl::Time last_;      // When something was last written.
  int last_tenth_ = 0;   // The last tenth told in a plain line.
  int drawn_width_ = 0;  // Columns that the next drawing must cover.
};

}  // namespace lianfang::cli

#endif  // LIANFANG_SERVICES_CLI_TERM_PROGRESS_H_
