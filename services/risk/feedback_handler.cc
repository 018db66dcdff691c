#include <string>
#include <utility>
#include <vector>

#include "common/rpc/standard.h"
#include "lianfang/risk/v1/feedback.pb.h"
#include "services/risk/access.h"
#include "services/risk/feedback.h"
#include "services/risk/risk_handler.h"
#include "services/risk/risk_kinds.h"

namespace lianfang::risk {
namespace {

using rpc::CallContext;
using store::Reader;
using store::WriteTx;

absl::Status MayRead(const CallContext& call, Reader& reader, const v1::Feedback& feedback) {
  return ViewerOf(call, reader).May(access::Action::kSeeFeedback, FactsOf(feedback));
}

absl::Status List(const CallContext& call, Reader& reader, const v1::ListFeedbackRequest& request,
                  v1::ListFeedbackResponse* response) {
  store::Query query;
  if (request.state() != v1::FEEDBACK_STATE_UNSPECIFIED) {
    query.equal.emplace_back("state", int64_t{request.state()});
  }
  if (!request.owner().empty()) query.equal.emplace_back("owner", request.owner());
  access::Viewer viewer = ViewerOf(call, reader);
  LF_ASSIGN_OR_RETURN(const access::Place* place, viewer.place());
  for (const std::string& owner : OwnersAt(*place)) query.not_equal.emplace_back("owner", owner);
  return rpc::ListPage(call, reader, FeedbackKind(), request, std::move(query), response);
}

absl::Status LookUp(const CallContext& call, Reader& reader,
                    const v1::LookUpFeedbackRequest& request,
                    v1::LookUpFeedbackResponse* response) {
  LF_ASSIGN_OR_RETURN(*response->mutable_answer(),
                      LookUpFeedback(reader, call.unit_id, request.query_code()));
  return absl::OkStatus();
}

}  // namespace

void RegisterFeedback(rpc::Registry& registry, rpc::Service& host) {
  rpc::Standard<v1::Feedback>(&registry, kService, &host, &FeedbackKind())
      .Create<v1::CreateFeedbackRequest, v1::CreateFeedbackResponse>("CreateFeedback",
                                                                     CreateFeedback)
      .Get<v1::GetFeedbackRequest, v1::GetFeedbackResponse>("GetFeedback", MayRead)
      .Verb<v1::AcceptFeedbackRequest, v1::AcceptFeedbackResponse>(
          "AcceptFeedback", [](WriteTx& tx, const auto&,
                               v1::Feedback& feedback) { return AcceptFeedback(tx, feedback); })
      .Verb<v1::HandleFeedbackRequest, v1::HandleFeedbackResponse>("HandleFeedback", HandleFeedback)
      .Verb<v1::CloseFeedbackRequest, v1::CloseFeedbackResponse>("CloseFeedback", CloseFeedback);
  registry.Read<v1::ListFeedbackRequest, v1::ListFeedbackResponse>(kService, "ListFeedback", host,
                                                                   List);
  registry.Read<v1::LookUpFeedbackRequest, v1::LookUpFeedbackResponse>(kService, "LookUpFeedback",
                                                                       host, LookUp);
}

}  // namespace lianfang::risk
