#include "tests/contract/records.h"

#include <initializer_list>
#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/acceptance/school.h"

namespace lianfang::contract {

using acceptance::Department;
using acceptance::Person;
using acceptance::Post;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;

void Records::Keep(const ledger::v1::Entry& entry) {
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

std::string Records::Find(const std::string& collection, const Owner& owner) const {
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

}  // namespace lianfang::contract
