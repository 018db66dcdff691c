#include "services/aggregator/aggregator_kinds.h"

#include <string>
#include <vector>

#include "lianfang/aggregation/v1/aggregation.pb.h"
#include "services/aggregator/superior/store.h"
#include "services/reporting/issue/issue.h"

namespace lianfang::aggregator::schema {
std::span<const lianfang::EmbeddedFile> Files();
}  // namespace lianfang::aggregator::schema

namespace lianfang::aggregator {

const store::RecordKind& MemberKind() {
  static const auto& kind = *new store::RecordKind(
      "members", "members", aggregation::v1::Member::default_instance(), {"unit"});
  return kind;
}

const store::RecordKind& MemberRowKind() {
  static const auto& kind =
      *new store::RecordKind("member_rows", "members", aggregation::v1::Member::default_instance(),
                             std::vector<std::string>());
  return kind;
}

const store::RecordKind& MemberSumsKind() {
  static const auto& kind =
      *new store::RecordKind("member_sums", "members", aggregation::v1::Member::default_instance(),
                             std::vector<std::string>());
  return kind;
}

std::span<const store::RecordKind* const> Kinds() {
  static const store::RecordKind* const kinds[] = {&MemberKind(), &SuperiorTaskKind(),
                                                   &reporting::ReportKind()};
  return kinds;
}

std::span<const EmbeddedFile> Schema() { return schema::Files(); }

}  // namespace lianfang::aggregator
