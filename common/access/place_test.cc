#include "common/access/place.h"

#include "common/directory/directory_test_db.h"
#include "gmock/gmock.h"
#include "lianfang/personnel/v1/personnel.pb.h"

namespace lianfang::access {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PlaceTest : public directory::DirectoryTestDb {
 protected:
  template <class T>
  void Add(T record, const std::string& name) {
    record.set_name(name);
    record.set_state(personnel::v1::RECORD_STATE_ACTIVE);
    content_.add_resources()->PackFrom(record);
  }
  void AddDepartment(const std::string& id, const std::string& parent, const std::string& head,
                     const std::string& leader) {
    personnel::v1::Department department;
    if (!parent.empty()) department.set_parent("units/a/departments/" + parent);
    if (!head.empty()) department.set_head("units/a/persons/" + head);
    if (!leader.empty()) department.set_vice_principal("units/a/persons/" + leader);
    Add(department, "units/a/departments/" + id);
  }
  // Ended on the day before today, or open.
  void Appoint(const std::string& id, const std::string& person, const std::string& post,
               bool ended) {
    personnel::v1::Appointment appointment;
    appointment.set_person("units/a/persons/" + person);
    appointment.set_post("units/a/posts/" + post);
    appointment.mutable_start_date()->set_year(2025);
    appointment.mutable_start_date()->set_month(9);
    appointment.mutable_start_date()->set_day(1);
    if (ended) {
      appointment.mutable_end_date()->set_year(2026);
      appointment.mutable_end_date()->set_month(5);
      appointment.mutable_end_date()->set_day(12);
    }
    Add(appointment, "units/a/appointments/" + id);
  }
  Place Of(const std::string& subject) {
    auto place = PlaceOf(reader(), "a", subject, absl::FromUnixSeconds(1'778'630'400));
    EXPECT_TRUE(place.ok()) << place.status();
    return place.ok() ? *place : Place();
  }

  ledger::v1::EntryContent content_;
};

TEST_F(PlaceTest, FollowsTheDirectoryOfToday) {
  AddDepartment("affairs", "", "head", "leader");
  AddDepartment("stores", "affairs", "keeper", "");
  AddDepartment("teaching", "", "", "other");
  for (const char* id : {"buyer", "teacher"}) {
    personnel::v1::Post post;
    post.set_department(id == std::string("buyer") ? "units/a/departments/affairs"
                                                   : "units/a/departments/teaching");
    Add(post, std::string("units/a/posts/") + id);
  }
  for (const char* id : {"head", "leader", "keeper", "other", "wang"}) {
    Add(personnel::v1::Person(), std::string("units/a/persons/") + id);
  }
  Appoint("one", "wang", "buyer", false);
  Appoint("two", "wang", "teacher", true);
  ASSERT_TRUE(Apply("a", content_).ok());

  EXPECT_THAT(Of("units/a/persons/head").heads, ElementsAre("units/a/departments/affairs"));
  EXPECT_THAT(Of("units/a/persons/head").in_charge, IsEmpty());
  // What has no leader of its own is the leader's above.
  EXPECT_THAT(Of("units/a/persons/leader").in_charge,
              ElementsAre("units/a/departments/affairs", "units/a/departments/stores"));
  // An appointment that has ended gives nothing.
  const Place wang = Of("units/a/persons/wang");
  EXPECT_THAT(wang.posts, ElementsAre("units/a/posts/buyer"));
  EXPECT_THAT(wang.departments, ElementsAre("units/a/departments/affairs"));
  EXPECT_THAT(wang.heads, IsEmpty());
  // Programs, and persons of other units, stand nowhere.
  EXPECT_THAT(Of("services/office").heads, IsEmpty());
  EXPECT_THAT(Of("units/b/persons/head").heads, IsEmpty());
}

}  // namespace
}  // namespace lianfang::access
