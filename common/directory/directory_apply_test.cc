#include "common/directory/directory_apply.h"

#include "common/directory/directory_test_db.h"
#include "google/protobuf/timestamp.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"

namespace lianfang::directory {
namespace {

using DirectoryApplyTest = DirectoryTestDb;

TEST_F(DirectoryApplyTest, CopiesWholeRevisionsAndPassesOverOtherTypes) {
  personnel::v1::Unit unit;
  unit.set_name("units/u");
  unit.set_display_name("示例小学");
  personnel::v1::Person person;
  person.set_name("units/u/persons/p");
  person.set_display_name("总务处主任");
  person.set_state(personnel::v1::RECORD_STATE_ACTIVE);
  person.set_etag("e1");
  ledger::v1::EntryContent content;
  content.add_resources()->PackFrom(unit);
  content.add_resources()->PackFrom(google::protobuf::Timestamp());
  content.add_resources()->PackFrom(person);
  ASSERT_TRUE(Apply("u", content).ok());

  const auto copied_unit = reader().Get<personnel::v1::Unit>(UnitKind(), "units/u");
  ASSERT_TRUE(copied_unit.ok()) << copied_unit.status();
  EXPECT_EQ(copied_unit->display_name(), "示例小学");
  auto copied = reader().Get<personnel::v1::Person>(PersonKind(), "units/u/persons/p");
  ASSERT_TRUE(copied.ok()) << copied.status();
  EXPECT_EQ(copied->SerializeAsString(), person.SerializeAsString());

  person.set_state(personnel::v1::RECORD_STATE_ARCHIVED);
  person.set_etag("e2");
  content.clear_resources();
  content.add_resources()->PackFrom(person);
  ASSERT_TRUE(Apply("u", content).ok());
  copied = reader().Get<personnel::v1::Person>(PersonKind(), "units/u/persons/p");
  ASSERT_TRUE(copied.ok()) << copied.status();
  EXPECT_EQ(copied->etag(), "e2");
  EXPECT_EQ(copied->state(), personnel::v1::RECORD_STATE_ARCHIVED);
}

TEST_F(DirectoryApplyTest, RefusesRecordsOfOtherUnitsAndBrokenOnes) {
  personnel::v1::Person person;
  person.set_name("units/other/persons/p");
  ledger::v1::EntryContent content;
  content.add_resources()->PackFrom(person);
  EXPECT_FALSE(Apply("u", content).ok());

  content.mutable_resources(0)->set_value("\xff\xff\xff");
  EXPECT_FALSE(Apply("u", content).ok());
}

}  // namespace
}  // namespace lianfang::directory
