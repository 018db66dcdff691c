// Self-checks through the API.
#include <functional>
#include <string>

#include "services/risk/risk_fixture.h"

namespace lianfang::risk {
namespace {

using common::v1::ErrorReason;
using Stub = v1::RiskService::Stub;

TEST_F(RiskFixture, AFormIsMadeAsADraftAndReadBack) {
  auto request = NewForm("buyer", "sc");
  request.mutable_self_check()->set_state(v1::SELF_CHECK_STATE_APPROVED);
  request.mutable_self_check()->set_revision(7);
  const auto made = Call(As("buyer"), &Stub::CreateSelfCheck, request);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->self_check().name(), "units/a/selfChecks/sc");
  EXPECT_EQ(made->self_check().state(), v1::SELF_CHECK_STATE_DRAFT);
  EXPECT_EQ(made->self_check().revision(), 0);
  EXPECT_EQ(made->position().service(), "risk");
  EXPECT_EQ(made->position().sequence(), 1);
  EXPECT_EQ(Form("sc").SerializeAsString(), made->self_check().SerializeAsString());
}

TEST_F(RiskFixture, BadFormsAreRefusedAndLeaveNothing) {
  const struct {
    const char* what;
    std::function<void(v1::CreateSelfCheckRequest&)> change;
    ErrorReason reason;
  } cases[] = {
      {"unit that the caller does not cover", [](auto& r) { r.set_parent("units/b"); },
       common::v1::ERROR_REASON_UNIT_NOT_COVERED},
      {"person of another unit",
       [](auto& r) { r.mutable_self_check()->set_person("units/b/persons/buyer"); },
       common::v1::ERROR_REASON_INVALID_FIELD},
      {"another person",
       [](auto& r) { r.mutable_self_check()->set_person("units/a/persons/clerk"); },
       common::v1::ERROR_REASON_NOT_RECORD_OWNER},
      {"post of another unit",
       [](auto& r) { r.mutable_self_check()->set_post("units/b/posts/buyer"); },
       common::v1::ERROR_REASON_INVALID_FIELD},
      {"unknown post", [](auto& r) { r.mutable_self_check()->set_post("units/a/posts/none"); },
       common::v1::ERROR_REASON_REFERENCE_NOT_FOUND},
      {"somebody else's post",
       [](auto& r) { r.mutable_self_check()->set_post("units/a/posts/clerk"); },
       common::v1::ERROR_REASON_REFERENCE_NOT_FOUND},
      {"no year", [](auto& r) { r.mutable_self_check()->set_year(0); },
       common::v1::ERROR_REASON_REQUIRED_FIELD},
      {"year out of range", [](auto& r) { r.mutable_self_check()->set_year(1999); },
       common::v1::ERROR_REASON_INVALID_FIELD},
      {"a department's category",
       [](auto& r) {
         r.mutable_self_check()->mutable_findings(1)->set_category(
             common::v1::RISK_CATEGORY_EXTERNAL_ENVIRONMENT);
       },
       common::v1::ERROR_REASON_INVALID_FIELD},
      {"unknown category",
       [](auto& r) {
         r.mutable_self_check()->mutable_findings(0)->set_category(
             static_cast<common::v1::RiskCategory>(99));
       },
       common::v1::ERROR_REASON_UNKNOWN_ENUM_VALUE},
      {"empty text",
       [](auto& r) { r.mutable_self_check()->mutable_findings(0)->clear_description(); },
       common::v1::ERROR_REASON_REQUIRED_FIELD},
      {"text too long", [](auto& r) { r.mutable_self_check()->set_duties(std::string(6001, 'x')); },
       common::v1::ERROR_REASON_INVALID_FIELD},
      {"too many findings",
       [](auto& r) {
         for (int i = 0; i < 50; ++i) {
           *r.mutable_self_check()->add_findings() = r.self_check().findings(0);
         }
       },
       common::v1::ERROR_REASON_INVALID_FIELD},
      {"no request id", [](auto& r) { r.clear_request_id(); },
       common::v1::ERROR_REASON_REQUIRED_FIELD},
  };
  client::Client& buyer = As("buyer");
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    auto request = NewForm("buyer", "sc");
    c.change(request);
    EXPECT_THAT(Call(buyer, &Stub::CreateSelfCheck, request), FailsWith(c.reason));
  }
  v1::ListSelfChecksRequest list;
  list.set_parent("units/a");
  const auto listed = Call(As("principal"), &Stub::ListSelfChecks, list);
  ASSERT_THAT(listed, IsOk());
  EXPECT_EQ(listed->self_checks_size(), 0);
}

TEST_F(RiskFixture, OneFormAPersonPostAndYear) {
  ASSERT_THAT(Create("buyer", "sc"), IsOk());
  EXPECT_THAT(Create("buyer", "again"), FailsWith(common::v1::ERROR_REASON_RESOURCE_EXISTS));
  auto next_year = NewForm("buyer", "sc");
  next_year.mutable_self_check()->set_year(2027);
  EXPECT_THAT(Call(As("buyer"), &Stub::CreateSelfCheck, next_year),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_EXISTS))
      << "the id is taken";
  next_year.set_self_check_id("next");
  next_year.set_request_id(server_->RequestId());
  EXPECT_THAT(Call(As("buyer"), &Stub::CreateSelfCheck, next_year), IsOk());
  PutAppointment("buyer", "clerk");
  auto second_post = NewForm("buyer", "second");
  second_post.mutable_self_check()->set_post("units/a/posts/clerk");
  EXPECT_THAT(Call(As("buyer"), &Stub::CreateSelfCheck, second_post), IsOk());
}

TEST_F(RiskFixture, APostMustBeHeldToday) {
  PutAppointment("buyer", "buyer", /*last_day=*/13);
  PutAppointment("clerk", "clerk", /*last_day=*/13);
  AwaitArrival();
  // Midnight in the school is 16:00 UTC.
  const auto at = [](int hour, int minute) {
    return absl::FromCivil(absl::CivilSecond(2026, 5, 13, hour, minute), absl::UTCTimeZone());
  };
  server_->clock().Set(at(15, 59));
  EXPECT_THAT(Create("buyer", "sc"), IsOk());
  server_->clock().Set(at(16, 1));
  EXPECT_THAT(Create("clerk", "late"), FailsWith(common::v1::ERROR_REASON_REFERENCE_NOT_FOUND));
  EXPECT_THAT(Submit("buyer", "sc"), FailsWith(common::v1::ERROR_REASON_REFERENCE_NOT_FOUND));
}

TEST_F(RiskFixture, ARequestSentAgainIsOneChange) {
  auto request = NewForm("buyer", "sc");
  const auto first = Call(As("buyer"), &Stub::CreateSelfCheck, request);
  const auto again = Call(As("buyer"), &Stub::CreateSelfCheck, request);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  request.mutable_self_check()->set_duties("别的职责。");
  EXPECT_THAT(Call(As("buyer"), &Stub::CreateSelfCheck, request),
              FailsWith(common::v1::ERROR_REASON_REQUEST_ID_REUSED));
}

TEST_F(RiskFixture, OnlyThePersonWritesTheForm) {
  ASSERT_THAT(Create("buyer", "sc"), IsOk());
  v1::UpdateSelfCheckRequest update;
  *update.mutable_self_check() = Form("sc");
  update.mutable_self_check()->set_duties("改过的职责。");
  update.set_request_id(server_->RequestId());
  EXPECT_THAT(Call(As("clerk"), &Stub::UpdateSelfCheck, update),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(Submit("clerk", "sc"), FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(Submit("principal", "sc"), FailsWith(common::v1::ERROR_REASON_NOT_RECORD_OWNER));
  EXPECT_THAT(Submit("office", "sc"), FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
  ASSERT_THAT(Submit("buyer", "sc"), IsOk());
  EXPECT_THAT(Withdraw("clerk", "sc"), FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_EQ(Form("sc").state(), v1::SELF_CHECK_STATE_SUBMITTED);
}

TEST_F(RiskFixture, AStaleChangeIsRefused) {
  const auto made = Create("buyer", "sc");
  ASSERT_THAT(made, IsOk());
  v1::UpdateSelfCheckRequest update;
  *update.mutable_self_check() = *made;
  update.mutable_self_check()->set_duties("第一次修改。");
  update.mutable_update_mask()->add_paths("duties");
  update.set_request_id(server_->RequestId());
  ASSERT_THAT(Call(As("buyer"), &Stub::UpdateSelfCheck, update), IsOk());
  update.mutable_self_check()->set_duties("第二次修改。");
  update.set_request_id(server_->RequestId());
  EXPECT_THAT(Call(As("buyer"), &Stub::UpdateSelfCheck, update),
              FailsWith(common::v1::ERROR_REASON_ETAG_MISMATCH));
  v1::SubmitSelfCheckRequest submit;
  submit.set_name(made->name());
  submit.set_etag(made->etag());
  submit.set_request_id(server_->RequestId());
  EXPECT_THAT(Call(As("buyer"), &Stub::SubmitSelfCheck, submit),
              FailsWith(common::v1::ERROR_REASON_ETAG_MISMATCH));
  EXPECT_EQ(Form("sc").duties(), "第一次修改。");
  EXPECT_EQ(Form("sc").state(), v1::SELF_CHECK_STATE_DRAFT);
}

TEST_F(RiskFixture, AFormUnderReviewCanOnlyBeTakenBack) {
  ASSERT_THAT(Create("buyer", "sc"), IsOk());
  EXPECT_THAT(Withdraw("buyer", "sc"), FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  ASSERT_THAT(Submit("buyer", "sc"), IsOk());
  EXPECT_THAT(Submit("buyer", "sc"), FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  v1::UpdateSelfCheckRequest update;
  *update.mutable_self_check() = Form("sc");
  update.set_request_id(server_->RequestId());
  EXPECT_THAT(Call(As("buyer"), &Stub::UpdateSelfCheck, update),
              FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  const auto back = Withdraw("buyer", "sc");
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(back->state(), v1::SELF_CHECK_STATE_DRAFT);
}

TEST_F(RiskFixture, AnEmptyFormIsNotHandedIn) {
  ASSERT_THAT(Create("buyer", "sc", 0), IsOk());
  EXPECT_THAT(Submit("buyer", "sc"), FailsWith(common::v1::ERROR_REASON_REQUIRED_FIELD));
}

TEST_F(RiskFixture, SomebodyMustBeThereToReview) {
  ASSERT_THAT(Create("buyer", "sc"), IsOk());
  ASSERT_THAT(Create("principal", "own"), IsOk());
  // The principal's own form goes to the superior, whoever else is in office.
  EXPECT_THAT(Submit("principal", "own"), IsOk());
  PutAppointment("principal", "principal", /*last_day=*/12);
  AwaitArrival();
  EXPECT_THAT(Submit("buyer", "sc"), FailsWith(common::v1::ERROR_REASON_NO_REVIEWER));
  EXPECT_EQ(Form("sc").state(), v1::SELF_CHECK_STATE_DRAFT);
  PutAppointment("vp", "principal");
  EXPECT_THAT(Submit("buyer", "sc"), IsOk()) << "the newest directory counts";
}

TEST_F(RiskFixture, RevisionsAreKeptAndListedOldestFirst) {
  ASSERT_THAT(Create("buyer", "sc"), IsOk());
  ASSERT_THAT(Create("clerk", "sc-2"), IsOk());
  ASSERT_THAT(Submit("clerk", "sc-2"), IsOk());
  constexpr int kTimes = 11;
  for (int i = 1; i <= kTimes; ++i) {
    ASSERT_THAT(Submit("buyer", "sc"), IsOk());
    if (i < kTimes) {
      ASSERT_THAT(Withdraw("buyer", "sc"), IsOk());
    }
  }
  v1::ListSelfCheckRevisionsRequest list;
  list.set_parent("units/a/selfChecks/sc");
  list.set_page_size(4);
  int expected = 0;
  do {
    const auto page = Call(As("buyer"), &Stub::ListSelfCheckRevisions, list);
    ASSERT_THAT(page, IsOk());
    for (const auto& revision : page->self_check_revisions()) {
      EXPECT_EQ(revision.revision(), ++expected);
      EXPECT_EQ(revision.self_check(), "units/a/selfChecks/sc");
    }
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  EXPECT_EQ(expected, kTimes);
  EXPECT_EQ(Form("sc").review(), "units/a/reviews/sc-r11");

  v1::GetSelfCheckRevisionRequest get;
  get.set_name("units/a/selfChecks/sc/revisions/10");
  const auto tenth = Call(As("buyer"), &Stub::GetSelfCheckRevision, get);
  ASSERT_THAT(tenth, IsOk());
  EXPECT_EQ(tenth->self_check_revision().revision(), 10);
  EXPECT_EQ(tenth->self_check_revision().findings_size(), 2);
  for (const std::string number : {"12", "010", "0", "x"}) {
    get.set_name("units/a/selfChecks/sc/revisions/" + number);
    EXPECT_THAT(Call(As("buyer"), &Stub::GetSelfCheckRevision, get),
                FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND))
        << number;
  }
}

TEST_F(RiskFixture, AnotherPersonsFormAnswersAsOneThatIsNotThere) {
  ASSERT_THAT(Create("clerk", "sc-clerk"), IsOk());
  const auto read = [&](const std::string& id) {
    v1::GetSelfCheckRequest get;
    get.set_name("units/a/selfChecks/" + id);
    std::string text = Call(As("buyer"), &Stub::GetSelfCheck, get).status().ToString();
    while (text.find(id) != std::string::npos) text.replace(text.find(id), id.size(), "ID");
    return text;
  };
  EXPECT_EQ(read("sc-clerk"), read("sc-nobod"));
  // Nor does a change tell, whatever is wrong with the request besides.
  const auto change = [&](const std::string& id) {
    v1::UpdateSelfCheckRequest update;
    update.mutable_self_check()->set_name("units/a/selfChecks/" + id);
    update.mutable_self_check()->set_etag("stale");
    update.mutable_update_mask()->add_paths("etag");
    update.set_request_id(server_->RequestId());
    return Call(As("buyer"), &Stub::UpdateSelfCheck, update);
  };
  EXPECT_THAT(change("sc-clerk"), FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(change("sc-nobod"), FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
}

TEST_F(RiskFixture, APageTokenOfSomebodyElseShowsNothingOfHis) {
  ASSERT_THAT(Create("clerk", "sc-a"), IsOk());
  ASSERT_THAT(Create("buyer", "sc-b"), IsOk());
  v1::ListSelfChecksRequest list;
  list.set_parent("units/a");
  list.set_page_size(1);
  const auto first = Call(As("office"), &Stub::ListSelfChecks, list);
  ASSERT_THAT(first, IsOk());
  ASSERT_FALSE(first->next_page_token().empty());
  list.set_page_token(first->next_page_token());
  for (const char* who : {"buyer", "clerk"}) {
    const auto page = Call(As(who), &Stub::ListSelfChecks, list);
    ASSERT_THAT(page, IsOk());
    for (const v1::SelfCheck& form : page->self_checks()) {
      EXPECT_EQ(form.person(), std::string("units/a/persons/") + who);
    }
    EXPECT_TRUE(page->next_page_token().empty());
  }
}

TEST_F(RiskFixture, StaffSeeTheirOwnFormsOnly) {
  ASSERT_THAT(Create("buyer", "sc-buyer"), IsOk());
  ASSERT_THAT(Create("clerk", "sc-clerk"), IsOk());
  ASSERT_THAT(Submit("clerk", "sc-clerk"), IsOk());
  const struct {
    const char* who;
    bool all;
  } cases[] = {{"buyer", false}, {"head", false}, {"principal", true}, {"office", true}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.who);
    client::Client& caller = As(c.who);
    const auto check = [&](const auto& result) {
      if (c.all) {
        EXPECT_THAT(result, IsOk());
      } else {
        EXPECT_THAT(result, FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
      }
    };
    v1::GetSelfCheckRequest get;
    get.set_name("units/a/selfChecks/sc-clerk");
    check(Call(caller, &Stub::GetSelfCheck, get));
    v1::GetSelfCheckRevisionRequest revision;
    revision.set_name("units/a/selfChecks/sc-clerk/revisions/1");
    check(Call(caller, &Stub::GetSelfCheckRevision, revision));
    v1::ListSelfCheckRevisionsRequest revisions;
    revisions.set_parent("units/a/selfChecks/sc-clerk");
    check(Call(caller, &Stub::ListSelfCheckRevisions, revisions));
    v1::ListSelfChecksRequest list;
    list.set_parent("units/a");
    list.set_person("units/a/persons/clerk");
    const auto of_clerk = Call(caller, &Stub::ListSelfChecks, list);
    ASSERT_THAT(of_clerk, IsOk());
    EXPECT_EQ(of_clerk->self_checks_size(), c.all ? 1 : 0);
    list.clear_person();
    const auto listed = Call(caller, &Stub::ListSelfChecks, list);
    ASSERT_THAT(listed, IsOk());
    EXPECT_EQ(listed->self_checks_size(), c.all ? 2 : (std::string(c.who) == "buyer" ? 1 : 0));
  }
}

TEST_F(RiskFixture, FormsAreListedByStateAndYear) {
  ASSERT_THAT(Create("buyer", "a"), IsOk());
  ASSERT_THAT(Create("clerk", "b"), IsOk());
  ASSERT_THAT(Submit("clerk", "b"), IsOk());
  v1::ListSelfChecksRequest list;
  list.set_parent("units/a");
  list.set_state(v1::SELF_CHECK_STATE_SUBMITTED);
  const auto submitted = Call(As("office"), &Stub::ListSelfChecks, list);
  ASSERT_THAT(submitted, IsOk());
  ASSERT_EQ(submitted->self_checks_size(), 1);
  EXPECT_EQ(submitted->self_checks(0).name(), "units/a/selfChecks/b");
  list.set_year(2025);
  const auto none = Call(As("office"), &Stub::ListSelfChecks, list);
  ASSERT_THAT(none, IsOk());
  EXPECT_EQ(none->self_checks_size(), 0);
}

}  // namespace
}  // namespace lianfang::risk
