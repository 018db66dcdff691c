#include "tests/contract/requests.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/type/date.pb.h"
#include "lianfang/common/v1/options.pb.h"
#include "tests/acceptance/school.h"
#include "tests/contract/descriptors.h"

namespace lianfang::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;

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
      {"lianfang.reporting.v1.RenderDocumentRequest.scope", "persons/*"},
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

// The first field that may be changed.
void SetMask(Message* mask, const Descriptor* request) {
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

void SetNumber(Message* message, const FieldDescriptor* field, int64_t value) {
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

}  // namespace

void Requests::Fill(Message* message, const Owner& owner, bool create, int depth,
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
        text = records_.Find(collection, owner);
        if (text.empty() && (required || field->name() == "name")) missing->insert(collection);
        if (!required && field->name() != "name" && depth == 0 && field->name() != "parent" &&
            untold == UntoldKinds().end()) {
          continue;  // a filter
        }
      } else if (limits.uuid()) {
        text = new_uuid_();
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

std::unique_ptr<Message> Requests::For(const MethodDescriptor* method, const Owner& owner,
                                       std::set<std::string>* missing) {
  std::unique_ptr<Message> request(
      MessageFactory::generated_factory()->GetPrototype(method->input_type())->New());
  std::set<std::string> ignored;
  Fill(request.get(), owner, method->name().starts_with("Create"), 0,
       missing != nullptr ? missing : &ignored);
  return request;
}

std::unique_ptr<Message> Requests::Elsewhere(const Message& request) {
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

}  // namespace lianfang::contract
