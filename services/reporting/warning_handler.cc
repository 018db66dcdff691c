#include "services/reporting/warning_handler.h"

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/rpc/standard.h"
#include "common/status/error.h"
#include "lianfang/reporting/v1/reporting.pb.h"
#include "lianfang/reporting/v1/warning.pb.h"
#include "services/reporting/access.h"
#include "services/reporting/domain/adjudication.h"
#include "services/reporting/facts.h"
#include "services/reporting/reporting_kinds.h"
#include "services/reporting/service_name.h"

namespace lianfang::reporting {
namespace {

constexpr char kWarningService[] = "lianfang.reporting.v1.WarningService";

// The warning with this name, if the caller may see it.
absl::StatusOr<v1::Warning> ReadVisible(const policy::Policies& policies,
                                        const auth::Identity& caller, store::Reader& reader,
                                        const std::string& name, absl::Time now) {
  LF_ASSIGN_OR_RETURN(UnitWarnings all, ReadWarnings(reader, policies, UnitIdOf(name), now));
  const auto found = all.warnings.find(name);
  if (found == all.warnings.end() ||
      !SeesWarning(caller, policies.warnings, found->second, all.roster)) {
    return store::NotFound(name);
  }
  return std::move(found->second);
}

// Changes what was decided about a warning.
template <class Request>
absl::Status Decide(const policy::Policies& policies, store::WriteTx& tx, const Request& request,
                    const std::function<absl::Status(v1::Warning*)>& rule) {
  LF_ASSIGN_OR_RETURN(v1::Warning warning,
                      ReadVisible(policies, tx.actor(), tx, request.name(), tx.now()));
  LF_RETURN_IF_ERROR(store::CheckEtag(warning.etag(), request.etag()));
  LF_RETURN_IF_ERROR(rule(&warning));
  return tx.Put(WarningKind(), warning);
}

bool Wanted(const v1::ListWarningsRequest& request, const v1::Warning& warning) {
  const bool state = request.state() == v1::WARNING_STATE_UNSPECIFIED
                         ? warning.state() != v1::WARNING_STATE_GONE
                         : warning.state() == request.state();
  return state && (request.kind() == 0 || warning.kind() == request.kind()) &&
         (request.colour() == 0 || warning.colour() == request.colour()) &&
         (request.department().empty() || warning.department() == request.department());
}

absl::Status ListWarnings(const policy::Policies& policies, const rpc::CallContext& call,
                          store::Reader& reader, const v1::ListWarningsRequest& request,
                          v1::ListWarningsResponse* response) {
  LF_ASSIGN_OR_RETURN(const std::string after, rpc::ReadPageToken(request));
  LF_ASSIGN_OR_RETURN(UnitWarnings all, ReadWarnings(reader, policies, call.unit_id, call.now));
  // Red first.
  std::map<std::string, v1::Warning*> ordered;
  for (auto& [name, warning] : all.warnings) {
    if (!Wanted(request, warning) ||
        !SeesWarning(*call.identity, policies.warnings, warning, all.roster)) {
      continue;
    }
    ordered[absl::StrCat(9 - warning.colour(), " ", name)] = &warning;
  }
  std::string last;
  for (auto it = ordered.upper_bound(after); it != ordered.end(); ++it) {
    if (response->warnings_size() == rpc::PageSize(request.page_size())) {
      response->set_next_page_token(rpc::MakePageToken(request, last));
      break;
    }
    last = it->first;
    *response->add_warnings() = std::move(*it->second);
  }
  return absl::OkStatus();
}

}  // namespace

void RegisterWarnings(rpc::Registry& registry, rpc::Service& service,
                      const policy::Policies& policies) {
  const policy::Policies* const all = &policies;
  registry.Read<v1::ListWarningsRequest, v1::ListWarningsResponse>(
      kReportingService, "ListWarnings", service,
      [all](const auto& call, auto& reader, const auto& request, auto* response) {
        return ListWarnings(*all, call, reader, request, response);
      });
  registry.Read<v1::GetWarningRequest, v1::GetWarningResponse>(
      kWarningService, "GetWarning", service,
      [all](const rpc::CallContext& call, store::Reader& reader,
            const v1::GetWarningRequest& request, v1::GetWarningResponse* response) {
        LF_ASSIGN_OR_RETURN(*response->mutable_warning(),
                            ReadVisible(*all, *call.identity, reader, request.name(), call.now));
        return absl::OkStatus();
      });
  registry.Write<v1::AdjudicateWarningRequest, v1::AdjudicateWarningResponse>(
      kWarningService, "AdjudicateWarning", service,
      [all](store::WriteTx& tx, const v1::AdjudicateWarningRequest& request) {
        return Decide(*all, tx, request, [&](v1::Warning* warning) {
          return Adjudicate(request, tx.actor().subject, tx.now(), warning);
        });
      });
  registry.Write<v1::RevokeAdjudicationRequest, v1::RevokeAdjudicationResponse>(
      kWarningService, "RevokeAdjudication", service,
      [all](store::WriteTx& tx, const v1::RevokeAdjudicationRequest& request) {
        return Decide(*all, tx, request, [&](v1::Warning* warning) {
          return Revoke(request.reason(), tx.actor().subject, tx.now(), warning);
        });
      });
}

}  // namespace lianfang::reporting
