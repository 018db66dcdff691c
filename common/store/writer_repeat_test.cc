// The writer and a database that fails: what was acknowledged is there once, what was not is not.
#include <string>
#include <vector>

#include "common/store/writer_fixture.h"

namespace lianfang::store {
namespace {

using sql::Failure;

class WriterRepeatTest : public WriterTest {
 protected:
  using Answers = std::vector<std::future<absl::StatusOr<Committed>>>;

  // The writer of this unit is at a change until the gate opens, so that all that is sent there
  // meanwhile becomes one batch. That change ends without a COMMIT and is not tried again.
  void HoldUntil(const std::string& unit, const std::shared_future<void>& gate) {
    auto held = std::make_shared<std::promise<void>>();
    Submit(Make(unit, "", [held, gate](WriteTx&) -> absl::Status {
      held->set_value();
      gate.wait();
      return sql::WithFailure(sql::StorageBusy(Failure::kFull), Failure::kFull);
    }));
    held->get_future().wait();
  }

  // Another process over the same database.
  std::unique_ptr<Writer> AnotherWriter() {
    auto other = std::make_unique<Writer>(Writer::Environment{.service = "risk",
                                                              .database = database_.get(),
                                                              .clock = &clock_,
                                                              .ids = &ids_,
                                                              .on_growth = {}},
                                          Writer::Options());
    EXPECT_TRUE(other->Start().ok());
    return other;
  }

  // One more x in a measure, which is made where there is none.
  static absl::Status AppendX(WriteTx& tx) {
    LF_ASSIGN_OR_RETURN(auto measure, tx.Find<Measure>(MeasureKind(), "units/u/measures/a"));
    if (!measure) measure.emplace().set_name("units/u/measures/a");
    measure->set_content(measure->content() + "x");
    return tx.Put(MeasureKind(), *measure);
  }

  void ExpectOnce(Answers& answers, const std::string& ids) {
    int64_t expected = 0;
    for (auto& answer : answers) {
      const auto outcome = answer.get();
      ASSERT_TRUE(outcome.ok()) << outcome.status();
      ++expected;
    }
    EXPECT_EQ(Count("SELECT COUNT(*) FROM ledger_entries"), expected);
    EXPECT_EQ(Count("SELECT COUNT(*) FROM measures"), expected) << ids;
    EXPECT_EQ(faulty_->after_failure(), 0);
  }
};

struct Case {
  const char* name;
  testing::FaultyDatabase::Fault fault;
};

class WriterFaultTest : public WriterRepeatTest, public ::testing::WithParamInterface<Case> {};

TEST_P(WriterFaultTest, EachChangeIsMadeOnceAndAnswered) {
  std::promise<void> gate;
  HoldUntil("u", gate.get_future().share());
  faulty_->FailNext(GetParam().fault);
  Answers answers;
  for (int i = 0; i < 20; ++i) {
    const std::string id = absl::StrCat("m", i);
    // Some without a request id of the caller's.
    answers.push_back(
        Submit(Make("u", i % 3 == 0 ? "" : absl::StrCat("r", i), PutMeasure("u", id, "x"))));
  }
  gate.set_value();
  ExpectOnce(answers, GetParam().name);
  // The ledger has no gap and its tree is whole.
  LedgerReader ledger(connection_.get(), "u");
  const auto head = ledger.Head();
  ASSERT_TRUE(head.ok());
  const auto entries = ledger.Entries(0, 100, false, 1 << 20);
  ASSERT_TRUE(entries.ok());
  ledger::Frontier recomputed;
  for (const auto& entry : *entries) recomputed.Append(ledger::HashLeaf(entry.header()));
  EXPECT_EQ(recomputed.Root(), head->Root());
}

INSTANTIATE_TEST_SUITE_P(
    Faults, WriterFaultTest,
    ::testing::Values(Case{"DeadlockAtTheHead", {"SELECT unit_id, frontier", Failure::kRetry}},
                      Case{"DeadlockAtTheRows", {"REPLACE INTO measures", Failure::kRetry}},
                      Case{"DeadlockAtTheEntries", {"INSERT INTO ledger_entries", Failure::kRetry}},
                      Case{"CertificationAtTheCommit", {"COMMIT", Failure::kRetry, false, 3}},
                      Case{"LostAtTheBegin", {"BEGIN", Failure::kLost}},
                      Case{"LostAtTheEntries", {"INSERT INTO ledger_entries", Failure::kLost}},
                      Case{"LostBeforeTheCommitWasDone", {"COMMIT", Failure::kLost, false}},
                      Case{"LostAfterTheCommitWasDone", {"COMMIT", Failure::kLost, true}},
                      Case{"LostAgainAndAgain", {"COMMIT", Failure::kLost, true, 3}},
                      Case{"NodeNotReady", {"BEGIN", Failure::kUnavailable, false, 2}},
                      Case{"AnotherWasFaster", {"INSERT INTO ledger_entries", Failure::kDuplicate}},
                      Case{"DataRefusedOnce", {"REPLACE INTO measures", Failure::kData}}),
    [](const auto& one) { return one.param.name; });

// What changes say that they will read is asked of the database once for all of them, found or not,
// and what an earlier change of the batch writes is seen by a later one.
TEST_F(WriterRepeatTest, WhatABatchWillReadIsReadTogether) {
  ASSERT_TRUE(Submit(Make("u", "r0", PutMeasure("u", "there", "old"))).get().ok());
  ASSERT_TRUE(Submit(Make("v", "r0", PutMeasure("v", "there", "other"))).get().ok());
  std::promise<void> gate;
  HoldUntil("u", gate.get_future().share());
  // Reading one by one would fail, and not be tried again.
  faulty_->FailNext({"SELECT body FROM measures", Failure::kFull});
  const auto read = [](const std::string& id, std::string* found) {
    return [=](WriteTx& tx) -> absl::Status {
      const std::string name = absl::StrCat("units/", tx.unit_id(), "/measures/", id);
      LF_ASSIGN_OR_RETURN(const auto measure, tx.Find<Measure>(MeasureKind(), name));
      *found = measure ? measure->content() : "none";
      return PutMeasure(tx.unit_id(), id, "new")(tx);
    };
  };
  std::vector<std::string> found(4);
  Answers answers;
  const auto submit = [&](const std::string& request, const std::string& id, int to) {
    Mutation mutation = Make("u", request, read(id, &found[to]));
    mutation.reads = {{&MeasureKind(), id}};
    answers.push_back(Submit(std::move(mutation)));
  };
  submit("r1", "there", 0);
  submit("r2", "missing", 1);
  submit("r3", "missing", 2);
  submit("r4", "there", 3);
  gate.set_value();
  for (auto& answer : answers) {
    const auto outcome = answer.get();
    EXPECT_TRUE(outcome.ok()) << outcome.status();
  }
  EXPECT_EQ(found, (std::vector<std::string>{"old", "none", "new", "new"}));
}

// What was not there when the batch began, and was written to the database in the middle of it.
TEST_F(WriterRepeatTest, WhatWasMissingIsFoundOnceItIsWritten) {
  std::promise<void> gate;
  HoldUntil("u", gate.get_future().share());
  Answers answers;
  for (int i = 0; i < 10; ++i) {
    Mutation mutation = Make("u", absl::StrCat("r", i), [i](WriteTx& tx) -> absl::Status {
      // A query makes the batch write what it has.
      LF_RETURN_IF_ERROR(tx.List<Measure>(MeasureKind(), "u", {}).status());
      LF_ASSIGN_OR_RETURN(const auto measure,
                          tx.Find<Measure>(MeasureKind(), "units/u/measures/a"));
      EXPECT_EQ(measure.has_value(), i > 0);
      return AppendX(tx);
    });
    mutation.reads = {{&MeasureKind(), "a"}};
    answers.push_back(Submit(std::move(mutation)));
  }
  gate.set_value();
  for (auto& answer : answers) ASSERT_TRUE(answer.get().ok());
  const auto measure =
      ConnectionReader(connection_.get()).Get<Measure>(MeasureKind(), "units/u/measures/a");
  ASSERT_TRUE(measure.ok());
  EXPECT_EQ(measure->content(), std::string(10, 'x'));
}

// The answer of a change that was made although the connection broke is the one of that change.
TEST_F(WriterRepeatTest, AfterALostCommitTheAnswerIsLookedUp) {
  faulty_->FailNext({"COMMIT", Failure::kLost, true});
  const auto outcome = Submit(Make("u", "r", PutMeasure("u", "a", "x"))).get();
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->sequence, 1);
  EXPECT_EQ(outcome->content.resources_size(), 1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM ledger_entries"), 1);
}

// A change asks the database, the engine gives the transaction up, and the request was answered
// before by another replica: looking that up would be a statement outside any transaction, and the
// rest of the batch would be written without one.
TEST_F(WriterRepeatTest, NothingIsAskedOrWrittenAfterTheTransactionIsGone) {
  ASSERT_TRUE(Submit(Make("u", "earlier", PutMeasure("u", "a", "x"))).get().ok());
  faulty_->FailNext({"SELECT body FROM measures", Failure::kRetry});
  const auto reading = [](const std::string& id) {
    return [id](WriteTx& tx) -> absl::Status {
      LF_ASSIGN_OR_RETURN(const auto found,
                          tx.Find<Measure>(MeasureKind(), "units/u/measures/none"));
      EXPECT_FALSE(found);
      return PutMeasure("u", id, "x")(tx);
    };
  };
  Answers answers;
  Mutation repeated = Make("u", "earlier", reading("a"));
  answers.push_back(Submit(std::move(repeated)));
  answers.push_back(Submit(Make("u", "other", reading("b"))));
  const auto first = answers[0].get();
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_TRUE(first->repeated);
  ASSERT_TRUE(answers[1].get().ok());
  EXPECT_EQ(faulty_->after_failure(), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM ledger_entries"), 2);
}

TEST_F(WriterRepeatTest, AFullDiskIsToldAtOnceAndForgottenWhenThereIsSpace) {
  faulty_->FailNext({"COMMIT", Failure::kFull});
  const auto refused = Submit(Make("u", "r", PutMeasure("u", "a", "x"))).get();
  EXPECT_EQ(sql::FailureOf(refused.status()), Failure::kFull);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM measures"), 0);
  EXPECT_TRUE(Submit(Make("u", "r", PutMeasure("u", "a", "x"))).get().ok());
}

// What the writer remembers does not outlive a transaction that failed.
TEST_F(WriterRepeatTest, AFailedTransactionIsNotRemembered) {
  ASSERT_TRUE(Submit(Make("u", "r1", AppendX)).get().ok());
  ASSERT_TRUE(Submit(Make("u", "r2", AppendX)).get().ok());
  faulty_->FailNext({"COMMIT", Failure::kRetry, false, 2});
  ASSERT_TRUE(Submit(Make("u", "r3", AppendX)).get().ok());
  ConnectionReader reader(connection_.get());
  const auto measure = reader.Get<Measure>(MeasureKind(), "units/u/measures/a");
  ASSERT_TRUE(measure.ok());
  EXPECT_EQ(measure->content(), "xxx");
}

// Two replicas that meet at a unit's first change: there is no head yet that one of them could
// lock. Without an entry of its own, what the slower one writes must not take the faster one's
// entries back, nor what either has read stand.
TEST_F(WriterRepeatTest, TwoWritersMeetAtTheFirstChangeOfAUnit) {
  const auto second = AnotherWriter();
  Writer& other = *second;
  const auto derive = [](WriteTx& tx) -> absl::Status {
    LF_ASSIGN_OR_RETURN(auto seen, tx.FindById<Measure>(MeasureKind(), "u", "seen"));
    if (!seen) seen.emplace();
    seen->set_content(seen->content() + "x");
    return tx.Derive(MeasureKind(), "seen", *seen);
  };
  std::promise<absl::StatusOr<Committed>> first;
  auto answer = first.get_future();
  bool met = false;
  ASSERT_TRUE(Submit(Make("u", "",
                          [&](WriteTx& tx) -> absl::Status {
                            LF_RETURN_IF_ERROR(derive(tx));
                            if (met) return absl::OkStatus();
                            met = true;
                            Mutation mutation =
                                Make("u", "r", [&](WriteTx& theirs) -> absl::Status {
                                  LF_RETURN_IF_ERROR(derive(theirs));
                                  return PutMeasure("u", "a", "x")(theirs);
                                });
                            mutation.done = [&](absl::StatusOr<Committed> outcome) {
                              first.set_value(std::move(outcome));
                            };
                            other.Submit(std::move(mutation));
                            // Where the engine lets only one write at a time the other comes
                            // second.
                            if (!database_->dialect().lock_rows.empty()) answer.wait();
                            return absl::OkStatus();
                          }))
                  .get()
                  .ok());
  ASSERT_TRUE(answer.get().ok());
  // Both go on with what they have read.
  ASSERT_TRUE(Submit(Make("u", "s",
                          [&](WriteTx& tx) -> absl::Status {
                            LF_RETURN_IF_ERROR(derive(tx));
                            return PutMeasure("u", "b", "x")(tx);
                          }))
                  .get()
                  .ok());
  EXPECT_EQ(Count("SELECT COUNT(*) FROM ledger_entries"), 2);
  EXPECT_EQ(Count("SELECT size FROM ledger_heads WHERE unit_id = 'u'"), 2);
  ConnectionReader reader(connection_.get());
  const auto seen = reader.FindById<Measure>(MeasureKind(), "u", "seen");
  ASSERT_TRUE(seen.ok() && *seen);
  EXPECT_EQ((*seen)->content(), "xxx");
}

// Another process writes the same unit: what this writer remembers of it does not stand any more.
TEST_F(WriterRepeatTest, TwoWritersOfOneDatabaseSeeEachOther) {
  const auto second = AnotherWriter();
  Writer& other = *second;
  Answers answers;
  for (int i = 0; i < 100; ++i) {
    Mutation mutation = Make("u", absl::StrCat("r", i), AppendX);
    if (i % 2 == 0) {
      answers.push_back(Submit(std::move(mutation)));
      continue;
    }
    auto promise = std::make_shared<std::promise<absl::StatusOr<Committed>>>();
    answers.push_back(promise->get_future());
    mutation.done = [promise](absl::StatusOr<Committed> outcome) {
      promise->set_value(std::move(outcome));
    };
    other.Submit(std::move(mutation));
  }
  for (auto& answer : answers) {
    const auto outcome = answer.get();
    ASSERT_TRUE(outcome.ok()) << outcome.status();
  }
  ConnectionReader reader(connection_.get());
  const auto measure = reader.Get<Measure>(MeasureKind(), "units/u/measures/a");
  ASSERT_TRUE(measure.ok());
  EXPECT_EQ(measure->content(), std::string(100, 'x'));
}

}  // namespace
}  // namespace lianfang::store
