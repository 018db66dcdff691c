#include "services/aggregator/domain/split_view.h"

#include "common/crypto/sha256.h"
#include "common/status/error.h"
#include "gtest/gtest.h"
#include "services/aggregator/domain/witness.h"
#include "services/aggregator/testing/fake_member.h"

namespace lianfang::aggregator {
namespace {

using aggregation::v1::Member;
using aggregation::v1::WitnessedCheckpoint;

// A member as an aggregator knows it that has pulled `school`.
Member Seen(const FakeSchool& school) {
  Member member = school.AsMember("127.0.0.1:1");
  member.set_name("units/d/members/m");
  const auto pulled = Judge(member, school.Answer(RequestFor(member)));
  return Apply(member, *pulled, absl::UnixEpoch()).member;
}

WitnessedCheckpoint Told(const Member& member, const std::string& service) {
  WitnessedCheckpoint told;
  told.set_unit(member.unit());
  told.set_service(service);
  for (const auto& checkpoint : member.checkpoints()) {
    if (checkpoint.service() == service) told.set_checkpoint(checkpoint.checkpoint());
  }
  return told;
}

class SplitViewTest : public ::testing::Test {
 protected:
  SplitViewTest() {
    school_.Work("one");
    school_.Issue(Figures(1));
    before_ = school_;
    school_.Work("two");
    school_.Issue(Figures(2));
    other_ = before_;
    other_.Work("another two");
    other_.Issue(Figures(7));
  }

  // `proving` is asked for proofs.
  static absl::StatusOr<std::optional<aggregation::v1::Evidence>> Compare(
      const FakeSchool& here, const FakeSchool& there, const FakeSchool& proving) {
    return CompareViews(
        Seen(here), Told(Seen(there), "risk"),
        [&](int64_t first, int64_t second) -> absl::StatusOr<std::vector<std::string>> {
          const auto proof =
              proving.Prove("risk", static_cast<size_t>(first), static_cast<size_t>(second));
          if (!proof) {
            return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "second_size", "过大", "is");
          }
          std::vector<std::string> hashes;
          for (const auto& hash : *proof) hashes.push_back(crypto::ToBytes(hash));
          return hashes;
        });
  }

  FakeSchool school_{"m"};
  FakeSchool before_{"m"};  // one entry earlier
  FakeSchool other_{"m"};   // another second entry
};

TEST_F(SplitViewTest, OneHistoryFits) {
  for (const auto& [here, there] : {std::pair(&school_, &school_), std::pair(&school_, &before_),
                                    std::pair(&before_, &school_)}) {
    const auto compared = Compare(*here, *there, school_);
    ASSERT_TRUE(compared.ok()) << compared.status();
    EXPECT_FALSE(compared->has_value());
  }
}

TEST_F(SplitViewTest, TwoHistoriesDoNot) {
  const auto same_size = Compare(school_, other_, school_);
  ASSERT_TRUE(same_size.ok() && same_size->has_value());
  EXPECT_EQ((*same_size)->service(), "risk");
  EXPECT_NE((*same_size)->known_checkpoint(), (*same_size)->presented_checkpoint());
  EXPECT_FALSE((*same_size)->problem().empty());
  other_.Work("three");
  other_.Issue(Figures(8));
  // Whatever it proves of the one does not hold for the other; and of a size that it does not have
  // any more it proves nothing.
  EXPECT_TRUE(Compare(school_, other_, other_)->has_value());
  EXPECT_TRUE(Compare(school_, other_, school_)->has_value());
  EXPECT_TRUE(Compare(other_, school_, other_)->has_value());
}

TEST_F(SplitViewTest, WhoCannotBeAskedIsNotAccused) {
  const auto compared =
      CompareViews(Seen(school_), Told(Seen(before_), "risk"), [](int64_t, int64_t) {
        return absl::StatusOr<std::vector<std::string>>(absl::UnavailableError("gone"));
      });
  EXPECT_TRUE(absl::IsUnavailable(compared.status()));
}

TEST_F(SplitViewTest, WhatTheMemberHasNotSignedSaysNothing) {
  FakeSchool stranger("m", 'x');
  stranger.Work("one");
  stranger.Issue(Figures(1));
  EXPECT_TRUE(absl::IsFailedPrecondition(Compare(school_, stranger, school_).status()));
  WitnessedCheckpoint told = Told(Seen(school_), "grading");
  const auto nothing = [](int64_t, int64_t) {
    return absl::StatusOr<std::vector<std::string>>(absl::InternalError("asked"));
  };
  EXPECT_TRUE(absl::IsFailedPrecondition(CompareViews(Seen(school_), told, nothing).status()));
  told = Told(Seen(school_), "risk");
  told.set_unit("units/other");
  EXPECT_TRUE(absl::IsFailedPrecondition(CompareViews(Seen(school_), told, nothing).status()));
}

}  // namespace
}  // namespace lianfang::aggregator
