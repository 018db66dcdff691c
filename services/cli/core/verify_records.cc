#include "services/cli/core/verify_records.h"

#include <functional>
#include <memory>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "common/verify/body_diff.h"
#include "google/protobuf/message.h"
#include "grpcpp/impl/codegen/client_unary_call.h"
#include "grpcpp/impl/codegen/rpc_method.h"
#include "lianfang/common/v1/options.pb.h"
#include "services/cli/core/pages.h"

namespace lianfang::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;

// A list that shows records as they are stored.
struct ListMethod {
  const MethodDescriptor* method = nullptr;
  const FieldDescriptor* records = nullptr;  // of the response
};

const Message& Prototype(const Descriptor* type) {
  return *MessageFactory::generated_factory()->GetPrototype(type);
}

// The field of a list's response that holds records of the type; null when it is no list of a
// unit's records.
const FieldDescriptor* RecordsOf(const MethodDescriptor& method, const Descriptor* type) {
  if (!absl::StartsWith(method.name(), "List") || method.server_streaming()) return nullptr;
  const auto* parent = method.input_type()->FindFieldByName("parent");
  const auto* token = method.input_type()->FindFieldByName("page_token");
  if (parent == nullptr || token == nullptr) return nullptr;
  for (int i = 0; i < method.output_type()->field_count(); ++i) {
    const FieldDescriptor* field = method.output_type()->field(i);
    if (field->is_repeated() && field->message_type() == type) return field;
  }
  return nullptr;
}

// Services stand in the files of the record's package.
ListMethod ListOf(const store::RecordKind& kind) {
  // Warnings are made when they are asked for; stored is only what people decided about them.
  // Members are shown with what this process saw since. Of audit records, sessions and what waits
  // for the superior, a list shows part.
  static const std::set<std::string> kMade = {
      "lianfang.reporting.v1.Warning", "lianfang.ledger.v1.AuditRecord",
      "lianfang.personnel.v1.Session", "lianfang.aggregation.v1.Member",
      "lianfang.aggregation.v1.SuperiorTask"};
  if (kMade.contains(kind.type()->full_name())) return {};
  std::vector<std::string> services;
  const std::string& package = kind.type()->file()->package();
  for (const char* service :
       {"PersonnelService", "DutyService", "AccessService", "RiskService", "GradingService",
        "ReviewService", "ResponsibilityService", "InspectionService", "CampaignService",
        "ReportingService", "PublicityService", "DocumentService", "AggregationService"}) {
    const auto* found =
        DescriptorPool::generated_pool()->FindServiceByName(absl::StrCat(package, ".", service));
    if (found == nullptr) continue;
    for (int m = 0; m < found->method_count(); ++m) {
      if (const auto* field = RecordsOf(*found->method(m), kind.type())) {
        return {found->method(m), field};
      }
    }
  }
  return {};
}

// One call by its path, in the form that client::Client takes.
struct RawStub {
  std::shared_ptr<grpc::ChannelInterface> channel;
  std::string path;
  grpc::Status Do(grpc::ClientContext* context, const grpc::ByteBuffer& request,
                  grpc::ByteBuffer* response) {
    const grpc::internal::RpcMethod method(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
    return grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
        channel.get(), method, context, request, response);
  }
};

absl::Status CallByPath(const client::Client& client, RawStub& stub, const Message& request,
                        absl::Duration timeout, Message* response) {
  const grpc::Slice slice(request.SerializeAsString());
  LF_ASSIGN_OR_RETURN(const grpc::ByteBuffer answer,
                      client.Call(stub, &RawStub::Do, grpc::ByteBuffer(&slice, 1),
                                  client::CallOptions{.timeout = timeout}));
  grpc::Slice bytes;
  if (answer.DumpToSingleSlice(&bytes).ok() &&
      response->ParseFromArray(bytes.begin(), static_cast<int>(bytes.size()))) {
    return absl::OkStatus();
  }
  return MakeError(common::v1::ERROR_REASON_INTERNAL, "服务的回答无法解析。",
                   "The server's answer cannot be read.");
}

// What an answer adds to a record that is stored.
void ClearMade(const store::RecordKind& kind, Message* record) {
  if (kind.etag_field() != nullptr) record->GetReflection()->ClearField(record, kind.etag_field());
}

}  // namespace

void NewestRecords::Take(const ledger::v1::EntryContent& content) {
  for (const auto& any : content.resources()) {
    for (const store::RecordKind* kind : kinds_) {
      if (!absl::EndsWith(any.type_url(), absl::StrCat("/", kind->type()->full_name()))) continue;
      const std::unique_ptr<Message> record(Prototype(kind->type()).New());
      if (!record->ParseFromString(any.value())) continue;
      // Two kinds may share a message: the name says which it is.
      const std::string name = kind->NameOf(*record);
      if (kind->IdOf(name).empty()) continue;
      records_[kind][name] = any.value();
      break;
    }
  }
}

const std::map<std::string, std::string>& NewestRecords::Of(const store::RecordKind& kind) const {
  static const std::map<std::string, std::string> kNone;
  const auto it = records_.find(&kind);
  return it == records_.end() ? kNone : it->second;
}

// Below what the records of a list stand: the unit, or each record that has some of them.
std::set<std::string> ParentsOf(const MethodDescriptor& method, const std::string& unit_id,
                                const std::map<std::string, std::string>& newest) {
  const auto* field = method.input_type()->FindFieldByName("parent");
  if (field->options().GetExtension(common::v1::limits).resource() == "units/*") {
    return {UnitName(unit_id)};
  }
  std::set<std::string> parents;
  for (const auto& [name, body] : newest) {
    // `{parent}/{collection}/{id}`.
    parents.insert(name.substr(0, name.rfind('/', name.rfind('/') - 1)));
  }
  return parents;
}

// Reads one list to its end.
class ListReader {
 public:
  ListReader(const client::Client& client, const ListMethod& list, absl::Duration timeout)
      : client_(client),
        list_(list),
        timeout_(timeout),
        stub_{client.channel(),
              absl::StrCat("/", list.method->service()->full_name(), "/", list.method->name())},
        next_(list.method->output_type()->FindFieldByName("next_page_token")) {}

  absl::Status Each(const std::string& parent, const std::function<void(const Message&)>& take) {
    const auto* type = list_.method->input_type();
    const std::unique_ptr<Message> request(Prototype(type).New());
    const std::unique_ptr<Message> response(Prototype(list_.method->output_type()).New());
    request->GetReflection()->SetString(request.get(), type->FindFieldByName("parent"), parent);
    // Whoever verifies wants what was put away too.
    if (const auto* archived = type->FindFieldByName("show_archived")) {
      request->GetReflection()->SetBool(request.get(), archived, true);
    }
    for (int page = 0; page < kMaxPages; ++page) {
      LF_RETURN_IF_ERROR(CallByPath(client_, stub_, *request, timeout_, response.get()));
      const auto* reflection = response->GetReflection();
      for (int i = 0; i < reflection->FieldSize(*response, list_.records); ++i) {
        take(reflection->GetRepeatedMessage(*response, list_.records, i));
      }
      const std::string token = next_ == nullptr ? "" : reflection->GetString(*response, next_);
      if (token.empty()) return absl::OkStatus();
      request->GetReflection()->SetString(request.get(), type->FindFieldByName("page_token"),
                                          token);
    }
    return MakeError(common::v1::ERROR_REASON_INVALID_PAGE_TOKEN, "服务返回的分页没有尽头。",
                     "The server's pages do not end.");
  }

 private:
  const client::Client& client_;
  const ListMethod& list_;
  const absl::Duration timeout_;
  RawStub stub_;
  const FieldDescriptor* const next_;
};

absl::StatusOr<RecordsResult> CompareShown(const client::Client& client, const std::string& unit_id,
                                           const store::RecordKind& kind,
                                           const std::map<std::string, std::string>& newest,
                                           absl::Duration timeout) {
  RecordsResult result;
  const ListMethod list = ListOf(kind);
  if (list.method == nullptr) return result;
  std::set<std::string> seen;
  const auto compare = [&](const Message& record) {
    const std::unique_ptr<Message> shown(record.New());
    shown->CopyFrom(record);
    const std::string name = kind.NameOf(*shown);
    ++result.compared;
    seen.insert(name);
    const auto expected = newest.find(name);
    if (expected == newest.end()) {
      result.differences.push_back({name, "", name, ""});
      return;
    }
    const std::unique_ptr<Message> stored(shown->New());
    if (!stored->ParseFromString(expected->second)) return;
    ClearMade(kind, shown.get());
    ClearMade(kind, stored.get());
    const std::string left = shown->SerializeAsString();
    const std::string right = stored->SerializeAsString();
    if (left == right) return;
    const auto difference = verify::FirstDifference(kind.type(), left, right);
    result.differences.push_back({name, difference.path, difference.stored, difference.expected});
  };
  ListReader reader(client, list, timeout);
  for (const std::string& parent : ParentsOf(*list.method, unit_id, newest)) {
    LF_RETURN_IF_ERROR(reader.Each(parent, compare));
  }
  for (const auto& [name, body] : newest) {
    if (!seen.contains(name)) result.differences.push_back({name, "", "", name});
  }
  return result;
}

}  // namespace lianfang::cli
