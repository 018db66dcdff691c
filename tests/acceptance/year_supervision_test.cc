// 群众监督 and 公示: what people may say without being known, and what is shown to whom for how
// long.
#include <string>

#include "tests/acceptance/phase3_steps.h"

namespace lianfang::acceptance {
namespace {

using namespace common::v1;  // NOLINT: reasons
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Not;

class FeedbackTest : public YearTest {
 protected:
  absl::StatusOr<risk::v1::LookUpFeedbackResponse> LookUp(const std::string& code) {
    risk::v1::LookUpFeedbackRequest request;
    request.set_query_code(code);
    return Call(feedback_box(), &RiskStub::LookUpFeedback, request);
  }
  absl::StatusOr<risk::v1::HandleFeedbackResponse> Handle(client::Client& client,
                                                          const std::string& name,
                                                          risk::v1::FeedbackFinding finding) {
    risk::v1::HandleFeedbackRequest request;
    request.set_name(name);
    request.set_finding(finding);
    request.set_result("已核对比价单，今后三家比价。");
    return Call(client, &RiskStub::HandleFeedback, request);
  }
};

class PublicityTest : public YearTest {
 protected:
  absl::StatusOr<reporting::v1::ClosePublicationResponse> Close(const std::string& name) {
    return Do(office(), &PublicityStub::ClosePublication, name);
  }
};

// 「接受群众监督」
// RPCs: RiskService.CreateFeedback, LedgerService.ListEntries, RiskService.GetFeedback
TEST_F(FeedbackTest, WhoeverSpeaksStaysUnknown) {
  On(8, 6, 15);
  const auto sent = Call(As("storekeeper"), &RiskStub::CreateFeedback, NewFeedback(Post("buyer")));
  ASSERT_THAT(sent, IsOk());
  EXPECT_EQ(sent->feedback().owner(), Post("buyer"));

  // Not in the record, and not in the ledger: no actor, no role, no hour.
  const auto record = Get(&RiskStub::GetFeedback, sent->feedback().name()).feedback();
  EXPECT_EQ(absl::FromUnixSeconds(record.create_time().seconds()),
            absl::FromCivil(absl::CivilDay(kYear, 8, 6), absl::FixedTimeZone(8 * 60 * 60)));
  ledger::v1::ListEntriesRequest entries;
  entries.set_name(absl::StrCat(kUnit, "/ledgers/risk"));
  entries.set_page_size(1000);
  entries.set_include_content(true);
  const auto page = Call(auditor(), &LedgerStub::ListEntries, entries);
  ASSERT_THAT(page, IsOk());
  int found = 0;
  for (const auto& entry : page->entries()) {
    ledger::v1::EntryHeader header;
    ASSERT_TRUE(header.ParseFromString(entry.header()));
    if (header.resource() != record.name()) continue;
    ++found;
    EXPECT_EQ(header.actor(), "anonymous");
    EXPECT_THAT(header.roles(), IsEmpty());
    EXPECT_EQ(header.time().seconds(), record.create_time().seconds());
    for (const std::string* bytes : {&entry.header(), &entry.content()}) {
      EXPECT_EQ(bytes->find("persons/storekeeper"), std::string::npos);
      EXPECT_EQ(bytes->find(sent->receipt().query_code()), std::string::npos);
    }
  }
  EXPECT_EQ(found, 1);
}

// 「增强接受监督的主动性和自觉性」
// RPCs: RiskService.LookUpFeedback, RiskService.AcceptFeedback, RiskService.HandleFeedback,
// RiskService.CloseFeedback, RiskService.ListFeedback
TEST_F(FeedbackTest, TheQueryCodeTellsTheSenderHowItStands) {
  On(8, 6);
  auto request = NewFeedback(Post("buyer"));
  request.set_request_id(server().RequestId());
  const auto sent = Must(Call(feedback_box(), &RiskStub::CreateFeedback, request));
  const std::string code = sent.receipt().query_code();
  const std::string name = sent.feedback().name();
  ASSERT_THAT(code, Not(Eq("")));
  EXPECT_FALSE(Must(Call(feedback_box(), &RiskStub::CreateFeedback, request)).has_receipt())
      << "nobody reads the code out a second time";
  EXPECT_THAT(LookUp("aaaaaaaaaaaaaaaaaaaa"), FailsWith(ERROR_REASON_QUERY_CODE_UNKNOWN));
  EXPECT_EQ(Must(LookUp(code)).answer().state(), risk::v1::FEEDBACK_STATE_RECEIVED);

  // The box takes in and answers; it reads nothing.
  EXPECT_THAT(Do(feedback_box(), &RiskStub::GetFeedback, name),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(Handle(office(), name, risk::v1::FEEDBACK_FINDING_CONFIRMED),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION))
      << "it is not accepted";
  ASSERT_THAT(Do(office(), &RiskStub::AcceptFeedback, name), IsOk());
  EXPECT_EQ(Must(LookUp(code)).answer().state(), risk::v1::FEEDBACK_STATE_ACCEPTED);
  ASSERT_THAT(Handle(office(), name, risk::v1::FEEDBACK_FINDING_PARTLY_CONFIRMED), IsOk());
  ASSERT_THAT(Do(office(), &RiskStub::CloseFeedback, name), IsOk());
  const auto answer = Must(LookUp(code)).answer();
  EXPECT_EQ(answer.state(), risk::v1::FEEDBACK_STATE_CLOSED);
  EXPECT_EQ(answer.finding(), risk::v1::FEEDBACK_FINDING_PARTLY_CONFIRMED);
  EXPECT_EQ(answer.result(), "已核对比价单，今后三家比价。");

  // What is not looked into needs a reason.
  const auto other = Must(Call(feedback_box(), &RiskStub::CreateFeedback, NewFeedback("")));
  EXPECT_THAT(Do(office(), &RiskStub::CloseFeedback, other.feedback().name()),
              FailsWith(ERROR_REASON_REASON_REQUIRED));
}

// 「并接受群众监督」
// RPCs: RiskService.ListFeedback, RiskService.GetFeedback, RiskService.AcceptFeedback
TEST_F(FeedbackTest, NobodyWorksOnWhatIsSaidAboutHimself) {
  On(8, 6);
  const auto sent =
      Must(Call(feedback_box(), &RiskStub::CreateFeedback, NewFeedback(Post("party-office-head"))));
  const std::string name = sent.feedback().name();
  EXPECT_THAT(Do(office(), &RiskStub::GetFeedback, name),
              FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(Do(office(), &RiskStub::AcceptFeedback, name),
              FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(
      Must(Call(office(), &RiskStub::ListFeedback, risk::v1::ListFeedbackRequest())).feedback(),
      IsEmpty());
  // Another member of the office does.
  EXPECT_THAT(Do(As("office-clerk"), &RiskStub::AcceptFeedback, name), IsOk());
}

// 「将风险点登记汇总，在一定范围内公示」
// RPCs: PublicityService.CreatePublication, PublicityService.GetPublication,
// RiskService.GetRiskPoint
TEST_F(PublicityTest, RegisteredRisksAreShownToALimitedCircle) {
  On(6, 1);
  const auto draft = DraftRiskPoint("stock", "supply");
  auto request = NewPublication(reporting::v1::PUBLICATION_KIND_RISK_POINTS, {draft.name()});
  EXPECT_THAT(Call(office(), &PublicityStub::CreatePublication, request),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION))
      << "it is not on the register";
  HandInAndApprove(head("supply"), risk::v1::SUBMISSION_KIND_DEPARTMENT_RISKS,
                   Department("supply"));
  On(7, 10);
  request.mutable_publication()->set_scope(PUBLICITY_SCOPE_NONE);
  EXPECT_THAT(Call(office(), &PublicityStub::CreatePublication, request),
              FailsWith(ERROR_REASON_INVALID_FIELD));
  request.mutable_publication()->set_scope(PUBLICITY_SCOPE_LIMITED);
  const auto created = Call(office(), &PublicityStub::CreatePublication, request);
  ASSERT_THAT(created, IsOk());
  EXPECT_EQ(created->publication().publisher(), Person("party-office-head"));
  EXPECT_EQ(RiskPointOf(draft.name()).state(), risk::v1::RISK_POINT_STATE_PUBLICISED);
  const auto seen =
      Do(As("teacher-a"), &PublicityStub::GetPublication, created->publication().name());
  ASSERT_THAT(seen, IsOk());
  EXPECT_EQ(seen->publication().scope(), PUBLICITY_SCOPE_LIMITED);
  EXPECT_THAT(seen->publication().subjects(), ElementsAre(draft.name()));
}

// 「在一定范围内公示」
// RPCs: PublicityService.CreatePublication
TEST_F(PublicityTest, AFormOfAPersonGoesNoFurtherThanThat) {
  On(5, 20);
  const auto form = ApproveSelfCheck("buyer");
  auto request = NewPublication(reporting::v1::PUBLICATION_KIND_PERSONAL_FORMS, {form.name()});
  for (const auto wide : {PUBLICITY_SCOPE_WITHIN_SCHOOL, PUBLICITY_SCOPE_PUBLIC}) {
    request.mutable_publication()->set_scope(wide);
    EXPECT_THAT(Call(office(), &PublicityStub::CreatePublication, request),
                FailsWith(ERROR_REASON_INVALID_FIELD));
  }
  request.mutable_publication()->set_scope(PUBLICITY_SCOPE_DEPARTMENT);
  EXPECT_THAT(Call(office(), &PublicityStub::CreatePublication, request),
              FailsWith(ERROR_REASON_INVALID_FIELD))
      << "of which department?";
  request.mutable_publication()->set_department(Department("supply"));
  EXPECT_THAT(Call(office(), &PublicityStub::CreatePublication, request), IsOk());
}

// 「运用校园网站、专栏等形式，广泛宣传发动，营造工作氛围」
// RPCs: PublicityService.CreatePublication, PublicityService.AddObjection,
// PublicityService.HandleObjection, PublicityService.ClosePublication,
// ReportingService.ListPublications
TEST_F(PublicityTest, ANoticeHangsForItsDaysAndObjectionsAreAnswered) {
  On(6, 1);
  const std::string point = RegisterPoint("stock", "supply");
  On(7, 10);
  auto request = NewPublication(reporting::v1::PUBLICATION_KIND_RISK_POINTS, {point});
  request.mutable_publication()->set_period_days(7);
  const auto created = Must(Call(office(), &PublicityStub::CreatePublication, request));
  const std::string name = created.publication().name();
  EXPECT_EQ(created.publication().place(), "校园网站、专栏");
  EXPECT_EQ(created.publication().end_date().day(), 16);

  reporting::v1::AddObjectionRequest objection;
  objection.set_name(name);
  objection.set_content("漏了仓库钥匙的保管。");
  const auto objected = Call(As("storekeeper"), &PublicityStub::AddObjection, objection);
  ASSERT_THAT(objected, IsOk());
  EXPECT_EQ(objected->publication().objections(0).objector(), Person("storekeeper"));
  On(7, 16, 23);
  EXPECT_THAT(Close(name), FailsWith(ERROR_REASON_PERIOD_NOT_OVER));
  On(7, 17, 0);
  EXPECT_THAT(Close(name), FailsWith(ERROR_REASON_ILLEGAL_TRANSITION)) << "an objection is open";
  reporting::v1::HandleObjectionRequest handle;
  handle.set_name(name);
  handle.set_number(1);
  handle.set_upheld(true);
  handle.set_answer("已补充登记。");
  EXPECT_THAT(Call(With(Person("storekeeper"), {"control_office"}), &PublicityStub::HandleObjection,
                   handle),
              FailsWith(ERROR_REASON_OWN_RECORD));
  const auto handled = Call(office(), &PublicityStub::HandleObjection, handle);
  ASSERT_THAT(handled, IsOk());
  EXPECT_EQ(handled->publication().objections(0).state(), reporting::v1::OBJECTION_STATE_UPHELD);
  ASSERT_THAT(Close(name), IsOk());
  EXPECT_THAT(Call(As("storekeeper"), &PublicityStub::AddObjection, objection),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION))
      << "its days are over";

  // A notice that was taken down no longer counts, and what it showed is as before.
  const auto second = Must(Call(office(), &PublicityStub::CreatePublication,
                                NewPublication(reporting::v1::PUBLICATION_KIND_RISK_POINTS,
                                               {RegisterPoint("keys", "supply")})));
  EXPECT_EQ(Statistics().total().publication_count(), 2);
  reporting::v1::WithdrawPublicationRequest withdraw;
  withdraw.set_name(second.publication().name());
  withdraw.set_reason("内容有误");
  ASSERT_THAT(Call(office(), &PublicityStub::WithdrawPublication, withdraw), IsOk());
  EXPECT_EQ(RiskPointOf(Named("riskPoints", "keys")).state(),
            risk::v1::RISK_POINT_STATE_REGISTERED);
  EXPECT_EQ(Statistics().total().publication_count(), 1);
  reporting::v1::ListPublicationsRequest list;
  list.set_state(reporting::v1::PUBLICATION_STATE_WITHDRAWN);
  EXPECT_EQ(Must(Call(As("buyer"), &ReportingStub::ListPublications, list)).publications_size(), 1);
}

}  // namespace
}  // namespace lianfang::acceptance
