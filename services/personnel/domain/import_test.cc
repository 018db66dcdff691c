#include "services/personnel/domain/import.h"

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/id.h"
#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"

namespace lianfang::personnel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::string ReadFile(const std::string& path) {
  std::ifstream in(absl::StrCat(LIANFANG_SOURCE_DIR, "/", path), std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

google::rpc::BadRequest Violations(const absl::Status& status) {
  google::rpc::BadRequest bad;
  const google::rpc::Status wire = ToRpcStatus(status);
  for (const auto& detail : wire.details()) {
    if (detail.Is<google::rpc::BadRequest>()) detail.UnpackTo(&bad);
  }
  return bad;
}

// An import as the service makes it, without a database.
struct Outcome {
  ImportPlan plan;
  std::vector<std::string> fields;  // `{file}:{line}:{column}` of each problem
  absl::Status error;
};

using Files = std::vector<std::pair<v1::DirectoryFile, std::string>>;

Outcome Import(const Files& files, const Directory& existing = {}) {
  Problems problems;
  std::vector<Table> tables;
  for (const auto& [file, bytes] : files) tables.push_back(ReadCsvFile(file, bytes, &problems));
  Outcome outcome;
  outcome.plan = PlanImport("u", tables, existing, &problems);
  if (!problems.empty()) {
    outcome.error = problems.ToError();
    const google::rpc::BadRequest bad = Violations(outcome.error);
    for (const auto& violation : bad.field_violations()) {
      EXPECT_THAT(violation.description(), HasSubstr(" / "));
    }
    // All of them, in the form in which the error lists the first ones.
    v1::ImportDirectoryResponse listed;
    problems.List(&listed);
    for (const auto& problem : listed.problems()) {
      outcome.fields.push_back(
          absl::StrCat(problem.file(), ":", problem.line(), ":", problem.column()));
      const int i = static_cast<int>(outcome.fields.size()) - 1;
      if (i < bad.field_violations_size()) {
        EXPECT_EQ(bad.field_violations(i).field(), outcome.fields.back());
      }
    }
  }
  return outcome;
}

template <class T>
void Store(const std::vector<T>& records, std::map<std::string, T>* out) {
  for (T record : records) {
    record.set_etag("e1");
    record.mutable_create_time()->set_seconds(1);
    record.mutable_update_time()->set_seconds(2);
    (*out)[record.name().substr(record.name().rfind('/') + 1)] = record;
  }
}

void Store(const ImportPlan& plan, Directory* directory) {
  Store(plan.departments, &directory->departments);
  Store(plan.posts, &directory->posts);
  Store(plan.persons, &directory->persons);
  Store(plan.appointments, &directory->appointments);
  Store(plan.leading_group, &directory->leading_group);
}

Files Sample() {
  const std::string folder = "deploy/sample/directory/";
  return {{v1::DIRECTORY_FILE_DEPARTMENTS, ReadFile(folder + "departments.csv")},
          {v1::DIRECTORY_FILE_POSTS, ReadFile(folder + "posts.csv")},
          {v1::DIRECTORY_FILE_PERSONS, ReadFile(folder + "persons.csv")},
          {v1::DIRECTORY_FILE_APPOINTMENTS, ReadFile(folder + "appointments.csv")},
          {v1::DIRECTORY_FILE_LEADING_GROUP, ReadFile(folder + "leading_group.csv")}};
}

TEST(ImportTest, SampleDirectoryComesIn) {
  const Outcome outcome = Import(Sample());
  ASSERT_THAT(outcome.fields, IsEmpty()) << outcome.error;
  EXPECT_EQ(outcome.plan.departments.size(), 12u);
  EXPECT_EQ(outcome.plan.posts.size(), 45u);
  EXPECT_EQ(outcome.plan.persons.size(), 47u);
  EXPECT_EQ(outcome.plan.appointments.size(), 48u);
  EXPECT_EQ(outcome.plan.leading_group.size(), 24u);
  EXPECT_EQ(outcome.plan.created, 12 + 45 + 47 + 48 + 24);
  EXPECT_EQ(outcome.plan.updated, 0);

  const v1::Department& groups = outcome.plan.departments[3];
  EXPECT_EQ(groups.name(), "units/u/departments/subject-groups");
  EXPECT_EQ(groups.kind(), v1::DEPARTMENT_KIND_SECTION);
  EXPECT_EQ(groups.parent(), "units/u/departments/teaching");
  EXPECT_EQ(groups.head(), "units/u/persons/teaching-deputy");
  EXPECT_EQ(groups.vice_principal(), "units/u/persons/vp-teaching");
  EXPECT_EQ(groups.state(), v1::RECORD_STATE_ACTIVE);
  const v1::Post& principal = outcome.plan.posts[1];
  EXPECT_EQ(principal.display_name(), "校长");
  EXPECT_TRUE(principal.is_unit_head());
  EXPECT_TRUE(principal.principal_responsible());
  EXPECT_THAT(principal.functions(), ElementsAre(common::v1::POST_FUNCTION_INVESTMENT_DECISION,
                                                 common::v1::POST_FUNCTION_KEY_PROJECT_MANAGEMENT));
  EXPECT_EQ(outcome.plan.appointments[0].name(),
            "units/u/appointments/secretary-secretary-20230815");
  EXPECT_EQ(outcome.plan.leading_group[0].name(), "units/u/leadingGroupMembers/secretary-leader");
  int ended = 0;
  for (const auto& appointment : outcome.plan.appointments) ended += appointment.has_end_date();
  EXPECT_EQ(ended, 2);
}

TEST(ImportTest, SecondImportChangesNothingAndAChangedCellOnlyItsRecord) {
  Directory directory;
  Store(Import(Sample()).plan, &directory);
  Outcome again = Import(Sample(), directory);
  ASSERT_THAT(again.fields, IsEmpty());
  EXPECT_EQ(again.plan.created, 0);
  EXPECT_EQ(again.plan.updated, 0);
  EXPECT_EQ(again.plan.unchanged, 176);
  EXPECT_THAT(again.plan.posts, IsEmpty());

  again =
      Import({{v1::DIRECTORY_FILE_PERSONS, "code,name\nprincipal,新校长\nsecretary,党总支书记\n"}},
             directory);
  ASSERT_THAT(again.fields, IsEmpty());
  EXPECT_EQ(again.plan.updated, 1);
  EXPECT_EQ(again.plan.unchanged, 1);
  ASSERT_EQ(again.plan.persons.size(), 1u);
  EXPECT_EQ(again.plan.persons[0].display_name(), "新校长");
  EXPECT_EQ(again.plan.persons[0].create_time().seconds(), 1);
}

TEST(ImportTest, ChineseSpreadsheetGivesTheSamePosts) {
  Directory directory;
  Store(Import(Sample()).plan, &directory);
  const Outcome outcome =
      Import({{v1::DIRECTORY_FILE_POSTS, ReadFile("deploy/sample/directory-gb18030/posts.csv")}},
             directory);
  ASSERT_THAT(outcome.fields, IsEmpty()) << outcome.error;
  EXPECT_EQ(outcome.plan.unchanged, 45);
  EXPECT_EQ(outcome.plan.updated, 0);
}

TEST(ImportTest, BadFilesAreRefusedForTheirOneFault) {
  struct Case {
    const char* name;
    v1::DirectoryFile file;
    std::vector<std::string> fields;
    const char* word;
  };
  const Case cases[] = {
      {"departments_cycle",
       v1::DIRECTORY_FILE_DEPARTMENTS,
       {"departments:2:parent", "departments:3:parent", "departments:4:parent"},
       "上级"},
      {"posts_duplicate_code", v1::DIRECTORY_FILE_POSTS, {"posts:4:code"}, "第 2 行"},
      {"posts_empty_name", v1::DIRECTORY_FILE_POSTS, {"posts:2:name"}, "必须填写"},
      {"posts_invalid_bytes", v1::DIRECTORY_FILE_POSTS, {"posts:3:name"}, "UTF-8"},
      {"posts_missing_column", v1::DIRECTORY_FILE_POSTS, {"posts:1:functions"}, "缺少"},
      {"posts_too_many_cells", v1::DIRECTORY_FILE_POSTS, {"posts:2:8"}, "比标题多"},
      {"posts_unknown_department",
       v1::DIRECTORY_FILE_POSTS,
       {"posts:3:department"},
       "no-such-department"},
      {"posts_unknown_function", v1::DIRECTORY_FILE_POSTS, {"posts:3:functions"}, "GARDENING"},
      {"posts_unmatched_quote", v1::DIRECTORY_FILE_POSTS, {"posts:3:duties"}, "引号"},
  };
  for (const Case& c : cases) {
    const Outcome outcome =
        Import({{c.file, ReadFile(absl::StrCat("tests/data/bad/", c.name, ".csv"))}});
    EXPECT_EQ(ReasonOf(outcome.error), common::v1::ERROR_REASON_IMPORT_REJECTED) << c.name;
    EXPECT_EQ(outcome.fields, c.fields) << c.name;
    EXPECT_EQ(outcome.plan.created, 0) << c.name;
    const auto violations = Violations(outcome.error);
    ASSERT_GT(violations.field_violations_size(), 0) << c.name;
    EXPECT_THAT(violations.field_violations(0).description(), HasSubstr(c.word)) << c.name;
  }
}

TEST(ImportTest, AllFaultsOfAllFilesAreReported) {
  const std::string long_name(201, 'x');
  const std::string long_duties(6001, 'x');
  const Outcome outcome = Import({
      {v1::DIRECTORY_FILE_DEPARTMENTS,
       absl::StrCat("代码,名称,类别,上级代码,负责人代码,分管领导代码\n", "Bad Code,甲,处室,,,\n",
                    "b,,厅,none,nobody,\n", ",丙,处室,,,\n")},
      {v1::DIRECTORY_FILE_POSTS,
       absl::StrCat("code,name,department,functions,unit_head,principal_responsible,duties\n", "p,",
                    long_name, ",,FINANCE;财务,也许,是,", long_duties, "\n", "q,名\x01字,,,,,\n")},
      {v1::DIRECTORY_FILE_PERSONS, "code,name\na,甲\n"},
      {v1::DIRECTORY_FILE_APPOINTMENTS,
       "person,post,start,end\na,p,2026-02-30,\na,p,2026-02-01,2026-01-01\na,,2026-01-01,x\n"
       "a,q,2026-01-01,\na,q,2026/1/1,\n"},
      {v1::DIRECTORY_FILE_LEADING_GROUP, "person,role\na,主席\n,组长\na,组长\na,LEADER\n"},
  });
  EXPECT_THAT(outcome.fields,
              UnorderedElementsAre(
                  "departments:2:代码", "departments:3:名称", "departments:3:类别",
                  "departments:3:上级代码", "departments:3:负责人代码", "departments:4:代码",
                  "posts:2:name", "posts:2:functions", "posts:2:unit_head", "posts:2:duties",
                  "posts:3:name", "appointments:2:start", "appointments:3:end",
                  "appointments:4:post", "appointments:4:end", "appointments:6:person",
                  "leading_group:2:role", "leading_group:3:person", "leading_group:5:person"));
}

TEST(ImportTest, ReferencesMayBeToWhatExistsButNotToTheArchived) {
  Directory directory;
  Store(Import({{v1::DIRECTORY_FILE_PERSONS, "code,name\na,甲\nold,乙\n"},
                {v1::DIRECTORY_FILE_DEPARTMENTS,
                 "code,name,kind,parent,head,vice_principal\ntop,上,处室,,,\n"}})
            .plan,
        &directory);
  directory.persons["old"].set_state(v1::RECORD_STATE_ARCHIVED);
  const std::string header = "code,name,kind,parent,head,vice_principal\n";
  EXPECT_THAT(
      Import({{v1::DIRECTORY_FILE_DEPARTMENTS, header + "d,下,科室,top,a,a\n"}}, directory).fields,
      IsEmpty());
  EXPECT_THAT(
      Import({{v1::DIRECTORY_FILE_DEPARTMENTS, header + "d,下,科室,top,old,a\n"}}, directory)
          .fields,
      ElementsAre("departments:2:head"));
  EXPECT_THAT(Import({{v1::DIRECTORY_FILE_PERSONS, "code,name\nold,乙\n"}}, directory).fields,
              ElementsAre("persons:2:code"));
  // The new row closes a circle with one that exists.
  directory.departments["top"].set_parent("units/u/departments/d");
  EXPECT_THAT(
      Import({{v1::DIRECTORY_FILE_DEPARTMENTS, header + "d,下,科室,top,,\n"}}, directory).fields,
      ElementsAre("departments:2:parent"));
}

TEST(ImportTest, UnreadableFileDoesNotMakeItsReferencesFaults) {
  EXPECT_THAT(Import({{v1::DIRECTORY_FILE_PERSONS, "code,name\na,甲,乙\n"},
                      {v1::DIRECTORY_FILE_LEADING_GROUP, "person,role\na,组长\n"}})
                  .fields,
              ElementsAre("persons:2:3"));
}

TEST(ImportTest, ListIsCappedAndSaysHowManyMore) {
  std::string csv = "code,name\n";
  for (int i = 0; i < 250; ++i) absl::StrAppend(&csv, "p", i, ",\n");
  const Outcome outcome = Import({{v1::DIRECTORY_FILE_PERSONS, csv}});
  ASSERT_EQ(outcome.fields.size(), 250U);
  EXPECT_EQ(Violations(outcome.error).field_violations_size(), static_cast<int>(kListedProblems));
  EXPECT_THAT(ChineseText(outcome.error), HasSubstr("250"));
  EXPECT_THAT(ChineseText(outcome.error), HasSubstr("还有 238 处"));
}

TEST(ImportTest, ColumnsInAnyOrderAndUnknownOnesPassedOver) {
  const Outcome outcome =
      Import({{v1::DIRECTORY_FILE_PERSONS, "\xEF\xBB\xBF备注, 姓名 ,代码\r\n无,甲,a\r\n"}});
  ASSERT_THAT(outcome.fields, IsEmpty()) << outcome.error;
  ASSERT_EQ(outcome.plan.persons.size(), 1u);
  EXPECT_EQ(outcome.plan.persons[0].name(), "units/u/persons/a");
  EXPECT_EQ(outcome.plan.persons[0].display_name(), "甲");
  EXPECT_THAT(Import({{v1::DIRECTORY_FILE_PERSONS, "code,代码,name\na,a,甲\n"}}).fields,
              ElementsAre("persons:1:代码"));
}

TEST(ImportTest, TooManyRecordsForAUnit) {
  Directory directory;
  for (int i = 0; i < 20000; ++i) {
    const std::string id = absl::StrCat("x", i);
    v1::Person& person = directory.persons[id];
    person.set_name("units/u/persons/" + id);
    person.set_state(v1::RECORD_STATE_ACTIVE);
  }
  EXPECT_THAT(Import({{v1::DIRECTORY_FILE_PERSONS, "code,name\nx1,甲\n"}}, directory).fields,
              IsEmpty());
  EXPECT_THAT(Import({{v1::DIRECTORY_FILE_PERSONS, "code,name\nnew,甲\n"}}, directory).fields,
              ElementsAre("persons:2:code"));
}

TEST(ImportTest, IdsAreShortAndNeverMixUpTwoRecords) {
  const auto day = *directory::ParseDate("2026-05-13");
  EXPECT_EQ(AppointmentId("a", "b", day), "a-b-20260513");
  const std::string person(40, 'p');
  const std::string id = AppointmentId(person, "a-long-post-code", day);
  EXPECT_EQ(id.size(), 63u);
  EXPECT_TRUE(IsValidResourceId(id));
  EXPECT_EQ(id.substr(0, 47), person + "-a-lon-");
  EXPECT_NE(id, AppointmentId(person, "a-long-post-codf", day));
  EXPECT_EQ(LeadingGroupMemberId("a", v1::LEADING_GROUP_ROLE_DEPUTY_LEADER), "a-deputy-leader");

  // `a-b` at `c` and `a` at `b-c` would have the same id.
  const Files files = {
      {v1::DIRECTORY_FILE_PERSONS, "code,name\na,甲\na-b,乙\n"},
      {v1::DIRECTORY_FILE_POSTS,
       "code,name,department,functions,unit_head,principal_responsible,duties\nb-c,一,,,,,\n"
       "c,二,,,,,\n"},
      {v1::DIRECTORY_FILE_APPOINTMENTS,
       "person,post,start,end\na,b-c,2026-01-01,\na-b,c,2026-01-01,\n"}};
  Outcome outcome = Import(files);
  ASSERT_THAT(outcome.fields, IsEmpty()) << outcome.error;
  ASSERT_EQ(outcome.plan.appointments.size(), 2u);
  EXPECT_EQ(outcome.plan.appointments[0].name(), "units/u/appointments/a-b-c-20260101");
  EXPECT_NE(outcome.plan.appointments[0].name(), outcome.plan.appointments[1].name());
  Directory directory;
  Store(outcome.plan, &directory);
  outcome = Import(files, directory);
  EXPECT_EQ(outcome.plan.unchanged, 6);
  EXPECT_EQ(outcome.plan.created, 0);
}

TEST(ImportTest, AppointmentIsFoundAgainByWhatItSays) {
  Directory directory;
  Store(
      Import(
          {{v1::DIRECTORY_FILE_PERSONS, "code,name\na,甲\n"},
           {v1::DIRECTORY_FILE_POSTS,
            "code,name,department,functions,unit_head,principal_responsible,duties\np,岗,,,,,\n"}})
          .plan,
      &directory);
  v1::Appointment& made = directory.appointments["made-by-hand"];
  made.set_name("units/u/appointments/made-by-hand");
  made.set_person("units/u/persons/a");
  made.set_post("units/u/posts/p");
  *made.mutable_start_date() = *directory::ParseDate("2026-01-01");
  made.set_state(v1::RECORD_STATE_ACTIVE);
  const Outcome outcome = Import(
      {{v1::DIRECTORY_FILE_APPOINTMENTS, "person,post,start,end\na,p,2026-01-01,2026-06-30\n"}},
      directory);
  ASSERT_THAT(outcome.fields, IsEmpty()) << outcome.error;
  ASSERT_EQ(outcome.plan.appointments.size(), 1u);
  EXPECT_EQ(outcome.plan.appointments[0].name(), "units/u/appointments/made-by-hand");
  EXPECT_EQ(outcome.plan.updated, 1);
}

TEST(ImportTest, RowsAreReadLikeFiles) {
  v1::ImportRow good;
  good.set_file(v1::DIRECTORY_FILE_PERSONS);
  good.set_line(7);
  (*good.mutable_columns())["code"] = "a";
  (*good.mutable_columns())["姓名"] = "甲";
  v1::ImportRow bad = good;
  bad.set_line(0);
  bad.mutable_columns()->erase("姓名");
  Problems problems;
  Table table = ReadRows(v1::DIRECTORY_FILE_PERSONS, {&good}, &problems);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(PlanImport("u", {table}, {}, &problems).created, 1);
  table = ReadRows(v1::DIRECTORY_FILE_PERSONS, {&good, &bad}, &problems);
  ASSERT_FALSE(problems.empty());
  EXPECT_EQ(Violations(problems.ToError()).field_violations(0).field(), "persons:2:name");
}

}  // namespace
}  // namespace lianfang::personnel
