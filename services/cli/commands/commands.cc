#include "services/cli/commands/commands.h"

#include <array>

namespace lianfang::cli {

std::span<const Command> Commands() {
  static const std::array kAll = {
      kServe,      kHealthcheck,   kTokenCreate,  kKeys,           kKeysRotate,    kCertsInit,
      kCertsIssue, kCertsRenew,    kCertsShow,    kLogin,          kLogout,        kPasswordChange,
      kTotpEnrol,  kAccountCreate, kAccountList,  kAccountUpdate,  kAccountReset,  kAccountSessions,
      kUnitCreate, kImport,        kExport,       kTemplate,       kReport,        kSummary,
      kStatistics, kRender,        kDocuments,    kCrossTable,     kCampaign,      kWarnings,
      kRegister,   kMemberList,    kMemberUpdate, kMemberSettle,   kMemberCompare, kPull,
      kRollup,     kCompare,       kSuperiorList, kSuperiorDecide, kVerify,        kCosignatures,
      kErase,      kErasures,      kAuditList,    kBackup,         kRestore,       kPlay};
  return kAll;
}

}  // namespace lianfang::cli
