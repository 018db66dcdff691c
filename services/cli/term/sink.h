#ifndef LIANFANG_SERVICES_CLI_TERM_SINK_H_
#define LIANFANG_SERVICES_CLI_TERM_SINK_H_

#include <cstdio>
#include <string>

#include "absl/strings/string_view.h"

namespace lianfang::cli {

// Where text for a person goes.
class Sink {
 public:
  virtual ~Sink() = default;

  // Shows `text` at once; it may be part of a line. Text that cannot be shown is dropped: progress
  // must not end the work that it tells of.
  virtual void Write(absl::string_view text) = 0;
};

// Writes to an open stream and flushes it; does not close it. Safe from several threads.
class FileSink : public Sink {
 public:
  explicit FileSink(std::FILE* file) : file_(file) {}
  void Write(absl::string_view text) override;

 private:
  std::FILE* file_;
};

// Keeps all text, for tests and for composing.
class StringSink : public Sink {
 public:
  void Write(absl::string_view text) override { text_.append(text.data(), text.size()); }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace lianfang::cli

#endif  // LIANFANG_SERVICES_CLI_TERM_SINK_H_
