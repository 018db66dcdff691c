#include "common/ledger/merkle.h"

#include <algorithm>
#include <bit>

#include "absl/strings/str_cat.h"

namespace lianfang::ledger {
namespace {

constexpr size_t kHashBytes = sizeof(Hash);
constexpr size_t kSizeBytes = 8;

absl::string_view View(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

// The leaves [begin, end). `begin` is a multiple of the least power of two that is not below the
// length, so the range is a subtree in the sense of RFC 6962, perfect or cut off at its right.
struct Range {
  uint64_t begin;
  uint64_t end;
};

// Where RFC 6962 splits a range of more than one leaf: after the largest power of two of leaves
// that is smaller than the whole.
uint64_t SplitPoint(const Range& range) {
  return range.begin + std::bit_floor(range.end - range.begin - 1);
}

// Appends the perfect subtrees that make up the range, from left to right; returns how many.
size_t AppendNodes(const Range& range, std::vector<NodeId>& nodes) {
  const size_t before = nodes.size();
  uint64_t begin = range.begin;
  while (begin < range.end) {
    // The largest power of two of leaves that still fits.
    const int level = std::countr_zero(std::bit_floor(range.end - begin));
    nodes.push_back({.level = level, .index = begin >> level});
    begin += uint64_t{1} << level;
  }
  return nodes.size() - before;
}

// The roots of the ranges, with one read for them all.
absl::StatusOr<std::vector<Hash>> RangeRoots(const std::vector<Range>& ranges, NodeReader read) {
  std::vector<Hash> roots;
  if (ranges.empty()) return roots;
  std::vector<NodeId> nodes;
  std::vector<size_t> counts;
  counts.reserve(ranges.size());
  for (const Range& range : ranges) counts.push_back(AppendNodes(range, nodes));
  const absl::StatusOr<std::vector<Hash>> hashes = read(nodes);
  if (!hashes.ok()) return hashes.status();
  if (hashes->size() != nodes.size()) {
    return absl::InternalError(
        absl::StrCat("asked for ", nodes.size(), " tree nodes, was given ", hashes->size()));
  }
  roots.reserve(ranges.size());
  size_t end = 0;
  for (const size_t count : counts) {
    end += count;
    Hash root = (*hashes)[end - 1];
    for (size_t i = 1; i < count; ++i) root = HashChildren((*hashes)[end - 1 - i], root);
    roots.push_back(root);
  }
  return roots;
}

absl::Status CheckSize(uint64_t size) {
  return size <= kMaxTreeSize
             ? absl::OkStatus()
             : absl::InvalidArgumentError(absl::StrCat("no tree has ", size, " leaves"));
}

absl::Status WrongLength() {
  return absl::InvalidArgumentError("the proof has the wrong number of hashes for these sizes");
}

absl::Status Mismatch(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("the proof does not lead to ", what));
}

// The path of a node and of the tree's last node, at one level, on the way up to the root.
struct Climb {
  uint64_t node;
  uint64_t last;

  // Whether the next hash of the proof is the node's left neighbour. Otherwise it is the right one.
  bool LeftNeighbour() const { return (node & 1) == 1 || node == last; }

  void Up() {
    node >>= 1;
    last >>= 1;
  }

  // After a left neighbour was joined: a last node without a right neighbour rises unchanged,
  // through all levels where it is a left child.
  void SkipLonely() {
    while ((node & 1) == 0 && node != 0) Up();
  }
};

}  // namespace

Hash HashLeaf(absl::string_view leaf) {
  return crypto::Sha256({absl::string_view("\x00", 1), leaf});
}

Hash HashChildren(const Hash& left, const Hash& right) {
  return crypto::Sha256({absl::string_view("\x01", 1), View(left), View(right)});
}

Hash EmptyRoot() { return crypto::Sha256(absl::string_view()); }

uint64_t CompletingLeaf(NodeId node) { return ((node.index + 1) << node.level) - 1; }

std::string Frontier::Append(const Hash& leaf) {
  std::string completed(View(leaf));
  Hash hash = leaf;
  // Each one bit at the low end of the size is a subtree that now has its right neighbour.
  const int merges = std::countr_one(size_);
  for (int level = 0; level < merges; ++level) {
    hash = HashChildren(subtrees_.back(), hash);
    subtrees_.pop_back();
    completed.append(View(hash).data(), kHashBytes);
  }
  subtrees_.push_back(hash);
  ++size_;
  return completed;
}

Hash Frontier::Root() const {
  if (subtrees_.empty()) return EmptyRoot();
  Hash root = subtrees_.back();
  for (size_t i = subtrees_.size() - 1; i > 0; --i) root = HashChildren(subtrees_[i - 1], root);
  return root;
}

std::string Frontier::Serialize() const {
  std::string bytes;
  bytes.reserve(kSizeBytes + subtrees_.size() * kHashBytes);
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(size_ >> shift));
  for (const Hash& hash : subtrees_) bytes.append(View(hash).data(), kHashBytes);
  return bytes;
}

absl::StatusOr<Frontier> Frontier::Parse(absl::string_view bytes) {
  if (bytes.size() < kSizeBytes) return absl::InvalidArgumentError("a frontier is cut short");
  Frontier frontier;
  for (const char byte : bytes.substr(0, kSizeBytes)) {
    frontier.size_ = (frontier.size_ << 8) | static_cast<uint8_t>(byte);
  }
  if (absl::Status checked = CheckSize(frontier.size_); !checked.ok()) return checked;
  bytes.remove_prefix(kSizeBytes);
  const size_t count = static_cast<size_t>(std::popcount(frontier.size_));
  if (bytes.size() != count * kHashBytes) {
    return absl::InvalidArgumentError(absl::StrCat("a frontier of ", frontier.size_, " leaves has ",
                                                   count, " hashes, not ", bytes.size(), " bytes"));
  }
  frontier.subtrees_.resize(count);
  for (Hash& hash : frontier.subtrees_) {
    std::copy_n(bytes.begin(), kHashBytes, hash.begin());
    bytes.remove_prefix(kHashBytes);
  }
  return frontier;
}

absl::StatusOr<std::vector<Hash>> InclusionProof(uint64_t leaf, uint64_t size, NodeReader read) {
  if (absl::Status checked = CheckSize(size); !checked.ok()) return checked;
  if (leaf >= size) {
    return absl::InvalidArgumentError(
        absl::StrCat("leaf ", leaf, " is not in a tree of ", size, " leaves"));
  }
  // PATH of RFC 6962, walked from the root down: the half without the leaf goes into the proof.
  std::vector<Range> siblings;
  Range around = {.begin = 0, .end = size};
  while (around.end - around.begin > 1) {
    const uint64_t split = SplitPoint(around);
    if (leaf < split) {
      siblings.push_back({.begin = split, .end = around.end});
      around.end = split;
    } else {
      siblings.push_back({.begin = around.begin, .end = split});
      around.begin = split;
    }
  }
  std::reverse(siblings.begin(), siblings.end());
  return RangeRoots(siblings, read);
}

absl::StatusOr<std::vector<Hash>> ConsistencyProof(uint64_t size1, uint64_t size2,
                                                   NodeReader read) {
  if (absl::Status checked = CheckSize(size2); !checked.ok()) return checked;
  if (size1 > size2) {
    return absl::InvalidArgumentError(
        absl::StrCat("a tree of ", size2, " leaves has no prefix of ", size1));
  }
  if (size1 == 0) return std::vector<Hash>();
  // SUBPROOF of RFC 6962, walked from the root down until a range ends where the smaller tree does.
  std::vector<Range> parts;
  Range around = {.begin = 0, .end = size2};
  while (around.end != size1) {
    const uint64_t split = SplitPoint(around);
    if (size1 <= split) {
      parts.push_back({.begin = split, .end = around.end});
      around.end = split;
    } else {
      parts.push_back({.begin = around.begin, .end = split});
      around.begin = split;
    }
  }
  // A range that is the whole smaller tree has its root, which the verifier knows.
  if (around.begin != 0) parts.push_back(around);
  std::reverse(parts.begin(), parts.end());
  return RangeRoots(parts, read);
}

absl::StatusOr<Hash> RootAt(uint64_t size, NodeReader read) {
  if (absl::Status checked = CheckSize(size); !checked.ok()) return checked;
  if (size == 0) return EmptyRoot();
  absl::StatusOr<std::vector<Hash>> roots = RangeRoots({{.begin = 0, .end = size}}, read);
  if (!roots.ok()) return roots.status();
  return roots->front();
}

absl::Status VerifyInclusion(uint64_t leaf_index, uint64_t size, const Hash& leaf_hash,
                             const std::vector<Hash>& proof, const Hash& root) {
  if (leaf_index >= size) {
    return absl::InvalidArgumentError(
        absl::StrCat("leaf ", leaf_index, " is not in a tree of ", size, " leaves"));
  }
  Climb climb = {.node = leaf_index, .last = size - 1};
  Hash hash = leaf_hash;
  for (const Hash& sibling : proof) {
    if (climb.last == 0) return WrongLength();
    if (climb.LeftNeighbour()) {
      hash = HashChildren(sibling, hash);
      climb.SkipLonely();
    } else {
      hash = HashChildren(hash, sibling);
    }
    climb.Up();
  }
  if (climb.last != 0) return WrongLength();
  return hash == root ? absl::OkStatus() : Mismatch("the root");
}

absl::Status VerifyConsistency(uint64_t size1, uint64_t size2, const std::vector<Hash>& proof,
                               const Hash& root1, const Hash& root2) {
  if (size1 == 0)
    return absl::InvalidArgumentError("an empty tree has nothing to be consistent with");
  if (size1 > size2) {
    return absl::InvalidArgumentError(
        absl::StrCat("the tree shrank from ", size1, " to ", size2, " leaves"));
  }
  if (size1 == size2) {
    if (!proof.empty()) return WrongLength();
    return root1 == root2 ? absl::OkStatus() : Mismatch("one root for trees of one size");
  }
  // The climb starts at the smaller tree's last perfect subtree. Its root leads the proof, unless
  // it is that whole tree.
  const bool perfect = std::has_single_bit(size1);
  if (!perfect && proof.empty()) return WrongLength();
  Climb climb = {.node = size1 - 1, .last = size2 - 1};
  while ((climb.node & 1) == 1) climb.Up();
  const Hash& seed = perfect ? root1 : proof.front();
  Hash hash1 = seed;
  Hash hash2 = seed;
  for (size_t i = perfect ? 0 : 1; i < proof.size(); ++i) {
    if (climb.last == 0) return WrongLength();
    if (climb.LeftNeighbour()) {
      hash1 = HashChildren(proof[i], hash1);
      hash2 = HashChildren(proof[i], hash2);
      climb.SkipLonely();
    } else {
      hash2 = HashChildren(hash2, proof[i]);
    }
    climb.Up();
  }
  if (climb.last != 0) return WrongLength();
  if (hash1 != root1) return Mismatch("the earlier root");
  return hash2 == root2 ? absl::OkStatus() : Mismatch("the later root");
}

}  // namespace lianfang::ledger
