#include "common/crypto/sha256.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "common/crypto/sha256_stream.h"

namespace lianfang::crypto {
namespace {

std::string Hex(const Digest& digest) { return absl::BytesToHexString(ToBytes(digest)); }

TEST(Sha256, GivesThePublishedValues) {
  // FIPS 180-2, appendix B, and the empty message.
  EXPECT_EQ(Hex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha256(std::string(1000000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PartsHashAsTheirJoin) {
  EXPECT_EQ(Sha256({"a", "", "bc"}), Sha256("abc"));
  EXPECT_EQ(Sha256({}), Sha256(""));
  EXPECT_NE(Sha256({"abc", "d"}), Sha256("abc"));
}

TEST(Sha256, ThreadsDoNotDisturbEachOther) {
  const Digest expected = Sha256("abc");
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (int& count : wrong) {
    threads.emplace_back([&count, &expected] {
      for (int i = 0; i < 2000; ++i) count += Sha256({"a", "bc"}) == expected ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(Sha256, PiecesHashAsTheirJoin) {
  Sha256Stream stream;
  EXPECT_EQ(stream.Finish(), Sha256(""));
  for (const char* piece : {"a", "", "bc"}) stream.Update(piece);
  EXPECT_EQ(stream.Finish(), Sha256("abc"));
  stream.Update("abc");
  EXPECT_EQ(stream.Finish(), Sha256("abc"));
}

TEST(Digest, TakesExactly32Bytes) {
  const Digest digest = Sha256("abc");
  EXPECT_EQ(DigestFromBytes(ToBytes(digest)).value(), digest);
  for (const size_t length : {0, 31, 33}) {
    EXPECT_EQ(DigestFromBytes(std::string(length, 'x')).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace lianfang::crypto
