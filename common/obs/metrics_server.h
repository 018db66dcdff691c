// Serves what is counted to Prometheus: plain HTTP, the text format, at `/metrics`. Nothing in it
// is anybody's data, but it has no password either: it belongs on loopback or on an address that
// only the monitoring reaches.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/obs/metrics.h"

namespace lianfang::obs {

class MetricsServer {
 public:
  // `listen` is `host:port`; port 0 takes a free one. `metrics` must outlive the server. The
  // error's text says what the library says.
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Start(Metrics* metrics,
                                                              const std::string& listen);
  // Ends running requests.
  virtual ~MetricsServer() = default;
  // `host:port` where it listens.
  virtual const std::string& address() const = 0;
};

}  // namespace lianfang::obs
