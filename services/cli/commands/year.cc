#include "services/cli/commands/year.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/status/error.h"
#include "lianfang/reporting/v1/campaign.grpc.pb.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/pages.h"

namespace lianfang::cli {

absl::StatusOr<int> YearOf(const Session& session, const client::Client& client,
                           const std::string& unit_id) {
  LF_ASSIGN_OR_RETURN(int year, NumberOf(session, "year", 2000, 2999, 0));
  if (year != 0) return year;
  using Stub = reporting::v1::CampaignService::Stub;
  Stub stub(client.channel());
  reporting::v1::ListCampaignsRequest request;
  request.set_parent(UnitName(unit_id));
  LF_RETURN_IF_ERROR(EachPage(
      request,
      [&](const auto& page) {
        return client.Call(stub, &Stub::ListCampaigns, page, session.call_options());
      },
      [&](const auto& page) {
        for (const auto& campaign : page.campaigns()) year = std::max(year, campaign.year());
        return absl::OkStatus();
      }));
  if (year != 0) return year;
  return directory::DateOf(session.environment().clock->Now(), directory::SchoolTimeZone()).year();
}

std::string DepartmentOf(const Session& session, const std::string& unit_id) {
  const std::string given = session.arguments().Get("department");
  if (given.empty() || absl::StartsWith(given, "units/")) return given;
  return RecordName(unit_id, "departments", given);
}

absl::StatusOr<int> NumberOf(const Session& session, const char* option, int min, int max,
                             int fallback) {
  if (!session.arguments().Has(option)) return fallback;
  int number = 0;
  if (absl::SimpleAtoi(session.arguments().Get(option), &number) && number >= min &&
      number <= max) {
    return number;
  }
  return UsageError(
      absl::StrCat("选项 --", option, " 须为 ", min, " 至 ", max, " 的整数。"),
      absl::StrCat("The option --", option, " is a number from ", min, " to ", max, "."));
}

Layout LayoutOf(const Session& session) {
  return session.narrow() ? Layout::kCompact : Layout::kWide;
}

}  // namespace lianfang::cli
