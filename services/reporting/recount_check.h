// The statistics counted from nothing out of the newest revisions of all records, for verification:
// not by what keeps them (Counters), but by the plain rules of domain/recount.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/verify/recount.h"
#include "lianfang/reporting/v1/reporting.pb.h"

namespace lianfang::reporting {

std::unique_ptr<verify::Recount> NewRecount(const std::string& unit_id);

// The same for whoever sees the service and not its tables: what GetStatistics answers (year 0) is
// compared.
class AnswerRecount {
 public:
  explicit AnswerRecount(const std::string& unit_id);
  ~AnswerRecount();
  AnswerRecount(const AnswerRecount&) = delete;
  AnswerRecount& operator=(const AnswerRecount&) = delete;

  // The entries up to the answer's positions, of each ledger in order.
  void Take(const verify::CheckedEntry& entry);
  // `key` of a difference is the department's resource name, or the unit's.
  std::vector<verify::Miscount> Compare(const v1::GetStatisticsResponse& answer) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lianfang::reporting
