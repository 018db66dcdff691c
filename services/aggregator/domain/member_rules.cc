#include "services/aggregator/domain/member_rules.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"

namespace lianfang::aggregator {
namespace {

using aggregation::v1::Member;

constexpr size_t kMaxHostBytes = 253;
constexpr absl::string_view kServices[] = {"personnel", "risk", "grading", "reporting",
                                           "aggregator"};

absl::Status Invalid(absl::string_view field, absl::string_view zh, absl::string_view en) {
  return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, field, zh, en);
}

bool AllOf(absl::string_view text, bool (*allowed)(unsigned char)) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return allowed(static_cast<unsigned char>(c)); });
}

bool IsHost(absl::string_view host) {
  if (absl::ConsumePrefix(&host, "[")) {
    return absl::ConsumeSuffix(&host, "]") && host.size() >= 2 && host.size() <= 45 &&
           absl::StrContains(host, ':') && AllOf(host, [](unsigned char c) {
             return absl::ascii_isxdigit(c) || c == ':' || c == '.';
           });
  }
  return !host.empty() && host.size() <= kMaxHostBytes && host.front() != '-' &&
         host.front() != '.' && AllOf(host, [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '-' || c == '.';
         });
}

}  // namespace

bool IsEndpoint(absl::string_view endpoint) {
  const size_t colon = endpoint.rfind(':');
  if (colon == absl::string_view::npos || !IsHost(endpoint.substr(0, colon))) return false;
  const absl::string_view digits = endpoint.substr(colon + 1);
  int port = 0;
  return !digits.empty() && digits.size() <= 5 &&
         AllOf(digits, [](unsigned char c) { return absl::ascii_isdigit(c); }) &&
         absl::SimpleAtoi(digits, &port) && port >= 1 && port <= 65535;
}

absl::string_view IssuingService(aggregation::v1::MemberKind kind) {
  return kind == aggregation::v1::MEMBER_KIND_AGGREGATOR ? "aggregator" : "reporting";
}

absl::StatusOr<std::vector<ledger::NoteVerifier>> ParseKeys(const Member& member) {
  std::vector<ledger::NoteVerifier> keys;
  for (const std::string& text : member.verifier_keys()) {
    auto key = ledger::NoteVerifier::Parse(text);
    if (!key.ok()) return absl::DataLossError("a key of a member cannot be read");
    keys.push_back(*std::move(key));
  }
  return keys;
}

absl::Status CheckEndpoint(absl::string_view field, absl::string_view endpoint) {
  if (IsEndpoint(endpoint)) return absl::OkStatus();
  return Invalid(field, "应为“主机:端口”，例如 10.0.0.8:7100。",
                 "must be host:port, e.g. 10.0.0.8:7100.");
}

absl::Status CheckNewMember(const Member& member, absl::string_view parent_id) {
  if (UnitIdOf(member.unit()) == parent_id) {
    return Invalid("member.unit", "单位不能是自己的下级。", "a unit is not its own member.");
  }
  LF_RETURN_IF_ERROR(CheckEndpoint("member.endpoint", member.endpoint()));
  return CheckKeys(member, "member.verifier_keys");
}

absl::Status CheckKeys(const Member& member, absl::string_view path) {
  const absl::string_view unit_id = UnitIdOf(member.unit());
  const std::string prefix = absl::StrCat("lianfang/units/", unit_id, "/ledgers/");
  std::set<std::string> services;
  for (int i = 0; i < member.verifier_keys_size(); ++i) {
    const std::string field = absl::StrCat(path, "[", i, "]");
    const auto key = ledger::NoteVerifier::Parse(member.verifier_keys(i));
    if (!key.ok()) {
      return Invalid(field, "不是“名称+编号+公钥”形式的公钥。", "is not a key name+hash+base64.");
    }
    absl::string_view service = key->name();
    if (!absl::ConsumePrefix(&service, prefix) ||
        std::find(std::begin(kServices), std::end(kServices), service) == std::end(kServices)) {
      return Invalid(field, absl::StrCat("不是 ", prefix, "{service} 台账的公钥。"),
                     absl::StrCat("is not the key of a ledger ", prefix, "{service}."));
    }
    if (!services.insert(std::string(service)).second) {
      return Invalid(field, "该台账的公钥出现了两次。", "is the ledger's second key.");
    }
  }
  const absl::string_view issuer = IssuingService(member.kind());
  if (!services.contains(std::string(issuer))) {
    return Invalid(
        path, absl::StrCat("缺少签发报告的台账 ", issuer, " 的公钥。"),
        absl::StrCat("lacks the key of the ledger ", issuer, ", on which its reports are issued."));
  }
  return absl::OkStatus();
}

}  // namespace lianfang::aggregator
