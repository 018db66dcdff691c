// When an entry's empty content is in order: the rule for everybody who reads a ledger from outside
// (`lianfang verify`, with a server and without one).
//
// The content of an entry is either there, and has the digest that the entry's header names, or it
// is empty. Empty, it is in order only when a later entry of the same ledger holds an Erasure that
// the entry names, of a record of the same unit, whose `contents` have the entry's number and the
// digest of its header. So whoever empties a content behind the services must write an entry that
// says when, by whom and why; and nobody can say so of another content than the one that the header
// committed to.
//
// An erasure's own entry may have been emptied by a later one; that one states it again.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::store {

// Whether `erasure`, which the entry `at` of the ledger holds, says that the content of the entry
// with this header was erased.
bool Covers(const ledger::v1::Erasure& erasure, int64_t at, const ledger::v1::EntryHeader& header);

// Takes the entries of one ledger, in order, and says at the end which empty contents nothing
// covers. Holds nothing of entries whose content is there, but their erasures.
class ErasedContents {
 public:
  // An entry whose content came empty, though it was asked for.
  void TakeEmpty(const ledger::v1::EntryHeader& header, absl::string_view erasure);
  // An entry whose content is there.
  void Take(int64_t sequence, const ledger::v1::EntryContent& content);

  // Numbers of the entries whose empty contents nothing covers, in order.
  std::vector<int64_t> Uncovered() const;
  // Contents that came empty.
  int64_t count() const { return static_cast<int64_t>(empty_.size()); }
  // All erasures of the ledger, in the order of their names, which is that of time.
  std::vector<ledger::v1::Erasure> erasures() const;

 private:
  struct Empty {
    ledger::v1::EntryHeader header;
    std::string erasure;
  };
  struct Stated {
    ledger::v1::Erasure erasure;
    int64_t at = 0;
  };
  std::vector<Empty> empty_;
  std::map<std::string, Stated> erasures_;  // by name
};

}  // namespace lianfang::store
