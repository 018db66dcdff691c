// A tree as findings show it; for the sources beside it.
#pragma once

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/ledger/merkle.h"
#include "common/verify/finding.h"

namespace lianfang::verify {

inline std::string ShownRoot(const ledger::Hash& root) {
  return absl::Base64Escape(crypto::ToBytes(root));
}

inline std::string ShownRoot(const ledger::Frontier& tree) {
  return absl::StrCat(tree.size(), ":", ShownRoot(tree.Root()));
}

inline Words NotRecomputed() { return {"与重算的不符", "is not what is recomputed"}; }

}  // namespace lianfang::verify
