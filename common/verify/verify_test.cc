// What can be looked at without a database; the rest is tests/integrity's.
#include <gtest/gtest.h>

#include "common/ledger/checkpoint.h"
#include "common/store/head_writes.h"
#include "common/verify/body_diff.h"
#include "common/verify/checkpoints.h"
#include "common/verify/ledger_check.h"
#include "lianfang/risk/v1/risk.pb.h"

namespace lianfang::verify {
namespace {

constexpr char kUnit[] = "u";
constexpr char kService[] = "risk";

// A ledger as a writer leaves it.
struct Rows {
  struct Row {
    std::string request_id;
    std::string header;
    std::string hashes;
    std::string content;
    std::string erasure;
  };
  std::vector<Row> rows;
  HeadRow head;

  explicit Rows(int count) {
    ledger::Frontier tree;
    for (int i = 1; i <= count; ++i) {
      Row row;
      row.request_id = "request-" + std::to_string(i);
      row.content = Content("units/u/measures/m" + std::to_string(i));
      ledger::v1::EntryHeader header;
      header.set_unit("units/u");
      header.set_service(kService);
      header.set_sequence(i);
      header.set_request_id(row.request_id);
      header.set_content_digest(crypto::ToBytes(crypto::Sha256(row.content)));
      row.header = header.SerializeAsString();
      row.hashes = tree.Append(ledger::HashLeaf(row.header));
      rows.push_back(std::move(row));
    }
    head.size = count;
    head.frontier = tree.Serialize();
    head.writes = store::NextWrites(-1, kUnit, head.frontier);
  }

  static std::string Content(const std::string& name) {
    risk::v1::Measure measure;
    measure.set_name(name);
    ledger::v1::EntryContent content;
    content.add_resources()->PackFrom(measure);
    return content.SerializeAsString();
  }

  // "key field" of each finding.
  std::vector<std::string> Check() const {
    Findings findings(100);
    LedgerCheck check(kService, kUnit, {}, &findings);
    for (size_t i = 0; i < rows.size(); ++i) {
      const Row& row = rows[i];
      if (row.header.empty()) continue;  // gone
      check.Take({.sequence = static_cast<int64_t>(i) + 1,
                  .request_id = row.request_id,
                  .header = row.header,
                  .hashes = row.hashes,
                  .content = row.content,
                  .erasure = row.erasure});
    }
    check.Finish(head);
    std::vector<std::string> found;
    for (const Finding& finding : findings.kept()) {
      found.push_back(finding.table + " " + finding.key + " " + finding.field);
    }
    return found;
  }
};

using Found = std::vector<std::string>;

TEST(LedgerCheck, FindsNothingInWhatAWriterLeaves) {
  for (int size = 0; size <= 20; ++size) EXPECT_EQ(Rows(size).Check(), Found()) << size;
}

TEST(LedgerCheck, NamesWhatWasChanged) {
  Rows rows(11);
  rows.rows[4].header.back() ^= 1;
  EXPECT_EQ(rows.Check().back(), "ledger_entries 5 header");
  rows = Rows(11);
  rows.rows[4].hashes[3] ^= 1;
  EXPECT_EQ(rows.Check(), Found({"ledger_entries 5 hashes"}));
  rows = Rows(11);
  rows.rows[7].hashes[70] ^= 1;  // an ancestor's
  EXPECT_EQ(rows.Check(), Found({"ledger_entries 8 hashes"}));
  rows = Rows(11);
  rows.rows[2].content.back() ^= 1;
  EXPECT_EQ(rows.Check(), Found({"ledger_entries 3 content"}));
  rows = Rows(11);
  rows.rows[2].request_id = "another";
  EXPECT_EQ(rows.Check(), Found({"ledger_entries 3 request_id"}));
  rows = Rows(11);
  rows.rows[2].erasure = "units/u/ledgers/risk/erasures/e";
  EXPECT_EQ(rows.Check(), Found({"ledger_entries 3 erasure"}));
}

TEST(LedgerCheck, NamesWhatIsMissing) {
  Rows rows(11);
  rows.rows[5].header.clear();
  EXPECT_EQ(rows.Check(), Found({"ledger_entries 6 "}));
  rows = Rows(11);
  rows.rows.back().header.clear();
  EXPECT_EQ(rows.Check(), Found({"ledger_entries 11 "}));
  rows = Rows(11);
  rows.rows[5].content.clear();
  EXPECT_EQ(rows.Check(), Found({"ledger_entries 6 content"}));
}

TEST(LedgerCheck, NamesWhatIsWrongWithTheHead) {
  Rows rows(11);
  rows.head.size = 12;
  EXPECT_EQ(rows.Check(), Found({"ledger_heads  size"}));
  rows = Rows(11);
  rows.head.writes += 1;
  EXPECT_EQ(rows.Check(), Found({"ledger_heads  writes"}));
  rows = Rows(11);
  rows.head.frontier[20] ^= 1;
  EXPECT_EQ(rows.Check(), Found({"ledger_heads  frontier", "ledger_heads  writes"}));
}

TEST(LedgerCheck, AnUpgradeLeavesHeadsWithoutACount) {
  Rows rows(3);
  rows.head.writes = -4;
  EXPECT_EQ(rows.Check(), Found());
  rows.head.writes = -5;
  EXPECT_EQ(rows.Check(), Found({"ledger_heads  writes"}));
}

TEST(BodyDiff, NamesTheFirstFieldAndNoText) {
  risk::v1::Measure stored;
  risk::v1::Measure expected;
  stored.set_content("what somebody wrote");
  expected.set_content("what somebody else wrote");
  const auto difference = FirstDifference(risk::v1::Measure::descriptor(),
                                          stored.SerializeAsString(), expected.SerializeAsString());
  EXPECT_EQ(difference.path, "content");
  EXPECT_EQ(difference.stored.find("somebody"), std::string::npos);
  EXPECT_NE(difference.stored, difference.expected);
  EXPECT_EQ(FirstDifference(risk::v1::Measure::descriptor(), "\xff", "").path, "(bytes)");
}

TEST(SplitNotes, TakesOneAfterTheOther) {
  const std::string note = "lianfang/units/u/ledgers/risk\n3\nAAAA\n\n\xE2\x80\x94 a YQ==\n";
  const std::string cosigned = note + "\xE2\x80\x94 b YQ==\n";
  const auto notes = SplitNotes(note + cosigned + "\n" + note);
  ASSERT_TRUE(notes.ok()) << notes.status();
  EXPECT_EQ(*notes, (std::vector<std::string>{note, cosigned, note}));
  EXPECT_EQ(WitnessesOf(cosigned), (std::vector<std::string>{"a", "b"}));
  EXPECT_FALSE(SplitNotes("lianfang/units/u/ledgers/risk\n3\nAAAA\n").ok());
  EXPECT_FALSE(SplitNotes("other\n3\nAAAA\n\n\xE2\x80\x94 a YQ==\n").ok());
}

}  // namespace
}  // namespace lianfang::verify
