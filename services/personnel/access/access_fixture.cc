#include "services/personnel/access/access_fixture.h"

#include "common/directory/date.h"
#include "services/personnel/module.h"

namespace lianfang::personnel {
namespace {

// Personnel follows grading; here nothing is reviewed.
server::ModuleSpec QuietGrading() {
  return {.name = "grading", .wire = [](server::ModuleContext&) { return absl::OkStatus(); }};
}

google::type::Date January(int year) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(1);
  date.set_day(1);
  return date;
}

}  // namespace

std::vector<server::ModuleSpec> AccessFixture::Modules() {
  return {PersonnelModule(crypto::LowestPasswordCost()), QuietGrading()};
}

AccessFixture::AccessFixture(const config::v1::ServerConfig& config) : server_(Modules(), config) {
  v1::CreateUnitRequest unit;
  unit.set_unit_id("u");
  unit.mutable_unit()->set_display_name("示例小学");
  unit.mutable_unit()->set_kind(v1::UNIT_KIND_SCHOOL);
  EXPECT_THAT(Direct(&Directory::CreateUnit, unit), IsOk());
  for (const std::string id : {"principal", "vp", "head", "clerk", "ops", "keeper"}) {
    v1::CreatePersonRequest person;
    person.set_parent("units/u");
    person.set_person_id(id);
    person.mutable_person()->set_display_name("教师");
    EXPECT_THAT(Direct(&Directory::CreatePerson, person), IsOk());
  }
  v1::CreateDepartmentRequest department;
  department.set_parent("units/u");
  department.set_department_id("affairs");
  department.mutable_department()->set_display_name("总务处");
  department.mutable_department()->set_kind(v1::DEPARTMENT_KIND_OFFICE);
  department.mutable_department()->set_head(PersonName("head"));
  department.mutable_department()->set_vice_principal(PersonName("vp"));
  EXPECT_THAT(Direct(&Directory::CreateDepartment, department), IsOk());
  for (const std::string id : {"principal", "vp", "head", "clerk"}) {
    v1::CreatePostRequest post;
    post.set_parent("units/u");
    post.set_post_id(id);
    post.mutable_post()->set_display_name("岗位" + id);
    post.mutable_post()->set_principal_responsible(id == "principal");
    EXPECT_THAT(Direct(&Directory::CreatePost, post), IsOk());
    v1::CreateAppointmentRequest appointment;
    appointment.set_parent("units/u");
    appointment.set_appointment_id(id);
    appointment.mutable_appointment()->set_person(PersonName(id));
    appointment.mutable_appointment()->set_post("units/u/posts/" + id);
    *appointment.mutable_appointment()->mutable_start_date() = January(2020);
    EXPECT_THAT(Direct(&Directory::CreateAppointment, appointment), IsOk());
  }
  for (const auto& [person, role] : {std::pair("principal", v1::LEADING_GROUP_ROLE_LEADER),
                                     std::pair("clerk", v1::LEADING_GROUP_ROLE_OFFICE_MEMBER)}) {
    v1::CreateLeadingGroupMemberRequest member;
    member.set_parent("units/u");
    member.mutable_leading_group_member()->set_person(PersonName(person));
    member.mutable_leading_group_member()->set_role(role);
    EXPECT_THAT(Direct(&Directory::CreateLeadingGroupMember, member), IsOk());
  }
}

v1::CreateAccountRequest AccessFixture::NewAccount(const std::string& person,
                                                   const std::vector<std::string>& roles) {
  v1::CreateAccountRequest request;
  request.set_parent("units/u");
  request.set_account_id(person);
  request.mutable_account()->set_kind(v1::ACCOUNT_KIND_PERSON);
  request.mutable_account()->set_person(PersonName(person));
  for (const std::string& role : roles) request.mutable_account()->add_roles(role);
  request.set_first_password(kFirst);
  return request;
}

v1::Tokens AccessFixture::Ready(const std::string& person, const std::vector<std::string>& roles) {
  EXPECT_THAT(Keep(&Access::CreateAccount, NewAccount(person, roles)), IsOk());
  const auto tokens = SignIn(person, kFirst, "", kPassword);
  EXPECT_THAT(tokens, IsOk());
  return tokens.ok() ? *tokens : v1::Tokens();
}

absl::StatusOr<v1::Tokens> AccessFixture::SignIn(const std::string& id, const std::string& password,
                                                 const std::string& code,
                                                 const std::string& new_password) {
  v1::LoginRequest request;
  request.set_account(Name(id));
  request.set_password(password);
  request.set_totp_code(code);
  request.set_new_password(new_password);
  LF_ASSIGN_OR_RETURN(const auto response, Call(Nobody(), &Access::Login, request));
  return response.tokens();
}

absl::StatusOr<v1::Tokens> AccessFixture::Refresh(const v1::Tokens& tokens) {
  v1::RefreshTokenRequest request;
  request.set_session(tokens.session());
  request.set_refresh_token(tokens.refresh_token());
  LF_ASSIGN_OR_RETURN(const auto response, Call(Nobody(), &Access::RefreshToken, request));
  return response.tokens();
}

absl::Status AccessFixture::Use(const v1::Tokens& tokens) {
  v1::ListSessionsRequest request;
  request.set_parent(tokens.session().substr(0, tokens.session().find("/sessions/")));
  return Call(With(tokens), &Access::ListSessions, request).status();
}

absl::Status AccessFixture::UseAsStaff(const v1::Tokens& tokens) {
  v1::ListPostsRequest request;
  request.set_parent("units/u");
  return testing::Call<v1::PersonnelService>(With(tokens), &Directory::ListPosts, request).status();
}

v1::Account AccessFixture::AccountNow(const std::string& id) {
  v1::GetAccountRequest request;
  request.set_name(Name(id));
  const auto response = Call(Admin(), &Access::GetAccount, request);
  EXPECT_THAT(response, IsOk());
  return response.ok() ? response->account() : v1::Account();
}

absl::StatusOr<v1::Account> AccessFixture::Update(v1::Account account) {
  v1::UpdateAccountRequest request;
  *request.mutable_account() = std::move(account);
  LF_ASSIGN_OR_RETURN(const auto response, Keep(&Access::UpdateAccount, request));
  return response.account();
}

void AccessFixture::EndAppointment(const std::string& person) {
  v1::UpdateAppointmentRequest request;
  request.mutable_appointment()->set_name("units/u/appointments/" + person);
  *request.mutable_appointment()->mutable_end_date() =
      directory::DateOf(server_.clock().Now() - absl::Hours(24), directory::SchoolTimeZone());
  request.mutable_update_mask()->add_paths("end_date");
  EXPECT_THAT(Direct(&Directory::UpdateAppointment, request), IsOk());
}

}  // namespace lianfang::personnel
