#include "services/cli/play/positions.h"

namespace lianfang::cli {

void Positions::Add(const common::v1::LedgerPosition& position) {
  if (position.sequence() == 0) return;
  const std::lock_guard lock(mutex_);
  common::v1::LedgerPosition& known = newest_[position.service()];
  if (position.sequence() > known.sequence()) known = position;
}

void Positions::CopyTo(
    google::protobuf::RepeatedPtrField<common::v1::LedgerPosition>* not_before) const {
  const std::lock_guard lock(mutex_);
  not_before->Clear();
  for (const auto& [service, position] : newest_) *not_before->Add() = position;
}

int64_t Positions::Of(const std::string& service) const {
  const std::lock_guard lock(mutex_);
  const auto it = newest_.find(service);
  return it == newest_.end() ? 0 : it->second.sequence();
}

}  // namespace lianfang::cli
