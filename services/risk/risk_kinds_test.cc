#include "services/risk/risk_kinds.h"

#include <string>
#include <utility>
#include <vector>

#include "common/directory/directory_kinds.h"
#include "common/sql/migrate.h"
#include "common/testing/test_database.h"
#include "common/testing/test_server.h"
#include "gtest/gtest.h"

namespace lianfang::risk {
namespace {

TEST(RiskKindsTest, RevisionsHaveIdsInTheOrderOfTheirNumbers) {
  EXPECT_EQ(RevisionId("units/a/selfChecks/sc/revisions/3"), "sc/0000000003");
  EXPECT_LT(RevisionId("units/a/selfChecks/sc/revisions/9"),
            RevisionId("units/a/selfChecks/sc/revisions/10"));
  EXPECT_EQ(SelfCheckRevisionKind().IdOf("units/a/selfChecks/sc/revisions/3"), "sc/0000000003");
  EXPECT_EQ(SelfCheckKind().IdOf("units/a/selfChecks/sc"), "sc");
}

TEST(RiskKindsTest, OtherNamesAreNoRevisions) {
  for (const std::string name :
       {"", "units/a", "units/a/selfChecks/sc", "units/a/selfChecks/sc/revisions",
        "units/a/selfChecks/sc/revisions/", "units/a/selfChecks/sc/revisions/0",
        "units/a/selfChecks/sc/revisions/03", "units/a/selfChecks/sc/revisions/-3",
        "units/a/selfChecks/sc/revisions/3/x", "units/a/selfChecks/sc/others/3",
        "units/a/selfChecks//revisions/3", "units/a/riskPoints/sc/revisions/3",
        "units/a/selfChecks/sc/revisions/99999999999"}) {
    EXPECT_EQ(RevisionId(name), "") << name;
  }
}

// A database of the first release: its points are about no power, and go on being written.
TEST(RiskKindsTest, PointsOfTheFirstSchemaAreAboutNoPower) {
  const testing::TempFolder folder;
  const auto database = testing::OpenTestDatabase(folder.path());
  const auto connection = database->Connect();
  ASSERT_TRUE(connection.ok()) << connection.status();
  ASSERT_TRUE(sql::Migrate(*database, "directory", directory::Schema()).ok());
  ASSERT_TRUE(sql::Migrate(*database, "risk", Schema().first(1)).ok());
  const auto insert = [&](const std::string& columns, const std::string& values) {
    return (*connection)
        ->Execute(
            "INSERT INTO risk_points (unit_id, id, sequence, body, layer, owner, year, state" +
                columns + ") VALUES (" + values + ")",
            {})
        .status();
  };
  ASSERT_TRUE(insert("", "'a', 'old', 1, '', 2, 'units/a/departments/x', 2026, 4").ok());
  ASSERT_TRUE(sql::Migrate(*database, "risk", Schema()).ok());
  ASSERT_TRUE(insert(", power",
                     "'a', 'new', 2, '', 2, 'units/a/departments/x', 2026, 4, 'units/a/powers/p'")
                  .ok());
  std::vector<std::pair<std::string, std::string>> rows;
  ASSERT_TRUE((*connection)
                  ->Query("SELECT id, power FROM risk_points ORDER BY id", {},
                          [&](const sql::Row& row) {
                            rows.emplace_back(std::string(row.Data(0)), std::string(row.Data(1)));
                            return absl::OkStatus();
                          })
                  .ok());
  EXPECT_EQ(rows, (std::vector<std::pair<std::string, std::string>>{{"new", "units/a/powers/p"},
                                                                    {"old", ""}}));
}

}  // namespace
}  // namespace lianfang::risk
