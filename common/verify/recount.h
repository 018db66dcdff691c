// Counting from nothing what a service keeps counted, in another and plainer way than it does.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/verify/ledger_check.h"

namespace lianfang::verify {

struct Miscount {
  std::string key;    // of the row
  std::string field;  // which figure
  std::string stored;
  std::string expected;
};

// Of one unit.
class Recount {
 public:
  virtual ~Recount() = default;

  // The table that holds the figures.
  virtual std::string table() const = 0;
  // The entries that the service has counted, of each ledger in order.
  virtual void Take(const CheckedEntry& entry) = 0;
  // Where the table's rows (bodies by key) say something else than a recount.
  virtual std::vector<Miscount> Compare(const std::map<std::string, std::string>& rows) = 0;
};

}  // namespace lianfang::verify
