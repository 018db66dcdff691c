// The service through its API: a real server on loopback with a database of its own.
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "common/rpc/status_grpc.h"
#include "common/testing/test_server.h"
#include "google/rpc/error_details.pb.h"
#include "lianfang/personnel/v1/personnel.grpc.pb.h"
#include "services/personnel/module.h"

namespace lianfang::personnel {
namespace {

using ::lianfang::testing::Call;
using ::lianfang::testing::FailsWith;
using ::lianfang::testing::IsOk;
using ::lianfang::testing::TestServer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace common::v1;  // NOLINT: the reasons of errors
using v1::PersonnelService;
using Stub = v1::PersonnelService::Stub;

class PersonnelHandlerTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_THAT(MakeUnit("u"), IsOk()); }

  template <class Req, class Resp>
  absl::StatusOr<Resp> Do(grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                          const Req& request) {
    return Call<PersonnelService>(admin_, method, request);
  }

  absl::Status MakeUnit(const std::string& id) {
    v1::CreateUnitRequest request;
    request.set_unit_id(id);
    request.mutable_unit()->set_display_name("示例小学");
    request.mutable_unit()->set_kind(v1::UNIT_KIND_SCHOOL);
    request.set_request_id(server_.RequestId());
    return Do(&Stub::CreateUnit, request).status();
  }
  absl::StatusOr<v1::CreatePersonResponse> MakePerson(const std::string& id,
                                                      const std::string& unit = "units/u") {
    v1::CreatePersonRequest request;
    request.set_parent(unit);
    request.set_person_id(id);
    request.mutable_person()->set_display_name("教师甲");
    request.set_request_id(server_.RequestId());
    return Do(&Stub::CreatePerson, request);
  }
  absl::StatusOr<v1::CreateDepartmentResponse> MakeDepartment(const std::string& id,
                                                              const std::string& parent = "",
                                                              const std::string& head = "") {
    v1::CreateDepartmentRequest request;
    request.set_parent("units/u");
    request.set_department_id(id);
    request.mutable_department()->set_display_name("教导处");
    request.mutable_department()->set_kind(v1::DEPARTMENT_KIND_OFFICE);
    if (!parent.empty()) request.mutable_department()->set_parent(DepartmentName(parent));
    if (!head.empty()) request.mutable_department()->set_head("units/u/persons/" + head);
    request.set_request_id(server_.RequestId());
    return Do(&Stub::CreateDepartment, request);
  }
  absl::StatusOr<v1::CreatePostResponse> MakePost(const std::string& id,
                                                  const std::string& department,
                                                  const std::vector<PostFunction>& functions = {}) {
    v1::CreatePostRequest request;
    request.set_parent("units/u");
    request.set_post_id(id);
    request.mutable_post()->set_display_name("考务员");
    if (!department.empty()) request.mutable_post()->set_department(DepartmentName(department));
    for (const PostFunction function : functions) request.mutable_post()->add_functions(function);
    request.set_request_id(server_.RequestId());
    return Do(&Stub::CreatePost, request);
  }
  absl::StatusOr<v1::CreateAppointmentResponse> Appoint(const std::string& person,
                                                        const std::string& post, int start_year,
                                                        int end_year) {
    v1::CreateAppointmentRequest request;
    request.set_parent("units/u");
    auto* appointment = request.mutable_appointment();
    appointment->set_person("units/u/persons/" + person);
    appointment->set_post("units/u/posts/" + post);
    appointment->mutable_start_date()->set_year(start_year);
    appointment->mutable_start_date()->set_month(1);
    appointment->mutable_start_date()->set_day(1);
    if (end_year != 0) {
      appointment->mutable_end_date()->set_year(end_year);
      appointment->mutable_end_date()->set_month(12);
      appointment->mutable_end_date()->set_day(31);
    }
    request.set_request_id(server_.RequestId());
    return Do(&Stub::CreateAppointment, request);
  }
  template <class Req, class Resp>
  absl::StatusOr<Resp> Archive(grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&,
                                                            Resp*),
                               const std::string& name) {
    Req request;
    request.set_name(name);
    request.set_request_id(server_.RequestId());
    return Do(method, request);
  }
  // How many records the unit has of a kind, on the first page of a list.
  template <class Req, class Resp>
  int CountOf(grpc::Status (Stub::*list)(grpc::ClientContext*, const Req&, Resp*), Req request) {
    request.set_parent("units/u");
    const auto listed = Do(list, request);
    EXPECT_THAT(listed, IsOk());
    if (!listed.ok()) return -1;
    return listed->GetReflection()->FieldSize(*listed, Resp::descriptor()->field(0));
  }

  static std::string DepartmentName(const std::string& id) { return "units/u/departments/" + id; }

  // Runs an import of CSV files, each in pieces of a few bytes more than a line.
  absl::StatusOr<v1::ImportDirectoryResponse> Import(
      const std::vector<std::pair<v1::DirectoryFile, std::string>>& files, bool validate_only,
      const std::string& request_id) {
    const auto stub = PersonnelService::NewStub(admin_.channel());
    grpc::ClientContext context;
    LF_RETURN_IF_ERROR(admin_.Prepare(context, absl::Seconds(20)));
    v1::ImportDirectoryResponse response;
    const auto writer = stub->ImportDirectory(&context, &response);
    v1::ImportDirectoryRequest message;
    message.mutable_options()->set_parent("units/u");
    message.mutable_options()->set_validate_only(validate_only);
    message.mutable_options()->set_request_id(request_id);
    writer->Write(message);
    for (const auto& [file, bytes] : files) {
      for (size_t at = 0; at < bytes.size(); at += 1000) {
        message.mutable_csv()->set_file(file);
        message.mutable_csv()->set_data(bytes.substr(at, 1000));
        writer->Write(message);
      }
    }
    writer->WritesDone();
    const grpc::Status status = writer->Finish();
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  // Personnel follows grading's decisions; here nobody makes any.
  TestServer server_{
      {PersonnelModule(), {.name = "grading", .schemas = {}, .wire = [](server::ModuleContext&) {
                             return absl::OkStatus();
                           }}}};
  client::Client& admin_ = server_.As("units/u/persons/admin", {"administrator"});
};

// A file of the source tree.
std::string ReadFile(absl::string_view path) {
  std::ifstream in(absl::StrCat(LIANFANG_SOURCE_DIR, "/", path), std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string ReadSample(absl::string_view name) {
  return ReadFile(absl::StrCat("deploy/sample/directory/", name));
}

google::rpc::BadRequest ViolationsOf(const absl::Status& error) {
  google::rpc::BadRequest bad;
  const google::rpc::Status wire = ToRpcStatus(error);
  for (const auto& detail : wire.details()) {
    if (detail.Is<google::rpc::BadRequest>()) detail.UnpackTo(&bad);
  }
  return bad;
}

TEST_F(PersonnelHandlerTest, NothingIsInAUnitThatIsNotThere) {
  EXPECT_THAT(MakePerson("p", "units/nowhere"), FailsWith(ERROR_REASON_REFERENCE_NOT_FOUND));
  EXPECT_THAT(MakeUnit("u"), FailsWith(ERROR_REASON_RESOURCE_EXISTS));
}

TEST_F(PersonnelHandlerTest, ReferencesMustExistAndBeInUse) {
  ASSERT_THAT(MakePerson("p"), IsOk());
  const auto made = MakeDepartment("d", "", "p");
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->department().state(), v1::RECORD_STATE_ACTIVE);
  EXPECT_EQ(made->position().service(), "personnel");
  EXPECT_THAT(MakeDepartment("e", "none"), FailsWith(ERROR_REASON_REFERENCE_NOT_FOUND));
  EXPECT_THAT(MakeDepartment("e", "", "none"), FailsWith(ERROR_REASON_REFERENCE_NOT_FOUND));
  EXPECT_THAT(MakeDepartment("e", "e"), FailsWith(ERROR_REASON_DEPARTMENT_CYCLE));
  EXPECT_THAT(MakePost("x", "none"), FailsWith(ERROR_REASON_REFERENCE_NOT_FOUND));
  EXPECT_THAT(MakePost("x", "d", {POST_FUNCTION_FINANCE, POST_FUNCTION_FINANCE}),
              FailsWith(ERROR_REASON_INVALID_FIELD));
  ASSERT_THAT(MakePost("x", "d", {POST_FUNCTION_FINANCE}), IsOk());
  EXPECT_THAT(Appoint("p", "x", 2026, 2025), FailsWith(ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(Appoint("none", "x", 2026, 0), FailsWith(ERROR_REASON_REFERENCE_NOT_FOUND));
  ASSERT_THAT(MakePost("old", ""), IsOk());
  ASSERT_THAT(Archive(&Stub::ArchivePost, "units/u/posts/old"), IsOk());
  EXPECT_THAT(Appoint("p", "old", 2026, 0), FailsWith(ERROR_REASON_REFERENCE_NOT_FOUND));
}

TEST_F(PersonnelHandlerTest, UpdateMakesNoCycle) {
  ASSERT_THAT(MakeDepartment("a"), IsOk());
  ASSERT_THAT(MakeDepartment("b", "a"), IsOk());
  const auto c = MakeDepartment("c", "b");
  ASSERT_THAT(c, IsOk());
  v1::UpdateDepartmentRequest request;
  request.mutable_department()->set_name(DepartmentName("a"));
  request.mutable_department()->set_display_name("教导处");
  request.mutable_department()->set_kind(v1::DEPARTMENT_KIND_OFFICE);
  request.mutable_department()->set_parent(DepartmentName("c"));
  request.mutable_update_mask()->add_paths("parent");
  request.set_request_id(server_.RequestId());
  EXPECT_THAT(Do(&Stub::UpdateDepartment, request), FailsWith(ERROR_REASON_DEPARTMENT_CYCLE));
  *request.mutable_department() = c->department();
  request.mutable_department()->set_parent(DepartmentName("a"));
  request.set_request_id(server_.RequestId());
  const auto moved = Do(&Stub::UpdateDepartment, request);
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->department().parent(), DepartmentName("a"));
  // The etag that was read before is stale now.
  request.set_request_id(server_.RequestId());
  EXPECT_THAT(Do(&Stub::UpdateDepartment, request), FailsWith(ERROR_REASON_ETAG_MISMATCH));
}

TEST_F(PersonnelHandlerTest, WhatIsInUseIsNotArchived) {
  ASSERT_THAT(MakePerson("p"), IsOk());
  ASSERT_THAT(MakePerson("q"), IsOk());
  ASSERT_THAT(MakeDepartment("d", "", "q"), IsOk());
  ASSERT_THAT(MakeDepartment("below", "d"), IsOk());
  ASSERT_THAT(MakePost("x", "below"), IsOk());
  const auto appointment = Appoint("p", "x", 2020, 0);
  ASSERT_THAT(appointment, IsOk());
  // It ended before the server's today, so it holds nobody back.
  ASSERT_THAT(Appoint("p", "x", 2010, 2015), IsOk());

  EXPECT_THAT(Archive(&Stub::ArchivePerson, "units/u/persons/p"),
              FailsWith(ERROR_REASON_STILL_IN_USE));
  EXPECT_THAT(Archive(&Stub::ArchivePerson, "units/u/persons/q"),
              FailsWith(ERROR_REASON_STILL_IN_USE));
  EXPECT_THAT(Archive(&Stub::ArchivePost, "units/u/posts/x"), FailsWith(ERROR_REASON_STILL_IN_USE));
  EXPECT_THAT(Archive(&Stub::ArchiveDepartment, DepartmentName("below")),
              FailsWith(ERROR_REASON_STILL_IN_USE));
  EXPECT_THAT(Archive(&Stub::ArchiveDepartment, DepartmentName("d")),
              FailsWith(ERROR_REASON_STILL_IN_USE));

  ASSERT_THAT(Archive(&Stub::ArchiveAppointment, appointment->appointment().name()), IsOk());
  EXPECT_THAT(Archive(&Stub::ArchiveAppointment, appointment->appointment().name()),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
  EXPECT_THAT(Archive(&Stub::ArchivePerson, "units/u/persons/p"), IsOk());
  EXPECT_THAT(Archive(&Stub::ArchivePost, "units/u/posts/x"), IsOk());
  EXPECT_THAT(Archive(&Stub::ArchiveDepartment, DepartmentName("below")), IsOk());
  EXPECT_THAT(Archive(&Stub::ArchiveDepartment, DepartmentName("d")), IsOk());
  EXPECT_THAT(Archive(&Stub::ArchivePerson, "units/u/persons/q"), IsOk());

  v1::ListPersonsRequest list;
  list.set_parent("units/u");
  auto persons = Do(&Stub::ListPersons, list);
  ASSERT_THAT(persons, IsOk());
  EXPECT_THAT(persons->persons(), IsEmpty());
  list.set_show_archived(true);
  persons = Do(&Stub::ListPersons, list);
  ASSERT_THAT(persons, IsOk());
  EXPECT_EQ(persons->persons_size(), 2);
}

TEST_F(PersonnelHandlerTest, AbsencesAreKeptWhateverIsImported) {
  ASSERT_THAT(MakePerson("p"), IsOk());
  v1::UpdatePersonRequest request;
  request.mutable_person()->set_name("units/u/persons/p");
  auto* absence = request.mutable_person()->add_absences();
  absence->set_reason("外出培训");
  request.mutable_update_mask()->add_paths("absences");
  const auto update = [&] {
    request.set_request_id(server_.RequestId());
    return Do(&Stub::UpdatePerson, request);
  };
  EXPECT_THAT(update(), FailsWith(ERROR_REASON_REQUIRED_FIELD));
  auto* day = absence->mutable_start_date();
  day->set_year(2026);
  day->set_month(5);
  day->set_day(13);
  *absence->mutable_end_date() = *day;
  absence->mutable_end_date()->set_day(12);
  EXPECT_THAT(update(), FailsWith(ERROR_REASON_INVALID_FIELD));
  absence->mutable_end_date()->set_day(13);
  const auto stored = update();
  ASSERT_THAT(stored, IsOk());
  ASSERT_EQ(stored->person().absences_size(), 1);
  EXPECT_EQ(stored->person().display_name(), "教师甲");

  const std::string file = "code,name\np,教师乙\n";
  ASSERT_THAT(Import({{v1::DIRECTORY_FILE_PERSONS, file}}, false, server_.RequestId()), IsOk());
  v1::GetPersonRequest get;
  get.set_name("units/u/persons/p");
  const auto imported = Do(&Stub::GetPerson, get);
  ASSERT_THAT(imported, IsOk());
  EXPECT_EQ(imported->person().display_name(), "教师乙");
  EXPECT_EQ(imported->person().absences_size(), 1);
  // The same file again is no change.
  const auto again = Import({{v1::DIRECTORY_FILE_PERSONS, file}}, false, server_.RequestId());
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->unchanged_count(), 1);
}

TEST_F(PersonnelHandlerTest, UnitsAreListedAsFarAsTheIdentityCoversThem) {
  for (const char* id : {"a", "b", "c"}) ASSERT_THAT(MakeUnit(id), IsOk());
  const auto list = [&](client::Client& client, int page_size) {
    std::vector<std::string> names;
    v1::ListUnitsRequest request;
    request.set_page_size(page_size);
    for (int page = 0; page < 10; ++page) {
      const auto answer = Call<PersonnelService>(client, &Stub::ListUnits, request);
      EXPECT_THAT(answer, IsOk());
      if (!answer.ok()) break;
      EXPECT_LE(answer->units_size(), page_size);
      for (const auto& unit : answer->units()) names.push_back(unit.name());
      request.set_page_token(answer->next_page_token());
      if (request.page_token().empty()) break;
    }
    return names;
  };
  EXPECT_THAT(list(admin_, 2), ElementsAre("units/a", "units/b", "units/c", "units/u"));
  EXPECT_THAT(list(admin_, 4), ElementsAre("units/a", "units/b", "units/c", "units/u"));
  auto& some = server_.As("units/u/persons/x", {"administrator"}, {"u", "b", "not-made", "b"});
  EXPECT_THAT(list(some, 1), ElementsAre("units/b", "units/u"));
}

TEST_F(PersonnelHandlerTest, SampleDirectoryIsImportedOnce) {
  const std::vector<std::pair<v1::DirectoryFile, std::string>> files = {
      {v1::DIRECTORY_FILE_DEPARTMENTS, ReadSample("departments.csv")},
      {v1::DIRECTORY_FILE_POSTS, ReadSample("posts.csv")},
      {v1::DIRECTORY_FILE_PERSONS, ReadSample("persons.csv")},
      {v1::DIRECTORY_FILE_APPOINTMENTS, ReadSample("appointments.csv")},
      {v1::DIRECTORY_FILE_LEADING_GROUP, ReadSample("leading_group.csv")}};
  auto answer = Import(files, true, server_.RequestId());
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->created_count(), 176);
  EXPECT_FALSE(answer->has_position());
  v1::GetPostRequest get;
  get.set_name("units/u/posts/principal");
  EXPECT_THAT(Do(&Stub::GetPost, get), FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));

  const std::string request_id = server_.RequestId();
  answer = Import(files, false, request_id);
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->created_count(), 176);
  EXPECT_EQ(answer->position().sequence(), 2);
  EXPECT_THAT(Do(&Stub::GetPost, get), IsOk());

  const auto repeated = Import(files, false, request_id);
  ASSERT_THAT(repeated, IsOk());
  EXPECT_EQ(repeated->SerializeAsString(), answer->SerializeAsString());
  answer = Import(files, false, server_.RequestId());
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->unchanged_count(), 176);
  EXPECT_EQ(answer->created_count(), 0);
  EXPECT_FALSE(answer->has_position());
}

TEST_F(PersonnelHandlerTest, RejectedImportChangesNothingAndListsItsProblems) {
  std::string persons = "code,name\ngood,教师甲\n";
  for (int i = 0; i < 300; ++i) absl::StrAppend(&persons, "无效代码", i, ",教师乙\n");
  const auto answer = Import({{v1::DIRECTORY_FILE_PERSONS, persons}}, false, server_.RequestId());
  ASSERT_THAT(answer, FailsWith(ERROR_REASON_IMPORT_REJECTED));
  const google::rpc::BadRequest bad = ViolationsOf(answer.status());
  ASSERT_EQ(bad.field_violations_size(), 12);
  EXPECT_EQ(bad.field_violations(0).field(), "persons:3:code");
  // What an error has no room for, validation lists.
  const auto listed = Import({{v1::DIRECTORY_FILE_PERSONS, persons}}, true, server_.RequestId());
  ASSERT_THAT(listed, IsOk());
  ASSERT_EQ(listed->problems_size(), 300);
  EXPECT_EQ(listed->problems(299).file(), "persons");
  EXPECT_EQ(listed->problems(299).line(), 302);
  EXPECT_EQ(listed->problems(299).column(), "code");
  v1::GetPersonRequest get;
  get.set_name("units/u/persons/good");
  EXPECT_THAT(Do(&Stub::GetPerson, get), FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
}

// What is wrong in a file is named by file, line and column, and nothing of it comes in.
TEST_F(PersonnelHandlerTest, BadFilesAreRefusedForTheirFault) {
  struct Case {
    const char* name;
    v1::DirectoryFile file;
    const char* field;
  };
  for (const Case& c :
       {Case{"departments_cycle", v1::DIRECTORY_FILE_DEPARTMENTS, "departments:2:parent"},
        Case{"posts_unmatched_quote", v1::DIRECTORY_FILE_POSTS, "posts:3:duties"},
        Case{"posts_missing_column", v1::DIRECTORY_FILE_POSTS, "posts:1:functions"},
        Case{"posts_duplicate_code", v1::DIRECTORY_FILE_POSTS, "posts:4:code"},
        Case{"posts_invalid_bytes", v1::DIRECTORY_FILE_POSTS, "posts:3:name"}}) {
    SCOPED_TRACE(c.name);
    const auto answer =
        Import({{c.file, ReadFile(absl::StrCat("tests/data/bad/", c.name, ".csv"))}}, false,
               server_.RequestId());
    ASSERT_THAT(answer, FailsWith(ERROR_REASON_IMPORT_REJECTED));
    EXPECT_EQ(ViolationsOf(answer.status()).field_violations(0).field(), c.field);
  }
  EXPECT_EQ(CountOf(&Stub::ListDepartments, v1::ListDepartmentsRequest()), 0);
  EXPECT_EQ(CountOf(&Stub::ListPosts, v1::ListPostsRequest()), 0);
}

// A caller who goes away in the middle of a file has changed nothing, whatever arrived before.
TEST_F(PersonnelHandlerTest, HalfAStreamChangesNothing) {
  const auto stub = PersonnelService::NewStub(admin_.channel());
  grpc::ClientContext context;
  ASSERT_THAT(admin_.Prepare(context, absl::Seconds(20)), IsOk());
  v1::ImportDirectoryResponse response;
  const auto writer = stub->ImportDirectory(&context, &response);
  v1::ImportDirectoryRequest message;
  message.mutable_options()->set_parent("units/u");
  message.mutable_options()->set_request_id(server_.RequestId());
  ASSERT_TRUE(writer->Write(message));
  message.mutable_csv()->set_file(v1::DIRECTORY_FILE_PERSONS);
  message.mutable_csv()->set_data("code,name\ngood,教师甲\nhalf,教");
  ASSERT_TRUE(writer->Write(message));
  context.TryCancel();
  EXPECT_EQ(writer->Finish().error_code(), grpc::StatusCode::CANCELLED);
  // What comes after it is number 2 of the ledger, so the broken stream left no entry.
  const auto after = MakePerson("after");
  ASSERT_THAT(after, IsOk());
  EXPECT_EQ(after->position().sequence(), 2);
  EXPECT_EQ(CountOf(&Stub::ListPersons, v1::ListPersonsRequest()), 1);
}

TEST_F(PersonnelHandlerTest, AnEmptyStreamIsIncomplete) {
  const auto stub = PersonnelService::NewStub(admin_.channel());
  grpc::ClientContext context;
  ASSERT_THAT(admin_.Prepare(context, absl::Seconds(20)), IsOk());
  v1::ImportDirectoryResponse response;
  const auto writer = stub->ImportDirectory(&context, &response);
  writer->WritesDone();
  EXPECT_THAT(rpc::FromGrpc(writer->Finish()), FailsWith(ERROR_REASON_INCOMPLETE_STREAM));
}

}  // namespace
}  // namespace lianfang::personnel
