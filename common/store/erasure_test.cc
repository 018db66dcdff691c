#include "common/store/erasure.h"

#include "common/store/erased_contents.h"
#include "common/store/writer_fixture.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/personnel/v1/duty.pb.h"

namespace lianfang::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Redact, TakesTextsWhereverTheyAreAndNothingElse) {
  risk::v1::SelfCheck form;
  form.set_name("units/u/selfChecks/s");
  form.set_year(2013);
  form.mutable_conformity()->set_rules("文字");
  form.add_findings()->set_description("文字");
  form.add_findings()->set_category(common::v1::RISK_CATEGORY_MORALITY);
  EXPECT_TRUE(HasErasableFields(form.GetDescriptor()));
  EXPECT_TRUE(HoldsText(form));
  EXPECT_THAT(Redact(&form), ElementsAre("conformity.rules", "findings.description"));
  EXPECT_FALSE(HoldsText(form));
  EXPECT_THAT(Redact(&form), IsEmpty());
  EXPECT_EQ(form.findings(0).description(), kErasedText);
  EXPECT_EQ(form.findings(1).description(), "") << "nothing was there";
  EXPECT_EQ(form.findings(1).category(), common::v1::RISK_CATEGORY_MORALITY);
  EXPECT_EQ(form.duties(), "");
  EXPECT_EQ(form.year(), 2013);

  personnel::v1::PostDuty duty;
  for (const char* item : {"一", "", "三"}) duty.add_items(item);
  EXPECT_THAT(Redact(&duty), ElementsAre("items"));
  EXPECT_THAT(duty.items(), ElementsAre(kErasedText, "", kErasedText));
  EXPECT_FALSE(HasErasableFields(ledger::v1::Erasure::descriptor()));
}

TEST(IsUnderReview, GoesByTheState) {
  grading::v1::Review review;
  EXPECT_FALSE(IsUnderReview(review));
  review.set_state(grading::v1::REVIEW_STATE_OPEN);
  EXPECT_TRUE(IsUnderReview(review));
  review.set_state(grading::v1::REVIEW_STATE_RETURNED);
  EXPECT_FALSE(IsUnderReview(review));
  Measure measure;
  measure.set_state(risk::v1::MEASURE_STATE_IN_REVIEW);
  EXPECT_TRUE(IsUnderReview(measure));
  EXPECT_FALSE(IsUnderReview(ledger::v1::Erasure()));
}

class EraseTest : public WriterTest {
 protected:
  static constexpr char kRecord[] = "units/u/measures/a";

  Mutation EraseOf(const std::string& request_id, const HeldText& found = {}) {
    Mutation mutation = Make("u", request_id, [found](WriteTx& tx) {
      const RecordKind* const kinds[] = {&MeasureKind()};
      return Erase(tx, kinds, {"risk", kRecord, "本人请求"}, found);
    });
    mutation.method = kEraseMethod;
    return mutation;
  }
  static ledger::v1::Erasure ErasureIn(const Committed& committed) {
    ledger::v1::Erasure erasure;
    for (const auto& any : committed.content.resources()) {
      if (any.Is<ledger::v1::Erasure>()) any.UnpackTo(&erasure);
    }
    return erasure;
  }
  std::vector<ledger::v1::Entry> Entries() {
    auto entries = LedgerReader(connection_.get(), "u").Entries(0, 1000, true, 1 << 20);
    EXPECT_TRUE(entries.ok()) << entries.status();
    return *std::move(entries);
  }
  Measure Stored(const std::string& id) {
    auto measure = ConnectionReader(connection_.get()).FindById<Measure>(MeasureKind(), "u", id);
    EXPECT_TRUE(measure.ok() && measure->has_value()) << id;
    return **measure;
  }
  int64_t SequenceOf(const std::string& id) {
    return Count(absl::StrCat("SELECT sequence FROM measures WHERE id = '", id, "'"));
  }
};

TEST_F(EraseTest, EmptiesContentsAndStatesAgainWhatElseTheyHeld) {
  const auto both = [](WriteTx& tx) -> absl::Status {
    LF_RETURN_IF_ERROR(PutMeasure("u", "a", "甲的文字")(tx));
    LF_RETURN_IF_ERROR(PutMeasure("u", "b", "乙的文字")(tx));
    return PutMeasure("u", "c", "丙的文字")(tx);
  };
  ASSERT_TRUE(Submit(Make("u", "r1", both)).get().ok());
  ASSERT_TRUE(Submit(Make("u", "r2", PutMeasure("u", "c", "丙的新文字"))).get().ok());
  ASSERT_TRUE(Submit(Make("u", "r3", PutMeasure("u", "a", "甲的新文字"))).get().ok());
  const auto before = Entries();
  const Measure b = Stored("b");
  const Measure c = Stored("c");

  const auto erased = Submit(EraseOf("r4")).get();
  ASSERT_TRUE(erased.ok()) << erased.status();
  EXPECT_EQ(erased->sequence, 4);
  const ledger::v1::Erasure erasure = ErasureIn(*erased);
  EXPECT_EQ(erasure.actor(), "units/u/persons/p");
  ASSERT_THAT(erasure.contents(), SizeIs(2));
  EXPECT_EQ(erasure.contents(0).sequence(), 1);
  EXPECT_EQ(erasure.contents(1).sequence(), 3);

  EXPECT_EQ(Stored("a").content(), kErasedText);
  EXPECT_EQ(Stored("b").SerializeAsString(), b.SerializeAsString()) << "etag and times, too";
  EXPECT_EQ(Stored("c").SerializeAsString(), c.SerializeAsString());
  EXPECT_EQ(SequenceOf("a"), 4);
  EXPECT_EQ(SequenceOf("b"), 4) << "the newest entry that states it";
  EXPECT_EQ(SequenceOf("c"), 2) << "its newest revision is elsewhere";

  const auto entries = Entries();
  ASSERT_THAT(entries, SizeIs(4));
  for (size_t i = 0; i < before.size(); ++i) EXPECT_EQ(entries[i].header(), before[i].header());
  EXPECT_EQ(entries[0].content(), "");
  EXPECT_EQ(entries[0].erasure(), erasure.name());
  EXPECT_EQ(entries[1].content(), before[1].content());
  EXPECT_EQ(entries[1].erasure(), "");
  EXPECT_EQ(entries[2].content(), "");
  ledger::v1::EntryHeader header;
  ASSERT_TRUE(header.ParseFromString(entries[0].header()));
  EXPECT_TRUE(Covers(erasure, 4, header));
  EXPECT_FALSE(Covers(erasure, 1, header)) << "an entry speaks of earlier ones";
  ASSERT_TRUE(header.ParseFromString(entries[1].header()));
  EXPECT_FALSE(Covers(erasure, 4, header));

  // Another writer's memory, and this one's, know it.
  ASSERT_TRUE(Submit(Make("u", "r5",
                          [](WriteTx& tx) -> absl::Status {
                            auto a = tx.Get<Measure>(MeasureKind(), kRecord);
                            EXPECT_EQ(a->content(), kErasedText);
                            return tx.Put(MeasureKind(), *a);
                          }))
                  .get()
                  .ok());
  // An erasing entry that another erasure empties states its erasure again.
  Mutation of_b = Make("u", "r6", [](WriteTx& tx) {
    const RecordKind* const kinds[] = {&MeasureKind()};
    return Erase(tx, kinds, {"risk", "units/u/measures/b", "本人请求"}, {});
  });
  const auto again = Submit(std::move(of_b)).get();
  ASSERT_TRUE(again.ok()) << again.status();
  ErasedContents contents;
  for (const auto& entry : Entries()) {
    ledger::v1::EntryContent content;
    ASSERT_TRUE(header.ParseFromString(entry.header()));
    ASSERT_TRUE(content.ParseFromString(entry.content()));
    if (entry.content().empty()) {
      contents.TakeEmpty(header, entry.erasure());
    } else {
      contents.Take(entry.sequence(), content);
    }
  }
  EXPECT_EQ(contents.count(), 3);
  EXPECT_THAT(contents.Uncovered(), IsEmpty());
  EXPECT_THAT(contents.erasures(), SizeIs(2));
}

TEST_F(EraseTest, WhatItCannotEraseStaysWhole) {
  ASSERT_TRUE(Submit(Make("u", "r1", PutMeasure("u", "b", "乙"))).get().ok());
  const auto none = Submit(EraseOf("r2")).get();
  EXPECT_EQ(ReasonOf(none.status()), common::v1::ERROR_REASON_RESOURCE_NOT_FOUND);
  ASSERT_TRUE(Submit(Make("u", "r3", PutMeasure("u", "a", "甲"))).get().ok());
  // The change does not take what somebody else found for the truth of another ledger.
  HeldText wrong;
  wrong.entries = {7};
  wrong.read_to = 2;
  EXPECT_FALSE(Submit(EraseOf("r4", wrong)).get().ok());
  EXPECT_EQ(Stored("a").content(), "甲");
  EXPECT_THAT(Entries(), SizeIs(2));
  ASSERT_TRUE(Submit(EraseOf("r5")).get().ok());
  const auto nothing = Submit(EraseOf("r6")).get();
  EXPECT_EQ(ReasonOf(nothing.status()), common::v1::ERROR_REASON_ILLEGAL_TRANSITION);
  EXPECT_THAT(Entries(), SizeIs(3));
}

// Found beforehand, or in the change: the same.
TEST_F(EraseTest, LooksOnlyThroughWhatCameSince) {
  for (int i = 0; i < 1200; ++i) {
    ASSERT_TRUE(
        Submit(Make("u", absl::StrCat("r", i), PutMeasure("u", i % 400 == 0 ? "a" : "b", "文")))
            .get()
            .ok());
  }
  HeldText found;
  ASSERT_TRUE(FindText(*connection_, "u", kRecord, 1000, &found).ok());
  EXPECT_THAT(found.entries, ElementsAre(1, 401, 801));
  EXPECT_THAT(found.names, ElementsAre(kRecord));
  EXPECT_EQ(found.read_to, 1000);
  ASSERT_TRUE(Submit(Make("u", "new", PutMeasure("u", "a", "新"))).get().ok());
  const auto erased = Submit(EraseOf("e", found)).get();
  ASSERT_TRUE(erased.ok()) << erased.status();
  std::vector<int64_t> emptied;
  const ledger::v1::Erasure erasure = ErasureIn(*erased);
  for (const auto& content : erasure.contents()) emptied.push_back(content.sequence());
  EXPECT_THAT(emptied, ElementsAre(1, 401, 801, 1201));
}

// Whoever sends a request again whose answer is gone is told so.
TEST_F(EraseTest, ARepeatedRequestIsNotAnsweredFromAnEmptiedContent) {
  const std::function<absl::Status(WriteTx&)> create = [](WriteTx& tx) -> absl::Status {
    LF_ASSIGN_OR_RETURN(const auto there, tx.Find<Measure>(MeasureKind(), kRecord));
    if (there) return MakeError(common::v1::ERROR_REASON_RESOURCE_EXISTS, "已存在", "exists");
    return PutMeasure("u", "a", "甲")(tx);
  };
  ASSERT_TRUE(Submit(Make("u", "r1", create)).get().ok());
  const auto erased = Submit(EraseOf("r2")).get();
  ASSERT_TRUE(erased.ok());
  for (const auto& body : {create, PutMeasure("u", "a", "再写")}) {
    const auto again = Submit(Make("u", "r1", body)).get();
    EXPECT_EQ(ReasonOf(again.status()), common::v1::ERROR_REASON_ILLEGAL_TRANSITION);
    EXPECT_THAT(std::string(again.status().message()), HasSubstr("erased"));
  }
  EXPECT_EQ(Stored("a").content(), kErasedText);
  const auto same = Submit(EraseOf("r2")).get();
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_TRUE(same->repeated);
  EXPECT_EQ(ErasureIn(*same).SerializeAsString(), ErasureIn(*erased).SerializeAsString());
}

}  // namespace
}  // namespace lianfang::store
