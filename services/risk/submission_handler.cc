#include <memory>

#include "common/rpc/standard.h"
#include "lianfang/risk/v1/submission.pb.h"
#include "services/risk/access.h"
#include "services/risk/carry_forward.h"
#include "services/risk/risk_handler.h"
#include "services/risk/risk_kinds.h"
#include "services/risk/submissions.h"

namespace lianfang::risk {
namespace {

using rpc::CallContext;
using store::Reader;
using store::WriteTx;

absl::Status SeesForm(const CallContext& call, Reader& reader, const v1::Submission& form) {
  return ViewerOf(call, reader).May(access::Action::kSeeRisk, FactsOf(form));
}

rpc::Standard<v1::Submission>::Sees SeesForms(const CallContext& call, Reader& reader) {
  return [viewer = std::make_shared<access::Viewer>(ViewerOf(call, reader))](
             const v1::Submission& form) {
    return viewer->Sees(access::Action::kSeeRisk, FactsOf(form));
  };
}

store::Query FormsQuery(const CallContext&, const v1::ListSubmissionsRequest& request) {
  store::Query query;
  if (request.kind() != v1::SUBMISSION_KIND_UNSPECIFIED) {
    query.equal.emplace_back("kind", int64_t{request.kind()});
  }
  if (!request.owner().empty()) query.equal.emplace_back("owner", request.owner());
  if (request.year() != 0) query.equal.emplace_back("year", int64_t{request.year()});
  if (request.state() != v1::SUBMISSION_STATE_UNSPECIFIED) {
    query.equal.emplace_back("state", int64_t{request.state()});
  }
  return query;
}

}  // namespace

void RegisterSubmissions(rpc::Registry& registry, rpc::Service& host,
                         const config::v1::RoutesPolicy& routes) {
  rpc::Standard<v1::Submission>(&registry, kService, &host, &SubmissionKind())
      .Create<v1::CreateSubmissionRequest, v1::CreateSubmissionResponse>(
          "CreateSubmission",
          [&routes](WriteTx& tx, v1::Submission& form) {
            return CreateSubmission(tx, routes, form);
          })
      .Get<v1::GetSubmissionRequest, v1::GetSubmissionResponse>("GetSubmission", SeesForm)
      .ListSeen<v1::ListSubmissionsRequest, v1::ListSubmissionsResponse>("ListSubmissions",
                                                                         FormsQuery, SeesForms)
      .Verb<v1::WithdrawSubmissionRequest, v1::WithdrawSubmissionResponse>(
          "WithdrawSubmission", [](WriteTx& tx, const auto&, v1::Submission& form) {
            return WithdrawSubmission(tx, form);
          });
  registry.Write<v1::CarryForwardRequest, v1::CarryForwardResponse>(kService, "CarryForward", host,
                                                                    CarryForward);
}

}  // namespace lianfang::risk
