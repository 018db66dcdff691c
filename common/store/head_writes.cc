#include "common/store/head_writes.h"

#include "absl/strings/str_cat.h"
#include "common/crypto/sha256.h"

namespace lianfang::store {
namespace {

constexpr int kCheckBits = 32;
constexpr int64_t kCountMask = (int64_t{1} << 31) - 1;

int64_t WithCheck(int64_t count, absl::string_view unit_id, absl::string_view frontier) {
  const crypto::Digest digest = crypto::Sha256(absl::StrCat(unit_id, "\n", count, "\n", frontier));
  int64_t check = 0;
  for (int i = 0; i < kCheckBits / 8; ++i) check = check << 8 | digest.at(static_cast<size_t>(i));
  return count << kCheckBits | check;
}

}  // namespace

int64_t NextWrites(int64_t writes, absl::string_view unit_id, absl::string_view frontier) {
  // Below zero: from before there were checks; nothing that a writer remembers is equal to it.
  const int64_t count = writes < 0 ? 0 : writes >> kCheckBits;
  return WithCheck((count + 1) & kCountMask, unit_id, frontier);
}

bool WritesFit(int64_t writes, absl::string_view unit_id, int64_t size,
               absl::string_view frontier) {
  if (writes < 0) return writes == -1 - size;
  return writes == WithCheck(writes >> kCheckBits, unit_id, frontier);
}

}  // namespace lianfang::store
