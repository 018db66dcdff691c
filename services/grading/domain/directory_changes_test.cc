#include "services/grading/domain/directory_changes.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::grading {
namespace {

using namespace common::v1;  // NOLINT: causes
using personnel::v1::Appointment;
using personnel::v1::Department;
using personnel::v1::Post;
using personnel::v1::PostDuty;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<MarkCause> Causes(const std::vector<DirectoryChange>& changes) {
  std::vector<MarkCause> causes;
  for (const auto& change : changes) causes.push_back(change.cause.cause);
  return causes;
}

TEST(DirectoryChangesTest, OfPosts) {
  Post post;
  post.set_name("p");
  post.add_functions(POST_FUNCTION_FINANCE);
  post.add_functions(POST_FUNCTION_PROCUREMENT);
  Post order = post;
  order.mutable_functions()->SwapElements(0, 1);
  order.set_display_name("new name");
  Post functions = post;
  functions.add_functions(POST_FUNCTION_ADMISSIONS);
  Post head = post;
  head.set_is_unit_head(true);
  Post moved = post;
  moved.set_department("d");
  Post archived = post;
  archived.set_state(personnel::v1::RECORD_STATE_ARCHIVED);
  EXPECT_THAT(ChangesOf(std::nullopt, post), IsEmpty());
  EXPECT_THAT(ChangesOf(std::optional<Post>(post), post), IsEmpty());
  EXPECT_THAT(ChangesOf(std::optional<Post>(post), order), IsEmpty());
  EXPECT_THAT(Causes(ChangesOf(std::optional<Post>(post), functions)),
              ElementsAre(MARK_CAUSE_POST_FUNCTIONS));
  EXPECT_THAT(Causes(ChangesOf(std::optional<Post>(post), head)),
              ElementsAre(MARK_CAUSE_POST_FUNCTIONS));
  EXPECT_THAT(Causes(ChangesOf(std::optional<Post>(post), moved)),
              ElementsAre(MARK_CAUSE_DEPARTMENT));
  EXPECT_THAT(Causes(ChangesOf(std::optional<Post>(post), archived)),
              ElementsAre(MARK_CAUSE_POST_FUNCTIONS));
}

TEST(DirectoryChangesTest, OfDepartments) {
  Department department;
  department.set_name("d");
  department.set_head("a");
  department.set_vice_principal("v");
  Department head = department;
  head.set_head("b");
  Department leader = department;
  leader.set_vice_principal("w");
  EXPECT_THAT(ChangesOf(std::nullopt, department), IsEmpty());
  EXPECT_THAT(ChangesOf(std::optional<Department>(department), department), IsEmpty());
  const auto heads = ChangesOf(std::optional<Department>(department), head);
  ASSERT_EQ(heads.size(), 1U);
  EXPECT_TRUE(heads[0].head_changes);
  EXPECT_THAT(heads[0].persons, IsEmpty());
  const auto leaders = ChangesOf(std::optional<Department>(department), leader);
  ASSERT_EQ(leaders.size(), 1U);
  EXPECT_FALSE(leaders[0].head_changes);
  EXPECT_THAT(leaders[0].persons, ElementsAre("v", "w"));
}

TEST(DirectoryChangesTest, OfAppointments) {
  Appointment appointment;
  appointment.set_name("x");
  appointment.set_person("a");
  appointment.set_post("p");
  appointment.mutable_start_date()->set_year(2020);
  Appointment touched = appointment;
  touched.set_etag("e9");
  Appointment ended = appointment;
  ended.mutable_end_date()->set_year(2026);
  Appointment moved = appointment;
  moved.set_post("q");
  const auto first = ChangesOf(std::nullopt, appointment, false);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].post, "p");
  EXPECT_TRUE(first[0].holders_change);
  EXPECT_THAT(first[0].persons, IsEmpty());
  EXPECT_THAT(ChangesOf(std::optional<Appointment>(appointment), touched, false), IsEmpty());
  EXPECT_THAT(Causes(ChangesOf(std::optional<Appointment>(appointment), ended, false)),
              ElementsAre(MARK_CAUSE_APPOINTMENT));
  EXPECT_EQ(ChangesOf(std::optional<Appointment>(appointment), moved, false).size(), 2U);
  EXPECT_THAT(ChangesOf(std::optional<Appointment>(appointment), ended, true)[0].persons,
              ElementsAre("a"));
}

TEST(DirectoryChangesTest, OfDuties) {
  PostDuty duty;
  duty.set_name("y");
  duty.set_post("p");
  duty.set_revision(1);
  EXPECT_THAT(ChangesOf(std::nullopt, duty), IsEmpty());
  PostDuty approved = duty;
  approved.set_approved_revision(1);
  EXPECT_THAT(Causes(ChangesOf(std::optional<PostDuty>(duty), approved)),
              ElementsAre(MARK_CAUSE_POST_DUTY));
  PostDuty next = approved;
  next.set_revision(2);
  EXPECT_THAT(ChangesOf(std::optional<PostDuty>(approved), next), IsEmpty());
}

TEST(DirectoryChangesTest, WhichLettersAreTouched) {
  v1::ResponsibilityLetter letter;
  letter.add_party_a("h");
  letter.set_party_b("a");
  letter.set_department("d");
  letter.add_scope()->set_subject("p");
  const struct {
    const char* what;
    DirectoryChange change;
    bool touched;
  } cases[] = {
      {"its post", {.cause = {MARK_CAUSE_APPOINTMENT}, .post = "p"}, true},
      {"another post", {.cause = {MARK_CAUSE_APPOINTMENT}, .post = "q"}, false},
      {"its duty", {.cause = {MARK_CAUSE_POST_DUTY}, .post = "p"}, false},
      {"its department has another head",
       {.cause = {MARK_CAUSE_DEPARTMENT}, .department = "d", .head_changes = true},
       true},
      {"its department has another leader in charge",
       {.cause = {MARK_CAUSE_DEPARTMENT}, .department = "d", .persons = {"v"}},
       false},
      {"party A moved", {.cause = {MARK_CAUSE_APPOINTMENT}, .persons = {"h"}}, true},
      {"party B moved", {.cause = {MARK_CAUSE_APPOINTMENT}, .persons = {"a"}}, true},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.what);
    EXPECT_EQ(Touches(test.change, letter), test.touched);
  }
}

}  // namespace
}  // namespace lianfang::grading
