#include "services/cli/core/verify_ledger.h"

#include <gtest/gtest.h>

#include "common/crypto/sha256.h"

namespace lianfang::cli {
namespace {

ledger::v1::Entry MakeEntry(int64_t sequence, const std::string& content) {
  ledger::v1::EntryHeader header;
  header.set_unit("units/a");
  header.set_service("risk");
  header.set_sequence(sequence);
  header.set_content_digest(crypto::ToBytes(crypto::Sha256(content)));
  ledger::v1::Entry entry;
  entry.set_sequence(sequence);
  entry.set_header(header.SerializeAsString());
  entry.set_content(content);
  return entry;
}

TEST(EntryChecker, RebuildsTheTree) {
  EntryChecker checker("units/a", "risk");
  ledger::Frontier expected;
  for (int64_t i = 1; i <= 9; ++i) {
    ledger::v1::Entry entry = MakeEntry(i, "content");
    if (i == 4) entry.clear_content();  // erased or not readable: the header stands for itself
    expected.Append(ledger::HashLeaf(entry.header()));
    ASSERT_TRUE(checker.Take(entry)) << checker.result().problem_en;
  }
  EXPECT_EQ(checker.tree().Root(), expected.Root());
  EXPECT_EQ(checker.result().contents, 8);
}

TEST(EntryChecker, RefusesWhatDoesNotFit) {
  struct Case {
    const char* what;
    ledger::v1::Entry entry;
  };
  std::vector<Case> cases;
  cases.push_back({"a gap", MakeEntry(3, "c")});
  cases.push_back({"a repeat", MakeEntry(1, "c")});
  cases.push_back({"another content", MakeEntry(2, "c")});
  cases.back().entry.set_content("d");
  cases.push_back({"no header", MakeEntry(2, "c")});
  cases.back().entry.set_header("\xff");
  ledger::v1::EntryHeader other;
  for (const char* what : {"unit", "service", "sequence"}) {
    cases.push_back({what, MakeEntry(2, "c")});
    ASSERT_TRUE(other.ParseFromString(cases.back().entry.header()));
    if (std::string(what) == "unit") other.set_unit("units/b");
    if (std::string(what) == "service") other.set_service("grading");
    if (std::string(what) == "sequence") other.set_sequence(7);
    cases.back().entry.set_header(other.SerializeAsString());
  }
  for (const Case& one : cases) {
    EntryChecker checker("units/a", "risk");
    ASSERT_TRUE(checker.Take(MakeEntry(1, "c")));
    EXPECT_FALSE(checker.Take(one.entry)) << one.what;
    EXPECT_FALSE(checker.result().problem_zh.empty()) << one.what;
    EXPECT_FALSE(checker.result().problem_en.empty()) << one.what;
    EXPECT_FALSE(checker.Take(MakeEntry(2, "c"))) << "goes on after " << one.what;
  }
}

}  // namespace
}  // namespace lianfang::cli
