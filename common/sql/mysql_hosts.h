// Which of several servers to try: the one that served last, then the others in turn. The client
// library's own list of hosts does not go on when a server fails within the handshake.
#pragma once

#include <mutex>
#include <string>
#include <vector>

namespace lianfang::sql {

// One server.
struct MysqlHost {
  std::string name;  // as configured
  std::string url;   // as the client library wants it: tcp://host:port or unix:///path
};

// Understands `host:port`, `host` (port 3306), `[v6]:port` and `unix:/path`.
MysqlHost ParseMysqlHost(const std::string& configured);

class MysqlHosts {
 public:
  explicit MysqlHosts(const std::vector<std::string>& configured);

  // All of them, in the order to try.
  std::vector<MysqlHost> InOrder() const;
  // This one serves: it is the first from now on.
  void Serves(const MysqlHost& host);

 private:
  std::vector<MysqlHost> hosts_;
  mutable std::mutex mutex_;
  size_t first_ = 0;  // under mutex_
};

}  // namespace lianfang::sql
