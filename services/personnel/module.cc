#include "services/personnel/module.h"

#include "common/directory/account_access.h"
#include "common/directory/directory_kinds.h"
#include "common/status/error.h"
#include "services/personnel/access/access_handler.h"
#include "services/personnel/access/account_kinds.h"
#include "services/personnel/duty_follower.h"
#include "services/personnel/duty_handler.h"
#include "services/personnel/duty_kinds.h"
#include "services/personnel/personnel_handler.h"

namespace lianfang::personnel {

server::ModuleSpec PersonnelModule(const crypto::PasswordCost& cost) {
  std::vector<const store::RecordKind*> kinds;
  for (const auto* kind : directory::Kinds()) kinds.push_back(kind);
  for (const auto* kind : DutyKinds()) kinds.push_back(kind);
  kinds.push_back(&AccountKind());
  kinds.push_back(&SessionKind());
  return {
      .name = "personnel",
      .schemas = {{"directory", directory::Schema()}, {"personnel", DutySchema()}},
      .wire = [cost](server::ModuleContext& context) -> absl::Status {
        RegisterPersonnel(context.registry(), context.service(), &context.access());
        LF_ASSIGN_OR_RETURN(const auto access, MakeAccessEnvironment(context, cost));
        RegisterAccess(context.registry(), access);
        RegisterDuties(context.registry(), context.service(), context.policies().routes);
        context.Follow("grading", ApplyReviews);
        return absl::OkStatus();
      },
      .kinds = std::move(kinds),
      .derived = {&directory::AccountAccessKind()},
      .derivations = {{"grading", {}},
                      {"personnel",
                       [](store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                          const ledger::v1::EntryContent& content) {
                         return directory::DeriveAccess(tx, header, content);
                       }}},
      .sealed = {{.rows = &AccountSecretKind(),
                  .record = &AccountKind(),
                  .digest_field = "secret_digest"}},
  };
}

}  // namespace lianfang::personnel
