#include "common/directory/lookup.h"

#include "common/directory/date.h"
#include "common/directory/directory_test_db.h"
#include "gmock/gmock.h"

namespace lianfang::directory {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace pb = personnel::v1;

google::type::Date Day(absl::string_view text) { return *ParseDate(text); }

template <class T>
std::vector<std::string> Names(const absl::StatusOr<std::vector<T>>& records) {
  std::vector<std::string> names;
  EXPECT_TRUE(records.ok()) << records.status();
  if (records.ok()) {
    for (const T& record : *records) names.push_back(record.name().substr(8));
  }
  return names;
}

std::vector<std::string> Persons(
    const absl::StatusOr<std::vector<pb::LeadingGroupMember>>& members) {
  std::vector<std::string> names;
  EXPECT_TRUE(members.ok()) << members.status();
  if (members.ok()) {
    for (const auto& member : *members) names.push_back(member.person().substr(8));
  }
  return names;
}

class LookupTest : public DirectoryTestDb {
 protected:
  void Person(const std::string& id, pb::RecordState state = pb::RECORD_STATE_ACTIVE) {
    pb::Person person;
    person.set_name("units/u/persons/" + id);
    person.set_state(state);
    content_.add_resources()->PackFrom(person);
  }
  void Post(const std::string& id, const std::string& department, bool principal) {
    pb::Post post;
    post.set_name("units/u/posts/" + id);
    if (!department.empty()) post.set_department("units/u/departments/" + department);
    post.set_principal_responsible(principal);
    post.set_state(pb::RECORD_STATE_ACTIVE);
    content_.add_resources()->PackFrom(post);
  }
  void Department(const std::string& id, const std::string& parent, const std::string& head,
                  const std::string& vice_principal) {
    pb::Department department;
    department.set_name("units/u/departments/" + id);
    if (!parent.empty()) department.set_parent("units/u/departments/" + parent);
    department.set_head(head);
    department.set_vice_principal(vice_principal);
    department.set_state(pb::RECORD_STATE_ACTIVE);
    content_.add_resources()->PackFrom(department);
  }
  void Appointment(const std::string& id, const std::string& person, const std::string& post,
                   const std::string& start, const std::string& end,
                   pb::RecordState state = pb::RECORD_STATE_ACTIVE) {
    pb::Appointment appointment;
    appointment.set_name("units/u/appointments/" + id);
    appointment.set_person("units/u/persons/" + person);
    appointment.set_post("units/u/posts/" + post);
    *appointment.mutable_start_date() = Day(start);
    if (!end.empty()) *appointment.mutable_end_date() = Day(end);
    appointment.set_state(state);
    content_.add_resources()->PackFrom(appointment);
  }
  void Member(const std::string& id, const std::string& person, pb::LeadingGroupRole role,
              pb::RecordState state = pb::RECORD_STATE_ACTIVE) {
    pb::LeadingGroupMember member;
    member.set_name("units/u/leadingGroupMembers/" + id);
    member.set_person("units/u/persons/" + person);
    member.set_role(role);
    member.set_state(state);
    content_.add_resources()->PackFrom(member);
  }
  void Store() {
    ASSERT_TRUE(Apply("u", content_).ok());
    content_.clear_resources();
  }

  ledger::v1::EntryContent content_;
};

TEST_F(LookupTest, HoldersAreThoseInForceOnTheDay) {
  for (const char* id : {"a", "b", "c"}) Person(id);
  Post("buyer", "", false);
  Post("head", "", true);
  Appointment("1", "a", "buyer", "2020-01-01", "2025-12-31");
  Appointment("2", "b", "buyer", "2026-01-01", "");
  Appointment("3", "c", "buyer", "2020-01-01", "", pb::RECORD_STATE_ARCHIVED);
  Appointment("4", "b", "head", "2026-03-01", "2026-03-31");
  Appointment("5", "b", "head", "2026-03-15", "");
  Store();

  const std::string buyer = "units/u/posts/buyer";
  EXPECT_THAT(Names(HoldersOf(reader(), buyer, Day("2019-12-31"))), IsEmpty());
  EXPECT_THAT(Names(HoldersOf(reader(), buyer, Day("2020-01-01"))), ElementsAre("persons/a"));
  EXPECT_THAT(Names(HoldersOf(reader(), buyer, Day("2025-12-31"))), ElementsAre("persons/a"));
  EXPECT_THAT(Names(HoldersOf(reader(), buyer, Day("2026-01-01"))), ElementsAre("persons/b"));
  EXPECT_THAT(Names(HoldersOf(reader(), "units/u/posts/none", Day("2026-01-01"))), IsEmpty());

  const std::string b = "units/u/persons/b";
  EXPECT_THAT(Names(PostsOf(reader(), b, Day("2026-02-28"))), ElementsAre("posts/buyer"));
  // Two appointments to one post count once.
  EXPECT_THAT(Names(PostsOf(reader(), b, Day("2026-03-20"))),
              ElementsAre("posts/buyer", "posts/head"));
  EXPECT_FALSE(*IsPrincipalResponsible(reader(), b, Day("2026-02-28")));
  EXPECT_TRUE(*IsPrincipalResponsible(reader(), b, Day("2026-03-01")));
  EXPECT_FALSE(*IsPrincipalResponsible(reader(), "units/u/persons/a", Day("2025-12-31")));
  EXPECT_THAT(Names(PrincipalResponsiblePersons(reader(), "u", Day("2026-04-01"))),
              ElementsAre("persons/b"));
  EXPECT_THAT(Names(PrincipalResponsiblePersons(reader(), "u", Day("2026-02-01"))), IsEmpty());
  EXPECT_THAT(Names(PrincipalResponsiblePersons(reader(), "other", Day("2026-04-01"))), IsEmpty());
}

TEST_F(LookupTest, LeaderInChargeIsInherited) {
  Department("top", "", "units/u/persons/t", "units/u/persons/vp");
  Department("mid", "top", "", "");
  Department("low", "mid", "units/u/persons/l", "");
  Department("own", "top", "", "units/u/persons/vp2");
  Department("none", "", "", "");
  // A cycle cannot be stored by personnel; should it be there all the same, the search ends.
  Department("x", "y", "", "");
  Department("y", "x", "", "");
  Post("p", "low", false);
  Post("lead", "", false);
  Store();
  const std::string prefix = "units/u/departments/";
  EXPECT_EQ(*VicePrincipal(reader(), prefix + "low"), "units/u/persons/vp");
  EXPECT_EQ(*VicePrincipal(reader(), prefix + "own"), "units/u/persons/vp2");
  EXPECT_EQ(*VicePrincipal(reader(), prefix + "none"), "");
  EXPECT_EQ(*VicePrincipal(reader(), prefix + "x"), "");
  EXPECT_EQ(*DepartmentHead(reader(), prefix + "low"), "units/u/persons/l");
  EXPECT_EQ(*DepartmentHead(reader(), prefix + "mid"), "");
  EXPECT_EQ(*DepartmentOfPost(reader(), "units/u/posts/p"), prefix + "low");
  EXPECT_EQ(*DepartmentOfPost(reader(), "units/u/posts/lead"), "");
  EXPECT_EQ(ReasonOf(DepartmentHead(reader(), prefix + "gone").status()),
            common::v1::ERROR_REASON_RESOURCE_NOT_FOUND);
  EXPECT_EQ(ReasonOf(VicePrincipal(reader(), prefix + "gone").status()),
            common::v1::ERROR_REASON_RESOURCE_NOT_FOUND);
  EXPECT_EQ(ReasonOf(DepartmentOfPost(reader(), "units/u/posts/gone").status()),
            common::v1::ERROR_REASON_RESOURCE_NOT_FOUND);
}

TEST_F(LookupTest, GroupAndOfficeByRole) {
  Member("1", "deputy", pb::LEADING_GROUP_ROLE_DEPUTY_LEADER);
  Member("2", "leader", pb::LEADING_GROUP_ROLE_LEADER);
  Member("3", "member", pb::LEADING_GROUP_ROLE_MEMBER);
  Member("4", "clerk", pb::LEADING_GROUP_ROLE_OFFICE_MEMBER);
  Member("5", "director", pb::LEADING_GROUP_ROLE_OFFICE_DIRECTOR);
  Member("6", "former", pb::LEADING_GROUP_ROLE_LEADER, pb::RECORD_STATE_ARCHIVED);
  Person("here");
  Person("gone", pb::RECORD_STATE_ARCHIVED);
  Store();
  EXPECT_THAT(Persons(LeadingGroup(reader(), "u")),
              ElementsAre("persons/leader", "persons/deputy"));
  EXPECT_THAT(Persons(ControlOffice(reader(), "u")),
              ElementsAre("persons/director", "persons/clerk"));
  EXPECT_THAT(Persons(LeadingGroup(reader(), "other")), IsEmpty());
  EXPECT_TRUE(*IsUnitMember(reader(), "units/u/persons/here"));
  EXPECT_FALSE(*IsUnitMember(reader(), "units/u/persons/gone"));
  EXPECT_FALSE(*IsUnitMember(reader(), "units/u/persons/nobody"));
}

TEST(AbsenceTest, BothDaysOfAnAbsenceCount) {
  pb::Person person;
  EXPECT_FALSE(IsAbsent(person, Day("2026-05-13")));
  auto* trip = person.add_absences();
  *trip->mutable_start_date() = Day("2026-05-10");
  *trip->mutable_end_date() = Day("2026-05-13");
  *person.add_absences()->mutable_start_date() = Day("2026-06-01");  // nobody knows until when
  const struct {
    const char* day;
    bool absent;
  } cases[] = {
      {"2026-05-09", false}, {"2026-05-10", true},  {"2026-05-12", true}, {"2026-05-13", true},
      {"2026-05-14", false}, {"2026-05-31", false}, {"2026-06-01", true}, {"2030-01-01", true},
  };
  for (const auto& c : cases) EXPECT_EQ(IsAbsent(person, Day(c.day)), c.absent) << c.day;
}

TEST_F(LookupTest, WhoIsAwayOrGoneIsNotAvailableAndStillHoldsThePost) {
  Person("here");
  Person("gone", pb::RECORD_STATE_ARCHIVED);
  pb::Person away;
  away.set_name("units/u/persons/away");
  away.set_state(pb::RECORD_STATE_ACTIVE);
  auto* absence = away.add_absences();
  *absence->mutable_start_date() = Day("2026-05-10");
  *absence->mutable_end_date() = Day("2026-05-13");
  content_.add_resources()->PackFrom(away);
  Post("head", "", true);
  Appointment("1", "away", "head", "2020-01-01", "");
  Store();
  const std::string prefix = "units/u/persons/";
  const std::vector<std::string> all = {prefix + "away", prefix + "nobody", prefix + "here",
                                        prefix + "gone", prefix + "here"};
  EXPECT_THAT(*Available(reader(), all, Day("2026-05-13")), ElementsAre(prefix + "here"));
  EXPECT_THAT(*Available(reader(), all, Day("2026-05-14")),
              ElementsAre(prefix + "away", prefix + "here"));
  EXPECT_THAT(Names(HoldersOf(reader(), "units/u/posts/head", Day("2026-05-13"))),
              ElementsAre("persons/away"));
  EXPECT_TRUE(*IsPrincipalResponsible(reader(), prefix + "away", Day("2026-05-13")));
}

TEST_F(LookupTest, ListAllGoesThroughEveryPageAndRefusesTooMany) {
  for (int i = 0; i < 1201; ++i) Person("p" + std::to_string(10000 + i));
  Store();
  auto all = ListAll<pb::Person>(reader(), PersonKind(), "u", store::Query());
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_EQ(all->size(), 1201u);
  EXPECT_EQ(all->front().name(), "units/u/persons/p10000");
  EXPECT_EQ(all->back().name(), "units/u/persons/p11200");
  for (int i = 1201; i <= kMaxRecords; ++i) Person("p" + std::to_string(10000 + i));
  Store();
  EXPECT_EQ(ListAll<pb::Person>(reader(), PersonKind(), "u", store::Query()).status().code(),
            absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace lianfang::directory
