#include "tests/acceptance/model/world.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/directory/date.h"
#include "common/status/error.h"
#include "common/store/audit_kind.h"
#include "lianfang/grading/v1/responsibility.pb.h"
#include "lianfang/personnel/v1/duty.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "lianfang/reporting/v1/reporting.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "services/aggregator/module.h"
#include "services/grading/module.h"
#include "services/personnel/module.h"
#include "services/reporting/module.h"
#include "services/risk/module.h"
#include "tests/acceptance/model/school.h"
#include "tests/acceptance/model/tell.h"

namespace lianfang::model {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

namespace {

// Whose ledgers a service follows.
const std::map<std::string, std::vector<std::string>>& Upstreams() {
  static const auto& upstreams = *new std::map<std::string, std::vector<std::string>>{
      {"personnel", {"grading"}},
      {"risk", {"personnel", "grading", "reporting"}},
      {"grading", {"personnel", "risk"}},
      {"reporting", {"personnel", "risk", "grading"}}};
  return upstreams;
}

void SetString(Message* message, absl::string_view field, const std::string& value) {
  message->GetReflection()->SetString(
      message, message->GetDescriptor()->FindFieldByName(std::string(field)), value);
}

// What the answer says of the place in the ledger; 0 when it says nothing.
int64_t SequenceIn(const Message& response) {
  const FieldDescriptor* field = response.GetDescriptor()->FindFieldByName("position");
  if (field == nullptr || !response.GetReflection()->HasField(response, field)) return 0;
  return static_cast<const common::v1::LedgerPosition&>(
             response.GetReflection()->GetMessage(response, field))
      .sequence();
}

}  // namespace

std::string ServiceOf(const Message& request) {
  const std::vector<std::string> parts = absl::StrSplit(Remote::MethodOf(request).full_name(), '.');
  return parts[1];
}

World::World()
    : server_({personnel::PersonnelModule(), risk::RiskModule(), grading::GradingModule(),
               reporting::ReportingModule(), aggregator::AggregatorModule()}),
      remote_(&server_),
      documented_(std::string(LIANFANG_SOURCE_DIR) + "/proto/lianfang"),
      auditor_({"services/audit", {"auditor"}, "*"}),
      sizes_({{"personnel", 0}, {"risk", 0}, {"grading", 0}, {"reporting", 0}}) {
  BringIn(*this);
}

void World::Begin(const Command& command) {
  command_ = command;
  requests_ = 0;
  accepted_ = false;
  choices_.clear();
  story_.clear();
}

int World::Choose(uint16_t number, const std::vector<std::string>& names,
                  const std::vector<std::string>& suitable) {
  std::string name;
  if (choices_.size() < command_.pins.size()) {
    name = command_.pins[choices_.size()];
  } else if (!names.empty()) {
    const auto& from = command_.fitting && !suitable.empty() ? suitable : names;
    name = from[ChoiceOf(number, from)];
  }
  choices_.push_back(name);
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

void World::Problem(const std::string& text) {
  if (problem_.empty()) problem_ = text;
}

void World::PassDays(int days) {
  server_.clock().Set(
      absl::FromCivil(absl::CivilHour(today() + days) + 8, directory::SchoolTimeZone()));
  remote_.ForgetTokens();
  lists_.clear();  // who takes a step depends on the day
  accepted_ = true;
  story_ = absl::StrCat("the day becomes ", absl::FormatCivilTime(today()));
}

absl::CivilDay World::today() {
  return absl::ToCivilDay(server_.clock().Now(), directory::SchoolTimeZone());
}

std::string World::StaleEtag(const std::string& name, const std::string& etag) {
  const auto first = etags_.find(name);
  return first == etags_.end() || first->second == etag ? absl::StrCat(etag, "0") : first->second;
}

absl::Status World::Change(const Actor& actor, Message* request, Message* response, Must must) {
  const std::string service = ServiceOf(*request);
  ++requests_;
  SetString(request, "request_id",
            absl::StrFormat("%08x-0000-4000-8000-%012x", command_.number, requests_));
  const MethodDescriptor& method = Remote::MethodOf(*request);
  expected_[service] = {absl::StrCat(method.service()->full_name(), "/", method.name()),
                        StringIn(*request, "request_id")};
  const absl::StatusOr<std::string> answer = remote_.Call(actor, *request);
  absl::StrAppend(&story_, story_.empty() ? "" : "; ", TellCall(actor, *request, command_, today()),
                  answer.ok() ? "accepted" : absl::StrCat("refused: ", Why(answer.status())));
  if (answer.ok() && must == Must::kFail) Problem("has to be refused");
  if (!answer.ok() && must == Must::kSucceed) Problem("has to be accepted");
  if (answer.ok()) {
    accepted_ = true;
    if (!response->ParseFromString(*answer))
      Problem(absl::StrCat("the answer is no ", response->GetTypeName()));
    CheckAccepted(service, *response);
    Settle();
  } else {
    CheckRefused(service, *request, answer.status());
  }
  if (command_.again) CheckAgain(actor, service, *request, answer);
  expected_.erase(service);
  return answer.status();
}

void World::CheckAccepted(const std::string& service, const Message& response) {
  const int64_t sequence = SequenceIn(response);
  if (sequence == 0) {
    expected_.erase(service);  // nothing changed
  } else if (sequence <= sizes_[service]) {
    // What comes between is looked at with the rest of the ledger.
    Problem(
        absl::StrCat("answered with entry ", sequence, " where ", sizes_[service] + 1, " is next"));
  }
  const Message* record = RecordIn(response);
  if (record == nullptr) return;
  etags_.emplace(StringIn(*record, "name"), StringIn(*record, "etag"));
}

void World::CheckRefused(const std::string& service, const Message& request,
                         const absl::Status& status) {
  const std::string& method = Remote::MethodOf(request).full_name();
  const std::string reason = ReasonNameOf(status);
  ++reasons_[reason];
  if (!documented_.Allows(method, ReasonOf(status))) {
    undocumented_.emplace(absl::StrCat(method, " ", reason), story_);
  }
  // A refusal leaves its trace for auditors, when it gets to it, and nothing else.
  expected_.erase(service);
  if (LookAtLedger(service)) {
    Problem(absl::StrCat("refused, but the ledger of ", service, " grew to ", sizes_[service]));
  }
}

void World::CheckAgain(const Actor& actor, const std::string& service, const Message& request,
                       const absl::StatusOr<std::string>& first) {
  const absl::StatusOr<std::string> second = remote_.Call(actor, request);
  std::string expected = first.ok() ? *first : "";
  if (second.ok() && request.GetDescriptor()->name() == "CreateFeedbackRequest") {
    // The query code is given once.
    risk::v1::CreateFeedbackResponse without;
    without.ParseFromString(expected);
    without.clear_receipt();
    expected = without.SerializeAsString();
  }
  if (ReasonNameOf(first.status()) != ReasonNameOf(second.status()) ||
      (second.ok() && *second != expected)) {
    Problem(absl::StrCat("sent again, it answered otherwise: ",
                         second.ok() ? "accepted" : Why(second.status())));
  }
  if (LookAtLedger(service)) {
    Problem("sent again, it was a second change");
  }
}

void World::Read(const Actor& actor, const Message& request, Message* response) {
  const absl::StatusOr<std::string> answer = remote_.Call(actor, request);
  if (!answer.ok() || !response->ParseFromString(*answer)) {
    Problem(absl::StrCat(Remote::MethodOf(request).full_name(), " as ", actor.subject,
                         " cannot be read: ", Why(answer.status())));
  }
}

const Message& World::List(const Message& request, const Message& type) {
  const std::string service = ServiceOf(request);
  const std::string key = absl::StrCat(request.GetTypeName(), " ", request.SerializeAsString());
  Listed& listed = lists_[key];
  if (listed.response != nullptr && listed.size == sizes_[service]) return *listed.response;
  listed.size = sizes_[service];
  listed.response.reset(type.New());
  const std::unique_ptr<Message> page_request(request.New());
  page_request->CopyFrom(request);
  const FieldDescriptor* size = request.GetDescriptor()->FindFieldByName("page_size");
  page_request->GetReflection()->SetInt32(page_request.get(), size, 500);
  while (true) {
    const std::unique_ptr<Message> page(type.New());
    Read(auditor_, *page_request, page.get());
    const std::string token = StringIn(*page, "next_page_token");
    listed.response->MergeFrom(*page);
    if (token.empty()) return *listed.response;
    SetString(page_request.get(), "page_token", token);
  }
}

void World::Settle() {
  // The change itself first: it is the next entry.
  for (bool moved = true; moved && problem_.empty();) {
    moved = false;
    for (const auto& [service, size] : sizes_) moved |= LookAtLedger(service);
    for (const auto& [service, size] : sizes_) moved |= CatchUp(service);
  }
}

bool World::CatchUp(const std::string& service) {
  std::vector<common::v1::LedgerPosition> news;
  for (const std::string& upstream : Upstreams().at(service)) {
    int64_t& told = told_[service][upstream];
    if (told == sizes_[upstream]) continue;
    told = sizes_[upstream];
    common::v1::LedgerPosition& position = news.emplace_back();
    position.set_unit(kUnit);
    position.set_service(upstream);
    position.set_sequence(told);
  }
  if (news.empty()) return false;
  const auto ask = [&](auto request, auto response) {
    request.set_parent(kUnit);
    request.set_page_size(1);
    request.mutable_not_before()->Add(news.begin(), news.end());
    Read(auditor_, request, &response);
  };
  if (service == "personnel") {
    ask(personnel::v1::ListDutyVolumesRequest(), personnel::v1::ListDutyVolumesResponse());
  } else if (service == "risk") {
    ask(risk::v1::ListVolumesRequest(), risk::v1::ListVolumesResponse());
  } else if (service == "reporting") {
    ask(reporting::v1::ListPublicationsRequest(), reporting::v1::ListPublicationsResponse());
  } else {
    ask(grading::v1::ListWarningSignsRequest(), grading::v1::ListWarningSignsResponse());
  }
  return true;
}

bool World::LookAtLedger(const std::string& service) {
  ledger::v1::ListEntriesRequest request;
  request.set_name(absl::StrCat(kUnit, "/ledgers/", service));
  request.set_after_sequence(sizes_[service]);
  request.set_page_size(1000);
  const auto answer = Ask<ledger::v1::ListEntriesResponse>(auditor_, request);
  if (answer.size() < sizes_[service]) {
    Problem(absl::StrCat("the ledger of ", service, " shrank from ", sizes_[service], " to ",
                         answer.size()));
  }
  bool changed = false;
  for (const ledger::v1::Entry& entry : answer.entries()) {
    if (entry.sequence() != ++sizes_[service]) {
      Problem(absl::StrCat("the ledger of ", service, " has entry ", entry.sequence(), " where ",
                           sizes_[service], " belongs"));
    }
    ledger::v1::EntryHeader header;
    header.ParseFromString(entry.header());
    if (header.method() == store::kAuditMethod) continue;
    changed = true;
    const auto expected = expected_.find(service);
    if (expected != expected_.end() && header.request_id() == expected->second.second &&
        header.method() == expected->second.first) {
      expected_.erase(expected);
    } else if (!absl::StartsWith(header.method(), "follow:")) {
      Problem(absl::StrCat("one more entry ", entry.sequence(), " of ", service, ": ",
                           header.method(), " of ", header.resource()));
    }
  }
  return changed;
}

}  // namespace lianfang::model
