#include "services/aggregator/aggregation_handler.h"

#include <string>
#include <utility>

#include "common/base/resource_name.h"
#include "common/client/limits.h"
#include "common/rpc/standard.h"
#include "common/status/error.h"
#include "lianfang/aggregation/v1/aggregation.pb.h"
#include "services/aggregator/aggregation_service.h"
#include "services/aggregator/aggregator_kinds.h"
#include "services/aggregator/domain/member_rules.h"
#include "services/aggregator/domain/rollup.h"
#include "services/aggregator/domain/settlement.h"
#include "services/aggregator/member_store.h"
#include "services/aggregator/pull/compare.h"
#include "services/aggregator/pull/pull_all.h"
#include "services/reporting/domain/report_sums.h"
#include "services/reporting/domain/statistics.h"

namespace lianfang::aggregator {
namespace {

using aggregation::v1::CompareCheckpointsRequest;
using aggregation::v1::CompareCheckpointsResponse;
using aggregation::v1::ExchangeCheckpointsRequest;
using aggregation::v1::ExchangeCheckpointsResponse;
using aggregation::v1::GetMemberRequest;
using aggregation::v1::GetMemberResponse;
using aggregation::v1::GetRollupRequest;
using aggregation::v1::GetRollupResponse;
using aggregation::v1::ListMembersRequest;
using aggregation::v1::ListMembersResponse;
using aggregation::v1::Member;
using aggregation::v1::PullAllRequest;
using aggregation::v1::PullAllResponse;
using aggregation::v1::PullMemberRequest;
using aggregation::v1::PullMemberResponse;
using aggregation::v1::RegisterMemberRequest;
using aggregation::v1::RegisterMemberResponse;
using aggregation::v1::SettleMemberRequest;
using aggregation::v1::SettleMemberResponse;
using aggregation::v1::UpdateMemberRequest;
using aggregation::v1::UpdateMemberResponse;

absl::Status NewMember(store::WriteTx& tx, Member& member) {
  LF_RETURN_IF_ERROR(CheckNewMember(member, tx.unit_id()));
  LF_RETURN_IF_ERROR(CheckRoom(tx, member));
  member.set_state(aggregation::v1::MEMBER_STATE_REGISTERED);
  return DeriveRows(tx, member);
}

// Ends a page before it has as many members as asked for when it would get too large.
absl::Status ListMembers(Puller& puller, const rpc::CallContext& call, store::Reader& reader,
                         const ListMembersRequest& request, ListMembersResponse* response) {
  LF_ASSIGN_OR_RETURN(const std::string after, rpc::ReadPageToken(request));
  const int size = rpc::PageSize(request.page_size());
  size_t bytes = 0;
  std::string last;
  bool full = false;
  LF_RETURN_IF_ERROR(
      reader.Scan(MemberKind(), call.unit_id, {.after = after, .limit = size + 1},
                  [&](absl::string_view id, absl::string_view body) -> absl::Status {
                    bytes += body.size();
                    const int count = response->members_size();
                    full = full || count == size || (count > 0 && bytes > kMaxPageBytes);
                    if (full) return absl::OkStatus();
                    last = std::string(id);
                    Member* member = response->add_members();
                    if (!member->ParseFromArray(body.data(), static_cast<int>(body.size()))) {
                      return store::CorruptRecord(MemberKind(), id);
                    }
                    puller.Complete(member);
                    return absl::OkStatus();
                  }));
  if (full) response->set_next_page_token(rpc::MakePageToken(request, last));
  return absl::OkStatus();
}

absl::Status GetRollup(const rpc::CallContext& call, store::Reader& reader, const GetRollupRequest&,
                       GetRollupResponse* response) {
  reporting::v1::UnitReport totals;
  LF_RETURN_IF_ERROR(ReadRollup(reader, call.unit_id, &totals, [&](const Member& member) {
                       AddToRollup(member, response);
                     }).status());
  *response->mutable_total() = reporting::Complete(totals.total());
  reporting::ShowSums(totals, response);
  response->set_school_count(totals.school_count());
  return absl::OkStatus();
}

// Where a member serves and with which credential it is called: nothing else changes by hand.
absl::Status UpdateMember(store::WriteTx& tx, const UpdateMemberRequest& request) {
  const Member& given = request.member();
  LF_ASSIGN_OR_RETURN(Member member, tx.Get<Member>(MemberKind(), given.name()));
  LF_RETURN_IF_ERROR(store::CheckEtag(member.etag(), given.etag()));
  LF_RETURN_IF_ERROR(CheckEndpoint("member.endpoint", given.endpoint()));
  member.set_endpoint(given.endpoint());
  member.set_credential(given.credential());
  return tx.Put(MemberKind(), member);
}

absl::Status SettleMember(store::WriteTx& tx, const SettleMemberRequest& request, Member& member) {
  LF_RETURN_IF_ERROR(Settle(request, tx.actor().subject, tx.now(), &member));
  return DeriveRows(tx, member);
}

Puller::Caller CallerOf(const rpc::CallContext& call) {
  return {call.identity, call.method->full_name};
}

}  // namespace

void RegisterAggregationService(rpc::Registry& registry, rpc::Service& service,
                                const std::shared_ptr<Puller>& puller,
                                const std::shared_ptr<Fetcher>& fetcher) {
  rpc::Standard<Member>(&registry, kAggregationService, &service, &MemberKind())
      .Create<RegisterMemberRequest, RegisterMemberResponse>("RegisterMember", NewMember)
      .Verb<SettleMemberRequest, SettleMemberResponse>("SettleMember", SettleMember);
  registry.Write<UpdateMemberRequest, UpdateMemberResponse>(kAggregationService, "UpdateMember",
                                                            service, UpdateMember);
  registry.Read<GetMemberRequest, GetMemberResponse>(
      kAggregationService, "GetMember", service,
      [puller](const rpc::CallContext&, store::Reader& reader, const GetMemberRequest& request,
               GetMemberResponse* response) -> absl::Status {
        LF_ASSIGN_OR_RETURN(*response->mutable_member(),
                            reader.Get<Member>(MemberKind(), request.name()));
        puller->Complete(response->mutable_member());
        return absl::OkStatus();
      });
  registry.Read<ListMembersRequest, ListMembersResponse>(
      kAggregationService, "ListMembers", service,
      [puller](const rpc::CallContext& call, store::Reader& reader,
               const ListMembersRequest& request, ListMembersResponse* response) {
        return ListMembers(*puller, call, reader, request, response);
      });
  registry.Read<GetRollupRequest, GetRollupResponse>(kAggregationService, "GetRollup", service,
                                                     GetRollup);
  registry.Async<PullMemberRequest, PullMemberResponse>(
      kAggregationService, "PullMember",
      [puller](const rpc::CallContext& call,
               const std::shared_ptr<const PullMemberRequest>& request, Puller::Done done) {
        puller->Pull(request->name(), CallerOf(call), std::move(done));
      });
  registry.Read<ExchangeCheckpointsRequest, ExchangeCheckpointsResponse>(
      kAggregationService, "ExchangeCheckpoints", service,
      [](const rpc::CallContext& call, store::Reader& reader,
         const ExchangeCheckpointsRequest& request, ExchangeCheckpointsResponse* response) {
        return AnswerExchange(reader, call.unit_id, request, response);
      });
  registry.Async<CompareCheckpointsRequest, CompareCheckpointsResponse>(
      kAggregationService, "CompareCheckpoints",
      [puller, fetcher](const rpc::CallContext& call,
                        const std::shared_ptr<const CompareCheckpointsRequest>& request,
                        std::function<void(absl::StatusOr<CompareCheckpointsResponse>)> done) {
        const absl::Status status = CheckEndpoint("endpoint", request->endpoint());
        if (!status.ok()) {
          done(status);
          return;
        }
        CompareCheckpoints(puller, fetcher, call.unit_id, CallerOf(call), call.deadline, request,
                           std::move(done));
      });
  registry.ServerStream<PullAllRequest, PullAllResponse>(
      kAggregationService, "PullAll",
      [puller](const rpc::CallContext& call, const PullAllRequest&, rpc::Waker waker) {
        return PullAll(puller, call.unit_id, CallerOf(call), std::move(waker));
      });
}

}  // namespace lianfang::aggregator
