#include "common/client/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace lianfang::client {
namespace {

// The part before the port; empty when there is none.
absl::string_view HostOf(absl::string_view address) {
  const size_t colon = address.rfind(':');
  return colon == absl::string_view::npos ? "" : address.substr(0, colon);
}

bool IsLoopback(absl::string_view address) {
  absl::string_view host = HostOf(address);
  in_addr v4{};
  if (inet_pton(AF_INET, std::string(host).c_str(), &v4) == 1) {
    return (ntohl(v4.s_addr) >> 24) == IN_LOOPBACKNET;
  }
  if (!absl::ConsumePrefix(&host, "[") || !absl::ConsumeSuffix(&host, "]")) return false;
  in6_addr v6{};
  return inet_pton(AF_INET6, std::string(host).c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace

bool IsLocal(absl::string_view address) {
  if (absl::StartsWith(address, "unix:") || absl::StartsWith(address, "unix-abstract:")) {
    return true;
  }
  // Replicas as gRPC takes them: `ipv4:127.0.0.1:7101,127.0.0.1:7201`.
  if (absl::ConsumePrefix(&address, "ipv4:") || absl::ConsumePrefix(&address, "ipv6:")) {
    const std::vector<absl::string_view> replicas = absl::StrSplit(address, ',');
    return std::all_of(replicas.begin(), replicas.end(), IsLoopback);
  }
  return absl::EqualsIgnoreCase(HostOf(address), "localhost") || IsLoopback(address);
}

}  // namespace lianfang::client
