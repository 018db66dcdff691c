#include "common/ledger/merkle.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace lianfang::ledger {
namespace {

std::string Hex(const Hash& hash) { return absl::BytesToHexString(crypto::ToBytes(hash)); }

// Every size up to this one is tried; all proofs up to `kAllProofs`, and beyond it, unless the long
// run is asked for, `kRandomProofs` random ones of each kind and size.
constexpr uint64_t kLargest = 512;
constexpr uint64_t kRandomProofs = 16;
uint64_t AllProofs() {
  const char* wanted = std::getenv("LIANFANG_LONG");
  return wanted != nullptr && absl::string_view(wanted) == "1" ? kLargest : 64;
}

// RFC 6962, section 2.1, read as literally as it is written, over the leaf hashes [begin, end).
class Naive {
 public:
  explicit Naive(uint64_t size) {
    for (uint64_t i = 0; i < size; ++i) leaves_.push_back(HashLeaf(absl::StrCat("leaf ", i)));
  }

  const Hash& leaf(uint64_t i) const { return leaves_[i]; }

  Hash Root(uint64_t begin, uint64_t end) {
    if (begin == end) return EmptyRoot();
    if (end - begin == 1) return leaves_[begin];
    const auto [it, fresh] = roots_.try_emplace({begin, end});
    if (fresh) {
      const uint64_t k = Split(end - begin);
      const Hash root = HashChildren(Root(begin, begin + k), Root(begin + k, end));
      roots_[{begin, end}] = root;
      return root;
    }
    return it->second;
  }

  std::vector<Hash> Path(uint64_t m, uint64_t begin, uint64_t end) {
    if (end - begin == 1) return {};
    const uint64_t k = Split(end - begin);
    std::vector<Hash> path = m < k ? Path(m, begin, begin + k) : Path(m - k, begin + k, end);
    path.push_back(m < k ? Root(begin + k, end) : Root(begin, begin + k));
    return path;
  }

  std::vector<Hash> SubProof(uint64_t m, uint64_t begin, uint64_t end, bool whole) {
    if (m == end - begin) return whole ? std::vector<Hash>() : std::vector<Hash>{Root(begin, end)};
    const uint64_t k = Split(end - begin);
    std::vector<Hash> proof =
        m <= k ? SubProof(m, begin, begin + k, whole) : SubProof(m - k, begin + k, end, false);
    proof.push_back(m <= k ? Root(begin + k, end) : Root(begin, begin + k));
    return proof;
  }

 private:
  static uint64_t Split(uint64_t n) {
    uint64_t k = 1;
    while (k * 2 < n) k *= 2;
    return k;
  }

  std::vector<Hash> leaves_;
  std::map<std::pair<uint64_t, uint64_t>, Hash> roots_;
};

// Keeps the hashes as a ledger does: those an append completed, in the row of that append.
class Rows {
 public:
  void Append(const Hash& leaf) { rows_.push_back(frontier_.Append(leaf)); }
  const Frontier& frontier() const { return frontier_; }
  const std::string& row(uint64_t leaf) const { return rows_[leaf]; }
  int reads() const { return reads_; }

  // A node outside the first `size` leaves is an error: a proof must not look into the future.
  auto Reader(uint64_t size) {
    return [this, size](const std::vector<NodeId>& nodes) -> absl::StatusOr<std::vector<Hash>> {
      ++reads_;
      std::vector<Hash> hashes;
      for (const NodeId& node : nodes) {
        const uint64_t leaf = CompletingLeaf(node);
        const size_t at = 32 * static_cast<size_t>(node.level);
        if (leaf >= size || rows_[leaf].size() < at + 32)
          return absl::OutOfRangeError("no such node");
        hashes.push_back(crypto::DigestFromBytes(rows_[leaf].substr(at, 32)).value());
      }
      return hashes;
    };
  }

 private:
  Frontier frontier_;
  std::vector<std::string> rows_;
  int reads_ = 0;
};

TEST(Merkle, GivesTheReferenceHashes) {
  // The leaves and roots of the RFC 6962 reference implementation.
  EXPECT_EQ(Hex(EmptyRoot()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(HashLeaf("")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  EXPECT_EQ(Hex(HashLeaf("L123456")),
            "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
  const char* leaves[] = {"",
                          "00",
                          "10",
                          "2021",
                          "3031",
                          "40414243",
                          "5051525354555657",
                          "606162636465666768696a6b6c6d6e6f"};
  const char* roots[] = {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                         "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                         "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                         "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                         "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                         "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  Frontier frontier;
  EXPECT_EQ(frontier.Root(), EmptyRoot());
  for (size_t i = 0; i < std::size(leaves); ++i) {
    frontier.Append(HashLeaf(absl::HexStringToBytes(leaves[i])));
    EXPECT_EQ(Hex(frontier.Root()), roots[i]) << i;
  }
}

TEST(Merkle, AgreesWithTheDefinitionForAllSizes) {
  const uint64_t all_proofs = AllProofs();
  std::mt19937_64 random(20130715);
  Naive naive(kLargest);
  Rows rows;
  for (uint64_t size = 0; size <= kLargest; ++size) {
    if (size > 0) rows.Append(naive.leaf(size - 1));
    const Hash root = naive.Root(0, size);
    ASSERT_EQ(rows.frontier().Root(), root) << size;
    ASSERT_EQ(rows.frontier().size(), size);
    ASSERT_EQ(RootAt(size, rows.Reader(size)).value(), root);
    const uint64_t tries = size <= all_proofs ? size : kRandomProofs;
    for (uint64_t i = 0; i < tries; ++i) {
      const uint64_t leaf = size <= all_proofs ? i : random() % size;
      const auto proof = InclusionProof(leaf, size, rows.Reader(size));
      ASSERT_TRUE(proof.ok()) << proof.status();
      ASSERT_EQ(*proof, naive.Path(leaf, 0, size)) << leaf << " of " << size;
      ASSERT_TRUE(VerifyInclusion(leaf, size, naive.leaf(leaf), *proof, root).ok());
    }
    for (uint64_t i = 0; i < tries; ++i) {
      const uint64_t earlier = 1 + (size <= all_proofs ? i : random() % size);
      const auto proof = ConsistencyProof(earlier, size, rows.Reader(size));
      ASSERT_TRUE(proof.ok()) << proof.status();
      ASSERT_EQ(*proof, naive.SubProof(earlier, 0, size, true)) << earlier << " to " << size;
      ASSERT_TRUE(VerifyConsistency(earlier, size, *proof, naive.Root(0, earlier), root).ok())
          << earlier << " to " << size;
    }
  }
}

TEST(Merkle, ARowHoldsTheHashesItsAppendCompleted) {
  Rows rows;
  Naive naive(16);
  for (uint64_t i = 0; i < 16; ++i) {
    rows.Append(naive.leaf(i));
    const int levels = std::countr_zero(i + 1) + 1;
    ASSERT_EQ(rows.row(i).size(), 32u * static_cast<size_t>(levels));
    for (int level = 0; level < levels; ++level) {
      const uint64_t first = i + 1 - (uint64_t{1} << level);
      EXPECT_EQ(rows.row(i).substr(32 * static_cast<size_t>(level), 32),
                crypto::ToBytes(naive.Root(first, i + 1)));
      EXPECT_EQ(CompletingLeaf({.level = level, .index = first >> level}), i);
    }
  }
  EXPECT_EQ(CompletingLeaf({.level = 62, .index = 0}), (uint64_t{1} << 62) - 1);
}

TEST(Merkle, AProofReadsOnce) {
  Rows rows;
  Naive naive(40);
  for (uint64_t i = 0; i < 40; ++i) rows.Append(naive.leaf(i));
  ASSERT_TRUE(InclusionProof(7, 39, rows.Reader(39)).ok());
  EXPECT_EQ(rows.reads(), 1);
  ASSERT_TRUE(ConsistencyProof(7, 39, rows.Reader(39)).ok());
  EXPECT_EQ(rows.reads(), 2);
  // Nothing to read for these.
  EXPECT_TRUE(InclusionProof(0, 1, rows.Reader(1))->empty());
  EXPECT_TRUE(ConsistencyProof(9, 9, rows.Reader(9))->empty());
  EXPECT_TRUE(ConsistencyProof(0, 9, rows.Reader(9))->empty());
  EXPECT_EQ(RootAt(0, rows.Reader(0)).value(), EmptyRoot());
  EXPECT_EQ(rows.reads(), 2);
}

TEST(Merkle, RefusesSizesThatCannotBe) {
  const auto unread = [](const std::vector<NodeId>&) -> absl::StatusOr<std::vector<Hash>> {
    return absl::InternalError("must not be read");
  };
  const auto bad = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(InclusionProof(0, 0, unread).status().code(), bad);
  EXPECT_EQ(InclusionProof(5, 5, unread).status().code(), bad);
  EXPECT_EQ(InclusionProof(5, kMaxTreeSize + 1, unread).status().code(), bad);
  EXPECT_EQ(ConsistencyProof(6, 5, unread).status().code(), bad);
  EXPECT_EQ(ConsistencyProof(6, ~uint64_t{0}, unread).status().code(), bad);
  EXPECT_EQ(RootAt(kMaxTreeSize + 1, unread).status().code(), bad);
}

TEST(Merkle, TheLargestTreeAsksForFewNodesThatFit) {
  size_t asked = 0;
  const auto reader =
      [&asked](const std::vector<NodeId>& nodes) -> absl::StatusOr<std::vector<Hash>> {
    asked = nodes.size();
    for (const NodeId& node : nodes) {
      EXPECT_LT(CompletingLeaf(node), kMaxTreeSize);
      EXPECT_LE(node.level, 62);
    }
    return std::vector<Hash>(nodes.size());
  };
  for (const uint64_t leaf : {uint64_t{0}, uint64_t{1}, kMaxTreeSize / 2, kMaxTreeSize - 1}) {
    ASSERT_TRUE(InclusionProof(leaf, kMaxTreeSize, reader).ok());
    EXPECT_LE(asked, 126u);
    ASSERT_TRUE(ConsistencyProof(leaf + 1, kMaxTreeSize, reader).ok());
    EXPECT_LE(asked, 126u);
  }
}

TEST(Merkle, HandsOnWhatTheReaderSaysAndDistrustsItsCount) {
  const auto failing = [](const std::vector<NodeId>&) -> absl::StatusOr<std::vector<Hash>> {
    return absl::UnavailableError("down");
  };
  EXPECT_EQ(InclusionProof(1, 4, failing).status(), absl::UnavailableError("down"));
  EXPECT_EQ(ConsistencyProof(1, 4, failing).status(), absl::UnavailableError("down"));
  EXPECT_EQ(RootAt(4, failing).status(), absl::UnavailableError("down"));
  const auto short_answer =
      [](const std::vector<NodeId>& nodes) -> absl::StatusOr<std::vector<Hash>> {
    return std::vector<Hash>(nodes.size() - 1);
  };
  EXPECT_EQ(InclusionProof(1, 4, short_answer).status().code(), absl::StatusCode::kInternal);
}

// Calls `refused` with proofs that are all one mutation away from `proof`.
template <typename Refused>
void MutateProof(const std::vector<Hash>& proof, std::mt19937_64& random, Refused refused) {
  for (size_t i = 0; i < proof.size(); ++i) {
    std::vector<Hash> changed = proof;
    changed[i][random() % 32] ^= static_cast<uint8_t>(1 << (random() % 8));
    refused(changed, "changed hash");
    changed = proof;
    changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
    refused(changed, "missing hash");
    if (i > 0) {
      changed = proof;
      std::swap(changed[i], changed[i - 1]);
      refused(changed, "swapped hashes");
    }
  }
  for (size_t i = 0; i <= proof.size(); ++i) {
    std::vector<Hash> changed = proof;
    changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(i), HashLeaf("more"));
    refused(changed, "additional hash");
  }
  refused(std::vector<Hash>(200, HashLeaf("more")), "a long proof");
}

TEST(Merkle, RefusesMutations) {
  std::mt19937_64 random(20130401);
  const uint64_t largest = kLargest;
  Naive naive(largest);
  Rows rows;
  for (uint64_t i = 0; i < largest; ++i) rows.Append(naive.leaf(i));
  for (int round = 0; round < 400; ++round) {
    const uint64_t size = 2 + random() % (largest - 1);
    const uint64_t leaf = random() % size;
    const Hash root = naive.Root(0, size);
    const auto path = InclusionProof(leaf, size, rows.Reader(size)).value();
    MutateProof(path, random, [&](const std::vector<Hash>& proof, const char* what) {
      EXPECT_FALSE(VerifyInclusion(leaf, size, naive.leaf(leaf), proof, root).ok())
          << what << ": " << leaf << " of " << size;
    });
    const uint64_t other = random() % size;
    if (other != leaf) {
      EXPECT_FALSE(VerifyInclusion(other, size, naive.leaf(leaf), path, root).ok());
      EXPECT_FALSE(VerifyInclusion(leaf, size, naive.leaf(other), path, root).ok());
    }
    EXPECT_FALSE(VerifyInclusion(size, size, naive.leaf(leaf), path, root).ok());
    EXPECT_FALSE(VerifyInclusion(leaf, size, naive.leaf(leaf), path, EmptyRoot()).ok());

    const uint64_t earlier = 1 + random() % (size - 1);
    const Hash earlier_root = naive.Root(0, earlier);
    const auto proof = ConsistencyProof(earlier, size, rows.Reader(size)).value();
    MutateProof(proof, random, [&](const std::vector<Hash>& changed, const char* what) {
      EXPECT_FALSE(VerifyConsistency(earlier, size, changed, earlier_root, root).ok())
          << what << ": " << earlier << " to " << size;
    });
    EXPECT_FALSE(VerifyConsistency(earlier, size, proof, root, earlier_root).ok());
    EXPECT_FALSE(VerifyConsistency(size, earlier, proof, root, earlier_root).ok());
    EXPECT_FALSE(VerifyConsistency(earlier, size, proof, earlier_root, earlier_root).ok());
    EXPECT_FALSE(VerifyConsistency(earlier, size, proof, root, root).ok());
  }
}

TEST(Merkle, AnEmptyTreeProvesNothing) {
  const Hash root = HashLeaf("a");
  for (const uint64_t size2 : {0, 1, 8}) {
    EXPECT_EQ(VerifyConsistency(0, size2, {}, EmptyRoot(), size2 == 0 ? EmptyRoot() : root).code(),
              absl::StatusCode::kInvalidArgument);
    EXPECT_FALSE(VerifyConsistency(0, size2, {root}, EmptyRoot(), root).ok());
  }
  EXPECT_FALSE(VerifyInclusion(0, 0, root, {}, EmptyRoot()).ok());
  EXPECT_TRUE(VerifyConsistency(1, 1, {}, root, root).ok());
  EXPECT_FALSE(VerifyConsistency(1, 1, {}, root, EmptyRoot()).ok());
  EXPECT_FALSE(VerifyConsistency(1, 1, {root}, root, root).ok());
}

TEST(Merkle, AnInnerNodeIsNoLeafOfASmallerTree) {
  // The hashes lead to the root, but from one level too many for the size.
  const Hash left = HashLeaf("a");
  const Hash right = HashLeaf("b");
  const Hash root = HashChildren(left, right);
  ASSERT_TRUE(VerifyInclusion(1, 2, right, {left}, root).ok());
  EXPECT_EQ(VerifyInclusion(0, 1, right, {left}, root).code(), absl::StatusCode::kInvalidArgument);
  const Hash four = HashChildren(root, root);
  ASSERT_TRUE(VerifyConsistency(2, 4, {root}, root, four).ok());
  EXPECT_EQ(VerifyConsistency(3, 4, {left, right, left, right}, root, four).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Merkle, HostileSizesEndQuickly) {
  const Hash any = HashLeaf("a");
  const uint64_t most = ~uint64_t{0};
  EXPECT_FALSE(VerifyInclusion(most - 1, most, any, std::vector<Hash>(64, any), any).ok());
  EXPECT_FALSE(VerifyInclusion(most, most, any, {}, any).ok());
  EXPECT_FALSE(VerifyConsistency(most - 1, most, std::vector<Hash>(64, any), any, any).ok());
  EXPECT_FALSE(VerifyConsistency(uint64_t{1} << 63, most, {}, any, any).ok());
  EXPECT_FALSE(VerifyConsistency(most, most, {}, any, EmptyRoot()).ok());
}

TEST(Frontier, SurvivesStorageAtEverySize) {
  Frontier frontier;
  for (uint64_t i = 0; i < 70; ++i) {
    const absl::StatusOr<Frontier> stored = Frontier::Parse(frontier.Serialize());
    ASSERT_TRUE(stored.ok()) << stored.status();
    Frontier copy = *stored;
    EXPECT_EQ(copy.size(), i);
    EXPECT_EQ(copy.Root(), frontier.Root());
    const Hash leaf = HashLeaf(absl::StrCat(i));
    EXPECT_EQ(copy.Append(leaf), frontier.Append(leaf));
    EXPECT_EQ(copy.Serialize(), frontier.Serialize());
  }
}

TEST(Frontier, RefusesWhatItDidNotWrite) {
  Frontier frontier;
  for (int i = 0; i < 11; ++i) frontier.Append(HashLeaf(absl::StrCat(i)));
  const std::string good = frontier.Serialize();
  ASSERT_EQ(good.size(), 8u + 3 * 32);
  for (size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(Frontier::Parse(absl::string_view(good).substr(0, length)).ok()) << length;
  }
  EXPECT_FALSE(Frontier::Parse(good + "x").ok());
  EXPECT_FALSE(Frontier::Parse(good + std::string(32, 'x')).ok());
  std::string fewer_bits = good;
  fewer_bits[7] = 8;
  EXPECT_FALSE(Frontier::Parse(fewer_bits).ok());
  EXPECT_FALSE(Frontier::Parse("\x80" + std::string(7, '\0') + std::string(32, 'x')).ok());
}

}  // namespace
}  // namespace lianfang::ledger
