// Ids are injected like time.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace lianfang {

class IdSource {
 public:
  virtual ~IdSource() = default;
  // An id for a new record: 20 lower-case letters and digits, practically never the same twice.
  virtual std::string NewId() = 0;
};

}  // namespace lianfang
