#include "services/reporting/issue/verify.h"

#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/resource_name.h"
#include "common/crypto/sha256.h"
#include "common/ledger/key_handover.h"
#include "common/ledger/merkle.h"
#include "common/status/error.h"
#include "common/store/ledger_store.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/rpc/error_details.pb.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::reporting {
namespace {

using google::protobuf::RepeatedPtrField;

absl::Status Refuse(absl::string_view service, absl::string_view check, absl::string_view zh,
                    absl::string_view en, absl::string_view note = "") {
  return ErrorBuilder(common::v1::ERROR_REASON_MEMBER_UNTRUSTED,
                      absl::StrCat("台账 ", service, "：", zh),
                      absl::StrCat("Ledger ", service, ": ", en))
      .Meta("service", service)
      .Meta("check", check)
      // A note that is too long to be one is no evidence of anything else.
      .Meta("checkpoint", note.size() <= ledger::kMaxNoteBytes ? note : absl::string_view());
}

// False when one of them is not 32 bytes long.
bool ReadHashes(const RepeatedPtrField<std::string>& bytes, std::vector<ledger::Hash>* hashes) {
  for (const std::string& one : bytes) {
    const auto hash = crypto::DigestFromBytes(one);
    if (!hash.ok()) return false;
    hashes->push_back(*hash);
  }
  return true;
}

// The checkpoint, if it is signed by `key` or by what that was handed over to since; then `key`
// becomes the one that has signed.
absl::StatusOr<ledger::Checkpoint> OpenByKey(const v1::LedgerProof& proof,
                                             const RepeatedPtrField<std::string>& handovers,
                                             ledger::NoteVerifier* key) {
  const std::string& service = proof.service();
  const std::string& note = proof.checkpoint();
  auto checkpoint = ledger::OpenCheckpoint(note, *key);
  if (checkpoint.ok()) return checkpoint;
  const std::vector<std::string> history(handovers.begin(), handovers.end());
  const auto keys = ledger::FollowHandovers(*key, history);
  if (!keys.ok()) {
    return Refuse(service, "handover", "公钥交接记录不成立。",
                  "the hand-overs of its key do not hold.", note);
  }
  for (const ledger::NoteVerifier& later : *keys) {
    checkpoint = ledger::OpenCheckpoint(note, later);
    if (!checkpoint.ok()) continue;
    *key = later;
    return checkpoint;
  }
  return Refuse(service, "signature", "检查点的签名或格式不正确。",
                "the checkpoint's signature or form is wrong.", note);
}

// The ledger's checkpoint, if it is signed and continues what is known.
absl::StatusOr<SeenCheckpoint> VerifyLedger(const v1::LedgerProof& proof,
                                            const RepeatedPtrField<std::string>& handovers,
                                            const std::map<std::string, ledger::Checkpoint>& known,
                                            absl::string_view unit_id,
                                            std::vector<ledger::NoteVerifier>* keys) {
  const std::string& service = proof.service();
  const std::string& note = proof.checkpoint();
  const std::string origin = store::LedgerOrigin(unit_id, service);
  ledger::NoteVerifier* key = nullptr;
  for (ledger::NoteVerifier& one : *keys) {
    if (one.name() == origin) key = &one;
  }
  if (key == nullptr) {
    return Refuse(service, "key", "没有登记公钥。", "no key is registered.", note);
  }
  LF_ASSIGN_OR_RETURN(ledger::Checkpoint checkpoint, OpenByKey(proof, handovers, key));
  std::vector<ledger::Hash> hashes;
  if (!ReadHashes(proof.consistency_proof(), &hashes)) {
    return Refuse(service, "consistency", "一致性证明的格式不正确。",
                  "the consistency proof is malformed.", note);
  }
  const auto before = known.find(service);
  if (before == known.end() || before->second.size == 0) {
    if (!hashes.empty()) {
      return Refuse(service, "consistency", "多出了一致性证明。",
                    "there is a consistency proof of nothing known.", note);
    }
    return SeenCheckpoint{std::move(checkpoint), note};
  }
  const ledger::Checkpoint& old = before->second;
  if (checkpoint.size < old.size) {
    return Refuse(service, "growth",
                  absl::StrCat("条目从 ", old.size, " 条减少到 ", checkpoint.size, " 条。"),
                  absl::StrCat("shrank from ", old.size, " to ", checkpoint.size, " entries."),
                  note);
  }
  const bool continues =
      checkpoint.size == old.size
          ? hashes.empty() && checkpoint.root == old.root
          : ledger::VerifyConsistency(old.size, checkpoint.size, hashes, old.root, checkpoint.root)
                .ok();
  if (!continues) {
    return Refuse(service, "consistency", "与以前核验过的内容不一致，历史记录被改动过。",
                  "does not continue what was verified before: its history was changed.", note);
  }
  return SeenCheckpoint{std::move(checkpoint), note};
}

// The report in the entry, if the entry is the issuing ledger's and holds just that.
absl::StatusOr<v1::UnitReport> VerifyEntry(const v1::GetUnitReportResponse& response,
                                           const std::string& service,
                                           const ledger::Checkpoint& checkpoint,
                                           absl::string_view unit) {
  const ledger::v1::Entry& entry = response.entry();
  std::vector<ledger::Hash> inclusion;
  if (entry.sequence() < 1 || static_cast<uint64_t>(entry.sequence()) > checkpoint.size ||
      !ReadHashes(response.inclusion_proof(), &inclusion) ||
      !ledger::VerifyInclusion(static_cast<uint64_t>(entry.sequence()) - 1, checkpoint.size,
                               ledger::HashLeaf(entry.header()), inclusion, checkpoint.root)
           .ok()) {
    return Refuse(service, "inclusion", "无法证明报告在台账中。",
                  "the report's entry is not proven to be in it.");
  }
  ledger::v1::EntryHeader header;
  if (!header.ParseFromString(entry.header()) || header.unit() != unit ||
      header.service() != service || header.sequence() != entry.sequence()) {
    return Refuse(service, "header", "条目头的单位、服务或序号不符。",
                  "the entry's header is of another unit, service or number.");
  }
  if (header.content_digest() != crypto::ToBytes(crypto::Sha256(entry.content()))) {
    return Refuse(service, "content", "条目内容与条目头的摘要不符。",
                  "the entry's content is not what its header says.");
  }
  ledger::v1::EntryContent content;
  v1::UnitReport report;
  if (!content.ParseFromString(entry.content()) || content.resources_size() != 1 ||
      !content.resources(0).Is<v1::UnitReport>() || !content.resources(0).UnpackTo(&report)) {
    return Refuse(service, "report", "条目里不是一份单位报告。",
                  "the entry does not hold a report.");
  }
  const std::string name =
      RecordName(UnitIdOf(unit), "reports", absl::StrFormat("%08d", report.number()));
  if (report.unit() != unit || report.number() < 1 || report.name() != name ||
      header.resource() != name) {
    return Refuse(service, "report", "报告的单位或编号不符。",
                  "the report is of another unit, or its name and number do not fit.");
  }
  // The copy for reading may be left out; one that says something else would mislead.
  if (response.has_report() &&
      !google::protobuf::util::MessageDifferencer::Equals(response.report(), report)) {
    return Refuse(service, "report", "供阅读的报告与台账中的报告不一致。",
                  "the copy for reading differs from the report on the ledger.");
  }
  return report;
}

// An answer without a report rests on the one known: its entry was proven to be in a tree that this
// one continues.
absl::Status CheckUnchanged(const v1::GetUnitReportResponse& response, const std::string& service,
                            const std::map<std::string, ledger::Checkpoint>& known,
                            const v1::UnitReport* known_report) {
  if (known_report == nullptr || !known.contains(service)) {
    return Refuse(service, "report", "说报告没有变化，但此前没有核验过报告。",
                  "says that a report is unchanged which was never verified.");
  }
  if (response.has_report() || response.has_entry() || !response.inclusion_proof().empty()) {
    return Refuse(service, "report", "说报告没有变化，却又给出了报告。",
                  "says that the report is unchanged and gives one.");
  }
  return absl::OkStatus();
}

// The report counts exactly the ledgers that the answer proves, at those sizes.
absl::Status VerifyCounted(const v1::UnitReport& report, const std::string& issuer,
                           const std::map<std::string, SeenCheckpoint>& checkpoints) {
  std::set<std::string> counted;
  for (const v1::LedgerState& state : report.ledgers()) {
    const auto it = checkpoints.find(state.service());
    if (state.service() == issuer || it == checkpoints.end() ||
        !counted.insert(state.service()).second) {
      return Refuse(state.service(), "ledgers", "报告统计了它，但没有对应的检查点。",
                    "the report counts it, and no checkpoint of it is given.");
    }
    const ledger::Checkpoint& checkpoint = it->second.checkpoint;
    if (state.size() < 0 || static_cast<uint64_t>(state.size()) != checkpoint.size ||
        state.root() != crypto::ToBytes(checkpoint.root)) {
      return Refuse(state.service(), "ledgers", "报告所统计的位置与检查点不符。",
                    "the report counts another position than the checkpoint's.", it->second.note);
    }
  }
  for (const auto& [service, seen] : checkpoints) {
    if (service != issuer && !counted.contains(service)) {
      return Refuse(service, "ledgers", "报告没有统计它。", "the report does not count it.",
                    seen.note);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<VerifiedReport> VerifyUnitReport(
    const v1::GetUnitReportResponse& response, const std::vector<ledger::NoteVerifier>& keys,
    const std::map<std::string, ledger::Checkpoint>& known, absl::string_view unit,
    const v1::UnitReport* known_report) {
  const absl::string_view unit_id = UnitIdOf(unit);
  VerifiedReport verified;
  verified.keys = keys;
  if (response.ledgers().empty()) {
    return Refuse("reporting", "missing", "没有检查点。", "there is no checkpoint.");
  }
  const std::string& issuer = response.ledgers(0).service();
  if (issuer != "reporting" && issuer != "aggregator") {
    return Refuse(issuer, "header", "不是签发报告的台账。", "reports are not issued on it.");
  }
  for (const v1::LedgerProof& proof : response.ledgers()) {
    if (verified.checkpoints.contains(proof.service())) {
      return Refuse(proof.service(), "duplicate", "出现了两次。", "is given twice.",
                    proof.checkpoint());
    }
    LF_ASSIGN_OR_RETURN(SeenCheckpoint seen, VerifyLedger(proof, response.key_handovers(), known,
                                                          unit_id, &verified.keys));
    verified.checkpoints.emplace(proof.service(), std::move(seen));
  }
  for (const auto& [service, checkpoint] : known) {
    if (checkpoint.size > 0 && !verified.checkpoints.contains(service)) {
      return Refuse(service, "missing", "以前有的台账不见了。",
                    "was there before and is not given.");
    }
  }
  if (response.unchanged()) {
    LF_RETURN_IF_ERROR(CheckUnchanged(response, issuer, known, known_report));
    verified.report = *known_report;
  } else {
    LF_ASSIGN_OR_RETURN(
        verified.report,
        VerifyEntry(response, issuer, verified.checkpoints.at(issuer).checkpoint, unit));
  }
  LF_RETURN_IF_ERROR(VerifyCounted(verified.report, issuer, verified.checkpoints));
  return verified;
}

VerifyFailure FailureOf(const absl::Status& status) {
  VerifyFailure failure;
  failure.problem = ChineseText(status);
  const google::rpc::Status wire = ToRpcStatus(status);
  for (const google::protobuf::Any& detail : wire.details()) {
    google::rpc::ErrorInfo info;
    if (!detail.UnpackTo(&info)) continue;
    auto& metadata = *info.mutable_metadata();
    failure.service = metadata["service"];
    failure.check = metadata["check"];
    failure.checkpoint = metadata["checkpoint"];
  }
  return failure;
}

}  // namespace lianfang::reporting
