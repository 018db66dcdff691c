#include <string>

#include "common/directory/date.h"
#include "common/directory/lookup.h"
#include "common/rpc/standard.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "services/risk/access.h"
#include "services/risk/risk_handler.h"
#include "services/risk/risk_kinds.h"
#include "services/risk/self_checks.h"

namespace lianfang::risk {
namespace {

using rpc::CallContext;
using store::Reader;
using store::WriteTx;

absl::Status ListForms(const CallContext& call, Reader& reader,
                       const v1::ListSelfChecksRequest& request,
                       v1::ListSelfChecksResponse* response) {
  store::Query query;
  if (!request.person().empty()) query.equal.emplace_back("person", request.person());
  if (!access::RolesSuffice(*call.identity, access::Action::kSeeSelfCheck)) {
    query.equal.emplace_back("person", call.identity->subject);
  }
  if (request.state() != v1::SELF_CHECK_STATE_UNSPECIFIED) {
    query.equal.emplace_back("state", int64_t{request.state()});
  }
  if (request.year() != 0) query.equal.emplace_back("year", int64_t{request.year()});
  return rpc::ListPage(call, reader, SelfCheckKind(), request, std::move(query), response);
}

absl::Status ListRevisions(const CallContext& call, Reader& reader,
                           const v1::ListSelfCheckRevisionsRequest& request,
                           v1::ListSelfCheckRevisionsResponse* response) {
  LF_ASSIGN_OR_RETURN(const v1::SelfCheck form,
                      reader.Get<v1::SelfCheck>(SelfCheckKind(), request.parent()));
  LF_RETURN_IF_ERROR(ViewerOf(call, reader).May(access::Action::kSeeSelfCheck, FactsOf(form)));
  store::Query query;
  query.equal.emplace_back("self_check", form.name());
  return rpc::ListPage(call, reader, SelfCheckRevisionKind(), request, std::move(query), response);
}

}  // namespace

void RegisterSelfChecks(rpc::Registry& registry, rpc::Service& host,
                        const config::v1::RoutesPolicy& routes) {
  const auto sees = [](const CallContext& call, Reader& reader,
                       const auto& record) -> absl::Status {
    access::Facts facts = FactsOf(record);
    // The superior reviews the forms of principal responsible persons, and no others.
    LF_ASSIGN_OR_RETURN(
        facts.for_superior,
        directory::IsPrincipalResponsible(
            reader, record.person(), directory::DateOf(call.now, directory::SchoolTimeZone())));
    return ViewerOf(call, reader).May(access::Action::kSeeSelfCheck, facts);
  };
  rpc::Standard<v1::SelfCheck>(&registry, kService, &host, &SelfCheckKind())
      .Create<v1::CreateSelfCheckRequest, v1::CreateSelfCheckResponse>("CreateSelfCheck",
                                                                       CreateSelfCheck)
      .Get<v1::GetSelfCheckRequest, v1::GetSelfCheckResponse>("GetSelfCheck", sees)
      .Update<v1::UpdateSelfCheckRequest, v1::UpdateSelfCheckResponse>("UpdateSelfCheck",
                                                                       UpdateSelfCheck)
      .Verb<v1::SubmitSelfCheckRequest, v1::SubmitSelfCheckResponse>(
          "SubmitSelfCheck",
          [&routes](WriteTx& tx, const auto&, v1::SelfCheck& form) {
            return SubmitSelfCheck(tx, routes, form);
          })
      .Verb<v1::WithdrawSelfCheckRequest, v1::WithdrawSelfCheckResponse>(
          "WithdrawSelfCheck", [](WriteTx& tx, const auto&, v1::SelfCheck& form) {
            return WithdrawSelfCheck(tx, form);
          });
  registry.Read<v1::ListSelfChecksRequest, v1::ListSelfChecksResponse>(kService, "ListSelfChecks",
                                                                       host, ListForms);

  rpc::Standard<v1::SelfCheckRevision>(&registry, kService, &host, &SelfCheckRevisionKind())
      .Get<v1::GetSelfCheckRevisionRequest, v1::GetSelfCheckRevisionResponse>(
          "GetSelfCheckRevision", sees);
  registry.Read<v1::ListSelfCheckRevisionsRequest, v1::ListSelfCheckRevisionsResponse>(
      kService, "ListSelfCheckRevisions", host, ListRevisions);
}

}  // namespace lianfang::risk
