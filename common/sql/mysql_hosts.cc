#include "common/sql/mysql_hosts.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace lianfang::sql {

MysqlHost ParseMysqlHost(const std::string& configured) {
  absl::string_view rest = configured;
  if (absl::ConsumePrefix(&rest, "unix:")) return {configured, absl::StrCat("unix://", rest)};
  const bool has_port =
      rest.find(':', rest.rfind(']') == rest.npos ? 0 : rest.rfind(']')) != rest.npos;
  return {configured, absl::StrCat("tcp://", rest, has_port ? "" : ":3306")};
}

MysqlHosts::MysqlHosts(const std::vector<std::string>& configured) {
  for (const std::string& host : configured) hosts_.push_back(ParseMysqlHost(host));
}

std::vector<MysqlHost> MysqlHosts::InOrder() const {
  size_t first = 0;
  {
    const std::lock_guard lock(mutex_);
    first = first_;
  }
  std::vector<MysqlHost> order;
  for (size_t i = 0; i < hosts_.size(); ++i) order.push_back(hosts_[(first + i) % hosts_.size()]);
  return order;
}

void MysqlHosts::Serves(const MysqlHost& host) {
  const std::lock_guard lock(mutex_);
  for (size_t i = 0; i < hosts_.size(); ++i) {
    if (hosts_[i].name == host.name) first_ = i;
  }
}

}  // namespace lianfang::sql
