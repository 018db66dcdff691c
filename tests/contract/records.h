// The records of a school, as its ledgers state them, and whose each is.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "google/protobuf/message.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::contract {

// Whose record a call is about.
struct Owner {
  std::string person;      // id; posts have the names of their holders
  std::string department;  // id
};

class Records {
 public:
  void Clear() { records_.clear(); }
  // Takes up what an entry states.
  void Keep(const ledger::v1::Entry& entry);

  // A record of this collection (`selfChecks/*`) that is the owner's; empty: none. The empty
  // collection is the unit.
  std::string Find(const std::string& collection, const Owner& owner) const;

 private:
  // By collection, e.g. `selfChecks/*/revisions/*`, then by name.
  std::map<std::string, std::map<std::string, std::shared_ptr<google::protobuf::Message>>> records_;
};

}  // namespace lianfang::contract
