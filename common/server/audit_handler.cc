#include "common/server/audit_handler.h"

#include <utility>

#include "common/base/resource_name.h"
#include "common/rpc/standard.h"
#include "common/store/audit_kind.h"
#include "lianfang/ledger/v1/audit.pb.h"

namespace lianfang::server {

void RegisterAudit(rpc::Registry& registry, const std::map<std::string, HostedLedger>& hosted) {
  using ledger::v1::ListAuditRecordsRequest;
  using ledger::v1::ListAuditRecordsResponse;
  registry.ReadLedger<ListAuditRecordsRequest, ListAuditRecordsResponse>(
      "lianfang.ledger.v1.AuditService", "ListAuditRecords",
      [&hosted](const ListAuditRecordsRequest& request) -> absl::StatusOr<rpc::Service*> {
        const auto it = hosted.find(std::string(IdIn("ledgers", request.parent())));
        if (it == hosted.end()) return NoSuchLedger(request.parent());
        return it->second.service;
      },
      [](const rpc::CallContext& call, rpc::Service&, sql::Connection& connection,
         const ListAuditRecordsRequest& request, ListAuditRecordsResponse* response) {
        store::Query query;
        if (request.kind() != ledger::v1::AUDIT_KIND_UNSPECIFIED) {
          query.equal.emplace_back("kind", int64_t{request.kind()});
        }
        if (!request.subject().empty()) query.equal.emplace_back("subject", request.subject());
        store::ConnectionReader reader(&connection);
        return rpc::ListPage(call, reader, store::AuditRecordKind(), request, std::move(query),
                             response);
      });
}

}  // namespace lianfang::server
