#include "common/verify/replay.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/resource_name.h"
#include "google/protobuf/message.h"

namespace lianfang::verify {

absl::Status Replay::Take(const CheckedEntry& entry) {
  for (const google::protobuf::Any& any : entry.content.resources()) {
    absl::string_view type = any.type_url();
    type.remove_prefix(type.rfind('/') == absl::string_view::npos ? 0 : type.rfind('/') + 1);
    for (const store::RecordKind* kind : *kinds_) {
      if (kind->type()->full_name() != type) continue;
      const std::unique_ptr<google::protobuf::Message> record(
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(kind->type())->New());
      if (!record->ParseFromString(any.value())) {
        return absl::DataLossError(absl::StrCat("a ", std::string(type), " cannot be read"));
      }
      const std::string name = kind->NameOf(*record);
      const std::string id = kind->IdOf(name);
      if (id.empty() || UnitIdOf(name) != unit_id_) continue;
      rows_[kind][id] = {entry.header.sequence(), any.value(), kind->IndexOf(*record),
                         entry.header.sequence(), entry.header.service()};
      break;
    }
  }
  return absl::OkStatus();
}

}  // namespace lianfang::verify
