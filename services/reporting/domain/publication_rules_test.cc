#include "services/reporting/domain/publication_rules.h"

#include <functional>
#include <string>

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/reporting/domain/school_time.h"

namespace lianfang::reporting {
namespace {

using ::testing::HasSubstr;

const absl::Time kPublicationTime = StartOf(absl::CivilDay(2026, 7, 10)) + absl::Hours(9);

v1::Publication Points() {
  v1::Publication publication;
  publication.set_name("units/u/publications/p");
  publication.set_kind(v1::PUBLICATION_KIND_RISK_POINTS);
  publication.set_year(2026);
  publication.set_title("风险点公示");
  publication.add_subjects("units/u/riskPoints/a");
  publication.set_scope(common::v1::PUBLICITY_SCOPE_LIMITED);
  return publication;
}

TEST(PublicationRulesTest, BeginsTodayForFiveDaysWhenNothingIsSaid) {
  v1::Publication publication = Points();
  ASSERT_TRUE(Begin(kPublicationTime, &publication).ok());
  EXPECT_EQ(publication.state(), v1::PUBLICATION_STATE_OPEN);
  EXPECT_EQ(DayOf(publication.start_date()), absl::CivilDay(2026, 7, 10));
  EXPECT_EQ(publication.period_days(), 5);
  EXPECT_EQ(DayOf(publication.end_date()), absl::CivilDay(2026, 7, 14));
  publication = Points();
  publication.set_period_days(1);
  *publication.mutable_start_date() = ToDate(absl::CivilDay(2026, 12, 31));
  ASSERT_TRUE(Begin(kPublicationTime, &publication).ok());
  EXPECT_EQ(DayOf(publication.end_date()), absl::CivilDay(2026, 12, 31));
}

TEST(PublicationRulesTest, ScopesByKind) {
  const auto department = [](v1::Publication& p) { p.set_department("units/u/departments/d"); };
  const struct {
    v1::PublicationKind kind;
    const char* subject;
    common::v1::PublicityScope scope;
    bool allowed;
  } cases[] = {
      {v1::PUBLICATION_KIND_RISK_POINTS, "riskPoints/a", common::v1::PUBLICITY_SCOPE_NONE, false},
      {v1::PUBLICATION_KIND_RISK_POINTS, "riskPoints/a", common::v1::PUBLICITY_SCOPE_PUBLIC, true},
      {v1::PUBLICATION_KIND_POST_DUTIES, "dutyVolumes/2026-0001",
       common::v1::PUBLICITY_SCOPE_WITHIN_SCHOOL, true},
      {v1::PUBLICATION_KIND_PERSONAL_FORMS, "selfChecks/a", common::v1::PUBLICITY_SCOPE_DEPARTMENT,
       true},
      {v1::PUBLICATION_KIND_PERSONAL_FORMS, "selfChecks/a", common::v1::PUBLICITY_SCOPE_LIMITED,
       true},
      {v1::PUBLICATION_KIND_PERSONAL_FORMS, "selfChecks/a",
       common::v1::PUBLICITY_SCOPE_WITHIN_SCHOOL, false},
      {v1::PUBLICATION_KIND_PERSONAL_FORMS, "selfChecks/a", common::v1::PUBLICITY_SCOPE_PUBLIC,
       false},
  };
  for (const auto& test : cases) {
    v1::Publication publication = Points();
    publication.set_kind(test.kind);
    publication.set_subjects(0, std::string("units/u/") + test.subject);
    publication.set_scope(test.scope);
    if (test.scope == common::v1::PUBLICITY_SCOPE_DEPARTMENT) department(publication);
    EXPECT_EQ(Begin(kPublicationTime, &publication).ok(), test.allowed)
        << test.kind << " " << test.scope;
  }
}

TEST(PublicationRulesTest, RefusesWhatDoesNotFit) {
  const struct {
    const char* field;
    std::function<void(v1::Publication&)> change;
  } cases[] = {
      {"publication.department",
       [](auto& p) { p.set_scope(common::v1::PUBLICITY_SCOPE_DEPARTMENT); }},
      {"publication.department", [](auto& p) { p.set_department("units/u/departments/d"); }},
      {"publication.department",
       [](auto& p) {
         p.set_scope(common::v1::PUBLICITY_SCOPE_DEPARTMENT);
         p.set_department("units/other/departments/d");
       }},
      {"publication.subjects[1]", [](auto& p) { p.add_subjects("units/u/riskPoints/a"); }},
      {"publication.subjects[0]", [](auto& p) { p.set_subjects(0, "units/u/measures/a"); }},
      {"publication.subjects[0]", [](auto& p) { p.set_subjects(0, "units/v/riskPoints/a"); }},
      {"publication.start_date",
       [](auto& p) { *p.mutable_start_date() = ToDate(absl::CivilDay(2026, 6, 8)); }},
      {"publication.start_date", [](auto& p) { p.mutable_start_date()->set_year(2026); }},
  };
  for (const auto& test : cases) {
    v1::Publication publication = Points();
    test.change(publication);
    const absl::Status status = Begin(kPublicationTime, &publication);
    EXPECT_EQ(ReasonOf(status), common::v1::ERROR_REASON_INVALID_FIELD) << test.field;
    EXPECT_THAT(ToRpcStatus(status).DebugString(), HasSubstr(test.field));
  }
}

TEST(PublicationRulesTest, ClosesWhenTheLastDayIsOver) {
  v1::Publication publication = Points();
  ASSERT_TRUE(Begin(kPublicationTime, &publication).ok());
  const absl::Time last_moment = StartOf(absl::CivilDay(2026, 7, 15)) - absl::Seconds(1);
  EXPECT_EQ(ReasonOf(Close("", last_moment, &publication)),
            common::v1::ERROR_REASON_PERIOD_NOT_OVER);
  const absl::Time over = StartOf(absl::CivilDay(2026, 7, 15));
  ASSERT_TRUE(Object("措施不全", "units/u/persons/a", last_moment, &publication).ok());
  EXPECT_EQ(ReasonOf(Close("", over, &publication)), common::v1::ERROR_REASON_ILLEGAL_TRANSITION)
      << "an objection is open";
  v1::HandleObjectionRequest request;
  request.set_number(1);
  request.set_answer("已经补充");
  request.set_upheld(true);
  ASSERT_TRUE(HandleObjection(request, "units/u/persons/office", over, &publication).ok());
  EXPECT_EQ(publication.objections(0).state(), v1::OBJECTION_STATE_UPHELD);
  ASSERT_TRUE(Close("公示期满", over, &publication).ok());
  EXPECT_EQ(publication.state(), v1::PUBLICATION_STATE_CLOSED);
  EXPECT_EQ(publication.close_note(), "公示期满");
  EXPECT_EQ(TimeOf(publication.close_time()), over);
}

TEST(PublicationRulesTest, ObjectionsAreHandledOnceAndByOthers) {
  v1::Publication publication = Points();
  ASSERT_TRUE(Begin(kPublicationTime, &publication).ok());
  ASSERT_TRUE(Object("一", "units/u/persons/a", kPublicationTime, &publication).ok());
  ASSERT_TRUE(Object("二", "units/u/persons/b", kPublicationTime, &publication).ok());
  EXPECT_EQ(publication.objections(1).number(), 2);
  v1::HandleObjectionRequest request;
  request.set_number(3);
  EXPECT_EQ(ReasonOf(HandleObjection(request, "units/u/persons/x", kPublicationTime, &publication)),
            common::v1::ERROR_REASON_ILLEGAL_TRANSITION);
  request.set_number(2);
  EXPECT_EQ(ReasonOf(HandleObjection(request, "units/u/persons/b", kPublicationTime, &publication)),
            common::v1::ERROR_REASON_OWN_RECORD);
  ASSERT_TRUE(HandleObjection(request, "units/u/persons/x", kPublicationTime, &publication).ok());
  EXPECT_EQ(publication.objections(1).state(), v1::OBJECTION_STATE_REJECTED);
  EXPECT_EQ(ReasonOf(HandleObjection(request, "units/u/persons/x", kPublicationTime, &publication)),
            common::v1::ERROR_REASON_ILLEGAL_TRANSITION);
  for (int i = 2; i < kMaxObjections; ++i) {
    ASSERT_TRUE(Object("又", "units/u/persons/a", kPublicationTime, &publication).ok());
  }
  EXPECT_EQ(ReasonOf(Object("过多", "units/u/persons/a", kPublicationTime, &publication)),
            common::v1::ERROR_REASON_INVALID_FIELD);
}

TEST(PublicationRulesTest, NothingChangesWhatIsOver) {
  v1::Publication publication = Points();
  ASSERT_TRUE(Begin(kPublicationTime, &publication).ok());
  ASSERT_TRUE(Withdraw("内容有误", kPublicationTime, &publication).ok());
  EXPECT_EQ(publication.state(), v1::PUBLICATION_STATE_WITHDRAWN);
  EXPECT_EQ(publication.close_note(), "内容有误");
  const auto illegal = common::v1::ERROR_REASON_ILLEGAL_TRANSITION;
  EXPECT_EQ(ReasonOf(Withdraw("再次", kPublicationTime, &publication)), illegal);
  EXPECT_EQ(ReasonOf(Close("", kPublicationTime + absl::Hours(9999), &publication)), illegal);
  EXPECT_EQ(ReasonOf(Object("迟了", "units/u/persons/a", kPublicationTime, &publication)), illegal);
  EXPECT_EQ(ReasonOf(HandleObjection({}, "units/u/persons/a", kPublicationTime, &publication)),
            illegal);
}

}  // namespace
}  // namespace lianfang::reporting
