#include "services/grading/module.h"

#include <memory>
#include <utility>
#include <vector>

#include "common/directory/directory_kinds.h"
#include "common/status/error.h"
#include "services/grading/grading_follower.h"
#include "services/grading/grading_handler.h"
#include "services/grading/grading_kinds.h"
#include "services/grading/personnel_follower.h"

namespace lianfang::grading {

server::ModuleSpec GradingModule() {
  std::vector<const store::RecordKind*> copies = {&SelfCheckKind(), &RiskPointKind(),
                                                  &MeasureKind(), &PostDutyKind()};
  for (const auto* kind : directory::Kinds()) copies.push_back(kind);
  copies.push_back(&directory::AccountAccessKind());
  return {
      .name = "grading",
      .schemas = {{"directory", directory::Schema()}, {"grading", Schema()}},
      .wire =
          [](server::ModuleContext& context) {
            const policy::Policies& policies = context.policies();
            const auto set = std::make_shared<const PolicySet>(policies);
            RegisterGrading(context.registry(), context.service(), set, policies);
            RegisterReviews(context.registry(), context.service(), set, policies);
            RegisterResponsibility(context.registry(), context.service(), set, policies);
            RegisterInspection(context.registry(), context.service(), policies);
            context.Follow("personnel",
                           [&policies](store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                                       const ledger::v1::EntryContent& content) {
                             return ApplyPersonnel(tx, policies, header, content);
                           });
            context.Follow(
                "risk",
                [set, &policies](store::WriteTx& tx, const ledger::v1::EntryHeader&,
                                 const ledger::v1::EntryContent& content) -> absl::Status {
                  LF_ASSIGN_OR_RETURN(const CompiledPolicy* matrix, set->FindMatrix(""));
                  return ApplyRisk(tx, policies, *matrix, content);
                });
            return absl::OkStatus();
          },
      .kinds = {&GradeKind(), &ReviewKind(), &WarningSignKind(), &LetterKind(),
                &SelfInspectionKind(), &ExaminationKind(), &RectificationKind()},
      .derived = std::move(copies),
      .derivations = {{"personnel", DerivePersonnel},
                      {"risk",
                       [](store::WriteTx& tx, const ledger::v1::EntryHeader&,
                          const ledger::v1::EntryContent& content) {
                         return DeriveRisk(tx, content);
                       }}},
  };
}

}  // namespace lianfang::grading
