#include "common/rpc/respond.h"

#include "common/base/resource_name.h"
#include "common/rpc/service.h"
#include "common/status/error.h"
#include "lianfang/common/v1/types.pb.h"

namespace lianfang::rpc {
namespace {

constexpr absl::string_view kBehind = "lianfang/behind";

bool Holds(const google::protobuf::Any& any, const google::protobuf::Descriptor* type) {
  const absl::string_view url = any.type_url();
  const size_t slash = url.rfind('/');
  return url.substr(slash == absl::string_view::npos ? 0 : slash + 1) == type->full_name();
}

}  // namespace

void FillResponse(const store::Committed& committed, absl::string_view unit_id,
                  absl::string_view service, google::protobuf::Message* response) {
  const auto* type = response->GetDescriptor();
  const auto* reflection = response->GetReflection();
  for (const auto& any : committed.content.resources()) {
    if (Holds(any, type)) response->ParseFromString(any.value());
  }
  for (int i = 0; i < type->field_count(); ++i) {
    const auto* field = type->field(i);
    if (field->message_type() == nullptr) continue;
    if (field->message_type() == common::v1::LedgerPosition::descriptor()) {
      if (committed.sequence == 0 || field->is_repeated()) continue;
      auto* position =
          static_cast<common::v1::LedgerPosition*>(reflection->MutableMessage(response, field));
      position->set_unit(UnitName(unit_id));
      position->set_service(std::string(service));
      position->set_sequence(committed.sequence);
      continue;
    }
    for (const auto& any : committed.content.resources()) {
      if (!Holds(any, field->message_type())) continue;
      if (!field->is_repeated()) {
        reflection->MutableMessage(response, field)->ParseFromString(any.value());
        break;
      }
      reflection->AddMessage(response, field)->ParseFromString(any.value());
    }
  }
}

absl::Status MaybeBehind(absl::Status error, absl::string_view upstream) {
  error.SetPayload(kBehind, absl::Cord(upstream));
  return error;
}

std::string BehindOf(const absl::Status& error) {
  if (error.ok()) return "";
  const auto payload = error.GetPayload(kBehind);
  return payload ? std::string(*payload) : "";
}

absl::Status NotCaughtUp() {
  return ErrorBuilder(common::v1::ERROR_REASON_NOT_CAUGHT_UP, "数据正在同步，请稍后重试。",
                      "The data is not as fresh as asked yet; try again.")
      .RetryAfter(absl::Milliseconds(200));
}

}  // namespace lianfang::rpc
