// All commands of the program.
#pragma once

#include <span>

#include "services/cli/core/command.h"

namespace lianfang::cli {

// In the order in which help lists them.
std::span<const Command> Commands();

// Each in the file of its name.
extern const Command kServe;
extern const Command kHealthcheck;
extern const Command kTokenCreate;
extern const Command kKeys;
extern const Command kKeysRotate;
extern const Command kCertsInit;
extern const Command kCertsIssue;
extern const Command kCertsRenew;
extern const Command kCertsShow;
extern const Command kLogin;
extern const Command kLogout;
extern const Command kPasswordChange;
extern const Command kTotpEnrol;
extern const Command kAccountCreate;
extern const Command kAccountList;
extern const Command kAccountUpdate;
extern const Command kAccountReset;
extern const Command kAccountSessions;
extern const Command kUnitCreate;
extern const Command kImport;
extern const Command kExport;
extern const Command kTemplate;
extern const Command kReport;
extern const Command kSummary;
extern const Command kStatistics;
extern const Command kRender;
extern const Command kDocuments;
extern const Command kCampaign;
extern const Command kWarnings;
extern const Command kCrossTable;
extern const Command kRegister;
extern const Command kMemberList;
extern const Command kMemberUpdate;
extern const Command kMemberSettle;
extern const Command kMemberCompare;
extern const Command kPull;
extern const Command kRollup;
extern const Command kCompare;
extern const Command kSuperiorList;
extern const Command kSuperiorDecide;
extern const Command kVerify;
extern const Command kCosignatures;
extern const Command kErase;
extern const Command kErasures;
extern const Command kAuditList;
extern const Command kBackup;
extern const Command kRestore;
extern const Command kPlay;

}  // namespace lianfang::cli
