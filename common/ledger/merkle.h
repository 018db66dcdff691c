#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/sha256.h"

namespace lianfang::ledger {

// The Merkle tree of RFC 6962 over the entries of one ledger: pure functions, no storage.
//
// How the tree is stored: a perfect subtree is complete, and never changes again, once its last
// leaf is appended. So each ledger entry carries the hashes which its own append completed, the
// leaf's first and then the ancestors', level by level (what Frontier::Append returns), and the
// node (level, index) is found in the row of the leaf CompletingLeaf gives, at byte 32 * level. No
// node is ever rewritten, and a proof reads O(log n) rows.

using Hash = crypto::Digest;

// The most leaves a tree may have: row numbers are signed 64-bit integers in every store.
inline constexpr uint64_t kMaxTreeSize = (uint64_t{1} << 63) - 1;

// SHA-256(0x00 || leaf).
Hash HashLeaf(absl::string_view leaf);
// SHA-256(0x01 || left || right).
Hash HashChildren(const Hash& left, const Hash& right);
// The root of the tree without leaves: SHA-256 of nothing.
Hash EmptyRoot();

// The root of the perfect subtree over the leaves [index << level, (index + 1) << level).
struct NodeId {
  int level = 0;  // 0 = a leaf; at most 62.
  uint64_t index = 0;

  friend bool operator==(const NodeId&, const NodeId&) = default;
};

// The number (from 0) of the leaf whose append completes the node, which must lie in a tree of at
// most kMaxTreeSize leaves.
uint64_t CompletingLeaf(NodeId node);

// The right edge of a tree: the roots of the perfect subtrees its leaves fall into, which is all
// that appending needs.
class Frontier {
 public:
  // Appends the next leaf. Returns the hashes it completed, 32 bytes each: the leaf's, then those
  // of its completed ancestors by level. The tree must hold fewer than kMaxTreeSize leaves.
  std::string Append(const Hash& leaf);

  // How many leaves were appended.
  uint64_t size() const { return size_; }

  Hash Root() const;

  // 8 bytes of size, big-endian, then a hash for each one bit of the size, the largest subtree
  // first.
  std::string Serialize() const;

  // INVALID_ARGUMENT unless `bytes` has the form that Serialize gives.
  static absl::StatusOr<Frontier> Parse(absl::string_view bytes);

 private:
  uint64_t size_ = 0;
  std::vector<Hash> subtrees_;  // One for each one bit of size_, the largest first.
};

// Reads nodes, all complete in the tree the caller named, in one batch: the answer has the hashes
// in the order of the ids. At most 126 ids. Its errors are handed on unchanged.
using NodeReader = absl::FunctionRef<absl::StatusOr<std::vector<Hash>>(const std::vector<NodeId>&)>;

// The proof that leaf number `leaf` (from 0) is in the tree of the first `size` leaves, the lowest
// hash first. INVALID_ARGUMENT unless leaf < size <= kMaxTreeSize.
absl::StatusOr<std::vector<Hash>> InclusionProof(uint64_t leaf, uint64_t size, NodeReader read);

// The proof that the tree of `size1` leaves is a prefix of the tree of `size2` leaves. Empty where
// size1 is 0 or equals size2. INVALID_ARGUMENT unless size1 <= size2 <= kMaxTreeSize.
absl::StatusOr<std::vector<Hash>> ConsistencyProof(uint64_t size1, uint64_t size2, NodeReader read);

// The root of the tree of the first `size` leaves. INVALID_ARGUMENT where size > kMaxTreeSize.
absl::StatusOr<Hash> RootAt(uint64_t size, NodeReader read);

// OK where `proof` proves the leaf to be number `leaf_index` of the tree with this size and root.
// INVALID_ARGUMENT where index, size and proof length cannot fit, DATA_LOSS where the hashes do
// not.
absl::Status VerifyInclusion(uint64_t leaf_index, uint64_t size, const Hash& leaf_hash,
                             const std::vector<Hash>& proof, const Hash& root);

// OK where `proof` proves that the tree (size2, root2) begins with the tree (size1, root1). Errors
// as above. A size1 of 0 is always refused: an empty tree is a prefix of every tree, so nothing
// would be proven; a caller that knows no earlier checkpoint has none to verify.
absl::Status VerifyConsistency(uint64_t size1, uint64_t size2, const std::vector<Hash>& proof,
                               const Hash& root1, const Hash& root2);

}  // namespace lianfang::ledger
