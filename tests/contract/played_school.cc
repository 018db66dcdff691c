#include "tests/contract/played_school.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "common/rpc/status_grpc.h"
#include "grpcpp/generic/generic_stub.h"

namespace lianfang::contract {

using acceptance::Must;
using acceptance::Post;
using google::protobuf::DescriptorPool;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;

namespace {

// Whoever has records of his own, and the distances.
std::vector<Owner> Owners() {
  std::vector<Owner> owners = {kSame, kOther};
  for (const Caller& caller : Callers()) {
    const bool known = std::any_of(owners.begin(), owners.end(), [&](const Owner& owner) {
      return owner.person == caller.own.person;
    });
    if (!caller.own.person.empty() && !known) owners.push_back(caller.own);
  }
  return owners;
}

// One call at a time, each event awaited.
class Wire {
 public:
  Wire(const std::shared_ptr<grpc::Channel>& channel, const MethodDescriptor* method,
       const std::string& token)
      : stub_(channel),
        name_(absl::StrCat("/", method->service()->full_name(), "/", method->name())),
        streams_(method->server_streaming()) {
    // A feed that is open says nothing; everything else answers long before.
    const bool feed = streams_ && method->name().starts_with("Watch");
    context_.set_deadline(std::chrono::system_clock::now() +
                          std::chrono::milliseconds(feed ? 150 : 20000));
    context_.AddMetadata("authorization", "Bearer " + token);
  }

  absl::Status Send(const std::string& bytes, std::string* answer) {
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer response;
    grpc::Status status;
    if (!streams_) {
      const auto call = stub_.PrepareUnaryCall(&context_, name_, request, &queue_);
      call->StartCall();
      call->Finish(&response, &status, nullptr);
      Next();
      if (status.ok()) *answer = Text(response);
      return rpc::FromGrpc(status);
    }
    const auto call = stub_.PrepareCall(&context_, name_, &queue_);
    call->StartCall(nullptr);
    if (Next()) {
      call->WriteLast(request, grpc::WriteOptions(), nullptr);
      Next();
    }
    call->Read(&response, nullptr);
    const bool answered = Next();
    // The first message says that the caller was let in.
    if (answered) context_.TryCancel();
    call->Finish(&status, nullptr);
    Next();
    if (!answered) return rpc::FromGrpc(status);
    *answer = Text(response);
    return absl::OkStatus();
  }

 private:
  bool Next() {
    void* tag = nullptr;
    bool ok = false;
    queue_.Next(&tag, &ok);
    return ok;
  }
  static std::string Text(grpc::ByteBuffer& buffer) {
    std::string text;
    std::vector<grpc::Slice> slices;
    if (!buffer.Dump(&slices).ok()) return text;
    for (const auto& part : slices) {
      text.append(reinterpret_cast<const char*>(part.begin()), part.size());
    }
    return text;
  }

  grpc::CompletionQueue queue_;
  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  const std::string name_;
  const bool streams_;
};

}  // namespace

const std::vector<Caller>& Callers() {
  static const auto* callers = new std::vector<Caller>{
      {"staff", "staff", "units/school/persons/buyer", {"buyer", "supply"}},
      {"head", "department_head", "units/school/persons/supply-head", {"supply-head", "supply"}},
      {"vice", "vice_principal", "units/school/persons/vp-logistics", {"vp-logistics", ""}},
      {"princ", "principal", "units/school/persons/principal", {"principal", ""}},
      {"lead", "leading_group", "units/school/persons/secretary", {"secretary", ""}},
      {"offic",
       "control_office",
       "units/school/persons/office-clerk",
       {"office-clerk", "party-office"}},
      {"audit", "auditor", "units/school/persons/cashier", {"cashier", "finance"}},
      {"admin", "administrator", "units/school/persons/cashier", {"cashier", "finance"}},
      {"dpo", "data_protection_officer", "units/school/persons/cashier", {"cashier", "finance"}},
      {"sup-l", "superior_leader", "superiors/leader", {}},
      {"sup-o", "superior_office", "superiors/office", {}},
      {"sup-g", "superior_gateway", "integrations/superior", {}},
      {"integ", "integration", "integrations/timetable", {}},
      {"d-adm", "district_admin", "district/admin", {}},
      {"d-rdr", "district_reader", "district/reader", {}},
      {"f-box", "feedback_box", "integrations/website", {}},
      {"remnd", "reminder_gateway", "integrations/messages", {}},
      {"serv", "service", "services/other", {}},
  };
  return *callers;
}

PlayedSchool::PlayedSchool()
    : channel_(client::MakeChannel(server().address())),
      requests_(&records_, [this] { return server().RequestId(); }) {}

void PlayedSchool::Play() {
  const std::vector<Owner> owners = Owners();
  ConfirmAllGrades();
  for (const Owner& owner : owners) {
    HandInDuty(owner.person);
    Must(Call(
        office(), &acceptance::RiskStub::CreateMeasure,
        NewMeasure("m-" + owner.person,
                   absl::StrCat("units/school/riskPoints/sc-", owner.person, "-1"), owner.person)));
    Must(HandIn(office(), risk::v1::SUBMISSION_KIND_POST_MEASURES, Post(owner.person)));
  }
  for (const char* department : {"supply", "teaching", "finance", "party-office"}) {
    DraftRiskPoint(absl::StrCat("rp-", department), department);
    DraftPower(department, department);
    DraftChart(department, department);
  }
  ReadRecords();
  // The rest as the generator would ask for it.
  for (const Owner& owner : owners) {
    Make("lianfang.risk.v1.RiskService.CreateFeedback", "feedback_box", owner);
    Make("lianfang.grading.v1.InspectionService.CreateRectification", "control_office", owner);
    Make("lianfang.personnel.v1.AccessService.CreateAccount", "administrator", owner);
    if (owner.department.empty()) continue;
    Make("lianfang.grading.v1.InspectionService.CreateSelfInspectionReport", "control_office",
         owner);
    Make("lianfang.grading.v1.InspectionService.CreateExamination", "control_office", owner);
  }
  for (const char* method : {"lianfang.reporting.v1.CampaignService.CreateCampaign",
                             "lianfang.reporting.v1.PublicityService.CreatePublication",
                             "lianfang.grading.v1.ResponsibilityService.DraftLetters",
                             "lianfang.reporting.v1.ReportingService.GetUnitReport"}) {
    Make(method, "control_office", kSame);
  }
  ReadRecords();
}

void PlayedSchool::Make(const std::string& method, const std::string& role, const Owner& owner) {
  const auto* descriptor = DescriptorPool::generated_pool()->FindMethodByName(method);
  ASSERT_NE(descriptor, nullptr) << method;
  std::string answer;
  static_cast<void>(Send(descriptor, server().Token("services/" + role, {role}, {"school"}),
                         *requests_.For(descriptor, owner), &answer));
}

void PlayedSchool::ReadRecords() {
  records_.Clear();
  for (const char* service : {"personnel", "risk", "grading", "reporting"}) {
    ledger::v1::ListEntriesRequest request;
    request.set_name(absl::StrCat("units/school/ledgers/", service));
    request.set_include_content(true);
    while (true) {
      const auto page = Must(Call(auditor(), &acceptance::LedgerStub::ListEntries, request));
      if (page.entries().empty()) break;
      for (const auto& entry : page.entries()) {
        ledger::v1::EntryHeader header;
        header.ParseFromString(entry.header());
        request.set_after_sequence(header.sequence());
        records_.Keep(entry);
      }
    }
  }
}

absl::Status PlayedSchool::Send(const MethodDescriptor* method, const std::string& token,
                                const Message& request, std::string* answer) {
  return Wire(channel_, method, token).Send(request.SerializeAsString(), answer);
}

std::unique_ptr<Message> PlayedSchool::Read(const MethodDescriptor* method,
                                            const std::string& answer) {
  std::unique_ptr<Message> response(
      MessageFactory::generated_factory()->GetPrototype(method->output_type())->New());
  response->ParseFromString(answer);
  return response;
}

}  // namespace lianfang::contract
