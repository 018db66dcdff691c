#include "services/risk/domain/change_rules.h"

#include <functional>
#include <string>

#include "gtest/gtest.h"

namespace lianfang::risk {
namespace {

using personnel::v1::Appointment;
using personnel::v1::Department;
using personnel::v1::Post;

std::vector<std::string> Owners(const std::vector<Change>& changes) {
  std::vector<std::string> owners;
  for (const Change& change : changes) {
    EXPECT_FALSE(change.source.empty());
    EXPECT_FALSE(change.reason.empty());
    owners.push_back(change.owner);
  }
  return owners;
}

Appointment Holds() {
  Appointment appointment;
  appointment.set_name("units/a/appointments/x");
  appointment.set_person("units/a/persons/p");
  appointment.set_post("units/a/posts/buyer");
  appointment.mutable_start_date()->set_year(2020);
  appointment.set_state(personnel::v1::RECORD_STATE_ACTIVE);
  return appointment;
}

TEST(ChangeRulesTest, SomebodyTookUpOrLeftAPost) {
  const std::vector<std::string> buyer = {"units/a/posts/buyer"};
  const struct {
    const char* what;
    std::function<void(Appointment&)> change;
    std::vector<std::string> owners;
  } cases[] = {
      {"nothing", [](auto&) {}, {}},
      {"etag", [](auto& a) { a.set_etag("e2"); }, {}},
      {"last day", [](auto& a) { a.mutable_end_date()->set_year(2026); }, buyer},
      {"first day", [](auto& a) { a.mutable_start_date()->set_year(2021); }, buyer},
      {"another person", [](auto& a) { a.set_person("units/a/persons/q"); }, buyer},
      {"archived", [](auto& a) { a.set_state(personnel::v1::RECORD_STATE_ARCHIVED); }, buyer},
      {"another post",
       [](auto& a) { a.set_post("units/a/posts/clerk"); },
       {"units/a/posts/clerk", "units/a/posts/buyer"}},
  };
  const Appointment old = Holds();
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    Appointment next = Holds();
    c.change(next);
    EXPECT_EQ(Owners(ChangesOf(&old, next)), c.owners);
  }
  EXPECT_EQ(Owners(ChangesOf(nullptr, Holds())), buyer);
  Appointment archived = Holds();
  archived.set_state(personnel::v1::RECORD_STATE_ARCHIVED);
  EXPECT_TRUE(ChangesOf(static_cast<const Appointment*>(nullptr), archived).empty());
  EXPECT_TRUE(ChangesOf(&archived, archived).empty());
  EXPECT_EQ(ChangesOf(nullptr, Holds())[0].cause, common::v1::MARK_CAUSE_APPOINTMENT);
}

TEST(ChangeRulesTest, FunctionsOfAPostChanged) {
  Post old;
  old.set_name("units/a/posts/buyer");
  old.set_display_name("采购员");
  old.add_functions(common::v1::POST_FUNCTION_PROCUREMENT);
  old.add_functions(common::v1::POST_FUNCTION_FINANCE);
  old.set_state(personnel::v1::RECORD_STATE_ACTIVE);
  const struct {
    const char* what;
    std::function<void(Post&)> change;
    bool changed;
  } cases[] = {
      {"nothing", [](auto&) {}, false},
      {"name", [](auto& p) { p.set_display_name("采购专员"); }, false},
      {"order of functions", [](auto& p) { p.mutable_functions()->SwapElements(0, 1); }, false},
      {"one function less", [](auto& p) { p.mutable_functions()->RemoveLast(); }, true},
      {"head of the unit", [](auto& p) { p.set_is_unit_head(true); }, true},
      {"principal responsible", [](auto& p) { p.set_principal_responsible(true); }, true},
      {"department", [](auto& p) { p.set_department("units/a/departments/x"); }, true},
      {"archived", [](auto& p) { p.set_state(personnel::v1::RECORD_STATE_ARCHIVED); }, true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    Post next = old;
    c.change(next);
    const std::vector<Change> changes = ChangesOf(&old, next);
    ASSERT_EQ(Owners(changes), c.changed ? std::vector<std::string>{"units/a/posts/buyer"}
                                         : std::vector<std::string>());
    if (c.changed) {
      EXPECT_EQ(changes[0].cause, common::v1::MARK_CAUSE_POST_FUNCTIONS);
    }
  }
  EXPECT_TRUE(ChangesOf(nullptr, old).empty());
}

TEST(ChangeRulesTest, ADepartmentIsLedByOthers) {
  Department old;
  old.set_name("units/a/departments/affairs");
  old.set_head("units/a/persons/head");
  old.set_vice_principal("units/a/persons/vp");
  old.set_state(personnel::v1::RECORD_STATE_ACTIVE);
  const struct {
    const char* what;
    std::function<void(Department&)> change;
    bool changed;
  } cases[] = {
      {"nothing", [](auto&) {}, false},
      {"name", [](auto& d) { d.set_display_name("总务处"); }, false},
      {"head", [](auto& d) { d.clear_head(); }, true},
      {"leader in charge", [](auto& d) { d.set_vice_principal("units/a/persons/x"); }, true},
      {"place", [](auto& d) { d.set_parent("units/a/departments/x"); }, true},
      {"archived", [](auto& d) { d.set_state(personnel::v1::RECORD_STATE_ARCHIVED); }, true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    Department next = old;
    c.change(next);
    const std::vector<Change> changes = ChangesOf(&old, next);
    ASSERT_EQ(changes.size(), c.changed ? 1u : 0u);
    if (c.changed) {
      EXPECT_EQ(changes[0].cause, common::v1::MARK_CAUSE_DEPARTMENT);
      EXPECT_EQ(changes[0].owner, old.name());
    }
  }
  EXPECT_TRUE(ChangesOf(nullptr, old).empty());
}

}  // namespace
}  // namespace lianfang::risk
