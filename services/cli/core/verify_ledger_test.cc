#include "services/cli/core/verify_ledger.h"

#include <gtest/gtest.h>

#include <functional>

#include "common/crypto/sha256.h"

namespace lianfang::cli {
namespace {

// What an entry holds: a record, or an erasure of contents.
std::string ContentOf(const google::protobuf::Message& record) {
  ledger::v1::EntryContent content;
  content.add_resources()->PackFrom(record);
  return content.SerializeAsString();
}
std::string SomeContent(const std::string& name) {
  ledger::v1::Cosignature record;
  record.set_ledger(name);
  return ContentOf(record);
}

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
    const ledger::v1::Entry entry = MakeEntry(i, SomeContent("content"));
    expected.Append(ledger::HashLeaf(entry.header()));
    ASSERT_TRUE(checker.Take(entry)) << checker.result().problem_en;
  }
  EXPECT_TRUE(checker.Finish());
  EXPECT_EQ(checker.tree().Root(), expected.Root());
  EXPECT_EQ(checker.result().contents, 9);
  EXPECT_EQ(checker.result().erased, 0);
}

// An empty content stands where a later entry says what became of it, and nowhere else.
TEST(EntryChecker, TakesEmptyContentsThatAnErasureCovers) {
  const std::string gone = SomeContent("gone");
  ledger::v1::Erasure good;
  good.set_name("units/a/ledgers/risk/erasures/e");
  good.set_record("units/a/selfChecks/s");
  good.add_contents()->set_sequence(2);
  good.mutable_contents(0)->set_content_digest(crypto::ToBytes(crypto::Sha256(gone)));
  struct Case {
    const char* what;
    std::function<void(ledger::v1::Entry&, ledger::v1::Erasure&)> change;
    bool ok;
  };
  const std::vector<Case> cases = {
      {"covered", [](auto&, auto&) {}, true},
      {"says of no erasure", [](auto& entry, auto&) { entry.clear_erasure(); }, false},
      {"of another erasure", [](auto& entry, auto&) { entry.set_erasure("other"); }, false},
      {"of another entry", [](auto&, auto& e) { e.mutable_contents(0)->set_sequence(1); }, false},
      {"of another content",
       [](auto&, auto& e) { e.mutable_contents(0)->set_content_digest("digest"); }, false},
      {"of nothing", [](auto&, auto& e) { e.clear_contents(); }, false},
      {"of another unit's record", [](auto&, auto& e) { e.set_record("units/b/posts/p"); }, false},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.what);
    EntryChecker checker("units/a", "risk");
    ASSERT_TRUE(checker.Take(MakeEntry(1, SomeContent("there"))));
    ledger::v1::Entry entry = MakeEntry(2, gone);
    entry.clear_content();
    entry.set_erasure(good.name());
    ledger::v1::Erasure erasure = good;
    one.change(entry, erasure);
    ASSERT_TRUE(checker.Take(entry));
    ASSERT_TRUE(checker.Take(MakeEntry(3, ContentOf(erasure))));
    EXPECT_EQ(checker.Finish(), one.ok);
    EXPECT_EQ(checker.result().problem_en.empty(), one.ok);
    EXPECT_EQ(checker.result().problem_zh.empty(), one.ok);
    EXPECT_EQ(checker.result().erased, one.ok ? 1 : 0);
    EXPECT_EQ(checker.result().erasures.size(), one.ok ? 1U : 0U);
  }
  // An erasure that stood before the entry cannot speak of it.
  EntryChecker checker("units/a", "risk");
  ASSERT_TRUE(checker.Take(MakeEntry(1, ContentOf(good))));
  ledger::v1::Entry entry = MakeEntry(2, gone);
  entry.clear_content();
  entry.set_erasure(good.name());
  ASSERT_TRUE(checker.Take(entry));
  EXPECT_FALSE(checker.Finish());
}

TEST(EntryChecker, RefusesWhatDoesNotFit) {
  struct Case {
    const char* what;
    ledger::v1::Entry entry;
  };
  std::vector<Case> cases;
  cases.push_back({"a gap", MakeEntry(3, SomeContent("c"))});
  cases.push_back({"a repeat", MakeEntry(1, SomeContent("c"))});
  cases.push_back({"another content", MakeEntry(2, SomeContent("c"))});
  cases.back().entry.set_content("d");
  cases.push_back({"no header", MakeEntry(2, SomeContent("c"))});
  cases.back().entry.set_header("\xff");
  ledger::v1::EntryHeader other;
  for (const char* what : {"unit", "service", "sequence"}) {
    cases.push_back({what, MakeEntry(2, SomeContent("c"))});
    ASSERT_TRUE(other.ParseFromString(cases.back().entry.header()));
    if (std::string(what) == "unit") other.set_unit("units/b");
    if (std::string(what) == "service") other.set_service("grading");
    if (std::string(what) == "sequence") other.set_sequence(7);
    cases.back().entry.set_header(other.SerializeAsString());
  }
  for (const Case& one : cases) {
    EntryChecker checker("units/a", "risk");
    ASSERT_TRUE(checker.Take(MakeEntry(1, SomeContent("c"))));
    EXPECT_FALSE(checker.Take(one.entry)) << one.what;
    EXPECT_FALSE(checker.result().problem_zh.empty()) << one.what;
    EXPECT_FALSE(checker.result().problem_en.empty()) << one.what;
    EXPECT_FALSE(checker.Take(MakeEntry(2, SomeContent("c")))) << "goes on after " << one.what;
  }
}

}  // namespace
}  // namespace lianfang::cli
