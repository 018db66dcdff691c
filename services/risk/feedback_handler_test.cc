// Feedback through the API: what is kept of its sender, and how it is worked on.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "common/directory/directory_kinds.h"
#include "common/obs/log.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"
#include "services/risk/domain/feedback_rules.h"
#include "services/risk/risk_fixture.h"

namespace lianfang::risk {
namespace {

using Stub = v1::RiskService::Stub;

class FeedbackTest : public RiskFixture {
 protected:
  v1::CreateFeedbackRequest NewFeedback(const std::string& subject) {
    v1::CreateFeedbackRequest request;
    request.set_parent("units/a");
    request.set_request_id(server_->RequestId());
    request.mutable_feedback()->set_subject(subject);
    request.mutable_feedback()->set_title("采购未公示");
    request.mutable_feedback()->set_content("本学期的办公用品采购没有公示询价结果。");
    return request;
  }
  v1::CreateFeedbackResponse Send(const std::string& subject) {
    const auto sent = Call(As("clerk"), &Stub::CreateFeedback, NewFeedback(subject));
    EXPECT_THAT(sent, IsOk());
    return sent.ok() ? *sent : v1::CreateFeedbackResponse();
  }
  absl::StatusOr<v1::FeedbackAnswer> LookUp(const std::string& code) {
    v1::LookUpFeedbackRequest request;
    request.set_parent("units/a");
    request.set_query_code(code);
    LF_ASSIGN_OR_RETURN(
        const auto response,
        Call(server_->As("services/box", {"feedback_box"}, {"a"}), &Stub::LookUpFeedback, request));
    return response.answer();
  }
  template <class Request>
  Request On(const v1::Feedback& feedback) {
    Request request;
    request.set_name(feedback.name());
    request.set_request_id(server_->RequestId());
    return request;
  }
  absl::StatusOr<v1::HandleFeedbackResponse> Handle(client::Client& who,
                                                    const v1::Feedback& feedback,
                                                    v1::FeedbackFinding finding) {
    auto request = On<v1::HandleFeedbackRequest>(feedback);
    request.set_finding(finding);
    request.set_result("已要求公示询价结果。");
    return Call(who, &Stub::HandleFeedback, request);
  }
};

TEST_F(FeedbackTest, NothingLeadsBackToTheSender) {
  server_->clock().Set(
      absl::FromCivil(absl::CivilSecond(2026, 9, 2, 17, 45, 12), absl::FixedTimeZone(8 * 3600)));
  const v1::CreateFeedbackRequest request = NewFeedback("units/a/posts/buyer");
  const auto sent = Call(As("clerk"), &Stub::CreateFeedback, request);
  ASSERT_THAT(sent, IsOk());
  EXPECT_EQ(sent->feedback().state(), v1::FEEDBACK_STATE_RECEIVED);
  EXPECT_EQ(sent->feedback().owner(), "units/a/posts/buyer");
  const std::string code = sent->receipt().query_code();
  EXPECT_EQ(code.size(), 20u);
  EXPECT_EQ(sent->feedback().code_digest(), CodeDigest(code));
  // Midnight of that day in +08:00.
  EXPECT_EQ(sent->feedback().create_time().seconds(),
            absl::ToUnixSeconds(
                absl::FromCivil(absl::CivilDay(2026, 9, 2), absl::FixedTimeZone(8 * 3600))));

  ledger::v1::ListEntriesRequest entries;
  entries.set_name("units/a/ledgers/risk");
  entries.set_after_sequence(sent->position().sequence() - 1);
  entries.set_include_content(true);
  const auto listed = testing::Call<ledger::v1::LedgerService>(
      server_->As("services/auditor", {"auditor"}, {"a"}),
      &ledger::v1::LedgerService::Stub::ListEntries, entries);
  ASSERT_THAT(listed, IsOk());
  ASSERT_EQ(listed->entries_size(), 1);
  ledger::v1::EntryHeader header;
  ASSERT_TRUE(header.ParseFromString(listed->entries(0).header()));
  EXPECT_EQ(header.actor(), "anonymous");
  EXPECT_EQ(header.roles_size(), 0);
  EXPECT_EQ(header.time().seconds(), sent->feedback().create_time().seconds());
  EXPECT_EQ(header.time().nanos(), 0);
  const std::string entry = listed->entries(0).SerializeAsString();
  EXPECT_NE(entry.find("采购未公示"), std::string::npos);
  EXPECT_EQ(entry.find("clerk"), std::string::npos);
  EXPECT_EQ(entry.find(code), std::string::npos);

  // Sent again, it is the same feedback, without the code.
  const auto again = Call(As("clerk"), &Stub::CreateFeedback, request);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->feedback().name(), sent->feedback().name());
  EXPECT_FALSE(again->has_receipt());
}

// All that the server has written down.
std::string FilesBelow(const std::string& folder) {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(file), {});
  }
  return all;
}

TEST_F(FeedbackTest, NoFileAndNoLogSaysWhoSentIt) {
  // In no directory, so that every trace of him comes from the calls.
  client::Client& sender = server_->As("units/a/persons/whistle-blower", {"staff"}, {"a"});
  obs::SetLevel(obs::Level::kDebug);
  ::testing::internal::CaptureStderr();
  const auto sent = Call(sender, &Stub::CreateFeedback, NewFeedback("units/a/posts/buyer"));
  v1::LookUpFeedbackRequest look;
  look.set_parent("units/a");
  look.set_query_code(sent.ok() ? sent->receipt().query_code() : "");
  const auto found = Call(sender, &Stub::LookUpFeedback, look);
  look.set_query_code("not-the-code");
  const auto unknown = Call(sender, &Stub::LookUpFeedback, look);
  auto elsewhere = NewFeedback("");
  elsewhere.set_parent("units/b");
  const auto refused = Call(sender, &Stub::CreateFeedback, elsewhere);
  // Somebody else's call, which the log does tell of.
  v1::GetMeasureRequest get;
  get.set_name("units/a/measures/none");
  const auto other = Call(As("office"), &Stub::GetMeasure, get);
  // Whatever is to be written is written when the server has stopped.
  server_->Restart();
  const std::string log = ::testing::internal::GetCapturedStderr();
  obs::SetLevel(obs::Level::kWarning);
  ASSERT_THAT(sent, IsOk());
  EXPECT_THAT(found, IsOk());
  EXPECT_THAT(unknown, FailsWith(common::v1::ERROR_REASON_QUERY_CODE_UNKNOWN));
  EXPECT_THAT(refused, FailsWith(common::v1::ERROR_REASON_UNIT_NOT_COVERED));
  EXPECT_THAT(other, FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_NE(log.find("GetMeasure"), std::string::npos);
  EXPECT_EQ(log.find("CreateFeedback"), std::string::npos);
  EXPECT_EQ(log.find("LookUpFeedback"), std::string::npos);
  EXPECT_EQ(log.find("whistle-blower"), std::string::npos);
  EXPECT_EQ(log.find(sent->receipt().query_code()), std::string::npos);
  const std::string files = FilesBelow(server_->data_dir());
  EXPECT_EQ(files.find("whistle-blower"), std::string::npos);
  EXPECT_EQ(files.find(sent->receipt().query_code()), std::string::npos);
}

TEST_F(FeedbackTest, ItIsAboutSomethingThatIsThere) {
  ASSERT_THAT(Call(As("head"), &Stub::CreateRiskPoint, NewPoint("rp")), IsOk());
  const struct {
    const char* subject;
    const char* owner;
  } good[] = {
      {"", "units/a"},
      {"units/a", "units/a"},
      {"units/a/posts/gone", "units/a/posts/gone"},
      {"units/a/departments/affairs", "units/a/departments/affairs"},
      {"units/a/riskPoints/rp", "units/a/departments/affairs"},
      {"units/a/publications/p", "units/a"},
  };
  for (const auto& c : good) {
    SCOPED_TRACE(c.subject);
    EXPECT_EQ(Send(c.subject).feedback().owner(), c.owner);
  }
  const struct {
    const char* subject;
    common::v1::ErrorReason reason;
  } bad[] = {
      {"units/a/posts/none", common::v1::ERROR_REASON_REFERENCE_NOT_FOUND},
      {"units/a/departments/none", common::v1::ERROR_REASON_REFERENCE_NOT_FOUND},
      {"units/a/riskPoints/none", common::v1::ERROR_REASON_REFERENCE_NOT_FOUND},
      {"units/a/persons/buyer", common::v1::ERROR_REASON_INVALID_FIELD},
      {"units/b/posts/buyer", common::v1::ERROR_REASON_INVALID_FIELD},
  };
  for (const auto& c : bad) {
    SCOPED_TRACE(c.subject);
    EXPECT_THAT(Call(As("clerk"), &Stub::CreateFeedback, NewFeedback(c.subject)),
                FailsWith(c.reason));
  }
  EXPECT_THAT(Call(server_->As("services/x", {"integration"}, {"a"}), &Stub::CreateFeedback,
                   NewFeedback("")),
              FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
}

TEST_F(FeedbackTest, ItIsAcceptedHandledAndClosed) {
  const v1::CreateFeedbackResponse sent = Send("units/a/posts/buyer");
  const v1::Feedback& feedback = sent.feedback();
  const std::string& code = sent.receipt().query_code();
  EXPECT_EQ(LookUp(code)->state(), v1::FEEDBACK_STATE_RECEIVED);
  EXPECT_THAT(LookUp("abcdefghijkmnpqrstuv"),
              FailsWith(common::v1::ERROR_REASON_QUERY_CODE_UNKNOWN));
  EXPECT_THAT(Handle(As("office"), feedback, v1::FEEDBACK_FINDING_CONFIRMED),
              FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  EXPECT_THAT(Call(As("office"), &Stub::CloseFeedback, On<v1::CloseFeedbackRequest>(feedback)),
              FailsWith(common::v1::ERROR_REASON_REASON_REQUIRED));
  EXPECT_THAT(Call(As("head"), &Stub::AcceptFeedback, On<v1::AcceptFeedbackRequest>(feedback)),
              FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
  auto stale = On<v1::AcceptFeedbackRequest>(feedback);
  stale.set_etag("stale");
  EXPECT_THAT(Call(As("office"), &Stub::AcceptFeedback, stale),
              FailsWith(common::v1::ERROR_REASON_ETAG_MISMATCH));
  ASSERT_THAT(Call(As("office"), &Stub::AcceptFeedback, On<v1::AcceptFeedbackRequest>(feedback)),
              IsOk());
  EXPECT_EQ(LookUp(code)->state(), v1::FEEDBACK_STATE_ACCEPTED);
  ASSERT_THAT(Handle(As("office"), feedback, v1::FEEDBACK_FINDING_CONFIRMED), IsOk());
  EXPECT_EQ(LookUp(code)->result(), "已要求公示询价结果。");
  const auto closed =
      Call(As("office"), &Stub::CloseFeedback, On<v1::CloseFeedbackRequest>(feedback));
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(closed->feedback().handler(), "services/office");
  EXPECT_EQ(LookUp(code)->state(), v1::FEEDBACK_STATE_CLOSED);
  v1::GetFeedbackRequest get;
  get.set_name(feedback.name());
  EXPECT_EQ(Call(As("office"), &Stub::GetFeedback, get)->feedback().SerializeAsString(),
            closed->feedback().SerializeAsString());
}

TEST_F(FeedbackTest, WhomItIsAboutNeitherSeesItNorWorksOnIt) {
  const v1::Feedback about_post = Send("units/a/posts/buyer").feedback();
  const v1::Feedback about_department = Send("units/a/departments/affairs").feedback();
  client::Client& buyer = server_->As("units/a/persons/buyer", {"control_office"}, {"a"});
  client::Client& head = server_->As("units/a/persons/head", {"control_office"}, {"a"});
  v1::GetFeedbackRequest get;
  get.set_name(about_post.name());
  EXPECT_THAT(Call(buyer, &Stub::GetFeedback, get),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(Call(head, &Stub::GetFeedback, get), IsOk());
  EXPECT_THAT(Call(buyer, &Stub::AcceptFeedback, On<v1::AcceptFeedbackRequest>(about_post)),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(Call(head, &Stub::AcceptFeedback, On<v1::AcceptFeedbackRequest>(about_department)),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
  ASSERT_THAT(Call(As("office"), &Stub::AcceptFeedback, On<v1::AcceptFeedbackRequest>(about_post)),
              IsOk());
  EXPECT_THAT(Handle(buyer, about_post, v1::FEEDBACK_FINDING_NOT_CONFIRMED),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
  auto close = On<v1::CloseFeedbackRequest>(about_post);
  close.set_reason("不属实。");
  EXPECT_THAT(Call(buyer, &Stub::CloseFeedback, close),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));

  const auto listed = [&](client::Client& who, const std::string& owner = "") {
    v1::ListFeedbackRequest list;
    list.set_parent("units/a");
    list.set_owner(owner);
    const auto page = Call(who, &Stub::ListFeedback, list);
    EXPECT_THAT(page, IsOk());
    return page.ok() ? page->feedback_size() : -1;
  };
  EXPECT_EQ(listed(As("office")), 2);
  EXPECT_EQ(listed(As("office"), "units/a/posts/buyer"), 1);
  EXPECT_EQ(listed(buyer), 1);
  EXPECT_EQ(listed(head), 1);
  v1::ListFeedbackRequest list;
  list.set_parent("units/a");
  list.set_state(v1::FEEDBACK_STATE_RECEIVED);
  EXPECT_EQ(Call(As("office"), &Stub::ListFeedback, list)->feedback_size(), 1);
  EXPECT_THAT(Call(As("clerk"), &Stub::ListFeedback, list),
              FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
}

TEST_F(FeedbackTest, WhatProvesRightIsLookedAtAgain) {
  ASSERT_THAT(Call(As("head"), &Stub::CreateRiskPoint, NewPoint("rp")), IsOk());
  const auto handled = [&](v1::FeedbackFinding finding) {
    const v1::Feedback feedback = Send("units/a/departments/affairs").feedback();
    EXPECT_THAT(Call(As("office"), &Stub::AcceptFeedback, On<v1::AcceptFeedbackRequest>(feedback)),
                IsOk());
    EXPECT_THAT(Handle(As("office"), feedback, finding), IsOk());
    return feedback.name();
  };
  handled(v1::FEEDBACK_FINDING_NOT_CONFIRMED);
  EXPECT_EQ(Point("rp").marks_size(), 0);
  const std::string name = handled(v1::FEEDBACK_FINDING_PARTLY_CONFIRMED);
  ASSERT_EQ(Point("rp").marks_size(), 1);
  EXPECT_EQ(Point("rp").marks(0).cause(), common::v1::MARK_CAUSE_FEEDBACK);
  EXPECT_EQ(Point("rp").marks(0).source(), name);
}

}  // namespace
}  // namespace lianfang::risk
