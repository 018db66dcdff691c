#include "common/store/erased_contents.h"

#include <algorithm>

#include "common/base/resource_name.h"

namespace lianfang::store {

bool Covers(const ledger::v1::Erasure& erasure, int64_t at, const ledger::v1::EntryHeader& header) {
  if (at <= header.sequence() || UnitName(UnitIdOf(erasure.name())) != header.unit() ||
      UnitName(UnitIdOf(erasure.record())) != header.unit()) {
    return false;
  }
  return std::any_of(erasure.contents().begin(), erasure.contents().end(),
                     [&](const ledger::v1::ErasedContent& content) {
                       return content.sequence() == header.sequence() &&
                              content.content_digest() == header.content_digest();
                     });
}

void ErasedContents::TakeEmpty(const ledger::v1::EntryHeader& header, absl::string_view erasure) {
  empty_.push_back({header, std::string(erasure)});
}

void ErasedContents::Take(int64_t sequence, const ledger::v1::EntryContent& content) {
  for (const auto& resource : content.resources()) {
    ledger::v1::Erasure erasure;
    if (!resource.Is<ledger::v1::Erasure>() || !resource.UnpackTo(&erasure)) continue;
    const std::string name = erasure.name();
    erasures_[name] = {std::move(erasure), sequence};
  }
}

std::vector<int64_t> ErasedContents::Uncovered() const {
  std::vector<int64_t> uncovered;
  for (const Empty& empty : empty_) {
    const auto it = erasures_.find(empty.erasure);
    if (it == erasures_.end() || !Covers(it->second.erasure, it->second.at, empty.header)) {
      uncovered.push_back(empty.header.sequence());
    }
  }
  return uncovered;
}

std::vector<ledger::v1::Erasure> ErasedContents::erasures() const {
  std::vector<ledger::v1::Erasure> all;
  all.reserve(erasures_.size());
  for (const auto& [name, stated] : erasures_) all.push_back(stated.erasure);
  return all;
}

}  // namespace lianfang::store
