#include "common/verify/ledger_check.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/store/head_writes.h"
#include "common/verify/shown_root.h"

namespace lianfang::verify {
namespace {

// Entries that are missing one after another and are named one by one.
constexpr int64_t kMissingNamed = 100;

std::string ShownFrontier(absl::string_view stored) {
  const auto tree = ledger::Frontier::Parse(stored);
  return tree.ok() ? ShownRoot(*tree) : Shown(stored);
}

}  // namespace

LedgerCheck::LedgerCheck(std::string service, std::string unit_id, std::set<int64_t> sizes,
                         Findings* findings)
    : service_(std::move(service)),
      unit_id_(std::move(unit_id)),
      sizes_(std::move(sizes)),
      findings_(findings) {}

void LedgerCheck::Add(const char* table, int64_t key, std::string field, std::string stored,
                      std::string expected, Words problem) {
  findings_->Add({.service = service_,
                  .table = table,
                  .unit_id = unit_id_,
                  .key = key == 0 ? "" : absl::StrCat(key),
                  .field = std::move(field),
                  .sequence = key,
                  .ledger = service_,
                  .stored = std::move(stored),
                  .expected = std::move(expected),
                  .problem = std::move(problem)});
}

void LedgerCheck::Missing(int64_t from, int64_t to) {
  broken_ = true;
  for (int64_t at = from; at <= to && at < from + kMissingNamed; ++at) {
    Entry(at, "", "", "", {"账本条目缺失", "the entry is missing"});
  }
  if (to - from >= kMissingNamed) {
    Entry(to, "", "", "",
          {absl::StrCat("直到此条的账本条目全部缺失，共 ", to - from + 1, " 条"),
           absl::StrCat("all entries up to this one are missing, ", to - from + 1, " of them")});
  }
}

std::optional<CheckedEntry> LedgerCheck::Take(const EntryRow& row) {
  const int64_t at = row.sequence;
  if (at < 1) {
    Entry(at, "sequence", absl::StrCat(at), "",
          {"账本没有这个编号的条目", "a ledger has no entry of this number"});
    return std::nullopt;
  }
  if (at > last_ + 1) Missing(last_ + 1, at - 1);
  last_ = at;
  const ledger::Hash leaf = ledger::HashLeaf(row.header);
  if (!broken_) {
    leaves_.push_back(leaf);
    hashes_.emplace_back(row.hashes);
  } else if (row.hashes.substr(0, leaf.size()) != crypto::ToBytes(leaf)) {
    Entry(at, "header", Shown(row.header), "",
          {"与该条存储的哈希不符", "does not have the hash that is stored with it"});
  }
  CheckedEntry entry;
  if (!entry.header.ParseFromArray(row.header.data(), static_cast<int>(row.header.size()))) {
    Entry(at, "header", Shown(row.header), "", {"无法解读", "cannot be read"});
    return std::nullopt;
  }
  bool sound = true;
  const auto compare = [&](const char* field, const std::string& stored,
                           const std::string& expected) {
    if (stored == expected) return;
    sound = false;
    Entry(at, absl::StrCat("header.", field), ShownName(stored), ShownName(expected),
          {"条目头属于别处", "the header belongs elsewhere"});
  };
  compare("unit", entry.header.unit(), UnitName(unit_id_));
  compare("service", entry.header.service(), service_);
  compare("sequence", absl::StrCat(entry.header.sequence()), absl::StrCat(at));
  if (row.request_id != entry.header.request_id()) {
    Entry(at, "request_id", ShownName(row.request_id), ShownName(entry.header.request_id()),
          {"与条目头中的请求编号不符", "is not the request id of the header"});
  }
  const std::string digest = crypto::ToBytes(crypto::Sha256(row.content));
  if (digest != entry.header.content_digest()) {
    if (row.content.empty()) {
      if (sound) erased_.TakeEmpty(entry.header, row.erasure);
    } else {
      Entry(at, "content", Shown(row.content),
            absl::StrCat("sha256:",
                         absl::BytesToHexString(entry.header.content_digest()).substr(0, 12)),
            {"内容与摘要不符", "the content does not have its digest"});
    }
    return std::nullopt;
  }
  if (!entry.content.ParseFromArray(row.content.data(), static_cast<int>(row.content.size()))) {
    Entry(at, "content", Shown(row.content), "", {"无法解读", "cannot be read"});
    return std::nullopt;
  }
  if (!row.erasure.empty()) {
    Entry(at, "erasure", ShownName(row.erasure), ShownName(""),
          {"内容还在，却记为已删除", "the content is there, and is said to be erased"});
  }
  if (!sound) return std::nullopt;
  erased_.Take(at, entry.content);
  return entry;
}

void LedgerCheck::CheckHead(const HeadRow& head, const std::string& frontier) {
  const auto size = static_cast<int64_t>(leaves_.size());
  if (head.size != size) {
    Add("ledger_heads", 0, "size", absl::StrCat(head.size), absl::StrCat(size), NotRecomputed());
  }
  if (head.frontier != frontier) {
    Add("ledger_heads", 0, "frontier", ShownFrontier(head.frontier), ShownFrontier(frontier),
        NotRecomputed());
  }
  if (!store::WritesFit(head.writes, unit_id_, head.size, head.frontier)) {
    Add("ledger_heads", 0, "writes", absl::StrCat(head.writes), "",
        {"不是写入程序留下的值", "is not what a writer leaves behind"});
  }
}

// Two trees, one of the headers and one of the hashes that are stored beside them: the one that the
// head agrees with tells which of the two was changed.
void LedgerCheck::CheckTree(const std::optional<HeadRow>& head) {
  std::vector<ledger::Hash> stored;
  for (size_t i = 0; i < leaves_.size(); ++i) {
    const auto leaf = crypto::DigestFromBytes(absl::string_view(hashes_[i]).substr(0, 32));
    stored.push_back(leaf.ok() ? *leaf : leaves_[i]);
  }
  ledger::Frontier by_header;
  ledger::Frontier by_stored;
  for (size_t i = 0; i < leaves_.size(); ++i) {
    by_header.Append(leaves_[i]);
    by_stored.Append(stored[i]);
  }
  const bool headers_changed =
      head && head->frontier != by_header.Serialize() && head->frontier == by_stored.Serialize();
  const std::vector<ledger::Hash>& right = headers_changed ? stored : leaves_;
  ledger::Frontier tree;
  if (sizes_.contains(0)) at_[0] = tree;
  for (size_t i = 0; i < right.size(); ++i) {
    const auto at = static_cast<int64_t>(i) + 1;
    const std::string hashes = tree.Append(right[i]);
    if (headers_changed && leaves_[i] != stored[i]) {
      Entry(
          at, "header",
          absl::StrCat("sha256:",
                       absl::BytesToHexString(crypto::ToBytes(leaves_[i])).substr(0, 12)),
          absl::StrCat("sha256:", absl::BytesToHexString(crypto::ToBytes(stored[i])).substr(0, 12)),
          {"条目头被改动：账本的根按另一个条目头计算",
           "the header was changed: the root of the ledger is that of another one"});
    }
    if (hashes_[i] != hashes)
      Entry(at, "hashes", Shown(hashes_[i]), Shown(hashes), NotRecomputed());
    if (sizes_.contains(at)) at_[at] = tree;
  }
  root_ = absl::Base64Escape(crypto::ToBytes(tree.Root()));
  if (head) CheckHead(*head, tree.Serialize());
}

void LedgerCheck::Finish(const std::optional<HeadRow>& head) {
  for (const int64_t at : erased_.Uncovered()) {
    Entry(at, "content", Shown(""), "",
          {"内容不在，而没有删除记录提到它",
           "the content is not there, and no erasure that the entry names covers it"});
  }
  if (!head) {
    Add("ledger_heads", 0, "", "", absl::StrCat(last_),
        {"该单位的账本头缺失", "the unit has rows and no head"});
  }
  // Where size and frontier of the head agree that there were more entries, the last ones are gone;
  // where only one says so, it was changed.
  if (head && !broken_) {
    const auto frontier = ledger::Frontier::Parse(head->frontier);
    if (frontier.ok() && static_cast<int64_t>(frontier->size()) == head->size &&
        head->size > last_) {
      Missing(last_ + 1, head->size);
      if (!store::WritesFit(head->writes, unit_id_, head->size, head->frontier)) {
        Add("ledger_heads", 0, "writes", absl::StrCat(head->writes), "",
            {"不是写入程序留下的值", "is not what a writer leaves behind"});
      }
    }
  }
  if (!broken_) CheckTree(head);
}

}  // namespace lianfang::verify
