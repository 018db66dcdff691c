// Records in the entries that this service follows.
#pragma once

#include "common/base/resource_name.h"
#include "common/store/write_tx.h"
#include "google/protobuf/any.pb.h"

namespace lianfang::grading {

// False for a record of another kind, and for one of another unit than the transaction's.
template <class T>
bool Read(const google::protobuf::Any& any, const store::WriteTx& tx, T* record) {
  return any.Is<T>() && any.UnpackTo(record) && UnitIdOf(record->name()) == tx.unit_id();
}

}  // namespace lianfang::grading
