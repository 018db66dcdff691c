#include "common/directory/directory_apply.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/directory/account_access.h"
#include "common/directory/directory_kinds.h"
#include "google/protobuf/message.h"

namespace lianfang::directory {
namespace {

const store::RecordKind* KindOf(absl::string_view type_url) {
  const size_t slash = type_url.rfind('/');
  if (slash == absl::string_view::npos) return nullptr;
  type_url.remove_prefix(slash + 1);
  for (const store::RecordKind* kind : Kinds()) {
    if (kind->type()->full_name() == type_url) return kind;
  }
  return nullptr;
}

}  // namespace

absl::Status ApplyDirectory(store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                            const ledger::v1::EntryContent& content) {
  for (const google::protobuf::Any& any : content.resources()) {
    const store::RecordKind* kind = KindOf(any.type_url());
    if (kind == nullptr) continue;
    const auto* prototype =
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(kind->type());
    std::unique_ptr<google::protobuf::Message> record(prototype->New());
    if (!any.UnpackTo(record.get())) {
      return absl::DataLossError(absl::StrCat("entry ", header.sequence(), " of ", header.unit(),
                                              ": a ", kind->type()->full_name(),
                                              " cannot be read"));
    }
    const std::string name = kind->NameOf(*record);
    const absl::string_view id = IdIn(kind->collection(), name);
    if (id.empty() || UnitIdOf(name) != tx.unit_id()) {
      return absl::DataLossError(absl::StrCat("entry ", header.sequence(), " of ", header.unit(),
                                              ": '", name, "' is not of this unit"));
    }
    LF_RETURN_IF_ERROR(tx.Derive(*kind, id, *record));
  }
  return DeriveAccess(tx, header, content);
}

}  // namespace lianfang::directory
