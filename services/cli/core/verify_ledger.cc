#include "services/cli/core/verify_ledger.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/crypto/sha256.h"
#include "common/ledger/checkpoint.h"
#include "common/ledger/key_handover.h"
#include "common/ledger/note.h"
#include "common/status/error.h"
#include "common/store/ledger_store.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"

namespace lianfang::cli {
namespace {

using LedgerStub = ledger::v1::LedgerService::Stub;
constexpr int kEntriesPerPage = 500;

// The key for `origin`: the only one of the list with that name, or what the server names.
std::optional<ledger::NoteVerifier> KeyFor(const std::string& origin,
                                           const std::vector<std::string>& keys,
                                           const std::string& offered) {
  for (const std::string& text : keys.empty() ? std::vector<std::string>{offered} : keys) {
    auto verifier = ledger::NoteVerifier::Parse(text);
    if (verifier.ok() && verifier->name() == origin) return *std::move(verifier);
  }
  return std::nullopt;
}

}  // namespace

bool EntryChecker::Fail(std::string zh, std::string en) {
  result_.problem_zh = std::move(zh);
  result_.problem_en = std::move(en);
  return false;
}

bool EntryChecker::Take(const ledger::v1::Entry& entry) {
  if (!result_.problem_zh.empty()) return false;
  const auto expected = static_cast<int64_t>(tree_.size()) + 1;
  if (entry.sequence() != expected) {
    return Fail(absl::StrCat("第 ", expected, " 条缺失，收到的是第 ", entry.sequence(), " 条"),
                absl::StrCat("entry ", expected, " is missing, entry ", entry.sequence(), " came"));
  }
  ledger::v1::EntryHeader header;
  if (!header.ParseFromString(entry.header())) {
    return Fail(absl::StrCat("第 ", expected, " 条的条目头无法解读"),
                absl::StrCat("the header of entry ", expected, " cannot be read"));
  }
  if (header.unit() != unit_ || header.service() != service_ || header.sequence() != expected) {
    return Fail(absl::StrCat("第 ", expected, " 条属于别处：", header.unit(), " ", header.service(),
                             " ", header.sequence()),
                absl::StrCat("entry ", expected, " belongs elsewhere: ", header.unit(), " ",
                             header.service(), " ", header.sequence()));
  }
  if (entry.content().empty()) {
    erased_.TakeEmpty(header, entry.erasure());
  } else {
    ledger::v1::EntryContent content;
    if (crypto::ToBytes(crypto::Sha256(entry.content())) != header.content_digest() ||
        !content.ParseFromString(entry.content())) {
      return Fail(absl::StrCat("第 ", expected, " 条的内容与摘要不符"),
                  absl::StrCat("the content of entry ", expected, " does not have its digest"));
    }
    erased_.Take(expected, content);
    ++result_.contents;
    if (sink_) sink_(header, content);
  }
  tree_.Append(ledger::HashLeaf(entry.header()));
  return true;
}

bool EntryChecker::Finish() {
  if (!result_.problem_zh.empty()) return false;
  const std::vector<int64_t> uncovered = erased_.Uncovered();
  if (!uncovered.empty()) {
    return Fail(absl::StrCat("第 ", uncovered.front(), " 条没有内容，账本中也没有删除它的记录"),
                absl::StrCat("entry ", uncovered.front(),
                             " has no content, and no erasure on the ledger says why"));
  }
  result_.erased = erased_.count();
  result_.erasures = erased_.erasures();
  return true;
}

absl::StatusOr<LedgerResult> VerifyLedger(const client::Client& client, const std::string& unit_id,
                                          const std::string& service,
                                          const std::vector<std::string>& keys,
                                          absl::Duration timeout,
                                          const std::function<void(int64_t, int64_t)>& advance,
                                          EntrySink sink) {
  const client::CallOptions options{.timeout = timeout};
  const std::string name = RecordName(unit_id, "ledgers", service);
  LedgerStub stub(client.channel());
  ledger::v1::GetCheckpointRequest get;
  get.set_name(name);
  LF_ASSIGN_OR_RETURN(const auto head, client.Call(stub, &LedgerStub::GetCheckpoint, get, options));
  EntryChecker checker(UnitName(unit_id), service, std::move(sink));
  LedgerResult& result = checker.result();
  result.size = head.size();
  const auto fail = [&result](std::string zh, std::string en) {
    result.problem_zh = std::move(zh);
    result.problem_en = std::move(en);
    return result;
  };
  const std::string origin = store::LedgerOrigin(unit_id, service);
  const auto verifier = KeyFor(origin, keys, head.verifier_key());
  if (!verifier.has_value()) {
    return fail("没有这个账本的公钥", "there is no key of this ledger");
  }
  // What the key was handed over to since it was handed out.
  const std::vector<std::string> handovers(head.key_handovers().begin(),
                                           head.key_handovers().end());
  const auto trusted = ledger::FollowHandovers(*verifier, handovers);
  if (!trusted.ok()) {
    return fail("公钥交接记录不成立", absl::StrCat("the hand-overs of the key do not hold: ",
                                                   std::string(trusted.status().message())));
  }
  const auto checkpoint = ledger::OpenCheckpoint(head.checkpoint(), trusted->back(), origin);
  if (!checkpoint.ok()) {
    return fail("检查点签名不符", absl::StrCat("the checkpoint is not signed by the ledger's key: ",
                                               std::string(checkpoint.status().message())));
  }
  const auto size = static_cast<int64_t>(checkpoint->size);
  result.size = size;
  if (head.size() != size) {
    return fail("检查点与所报长度不符", "the checkpoint has another size than was said");
  }
  ledger::v1::ListEntriesRequest list;
  list.set_name(name);
  list.set_include_content(true);
  while (static_cast<int64_t>(checker.tree().size()) < size) {
    const auto taken = static_cast<int64_t>(checker.tree().size());
    list.set_after_sequence(taken);
    list.set_page_size(static_cast<int32_t>(std::min<int64_t>(kEntriesPerPage, size - taken)));
    LF_ASSIGN_OR_RETURN(const auto page,
                        client.Call(stub, &LedgerStub::ListEntries, list, options));
    if (page.entries().empty()) {
      return fail(absl::StrCat("第 ", taken + 1, " 条缺失"),
                  absl::StrCat("entry ", taken + 1, " is missing"));
    }
    for (const auto& entry : page.entries()) {
      if (static_cast<int64_t>(checker.tree().size()) == size) break;
      if (!checker.Take(entry)) return result;
    }
    if (advance) advance(static_cast<int64_t>(checker.tree().size()) - taken, size);
  }
  result.root = checker.tree().Root();
  if (result.root != checkpoint->root) {
    return fail("重算的根与检查点不符", "the root of the entries is not the checkpoint's");
  }
  checker.Finish();
  return result;
}

}  // namespace lianfang::cli
