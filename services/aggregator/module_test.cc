#include "services/aggregator/module.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace lianfang::aggregator {
namespace {

TEST(ServesReporting, LeavesItToReporting) {
  struct Row {
    std::vector<std::string> modules;
    bool serves;
  };
  for (const Row& row :
       {Row{{}, false}, Row{{"aggregator"}, true}, Row{{"aggregator", "personnel"}, true},
        Row{{"aggregator", "reporting"}, false}}) {
    config::v1::ServerConfig config;
    for (const std::string& module : row.modules) config.add_modules(module);
    EXPECT_EQ(ServesReporting(config), row.serves) << config.ShortDebugString();
  }
}

}  // namespace
}  // namespace lianfang::aggregator
