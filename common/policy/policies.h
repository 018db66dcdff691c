// The policies in force: built-in textproto files, replaced by files of the same name in the policy
// folder.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/grading/v1/grading.pb.h"

namespace lianfang::policy {

struct Policies {
  config::v1::RolesPolicy roles;
  config::v1::RoutesPolicy routes;
  config::v1::LettersPolicy letters;
  // Calendars of campaigns by id.
  std::map<std::string, config::v1::CampaignTemplate> campaigns;
  // Id of the calendar that a unit has when it names none.
  std::string default_campaign = "campaign-2013";
  config::v1::WarningsPolicy warnings;
  // Grading policies by id.
  std::map<std::string, grading::v1::GradingPolicy> grading;
  // Id of the grading policy that requests without one get.
  std::string default_grading = "scheme-2013";
  // Id of the policy whose matrix requests for one risk get, when they name none.
  std::string default_matrix = "scheme-2013-matrix";
};

// Loads and checks all policies. `folder` may be empty. A file in it replaces the built-in one of
// the same name; further grading policies are files `grading-*.txtpb`, further
// calendars `campaign-*.txtpb`; any other `*.txtpb` is an error, since a misspelt name would be
// ignored in silence. An unknown field, a bad value or an inconsistent policy is an error that
// names the file and what is wrong.
absl::StatusOr<Policies> Load(const std::string& folder);

}  // namespace lianfang::policy
