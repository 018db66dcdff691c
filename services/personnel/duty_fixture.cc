#include "services/personnel/duty_fixture.h"

#include <future>

#include "common/directory/date.h"
#include "services/personnel/module.h"

namespace lianfang::personnel {
namespace {

constexpr EmbeddedFile kReviewSchema[] = {
    {"0001_reviews.sql",
     "CREATE TABLE reviews (unit_id {ID} NOT NULL, id {ID} NOT NULL, sequence {INT} NOT NULL, "
     "body {BYTES} NOT NULL, PRIMARY KEY (unit_id, id)) {OPTIONS};\n"}};

const store::RecordKind& ReviewKind() {
  static const auto& kind = *new store::RecordKind(
      "reviews", "reviews", grading::v1::Review::default_instance(), std::vector<std::string>());
  return kind;
}

std::string Person(const std::string& id) { return "units/u/persons/" + id; }

google::type::Date January(int year) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(1);
  date.set_day(1);
  return date;
}

}  // namespace

DutyFixture::DutyFixture()
    : server_({PersonnelModule(),
               {.name = "grading",
                .schemas = {{"reviews", kReviewSchema}},
                .wire = [this](server::ModuleContext& context) {
                  grading_ = &context.service();
                  return absl::OkStatus();
                }}}) {
  grading_at_.set_unit("units/u");
  grading_at_.set_service("grading");

  v1::CreateUnitRequest unit;
  unit.set_unit_id("u");
  unit.mutable_unit()->set_display_name("示例小学");
  unit.mutable_unit()->set_kind(v1::UNIT_KIND_SCHOOL);
  EXPECT_THAT(Keep(&Directory::CreateUnit, unit), IsOk());
  for (const std::string id : {"principal", "vp", "head", "buyer", "clerk"}) {
    v1::CreatePersonRequest person;
    person.set_parent("units/u");
    person.set_person_id(id);
    person.mutable_person()->set_display_name("教师");
    EXPECT_THAT(Keep(&Directory::CreatePerson, person), IsOk());
  }
  v1::CreateDepartmentRequest department;
  department.set_parent("units/u");
  department.set_department_id("affairs");
  department.mutable_department()->set_display_name("总务处");
  department.mutable_department()->set_kind(v1::DEPARTMENT_KIND_OFFICE);
  department.mutable_department()->set_head(Person("head"));
  department.mutable_department()->set_vice_principal(Person("vp"));
  EXPECT_THAT(Keep(&Directory::CreateDepartment, department), IsOk());
  for (const std::string id : {"principal", "vp", "head", "buyer"}) {
    v1::CreatePostRequest post;
    post.set_parent("units/u");
    post.set_post_id(id);
    post.mutable_post()->set_display_name("岗位" + id);
    post.mutable_post()->set_principal_responsible(id == "principal");
    if (id == "head" || id == "buyer") {
      post.mutable_post()->set_department("units/u/departments/affairs");
    }
    EXPECT_THAT(Keep(&Directory::CreatePost, post), IsOk());
    Appoint(id, id);
  }
}

client::Client& DutyFixture::As(const std::string& who) {
  if (who == "office") return server_.As("services/office", {"control_office"}, {"u"});
  if (who == "admin") return server_.As("services/admin", {"administrator"});
  std::vector<std::string> roles = {"staff"};
  if (who == "head") roles.push_back("department_head");
  if (who == "vp") roles.push_back("vice_principal");
  if (who == "principal") roles.push_back("principal");
  return server_.As(Person(who), roles, {"u"});
}

void DutyFixture::Appoint(const std::string& person, const std::string& post) {
  v1::CreateAppointmentRequest request;
  request.set_parent("units/u");
  request.mutable_appointment()->set_person(Person(person));
  request.mutable_appointment()->set_post("units/u/posts/" + post);
  *request.mutable_appointment()->mutable_start_date() = January(2020);
  EXPECT_THAT(Keep(&Directory::CreateAppointment, request), IsOk());
}

void DutyFixture::SendAway(const std::string& person) {
  v1::UpdatePersonRequest request;
  request.mutable_person()->set_name(Person(person));
  auto* absence = request.mutable_person()->add_absences();
  *absence->mutable_start_date() =
      directory::DateOf(server_.clock().Now(), directory::SchoolTimeZone());
  *absence->mutable_end_date() = absence->start_date();
  absence->set_reason("外出培训");
  request.mutable_update_mask()->add_paths("absences");
  EXPECT_THAT(Keep(&Directory::UpdatePerson, request), IsOk());
}

v1::CreatePostDutyRequest DutyFixture::NewDuty(const std::string& post) {
  v1::CreatePostDutyRequest request;
  request.set_parent("units/u");
  request.set_post_duty_id(post + "-2026");
  request.set_request_id(server_.RequestId());
  v1::PostDuty& duty = *request.mutable_post_duty();
  duty.set_post("units/u/posts/" + post);
  duty.set_year(2026);
  duty.add_items("组织物资采购，执行询价和验收制度。");
  duty.add_items("保管采购合同。");
  duty.set_requirements("熟悉采购制度。");
  return request;
}

absl::StatusOr<v1::PostDuty> DutyFixture::Create(const std::string& who, const std::string& post) {
  LF_ASSIGN_OR_RETURN(const auto response, Call(who, &Duties::CreatePostDuty, NewDuty(post)));
  return response.post_duty();
}

v1::PostDuty DutyFixture::Submitted(const std::string& who, const std::string& post) {
  EXPECT_THAT(Create(who, post), IsOk());
  const auto duty = Submit(who, post);
  EXPECT_THAT(duty, IsOk());
  return duty.ok() ? *duty : v1::PostDuty();
}

v1::PostDuty DutyFixture::Approved(const std::string& who, const std::string& post) {
  Decide(Submitted(who, post), grading::v1::REVIEW_STATE_APPROVED);
  v1::PostDuty duty = Duty(post);
  EXPECT_EQ(duty.state(), v1::POST_DUTY_STATE_APPROVED);
  return duty;
}

v1::PostDuty DutyFixture::Duty(const std::string& post) {
  v1::GetPostDutyRequest request;
  request.set_name(DutyName(post));
  if (grading_at_.sequence() > 0) *request.add_not_before() = grading_at_;
  const auto response = Call("buyer", &Duties::GetPostDuty, request);
  EXPECT_THAT(response, IsOk());
  return response.ok() ? response->post_duty() : v1::PostDuty();
}

grading::v1::Review DutyFixture::ReviewOf(const v1::PostDuty& duty,
                                          grading::v1::ReviewState state) {
  grading::v1::Review review;
  review.set_name(duty.review());
  review.set_record(duty.name());
  review.set_record_kind(grading::v1::RECORD_KIND_POST_DUTY);
  review.set_revision(duty.revision());
  review.set_revision_digest(duty.revision_digest());
  review.set_state(state);
  return review;
}

void DutyFixture::Decide(const v1::PostDuty& duty, grading::v1::ReviewState state,
                         const std::string& comment) {
  grading::v1::Review review = ReviewOf(duty, state);
  review.add_decisions()->set_comment("较早的意见");
  review.add_decisions()->set_comment(comment);
  PutReview(review);
}

void DutyFixture::PutReview(const grading::v1::Review& review) {
  std::promise<int64_t> written;
  store::Mutation mutation;
  mutation.unit_id = "u";
  mutation.actor = std::make_shared<auth::Identity>(auth::Identity{.subject = "services/test"});
  mutation.method = "test";
  mutation.apply = [&](store::WriteTx& tx) {
    grading::v1::Review copy = review;
    return tx.Put(ReviewKind(), copy);
  };
  mutation.done = [&](absl::StatusOr<store::Committed> outcome) {
    EXPECT_THAT(outcome, IsOk());
    written.set_value(outcome.ok() ? outcome->sequence : -1);
  };
  grading_->writer->Submit(std::move(mutation));
  grading_at_.set_sequence(written.get_future().get());
}

}  // namespace lianfang::personnel
