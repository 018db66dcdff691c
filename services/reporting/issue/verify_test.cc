#include "services/reporting/issue/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/ed25519.h"
#include "common/ledger/merkle.h"
#include "common/status/error.h"
#include "common/store/ledger_store.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::reporting {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A ledger in memory that can prove itself.
class TestLedger {
 public:
  TestLedger(const std::string& service, char seed)
      : signer_(*ledger::NoteSigner::Create(
            store::LedgerOrigin("u", service),
            *crypto::Ed25519PrivateKey::FromSeed(std::string(32, seed)))) {}

  void Append(absl::string_view header) {
    hashes_.push_back(frontier_.Append(ledger::HashLeaf(header)));
    frontiers_.push_back(frontier_);
  }

  ledger::Checkpoint At(size_t size) const {
    return {signer_.verifier().name(), size, frontiers_[size - 1].Root()};
  }
  std::string NoteAt(size_t size) const { return *ledger::SignCheckpoint(At(size), signer_); }
  std::vector<ledger::Hash> Inclusion(size_t sequence, size_t size) const {
    return *ledger::InclusionProof(sequence - 1, size, Nodes());
  }
  std::vector<ledger::Hash> Consistency(size_t first, size_t second) const {
    return *ledger::ConsistencyProof(first, second, Nodes());
  }
  const ledger::NoteVerifier& key() const { return signer_.verifier(); }

 private:
  std::function<absl::StatusOr<std::vector<ledger::Hash>>(const std::vector<ledger::NodeId>&)>
  Nodes() const {
    return [this](const std::vector<ledger::NodeId>& ids) {
      std::vector<ledger::Hash> hashes;
      for (const ledger::NodeId& id : ids) {
        hashes.push_back(*crypto::DigestFromBytes(
            hashes_[ledger::CompletingLeaf(id)].substr(static_cast<size_t>(id.level) * 32, 32)));
      }
      return hashes;
    };
  }

  ledger::NoteSigner signer_;
  ledger::Frontier frontier_;
  std::vector<ledger::Frontier> frontiers_;
  std::vector<std::string> hashes_;
};

// Reporting's ledger with 6 entries, of which the fourth is the report; risk's with 7. The caller
// knows 3 and 5.
class VerifyTest : public ::testing::Test {
 public:  // for the table of changes
  VerifyTest() {
    for (int i = 1; i <= 9; ++i) risk_.Append(absl::StrCat("risk entry ", i));
    report_.set_name("units/u/reports/00000002");
    report_.set_unit("units/u");
    report_.set_display_name("实验小学");
    report_.set_number(2);
    report_.mutable_issue_time()->set_seconds(1778630400);
    v1::LedgerState* state = report_.add_ledgers();
    state->set_service("risk");
    state->set_size(7);
    state->set_root(crypto::ToBytes(risk_.At(7).root));
    report_.mutable_total()->set_post_count(12);
    Fill();
  }

  // Puts `report_` on the ledger and makes the answer.
  void Fill(absl::string_view header_unit = "units/u",
            absl::string_view header_service = "reporting", int64_t header_sequence = 4) {
    ledger::v1::EntryContent content;
    content.add_resources()->PackFrom(report_);
    ledger::v1::EntryHeader header;
    header.set_unit(std::string(header_unit));
    header.set_service(std::string(header_service));
    header.set_sequence(header_sequence);
    header.set_resource(report_.name());
    header.set_content_digest(crypto::ToBytes(crypto::Sha256(content.SerializeAsString())));
    own_ = TestLedger("reporting", 'o');
    for (int i = 1; i <= 6; ++i) {
      own_.Append(i == 4 ? header.SerializeAsString() : absl::StrCat("report entry ", i));
    }
    good_.Clear();
    *good_.mutable_report() = report_;
    good_.mutable_entry()->set_sequence(4);
    good_.mutable_entry()->set_header(header.SerializeAsString());
    good_.mutable_entry()->set_content(content.SerializeAsString());
    for (const auto& hash : own_.Inclusion(4, 6)) {
      good_.add_inclusion_proof(crypto::ToBytes(hash));
    }
    AddLedger("reporting", own_, 3, 6);
    AddLedger("risk", risk_, 5, 7);
    known_ = {{"reporting", own_.At(3)}, {"risk", risk_.At(5)}};
  }

  void AddLedger(const std::string& service, const TestLedger& ledger, size_t known, size_t size) {
    v1::LedgerProof* proof = good_.add_ledgers();
    proof->set_service(service);
    proof->set_checkpoint(ledger.NoteAt(size));
    for (const auto& hash : ledger.Consistency(known, size)) {
      proof->add_consistency_proof(crypto::ToBytes(hash));
    }
  }

  // The same answer for a caller who knows the report.
  v1::GetUnitReportResponse Unchanged() const {
    v1::GetUnitReportResponse response = good_;
    response.clear_report();
    response.clear_entry();
    response.clear_inclusion_proof();
    response.set_unchanged(true);
    return response;
  }

  std::vector<ledger::NoteVerifier> Keys() const { return {own_.key(), risk_.key()}; }
  absl::StatusOr<VerifiedReport> Verify(const v1::GetUnitReportResponse& response) const {
    return VerifyUnitReport(response, Keys(), known_, "units/u");
  }
  void ExpectRefused(const v1::GetUnitReportResponse& response, absl::string_view service,
                     absl::string_view check) const {
    const auto verified = Verify(response);
    ASSERT_FALSE(verified.ok()) << check;
    EXPECT_EQ(ReasonOf(verified.status()), common::v1::ERROR_REASON_MEMBER_UNTRUSTED);
    const VerifyFailure failure = FailureOf(verified.status());
    EXPECT_EQ(failure.service, service) << failure.problem;
    EXPECT_EQ(failure.check, check) << failure.problem;
    EXPECT_FALSE(failure.problem.empty());
  }

  TestLedger own_{"reporting", 'o'};
  TestLedger risk_{"risk", 'r'};
  v1::UnitReport report_;
  v1::GetUnitReportResponse good_;
  std::map<std::string, ledger::Checkpoint> known_;
};

TEST_F(VerifyTest, GoodAnswerGivesReportAndCheckpoints) {
  const auto verified = Verify(good_);
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->report.total().post_count(), 12);
  ASSERT_EQ(verified->checkpoints.size(), 2u);
  EXPECT_EQ(verified->checkpoints.at("reporting").checkpoint, own_.At(6));
  EXPECT_EQ(verified->checkpoints.at("risk").checkpoint, risk_.At(7));
  EXPECT_EQ(verified->checkpoints.at("risk").note, risk_.NoteAt(7));
}

TEST_F(VerifyTest, ACallerWhoKnowsNothingNeedsNoContinuity) {
  known_.clear();
  ExpectRefused(good_, "reporting", "consistency");
  for (auto& proof : *good_.mutable_ledgers()) proof.clear_consistency_proof();
  EXPECT_TRUE(Verify(good_).ok());
}

TEST_F(VerifyTest, TheSameCheckpointAgainHolds) {
  known_ = {{"reporting", own_.At(6)}, {"risk", risk_.At(7)}};
  for (auto& proof : *good_.mutable_ledgers()) proof.clear_consistency_proof();
  EXPECT_TRUE(Verify(good_).ok());
}

TEST_F(VerifyTest, TheReportMayBeLeftOutForReading) {
  good_.clear_report();
  const auto verified = Verify(good_);
  ASSERT_TRUE(verified.ok());
  EXPECT_EQ(verified->report.number(), 2);
}

TEST_F(VerifyTest, SaysWhatDoesNotHold) {
  struct Case {
    const char* name;
    const char* service;
    const char* check;
    std::function<void(VerifyTest&)> spoil;
  };
  const std::vector<Case> cases = {
      {"no checkpoint", "reporting", "missing", [](VerifyTest& t) { t.good_.clear_ledgers(); }},
      {"another ledger issues", "risk", "header",
       [](VerifyTest& t) { t.good_.mutable_ledgers()->SwapElements(0, 1); }},
      {"a known ledger is gone", "grading", "missing",
       [](VerifyTest& t) { t.known_["grading"] = t.risk_.At(2); }},
      {"a ledger without a key", "grading", "key",
       [](VerifyTest& t) { t.good_.mutable_ledgers(1)->set_service("grading"); }},
      {"a ledger twice", "risk", "duplicate",
       [](VerifyTest& t) { *t.good_.add_ledgers() = t.good_.ledgers(1); }},
      {"signed by somebody else", "risk", "signature",
       [](VerifyTest& t) {
         TestLedger other("risk", 'x');
         for (int i = 1; i <= 7; ++i) other.Append(absl::StrCat("risk entry ", i));
         t.good_.mutable_ledgers(1)->set_checkpoint(other.NoteAt(7));
       }},
      {"a checkpoint of another ledger", "risk", "signature",
       [](VerifyTest& t) {
         t.good_.mutable_ledgers(1)->set_checkpoint(t.good_.ledgers(0).checkpoint());
       }},
      {"shrunk", "risk", "growth", [](VerifyTest& t) { t.known_["risk"] = t.risk_.At(9); }},
      {"another history", "risk", "consistency",
       [](VerifyTest& t) { t.known_["risk"].root[0] ^= 1; }},
      {"another history of the same size", "risk", "consistency",
       [](VerifyTest& t) {
         t.known_["risk"] = t.risk_.At(7);
         t.known_["risk"].root[0] ^= 1;
         t.good_.mutable_ledgers(1)->clear_consistency_proof();
       }},
      {"entry beyond the checkpoint", "reporting", "inclusion",
       [](VerifyTest& t) { t.good_.mutable_entry()->set_sequence(7); }},
      {"entry number zero", "reporting", "inclusion",
       [](VerifyTest& t) { t.good_.mutable_entry()->clear_sequence(); }},
      {"no content", "reporting", "content",
       [](VerifyTest& t) { t.good_.mutable_entry()->clear_content(); }},
      {"header of another unit", "reporting", "header", [](VerifyTest& t) { t.Fill("units/v"); }},
      {"header of another service", "reporting", "header",
       [](VerifyTest& t) { t.Fill("units/u", "risk"); }},
      {"header with another number", "reporting", "header",
       [](VerifyTest& t) { t.Fill("units/u", "reporting", 5); }},
      {"report of another unit", "reporting", "report",
       [](VerifyTest& t) {
         t.report_.set_unit("units/v");
         t.Fill();
       }},
      {"name and number do not fit", "reporting", "report",
       [](VerifyTest& t) {
         t.report_.set_number(3);
         t.Fill();
       }},
      {"the copy says something else", "reporting", "report",
       [](VerifyTest& t) { t.good_.mutable_report()->mutable_total()->set_post_count(11); }},
      {"counts another position", "risk", "ledgers",
       [](VerifyTest& t) {
         t.report_.mutable_ledgers(0)->set_size(6);
         t.Fill();
       }},
      {"counts another root", "risk", "ledgers",
       [](VerifyTest& t) {
         t.report_.mutable_ledgers(0)->set_root(std::string(32, 'x'));
         t.Fill();
       }},
      {"does not count a ledger", "risk", "ledgers",
       [](VerifyTest& t) {
         t.report_.clear_ledgers();
         t.Fill();
       }},
      {"counts a ledger without a checkpoint", "grading", "ledgers",
       [](VerifyTest& t) {
         t.report_.add_ledgers()->set_service("grading");
         t.Fill();
       }},
      {"counts a ledger twice", "risk", "ledgers",
       [](VerifyTest& t) {
         *t.report_.add_ledgers() = t.report_.ledgers(0);
         t.Fill();
       }},
  };
  const v1::UnitReport report = report_;
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    report_ = report;
    Fill();
    one.spoil(*this);
    ExpectRefused(good_, one.service, one.check);
  }
}

// Calls `visit` for the message itself and every message below it.
void VisitMessages(Message* message, const std::function<void(Message*)>& visit) {
  visit(message);
  std::vector<const FieldDescriptor*> fields;
  message->GetReflection()->ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      VisitMessages(message->GetReflection()->MutableMessage(message, field), visit);
      continue;
    }
    for (int i = 0; i < message->GetReflection()->FieldSize(*message, field); ++i) {
      VisitMessages(message->GetReflection()->MutableRepeatedMessage(message, field, i), visit);
    }
  }
}

// Every text and byte field of the answer with each byte changed (low bits, so that text stays
// text), and every number with one added: nothing of it passes.
TEST_F(VerifyTest, NoSingleChangePasses) {
  v1::GetUnitReportResponse response = good_;
  int tried = 0;
  VisitMessages(&response, [&](Message* message) {
    const auto* reflection = message->GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection->ListFields(*message, &fields);
    for (const FieldDescriptor* field : fields) {
      const int count = field->is_repeated() ? reflection->FieldSize(*message, field) : 1;
      for (int i = 0; i < count; ++i) {
        if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
          const std::string old = field->is_repeated()
                                      ? reflection->GetRepeatedString(*message, field, i)
                                      : reflection->GetString(*message, field);
          const auto set = [&](const std::string& value) {
            if (field->is_repeated()) {
              reflection->SetRepeatedString(message, field, i, value);
            } else {
              reflection->SetString(message, field, value);
            }
          };
          for (size_t at = 0; at < old.size(); ++at) {
            for (const int bit : {1, 2, 4}) {
              std::string changed = old;
              changed[at] = static_cast<char>(changed[at] ^ bit);
              set(changed);
              ++tried;
              EXPECT_FALSE(Verify(response).ok()) << field->full_name() << " byte " << at;
            }
          }
          set(old.substr(0, old.size() - 1));
          EXPECT_FALSE(Verify(response).ok()) << field->full_name() << " shortened";
          set(old + "x");
          EXPECT_FALSE(Verify(response).ok()) << field->full_name() << " lengthened";
          set(old);
        } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT64 && !field->is_repeated()) {
          const int64_t old = reflection->GetInt64(*message, field);
          for (const int64_t changed : {old + 1, old - 1, -old}) {
            reflection->SetInt64(message, field, changed);
            ++tried;
            EXPECT_FALSE(Verify(response).ok()) << field->full_name() << " = " << changed;
          }
          reflection->SetInt64(message, field, old);
        }
      }
    }
  });
  EXPECT_GT(tried, 1000);
  EXPECT_TRUE(Verify(response).ok()) << "all was put back";
}

TEST_F(VerifyTest, NoHashMayBeMissingOrAdded) {
  struct Case {
    const char* name;
    google::protobuf::RepeatedPtrField<std::string>* hashes;
  };
  const std::vector<Case> cases = {
      {"inclusion", good_.mutable_inclusion_proof()},
      {"own continuity", good_.mutable_ledgers(0)->mutable_consistency_proof()},
      {"risk's continuity", good_.mutable_ledgers(1)->mutable_consistency_proof()}};
  for (const Case& one : cases) {
    const auto old = *one.hashes;
    *one.hashes->Add() = std::string(32, 'x');
    EXPECT_FALSE(Verify(good_).ok()) << one.name;
    one.hashes->CopyFrom(old);
    one.hashes->RemoveLast();
    EXPECT_FALSE(Verify(good_).ok()) << one.name;
    one.hashes->CopyFrom(old);
  }
  EXPECT_TRUE(Verify(good_).ok());
}

TEST_F(VerifyTest, AKnownReportNeedsNoEntry) {
  const auto verified = VerifyUnitReport(Unchanged(), Keys(), known_, "units/u", &report_);
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->report.name(), report_.name());
  EXPECT_EQ(verified->checkpoints.at("reporting").checkpoint.size, 6u);
}

TEST_F(VerifyTest, UnchangedIsNoWayRoundTheProofs) {
  ExpectRefused(Unchanged(), "reporting", "report");
  const auto refused = [this](const v1::GetUnitReportResponse& response, absl::string_view check) {
    const auto verified = VerifyUnitReport(response, Keys(), known_, "units/u", &report_);
    ASSERT_FALSE(verified.ok()) << check;
    EXPECT_EQ(FailureOf(verified.status()).check, check);
  };
  v1::GetUnitReportResponse response = Unchanged();
  *response.mutable_report() = report_;
  refused(response, "report");
  // It counts other positions than those that are proven.
  response = Unchanged();
  response.mutable_ledgers(1)->set_checkpoint(risk_.NoteAt(9));
  response.mutable_ledgers(1)->clear_consistency_proof();
  for (const auto& hash : risk_.Consistency(5, 9)) {
    response.mutable_ledgers(1)->add_consistency_proof(crypto::ToBytes(hash));
  }
  refused(response, "ledgers");
  response = Unchanged();
  response.mutable_ledgers(0)->clear_consistency_proof();
  refused(response, "consistency");
  // The ledger on which the report was known is not.
  known_.erase("reporting");
  response = Unchanged();
  response.mutable_ledgers(0)->clear_consistency_proof();
  refused(response, "report");
}

}  // namespace
}  // namespace lianfang::reporting
