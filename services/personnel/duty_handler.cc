#include "services/personnel/duty_handler.h"

#include <utility>

#include "common/rpc/standard.h"
#include "lianfang/personnel/v1/duty.pb.h"
#include "services/personnel/duties.h"
#include "services/personnel/duty_kinds.h"

namespace lianfang::personnel {
namespace {

using store::WriteTx;

constexpr char kDutyService[] = "lianfang.personnel.v1.DutyService";

store::Query DutiesQuery(const rpc::CallContext&, const v1::ListPostDutiesRequest& request) {
  store::Query query;
  if (request.year() != 0) query.equal.emplace_back("year", int64_t{request.year()});
  if (request.state() != v1::POST_DUTY_STATE_UNSPECIFIED) {
    query.equal.emplace_back("state", int64_t{request.state()});
  }
  if (!request.post().empty()) query.equal.emplace_back("post", request.post());
  if (!request.department().empty()) query.equal.emplace_back("department", request.department());
  return query;
}

store::Query VolumesQuery(const rpc::CallContext&, const v1::ListDutyVolumesRequest& request) {
  store::Query query;
  if (request.year() != 0) query.equal.emplace_back("year", int64_t{request.year()});
  return query;
}

absl::Status ListRevisions(const rpc::CallContext& call, store::Reader& reader,
                           const v1::ListPostDutyRevisionsRequest& request,
                           v1::ListPostDutyRevisionsResponse* response) {
  LF_RETURN_IF_ERROR(reader.Get<v1::PostDuty>(PostDutyKind(), request.parent()).status());
  store::Query query;
  query.equal.emplace_back("post_duty", request.parent());
  return rpc::ListPage(call, reader, PostDutyRevisionKind(), request, std::move(query), response);
}

}  // namespace

void RegisterDuties(rpc::Registry& registry, rpc::Service& host,
                    const config::v1::RoutesPolicy& routes) {
  rpc::Standard<v1::PostDuty>(&registry, kDutyService, &host, &PostDutyKind())
      .Create<v1::CreatePostDutyRequest, v1::CreatePostDutyResponse>("CreatePostDuty",
                                                                     CreatePostDuty)
      .Get<v1::GetPostDutyRequest, v1::GetPostDutyResponse>("GetPostDuty")
      .List<v1::ListPostDutiesRequest, v1::ListPostDutiesResponse>("ListPostDuties", DutiesQuery)
      .Update<v1::UpdatePostDutyRequest, v1::UpdatePostDutyResponse>("UpdatePostDuty",
                                                                     UpdatePostDuty)
      .Verb<v1::SubmitPostDutyRequest, v1::SubmitPostDutyResponse>(
          "SubmitPostDuty",
          [&routes](WriteTx& tx, const auto&, v1::PostDuty& duty) {
            return SubmitPostDuty(tx, routes, duty);
          })
      .Verb<v1::WithdrawPostDutyRequest, v1::WithdrawPostDutyResponse>(
          "WithdrawPostDuty",
          [](WriteTx& tx, const auto&, v1::PostDuty& duty) { return WithdrawPostDuty(tx, duty); })
      .Verb<v1::RevisePostDutyRequest, v1::RevisePostDutyResponse>(
          "RevisePostDuty",
          [](WriteTx& tx, const auto&, v1::PostDuty& duty) { return RevisePostDuty(tx, duty); })
      .Verb<v1::ConfirmPostDutyRequest, v1::ConfirmPostDutyResponse>(
          "ConfirmPostDuty",
          [](WriteTx& tx, const auto&, v1::PostDuty& duty) { return ConfirmPostDuty(tx, duty); });

  rpc::Standard<v1::PostDutyRevision>(&registry, kDutyService, &host, &PostDutyRevisionKind())
      .Get<v1::GetPostDutyRevisionRequest, v1::GetPostDutyRevisionResponse>("GetPostDutyRevision");
  registry.Read<v1::ListPostDutyRevisionsRequest, v1::ListPostDutyRevisionsResponse>(
      kDutyService, "ListPostDutyRevisions", host, ListRevisions);

  registry.Write<v1::CompilePostDutiesRequest, v1::CompilePostDutiesResponse>(
      kDutyService, "CompilePostDuties", host, CompilePostDuties);
  rpc::Standard<v1::DutyVolume>(&registry, kDutyService, &host, &DutyVolumeKind())
      .Get<v1::GetDutyVolumeRequest, v1::GetDutyVolumeResponse>("GetDutyVolume")
      .List<v1::ListDutyVolumesRequest, v1::ListDutyVolumesResponse>("ListDutyVolumes",
                                                                     VolumesQuery);
}

}  // namespace lianfang::personnel
