#include "services/cli/commands/commands.h"

#include <array>

namespace lianfang::cli {

std::span<const Command> Commands() {
  static const std::array kAll = {
      kServe,   kHealthcheck, kTokenCreate, kKeys,     kUnitCreate, kImport,   kReport,
      kSummary, kStatistics,  kCrossTable,  kCampaign, kWarnings,   kRegister, kPull,
      kRollup,  kVerify,      kErase,       kErasures, kBackup,     kRestore,  kPlay};
  return kAll;
}

}  // namespace lianfang::cli
