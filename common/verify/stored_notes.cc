#include "common/verify/stored_notes.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/ledger/key_handover.h"
#include "common/store/ledger_store.h"
#include "common/verify/checkpoints.h"
#include "common/verify/shown_root.h"
#include "google/protobuf/util/time_util.h"

namespace lianfang::verify {
namespace {

using google::protobuf::util::TimeUtil;

// Checks one row and reports what it finds under the row's name.
class NoteCheck {
 public:
  NoteCheck(const Finding& row, const NoteContext& context) : finding_(row), context_(context) {}

  void Report(std::string field, std::string stored, std::string expected, Words problem) {
    finding_.field = std::move(field);
    finding_.stored = std::move(stored);
    finding_.expected = std::move(expected);
    finding_.problem = std::move(problem);
    context_.findings->Add(finding_);
  }

  // What every derived row is: of no entry, and in the form that a writer gives it.
  template <class Stored>
  void Form(const Stored& stored) {
    if (stored.column != 0) Report("sequence", absl::StrCat(stored.column), "0", NotRecomputed());
    if (stored.readable && stored.says.SerializeAsString() == stored.body &&
        stored.says.GetReflection()->GetUnknownFields(stored.says).empty()) {
      return;
    }
    Report("body", Shown(stored.body), "",
           {"不是写入程序留下的字节", "is not what a writer leaves behind"});
  }

  // The note, its signature and its root. `size` is what the row says beside it.
  void Checkpoint(const std::string& note, const std::string& origin, int64_t size) {
    const auto read = ReadSigned(note, origin, context_.options);
    if (!read.ok()) {
      Report("body.checkpoint", Shown(note), "",
             {"不是该账本的检查点", "is no checkpoint of that ledger"});
      return;
    }
    if (read->signature == ReadCheckpoint::Signature::kBad) {
      Report("body.checkpoint", Shown(note), "",
             {"签名不是该账本的密钥所签", "is not signed by the ledger's key"});
    }
    if (read->signature == ReadCheckpoint::Signature::kNoKey) {
      ++context_.result->unsigned_checkpoints;
    }
    const auto of = static_cast<int64_t>(read->checkpoint.size);
    if (of != size) {
      Report("body.checkpoint", absl::StrCat(of), absl::StrCat(size),
             {"检查点的长度与所记的不符", "the checkpoint has another size than is noted"});
      return;
    }
    if (context_.ledger == nullptr) return;
    const auto at = context_.ledger->at().find(of);
    if (at == context_.ledger->at().end()) {
      if (of > context_.ledger->size()) {
        Report("body.checkpoint", absl::StrCat(of), absl::StrCat("<= ", context_.ledger->size()),
               {"比账本还长", "is of more entries than the ledger has"});
      }
    } else if (at->second.Root() != read->checkpoint.root) {
      Report("body.checkpoint", ShownRoot(read->checkpoint.root), ShownRoot(at->second.Root()),
             {"检查点的根与重算的不符", "the checkpoint's root is not what is recomputed"});
    }
  }

  void Keys(const internal::v1::FollowPosition& says, const std::string& origin) {
    if (says.verifier_key().empty()) {
      // From before keys were noted: the next checkpoint brings it.
      if (!says.key_handovers().empty()) {
        Report("body.key_handovers", absl::StrCat(says.key_handovers_size()), "0",
               {"没有公钥，却有移交记录", "there are hand-overs and no key"});
      }
      return;
    }
    const auto verifier = ledger::NoteVerifier::Parse(says.verifier_key());
    if (!verifier.ok() || verifier->name() != origin ||
        !ledger::OpenCheckpoint(says.checkpoint(), *verifier, origin).ok()) {
      Report("body.verifier_key", ShownName(says.verifier_key()), "",
             {"不是签署该检查点的公钥", "is not the key that signed the checkpoint"});
    }
    for (int i = 0; i < says.key_handovers_size(); ++i) {
      if (ledger::OpenKeyHandover(says.key_handovers(i)).ok()) continue;
      Report(absl::StrCat("body.key_handovers[", i, "]"), Shown(says.key_handovers(i)), "",
             {"不是由前后两把密钥签署的移交记录", "is no hand-over signed by both keys"});
    }
    const auto& known = context_.options.handovers;
    const bool begins =
        known.empty() || std::any_of(known.begin(), known.end(), [&](const auto& list) {
          return static_cast<size_t>(says.key_handovers_size()) <= list.size() &&
                 std::equal(says.key_handovers().begin(), says.key_handovers().end(), list.begin());
        });
    if (begins) return;
    Report("body.key_handovers", absl::StrCat(says.key_handovers_size()), "",
           {"与密钥文件的移交记录不符", "are not the hand-overs of the key file"});
  }

  Finding& finding() { return finding_; }

 private:
  Finding finding_;
  const NoteContext& context_;
};

}  // namespace

void CheckPosition(const StoredPosition& position, const Finding& row, const NoteContext& context) {
  const auto& says = position.says;
  const std::string& upstream = row.key;
  NoteCheck check(row, context);
  check.finding().ledger = upstream;
  check.finding().sequence = says.sequence();
  check.Form(position);
  if (!position.readable) return;
  if (says.service() != upstream) {
    check.Report("body.service", ShownName(says.service()), ShownName(upstream), NotRecomputed());
  }
  const auto frontier = ledger::Frontier::Parse(says.frontier());
  if (!frontier.ok() || static_cast<int64_t>(frontier->size()) != says.sequence()) {
    check.Report("body.frontier", Shown(says.frontier()), "", NotRecomputed());
  } else if (context.ledger != nullptr) {
    const auto at = context.ledger->at().find(says.sequence());
    if (at != context.ledger->at().end()) {
      if (at->second.Serialize() != says.frontier()) {
        check.Report("body.frontier", ShownRoot(frontier->Root()), ShownRoot(at->second.Root()),
                     NotRecomputed());
      }
    } else if (says.sequence() > context.ledger->size()) {
      check.Report("body.sequence", absl::StrCat(says.sequence()),
                   absl::StrCat("<= ", context.ledger->size()),
                   {"比所跟随的账本还长", "is ahead of the ledger that is followed"});
    }
  }
  if (says.checkpoint().empty()) {
    if (says.checkpoint_size() != 0) {
      check.Report("body.checkpoint_size", absl::StrCat(says.checkpoint_size()), "0",
                   {"检查点不在，却有长度", "there is a size and no checkpoint"});
    }
    return;
  }
  if (says.checkpoint_size() > says.sequence()) {
    check.Report("body.checkpoint_size", absl::StrCat(says.checkpoint_size()),
                 absl::StrCat("<= ", says.sequence()), NotRecomputed());
  }
  const std::string origin = store::LedgerOrigin(row.unit_id, upstream);
  check.Checkpoint(says.checkpoint(), origin, says.checkpoint_size());
  check.Keys(says, origin);
}

void CheckCosignature(const StoredCosignature& cosignature, const Finding& row,
                      const NoteContext& context) {
  const auto& says = cosignature.says;
  NoteCheck check(row, context);
  check.finding().ledger = row.service;
  check.finding().sequence = says.size();
  check.Form(cosignature);
  if (!cosignature.readable) return;
  const std::string name = RecordName(row.unit_id, "ledgers", row.service);
  if (says.ledger() != name) {
    check.Report("body.ledger", ShownName(says.ledger()), ShownName(name), NotRecomputed());
  }
  if (says.witness() != row.key) {
    check.Report("body.witness", ShownName(says.witness()), ShownName(row.key), NotRecomputed());
  }
  check.Checkpoint(says.checkpoint(), store::LedgerOrigin(row.unit_id, row.service), says.size());
  bool at_hand = false;
  bool good = false;
  for (const ledger::WitnessKey& witness : context.options.witnesses) {
    if (witness.name() != row.key) continue;
    at_hand = true;
    const auto time = ledger::OpenCosignature(says.checkpoint(), witness);
    good |= time.ok() && TimeUtil::TimestampToNanoseconds(says.time()) == absl::ToUnixNanos(*time);
  }
  if (!at_hand) ++context.result->unsigned_checkpoints;
  if (at_hand && !good) {
    check.Report("body.checkpoint", Shown(says.checkpoint()), "",
                 {"见证人没有在所记的时间签署它", "is not what the witness signed at that time"});
  }
}

}  // namespace lianfang::verify
