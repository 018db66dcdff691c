// The writer against a real database: many changes, one commit; refused ones leave no trace.
#include <atomic>

#include "common/store/writer_fixture.h"

namespace lianfang::store {
namespace {

TEST_F(WriterTest, ChangesOfOneUnitGetNumbersWithoutGapsAndAGrowingTree) {
  std::vector<std::future<absl::StatusOr<Committed>>> answers;
  for (int i = 0; i < 300; ++i) {
    const std::string id = absl::StrCat("m", i);
    answers.push_back(Submit(Make("u", absl::StrCat("request-", i), PutMeasure("u", id, "x"))));
  }
  std::set<int64_t> numbers;
  for (auto& answer : answers) {
    const auto outcome = answer.get();
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    numbers.insert(outcome->sequence);
  }
  EXPECT_EQ(numbers.size(), 300U);
  EXPECT_EQ(*numbers.begin(), 1);
  EXPECT_EQ(*numbers.rbegin(), 300);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM ledger_entries"), 300);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM measures"), 300);

  LedgerReader ledger(connection_.get(), "u");
  const auto head = ledger.Head();
  ASSERT_TRUE(head.ok());
  const auto entries = ledger.Entries(0, 1000, true, 1 << 30);
  ASSERT_TRUE(entries.ok());
  ledger::Frontier recomputed;
  for (const auto& entry : *entries) recomputed.Append(ledger::HashLeaf(entry.header()));
  EXPECT_EQ(recomputed.size(), 300U);
  EXPECT_EQ(recomputed.Root(), head->Root());
  // Proofs read from the stored hashes hold against the recomputed root.
  for (const int64_t sequence : {1, 7, 128, 299, 300}) {
    const auto proof = ledger.Inclusion(sequence, 300);
    ASSERT_TRUE(proof.ok()) << proof.status();
    EXPECT_TRUE(ledger::VerifyInclusion(sequence - 1, 300,
                                        ledger::HashLeaf((*entries)[sequence - 1].header()), *proof,
                                        head->Root())
                    .ok());
  }
}

TEST_F(WriterTest, ARefusedChangeLeavesNoTraceAndDoesNotHinderItsBatch) {
  auto before = Submit(Make("u", "r1", PutMeasure("u", "a", "x")));
  auto refused = Submit(Make("u", "r2", [&](WriteTx& tx) {
    EXPECT_TRUE(PutMeasure("u", "b", "x")(tx).ok());
    return MakeError(common::v1::ERROR_REASON_ILLEGAL_TRANSITION, "不行", "no");
  }));
  auto after = Submit(Make("u", "r3", PutMeasure("u", "c", "x")));
  EXPECT_EQ(before.get()->sequence, 1);
  EXPECT_EQ(ReasonOf(refused.get().status()), common::v1::ERROR_REASON_ILLEGAL_TRANSITION);
  EXPECT_EQ(after.get()->sequence, 2);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM measures WHERE id = 'b'"), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM ledger_entries"), 2);
}

TEST_F(WriterTest, TheSameRequestTwiceIsOneChangeAndTheSameAnswer) {
  // Both in one batch, and again later.
  auto first = Submit(Make("u", "r", PutMeasure("u", "a", "x")));
  auto second = Submit(Make("u", "r", PutMeasure("u", "a", "x")));
  const auto one = first.get();
  const auto two = second.get();
  const auto three = Submit(Make("u", "r", PutMeasure("u", "a", "x"))).get();
  ASSERT_TRUE(one.ok() && two.ok() && three.ok());
  EXPECT_FALSE(one->repeated);
  EXPECT_TRUE(two->repeated);
  EXPECT_TRUE(three->repeated);
  EXPECT_EQ(one->content.SerializeAsString(), two->content.SerializeAsString());
  EXPECT_EQ(one->content.SerializeAsString(), three->content.SerializeAsString());
  EXPECT_EQ(Count("SELECT COUNT(*) FROM ledger_entries"), 1);
}

TEST_F(WriterTest, ARequestIdWithAnotherBodyIsRefused) {
  ASSERT_TRUE(Submit(Make("u", "r", PutMeasure("u", "a", "x"))).get().ok());
  Mutation other = Make("u", "r", PutMeasure("u", "b", "y"));
  other.request_digest = crypto::Sha256("another body");
  EXPECT_EQ(ReasonOf(Submit(std::move(other)).get().status()),
            common::v1::ERROR_REASON_REQUEST_ID_REUSED);
  // Another unit may use the same id.
  EXPECT_TRUE(Submit(Make("v", "r", PutMeasure("v", "a", "x"))).get().ok());
}

TEST_F(WriterTest, AChangeSeesWhatItsBatchWroteBefore) {
  std::vector<std::future<absl::StatusOr<Committed>>> answers;
  for (int i = 0; i < 50; ++i) {
    answers.push_back(Submit(Make("u", absl::StrCat("r", i), [i](WriteTx& tx) -> absl::Status {
      LF_ASSIGN_OR_RETURN(auto measure, tx.Find<Measure>(MeasureKind(), "units/u/measures/a"));
      if (!measure) measure.emplace().set_name("units/u/measures/a");
      measure->set_content(absl::StrCat(measure->content(), "x"));
      // Every fifth one asks with a query, which sees the batch too.
      if (i % 5 == 0 && i > 0) {
        LF_ASSIGN_OR_RETURN(const auto all, tx.List<Measure>(MeasureKind(), "u", {}));
        EXPECT_EQ(all.size(), 1U);
        EXPECT_EQ(all[0].content().size() + 1, measure->content().size());
      }
      return tx.Put(MeasureKind(), *measure);
    })));
  }
  for (auto& answer : answers) ASSERT_TRUE(answer.get().ok());
  ConnectionReader reader(connection_.get());
  const auto measure = reader.Get<Measure>(MeasureKind(), "units/u/measures/a");
  ASSERT_TRUE(measure.ok());
  EXPECT_EQ(measure->content(), std::string(50, 'x'));
  EXPECT_EQ(measure->etag(), EtagOf(50));
}

TEST_F(WriterTest, WhatAsksForItIsToldBeforeItsCallerIsAnsweredAndOnlyWhenItStands) {
  std::atomic<int> told = 0;
  const auto make = [&](const std::string& id, bool refused) {
    return Make("u", id, [&told, refused](WriteTx& tx) -> absl::Status {
      tx.OnCommit([&told] { ++told; });
      if (refused) return absl::InvalidArgumentError("refused");
      return PutMeasure("u", "a", "x")(tx);
    });
  };
  ASSERT_TRUE(Submit(make("r1", false)).get().ok());
  EXPECT_EQ(told, 1);
  ASSERT_FALSE(Submit(make("r2", true)).get().ok());
  EXPECT_EQ(told, 1);
  // Answered before: it was told then.
  ASSERT_TRUE(Submit(make("r1", false)).get()->repeated);
}

TEST_F(WriterTest, ADeadlineThatHasPassedChangesNothing) {
  Mutation late = Make("u", "r", PutMeasure("u", "a", "x"));
  late.deadline = absl::InfinitePast();
  EXPECT_EQ(ReasonOf(Submit(std::move(late)).get().status()),
            common::v1::ERROR_REASON_DEADLINE_EXCEEDED);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM ledger_entries"), 0);
}

TEST_F(WriterTest, AFullQueueRefusesAtOnce) {
  writer_.reset();
  StartWriter({.queue = 1, .batch = 1});
  std::promise<void> hold;
  std::promise<void> running;
  auto blocked = Submit(Make("u", "r0", [&](WriteTx&) {
    running.set_value();
    hold.get_future().wait();
    return absl::OkStatus();
  }));
  running.get_future().wait();
  auto queued = Submit(Make("u", "r1", PutMeasure("u", "a", "x")));
  const auto refused = Submit(Make("u", "r2", PutMeasure("u", "b", "x"))).get();
  EXPECT_EQ(ReasonOf(refused.status()), common::v1::ERROR_REASON_OVERLOADED);
  hold.set_value();
  EXPECT_TRUE(blocked.get().ok());
  EXPECT_TRUE(queued.get().ok());
}

TEST_F(WriterTest, OneWhoFloodsTheQueueWaitsForHimself) {
  writer_.reset();
  StartWriter({.queue = 8, .batch = 1});
  // The writer is busy with the first, so that the others queue.
  std::promise<void> go;
  const std::shared_future<void> gone = go.get_future().share();
  std::promise<void> busy;
  auto first = Submit(Make("u", "first", [&, gone](WriteTx&) {
    busy.set_value();
    gone.wait();
    return absl::OkStatus();
  }));
  busy.get_future().wait();
  std::mutex mutex;
  std::vector<std::string> order;
  const auto submit = [&](const std::string& subject, const std::string& id) {
    Mutation mutation = Make("u", id, [&, id](WriteTx&) {
      const std::lock_guard lock(mutex);
      order.push_back(id);
      return absl::OkStatus();
    });
    auto actor = std::make_shared<auth::Identity>(*mutation.actor);
    actor->subject = subject;
    mutation.actor = actor;
    return Submit(std::move(mutation));
  };
  std::vector<std::future<absl::StatusOr<Committed>>> flood;
  flood.reserve(8);
  for (int i = 0; i < 8; ++i) flood.push_back(submit("loud", absl::StrCat("loud-", i)));
  // The queue is full of one: another comes in at his cost, and before most of his.
  auto quiet = submit("quiet", "quiet");
  const auto put_out = flood.back().get();
  EXPECT_EQ(ReasonOf(put_out.status()), common::v1::ERROR_REASON_OVERLOADED);
  go.set_value();
  EXPECT_TRUE(quiet.get().ok());
  for (int i = 0; i < 7; ++i) EXPECT_TRUE(flood[i].get().ok());
  EXPECT_TRUE(first.get().ok());
  const std::lock_guard lock(mutex);
  ASSERT_EQ(order.size(), 8U);
  EXPECT_EQ(order[1], "quiet");
}

TEST_F(WriterTest, StoppingAnswersWhatIsQueuedAndRefusesTheRest) {
  std::vector<std::future<absl::StatusOr<Committed>>> answers;
  for (int i = 0; i < 100; ++i) {
    answers.push_back(
        Submit(Make("u", absl::StrCat("r", i), PutMeasure("u", absl::StrCat("m", i), "x"))));
  }
  writer_->Stop();
  for (auto& answer : answers) EXPECT_TRUE(answer.get().ok());
  EXPECT_FALSE(Submit(Make("u", "later", PutMeasure("u", "z", "x"))).get().ok());
}

TEST_F(WriterTest, AnAnonymousChangeLeavesNoTraceOfWhoAndWhen) {
  const absl::Time day = absl::FromUnixSeconds(1'778'601'600);
  Mutation secret = Make("u", "5f0c8a3e-7d0c-4a53-9a0f-1c7f0c6b2d11", [day](WriteTx& tx) {
    tx.Anonymise(day);
    LF_RETURN_IF_ERROR(PutMeasure("u", "a", "x")(tx));
    Measure code;
    code.set_content("only-once");
    tx.SetResultOnce(code);
    return absl::OkStatus();
  });
  const Mutation again = secret;
  const auto first = Submit(std::move(secret)).get();
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_EQ(first->content.resources_size(), 2);
  Measure code;
  ASSERT_TRUE(first->content.resources(1).UnpackTo(&code));
  EXPECT_EQ(code.content(), "only-once");

  LedgerReader ledger(connection_.get(), "u");
  const auto entries = ledger.Entries(0, 10, true, 1 << 30);
  ASSERT_TRUE(entries.ok());
  ASSERT_EQ(entries->size(), 1U);
  ledger::v1::EntryHeader header;
  ASSERT_TRUE(header.ParseFromString((*entries)[0].header()));
  EXPECT_EQ(header.actor(), "anonymous");
  EXPECT_EQ(header.roles_size(), 0);
  EXPECT_EQ(header.time().seconds(), 1'778'601'600);
  EXPECT_EQ(header.time().nanos(), 0);
  EXPECT_EQ(header.request_id(), "5f0c8a3e-7d0c-4a53-9a0f-1c7f0c6b2d11");
  // Neither who, nor when, nor the code is anywhere in the file.
  const std::string entry = (*entries)[0].SerializeAsString();
  EXPECT_EQ(entry.find("units/u/persons/p"), std::string::npos);
  EXPECT_EQ(entry.find("only-once"), std::string::npos);
  ConnectionReader reader(connection_.get());
  const auto measure = reader.Get<Measure>(MeasureKind(), "units/u/measures/a");
  ASSERT_TRUE(measure.ok());
  EXPECT_EQ(measure->create_time().seconds(), 1'778'601'600);
  EXPECT_EQ(measure->update_time().seconds(), 1'778'601'600);

  // The same request again is recognised, and does not get the code again.
  const auto repeated = Submit(again).get();
  ASSERT_TRUE(repeated.ok());
  EXPECT_TRUE(repeated->repeated);
  EXPECT_EQ(repeated->content.resources_size(), 1);
  // The next change has its actor again.
  ASSERT_TRUE(Submit(Make("u", "r2", PutMeasure("u", "b", "x"))).get().ok());
  const auto next = ledger.Entries(1, 10, false, 1 << 30);
  ASSERT_TRUE(next.ok());
  ASSERT_TRUE(header.ParseFromString((*next)[0].header()));
  EXPECT_EQ(header.actor(), "units/u/persons/p");
}

TEST_F(WriterTest, AChangeOfAnotherUnitsRecordIsRefused) {
  EXPECT_FALSE(Submit(Make("u", "r", PutMeasure("v", "a", "x"))).get().ok());
  EXPECT_EQ(Count("SELECT COUNT(*) FROM measures"), 0);
}

}  // namespace
}  // namespace lianfang::store
