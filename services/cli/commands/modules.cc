#include "services/cli/commands/modules.h"

#include "services/aggregator/module.h"
#include "services/grading/module.h"
#include "services/personnel/module.h"
#include "services/reporting/module.h"
#include "services/risk/module.h"

namespace lianfang::cli {

std::vector<server::ModuleSpec> AllModules() {
  return {personnel::PersonnelModule(), risk::RiskModule(), grading::GradingModule(),
          reporting::ReportingModule(), aggregator::AggregatorModule()};
}

}  // namespace lianfang::cli
