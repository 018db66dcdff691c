// The published test vectors of a transparency log's proofs. They are not part of this project:
// LIANFANG_MERKLE_VECTORS names a folder that has them as merkle/{inclusion,consistency}/*.json.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "common/ledger/merkle.h"

namespace lianfang::ledger {
namespace {

using Json = nlohmann::json;

std::string Bytes(const Json& json) {
  std::string bytes;
  EXPECT_TRUE(absl::Base64Unescape(json.get<std::string>(), &bytes)) << json;
  return bytes;
}

// Some cases have roots of another length, to be compared but never computed. A hash of theirs is
// equal to another exactly where they are, and is no tree's root.
Hash Root(const Json& json) {
  const std::string bytes = Bytes(json);
  const absl::StatusOr<Hash> root = crypto::DigestFromBytes(bytes);
  return root.ok() ? *root : crypto::Sha256({"opaque root", bytes});
}

// A hash of another length does not get past the reading of a proof.
absl::StatusOr<std::vector<Hash>> Proof(const Json& json) {
  std::vector<Hash> proof;
  if (json.is_null()) return proof;
  for (const Json& element : json) {
    const absl::StatusOr<Hash> hash = crypto::DigestFromBytes(Bytes(element));
    if (!hash.ok()) return hash.status();
    proof.push_back(*hash);
  }
  return proof;
}

absl::Status Inclusion(const Json& json) {
  const absl::StatusOr<std::vector<Hash>> proof = Proof(json.at("proof"));
  if (!proof.ok()) return proof.status();
  const absl::StatusOr<Hash> leaf = crypto::DigestFromBytes(Bytes(json.at("leafHash")));
  if (!leaf.ok()) return leaf.status();
  return VerifyInclusion(json.at("leafIdx").get<uint64_t>(), json.at("treeSize").get<uint64_t>(),
                         *leaf, *proof, Root(json.at("root")));
}

absl::Status Consistency(const Json& json) {
  const absl::StatusOr<std::vector<Hash>> proof = Proof(json.at("proof"));
  if (!proof.ok()) return proof.status();
  return VerifyConsistency(json.at("size1").get<uint64_t>(), json.at("size2").get<uint64_t>(),
                           *proof, Root(json.at("root1")), Root(json.at("root2")));
}

// Returns how many cases the folder held.
int RunFolder(const std::filesystem::path& folder, absl::Status (*verify)(const Json&)) {
  int cases = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream file(entry.path());
    const Json json = Json::parse(file);
    const absl::Status status = verify(json);
    EXPECT_EQ(!status.ok(), json.at("wantErr").get<bool>()) << entry.path() << ": " << status;
    ++cases;
  }
  EXPECT_FALSE(error) << folder << ": " << error.message();
  return cases;
}

TEST(MerkleVectors, EveryCaseIsJudgedAsPublished) {
  const char* named = std::getenv("LIANFANG_MERKLE_VECTORS");
  if (named == nullptr || *named == '\0') {
    GTEST_SKIP() << "LIANFANG_MERKLE_VECTORS names no folder: no test vectors were given";
  }
  std::filesystem::path folder = named;
  if (std::filesystem::exists(folder / "merkle")) folder /= "merkle";
  const int inclusion = RunFolder(folder / "inclusion", Inclusion);
  const int consistency = RunFolder(folder / "consistency", Consistency);
  EXPECT_GT(inclusion, 0);
  EXPECT_GT(consistency, 0);
  RecordProperty("inclusion_cases", inclusion);
  RecordProperty("consistency_cases", consistency);
}

}  // namespace
}  // namespace lianfang::ledger
