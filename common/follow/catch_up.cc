#include "common/follow/catch_up.h"

#include <algorithm>
#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/resource_name.h"
#include "common/follow/follow_kinds.h"
#include "common/ledger/checkpoint.h"
#include "common/ledger/key_handover.h"
#include "common/rpc/serve.h"
#include "common/status/error.h"
#include "common/store/erasure.h"
#include "lianfang/internal/v1/state.pb.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"

namespace lianfang::follow {
namespace {

using internal::v1::FollowPosition;
using ledger::v1::LedgerService;

constexpr int kPage = 200;
constexpr absl::Duration kCallTimeout = absl::Seconds(10);
constexpr absl::Duration kWriteTimeout = absl::Seconds(60);
constexpr absl::Duration kDirectoryTimeout = absl::Seconds(2);
// The service that keeps the directory.
constexpr char kDirectory[] = "personnel";

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("followed ledger: ", what));
}

// An emptied content brings nothing: what it brought comes with the entry of the erasure. Whether
// that entry says so is for those to look at who verify the ledger as a whole.
bool ContentFits(const ledger::v1::Entry& entry, const ledger::v1::EntryHeader& header) {
  if (entry.content().empty() && !entry.erasure().empty()) return true;
  return header.content_digest() == crypto::ToBytes(crypto::Sha256(entry.content()));
}

}  // namespace

const store::RecordKind& FollowPositionKind() {
  static const auto* kind =
      new store::RecordKind("follow_positions", "", FollowPosition::default_instance(), {});
  return *kind;
}

absl::StatusOr<Progress> StoredProgress(const Following& following, const std::string& unit_id) {
  LF_ASSIGN_OR_RETURN(auto connection, following.host->readers->Borrow());
  store::ConnectionReader reader(connection.get());
  LF_ASSIGN_OR_RETURN(const auto stored, reader.FindById<FollowPosition>(
                                             FollowPositionKind(), unit_id, following.upstream));
  Progress progress;
  if (!stored || stored->sequence() == 0) return progress;
  progress.sequence = stored->sequence();
  progress.checkpoint_size = stored->checkpoint_size();
  progress.checkpoint = stored->checkpoint();
  progress.verifier_key = stored->verifier_key();
  LF_ASSIGN_OR_RETURN(progress.frontier, ledger::Frontier::Parse(stored->frontier()));
  return progress;
}

CatchUp::CatchUp(const Following& following, std::string unit_id, Progress from)
    : following_(following), unit_id_(std::move(unit_id)), progress_(std::move(from)) {}

absl::StatusOr<std::unique_ptr<CatchUp>> CatchUp::Start(const Following& following,
                                                        const std::string& unit_id, Progress from,
                                                        size_t most) {
  std::unique_ptr<CatchUp> catch_up(new CatchUp(following, unit_id, std::move(from)));
  LF_RETURN_IF_ERROR(catch_up->Fetch(most));
  if (!catch_up->entries_.empty()) catch_up->AwaitDirectory();
  catch_up->SubmitEntries();
  catch_up->SubmitCheckpoint();
  return catch_up;
}

absl::Status CatchUp::Fetch(size_t most) {
  const auto stub = LedgerService::NewStub(following_.client->channel());
  const std::string name = absl::StrCat(UnitName(unit_id_), "/ledgers/", following_.upstream);
  ledger::v1::GetCheckpointRequest ask;
  ask.set_name(name);
  LF_ASSIGN_OR_RETURN(const auto head,
                      following_.client->Call(*stub, &LedgerService::Stub::GetCheckpoint, ask,
                                              {.timeout = kCallTimeout}));
  LF_RETURN_IF_ERROR(TakeKey(head));
  LF_ASSIGN_OR_RETURN(const auto verifier, ledger::NoteVerifier::Parse(head.verifier_key()));
  LF_ASSIGN_OR_RETURN(const auto checkpoint, ledger::OpenCheckpoint(head.checkpoint(), verifier));
  size_ = static_cast<int64_t>(checkpoint.size);
  checkpoint_ = head.checkpoint();
  if (size_ < progress_.sequence) return Damaged("shrank");
  if (size_ == progress_.sequence) return absl::OkStatus();

  ledger::v1::ListEntriesRequest request;
  request.set_name(name);
  request.set_after_sequence(progress_.sequence);
  request.set_page_size(static_cast<int32_t>(std::min<size_t>(kPage, most)));
  request.set_include_content(true);
  LF_ASSIGN_OR_RETURN(auto page, following_.client->Call(*stub, &LedgerService::Stub::ListEntries,
                                                         request, {.timeout = kCallTimeout}));
  // The whole page is checked before any of it is applied.
  ledger::Frontier checked = progress_.frontier;
  for (auto& entry : *page.mutable_entries()) {
    if (entry.sequence() > size_) break;
    auto parsed = std::make_shared<Checked>();
    if (!parsed->header.ParseFromString(entry.header()) ||
        parsed->header.sequence() != entry.sequence() ||
        entry.sequence() != static_cast<int64_t>(checked.size()) + 1 ||
        parsed->header.unit() != UnitName(unit_id_) ||
        parsed->header.service() != following_.upstream || !ContentFits(entry, parsed->header) ||
        !parsed->content.ParseFromString(entry.content())) {
      return Damaged(absl::StrCat("entry ", entry.sequence(), " does not fit its header"));
    }
    checked.Append(ledger::HashLeaf(entry.header()));
    parsed->header_bytes = std::move(*entry.mutable_header());
    entries_.push_back(std::move(parsed));
  }
  if (entries_.empty()) return Damaged("lacks entries");
  if (static_cast<int64_t>(checked.size()) == size_ && checked.Root() != checkpoint.root) {
    return Damaged("root differs from the checkpoint's");
  }
  return absl::OkStatus();
}

absl::Status CatchUp::TakeKey(const ledger::v1::GetCheckpointResponse& head) {
  key_handovers_.assign(head.key_handovers().begin(), head.key_handovers().end());
  if (following_.pins_key && !progress_.verifier_key.empty() &&
      progress_.verifier_key != head.verifier_key()) {
    LF_ASSIGN_OR_RETURN(const auto trusted, ledger::NoteVerifier::Parse(progress_.verifier_key));
    const auto keys = ledger::FollowHandovers(trusted, key_handovers_);
    if (!keys.ok() || keys->back().ToString() != head.verifier_key()) {
      return Damaged("is signed by a key that it was not handed over to");
    }
  }
  progress_.verifier_key = head.verifier_key();
  return absl::OkStatus();
}

void CatchUp::SetCheckpoint(FollowPosition* position) const {
  position->set_checkpoint(checkpoint_);
  position->set_checkpoint_size(size_);
  position->set_verifier_key(progress_.verifier_key);
  *position->mutable_key_handovers() = {key_handovers_.begin(), key_handovers_.end()};
}

void CatchUp::AwaitDirectory() const {
  const auto it = following_.host->upstreams.find(kDirectory);
  if (it == following_.host->upstreams.end() || following_.upstream == kDirectory) return;
  // Its follower waits for nobody, so this ends; without an answer the directory known is used.
  auto known = std::make_shared<std::promise<void>>();
  auto ended = known->get_future();
  it->second->Await(unit_id_, 0, absl::Now() + kDirectoryTimeout,
                    [known](const absl::Status&) { known->set_value(); });
  ended.wait();
}

store::Mutation CatchUp::NewMutation() const {
  store::Mutation mutation;
  mutation.unit_id = unit_id_;
  mutation.actor = following_.identity;
  mutation.method = absl::StrCat("follow:", following_.upstream);
  mutation.deadline = absl::Now() + kWriteTimeout;
  // By the position that stands in the same transaction.
  mutation.knows_when_done = true;
  return mutation;
}

void CatchUp::Submit(store::Mutation mutation) {
  {
    const std::lock_guard lock(answers_->mutex);
    ++answers_->open;
  }
  mutation.done = [answers = answers_](const absl::StatusOr<store::Committed>& outcome) {
    const std::lock_guard lock(answers->mutex);
    if (!outcome.ok() && answers->status.ok()) answers->status = outcome.status();
    if (--answers->open == 0) answers->all.notify_all();
  };
  rpc::Transact(*following_.host, std::move(mutation));
}

void CatchUp::SubmitEntries() {
  for (const auto& entry : entries_) {
    progress_.frontier.Append(ledger::HashLeaf(entry->header_bytes));
    progress_.sequence = entry->header.sequence();
    FollowPosition next;
    next.set_service(following_.upstream);
    next.set_sequence(progress_.sequence);
    next.set_frontier(progress_.frontier.Serialize());
    if (progress_.sequence == size_) {
      SetCheckpoint(&next);
      progress_.checkpoint_size = size_;
      progress_.checkpoint = checkpoint_;
    }
    store::Mutation mutation = NewMutation();
    mutation.request_id = absl::StrCat("follow:", following_.upstream, ":", progress_.sequence);
    mutation.request_digest = crypto::Sha256(entry->header_bytes);
    for (const store::RecordKind* kind : following_.copies) {
      std::string id = kind->IdOf(entry->header.resource());
      if (!id.empty()) mutation.reads.push_back({kind, std::move(id)});
    }
    mutation.apply = [apply = &following_.apply, upstream = following_.upstream, entry,
                      next](store::WriteTx& tx) -> absl::Status {
      LF_ASSIGN_OR_RETURN(const auto stored, tx.FindById<FollowPosition>(FollowPositionKind(),
                                                                         tx.unit_id(), upstream));
      const int64_t at = stored ? stored->sequence() : 0;
      if (at >= next.sequence()) return absl::OkStatus();  // another replica was faster
      if (at + 1 != next.sequence()) return absl::AbortedError("an earlier entry is missing");
      LF_RETURN_IF_ERROR((*apply)(tx, entry->header, entry->content));
      // What is kept here of an erased record is overwritten now.
      if (entry->header.method() == store::kEraseMethod) tx.Scrub();
      FollowPosition row = next;
      if (row.checkpoint().empty() && stored) {
        row.set_checkpoint(stored->checkpoint());
        row.set_checkpoint_size(stored->checkpoint_size());
        row.set_verifier_key(stored->verifier_key());
        *row.mutable_key_handovers() = stored->key_handovers();
      }
      return tx.Derive(FollowPositionKind(), upstream, row);
    };
    Submit(std::move(mutation));
  }
}

// A ledger whose last page was applied before its checkpoint was known, or whose key was rotated
// since: only the checkpoint is new.
void CatchUp::SubmitCheckpoint() {
  if (size_ == 0 || progress_.sequence != size_ || progress_.checkpoint == checkpoint_) return;
  progress_.checkpoint_size = size_;
  progress_.checkpoint = checkpoint_;
  store::Mutation mutation = NewMutation();
  FollowPosition news;
  SetCheckpoint(&news);
  mutation.apply = [upstream = following_.upstream, news](store::WriteTx& tx) -> absl::Status {
    LF_ASSIGN_OR_RETURN(auto stored,
                        tx.FindById<FollowPosition>(FollowPositionKind(), tx.unit_id(), upstream));
    if (!stored || stored->sequence() != news.checkpoint_size()) return absl::OkStatus();
    stored->MergeFrom(news);
    *stored->mutable_key_handovers() = news.key_handovers();
    return tx.Derive(FollowPositionKind(), upstream, *stored);
  };
  Submit(std::move(mutation));
}

absl::StatusOr<Progress> CatchUp::Finish() {
  std::unique_lock lock(answers_->mutex);
  answers_->all.wait(lock, [this] { return answers_->open == 0; });
  if (!answers_->status.ok()) return answers_->status;
  return progress_;
}

}  // namespace lianfang::follow
