// Calls every method with every role on records at four distances, in a school that has played a
// year, and compares with a table that people read: access_matrix.txt.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/rpc/status_grpc.h"
#include "common/rpc/validate.h"
#include "google/api/field_behavior.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/type/date.pb.h"
#include "grpcpp/generic/generic_stub.h"
#include "lianfang/common/v1/options.pb.h"
#include "tests/acceptance/school.h"

namespace lianfang {
namespace {

using acceptance::Department;
using acceptance::Must;
using acceptance::Person;
using acceptance::Post;
using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;

// Whose record a call is about.
struct Owner {
  std::string person;      // id; posts have the names of their holders
  std::string department;  // id
};

// Who calls, with one role only.
struct Caller {
  const char* column;
  const char* role;
  const char* subject;
  Owner own;  // without a person: has nothing of his own
};

// A member and the head of supply, the leader in charge of it, and everybody else.
const Caller kCallers[] = {
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
const Owner kSame = {"storekeeper", "supply"};
const Owner kOther = {"registrar", "teaching"};

// What errors look like in the table.
char LetterOf(const absl::Status& status) {
  switch (ReasonOf(status)) {
    case common::v1::ERROR_REASON_UNSPECIFIED:
    case common::v1::ERROR_REASON_ETAG_MISMATCH:  // asked with an old etag, so that nothing changes
      return 'A';
    case common::v1::ERROR_REASON_PERMISSION_DENIED:
      return '.';
    case common::v1::ERROR_REASON_RESOURCE_NOT_FOUND:
    case common::v1::ERROR_REASON_REFERENCE_NOT_FOUND:
      return 'h';
    case common::v1::ERROR_REASON_NOT_RECORD_OWNER:
      return 'n';
    case common::v1::ERROR_REASON_OWN_RECORD:
      return 'o';
    case common::v1::ERROR_REASON_NOT_REVIEWER:
      return 'r';
    case common::v1::ERROR_REASON_UNIT_NOT_COVERED:
      return 'u';
    default:
      return status.code() == absl::StatusCode::kUnimplemented     ? '!'
             : status.code() == absl::StatusCode::kUnauthenticated ? 's'
                                                                   : '?';
  }
}

constexpr char kLegend[] =
    "# Who may call what on whose record. Made by access_matrix_test from what the suite answers;\n"
    "# reviewed by people. To renew: LIANFANG_UPDATE_GOLDEN=1 access_matrix_test\n"
    "#\n"
    "# A cell has four letters, one for each distance of the record from the caller:\n"
    "#   1 his own (his post's, his department's)   2 of the department supply (the member's own, "
    "the\n"
    "#   head's, and one that the vice principal is in charge of)   3 of the department teaching\n"
    "#   4 of another unit\n"
    "# One letter stands for four, or for the first three where the record is the unit's.\n"
    "#   .  no role of the caller's permits the method        A  allowed\n"
    "#   h  hidden: the answer is that there is no such record (in a list: it is left out)\n"
    "#   n  another's record   o  his own record   r  not the reviewer   u  not his unit\n"
    "#   s  needs a session    -  nothing to ask about: no such record for this caller\n"
    "#   ?  let in by the role; what else the request would need stopped it before or after\n"
    "#      the rule of the record (so the generator does not show that rule)\n"
    "#   !  not implemented\n"
    "#\n"
    "# Each caller has one role and no other:\n";

std::vector<const MethodDescriptor*> AllMethods() {
  const auto root = std::filesystem::path(LIANFANG_SOURCE_DIR) / "proto";
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "lianfang")) {
    if (entry.path().extension() == ".proto") {
      files.push_back(std::filesystem::relative(entry.path(), root).generic_string());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<const MethodDescriptor*> methods;
  for (const std::string& file : files) {
    const auto* descriptor = DescriptorPool::generated_pool()->FindFileByName(file);
    for (int s = 0; descriptor != nullptr && s < descriptor->service_count(); ++s) {
      for (int m = 0; m < descriptor->service(s)->method_count(); ++m) {
        methods.push_back(descriptor->service(s)->method(m));
      }
    }
  }
  return methods;
}

bool HasBehavior(const FieldDescriptor* field, google::api::FieldBehavior wanted) {
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == wanted) return true;
  }
  return false;
}

// `selfChecks/*/revisions/*` of `units/*/selfChecks/*/revisions/*`; empty for units.
std::string CollectionOf(const std::string& pattern) {
  return pattern.size() > 8 ? pattern.substr(8) : "";
}

// Fields that name records without saying which kind: what is asked for is the owner's.
const std::map<std::string, std::string>& UntoldKinds() {
  static const auto* kinds = new std::map<std::string, std::string>{
      {"lianfang.risk.v1.RiskPoint.owner", "departments/*"},
      {"lianfang.risk.v1.Submission.owner", "posts/*"},
      {"lianfang.risk.v1.CarryForwardRequest.owner", "posts/*"},
      {"lianfang.risk.v1.Feedback.subject", "posts/*"},
      {"lianfang.personnel.v1.Account.person", "persons/*"},
      {"lianfang.grading.v1.SelfInspectionReport.subject", "departments/*"},
      {"lianfang.ledger.v1.EraseRecordRequest.record", "selfChecks/*"},
      {"lianfang.reporting.v1.Publication.subjects", "riskPoints/*"},
      {"lianfang.reporting.v1.CreatePublicationRequest.subjects", "riskPoints/*"},
      {"lianfang.reporting.v1.RenderDocumentRequest.source", "selfChecks/*"},
  };
  return *kinds;
}

// Where the first value is not the one that fits.
int EnumValue(const FieldDescriptor* field) {
  if (field->full_name() == "lianfang.risk.v1.RiskPoint.layer") {
    return common::v1::RISK_LAYER_DEPARTMENT;
  }
  if (field->full_name() == "lianfang.risk.v1.Submission.kind") {
    return risk::v1::SUBMISSION_KIND_POST_MEASURES;
  }
  return field->enum_type()->value(field->enum_type()->value_count() > 1 ? 1 : 0)->number();
}

class AccessMatrix : public acceptance::School {
 protected:
  AccessMatrix() : channel_(client::MakeChannel(server().address())) {}

  // The whole unit's year as far as the table needs it: records of every kind.
  void Play() {
    ConfirmAllGrades();
    for (const Owner& owner : Owners()) {
      HandInDuty(owner.person);
      Must(Call(office(), &acceptance::RiskStub::CreateMeasure,
                NewMeasure("m-" + owner.person,
                           absl::StrCat("units/school/riskPoints/sc-", owner.person, "-1"),
                           owner.person)));
      Must(HandIn(office(), risk::v1::SUBMISSION_KIND_POST_MEASURES, Post(owner.person)));
    }
    for (const char* department : {"supply", "teaching", "finance", "party-office"}) {
      DraftRiskPoint(absl::StrCat("rp-", department), department);
      DraftPower(department, department);
      DraftChart(department, department);
    }
    ReadRecords();
    // The rest as the generator would ask for it.
    for (const Owner& owner : Owners()) {
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

  static std::vector<Owner> Owners() {
    std::vector<Owner> owners = {kSame, kOther};
    for (const Caller& caller : kCallers) {
      const bool known = std::any_of(owners.begin(), owners.end(), [&](const Owner& owner) {
        return owner.person == caller.own.person;
      });
      if (!caller.own.person.empty() && !known) owners.push_back(caller.own);
    }
    return owners;
  }

  void Make(const std::string& method, const std::string& role, const Owner& owner) {
    const auto* descriptor = DescriptorPool::generated_pool()->FindMethodByName(method);
    ASSERT_NE(descriptor, nullptr) << method;
    std::string answer;
    const std::string bytes = RequestFor(descriptor, owner)->SerializeAsString();
    static_cast<void>(
        Send(descriptor, server().Token("services/" + role, {role}, {"school"}), bytes, &answer));
  }

  // Everything that the ledgers state, by collection.
  void ReadRecords() {
    records_.clear();
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
          Keep(entry);
        }
      }
    }
  }

  void Keep(const ledger::v1::Entry& entry) {
    ledger::v1::EntryContent content;
    content.ParseFromString(entry.content());
    for (const auto& any : content.resources()) {
      const std::string type = any.type_url().substr(any.type_url().rfind('/') + 1);
      const auto* descriptor = DescriptorPool::generated_pool()->FindMessageTypeByName(type);
      if (descriptor == nullptr) continue;
      std::shared_ptr<Message> record(
          MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
      const auto* name = descriptor->FindFieldByName("name");
      if (name == nullptr || !record->ParseFromString(any.value())) continue;
      std::vector<std::string> parts =
          absl::StrSplit(record->GetReflection()->GetString(*record, name), '/');
      for (size_t i = 3; i < parts.size(); i += 2) parts[i] = "*";
      if (parts.size() < 4) continue;
      records_[absl::StrJoin(parts.begin() + 2, parts.end(), "/")]
              [record->GetReflection()->GetString(*record, name)] = record;
    }
  }

  // A record of this collection that is the owner's; empty: none.
  std::string Find(const std::string& collection, const Owner& owner) const {
    if (collection.empty()) return acceptance::kUnit;
    if (collection == "departments/*") {
      return owner.department.empty() ? "" : Department(owner.department);
    }
    if (collection == "posts/*") return Post(owner.person);
    if (collection == "persons/*") return Person(owner.person);
    if (collection == "ledgers/*") return absl::StrCat(acceptance::kUnit, "/ledgers/risk");
    const auto found = records_.find(collection);
    if (found == records_.end()) return "";
    const auto has = [](const Message& record, std::initializer_list<const char*> fields,
                        const std::string& value) {
      const auto* reflection = record.GetReflection();
      for (const char* name : fields) {
        const auto* field = record.GetDescriptor()->FindFieldByName(name);
        if (field == nullptr || field->type() != FieldDescriptor::TYPE_STRING) continue;
        if (!field->is_repeated()) {
          if (reflection->GetString(record, field) == value) return true;
          continue;
        }
        for (int i = 0; i < reflection->FieldSize(record, field); ++i) {
          if (reflection->GetRepeatedString(record, field, i) == value) return true;
        }
      }
      return false;
    };
    // Of a person's reviews the one that is open: there somebody can decide.
    for (const auto& [name, record] : found->second) {
      const auto* review = dynamic_cast<const grading::v1::Review*>(record.get());
      if (review != nullptr && review->state() == grading::v1::REVIEW_STATE_OPEN &&
          review->post() == Post(owner.person)) {
        return name;
      }
    }
    for (const auto& [name, record] : found->second) {
      if (has(*record, {"person", "party_b", "responsible"}, Person(owner.person)) ||
          has(*record, {"post", "owner", "subject"}, Post(owner.person)) ||
          name.ends_with("-" + owner.person) ||
          absl::StrContains(name, "/sc-" + owner.person + "/")) {
        return name;
      }
    }
    const std::string department =
        owner.department.empty() ? "nobody's" : Department(owner.department);
    for (const auto& [name, record] : found->second) {
      if (has(*record, {"department", "subject", "owner"}, department)) return name;
    }
    // What is the whole unit's.
    static const std::set<std::string> shared = {"campaigns/*", "publications/*", "reports/*",
                                                 "volumes/*", "dutyVolumes/*"};
    return shared.contains(collection) ? found->second.begin()->first : "";
  }

  // Fills in what has to be there. `missing` gets what no record was found for.
  void Fill(Message* message, const Owner& owner, bool create, int depth,
            std::set<std::string>* missing) {
    const auto* reflection = message->GetReflection();
    const Descriptor* type = message->GetDescriptor();
    if (type == google::type::Date::descriptor()) {
      google::type::Date date;
      date.set_year(2013);
      date.set_month(6);
      date.set_day(3);
      message->CopyFrom(date);
      return;
    }
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      // An old etag, so that whoever may change the record does not.
      const bool old_etag = field->name() == "etag" && !create;
      if (HasBehavior(field, google::api::OUTPUT_ONLY) && !old_etag) continue;
      const bool required = HasBehavior(field, google::api::REQUIRED);
      const auto& limits = field->options().GetExtension(common::v1::limits);
      const auto untold = UntoldKinds().find(field->full_name());
      if (field->type() == FieldDescriptor::TYPE_STRING) {
        std::string text;
        if (untold != UntoldKinds().end() || !limits.resource().empty()) {
          const bool new_name = create && depth > 0 && field->name() == "name";
          if (new_name || (!required && field->name() != "name" && depth > 0 &&
                           untold == UntoldKinds().end() && field->name() != "department")) {
            continue;
          }
          const std::string collection =
              untold != UntoldKinds().end() ? untold->second : CollectionOf(limits.resource());
          text = Find(collection, owner);
          if (text.empty() && (required || field->name() == "name")) missing->insert(collection);
          if (!required && field->name() != "name" && depth == 0 && field->name() != "parent" &&
              untold == UntoldKinds().end()) {
            continue;  // a filter
          }
        } else if (limits.uuid()) {
          text = server().RequestId();
        } else if (field->name() == "service") {
          text = "risk";
        } else if (limits.resource_id()) {
          if (required) text = absl::StrCat("x", ++made_);
        } else if (field->name() == "etag") {
          text = create ? "" : "stale";
        } else if (required) {
          text = "文字";
        }
        if (text.empty()) continue;
        field->is_repeated() ? reflection->AddString(message, field, text)
                             : reflection->SetString(message, field, text);
      } else if (field->message_type() == google::protobuf::FieldMask::descriptor()) {
        SetMask(reflection->MutableMessage(message, field), type);
      } else if (field->message_type() != nullptr) {
        if (!required || depth > 3) continue;
        Fill(field->is_repeated() ? reflection->AddMessage(message, field)
                                  : reflection->MutableMessage(message, field),
             owner, create, depth + 1, missing);
      } else if (field->is_repeated()) {
        if (required && field->enum_type() != nullptr) {
          reflection->AddEnumValue(message, field, EnumValue(field));
        }
      } else if (field->name() == "year" && field->type() == FieldDescriptor::TYPE_INT32) {
        reflection->SetInt32(message, field, acceptance::kYear);
      } else if (required) {
        SetNumber(message, field, limits.has_range() ? std::max<int64_t>(limits.min(), 1) : 1);
      }
    }
  }

  // The first field that may be changed.
  static void SetMask(Message* mask, const Descriptor* request) {
    for (int i = 0; i < request->field_count(); ++i) {
      const Descriptor* record = request->field(i)->message_type();
      if (record == nullptr || record->FindFieldByName("name") == nullptr) continue;
      for (int f = 0; f < record->field_count(); ++f) {
        const FieldDescriptor* field = record->field(f);
        if (field->name() == "name" || field->name() == "etag" ||
            HasBehavior(field, google::api::OUTPUT_ONLY) ||
            HasBehavior(field, google::api::IMMUTABLE)) {
          continue;
        }
        google::protobuf::FieldMask one;
        one.add_paths(field->name());
        mask->CopyFrom(one);
        return;
      }
    }
  }

  static void SetNumber(Message* message, const FieldDescriptor* field, int64_t value) {
    const auto* reflection = message->GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        reflection->SetInt32(message, field, static_cast<int32_t>(value));
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        reflection->SetInt64(message, field, value);
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        reflection->SetEnumValue(message, field, EnumValue(field));
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        reflection->SetBool(message, field, true);
        break;
      case FieldDescriptor::CPPTYPE_STRING:
        reflection->SetString(message, field, "bytes");
        break;
      default:
        break;
    }
  }

  std::unique_ptr<Message> RequestFor(const MethodDescriptor* method, const Owner& owner,
                                      std::set<std::string>* missing = nullptr) {
    std::unique_ptr<Message> request(
        MessageFactory::generated_factory()->GetPrototype(method->input_type())->New());
    std::set<std::string> ignored;
    Fill(request.get(), owner, method->name().starts_with("Create"), 0,
         missing != nullptr ? missing : &ignored);
    return request;
  }

  absl::Status Send(const MethodDescriptor* method, const std::string& token,
                    const std::string& bytes, std::string* answer) {
    grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub(channel_);
    grpc::ClientContext context;
    // A feed that is open says nothing; everything else answers long before.
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::milliseconds(method->server_streaming() ? 150 : 20000));
    context.AddMetadata("authorization", "Bearer " + token);
    grpc::CompletionQueue queue;
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer request(&slice, 1);
    auto call = stub.PrepareUnaryCall(
        &context, absl::StrCat("/", method->service()->full_name(), "/", method->name()), request,
        &queue);
    call->StartCall();
    grpc::ByteBuffer response;
    grpc::Status status;
    call->Finish(&response, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    std::vector<grpc::Slice> slices;
    if (status.ok() && response.Dump(&slices).ok()) {
      for (const auto& part : slices) {
        answer->append(reinterpret_cast<const char*>(part.begin()), part.size());
      }
    }
    return rpc::FromGrpc(status);
  }

  // Names of the records in a list's answer; nothing when it is no list of records.
  static std::optional<std::set<std::string>> Listed(const MethodDescriptor* method,
                                                     const std::string& answer) {
    if (!method->name().starts_with("List")) return std::nullopt;
    std::unique_ptr<Message> response(
        MessageFactory::generated_factory()->GetPrototype(method->output_type())->New());
    response->ParseFromString(answer);
    std::set<std::string> names;
    const auto* type = response->GetDescriptor();
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      if (!field->is_repeated() || field->message_type() == nullptr) continue;
      const auto* name = field->message_type()->FindFieldByName("name");
      if (name == nullptr) return std::nullopt;
      for (int n = 0; n < response->GetReflection()->FieldSize(*response, field); ++n) {
        const Message& record = response->GetReflection()->GetRepeatedMessage(*response, field, n);
        names.insert(record.GetReflection()->GetString(record, name));
      }
    }
    return names;
  }

  // Pattern of the names of the records that a list answers with.
  static std::string ListedCollection(const MethodDescriptor* method) {
    const auto* type = method->output_type();
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      if (!field->is_repeated() || field->message_type() == nullptr) continue;
      const auto* name = field->message_type()->FindFieldByName("name");
      if (name == nullptr) continue;
      return CollectionOf(name->options().GetExtension(common::v1::limits).resource());
    }
    return "";
  }

  std::string Cell(const MethodDescriptor* method, const Caller& caller) {
    const std::string token = server().Token(caller.subject, {caller.role}, {"school"});
    const bool of_unit = !method->options().GetExtension(common::v1::rpc).unit_field().empty();
    std::string cell;
    for (const Owner* owner : {&caller.own, &kSame, &kOther}) {
      if (owner->person.empty()) {
        cell.push_back('-');
        continue;
      }
      std::set<std::string> missing;
      const auto request = RequestFor(method, *owner, &missing);
      if (request->GetDescriptor()->FindFieldByName("page_size") != nullptr) {
        request->GetReflection()->SetInt32(
            request.get(), request->GetDescriptor()->FindFieldByName("page_size"), 200);
      }
      std::string answer;
      const absl::Status status = Send(method, token, request->SerializeAsString(), &answer);
      char letter = LetterOf(status);
      if (letter == '?' && method->server_streaming() &&
          status.code() == absl::StatusCode::kDeadlineExceeded) {
        letter = 'A';
      }
      if (letter != '.' && letter != '!' && !missing.empty()) letter = '-';
      if (const auto names = Listed(method, answer); status.ok() && names) {
        // Below one record, that of the owner, everything is his.
        const std::string collection = ListedCollection(method);
        const std::string wanted = Find(collection, *owner);
        const bool there = names->contains(wanted) || (collection.empty() && !names->empty());
        letter = there ? 'A' : wanted.empty() || collection.empty() ? '-' : 'h';
      }
      cell.push_back(letter);
      if (letter == '.' || letter == '!') return std::string(1, letter);
    }
    if (of_unit) {
      // The same as of a record of this unit, which need not be there: units come first.
      const auto request = RequestFor(method, kSame);
      std::string answer;
      cell.push_back(
          LetterOf(Send(method, token, Elsewhere(*request)->SerializeAsString(), &answer)));
    }
    return Short(cell);
  }

  // The same request about another unit.
  static std::unique_ptr<Message> Elsewhere(const Message& request) {
    std::unique_ptr<Message> other(request.New());
    other->CopyFrom(request);
    const auto* reflection = other->GetReflection();
    for (int i = 0; i < other->GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor* field = other->GetDescriptor()->field(i);
      if (field->is_repeated()) continue;
      if (field->type() == FieldDescriptor::TYPE_STRING) {
        std::string text = reflection->GetString(*other, field);
        if (text == acceptance::kUnit) text.append("/");
        text = absl::StrReplaceAll(text, {{"units/school/", "units/elsewhere/"}});
        if (text.ends_with('/')) text.pop_back();
        // What the school has none of would not be there either.
        const auto& limits = field->options().GetExtension(common::v1::limits);
        if (text.empty() && !limits.resource().empty()) {
          text = absl::StrReplaceAll(limits.resource(), {{"units/*", "units/elsewhere"}});
          text = absl::StrReplaceAll(text, {{"*", "x"}});
        }
        if (field->name() == "unit_id") text = "elsewhere";
        reflection->SetString(other.get(), field, text);
      } else if (field->message_type() != nullptr && reflection->HasField(*other, field)) {
        auto inner = Elsewhere(reflection->GetMessage(*other, field));
        reflection->MutableMessage(other.get(), field)->CopyFrom(*inner);
      }
    }
    return other;
  }

  static std::string Short(const std::string& cell) {
    std::string first = cell.substr(0, 3);
    first.erase(std::remove(first.begin(), first.end(), '-'), first.end());
    const bool same = !first.empty() && first.find_first_not_of(first[0]) == std::string::npos;
    if (cell.size() == 3) return same ? std::string(1, first[0]) : cell;
    if (same && cell[3] == first[0]) return std::string(1, first[0]);
    return cell;
  }

 private:
  std::shared_ptr<grpc::Channel> channel_;
  // By collection, e.g. `selfChecks/*/revisions/*`, then by name.
  std::map<std::string, std::map<std::string, std::shared_ptr<Message>>> records_;
  int made_ = 0;
};

TEST_F(AccessMatrix, IsWhatTheTableSays) {
  ASSERT_NO_THROW(Play());
  std::string text = kLegend;
  for (const Caller& caller : kCallers) {
    absl::StrAppend(&text, "#   ", caller.column, std::string(8 - strlen(caller.column), ' '),
                    caller.role, " as ", caller.subject, "\n");
  }
  std::string columns(36, ' ');
  for (const Caller& caller : kCallers) {
    absl::StrAppend(&columns, caller.column, std::string(6 - strlen(caller.column), ' '));
  }
  const google::protobuf::ServiceDescriptor* service = nullptr;
  for (const auto* method : AllMethods()) {
    if (method->service() != service) {
      service = method->service();
      absl::StrAppend(&text, "\n", service->full_name(), "\n", columns, "\n");
    }
    std::string line = absl::StrCat("  ", method->name());
    line.resize(std::max<size_t>(line.size() + 1, 36), ' ');
    const bool open = method->options().GetExtension(common::v1::rpc).open();
    for (const Caller& caller : kCallers) {
      const std::string cell = open ? "open" : Cell(method, caller);
      absl::StrAppend(&line, cell, std::string(6 - cell.size(), ' '));
      if (open) break;
    }
    while (line.ends_with(' ')) line.pop_back();
    absl::StrAppend(&text, line, "\n");
  }
  const auto golden =
      std::filesystem::path(LIANFANG_SOURCE_DIR) / "tests/contract/access_matrix.txt";
  if (getenv("LIANFANG_UPDATE_GOLDEN") != nullptr) std::ofstream(golden) << text;
  std::ifstream file(golden);
  std::stringstream expected;
  expected << file.rdbuf();
  EXPECT_EQ(text, expected.str())
      << "renew it with LIANFANG_UPDATE_GOLDEN=1 access_matrix_test, and look at the difference";
}

}  // namespace
}  // namespace lianfang
