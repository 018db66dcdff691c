// How far the ledgers of a unit are known to be, so that a read can ask for a state not older.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "google/protobuf/repeated_ptr_field.h"
#include "lianfang/common/v1/types.pb.h"

namespace lianfang::cli {

// Safe from any thread.
class Positions {
 public:
  void Add(const common::v1::LedgerPosition& position);

  // Positions of all ledgers that are not empty.
  void CopyTo(google::protobuf::RepeatedPtrField<common::v1::LedgerPosition>* not_before) const;

  // Sequence of one service's ledger; 0 when it is empty.
  int64_t Of(const std::string& service) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, common::v1::LedgerPosition> newest_;  // by service
};

}  // namespace lianfang::cli
