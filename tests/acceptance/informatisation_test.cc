// 「以现代信息技术为支撑」: every change is kept, and that it was so can be proven.
#include <string>

#include "common/crypto/sha256.h"
#include "common/ledger/checkpoint.h"
#include "tests/acceptance/phase3_steps.h"

namespace lianfang::acceptance {
namespace {

using namespace common::v1;  // NOLINT: reasons
using ::testing::ElementsAre;
using ::testing::SizeIs;

class RecordTest : public YearTest {
 protected:
  // Entries of the risk service's ledger whose content has the record, with what it was then.
  struct Change {
    ledger::v1::EntryHeader header;
    ledger::v1::Entry entry;
    risk::v1::SelfCheck form;
  };
  std::vector<Change> HistoryOf(const std::string& form) {
    ledger::v1::ListEntriesRequest request;
    request.set_name(absl::StrCat(kUnit, "/ledgers/risk"));
    request.set_page_size(1000);
    request.set_include_content(true);
    const auto page = Must(Call(auditor(), &LedgerStub::ListEntries, request));
    std::vector<Change> history;
    for (const auto& entry : page.entries()) {
      Change change;
      change.entry = entry;
      ledger::v1::EntryContent content;
      EXPECT_TRUE(change.header.ParseFromString(entry.header()));
      EXPECT_TRUE(content.ParseFromString(entry.content()));
      for (const auto& any : content.resources()) {
        if (!any.UnpackTo(&change.form) || change.form.name() != form) continue;
        history.push_back(change);
      }
    }
    return history;
  }
};

// 「充分利用现代科技手段，逐步完善廉政风险防控信息化建设」
// RPCs: LedgerService.ListEntries, LedgerService.GetCheckpoint, LedgerService.GetInclusionProof,
// RiskService.GetSelfCheck, RiskService.SubmitSelfCheck
TEST_F(RecordTest, EveryChangeIsOnRecordAndTheRecordCanBeProven) {
  On(5, 20);
  const risk::v1::SelfCheck form = HandInSelfCheck("buyer");
  // Each step is seen by all before the next day begins.
  EXPECT_EQ(SelfCheckOf("buyer").state(), risk::v1::SELF_CHECK_STATE_SUBMITTED);
  On(5, 21);
  Must(Return(principal(), form.review(), "请补充供应商管理方面的风险。"));
  EXPECT_EQ(SelfCheckOf("buyer").state(), risk::v1::SELF_CHECK_STATE_RETURNED);
  risk::v1::SubmitSelfCheckRequest submit;
  submit.set_name(form.name());
  submit.set_request_id(server().RequestId());
  On(5, 22);
  const auto first = Must(Call(As("buyer"), &RiskStub::SubmitSelfCheck, submit));
  // A program that did not hear the answer asks again: nothing is done twice.
  const auto second = Must(Call(As("buyer"), &RiskStub::SubmitSelfCheck, submit));
  EXPECT_EQ(second.position().sequence(), first.position().sequence());
  On(5, 23);
  Must(Approve(secretary(), first.self_check().review()));

  // Who, when, through which method, and how the whole form was each time.
  const auto history = HistoryOf(form.name());
  std::vector<int> states;
  std::vector<int> days;
  for (const Change& change : history) {
    states.push_back(change.form.state());
    days.push_back(absl::ToCivilDay(absl::FromUnixSeconds(change.header.time().seconds()),
                                    absl::FixedTimeZone(8 * 60 * 60))
                       .day());
    EXPECT_EQ(change.header.content_digest(),
              crypto::ToBytes(crypto::Sha256(change.entry.content())));
  }
  EXPECT_THAT(states,
              ElementsAre(risk::v1::SELF_CHECK_STATE_DRAFT, risk::v1::SELF_CHECK_STATE_SUBMITTED,
                          risk::v1::SELF_CHECK_STATE_RETURNED, risk::v1::SELF_CHECK_STATE_SUBMITTED,
                          risk::v1::SELF_CHECK_STATE_APPROVED));
  EXPECT_THAT(days, ElementsAre(20, 20, 21, 22, 23));
  ASSERT_THAT(history, SizeIs(5));
  for (const int by_buyer : {0, 1, 3}) {
    EXPECT_EQ(history[by_buyer].header.actor(), Person("buyer"));
  }
  EXPECT_EQ(history[3].header.method(), "lianfang.risk.v1.RiskService/SubmitSelfCheck");
  EXPECT_EQ(history[3].header.request_id(), submit.request_id());
  EXPECT_EQ(history.back().form.state(), SelfCheckOf("buyer").state());
  EXPECT_EQ(history.back().form.etag(), SelfCheckOf("buyer").etag());

  // That it was so is proven against the ledger's signature, without believing the server.
  const std::string ledger = absl::StrCat(kUnit, "/ledgers/risk");
  const auto head = Must(Do(auditor(), &LedgerStub::GetCheckpoint, ledger));
  const auto key = Must(ledger::NoteVerifier::Parse(head.verifier_key()));
  const auto checkpoint = Must(ledger::OpenCheckpoint(head.checkpoint(), key));
  ledger::v1::GetInclusionProofRequest request;
  request.set_name(ledger);
  request.set_sequence(history[2].entry.sequence());
  request.set_size(static_cast<int64_t>(checkpoint.size));
  const auto answer = Must(Call(auditor(), &LedgerStub::GetInclusionProof, request));
  std::vector<ledger::Hash> proof;
  for (const std::string& hash : answer.hashes()) {
    proof.push_back(Must(crypto::DigestFromBytes(hash)));
  }
  const auto proves = [&](const std::string& header) {
    return ledger::VerifyInclusion(history[2].entry.sequence() - 1, checkpoint.size,
                                   ledger::HashLeaf(header), proof, checkpoint.root);
  };
  EXPECT_THAT(proves(history[2].entry.header()), IsOk());
  ledger::v1::EntryHeader forged = history[2].header;
  forged.set_actor(Person("secretary"));
  EXPECT_FALSE(proves(forged.SerializeAsString()).ok());

  ledger::v1::ListEntriesRequest entries;
  entries.set_name(ledger);
  for (client::Client* somebody : {&As("buyer"), &principal(), &administrator()}) {
    EXPECT_THAT(Call(*somebody, &LedgerStub::ListEntries, entries),
                FailsWith(ERROR_REASON_PERMISSION_DENIED))
        << "the trail is the auditor's";
  }
}

}  // namespace
}  // namespace lianfang::acceptance
