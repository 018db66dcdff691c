// Who reviews what in a school, by the routes that ship.
#include "common/review/plan.h"

#include "common/directory/date.h"
#include "common/directory/directory_test_db.h"
#include "common/policy/policies.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "lianfang/personnel/v1/personnel.pb.h"

namespace lianfang::review {
namespace {

using namespace grading::v1;  // NOLINT: kinds and roles
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
namespace pb = personnel::v1;

std::string P(const std::string& id) { return "units/u/persons/" + id; }

// A school: secretary and principal; vice (in charge of teaching and office); teaching with its
// head `head` and the clerks `ann` and `bob`; `lone`, a department of one; the leading group of
// secretary, principal and vice; the control office of `keeper`.
class PlanTest : public directory::DirectoryTestDb {
 protected:
  void SetUp() override {
    DirectoryTestDb::SetUp();
    for (const char* id :
         {"secretary", "principal", "vice", "head", "ann", "bob", "lone", "keeper"}) {
      Person(id);
    }
    Post("secretary", "", true);
    Post("principal", "", true);
    Post("vice", "", false);
    Post("head", "teaching", false);
    Post("ann", "teaching", false);
    Post("bob", "teaching", false);
    Post("lone", "alone", false);
    Post("vacant", "teaching", false);
    Post("keeper", "", false);
    Department("teaching", "head", "vice");
    Department("alone", "lone", "vice");
    Department("free", "", "");
    Member("secretary", pb::LEADING_GROUP_ROLE_LEADER);
    Member("principal", pb::LEADING_GROUP_ROLE_LEADER);
    Member("vice", pb::LEADING_GROUP_ROLE_DEPUTY_LEADER);
    Member("keeper", pb::LEADING_GROUP_ROLE_OFFICE_DIRECTOR);
    ASSERT_TRUE(Apply("u", content_).ok());
    auto policies = policy::Load("");
    ASSERT_TRUE(policies.ok()) << policies.status();
    routes_ = policies->routes;
  }

  void Person(const std::string& id, const std::string& absent_from = "",
              const std::string& absent_to = "") {
    pb::Person person;
    person.set_name(P(id));
    person.set_state(pb::RECORD_STATE_ACTIVE);
    if (!absent_from.empty()) {
      auto* absence = person.add_absences();
      *absence->mutable_start_date() = *directory::ParseDate(absent_from);
      *absence->mutable_end_date() = *directory::ParseDate(absent_to);
    }
    content_.add_resources()->PackFrom(person);
  }
  void Post(const std::string& id, const std::string& department, bool principal) {
    pb::Post post;
    post.set_name("units/u/posts/" + id);
    if (!department.empty()) post.set_department("units/u/departments/" + department);
    post.set_principal_responsible(principal);
    post.set_state(pb::RECORD_STATE_ACTIVE);
    content_.add_resources()->PackFrom(post);
    if (id == "vacant") return;
    pb::Appointment appointment;
    appointment.set_name("units/u/appointments/" + id);
    appointment.set_person(P(id));
    appointment.set_post(post.name());
    *appointment.mutable_start_date() = *directory::ParseDate("2020-09-01");
    appointment.set_state(pb::RECORD_STATE_ACTIVE);
    content_.add_resources()->PackFrom(appointment);
  }
  void Department(const std::string& id, const std::string& head, const std::string& vice) {
    pb::Department department;
    department.set_name("units/u/departments/" + id);
    if (!head.empty()) department.set_head(P(head));
    if (!vice.empty()) department.set_vice_principal(P(vice));
    department.set_state(pb::RECORD_STATE_ACTIVE);
    content_.add_resources()->PackFrom(department);
  }
  void Member(const std::string& id, pb::LeadingGroupRole role) {
    pb::LeadingGroupMember member;
    member.set_name("units/u/leadingGroupMembers/" + id);
    member.set_person(P(id));
    member.set_role(role);
    member.set_state(pb::RECORD_STATE_ACTIVE);
    content_.add_resources()->PackFrom(member);
  }

  // The record of a post and its holder.
  Subject Of(RecordKind kind, const std::string& id, const std::string& department) {
    Subject subject;
    subject.record_kind = kind;
    subject.owners = {P(id)};
    subject.post = "units/u/posts/" + id;
    if (!department.empty()) subject.department = "units/u/departments/" + department;
    return subject;
  }
  Subject OfDepartment(RecordKind kind, const std::string& department) {
    Subject subject;
    subject.record_kind = kind;
    subject.department = "units/u/departments/" + department;
    subject.owner_kind = OWNER_KIND_DEPARTMENT;
    return subject;
  }

  std::vector<ReviewStep> Plan(const Subject& subject, const std::string& day = "2026-05-13") {
    auto steps = PlanSteps(reader(), "u", routes_, subject, *directory::ParseDate(day));
    EXPECT_TRUE(steps.ok()) << steps.status();
    return steps.ok() ? *steps : std::vector<ReviewStep>();
  }

  // Each step as `KIND persons`, and `/convenors`.
  static std::vector<std::string> Shown(const std::vector<ReviewStep>& steps) {
    std::vector<std::string> lines;
    for (const ReviewStep& step : steps) {
      std::string line = StepKind_Name(step.kind()).substr(10);
      if (IsSuperiorRole(step.role())) line += " " + ReviewerRole_Name(step.role()).substr(14);
      for (const auto& person : step.assignees()) line += " " + person.substr(16);
      if (step.convenors_size() > 0) line += " /";
      for (const auto& person : step.convenors()) line += " " + person.substr(16);
      lines.push_back(line);
    }
    return lines;
  }

  ledger::v1::EntryContent content_;
  config::v1::RoutesPolicy routes_;
};

TEST_F(PlanTest, EveryRecordGoesItsWay) {
  const struct {
    const char* what;
    Subject subject;
    std::vector<std::string> expected;
  } cases[] = {
      {"R-1 of a clerk's post",
       Of(RECORD_KIND_POST_DUTY, "ann", "teaching"),
       {"REVIEW vice", "REVIEW principal secretary"}},
      {"R-1 of a vice principal's",
       Of(RECORD_KIND_POST_DUTY, "vice", ""),
       {"REVIEW principal secretary"}},
      {"R-1 of a principal responsible one",
       Of(RECORD_KIND_POST_DUTY, "principal", ""),
       {"SUPERIOR SUPERIOR_LEADER"}},
      {"R-2 of a clerk",
       Of(RECORD_KIND_SELF_CHECK, "ann", "teaching"),
       {"REVIEW principal secretary"}},
      {"R-2 of a principal responsible person",
       Of(RECORD_KIND_SELF_CHECK, "secretary", ""),
       {"SUPERIOR SUPERIOR_LEADER"}},
      {"R-3 of a department",
       OfDepartment(RECORD_KIND_RISK_POINT, "teaching"),
       {"REVIEW vice", "REVIEW_AND_FILING keeper"}},
      {"R-3 without a leader in charge",
       OfDepartment(RECORD_KIND_RISK_POINT, "free"),
       {"REVIEW principal secretary", "REVIEW_AND_FILING keeper"}},
      {"R-4", OfDepartment(RECORD_KIND_POWER, "teaching"), {"REVIEW vice", "FILING keeper"}},
      {"R-5", OfDepartment(RECORD_KIND_WORKFLOW, "teaching"), {"REVIEW vice", "FILING keeper"}},
      {"R-6",
       Of(RECORD_KIND_GRADE, "ann", "teaching"),
       {"REVIEW principal secretary vice", "SUPERIOR SUPERIOR_OFFICE"}},
      {"R-6 of a principal responsible person",
       Of(RECORD_KIND_GRADE, "principal", ""),
       {"REVIEW secretary vice", "SUPERIOR SUPERIOR_OFFICE"}},
      {"R-7 of a clerk's post",
       Of(RECORD_KIND_MEASURE, "ann", "teaching"),
       {"JOINT_REVIEW head bob / head", "REVIEW vice", "FILING keeper"}},
      {"R-7 of a head's post",
       Of(RECORD_KIND_MEASURE, "head", "teaching"),
       {"JOINT_REVIEW ann bob / vice", "REVIEW vice", "FILING keeper"}},
      {"R-7 of a department of one",
       Of(RECORD_KIND_MEASURE, "lone", "alone"),
       {"REVIEW vice", "FILING keeper"}},
      {"R-7 of a vice principal's post",
       Of(RECORD_KIND_MEASURE, "vice", ""),
       {"JOINT_REVIEW lone head principal secretary / keeper", "REVIEW principal secretary",
        "FILING keeper"}},
      {"R-7 of a principal responsible person",
       Of(RECORD_KIND_MEASURE, "principal", ""),
       {"JOINT_REVIEW lone vice head secretary / keeper", "SUPERIOR SUPERIOR_LEADER"}},
      {"R-7 of a department",
       OfDepartment(RECORD_KIND_MEASURE, "teaching"),
       {"REVIEW vice", "REVIEW_AND_FILING keeper",
        "JOINT_REVIEW lone vice head principal secretary / keeper"}},
      {"R-7 of the school",
       {.record_kind = RECORD_KIND_MEASURE, .owner_kind = OWNER_KIND_UNIT},
       {"JOINT_REVIEW lone vice head principal secretary / keeper", "SUPERIOR SUPERIOR_LEADER"}},
      {"R-11 of a department",
       OfDepartment(RECORD_KIND_SELF_INSPECTION, "teaching"),
       {"REVIEW principal secretary vice"}},
      {"R-11 of the school",
       {.record_kind = RECORD_KIND_SELF_INSPECTION, .owner_kind = OWNER_KIND_UNIT},
       {"REVIEW principal secretary vice", "SUPERIOR SUPERIOR_OFFICE"}},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.what);
    const auto steps = Plan(test.subject);
    EXPECT_EQ(Shown(steps), test.expected);
    EXPECT_TRUE(CheckReviewers(steps).ok());
  }
}

TEST_F(PlanTest, WhoIsAwayIsNobody) {
  content_.Clear();
  Person("vice", "2026-05-10", "2026-05-20");
  ASSERT_TRUE(Apply("u", content_).ok());
  const auto away = Plan(Of(RECORD_KIND_POST_DUTY, "ann", "teaching"));
  // The principals stand in for the leader in charge, and are not asked a second time.
  EXPECT_THAT(Shown(away), ElementsAre("REVIEW principal secretary"));
  EXPECT_EQ(away[0].stood_in_for(), REVIEWER_ROLE_VICE_PRINCIPAL);
  EXPECT_THAT(Shown(Plan(Of(RECORD_KIND_POST_DUTY, "ann", "teaching"), "2026-05-21")),
              ElementsAre("REVIEW vice", "REVIEW principal secretary"));
}

TEST_F(PlanTest, ADraftedPostStillBelongsToItsKind) {
  // A vacant post: the head drafts, takes no step, and does not make it a head's record.
  Subject vacant = Of(RECORD_KIND_POST_DUTY, "vacant", "teaching");
  vacant.owners.clear();
  vacant.barred = {P("head"), P("vice")};
  const auto kind = FindOwnerKind(reader(), "u", vacant, *directory::ParseDate("2026-05-13"));
  ASSERT_TRUE(kind.ok());
  EXPECT_EQ(*kind, OWNER_KIND_STAFF);
  EXPECT_THAT(Shown(Plan(vacant)), ElementsAre("REVIEW principal secretary"));
}

TEST_F(PlanTest, NoRouteIsNoStep) {
  Subject subject = Of(RECORD_KIND_RECTIFICATION, "ann", "teaching");
  EXPECT_THAT(Plan(subject), IsEmpty());
  // A department that the directory does not know has nobody of its own.
  subject = OfDepartment(RECORD_KIND_POWER, "unknown");
  EXPECT_THAT(Shown(Plan(subject)), ElementsAre("REVIEW principal secretary", "FILING keeper"));
}

TEST_F(PlanTest, ARosterAsksOnce) {
  Roster roster(&reader(), "u", *directory::ParseDate("2026-05-13"));
  const auto cadres = roster.Holders(REVIEWER_ROLE_CADRES, "");
  ASSERT_TRUE(cadres.ok());
  EXPECT_THAT(*cadres, UnorderedElementsAre(P("head"), P("lone"), P("vice"), P("principal"),
                                            P("secretary")));
  const auto team = roster.Holders(REVIEWER_ROLE_LEADERSHIP_TEAM, "units/u/departments/teaching");
  ASSERT_TRUE(team.ok());
  EXPECT_THAT(*team, UnorderedElementsAre(P("vice"), P("principal"), P("secretary")));
  content_.Clear();
  Person("head", "2026-05-10", "2026-05-20");
  ASSERT_TRUE(Apply("u", content_).ok());
  // The same roster is one moment.
  EXPECT_EQ(roster.Holders(REVIEWER_ROLE_CADRES, "")->size(), 5U);
  Roster later(&reader(), "u", *directory::ParseDate("2026-05-13"));
  EXPECT_EQ(later.Holders(REVIEWER_ROLE_CADRES, "")->size(), 4U);
}

}  // namespace
}  // namespace lianfang::review
