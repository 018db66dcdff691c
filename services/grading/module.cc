#include "services/grading/module.h"

#include <memory>

#include "common/directory/directory_apply.h"
#include "common/directory/directory_kinds.h"
#include "services/grading/grading_follower.h"
#include "services/grading/grading_handler.h"
#include "services/grading/grading_kinds.h"

namespace lianfang::grading {

server::ModuleSpec GradingModule() {
  return {
      .name = "grading",
      .schemas = {{"directory", directory::Schema()}, {"grading", Schema()}},
      .wire =
          [](server::ModuleContext& context) {
            const policy::Policies& policies = context.policies();
            RegisterGrading(context.registry(), context.service(),
                            std::make_shared<const PolicySet>(policies), policies);
            RegisterReviews(context.registry(), context.service());
            context.Follow("personnel", directory::ApplyDirectory);
            context.Follow("risk", [&policies](store::WriteTx& tx, const ledger::v1::EntryHeader&,
                                               const ledger::v1::EntryContent& content) {
              return ApplyRisk(tx, policies.routes, content);
            });
            return absl::OkStatus();
          },
      .kinds = {&GradeKind(), &ReviewKind()},
  };
}

}  // namespace lianfang::grading
