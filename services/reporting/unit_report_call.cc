#include "services/reporting/unit_report_call.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/auth/identity.h"
#include "common/auth/share.h"
#include "common/base/resource_name.h"
#include "common/directory/directory_kinds.h"
#include "common/follow/follow_kinds.h"
#include "common/ledger/merkle.h"
#include "common/message/canonical.h"
#include "common/status/error.h"
#include "lianfang/internal/v1/state.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "services/reporting/issue/issue.h"
#include "services/reporting/issue/proofs.h"
#include "services/reporting/report_figures.h"
#include "services/reporting/statistics_handler.h"
#include "services/reporting/summary_handler.h"

namespace lianfang::reporting {
namespace {

using internal::v1::FollowPosition;

// How often the positions are looked at again when a ledger grew between its checkpoint and the
// look.
constexpr int kRounds = 20;
constexpr absl::Duration kProofTimeout = absl::Seconds(10);

// What one run of the change found. Shared with the writer, which may run it more than once.
struct Found {
  v1::UnitReport report;
  int64_t sequence = 0;
  std::vector<FollowPosition> positions;
};

// The report at the positions of this moment. NOT_CAUGHT_UP unless each of them has a checkpoint
// that was verified.
absl::StatusOr<Found> IssueNow(store::WriteTx& tx, const policy::Policies& policies,
                               const std::vector<std::string>& upstreams) {
  Found found;
  v1::UnitReport report;
  LF_ASSIGN_OR_RETURN(const auto unit, tx.FindById<personnel::v1::Unit>(
                                           directory::UnitKind(), tx.unit_id(), tx.unit_id()));
  if (!unit) return store::NotFound(UnitName(tx.unit_id()));
  report.set_unit(unit->name());
  report.set_display_name(unit->display_name());
  for (const std::string& upstream : upstreams) {
    LF_ASSIGN_OR_RETURN(auto position, tx.FindById<FollowPosition>(follow::FollowPositionKind(),
                                                                   tx.unit_id(), upstream));
    // A service without an entry of this unit has no ledger of it yet.
    if (!position || position->sequence() == 0) continue;
    if (position->sequence() != position->checkpoint_size()) return rpc::NotCaughtUp();
    LF_ASSIGN_OR_RETURN(const auto frontier, ledger::Frontier::Parse(position->frontier()));
    v1::LedgerState* state = report.add_ledgers();
    state->set_service(upstream);
    state->set_size(position->checkpoint_size());
    state->set_root(crypto::ToBytes(frontier.Root()));
    position->set_service(upstream);
    found.positions.push_back(*std::move(position));
  }
  LF_ASSIGN_OR_RETURN(UnitStatistics statistics, ReadStatistics(tx, tx.unit_id(), 0));
  *report.mutable_total() = std::move(statistics.total);
  for (auto& row : statistics.departments) *report.add_departments() = std::move(row);
  report.set_year(statistics.year);
  LF_RETURN_IF_ERROR(AddFigures(tx, tx.unit_id(), policies, tx.now(), &report));
  LF_ASSIGN_OR_RETURN(auto posts, ReadPostLevels(tx, tx.unit_id()));
  for (auto& post : posts) *report.add_posts() = std::move(post);
  LF_ASSIGN_OR_RETURN(Issued issued, Issue(tx, std::move(report)));
  found.report = std::move(issued.report);
  found.sequence = issued.sequence;
  return found;
}

class UnitReportCall final : public std::enable_shared_from_this<UnitReportCall> {
 public:
  UnitReportCall(const UnitReportEnvironment& environment, rpc::CallContext call,
                 std::shared_ptr<const v1::GetUnitReportRequest> request,
                 std::function<void(absl::StatusOr<v1::GetUnitReportResponse>)> done)
      : environment_(environment),
        call_(std::move(call)),
        request_(std::move(request)),
        done_(std::move(done)) {
    for (const auto& [name, upstream] : environment_.service->upstreams) {
      upstreams_.push_back(name);
      waits_.push_back({name, 0});
    }
    for (const auto& position : request_->not_before()) {
      if (environment_.service->upstreams.contains(position.service())) {
        waits_.push_back({position.service(), position.sequence()});
      }
    }
  }

  // Waits for what there is now, and then for what the caller asks.
  void Await(size_t next) {
    if (next == waits_.size()) {
      Write();
      return;
    }
    const auto& [name, sequence] = waits_[next];
    environment_.service->upstreams.at(name)->Await(
        call_.unit_id, sequence, call_.deadline,
        [self = shared_from_this(), next](const absl::Status& status) {
          if (status.ok()) {
            self->Await(next + 1);
          } else {
            self->done_(status);
          }
        });
  }

 private:
  void Write() {
    store::Mutation mutation;
    mutation.unit_id = call_.unit_id;
    // Issued for what the ledgers say, whoever asks: the entry goes upward as it stands, and no
    // name of a person of the school with it.
    mutation.actor = std::make_shared<const auth::Identity>(
        auth::Identity{.subject = absl::StrCat("services/", environment_.service->name)});
    mutation.method = call_.method->full_name;
    mutation.request_digest = crypto::Sha256(message::CanonicalRequest(*request_));
    mutation.deadline = call_.deadline;
    mutation.apply = [self = shared_from_this()](store::WriteTx& tx) -> absl::Status {
      LF_ASSIGN_OR_RETURN(self->found_,
                          IssueNow(tx, *self->environment_.policies, self->upstreams_));
      return absl::OkStatus();
    };
    mutation.done = [self = shared_from_this()](const absl::StatusOr<store::Committed>& outcome) {
      if (outcome.ok()) {
        self->ProveOwn();
      } else if (ReasonOf(outcome.status()) == common::v1::ERROR_REASON_NOT_CAUGHT_UP &&
                 ++self->rounds_ < kRounds && absl::Now() < self->call_.deadline) {
        self->Await(0);
      } else {
        self->done_(outcome.status());
      }
    };
    environment_.service->writer->Submit(std::move(mutation));
  }

  void ProveOwn() {
    environment_.reads->Submit(
        auth::ShareOf(call_.identity.get()), call_.deadline,
        [self = shared_from_this()](absl::Status status) {
          if (status.ok()) status = self->ReadOwn();
          if (!status.ok()) {
            self->done_(status);
            return;
          }
          self->environment_.background([self] { self->done_(self->ProveUpstreams()); });
        });
  }

  absl::Status ReadOwn() {
    FillReport(*request_, found_.report, &response_);
    const std::string& service = environment_.service->name;
    LF_ASSIGN_OR_RETURN(auto connection, environment_.service->readers->Borrow());
    return ProveIssued(*connection, call_.unit_id, service, environment_.key, found_.sequence,
                       KnownSize(*request_, service), &response_);
  }

  absl::StatusOr<v1::GetUnitReportResponse> ProveUpstreams() {
    for (const FollowPosition& position : found_.positions) {
      // The deadline is of the real world, like the one that gRPC keeps.
      const absl::Duration left = call_.deadline - absl::Now();
      if (left <= absl::ZeroDuration()) {
        return MakeError(common::v1::ERROR_REASON_DEADLINE_EXCEEDED, "等待时间已过。",
                         "The deadline has passed.");
      }
      LF_ASSIGN_OR_RETURN(
          *response_.add_ledgers(),
          ProveUpstream(*environment_.upstreams.at(position.service()), call_.unit_id, position,
                        KnownSize(*request_, position.service()), std::min(left, kProofTimeout)));
    }
    AddHandovers(environment_.key_handovers, &response_);
    for (const FollowPosition& position : found_.positions) {
      AddHandovers(position.key_handovers(), &response_);
    }
    return std::move(response_);
  }

  const UnitReportEnvironment& environment_;
  const rpc::CallContext call_;
  const std::shared_ptr<const v1::GetUnitReportRequest> request_;
  const std::function<void(absl::StatusOr<v1::GetUnitReportResponse>)> done_;
  std::vector<std::string> upstreams_;
  std::vector<std::pair<std::string, int64_t>> waits_;
  // One step runs at a time, each handing on to the next.
  Found found_;
  v1::GetUnitReportResponse response_;
  int rounds_ = 0;
};

}  // namespace

void StartUnitReport(const UnitReportEnvironment& environment, const rpc::CallContext& call,
                     std::shared_ptr<const v1::GetUnitReportRequest> request,
                     std::function<void(absl::StatusOr<v1::GetUnitReportResponse>)> done) {
  std::make_shared<UnitReportCall>(environment, call, std::move(request), std::move(done))
      ->Await(0);
}

}  // namespace lianfang::reporting
