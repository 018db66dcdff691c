#include "common/audit/audit_record.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "common/base/id.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"

namespace lianfang::audit {
namespace {

using common::v1::ErrorReason;

bool IsDenial(ErrorReason reason) {
  switch (reason) {
    case common::v1::ERROR_REASON_TOKEN_EXPIRED:
      // Every program meets it once a token; how often is counted.
      return false;
    case common::v1::ERROR_REASON_RATE_LIMITED:
    case common::v1::ERROR_REASON_TOO_MANY_ATTEMPTS:
      return true;
    default:
      return CodeOf(reason) == absl::StatusCode::kUnauthenticated ||
             CodeOf(reason) == absl::StatusCode::kPermissionDenied;
  }
}

bool IsService(absl::string_view subject) { return absl::StartsWith(subject, "services/"); }

// Subjects are indexed, in columns of 255 bytes.
std::string Shortened(const std::string& subject) {
  size_t size = std::min<size_t>(subject.size(), 255);
  // Not in the middle of a character.
  while (size < subject.size() && size > 0 && (subject[size] & 0xC0) == 0x80) --size;
  return subject.substr(0, size);
}

// The account in the name of an account or of what is below one.
std::string AccountOf(absl::string_view resource) {
  const std::vector<absl::string_view> parts = absl::StrSplit(resource, '/');
  if (parts.size() < 4 || parts[2] != "accounts") return "";
  return RecordName(parts[1], "accounts", parts[3]);
}

// The service whose method it is, or whose ledger it is about.
std::string ServiceOf(const rpc::AuditEvent& event, const std::set<std::string>& hosted) {
  const std::vector<absl::string_view> parts = absl::StrSplit(event.method->full_name, '.');
  std::string service(parts.size() > 1 ? parts[1] : parts[0]);
  if (service == "aggregation") service = "aggregator";
  if (service == "ledger") {
    // Nothing named splits into nothing.
    const std::vector<absl::string_view> named =
        absl::StrSplit(IdIn("ledgers", event.resource), '/');
    service = named.empty() ? "" : std::string(named[0]);
  }
  if (hosted.contains(service)) return service;
  // Where people are known, if that is here.
  return hosted.contains("personnel") || hosted.empty() ? "personnel" : *hosted.begin();
}

void SetUnit(const rpc::AuditEvent& event, Sighting* sighting) {
  const std::string own(UnitIdOf(sighting->subject));
  sighting->unit_id = kSystemUnit;
  if (event.identity != nullptr && !own.empty() && !event.method->open) {
    sighting->unit_id = own;
    return;
  }
  const bool knows_units =
      event.identity != nullptr && !event.identity->units.empty() && !event.identity->Covers("*");
  if (knows_units) {
    sighting->unit_id =
        event.identity->Covers(event.unit_id) ? event.unit_id : event.identity->units.front();
    return;
  }
  if (IsValidResourceId(event.unit_id)) {
    sighting->unit_id = event.unit_id;
    sighting->unit_is_sure = event.unit_id == kSystemUnit;
  }
}

}  // namespace

std::string RecordId(absl::Time time, absl::string_view random) {
  constexpr int64_t kEndOfTime = (int64_t{1} << 35) - 1;
  const int64_t seconds = absl::ToUnixSeconds(time);
  const int64_t milliseconds = absl::ToUnixMillis(time) - seconds * 1000;
  // The number has no room for milliseconds: two more digits of the same kind, which take 1024.
  const std::string fine = OrderedId(999 - milliseconds, "").substr(5);
  return OrderedId(kEndOfTime - seconds, absl::StrCat(fine, random).substr(0, random.size()));
}

std::optional<Sighting> SightingOf(const rpc::AuditEvent& event,
                                   const std::set<std::string>& hosted) {
  Sighting sighting;
  sighting.reason = RealReasonOf(event.status);
  if (event.identity != nullptr) {
    sighting.subject = Shortened(event.identity->subject);
    sighting.roles = event.identity->roles;
  }
  const bool denied = !event.status.ok() && IsDenial(sighting.reason);
  if (event.method->open) {
    if (!denied && !event.status.ok()) return std::nullopt;
    sighting.kind = ledger::v1::AUDIT_KIND_SIGN_IN;
    sighting.subject = AccountOf(event.resource);
  } else if (denied) {
    sighting.kind = ledger::v1::AUDIT_KIND_DENIED;
  } else if (event.audited && !IsService(sighting.subject) &&
             event.status.code() != absl::StatusCode::kInvalidArgument) {
    sighting.kind = ledger::v1::AUDIT_KIND_PRIVILEGED;
  } else {
    return std::nullopt;
  }
  sighting.service = ServiceOf(event, hosted);
  sighting.method = event.method->full_name;
  sighting.resource = event.resource;
  SetUnit(event, &sighting);
  return sighting;
}

}  // namespace lianfang::audit
