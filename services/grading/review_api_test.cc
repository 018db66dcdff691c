// Reviews through the API: joint reviews, stand-ins, live holders, and every kind that is handed
// in.
#include "services/grading/grading_fixture.h"

namespace lianfang::grading {
namespace {

using namespace common::v1;  // NOLINT: reasons and levels
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::UnorderedElementsAre;

class ReviewApiTest : public SchoolFixture {
 protected:
  // A form `{id}` of a post or of the department, as risk's ledger shows it.
  LedgerPosition Hand(const std::string& id, risk::v1::SubmissionKind kind, const std::string& post,
                      risk::v1::SubmissionState state = risk::v1::SUBMISSION_STATE_SUBMITTED) {
    risk::v1::Submission submission;
    submission.set_name("units/a/submissions/" + id);
    submission.set_kind(kind);
    submission.set_owner(post.empty() ? "units/a/departments/supply" : "units/a/posts/" + post);
    submission.set_year(2026);
    submission.set_title("2026年表");
    submission.set_department("units/a/departments/supply");
    submission.add_owners(PersonName(post.empty() ? "head" : post));
    submission.set_submitter(submission.owners(0));
    submission.set_state(state);
    submission.set_revision(1);
    submission.set_revision_digest("digest-" + id);
    submission.set_review("units/a/reviews/" + id + "-r1");
    return Put(risk_, Submissions(), submission);
  }

  v1::AddOpinionRequest Opinion(const v1::Review& review, v1::Stance stance,
                                const std::string& comment = "") {
    v1::AddOpinionRequest request;
    request.set_name(review.name());
    request.set_request_id(server_->RequestId());
    request.set_stance(stance);
    request.set_comment(comment);
    request.set_revision_digest(review.revision_digest());
    return request;
  }
  absl::StatusOr<v1::AddOpinionResponse> Say(client::Client& client,
                                             const v1::AddOpinionRequest& request) {
    return testing::Call<v1::ReviewService>(client, &Reviews::AddOpinion, request);
  }
  absl::StatusOr<v1::GetReviewResponse> Read(client::Client& client, const std::string& id) {
    v1::GetReviewRequest request;
    request.set_name("units/a/reviews/" + id);
    return testing::Call<v1::ReviewService>(client, &Reviews::GetReview, request);
  }
};

TEST_F(ReviewApiTest, AMeasureOfAPostGoesFromTheDepartmentToTheOffice) {
  const auto at = Hand("m", risk::v1::SUBMISSION_KIND_POST_MEASURES, "ann");
  const v1::Review review = GetReview("m-r1", at);
  EXPECT_EQ(review.record_kind(), v1::RECORD_KIND_MEASURE);
  EXPECT_EQ(review.policy_version(), "routes-2013@3");
  ASSERT_EQ(review.steps_size(), 3);
  EXPECT_THAT(review.steps(0).assignees(),
              UnorderedElementsAre(PersonName("head"), PersonName("bob")));
  EXPECT_THAT(review.steps(0).convenors(), ElementsAre(PersonName("head")));
  EXPECT_EQ(review.steps(0).clause(), "科室全体人员联查和综合评议");
  auto& head = As("head", {"department_head", "staff"});
  auto& bob = As("bob", {"staff"});
  auto& ann = As("ann", {"staff", "department_head"});
  EXPECT_THAT(Tasks(bob, at), ElementsAre("units/a/reviews/m-r1"));
  EXPECT_THAT(Tasks(ann, at), IsEmpty());
  EXPECT_THAT(Read(bob, "m-r1"), IsOk());
  EXPECT_THAT(Read(As("clerk", {"staff"}), "m-r1"), FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));

  EXPECT_THAT(Say(ann, Opinion(review, v1::STANCE_AGREE)), FailsWith(ERROR_REASON_OWN_RECORD));
  EXPECT_THAT(Say(As("clerk", {"staff"}), Opinion(review, v1::STANCE_AGREE)),
              FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(Say(bob, Opinion(review, v1::STANCE_DISAGREE)),
              FailsWith(ERROR_REASON_REASON_REQUIRED));
  EXPECT_THAT(
      Say(server_->As("units/b/persons/bob", {"staff"}, {"b"}), Opinion(review, v1::STANCE_AGREE)),
      FailsWith(ERROR_REASON_UNIT_NOT_COVERED));
  v1::AddOpinionRequest stale = Opinion(review, v1::STANCE_AGREE);
  stale.set_etag("e0");
  EXPECT_THAT(Say(bob, stale), FailsWith(ERROR_REASON_ETAG_MISMATCH));
  stale = Opinion(review, v1::STANCE_AGREE);
  stale.set_revision_digest("other");
  EXPECT_THAT(Say(bob, stale), FailsWith(ERROR_REASON_REVISION_CHANGED));
  stale = Opinion(review, v1::STANCE_AGREE);
  stale.set_name("units/a/reviews/nowhere");
  EXPECT_THAT(Say(bob, stale), FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));

  // Two of two are needed.
  EXPECT_THAT(Decide(head, Verdict(review, v1::DECISION_APPROVE)),
              FailsWith(ERROR_REASON_QUORUM_NOT_REACHED));
  const v1::AddOpinionRequest first = Opinion(review, v1::STANCE_DISAGREE, "措施不具体");
  const auto said = Say(bob, first);
  ASSERT_THAT(said, IsOk());
  EXPECT_EQ(Say(bob, first)->SerializeAsString(), said->SerializeAsString());
  EXPECT_THAT(Tasks(bob, at), IsEmpty());
  ASSERT_THAT(Say(head, Opinion(review, v1::STANCE_AGREE)), IsOk());
  EXPECT_THAT(Decide(head, Verdict(review, v1::DECISION_APPROVE)),
              FailsWith(ERROR_REASON_NOT_AGREED));
  ASSERT_THAT(Say(bob, Opinion(review, v1::STANCE_AGREE)), IsOk());
  EXPECT_EQ(GetReview("m-r1").opinions_size(), 2);
  EXPECT_THAT(Decide(As("bob", {"department_head"}), Verdict(review, v1::DECISION_APPROVE)),
              FailsWith(ERROR_REASON_NOT_REVIEWER));
  const auto concluded = Decide(head, Verdict(review, v1::DECISION_APPROVE, "一致同意"));
  ASSERT_THAT(concluded, IsOk());
  EXPECT_EQ(concluded->review().current_step(), 1);
  EXPECT_THAT(Say(bob, Opinion(review, v1::STANCE_AGREE)),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
  ASSERT_THAT(Decide(As("vp", {"vice_principal"}), Verdict(review, v1::DECISION_APPROVE)), IsOk());
  const auto filed =
      Decide(As("office", {"control_office"}), Verdict(review, v1::DECISION_APPROVE));
  ASSERT_THAT(filed, IsOk());
  EXPECT_EQ(filed->review().state(), v1::REVIEW_STATE_APPROVED);
}

TEST_F(ReviewApiTest, AReviewNeverWaitsForSomebodyWhoIsAwayOrHasMoved) {
  auto at = Hand("p", risk::v1::SUBMISSION_KIND_POWER_CATALOGUE, "");
  const v1::Review review = GetReview("p-r1", at);
  EXPECT_EQ(review.owner_kind(), v1::OWNER_KIND_DEPARTMENT);
  ASSERT_EQ(review.steps_size(), 2);
  EXPECT_THAT(review.steps(0).assignees(), ElementsAre(PersonName("vp")));
  auto& principal = As("principal", {"principal"});
  EXPECT_THAT(Tasks(principal, at), IsEmpty());

  at = Person("vp", /*away=*/true);
  EXPECT_THAT(Tasks(principal, at), ElementsAre(review.name()));
  EXPECT_THAT(Tasks(As("vp", {"vice_principal"}), at), IsEmpty());
  const v1::Review stood_in = GetReview("p-r1", at);
  EXPECT_EQ(stood_in.steps(0).role(), v1::REVIEWER_ROLE_PRINCIPAL);
  EXPECT_EQ(stood_in.steps(0).stood_in_for(), v1::REVIEWER_ROLE_VICE_PRINCIPAL);
  EXPECT_THAT(Decide(As("vp", {"vice_principal"}), Verdict(review, v1::DECISION_APPROVE)),
              FailsWith(ERROR_REASON_NOT_REVIEWER));

  // Somebody else is in charge now; the change is looked for when it is not here yet.
  Department("head", "clerk");
  EXPECT_THAT(Decide(As("clerk", {"vice_principal"}), Verdict(review, v1::DECISION_APPROVE)),
              IsOk());
  EXPECT_THAT(Decide(principal, Verdict(review, v1::DECISION_APPROVE)),
              FailsWith(ERROR_REASON_NOT_REVIEWER));
  v1::ListReviewsRequest list;
  list.set_parent("units/a");
  list.set_record("units/a/submissions/p");
  const auto listed = testing::Call<v1::ReviewService>(Office(), &Reviews::ListReviews, list);
  ASSERT_THAT(listed, IsOk());
  ASSERT_EQ(listed->reviews_size(), 1);
  EXPECT_THAT(listed->reviews(0).steps(1).assignees(), ElementsAre(PersonName("office")));
}

TEST_F(ReviewApiTest, WhoTakesOverThePostIsAnOwnerToo) {
  auto at = Hand("m", risk::v1::SUBMISSION_KIND_POST_MEASURES, "ann");
  EXPECT_THAT(Tasks(As("bob", {"staff"}), at), ElementsAre("units/a/reviews/m-r1"));
  at = Appoint("bob-too", "bob", "ann");
  EXPECT_THAT(Tasks(As("bob", {"staff"}), at), IsEmpty());
  EXPECT_THAT(Say(As("bob", {"staff"}), Opinion(GetReview("m-r1"), v1::STANCE_AGREE)),
              FailsWith(ERROR_REASON_OWN_RECORD));
}

TEST_F(ReviewApiTest, FormsOfADepartmentAndTheirWithdrawal) {
  const struct {
    const char* id;
    risk::v1::SubmissionKind kind;
    v1::RecordKind record_kind;
    int steps;
  } cases[] = {
      {"s5", risk::v1::SUBMISSION_KIND_DEPARTMENT_RISKS, v1::RECORD_KIND_RISK_POINT, 2},
      {"s6", risk::v1::SUBMISSION_KIND_POWER_RISKS, v1::RECORD_KIND_RISK_POINT, 2},
      {"s7", risk::v1::SUBMISSION_KIND_POWER_CATALOGUE, v1::RECORD_KIND_POWER, 2},
      {"sc", risk::v1::SUBMISSION_KIND_WORKFLOW_CHARTS, v1::RECORD_KIND_WORKFLOW, 2},
      {"sm", risk::v1::SUBMISSION_KIND_DEPARTMENT_MEASURES, v1::RECORD_KIND_MEASURE, 3},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.id);
    auto at = Hand(test.id, test.kind, "");
    const v1::Review open = GetReview(std::string(test.id) + "-r1", at);
    EXPECT_EQ(open.record_kind(), test.record_kind);
    EXPECT_EQ(open.state(), v1::REVIEW_STATE_OPEN);
    EXPECT_EQ(open.title(), "2026年表");
    EXPECT_EQ(open.steps_size(), test.steps);
    // The head of the department does not look at what he handed in, whatever he is besides.
    EXPECT_THAT(Decide(As("head", {"vice_principal"}), Verdict(open, v1::DECISION_APPROVE)),
                FailsWith(ERROR_REASON_OWN_RECORD));
    at = Hand(test.id, test.kind, "", risk::v1::SUBMISSION_STATE_WITHDRAWN);
    EXPECT_EQ(GetReview(std::string(test.id) + "-r1", at).state(), v1::REVIEW_STATE_WITHDRAWN);
  }
}

TEST_F(ReviewApiTest, TheSuperiorsDecisionIsBroughtByAService) {
  Form("ann", risk::v1::SELF_CHECK_STATE_APPROVED);
  Form("bob", risk::v1::SELF_CHECK_STATE_APPROVED);
  ASSERT_THAT(Propose(), IsOk());
  const std::string id = "ann-2026-g1";
  auto& reporting = server_->As("services/reporting", {"service"});
  v1::ListReviewsRequest list;
  list.set_parent("units/a");
  list.set_waits_for_superior(true);
  const auto waiting = [&]() -> std::vector<std::string> {
    const auto listed = testing::Call<v1::ReviewService>(reporting, &Reviews::ListReviews, list);
    EXPECT_THAT(listed, IsOk());
    std::vector<std::string> names;
    if (!listed.ok()) return names;
    for (const auto& review : listed->reviews()) names.push_back(review.name());
    list.set_page_token(listed->next_page_token());
    return names;
  };
  EXPECT_THAT(waiting(), IsEmpty());
  for (const std::string who : {"ann", "bob"}) {
    ASSERT_THAT(Decide(As("secretary", {"leading_group"}),
                       Verdict(GetReview(who + "-2026-g1"), v1::DECISION_APPROVE)),
                IsOk());
  }
  list.set_page_size(1);
  EXPECT_THAT(waiting(), ElementsAre("units/a/reviews/" + id));
  EXPECT_THAT(waiting(), ElementsAre("units/a/reviews/bob-2026-g1"));
  EXPECT_EQ(list.page_token(), "");

  v1::DecideRequest relayed = Verdict(GetReview(id), v1::DECISION_APPROVE, "同意");
  relayed.set_on_behalf_of("units/d/persons/office");
  EXPECT_THAT(Decide(reporting, relayed), FailsWith(ERROR_REASON_REQUIRED_FIELD));
  relayed.set_on_behalf_role(v1::REVIEWER_ROLE_LEADING_GROUP);
  EXPECT_THAT(Decide(reporting, relayed), FailsWith(ERROR_REASON_INVALID_FIELD));
  relayed.set_on_behalf_role(v1::REVIEWER_ROLE_SUPERIOR_LEADER);
  EXPECT_THAT(Decide(reporting, relayed), FailsWith(ERROR_REASON_NOT_REVIEWER));
  relayed.set_on_behalf_role(v1::REVIEWER_ROLE_SUPERIOR_OFFICE);
  EXPECT_THAT(Decide(Superior("superior_office"), relayed),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(Decide(Office(), relayed), FailsWith(ERROR_REASON_PERMISSION_DENIED));
  relayed.set_on_behalf_of(PersonName("secretary"));
  EXPECT_THAT(Decide(reporting, relayed), FailsWith(ERROR_REASON_NOT_REVIEWER));
  relayed.set_on_behalf_of(PersonName("ann"));
  EXPECT_THAT(Decide(reporting, relayed), FailsWith(ERROR_REASON_OWN_RECORD));
  relayed.set_on_behalf_of("units/d/persons/office");
  const auto decided = Decide(reporting, relayed);
  ASSERT_THAT(decided, IsOk());
  const v1::Review review = GetReview(id);
  EXPECT_EQ(review.state(), v1::REVIEW_STATE_APPROVED);
  ASSERT_EQ(review.decisions_size(), 2);
  EXPECT_EQ(review.decisions(1).decider(), "units/d/persons/office");
  EXPECT_EQ(review.decisions(1).role(), v1::REVIEWER_ROLE_SUPERIOR_OFFICE);
  EXPECT_EQ(review.decisions(1).relayed_by(), "services/reporting");
  EXPECT_EQ(Decide(reporting, relayed)->SerializeAsString(), decided->SerializeAsString());
  EXPECT_EQ(GetReview(id).decisions_size(), 2);
  // A service says nothing for itself.
  EXPECT_THAT(Decide(reporting, Verdict(GetReview("bob-2026-g1"), v1::DECISION_APPROVE)),
              FailsWith(ERROR_REASON_NOT_REVIEWER));
}

TEST_F(ReviewApiTest, DutiesComeFromPersonnel) {
  personnel::v1::PostDuty duty;
  duty.set_name("units/a/postDuties/d");
  duty.set_post("units/a/posts/ann");
  duty.set_post_display_name("采购员");
  duty.set_department("units/a/departments/supply");
  duty.set_year(2026);
  duty.add_holders(PersonName("ann"));
  duty.set_drafter(PersonName("secretary"));
  duty.set_state(personnel::v1::POST_DUTY_STATE_IN_REVIEW);
  duty.set_revision(1);
  duty.set_revision_digest("digest-d");
  duty.set_review("units/a/reviews/d-r1");
  auto at = Put(personnel_, PostDuties(), duty);
  const v1::Review review = GetReview("d-r1", at);
  EXPECT_EQ(review.record_kind(), v1::RECORD_KIND_POST_DUTY);
  EXPECT_EQ(review.title(), "2026年岗位职责：采购员");
  EXPECT_EQ(review.owner(), PersonName("ann"));
  ASSERT_EQ(review.steps_size(), 2);
  EXPECT_EQ(review.steps(0).clause(), "5月13日各处室岗位职责交分管校长初审");
  // Who drafted it takes no step.
  EXPECT_THAT(review.steps(1).assignees(), ElementsAre(PersonName("principal")));
  ASSERT_THAT(Decide(As("vp", {"vice_principal"}), Verdict(review, v1::DECISION_APPROVE)), IsOk());
  EXPECT_THAT(Decide(As("secretary", {"principal"}), Verdict(review, v1::DECISION_APPROVE)),
              FailsWith(ERROR_REASON_OWN_RECORD));
  duty.set_state(personnel::v1::POST_DUTY_STATE_DRAFT);
  at = Put(personnel_, PostDuties(), duty);
  EXPECT_EQ(GetReview("d-r1", at).state(), v1::REVIEW_STATE_WITHDRAWN);
}

TEST_F(ReviewApiTest, NoGradeWithoutAnApprovedDutyWhereDutiesAreWritten) {
  Form("ann", risk::v1::SELF_CHECK_STATE_APPROVED);
  Form("bob", risk::v1::SELF_CHECK_STATE_APPROVED);
  personnel::v1::PostDuty duty;
  duty.set_name("units/a/postDuties/d");
  duty.set_post("units/a/posts/ann");
  duty.set_year(2026);
  duty.set_state(personnel::v1::POST_DUTY_STATE_APPROVED);
  duty.set_revision(1);
  duty.set_approved_revision(1);
  Put(personnel_, PostDuties(), duty);
  const auto proposed = Propose();
  ASSERT_THAT(proposed, IsOk());
  ASSERT_EQ(proposed->grades_size(), 1);
  EXPECT_EQ(proposed->grades(0).post(), "units/a/posts/ann");
  bool without = false;
  for (const auto& ungraded : proposed->ungraded()) {
    without |= ungraded.post() == "units/a/posts/bob" &&
               ungraded.reason() == v1::UngradedPost::REASON_NO_APPROVED_DUTY;
  }
  EXPECT_TRUE(without);
}

}  // namespace
}  // namespace lianfang::grading
