// The day of a change.
#pragma once

#include "common/directory/date.h"
#include "common/store/write_tx.h"

namespace lianfang::risk {

inline google::type::Date Today(const store::WriteTx& tx) {
  return directory::DateOf(tx.now(), directory::SchoolTimeZone());
}

}  // namespace lianfang::risk
